"""The static paths in a project's Python code: literal arguments of ``static()``."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import warnings
from collections.abc import Iterator, Sequence

from django.apps import apps
from django.conf import settings

from lading.django.uses import Use, owner_of

_STATIC_MODULE = "django.templatetags.static"
# What may be imported from where, and how it is called then.
_IMPORTS = {
    (_STATIC_MODULE, "static"): "",
    ("django.templatetags", "static"): ".static",
    ("django.contrib.staticfiles.storage", "staticfiles_storage"): ".url",
}
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})
_TEST_FILE = re.compile(r"(?:tests?|test_.*|.*_tests?|conftest)\.py")
_PRUNED = frozenset({"__pycache__", "dist-packages", "node_modules", "site-packages"})


def project_files() -> list[str]:
    """The Python files of the project's own applications and of the packages that hold its settings and
    URLs, without tests, sorted. Nothing is imported.
    """
    files = set[str]()
    for config in apps.get_app_configs():
        if owner_of(f"{config.path}/apps.py") == "project":
            files.update(_below(config.path))
    for name in (os.environ.get("DJANGO_SETTINGS_MODULE"), getattr(settings, "ROOT_URLCONF", None)):
        if isinstance(name, str) and name:
            for place in _places(name.partition(".")[0]):
                if owner_of(place) == "project":
                    files.update(_below(place) if os.path.isdir(place) else (place,))
    return sorted(files)


def _places(package: str) -> Sequence[str]:
    """The folders of a top-level package, or the file of a module."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return ()
    if spec is None:
        return ()
    return list(spec.submodule_search_locations or ([spec.origin] if spec.origin else []))


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _PRUNED and name not in _TEST_FOLDERS
        ]
        for name in names:
            if name.endswith(".py") and not _TEST_FILE.fullmatch(name):
                yield os.path.join(place, name)


def uses(source: bytes, file: str) -> list[Use]:
    """The uses in one module, in order. When it cannot be parsed, raises what ``ast.parse`` does:
    ``SyntaxError``, ``ValueError``, ``RecursionError`` or ``MemoryError``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escape sequences, which are none of our business here
        tree = ast.parse(source, file)
    callables = _callables(tree)
    found = [
        _use(node, name, file)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and (name := _dotted(node.func)) in callables
    ]
    found.sort(key=lambda use: (use.line, use.column))
    return found


def _callables(tree: ast.Module) -> set[str]:
    """All that gives a static file's URL when it is called, by the names that the module has for it."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == _STATIC_MODULE:
                    names.add(f"{alias.asname or alias.name}.static")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                below = _IMPORTS.get((node.module or "", alias.name))
                if below is not None:
                    names.add((alias.asname or alias.name) + below)
    return names


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` of names and attributes, ``""`` for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else ""


def _use(call: ast.Call, called: str, file: str) -> Use:
    argument = call.args[0]
    literal = argument.value if isinstance(argument, ast.Constant) else None
    path = literal if isinstance(literal, str) else None
    form = f"{called}({'…' if path is None else repr(path)})"
    return Use(form, file, call.lineno, call.col_offset + 1, path)
