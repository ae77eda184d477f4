"""Names of the releases that a target keeps besides the one that is served: earlier ones, which open pages
still use, and newer ones, whose pages come from processes that have started already.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from lading.errors import ManifestError
from lading.manifest import File, Manifest
from lading.policy import Policy
from lading.serve.entry import Entry, Redirect
from lading.serve.loading import read
from lading.serve.table import ManifestTable, url_prefix

logger = logging.getLogger("lading.serve")

RELEASES: Final = ".lading/releases"
"""Where a target keeps the manifest of each kept release, as ``N.json``."""

# What a digest in a name looks like: app.0123456789ab.css, index-B3x9_aZ1.js, tinymce.5e0040571e1a/.
_DIGEST: Final = re.compile(r"[.-][0-9A-Za-z_-]{8,}[./]")


class KeptReleases:
    """A table of the names that change with their content, of every release that the target ``root`` keeps.

    Nothing is read before somebody asks for such a name that the release in service does not have; from
    then on a miss looks at most every ``every`` seconds for further releases. ``site_root``: see
    ``ManifestTable``. ``known``: the files of the release in service, which need not be kept twice.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        prefix: str = "/static/",
        policy: Policy | None = None,
        site_root: str = "",
        known: Mapping[str, File] | None = None,
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prefix = url_prefix(prefix)
        self._root = os.path.abspath(root)
        self._policy = policy
        self._site_root = site_root
        self._known: Mapping[str, File] = known or {}
        self._every = every
        self._clock = clock
        self._next_look = clock()
        self._looking = Lock()
        # The table of each release, newest first; None: its manifest cannot be read.
        self._releases: dict[str, ManifestTable | None] = {}

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The entry of a name that a kept release publishes."""
        is_below = path.startswith(self.prefix)
        if not (is_below or self._site_root):
            return None
        if not _DIGEST.search(path, len(self.prefix) - 1 if is_below else 0):
            return None
        seen = self._releases
        entry = self._find(path)
        if entry is None:
            self._look()
            if self._releases is not seen:
                entry = self._find(path)
        return entry

    def covers(self, path: str) -> bool:
        """No path: what is unknown here is answered by whoever asks."""
        return False

    def _find(self, path: str) -> Entry | Redirect | None:
        for table in self._releases.values():
            if table is not None and (entry := table.lookup(path)) is not None:
                return entry
        return None

    def _look(self) -> None:
        """Look for releases that came or went. Other threads wait meanwhile."""
        with self._looking:
            if self._clock() < self._next_look:
                return
            before = self._releases
            names = _listed(self._root)
            if names != list(before):
                self._releases = {
                    name: before[name] if name in before else self._load(name) for name in names
                }
            self._next_look = self._clock() + self._every

    def _load(self, name: str) -> ManifestTable | None:
        try:
            manifest, modified = read(os.path.join(self._root, RELEASES, name))
            files = {
                path: file
                for path, file in manifest.files.items()
                if file.immutable and path not in self._known
            }
        except ManifestError as error:
            logger.warning("The names of a kept release are not served. %s", error)
            return None
        return ManifestTable(
            Manifest({}, files),
            self._root,
            prefix=self.prefix,
            policy=self._policy,
            modified=modified,
            site_root=self._site_root,
        )


def _listed(root: str) -> list[str]:
    """The manifests of kept releases, the newest release first."""
    try:
        names = os.listdir(os.path.join(root, RELEASES))
    except OSError:
        return []
    numbers = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    return [f"{number}.json" for number in sorted(map(int, filter(str.isdecimal, numbers)))[::-1]]
