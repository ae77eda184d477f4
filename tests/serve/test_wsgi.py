"""``LadingWSGI``: the adapter by itself. The real servers are in ``test_servers``."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest

from lading.serve.cache import Cache
from lading.serve.files import OpenFile
from lading.serve.loading import load
from lading.serve.wsgi import Environ, LadingWSGI, StartResponse

from .site import APPLICATION, CONTENTS, publish


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("site"))


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [APPLICATION]


class Started:
    status = ""
    headers: dict[str, str]

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, dict(headers)
        return io.BytesIO().write


def environ_of(path: str, **others: Any) -> Environ:
    path = path.encode().decode("latin-1")
    environ: Environ = {"PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", **others}
    setup_testing_defaults(environ)
    return environ


def get(app: Any, path: str, **others: Any) -> tuple[Started, bytes]:
    """Ask as PEP 3333 says, with its checker in between."""
    started = Started()
    answer = validator(app)(environ_of(path, **others), started)
    try:
        return started, b"".join(answer)
    finally:
        answer.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "others", "status"),
    [
        ("/static/alphabet.txt", {}, "200"),
        ("/static/media/film.mp4", {}, "200"),
        ("/static/empty.txt", {}, "200"),
        ("/static/na\u00efve-\u2713.txt", {}, "200"),
        ("/static/alphabet.txt", {"HTTP_RANGE": "bytes=0-0"}, "206"),
        ("/static/media/film.mp4", {"HTTP_RANGE": "bytes=5-9"}, "206"),
        (
            "/static/alphabet.txt",
            {"HTTP_RANGE": "bytes=99-"},
            "416",
        ),
        ("/static/alphabet.txt", {"HTTP_IF_NONE_MATCH": "*"}, "304"),
        ("/static/alphabet.txt", {"HTTP_IF_MATCH": '"x"'}, "412"),
        ("/static/alphabet.txt", {"REQUEST_METHOD": "HEAD"}, "200"),
        ("/static/alphabet.txt", {"REQUEST_METHOD": "POST"}, "405"),
        ("/static/alphabet.txt", {"REQUEST_METHOD": "OPTIONS"}, "204"),
        ("/static/nothing", {}, "404"),
        ("/static/nothing", {"REQUEST_METHOD": "HEAD"}, "404"),
        ("/other", {}, "200"),
    ],
)
def test_every_answer_is_what_pep_3333_wants(
    root: Path, path: str, others: dict[str, str], status: str
) -> None:
    started, body = get(LadingWSGI(application, load(root)), path, **others)
    assert started.status.startswith(f"{status} ")
    if "Content-Length" in started.headers and others.get("REQUEST_METHOD") != "HEAD":
        assert int(started.headers["Content-Length"]) == len(body)


def test_the_application_gets_the_rest(root: Path) -> None:
    app = LadingWSGI(application, load(root))
    started, body = get(app, "/other")
    assert (started.headers["X-Path"], body) == ("/other", APPLICATION)
    # What the server says of itself is what the application sees.
    assert get(app, "/static/alphabet.txt", SCRIPT_NAME="/mounted")[1] == CONTENTS["alphabet.txt"]


def test_no_application(root: Path) -> None:
    app = LadingWSGI(None, load(root))
    assert get(app, "/other")[0].status == "404 Not Found"
    assert get(app, "/static/one.txt")[1] == b"1"


def test_no_path(root: Path) -> None:
    app = LadingWSGI(None, load(root))
    started = Started()
    assert app({"REQUEST_METHOD": "GET"}, started) == [b"Not found.\n"]
    assert started.status == "404 Not Found"


@pytest.mark.parametrize("path", ["/static/\xff.txt", "/static/\xc0\xae\xc0\xae/outside.txt"])
def test_paths_that_are_no_utf_8(root: Path, path: str) -> None:
    started = Started()
    LadingWSGI(None, load(root))({"REQUEST_METHOD": "GET", "PATH_INFO": path}, started)
    assert started.status == "404 Not Found"


def test_headers_may_be_changed_by_others(root: Path) -> None:
    """Middleware adds to the list that ``start_response`` gets."""
    app = LadingWSGI(None, load(root))

    def spoil(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        headers.clear()

    app(environ_of("/static/one.txt"), spoil)
    assert "Content-Length" in get(app, "/static/one.txt")[0].headers


def test_large_files_go_through_the_servers_file_wrapper(root: Path) -> None:
    app = LadingWSGI(None, load(root))
    environ = environ_of("/static/media/film.mp4", **{"wsgi.file_wrapper": FileWrapper})
    answer = app(environ, Started())
    assert isinstance(answer, FileWrapper)
    assert b"".join(answer) == CONTENTS["media/film.mp4"]
    answer.close()
    # Servers make different things of a file from its middle.
    environ["HTTP_RANGE"] = "bytes=1-"
    answer = app(environ, Started())
    assert isinstance(answer, OpenFile)
    assert b"".join(answer) == CONTENTS["media/film.mp4"][1:]
    answer.close()


def test_what_is_in_memory_does_not(root: Path) -> None:
    app = LadingWSGI(None, load(root), cache=Cache(largest=1_000_000))
    environ = environ_of("/static/media/film.mp4", **{"wsgi.file_wrapper": FileWrapper})
    assert app(environ, Started()) == [CONTENTS["media/film.mp4"]]
