"""``findstatic``: Django's command, and which file wins, which are shadowed, why one is not found."""

from __future__ import annotations

import os
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles import finders as stock_finders
from django.contrib.staticfiles.management.commands import findstatic as stock
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError

from lading import build
from lading.catalog import Catalog
from lading.digests import Digests
from lading.django import conf
from lading.django.finders import sources
from lading.django.storage import StaticStorage
from lading.errors import LadingError
from lading.search import hits, why_missing


class Command(stock.Command):
    help = (
        "Finds the files for the given static paths: which one is published and which it shadows, or "
        "why there is none. Example: manage.py findstatic css/base.css"
    )

    def handle_label(self, path: str, **options: Any) -> str | None:
        try:
            return self._find(path, **options)
        except LadingError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error

    def _find(self, path: str, **options: Any) -> str | None:
        verbosity = cast("int", options["verbosity"])
        try:
            found = stock_finders.find(path, find_all=cast("bool", options["all"])) or []
        except SuspiciousFileOperation:
            found = []  # it leads out of the folders; the reasons below say so
        files = [os.path.realpath(f) for f in ([found] if isinstance(found, str) else found)]
        searched = [f"  {location}" for location in stock_finders.searched_locations]
        where = ["", "Looking in the following locations:", *searched] if verbosity >= 2 else []
        if files and verbosity < 1:
            return "\n".join(files)
        catalog = _catalog()
        if files:
            fates = _fates(catalog, path)
            told = [f"  {file}{fates.get(file, '')}" for file in files]
            notes = [] if path in catalog.winners else why_missing(catalog, path)
            notes = [f"Not collected: {note}" for note in notes[:1]]
            return "\n".join([f"Found '{path}' here:", *told, *notes, *where[1:]])
        if verbosity >= 1:
            reasons = [f"  {r}" for r in why_missing(catalog, path, settings.STATIC_URL or "")]
            self.stderr.write(
                "\n".join([f"No matching file found for '{path}'.", *reasons, *where])
            )
        return None


def _catalog() -> Catalog:
    config = conf.load()
    if isinstance(staticfiles_storage, StaticStorage):
        config = staticfiles_storage.configure(config)
    return build.catalog(sources(config).all, config)


def _fates(catalog: Catalog, path: str) -> dict[str, str]:
    """What becomes of each file, as an addition to its line; nothing where there is just one."""
    found = hits(catalog, path, Digests().read)
    if len(found) < 2:
        return {}
    return {os.path.realpath(hit.file): f"  ({hit.fate})" for hit in found}
