"""``LadingASGI``: the adapter by itself. The real servers are in ``test_servers``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from lading.serve.asgi import LadingASGI, Message, Receive, Scope, Send, request_headers
from lading.serve.files import ASYNC_CHUNK
from lading.serve.loading import load

from .site import APPLICATION, CONTENTS, LARGE, publish
from .test_files import without_event_loop


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("site"))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": f"{scope['type']}.application", "path": scope.get("path")})


def scope_of(path: str, **others: Any) -> Scope:
    return {"type": "http", "path": path, "method": "GET", "headers": [], **others}


async def silence() -> Message:
    """A client that stays and says no more."""
    await asyncio.Event().wait()
    raise AssertionError


async def talk(app: LadingASGI, scope: Scope, receive: Receive = silence) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def ask(app: LadingASGI, path: str, **others: Any) -> list[Message]:
    return asyncio.run(talk(app, scope_of(path, **others)))


def content(messages: list[Message]) -> bytes:
    assert [message.get("more_body", False) for message in messages[1:]] == [
        *(True for _ in messages[2:]),
        False,
    ]
    return b"".join(message["body"] for message in messages[1:])


def test_a_small_file_takes_two_messages(root: Path) -> None:
    start, body = ask(LadingASGI(None, load(root)), "/static/alphabet.txt")
    assert start["type"] == "http.response.start"
    assert start["status"] == 200
    headers = dict(start["headers"])
    assert headers[b"content-length"] == b"26"
    assert all(name == name.lower() for name in headers)
    assert body == {"type": "http.response.body", "body": CONTENTS["alphabet.txt"]}


def test_a_small_file_needs_no_event_loop(root: Path) -> None:
    """No thread, no task: it never waits for anything but the server."""
    app = LadingASGI(None, load(root))

    async def one() -> bytes:
        return content(await talk(app, scope_of("/static/alphabet.txt")))

    for _ in range(2):  # read, then from memory
        assert without_event_loop(one()) == CONTENTS["alphabet.txt"]


def test_a_large_file_comes_in_chunks(root: Path) -> None:
    messages = ask(LadingASGI(None, load(root)), "/static/media/film.mp4")
    assert content(messages) == CONTENTS["media/film.mp4"]
    assert len(messages) == 1 + -(-LARGE // ASYNC_CHUNK)


def test_a_large_file_under_other_event_loops(root: Path) -> None:
    """Without asyncio nothing listens for the client's end, and reading is done at once."""
    app = LadingASGI(None, load(root))

    async def one() -> bytes:
        return content(await talk(app, scope_of("/static/media/film.mp4")))

    assert without_event_loop(one()) == CONTENTS["media/film.mp4"]


def test_a_server_that_sends_files_by_itself(root: Path) -> None:
    app = LadingASGI(None, load(root))
    extensions = {"http.response.pathsend": {}}
    messages = ask(app, "/static/media/film.mp4", extensions=extensions)
    assert messages[1:] == [
        {"type": "http.response.pathsend", "path": str(root / "media/film.mp4")}
    ]
    # It can send whole files only, and from memory is better still.
    ranged = ask(
        app, "/static/media/film.mp4", extensions=extensions, headers=[(b"range", b"bytes=1-")]
    )
    assert content(ranged) == CONTENTS["media/film.mp4"][1:]
    assert content(ask(app, "/static/one.txt", extensions=extensions)) == b"1"


def test_a_client_that_hangs_up_is_sent_no_more(root: Path) -> None:
    app = LadingASGI(None, load(root))
    gone = [{"type": "http.request"}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return gone.pop(0)

    before = len(os.listdir("/proc/self/fd"))
    messages = asyncio.run(talk(app, scope_of("/static/media/film.mp4"), receive))
    assert len(messages) == 2  # the start, and what was under way
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_client_that_sends_content_is_still_there(root: Path) -> None:
    app = LadingASGI(None, load(root))
    coming = [{"type": "http.request", "more_body": True}, {"type": "http.request"}]

    async def receive() -> Message:
        return coming.pop(0) if coming else await silence()

    messages = asyncio.run(talk(app, scope_of("/static/media/film.mp4"), receive))
    assert content(messages) == CONTENTS["media/film.mp4"]


@pytest.mark.parametrize("error", [OSError("gone"), asyncio.CancelledError()])
def test_a_server_that_says_that_the_client_is_gone(root: Path, error: BaseException) -> None:
    app = LadingASGI(None, load(root))
    count = 0

    async def send(message: Message) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise error

    async def run() -> None:
        await app(scope_of("/static/media/film.mp4"), silence, send)

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(type(error)):
        asyncio.run(run())
    assert (count, len(os.listdir("/proc/self/fd"))) == (2, before)


def test_a_file_that_shrinks_leaves_the_answer_unfinished(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = publish(tmp_path)
    app = LadingASGI(None, load(root))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        os.truncate(root / "media/film.mp4", 10)

    asyncio.run(run_with(app, scope_of("/static/media/film.mp4"), send))
    assert sent[-1]["type"] == "http.response.start" or sent[-1]["more_body"]
    assert "media/film.mp4: A published file became shorter" in caplog.text


async def run_with(
    app: LadingASGI, scope: Scope, send: Callable[[Message], Awaitable[None]]
) -> None:
    await app(scope, silence, send)


def test_the_application_gets_the_rest(root: Path) -> None:
    app = LadingASGI(application, load(root))
    assert ask(app, "/other") == [{"type": "http.application", "path": "/other"}]
    for kind in ("websocket", "lifespan"):
        scope: Scope = {"type": kind, "path": "/static/one.txt"}
        assert asyncio.run(talk(app, scope))[0]["type"] == f"{kind}.application"


def test_no_application(root: Path) -> None:
    app = LadingASGI(None, load(root))
    assert ask(app, "/other")[0]["status"] == 404
    assert asyncio.run(talk(app, {"type": "websocket", "path": "/static/one.txt"})) == []
    coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Message:
        return coming.pop(0)

    messages = asyncio.run(talk(app, {"type": "lifespan"}, receive))
    assert messages == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]


@pytest.mark.parametrize(
    ("path", "root_path", "status"),
    [
        ("/static/one.txt", "", 200),
        ("/mounted/static/one.txt", "/mounted", 200),  # as ASGI says it
        ("/static/one.txt", "/mounted", 200),  # as some servers do it
        ("/mounted/static/one.txt", "", 404),
    ],
)
def test_a_mounted_application(root: Path, path: str, root_path: str, status: int) -> None:
    messages = ask(LadingASGI(None, load(root)), path, root_path=root_path)
    assert messages[0]["status"] == status


def test_headers_may_be_changed_by_others(root: Path) -> None:
    """Middleware adds to the list that it is sent."""
    app = LadingASGI(None, load(root))
    ask(app, "/static/one.txt")[0]["headers"].clear()
    assert ask(app, "/static/one.txt")[0]["headers"]


def test_request_headers_are_picked_and_joined() -> None:
    raw = [
        (b"host", b"localhost"),
        (b"accept-encoding", b"gzip"),
        (b"range", b"bytes=0-"),
        (b"accept-encoding", b"br;q=\xff"),
    ]
    assert request_headers(raw) == {"accept-encoding": "gzip, br;q=\u00ff", "range": "bytes=0-"}


def test_the_application_answers_where_it_may(root: Path) -> None:
    app = LadingASGI(application, load(root, fallthrough=True))
    assert ask(app, "/static/nothing")[0]["type"] == "http.application"
    assert content(ask(app, "/static/one.txt")) == b"1"
    assert APPLICATION not in content(ask(LadingASGI(application, load(root)), "/static/nothing"))
