"""Django's storages as sides of a transfer, named ``storage:ALIAS``."""

from __future__ import annotations

from typing import Any

from lading.django.media_places import storage_named
from lading.django.media_storages import is_folder, is_s3, unwrapped
from lading.errors import ConfigError
from lading.media.sides import FolderSide, Side, StoreSide
from lading.objectstore.client import open_store
from lading.objectstore.options import StoreOptions


def side_of(alias: str) -> Side:
    """The folder of a storage, or its bucket with its credentials. Raises ``ConfigError``."""
    storage = unwrapped(storage_named(alias, "storage:"))
    if is_folder(storage):
        return FolderSide(str(storage.location))
    if is_s3(storage):
        url = f"s3://{storage.bucket_name}/{storage.location.strip('/')}".rstrip("/")
        return StoreSide(open_store(url, _options(storage)))
    raise ConfigError(
        f"Files of the storage {alias!r} ({storage.__class__.__qualname__}) cannot be copied: it is no "
        "folder and no bucket of S3.",
        where=f"storage:{alias}",
        remedy="Give the URL of its bucket: gs://bucket/prefix or az://container/prefix.",
    )


def _options(storage: Any) -> StoreOptions:
    """How the storage of django-storages reaches its bucket."""
    keys = {
        "access_key_id": storage.access_key,
        "secret_access_key": storage.secret_key,
        "session_token": storage.security_token,
    }
    return StoreOptions(
        endpoint=storage.endpoint_url or "",
        region=storage.region_name or "",
        profile=getattr(storage, "session_profile", None) or "",
        extra={name: value for name, value in keys.items() if value},
    )
