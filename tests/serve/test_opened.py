"""Ranges of large files from files that stay open."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lading.serve import opened
from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.entry import Representation
from lading.serve.files import OpenFile
from lading.serve.loading import load
from lading.serve.opened import OpenFiles
from lading.serve.reply import Reply
from lading.serve.table import ManifestTable

from .site import CONTENTS, publish

FILM = CONTENTS["media/film.mp4"]


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(opened.time, "monotonic", clock)
    return clock


class Served:
    """A published film, and the files that were opened for it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.film = root / "media/film.mp4"
        self.table: ManifestTable = load(root)
        self.cache = Cache()
        self.opened: list[str] = []
        real = os.open

        def counting(path: str, *others: int) -> int:
            self.opened.append(path)
            return real(path, *others)

        monkeypatch.setattr(os, "open", counting)

    def ask(self, value: str = "bytes=0-9", method: str = "GET") -> tuple[Reply, bytes | OpenFile]:
        entry = self.table.lookup("/static/media/film.mp4")
        return deliver(entry, method, {"range": value}, self.cache)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    return Served(publish(tmp_path), monkeypatch)


def test_ranges_of_one_file_open_it_once(served: Served, clock: Clock) -> None:
    for start in range(5):
        reply, body = served.ask(f"bytes={start}-{start + 9}")
        assert (reply.status, body) == (206, FILM[start : start + 10])
    reply, body = served.ask("bytes=0-1,5000-5001")
    assert isinstance(body, bytes)
    assert FILM[5000:5002] in body
    assert served.ask(method="HEAD")[1] == b""
    clock.now += 1
    assert served.ask()[1] == FILM[:10]
    assert len(served.opened) == 1


def test_what_is_sent_in_chunks_has_a_descriptor_of_its_own(served: Served) -> None:
    """Servers move its offset, and close it."""
    served.ask()
    _, body = served.ask("bytes=1-")
    assert isinstance(body, OpenFile)
    assert b"".join(body) == FILM[1:]
    body.close()
    assert served.ask()[1] == FILM[:10]
    assert len(served.opened) == 2


def remove(film: Path) -> None:
    film.unlink()


def replace(film: Path) -> None:
    film.with_suffix(".new").write_bytes(FILM[::-1])
    film.with_suffix(".new").replace(film)


def replace_what_has_another_name(film: Path) -> None:
    os.link(film, film.with_suffix(".kept"))
    replace(film)


def grow(film: Path) -> None:
    with film.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize(
    ("change", "status", "content"),
    [
        (remove, 404, b"Not found.\n"),
        (replace, 206, FILM[::-1][:10]),
        (replace_what_has_another_name, 206, FILM[::-1][:10]),
        (grow, 206, FILM[:10]),
    ],
)
def test_a_file_that_changes_is_noticed_within_a_second(
    served: Served, clock: Clock, change: Callable[[Path], None], status: int, content: bytes
) -> None:
    served.ask()
    change(served.film)
    clock.now += 0.99
    assert served.ask()[1] == FILM[:10]  # what was published
    clock.now += 0.01
    reply, body = served.ask()
    assert (reply.status, body) == (status, content)
    assert (dict(reply.headers).get("Cache-Control") == "no-cache") == (change is grow)


def test_a_file_that_shrinks_is_noticed_at_once(served: Served, clock: Clock) -> None:
    served.ask()
    os.truncate(served.film, 5)
    reply, body = served.ask()
    assert (reply.status, body) == (206, FILM[:5])
    assert dict(reply.headers)["Content-Range"] == "bytes 0-4/5"


def represent(folder: Path, number: int, *, passing: bool = False) -> Representation:
    file = folder / str(number)
    file.write_bytes(b"%d" % number)
    return Representation(str(file), 1, (), passing=passing)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_only_so_many_stay_open(tmp_path: Path) -> None:
    before = descriptors()
    kept = OpenFiles(most=3)
    sources = [represent(tmp_path, number) for number in range(9)]
    for source in sources:
        for _ in range(2):  # two threads may have opened it at the same time
            kept.keep(source, os.open(source.file, os.O_RDONLY))
    assert descriptors() <= before + 3
    assert [kept.read(source, ((0, 1),)) for source in sources[-1:]] == [b"8"]
    assert kept.read(sources[0], ((0, 1),)) is None
    del sources, source, kept
    assert descriptors() == before


def test_a_cache_that_keeps_nothing_keeps_no_file_open(served: Served) -> None:
    served.cache = Cache(limit=0)
    before = descriptors()
    for _ in range(2):
        assert served.ask()[1] == FILM[:10]
    assert (len(served.opened), descriptors()) == (2, before)


def test_a_file_stays_open_while_it_is_read(tmp_path: Path) -> None:
    """A descriptor that is closed too early may be another file's by then."""
    kept = OpenFiles(most=1)
    first, second = represent(tmp_path, 1), represent(tmp_path, 2)
    kept.keep(first, os.open(first.file, os.O_RDONLY))
    reading = first.opened
    kept.keep(second, os.open(second.file, os.O_RDONLY))
    assert first.opened is None
    assert reading is not None
    assert os.pread(reading.descriptor, 1, 0) == b"1"


def test_what_was_described_for_one_request_is_closed(tmp_path: Path) -> None:
    before = descriptors()
    source = represent(tmp_path, 1, passing=True)
    OpenFiles().keep(source, os.open(source.file, os.O_RDONLY))
    assert (source.opened, descriptors()) == (None, before)


def test_where_open_files_cannot_be_replaced_they_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "_KEEPS", False)
    before = descriptors()
    source = represent(tmp_path, 1)
    OpenFiles().keep(source, os.open(source.file, os.O_RDONLY))
    assert (source.opened, descriptors()) == (None, before)
