"""Live sites for the tests of the doctor: one that is in order, and ways to break it.

The site is a WSGI application under the standard library's server on loopback. A breaker changes what
goes in (``Request``) or what comes out (``Reply``) of the site that is in order.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from lading import manifest
from lading.doctor import published
from lading.doctor.published import Published
from lading.media.policy import MediaPolicy, response_headers
from lading.serve.kept import KeptReleases
from lading.serve.loading import load
from lading.serve.table import Tables
from lading.serve.wsgi import LadingWSGI
from sites_of_folders import Site

TEXT = "".join(f"/* line {number} of a text that compresses */\n" for number in range(90))
SOURCES: dict[str, str | bytes] = {
    "src/css/app.css": f"body {{ background: url(../img/logo.png) }}\n{TEXT}",
    "src/js/app.js": f'import "./part.js";\n{TEXT}',
    "src/js/part.js": f"export const part = 1;\n{TEXT}",
    "src/js/lone.mjs": f"export const lone = 1;\n{TEXT}",
    "src/fonts/sans.woff2": bytes(range(256)) * 4,
    "src/img/logo.png": bytes(range(200)),
    "src/img/icon.svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{TEXT}</svg>",
    "src/film.mp4": bytes(range(256)) * 40,
    "src/app.wasm": b"\0asm\1\0\0\0" * 20,
    "src/site.webmanifest": '{"name": "site"}',
    "src/large.bin": bytes(range(251)) * 1200,
    "src/odd name+100%.txt": TEXT,
    "src/root/robots.txt": "User-agent: *\n",
    "src/root/index.html": "<!doctype html>",
}
UPLOADS: dict[str, str | bytes] = {
    "media/photo.png": bytes(range(100)),
    "media/notes/page.html": "<script>alert(1)</script>",
    "media/notes/drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@dataclass(frozen=True, slots=True)
class Live:
    """A published site on this machine: what was published, and where."""

    root: Path
    media: Path
    files: Published
    paths: dict[str, str]

    def at(self, path: str) -> str:
        """The URL path of a logical path's name by content."""
        return f"/static/{self.paths[path]}"


@dataclass(slots=True)
class Request:
    """``target`` is the path as it was sent; ``path`` is decoded."""

    method: str
    target: str
    path: str
    environ: dict[str, Any]


@dataclass(slots=True)
class Reply:
    """A whole answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Application = Callable[[Request], Reply]
Breaker = Callable[[Application], Application]


def publish(folder: Path) -> Live:
    """Publish two releases into ``out``, and put uploads beside it."""
    site = Site(folder)
    site.write({**SOURCES, **UPLOADS, "manage.py": "SECRET = 'never to be served'\n"})
    options: Any = {
        "names": "hashed",
        "encodings": ("br", "gzip"),
        "pack": {"levels": {"br": [5, 5, 5]}},
    }
    site.write({"src/css/app.css": f"body {{ color: red }}\n{TEXT}"})
    site.collect(**options)
    site.write({"src/css/app.css": SOURCES["src/css/app.css"]})
    site.collect(**options)
    found = replace(published.read(site.target.root, manifest.NAME), site_root="root")
    with open(Path(site.target.root) / manifest.NAME, "rb") as file:
        paths = dict(manifest.loads(file.read()).paths)
    return Live(Path(site.target.root), folder / "media", found, paths)


def site_of(live: Live) -> Application:
    """The site in order: a page, Lading's own serving, and uploads as its policy has them."""
    tables = Tables(load(live.root, site_root="root"), KeptReleases(live.root))

    def application(request: Request) -> Reply:
        if request.path.startswith("/media/"):
            return _upload(live.media, request.path.removeprefix("/media/"))
        if not request.path.startswith("/static/") and request.path != "/robots.txt":
            return page(live, request)
        return _static(request)

    serving = LadingWSGI(None, tables)

    def _static(request: Request) -> Reply:
        told: list[Any] = []
        request.environ["PATH_INFO"] = request.path.encode().decode("latin-1")
        request.environ["REQUEST_METHOD"] = request.method
        body = b"".join(serving(request.environ, lambda *given: told.extend(given)))
        headers = {name.lower(): value for name, value in told[1]}
        return Reply(int(told[0][:3]), headers, body)

    return application


def page(live: Live, request: Request) -> Reply:
    """The front page; any other is a 404."""
    if request.path != "/":
        return Reply(404, {"content-type": "text/html"}, b"<h1>Not found</h1>")
    text = (
        f'<!doctype html><link rel="stylesheet" href="{live.at("css/app.css")}">'
        f'<link rel="canonical" href="http://elsewhere.example/">'
        f'<script type="module" src="{live.at("js/app.js")}"></script>'
        f'<img src="/media/photo.png" alt="">'
    )
    return Reply(200, {"content-type": "text/html; charset=utf-8"}, text.encode())


def _upload(root: Path, name: str) -> Reply:
    file = root / name
    if ".." in Path(name).parts or not file.is_file():
        return Reply(404, {"cache-control": "no-store"})
    headers = response_headers(MediaPolicy(), name)
    return Reply(200, {key.lower(): value for key, value in headers}, file.read_bytes())


@contextmanager
def serving(application: Application, *breakers: Breaker) -> Iterator[str]:
    """The URL of a server of the application, broken by each of the breakers."""
    for breaker in breakers:
        application = breaker(application)

    def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        target = environ["lading.target"]
        path = unquote(target.partition("?")[0])
        reply = application(Request(environ["REQUEST_METHOD"], target, path, environ))
        reply.headers.setdefault("content-length", str(len(reply.body)))
        start_response(f"{reply.status} -", list(reply.headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.set_app(wsgi)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 50

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no matter."""


class _ServerHandler(ServerHandler):
    def log_exception(self, exc_info: Any) -> None:
        """A client that hangs up is no matter."""


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> Any:
        return {**super().get_environ(), "lading.target": self.path}

    def handle(self) -> None:
        # As the standard library's, whose handler logs to stderr.
        self.raw_requestline = self.rfile.readline(65537)
        if self.parse_request():
            handler = _ServerHandler(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
            handler.request_handler = self  # type: ignore[attr-defined]
            handler.run(self.server.get_app())  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Not a word."""


def answers(
    wanted: Callable[[Request], bool] | str,
    *,
    only: int = 0,
    status: int = 0,
    body: bytes | None = None,
    drop: tuple[str, ...] = (),
    **headers: str,
) -> Breaker:
    """A breaker that changes the answers to some requests (those whose path begins with a text);
    ``only``: to those of this status.
    """
    accepts = wanted if callable(wanted) else (lambda request: request.path.startswith(wanted))

    def breaker(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            reply = application(request)
            if accepts(request) and only in (0, reply.status):
                reply.status = status or reply.status
                if body is not None:
                    reply.body = body
                    reply.headers["content-length"] = str(len(body))
                for name in drop:
                    reply.headers.pop(name, None)
                for name, value in headers.items():
                    reply.headers[name.replace("_", "-")] = value
            return reply

        return broken

    return breaker


def requests(wanted: str, **headers: str | None) -> Breaker:
    """A breaker that changes the headers of requests whose path begins so; ``None`` removes one."""

    def breaker(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            if request.path.startswith(wanted):
                for name, value in headers.items():
                    request.environ.pop(f"HTTP_{name.upper()}", None)
                    if value is not None:
                        request.environ[f"HTTP_{name.upper()}"] = value
            return application(request)

        return broken

    return breaker
