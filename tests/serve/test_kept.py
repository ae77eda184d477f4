"""Names of the releases that a target keeps."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from lading.manifest import File, Manifest, dumps
from lading.serve import kept
from lading.serve.entry import Entry
from lading.serve.kept import KeptReleases


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def file(content: str, *, immutable: bool = True) -> File:
    return File(content * 64, len(content), "text/css", immutable)


def keep(root: Path, number: int, **files: File) -> None:
    """Keep the manifest of a release; ``app__0`` stands for the name ``app.000000000000.css``."""
    folder = root / ".lading/releases"
    folder.mkdir(parents=True, exist_ok=True)
    named = {name_of(name): described for name, described in files.items()}
    (folder / f"{number}.json").write_bytes(dumps(Manifest({}, named)))
    (folder / str(number)).write_text("the record, which is no manifest")


def name_of(name: str) -> str:
    base, _, digit = name.partition("__")
    return f"{base}.{digit * 12}.css" if digit else f"{base}.css"


def digest(table: KeptReleases, name: str) -> str | None:
    """The first digit of the digest of what a name answers with."""
    entry = table.lookup(f"/static/{name_of(name)}")
    if entry is None:
        return None
    assert isinstance(entry, Entry)
    assert entry.immutable
    return entry.identity.sha256[0]


def test_the_newest_release_that_has_a_name_answers(tmp_path: Path) -> None:
    keep(tmp_path, 9, app__0=file("a"), old__0=file("b"))
    keep(tmp_path, 10, app__0=file("c"))
    table = KeptReleases(tmp_path)
    assert digest(table, "app__0") == "c"
    assert digest(table, "old__0") == "b"
    assert digest(table, "app__1") is None
    assert not table.covers("/static/app.css")


def test_names_that_stay_the_same_do_not_answer(tmp_path: Path) -> None:
    keep(tmp_path, 1, app=file("a", immutable=False), wrong__0=file("b", immutable=False))
    table = KeptReleases(tmp_path)
    assert digest(table, "app") is None
    assert digest(table, "wrong__0") is None


def test_what_is_in_service_is_not_kept_twice(tmp_path: Path) -> None:
    keep(tmp_path, 1, app__0=file("a"))
    table = KeptReleases(tmp_path, known={name_of("app__0"): file("a")})
    assert digest(table, "app__0") is None


def test_names_at_the_root_of_the_site(tmp_path: Path) -> None:
    name = name_of("app__0")
    keep(tmp_path, 1, **{"root/app__0": file("a"), "other__0": file("b")})
    table = KeptReleases(tmp_path, site_root="root")
    for path in (f"/{name}", f"/static/root/{name}"):
        entry = table.lookup(path)
        assert isinstance(entry, Entry), path
        assert entry.immutable
    assert table.lookup(f"/{name_of('other__0')}") is None
    assert KeptReleases(tmp_path).lookup(f"/{name}") is None


def test_releases_come_and_go_at_most_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    names = kept._listed
    monkeypatch.setattr(kept, "_listed", lambda root: listed.append(root) or names(root))
    clock = Clock()
    table = KeptReleases(tmp_path, every=5, clock=clock)
    for _ in range(10):
        assert digest(table, "app__0") is None
    assert len(listed) == 1
    keep(tmp_path, 1, app__0=file("a"))
    assert digest(table, "app__0") is None
    clock.now += 5
    assert digest(table, "app__0") == "a"
    for number in ("1", "1.json"):
        os.unlink(tmp_path / ".lading/releases" / number)
    clock.now += 5
    assert digest(table, "app__1") is None
    assert digest(table, "app__0") is None
    assert len(listed) == 3


@pytest.mark.parametrize(
    ("name", "looked_up"),
    [
        ("app.0123456789ab.css", True),
        ("assets/index-B3x9_aZ1.js", True),
        ("tinymce.5e0040571e1a/skins/a.css", True),
        ("app.css", False),
        ("jquery-3.7.1.min.js", False),
        ("a/b/c", False),
        ("", False),
    ],
)
def test_only_names_with_a_digest_are_looked_up(
    tmp_path: Path, name: str, looked_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    monkeypatch.setattr(kept, "_listed", lambda root: listed.append(root) or [])
    KeptReleases(tmp_path).lookup(f"/static/{name}")
    assert bool(listed) == looked_up
    assert KeptReleases(tmp_path).lookup(f"/other/{name}") is None


def test_a_damaged_manifest_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path, 1, app__0=file("a"))
    (tmp_path / ".lading/releases/2.json").write_text("{")
    clock = Clock()
    table = KeptReleases(tmp_path, clock=clock)
    with caplog.at_level(logging.WARNING, "lading.serve"):
        for _ in range(3):
            assert digest(table, "app__0") == "a"
            assert digest(table, "app__1") is None
            clock.now += 5
    assert len(caplog.records) == 1
