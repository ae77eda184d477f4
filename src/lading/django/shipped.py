"""What the project's sources ship, for look-ups where nothing is published: in development and in tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from django.contrib.staticfiles.finders import BaseFinder, get_finders

from lading import build
from lading.asset import Asset
from lading.catalog import Catalog
from lading.config import Config
from lading.django import conf
from lading.django.finders import sources
from lading.search import near_names


class Shipped:
    """The catalog of the project's sources, kept until a look-up fails or the finders change.

    ``configure`` adds the storage's options to the project's settings.
    """

    def __init__(self, configure: Callable[[Config], Config]) -> None:
        self._configure = configure
        self._finders: tuple[BaseFinder, ...] = ()
        self._catalog: Catalog | None = None

    def find(self, path: str) -> Asset | None:
        """The file that is published as the logical path, ``None`` if no source ships it."""
        finders = tuple(get_finders())  # Django makes new ones when settings change
        if self._catalog is not None and finders == self._finders:
            asset = self._catalog.winners.get(path)
            if asset is not None and _is_there(asset):
                return asset
        config = self._configure(conf.load())
        self._finders, self._catalog = finders, build.catalog(sources(config).all, config)
        return self._catalog.winners.get(path)

    def near(self, path: str) -> list[str]:
        """The paths nearest to one that ``find`` did not find."""
        return near_names(path, self._catalog.winners) if self._catalog is not None else []


def _is_there(asset: Asset) -> bool:
    local = asset.source.local_path(asset.relative)
    return local is None or os.path.exists(local)


def is_testing() -> bool:
    """Whether a test runner has set up Django's test environment (pytest-django does so too)."""
    utils = sys.modules.get("django.test.utils")
    return utils is not None and hasattr(utils._TestState, "saved_data")  # noqa: SLF001
