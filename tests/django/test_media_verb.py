"""``manage.py lading media …``: prune, trash, restore, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from quays import Quay, prune_while_rows_are_committed

from lading.media import trash


@pytest.fixture
def quay(tmp_path: Path) -> Iterator[Quay]:
    with Quay(tmp_path).open() as quay:
        yield quay


@pytest.fixture
def lost(quay: Quay) -> Quay:
    """Two orphans beside an upload in use."""
    quay.make("Ship", "photo", "ada.jpg")
    quay.store("media/lost.txt", "abc")
    quay.store("media/deep/lost.txt", "")
    return quay


def test_pruning_and_restoring(lost: Quay):
    before = lost.files()
    told = lost.call("prune", "--older-than", "0s")
    assert "2 files moved to the trash of" in told
    assert lost.in_use() == ["shared/ada.jpg"]
    (line,) = (line for line in told.splitlines() if "lading media restore" in line)
    run = line.split()[-1]
    assert run in lost.call("trash")
    assert "2 files restored" in lost.call("restore", run)
    assert lost.files() == before
    assert "The trash is empty." in lost.call("trash")


def test_a_young_orphan_stays(lost: Quay):
    """Its times may say what they like: it was put there just now."""
    before = lost.files()
    assert "0 files moved to the trash" in lost.call("prune")
    assert lost.files() == before


def test_what_a_killed_process_left_goes(quay: Quay):
    quay.make("Ship", "photo", "ada.jpg")
    for name in (".lading-upload-0123", "deep/.lading-upload-4567", "deep/.lading-sync-89.part"):
        quay.store(f"media/{name}", "half")
    assert "3 orphans (12 B)" in quay.call("check")
    assert "0 files moved to the trash" in quay.call("prune")  # an upload may be under way
    assert "3 files moved to the trash" in quay.call("prune", "--older-than", "0s")
    assert quay.in_use() == ["shared/ada.jpg"]


def test_the_trash_is_not_counted(lost: Quay):
    lost.call("prune", "--older-than", "0s")
    told = lost.call("check")
    assert told.endswith(
        "1 file, 1 reference to them: 0 missing, 0 orphans (0 B). 2 files left out.\n"
    )


def test_a_dry_run_moves_nothing(lost: Quay):
    before = lost.files()
    told = lost.call("prune", "--older-than", "0s", "--dry-run")
    assert "deep/lost.txt  (0 B)" in told
    assert "2 files, 3 B, would be moved to the trash; nothing was moved." in told
    assert lost.files() == before


def test_rows_that_refer_to_nothing_here_stop_pruning(quay: Quay):
    for number in range(30):
        quay.store(f"media/{number}.txt")
    quay.make("Ship", "photo", "ada.jpg")
    told = quay.call("prune", "--older-than", "0s", fails=True)
    assert "30 of 31 files have no row, which looks like the wrong database" in told
    assert len(quay.in_use()) == 31
    quay.call("prune", "--older-than", "0s", "--force")
    assert quay.in_use() == ["shared/ada.jpg"]


def test_restoring_some_of_the_last_run(lost: Quay):
    lost.call("prune", "--older-than", "0s")
    lost.call("restore", "last", "--only", "deep/*")
    assert lost.in_use() == ["deep/lost.txt", "shared/ada.jpg"]
    assert "There is no run 'x' in the trash." in lost.call("restore", "x", fails=True)


def test_restoring_where_a_new_upload_has_the_name(lost: Quay):
    lost.call("prune", "--older-than", "0s")
    lost.store("media/lost.txt", "new")
    told = lost.call("restore", "all", fails=True)
    assert "lost.txt: a file of that name is there." in told
    assert Path(lost.path("media", "lost.txt")).read_text() == "new"
    assert "deep/lost.txt" in lost.files()


def test_emptying_the_trash(lost: Quay):
    lost.call("prune", "--older-than", "0s")
    assert "0 files deleted" in lost.call("empty")
    assert "2 files deleted" in lost.call("empty", "--older-than", "0s")
    assert lost.files() == ["shared/ada.jpg"]


def test_each_storage_has_its_own_trash(lost: Quay):
    lost.make("Contract", "paper", "deal.pdf")
    lost.store("private/old.pdf")
    lost.call("prune", "--older-than", "0s")
    assert [n for n in lost.files("private") if not n.startswith(".")] == ["deal.pdf"]
    lost.call("restore", "all")
    assert lost.files("private") == ["deal.pdf", "old.pdf"]


@pytest.mark.parametrize("look", [1, 2])
def test_a_row_that_comes_to_refer_to_an_orphan_keeps_it(
    lost: Quay, look: int, monkeypatch: pytest.MonkeyPatch
):
    """Committed right before the rows are asked for the first, or for the second time."""
    real = trash.move

    def move(store, names, folder, recheck, before):  # type: ignore[no-untyped-def]
        looks = 0

        def asked(names):  # type: ignore[no-untyped-def]
            nonlocal looks
            looks += 1
            if looks == look:
                lost.models.Ship.objects.create(photo="lost.txt")
            return recheck(names)

        return real(store, names, folder, asked, before)

    monkeypatch.setattr(trash, "move", move)
    told = lost.call("prune", "--older-than", "0s")
    assert "lost.txt: a row came to refer to it meanwhile, so it stays." in told
    assert lost.in_use() == ["lost.txt", "shared/ada.jpg"]


def test_rows_that_are_committed_all_the_while_keep_their_files(quay: Quay):
    prune_while_rows_are_committed(quay)


@pytest.mark.parametrize("action", ["check", "prune", "trash", "restore", "empty", "sync"])
def test_every_action_has_help(action: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        call_command("lading", "media", action, "--help")
    assert ended.value.code == 0
    assert f"media {action}" in capsys.readouterr().out


def test_an_age_that_is_none(quay: Quay):
    with pytest.raises(CommandError, match="not an age such as 12h or 7d: 'soon'"):
        call_command("lading", "media", "prune", "--older-than", "soon")
