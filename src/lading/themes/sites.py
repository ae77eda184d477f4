"""The two sites that are compared: the theme as it is, and the app that was made of it."""

from __future__ import annotations

import os
import posixpath
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from lading.errors import LadingError
from lading.mediatypes import media_type
from lading.themes.encoding import is_undeclared_utf_8
from lading.themes.folder import EXCLUDED, Folder
from lading.themes.site import INDEX_NAMES, Found, Site

_TIMEOUT = 60  # seconds


class _Files(BaseHTTPRequestHandler):
    """Files of a theme, as the computer of whoever made it shows them: one that may find a file by another
    case. What the import mends would else look like a difference.
    """

    protocol_version = "HTTP/1.1"
    theme: Folder
    site: Site

    def do_GET(self) -> None:
        file = self._file()
        if file is None:
            self.send_error(404)
            return
        path, question, query = self.path.partition("?")
        if (
            os.path.basename(file) in INDEX_NAMES
            and os.path.isdir(self._named(path))
            and path[-1:] != "/"
        ):
            self.send_response(301)
            self.send_header("Location", f"{path}/{question}{query}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with open(file, "rb") as stream:
            data = stream.read()
        self.send_response(200)
        self.send_header("Content-Type", _content_type(file, data))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _named(self, path: str) -> str:
        inside = posixpath.normpath("/" + unquote(path).lstrip("/")).lstrip("/")
        return os.path.join(self.theme.root, *inside.split("/"))

    def _file(self) -> str | None:
        path = urlsplit(self.path).path
        file = self._named(path)
        candidates = [file, *(os.path.join(file, name) for name in INDEX_NAMES)]
        if exact := next((name for name in candidates if os.path.isfile(name)), None):
            return None if self._is_excluded(exact) else exact
        alike = self.site.find("", "/" + path.lstrip("/"))
        return self.theme.file(alike.path) if isinstance(alike, Found) else None

    def _is_excluded(self, file: str) -> bool:
        """Whether the import was told to leave it out, so that nothing of it is to be expected."""
        path = os.path.relpath(file, self.theme.root).replace(os.sep, "/")
        return self.theme.why_left_out(path) == EXCLUDED

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


def _content_type(file: str, data: bytes) -> str:
    """A page says itself what encoding it has; where it does not, it has what the import took it for."""
    full = media_type(file)
    if not full.startswith("text/html") or is_undeclared_utf_8(data):
        return full
    return full.partition(";")[0]


@contextmanager
def original(theme: Folder) -> Generator[str]:
    """The address, ending in a slash, at which the theme is served."""
    site = Site(frozenset([*theme.pages, *theme.assets]), {})
    handler = type("_Handler", (_Files,), {"theme": theme, "site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def rendered(parent: str, module: str, static_root: str = "") -> Generator[str]:
    """The address at which Django shows the app; with hashed names below ``static_root``, if that is given.

    Raises ``LadingError`` when Django is not installed or does not accept the app.
    """
    command = [sys.executable, "-m", "lading.django.theme_preview", os.path.abspath(parent), module]
    if static_root:
        command.append(static_root)
    with subprocess.Popen(  # noqa: S603 - this Python, and names that were checked
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            _, told = process.communicate()
            last = (told.strip() or "no message").splitlines()[-1]
            raise LadingError(
                f"Django cannot show the app, so it cannot be verified: {last}",
                where=module,
                remedy="Install what is missing (pip install 'lading[django]'), or mend the app.",
            )
        drain = threading.Thread(target=lambda: process.stderr and process.stderr.read())
        drain.start()
        try:
            yield address
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
            drain.join()


def fetch(url: str) -> tuple[int, bytes]:
    """Status and body of one answer; status 0 when there is none."""
    url = quote(url, safe="%/:?#[]@!$&'()*+,;=~")  # as browsers send what pages write
    try:
        with urlopen(Request(url), timeout=_TIMEOUT) as answer:  # noqa: S310 - a loopback address
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()
    except (URLError, HTTPException, OSError):
        return 0, b""
