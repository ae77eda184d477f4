"""The files of a project that say how its static files are served."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from lading.adopt.document import Document, read

_SKIPPED: Final = frozenset({"__pycache__", "node_modules", "site-packages", "bower_components"})
_HIDDEN: Final = frozenset({".github", ".circleci", ".platform", ".ebextensions"})
_REQUIREMENTS: Final = (
    "requirements*.txt",
    "requirements*.in",
    "*requirements.txt",
    "*requirements.in",
)
_DEPLOYMENT: Final = (
    "*.conf",
    "*.conf.template",
    "*.dockerfile",
    "*.nginx",
    "*.sh",
    ".gitlab-ci.yml",
    ".python-version",
    "Dockerfile*",
    "Makefile",
    "Procfile*",
    "app.json",
    "build",
    "compose*.y*ml",
    "docker-compose*.y*ml",
    "environment.y*ml",
    "fly.toml",
    "justfile",
    "railway.json",
    "release",
    "render.yaml",
    "runtime.txt",
    "setup.cfg",
    "setup.py",
    "start",
)
_LOCKS: Final = ("Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock")
_PYTHON: Final = re.compile(
    r"whitenoise|servestatic|collectfast|manifeststaticfiles_enhanced|ManifestStaticFilesStorage"
    r"|WHITENOISE_|SERVESTATIC_|COLLECTFAST|INSTALLED_APPS|MIDDLEWARE|STATIC_ROOT|STATICFILES_|STORAGES"
)


@dataclass(slots=True)
class Files:
    """``python`` are those that may matter; ``locks`` are paths."""

    python: list[Document] = field(default_factory=list[Document])
    requirements: list[Document] = field(default_factory=list[Document])
    manifests: list[Document] = field(default_factory=list[Document])
    deployment: list[Document] = field(default_factory=list[Document])
    locks: list[str] = field(default_factory=list[str])


def find(root: str) -> Files:
    """The files below a folder, in the order of their paths. Raises ``OSError`` when it cannot be listed."""
    files = Files()
    for path in sorted(_walk(root)):
        name = path.rpartition("/")[2]
        if name in _LOCKS:
            files.locks.append(path)
        elif name in ("pyproject.toml", "Pipfile"):
            _take(root, path, files.manifests)
        elif _matches(name, _REQUIREMENTS) or _is_in_requirements(path):
            _take(root, path, files.requirements)
        elif _matches(name, _DEPLOYMENT):
            _take(root, path, files.deployment)
        elif name.endswith(".py"):
            _take(root, path, files.python)
    files.python = [d for d in files.python if "settings" in d.path or _PYTHON.search(d.text)]
    return files


def _walk(root: str) -> Iterator[str]:
    def fail(error: OSError) -> None:
        if error.filename == root:
            raise error

    for place, folders, names in os.walk(root, onerror=fail):
        folders[:] = [
            folder
            for folder in folders
            if folder not in _SKIPPED
            and (not folder.startswith(".") or folder in _HIDDEN)
            and not os.path.exists(os.path.join(place, folder, "pyvenv.cfg"))
        ]
        below = os.path.relpath(place, root).replace(os.sep, "/")
        for name in names:
            yield name if below == "." else f"{below}/{name}"


def _take(root: str, path: str, to: list[Document]) -> None:
    """Read a file; what cannot be read or is no text says nothing of how files are served."""
    try:
        document = read(root, path)
    except OSError:
        return
    if document is not None:
        to.append(document)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _is_in_requirements(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] == "requirements" and name.endswith((".txt", ".in"))
