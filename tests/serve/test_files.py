"""Reading published files: whole through the cache, and in parts from an open file."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from lading.serve import page_cache
from lading.serve.cache import Cache
from lading.serve.entry import Representation
from lading.serve.files import ASYNC_CHUNK, CHUNK, DriftError, OpenFile, TruncatedError, cut, load

CONTENT = b"".join(b"%07d\n" % number for number in range(100_000))  # 800000 bytes


def represent(file: Path, content: bytes = CONTENT, **others: Any) -> Representation:
    return Representation(str(file), len(content), (), **others)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large.bin"
    file.write_bytes(CONTENT)
    return file


def opened(file: Path, *parts: bytes | tuple[int, int]) -> OpenFile:
    source = represent(file)
    descriptor = load(source, Cache())
    assert isinstance(descriptor, int)
    return OpenFile(descriptor, source, parts or ((0, source.size),))


def test_a_small_file_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "small"
    file.write_bytes(b"small")
    source, cache = represent(file, b"small"), Cache()
    assert load(source, cache) == b"small"
    assert source.content == b"small"
    assert cache.size >= 5


def test_an_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    assert load(represent(file, b""), Cache()) == b""


def test_a_large_file_is_opened(large: Path) -> None:
    source = represent(large)
    descriptor = load(source, Cache())
    assert isinstance(descriptor, int)
    os.close(descriptor)
    assert source.content is None


def test_a_file_with_the_digest_it_should_have(tmp_path: Path) -> None:
    file = tmp_path / "small"
    file.write_bytes(b"small")
    digest = hashlib.sha256(b"small").hexdigest()
    assert load(represent(file, b"small", sha256=digest), Cache()) == b"small"


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"smile", "another content"), (b"smaller", "7 bytes instead of 5"), (b"", "0 bytes")],
)
def test_a_file_that_is_another_one(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "small"
    file.write_bytes(content)
    source = represent(file, b"small", sha256=hashlib.sha256(b"small").hexdigest())
    with pytest.raises(DriftError, match=why):
        load(source, Cache())
    assert source.content is None


def test_a_file_system_that_gives_less_than_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "small"
    file.write_bytes(b"0123456789")
    read = os.read
    asked: list[int] = []

    def little(descriptor: int, size: int) -> bytes:
        asked.append(size)
        return read(descriptor, min(size, 3))

    monkeypatch.setattr(os, "read", little)
    assert load(represent(file, b"0123456789"), Cache()) == b"0123456789"
    assert asked == [10, 7, 4, 1]


def test_a_small_file_that_shrinks_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "small"
    file.write_bytes(b"0123456789")
    read = os.read

    def shrinking(descriptor: int, size: int) -> bytes:
        content = read(descriptor, min(size, 3))
        os.truncate(file, 3)
        return content

    monkeypatch.setattr(os, "read", shrinking)
    with pytest.raises(DriftError, match="shorter"):
        load(represent(file, b"0123456789"), Cache())


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    names = ["missing", "folder", "loop", "dangling", "pipe", "missing/below", "a" * 300, "nul\0"]
    before = os.listdir("/proc/self/fd")
    for name in names:
        with pytest.raises(DriftError):
            load(Representation(f"{tmp_path}/{name}", 0, ()), Cache())
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_cutting_parts_out_of_memory() -> None:
    assert cut(b"abcdef", ((1, 3), b"-", (5, 6))) == b"bc-f"
    assert cut(b"abcdef", ()) == b""


PARTS = [
    ((0, len(CONTENT)),),
    ((5, 6),),
    ((1, len(CONTENT)),),
    ((CHUNK - 1, CHUNK + 1), b"between", (0, 3), b"end"),
]


@pytest.mark.parametrize("parts", PARTS)
def test_sending_in_chunks(large: Path, parts: tuple[Any, ...]) -> None:
    file = opened(large, *parts)
    chunks = list(file)
    file.close()
    assert b"".join(chunks) == cut(CONTENT, parts)
    assert max(map(len, chunks)) <= CHUNK
    assert file.whole == (parts == PARTS[0])


async def collect(file: OpenFile) -> bytes:
    chunks = [chunk async for chunk in file]
    assert max(map(len, chunks)) <= ASYNC_CHUNK
    return b"".join(chunks)


@pytest.mark.parametrize("parts", PARTS)
def test_sending_in_chunks_asynchronously(large: Path, parts: tuple[Any, ...]) -> None:
    file = opened(large, *parts)
    assert asyncio.run(collect(file)) == cut(CONTENT, parts)
    file.close()


def test_reading_in_a_thread_where_the_page_cache_cannot_be_asked(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "_NO_WAIT", None)
    file = opened(large, *PARTS[3])
    assert asyncio.run(collect(file)) == cut(CONTENT, PARTS[3])
    file.close()


def test_a_file_system_that_cannot_say_what_it_has_in_memory(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "preadv", refuse)
    file = opened(large)
    assert asyncio.run(collect(file)) == CONTENT
    file.close()


def test_event_loops_other_than_asyncio(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "_NO_WAIT", None)
    file = opened(large)
    assert without_event_loop(collect(file)) == CONTENT
    file.close()


def without_event_loop(coroutine: Coroutine[Any, Any, bytes]) -> bytes:
    """Run a coroutine that never waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waited")


@pytest.mark.parametrize("kind", ["sync", "async", "thread"])
def test_a_file_that_shrinks(large: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "thread":
        monkeypatch.setattr(page_cache, "_NO_WAIT", None)
    file = opened(large)
    os.truncate(large, 1000)
    with pytest.raises(TruncatedError):
        list(file) if kind == "sync" else asyncio.run(collect(file))
    file.close()


def test_a_file_that_shrinks_while_the_server_sends_it_by_itself(large: Path) -> None:
    """As with ``wsgi.file_wrapper`` and ``sendfile``."""
    file = opened(large)
    descriptor = file.fileno()
    assert file.read(8) == CONTENT[:8]
    os.truncate(large, 1000)
    with pytest.raises(TruncatedError):
        file.close()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)
    file.close()  # a second time does nothing


def test_a_server_that_reads(large: Path) -> None:
    file = opened(large)
    assert file.fileno() > 2
    assert file.read(3) + file.read() + file.read() == CONTENT
    file.close()


def test_a_file_that_nobody_closes_is_closed_with_its_object(large: Path) -> None:
    file = opened(large)
    descriptor = file.fileno()
    del file
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)
