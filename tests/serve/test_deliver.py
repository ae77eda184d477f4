"""``deliver``: replies with their bytes, also when the files are not what the manifest says."""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Mapping
from pathlib import Path

import pytest

from lading.serve import deliver as module
from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.loading import load
from lading.serve.reply import Reply
from lading.serve.table import ManifestTable

from .site import CONTENTS, LARGE, SECRET, encoded, publish


class Served:
    """A target and its table, asked without a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.table: ManifestTable = load(root)
        self.cache = Cache()

    def ask(
        self, name: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> tuple[Reply, bytes]:
        entry = self.table.lookup(f"/static/{name}")
        reply, body = deliver(entry, method, headers or {}, self.cache)
        if isinstance(body, bytes):
            return reply, body
        content = b"".join(body)
        body.close()
        return reply, content


@pytest.fixture
def served(tmp_path: Path) -> Served:
    module._warn.cache_clear()
    return Served(publish(tmp_path))


def header(reply: Reply, name: str) -> str | None:
    return dict(reply.headers).get(name)


def test_a_small_file_is_read_once(served: Served) -> None:
    first, content = served.ask("alphabet.txt")
    (served.root / "alphabet.txt").unlink()
    second, again = served.ask("alphabet.txt")
    assert (first, content) == (second, again) == (first, CONTENTS["alphabet.txt"])
    assert first is second  # nothing is made anew


def test_conditions_are_answered_without_the_file(served: Served) -> None:
    (served.root / "alphabet.txt").unlink()
    reply, body = served.ask("alphabet.txt", headers={"if-none-match": "*"})
    assert (reply.status, body) == (304, b"")


IMMUTABLE = "css/app.0123456789ab.css"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", ["alphabet.txt", IMMUTABLE, "media/film.mp4"])
def test_a_file_that_is_gone(
    served: Served, name: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    (served.root / name).unlink()
    for _ in range(3):
        reply, _body = served.ask(name, method)
        assert (reply.status, header(reply, "Cache-Control")) == (404, "no-store")
    logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(logged) == 1  # once, not for each request
    assert name in logged[0].getMessage()


def test_a_variant_that_is_gone(served: Served) -> None:
    (served.root / f"{IMMUTABLE}.br").unlink()
    reply, body = served.ask(IMMUTABLE, headers={"accept-encoding": "br, gzip"})
    assert (reply.status, body) == (200, CONTENTS[IMMUTABLE])
    assert header(reply, "Content-Encoding") is None
    assert header(reply, "Cache-Control") == "max-age=31536000, immutable, public"
    assert header(reply, "Vary") == "Accept-Encoding"
    _, body = served.ask(IMMUTABLE, headers={"accept-encoding": "gzip"})
    assert body == encoded(IMMUTABLE, "gzip")


@pytest.mark.parametrize("content", [b"shorter", CONTENTS[IMMUTABLE].upper()])
def test_an_immutable_name_with_another_content_is_not_served(
    served: Served, content: bytes
) -> None:
    """Browsers would keep it for a year."""
    (served.root / IMMUTABLE).write_bytes(content)
    reply, body = served.ask(IMMUTABLE)
    assert (reply.status, header(reply, "Cache-Control")) == (404, "no-store")
    assert content not in body


@pytest.mark.parametrize("content", [b"new", CONTENTS["alphabet.txt"].upper(), b"n" * LARGE])
def test_a_plain_name_with_another_content_is_served_as_it_is(
    served: Served, content: bytes
) -> None:
    """While the next release is copied, or when somebody edits the target by hand."""
    (served.root / "alphabet.txt").write_bytes(content)
    reply, body = served.ask("alphabet.txt")
    assert (reply.status, body) == (200, content)
    assert header(reply, "Content-Length") == str(len(content))
    assert header(reply, "Cache-Control") == "no-cache"
    etag = header(reply, "ETag") or ""
    assert etag.startswith("W/")
    again, _ = served.ask("alphabet.txt", headers={"if-none-match": etag})
    assert again.status == 304
    part, body = served.ask("alphabet.txt", headers={"range": "bytes=0-1"})
    assert (part.status, body) == (206, content[:2])
    assert served.cache.size == 0


@pytest.mark.parametrize("name", ["alphabet.txt", "media/film.mp4"])
def test_a_link_that_leads_out_of_the_target_is_not_served(served: Served, name: str) -> None:
    (served.root / name).unlink()
    (served.root / name).symlink_to(served.root.parent / "outside.txt")
    reply, body = served.ask(name)
    assert (reply.status, SECRET in body) == (404, False)


def test_a_link_to_the_same_content_is_served(served: Served) -> None:
    """Some tools make a target of links into their store."""
    moved = served.root.parent / "store"
    (served.root / "alphabet.txt").rename(moved)
    (served.root / "alphabet.txt").symlink_to(moved)
    assert served.ask("alphabet.txt")[1] == CONTENTS["alphabet.txt"]


def test_a_large_plain_file_that_grew(served: Served) -> None:
    with open(served.root / "media/film.mp4", "ab") as file:
        file.write(b"more")
    reply, body = served.ask("media/film.mp4")
    assert (reply.status, body) == (200, CONTENTS["media/film.mp4"] + b"more")


def test_no_more_descriptors(served: Served) -> None:
    """The file is there, so this is no 404, and no error page either."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        reply, body = served.ask("alphabet.txt")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (reply.status, body, header(reply, "Cache-Control")) == (503, b"", "no-store")
    assert served.ask("alphabet.txt")[0].status == 200


def test_heads_open_nothing_for_long(served: Served) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        assert served.ask("media/film.mp4", "HEAD")[1] == b""
    assert len(os.listdir("/proc/self/fd")) == before
