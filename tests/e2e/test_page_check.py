"""``scripts/page_check.py``: sites that are whole or broken -> what it finds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import page_check

WHOLE = {
    "index.html": """
        <link rel="stylesheet" href="site.css"><link rel="icon" href="data:,">
        <script type="module" src="js/a.js"></script><script src="old.js"></script>
        <img src="i.png" srcset="i.png 1x, big.png 2x"><video src="v.webm" poster="p.png"></video>
        <svg><use href="flags.svg#k"></use></svg>
        <a href="more.html#part">more</a> <a href="#top">up</a> <a href="http://elsewhere.example/">off</a>""",
    "more.html": "<img src=only-here.png><a href='further.html'>not visited</a>",
    "site.css": """
        @import "one.css"; @import url(two.css) screen; /* url(commented.png) */
        @font-face { src: url('f.woff2') } p { background: url( "b.png?v=1#x" ), url(data:,) }""",
    "one.css": "p{}",
    "two.css": "p{}",
    "js/a.js": """import b, {c as d} from "./b.js"; export * from './c.js'; import "./d.js"
        const e = await import("./e.js"); const u = new URL("../u.png", import.meta.url);
        /* import "./commented.js" */""",
    **{f"js/{name}.js": "1" for name in "bcde"},
    "old.js": "import('./not-a-module.js')",
    **dict.fromkeys(
        [
            "i.png",
            "big.png",
            "v.webm",
            "p.png",
            "flags.svg",
            "only-here.png",
            "f.woff2",
            "b.png",
            "u.png",
        ],
        "x",
    ),
}


class Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012
        ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".png": "image/png",
        ".svg": "image/svg+xml", ".webm": "video/webm", ".woff2": "font/woff2", "": "text/plain",
    }  # fmt: skip

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], str]]:
    """Serves files and tells their address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def start(files: dict[str, str]) -> str:
            for name, text in files.items():
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_text(text)
            return f"http://127.0.0.1:{server.server_port}/"

        yield start
        server.shutdown()
        thread.join()


Serve = Callable[[dict[str, str]], str]


def test_visits_everything_once(serve: Serve) -> None:
    answers = page_check.check(serve(WHOLE))
    assert [answer for answer in answers if answer.problem] == []
    visited = sorted(urlsplit(answer.reference.url).path for answer in answers)
    assert visited == sorted({"/", *(f"/{name}" for name in WHOLE)} - {"/index.html"})


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"index.html"}))
def test_finds_each_missing_file(serve: Serve, name: str) -> None:
    address = serve({path: text for path, text in WHOLE.items() if path != name})
    problems = [answer for answer in page_check.check(address) if answer.problem]
    assert [(urlsplit(a.reference.url).path, a.problem) for a in problems] == [
        (f"/{name}", "status 404")
    ]
    assert problems[0].reference.by.startswith(address)


@pytest.mark.parametrize("name", ["site.css", "js/e.js", "f.woff2", "more.html"])
def test_finds_an_empty_file(serve: Serve, name: str) -> None:
    problems = [a.problem for a in page_check.check(serve({**WHOLE, name: ""})) if a.problem]
    assert problems == ["empty"]


@pytest.mark.parametrize(
    ("tag", "problem"),
    [
        ('<link rel="stylesheet" href="x.txt">', "media type text/plain, which is no style"),
        (
            '<script type="module" src="x.txt"></script>',
            "media type text/plain, which is no module",
        ),
        ('<img src="x.txt">', "media type text/plain, which is no image"),
    ],
)
def test_finds_a_wrong_media_type(serve: Serve, tag: str, problem: str) -> None:
    answers = page_check.check(serve({"index.html": tag, "x.txt": "x"}))
    assert [answer.problem for answer in answers] == ["", problem]


def test_no_server_is_a_problem(serve: Serve) -> None:
    (answer,) = page_check.check("http://127.0.0.1:9/")
    assert answer.problem.startswith("no answer")
