"""What is served of a Django project, and how: the tables of its published and of its source files."""

from __future__ import annotations

import logging
import os
import time
from threading import Lock, Thread
from typing import Any, Final
from weakref import WeakSet

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage

from lading.django import conf
from lading.django.media_requests import uploads
from lading.django.prefix import before_requests, static_prefix
from lading.django.shipped import is_testing
from lading.errors import ConfigError, LadingError, ManifestError
from lading.manifest import Manifest
from lading.serve.asgi import Application as AsgiApplication
from lading.serve.asgi import LadingASGI
from lading.serve.entry import Entry, Redirect
from lading.serve.hosts import ByHostASGI, ByHostWSGI
from lading.serve.kept import KeptReleases
from lading.serve.loading import paused_collection, read, written
from lading.serve.record import LEDGER, read_record
from lading.serve.reloading import Reloading
from lading.serve.table import ManifestTable, Table, Tables
from lading.serve.wsgi import Application as WsgiApplication
from lading.serve.wsgi import LadingWSGI

logger = logging.getLogger("lading.serve")

_RETRY: Final = 1.0  # seconds between attempts to find a manifest that is missing

_published: WeakSet[Published] = WeakSet()


def wsgi(application: WsgiApplication) -> WsgiApplication:
    """Serve static files, and uploads that are not private, before a WSGI application:
    ``application = wsgi(get_wsgi_application())``.

    Faster than the middleware, since Django does not see the requests at all.
    """
    with before_requests():
        served: WsgiApplication = LadingWSGI(application, table())
        media = uploads()
    if media is None or not media.host or media.private:
        return served
    return ByHostWSGI(media.host, LadingWSGI(None, media.table), served)


def asgi(application: AsgiApplication) -> AsgiApplication:
    """Serve static files before an ASGI application: ``application = asgi(get_asgi_application())``."""
    with before_requests():
        served: AsgiApplication = LadingASGI(application, table())
        media = uploads()
    if media is None or not media.host or media.private:
        return served
    return ByHostASGI(media.host, LadingASGI(None, media.table), served)


def reload() -> list[Thread]:
    """Serve the newest release wherever this process serves one, as soon as the threads that are returned
    have loaded it. May be called from a signal handler.
    """
    return [thread for one in tuple(_published) if (thread := one.reload()) is not None]


def table() -> Table:
    """The table of this process: published files in production, the sources in development; in tests the
    sources, and behind them what happens to be published.
    """
    if not settings.DEBUG and not is_testing():
        media = uploads()
        return Tables(Published(), media) if media is not None else Published()
    from lading.django.development import Development  # what scans sources, production never needs

    sources = Development()
    return sources if settings.DEBUG else Tables(sources, Published(eager=False))


class Published:
    """The table of the published files. Where there are none (yet), all paths below ``STATIC_URL`` are a
    404, the reason is logged once, and they are looked for again.
    """

    def __init__(self, *, eager: bool = True) -> None:
        self.prefix = static_prefix()
        self._has_site_root = bool(conf.load().site_root)
        self._table: Table | None = None
        self._reloading: Reloading | None = None
        self._loading = Lock()
        self._next_try = 0.0
        self._told = not eager
        _published.add(self)
        if eager:
            self._load()

    def lookup(self, path: str) -> Entry | Redirect | None:
        """See ``Table.lookup``."""
        table = self._table
        if table is None and (self._has_site_root or path.startswith(self.prefix)):
            table = self._load()
        return None if table is None else table.lookup(path)

    def covers(self, path: str) -> bool:
        """See ``Table.covers``. Where the prefix is ``/`` the application has all other paths."""
        return self.prefix != "/" and path.startswith(self.prefix)

    def reload(self) -> Thread | None:
        """Load the newest release, in the thread that is returned."""
        self._next_try = 0.0
        return None if self._reloading is None else self._reloading.reload()

    def _load(self) -> Table | None:
        with self._loading:
            if self._table is None and time.monotonic() >= self._next_try:
                try:
                    self._table = self._reloading = self._make()
                except ConfigError:
                    raise
                except LadingError as error:
                    self._next_try = time.monotonic() + _RETRY
                    if not self._told:
                        logger.error("No static file is served. %s", error)
                        self._told = True
            return self._table

    def _make(self) -> Reloading:
        maker = _Maker(self.prefix)
        return Reloading(maker, maker.manifest, every=conf.load().reload)


def published() -> Table:
    """The table of the newest release. Raises ``ManifestError`` when there is none."""
    return _Maker(static_prefix())()


def place() -> tuple[str, str]:
    """The folder of the published files, and the file that is replaced with each release.

    Raises ``ManifestError`` for a storage that is no folder.
    """
    storage: Any = staticfiles_storage
    if not isinstance(storage, FileSystemStorage) or not storage.location:
        raise ManifestError(
            "The static files are not published into a folder of this machine, so they cannot be served "
            "from here.",
            where="STORAGES['staticfiles']",
            remedy="Set STATIC_ROOT, or remove the middleware if another server has the files.",
        )
    root = str(storage.location)
    return root, os.path.join(root, getattr(storage, "manifest_name", LEDGER))


class _Maker:
    """Makes the table of the release that is there when it is called. ``prefix``: see ``static_prefix``."""

    def __init__(self, prefix: str) -> None:
        with paused_collection():  # the storage reads the manifest when it is first used
            self._root, self.manifest = place()
        storage: Any = staticfiles_storage
        config = conf.load()
        packing = (storage.configure(config) if hasattr(storage, "configure") else config).packing
        self._encodings = packing.encodings if packing else ()
        self._prefix, self._policy = prefix, config.policy
        self._site_root, self._index = config.site_root, config.index
        self._has_manifest = hasattr(storage, "manifest_name")
        # The storage has read the manifest just now, and keeps it for the templates anyway.
        known = getattr(storage, "published", None)
        self._known = known if isinstance(known, Manifest) else None

    def __call__(self) -> Table:
        # Where each release has a folder of its own, a link to the newest one is moved on meanwhile.
        root = os.path.realpath(self._root)
        published, modified = self._read(root)
        current = ManifestTable(
            published,
            root,
            prefix=self._prefix,
            policy=self._policy,
            modified=modified,
            site_root=self._site_root,
            index=self._index,
        )
        kept = KeptReleases(
            root,
            prefix=self._prefix,
            policy=self._policy,
            site_root=self._site_root,
            known=published.files,
        )
        return Tables(current, kept)

    def _read(self, root: str) -> tuple[Manifest, int | None]:
        if not self._has_manifest:
            return read_record(root, self._encodings)
        known, self._known = self._known, None
        if known is not None and known.files:
            return known, written(self.manifest)
        return read(self.manifest)
