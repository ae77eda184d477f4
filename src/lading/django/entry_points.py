"""The modules that servers load (``wsgi.py``, ``asgi.py``), and what they import, without running them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.conf import settings

SERVING: Final = ("whitenoise", "servestatic", "dj_static", "django.contrib.staticfiles.handlers")
"""Packages whose applications serve static files around Django's."""

OURS: Final = "lading.django.serving"


class Import(NamedTuple):
    """A module that is imported, and where (lines from 1)."""

    module: str
    file: str
    line: int


def imports() -> Iterator[Import]:
    """What the modules of ``WSGI_APPLICATION`` and ``ASGI_APPLICATION`` import. One that cannot be found or
    read has none: the server says so itself.
    """
    for setting in ("WSGI_APPLICATION", "ASGI_APPLICATION"):
        value: Any = getattr(settings, setting, None)
        if isinstance(value, str) and "." in value:
            yield from _of(value.rpartition(".")[0])


def _of(module: str) -> Iterator[Import]:
    try:
        spec = importlib.util.find_spec(module)
        file = spec.origin if spec is not None and spec.origin else ""
        with open(file, "rb") as opened:
            tree = ast.parse(opened.read())
    except (ImportError, OSError, ValueError, SyntaxError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, file, node.lineno)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield Import(f"{node.module}.{alias.name}", file, node.lineno)


def serves(found: Import, package: str) -> bool:
    """Whether an import is of a package, or of something in it."""
    return f"{found.module}.".startswith(f"{package}.")
