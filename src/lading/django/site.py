"""What a web server needs to know of a Django project beside its static files: uploads, hosts, limits."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, InvalidStorageError, default_storage

from lading.config import Config
from lading.webservers.description import LARGE


def with_site(config: Config) -> Config:
    """The settings with what Django's own say: where uploads lie (nowhere, if not in a folder of this
    machine), which hosts the site has, and how much a request may bring.
    """
    root, url = _place()
    wanted = config.webserver
    if not wanted.server_names:
        wanted = replace(wanted, server_names=_hosts())
    if not wanted.upload_limit:
        wanted = replace(wanted, upload_limit=_limit(config, uploads=bool(root)))
    return replace(config, media_root=root, media_url=url, webserver=wanted)


def _place() -> tuple[str, str]:
    """The folder of uploads and their URL, both ``""`` if there is none."""
    storage: Any = default_storage
    try:
        storage.exists  # noqa: B018 - makes the storage
    except InvalidStorageError:
        return "", ""  # lading.W020 says so
    if not isinstance(storage, FileSystemStorage) or not settings.MEDIA_URL.strip("/"):
        return "", ""
    location, url = str(storage.base_location), str(storage.base_url or "")
    if not location or not url:
        return "", ""
    return os.path.abspath(location), url


def _hosts() -> tuple[str, ...]:
    """``ALLOWED_HOSTS`` as names of a web server: ``.example.com`` is a domain and all below it."""
    names: list[str] = []
    for host in settings.ALLOWED_HOSTS:
        name = host.removeprefix(".")
        if name not in ("", "*") and ":" not in name and "[" not in name:
            names += [name, f"*.{name}"] if host.startswith(".") else [name]
    return tuple(dict.fromkeys(names))


def _limit(config: Config, *, uploads: bool) -> int:
    """Bytes of a request: ``DATA_UPLOAD_MAX_MEMORY_SIZE`` counts all but files, ``MEDIA_MAX_SIZE`` those.
    Where one of them sets no limit, nothing but a wide one is left to be said.
    """
    data = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if data is None:
        return LARGE
    if uploads and config.media_max_size is None:
        return max(LARGE, data)
    return data + (config.media_max_size or 0 if uploads else 0)
