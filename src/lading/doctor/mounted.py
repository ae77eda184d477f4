"""The path of another site that a site is mounted below, as its pages show it (WSGI: ``SCRIPT_NAME``)."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import unquote, urlsplit

from lading.doctor.exchange import origin
from lading.doctor.page import loaded


def path_before(static_url: str, page: str, body: bytes, known: Container[str]) -> str:
    """The path that a page puts before ``static_url``, ``""`` if it puts none: only the server of the site
    knows it, so it is not in the settings. ``known``: the published paths, at least one of which it loads.
    """
    if not static_url.startswith("/") or static_url == "/":
        return ""
    scheme, host, here, *_ = urlsplit(page)
    for url in loaded(body, page):
        parts = urlsplit(url)
        before, found, name = parts.path.partition(static_url)
        if found and parts[:2] == (scheme, host) and unquote(name) in known:
            return before if f"{here}/".startswith(f"{before}/") else ""
    return ""


def common_path(page: str, static: str) -> str:
    """The folder that a page and the static files of its site lie in, with slashes at both ends."""
    if origin(page) != origin(static):
        return "/"
    here, there = f"{urlsplit(page).path}/", urlsplit(static).path.rstrip("/")
    folder = there[: there.rfind("/") + 1] or "/"
    while not here.startswith(folder):
        folder = folder[: folder.rfind("/", 0, -1) + 1]
    return folder
