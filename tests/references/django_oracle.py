"""What Django's own ``ManifestStaticFilesStorage`` writes, without settings and without a disk."""

from __future__ import annotations

import hashlib
import io
import posixpath
from types import SimpleNamespace
from unittest import mock
from urllib.parse import urljoin

from django.contrib.staticfiles import storage
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.utils.encoding import filepath_to_uri


class _Memory:
    """The five methods of a storage that ``ManifestFilesMixin`` uses, over a dictionary."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def open(self, name: str) -> ContentFile:
        if name not in self.files:
            raise FileNotFoundError(name)
        return ContentFile(self.files[name])

    def exists(self, name: str) -> bool:
        if posixpath.normpath(name).startswith(("..", "/")):
            raise SuspiciousFileOperation(name)
        return name in self.files

    def _save(self, name: str, content: io.IOBase) -> str:
        content.seek(0)
        self.files[name] = content.read()
        return name

    def delete(self, name: str) -> None:
        del self.files[name]

    def url(self, name: str) -> str:
        return urljoin("/static/", filepath_to_uri(name).lstrip("/"))


class _Manifest(storage.ManifestFilesMixin, _Memory):
    pass


class _Modules(_Manifest):
    support_js_module_import_aggregation = True


def publish(files: dict[str, bytes], *, modules: bool = False) -> dict[str, tuple[str, bytes]]:
    """``{logical path: (published path, content)}``. Raises what Django yields: ``ValueError`` and others."""
    settings = SimpleNamespace(STATIC_URL="/static/", DEBUG=False)
    with mock.patch.object(storage, "settings", settings):
        target = (_Modules if modules else _Manifest)()
        target.files.update(files)  # collectstatic copies first
        source = _Memory(files)
        published: dict[str, tuple[str, bytes]] = {}
        for name, hashed_name, processed in target.post_process(
            {name: (source, name) for name in files}
        ):
            if isinstance(processed, Exception):
                raise processed
            published[name] = hashed_name, target.files[hashed_name]
    return published


def hashed_name(path: str, content: bytes) -> str:
    """The name that Django gives a file of this content."""
    root, extension = posixpath.splitext(path)
    return f"{root}.{hashlib.md5(content).hexdigest()[:12]}{extension}"
