"""Published folders -> moved away, deleted at the end."""

import pytest

from bench import scratch


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "CACHE", tmp_path)
    return tmp_path


def test_discarded_folders_are_gone_at_once_and_deleted_later(cache):
    folder = cache / "static"
    for number in range(2):
        folder.mkdir()
        (folder / "a.css").write_text(str(number))
        scratch.discard(folder)
        assert not folder.exists()
    assert len(list((cache / "trash").rglob("a.css"))) == 2
    scratch.empty()
    assert not (cache / "trash").exists()


def test_discarding_what_is_not_there_is_fine(cache):
    scratch.discard(cache / "static")
    assert list((cache / "trash").iterdir()) == []


def test_recently_emptied(cache):
    assert scratch.recently_emptied() is None
    scratch.empty()
    assert scratch.recently_emptied() is None, "nothing was deleted"
    (cache / "static").mkdir()
    scratch.discard(cache / "static")
    scratch.empty()
    assert scratch.recently_emptied() < scratch.RECENT
    (cache / "emptied").write_text("1000000000.0")
    assert scratch.recently_emptied() is None, "that was long ago"
