"""The manifest that a bucket has published, as a running application reads it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from lading.errors import ConfigError, StoreError
from lading.targets.bucket import BucketTarget

_PAUSE: Final = 5.0  # seconds in which a bucket that gave no answer is not asked again


@dataclass(slots=True)
class RemoteManifest:
    """``file``: a copy of the manifest in the application's image, which saves asking the bucket when the
    application starts; ``every``: seconds after which ``is_due`` (``0``: never). ``clock`` gives seconds.
    """

    target: BucketTarget
    file: str = ""
    every: float = 0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    _etag: str = ""
    _next: float = 0.0
    _failure: StoreError | None = None
    _failed_at: float = 0.0
    _is_refused: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    def read(self) -> bytes | None:
        """The manifest: the image's, or else the bucket's; ``None`` if nothing is published.

        Raises ``StoreError``, and for some seconds the same one again.
        """
        self._next = self.clock() + self.every
        if self.file and os.path.exists(self.file):
            try:
                with open(self.file, "rb") as opened:
                    return opened.read()
            except OSError as error:
                raise StoreError(
                    f"The manifest in the image cannot be read: {error.strerror}.",
                    where=self.file,
                    remedy="Give the application's user read permission for it.",
                ) from error
        if self._failure is not None and self.clock() < self._failed_at + _PAUSE:
            raise self._failure
        try:
            return self._fetch("")
        except StoreError as error:
            self._failure, self._failed_at = _at_start(error), self.clock()
            raise self._failure from error

    def is_due(self) -> bool:
        """Whether it is time to look for a newer one; true once for each time."""
        if not self.every or self.clock() < self._next:
            return False
        with self._lock:
            if self.clock() < self._next:
                return False
            self._next = self.clock() + self.every
            return True

    def newer(self) -> bytes | None:
        """The bucket's manifest if it is another one than was last read there, by one conditional request.

        Raises ``StoreError``.
        """
        return self._fetch(self._etag)

    def _fetch(self, unless: str) -> bytes | None:
        if self._is_refused:
            # Its keys may have been replaced in the profile while this process runs.
            with contextlib.suppress(ConfigError):
                self.target.store = self.target.store.reopened()
            self._is_refused = False
        try:
            fetched = self.target.store.get(self.target.manifest, unless=unless)
        except FileNotFoundError:
            return None
        except StoreError:
            self._is_refused = True
            raise
        if fetched is None:
            return None
        self._etag, self._failure = fetched.etag, None
        return fetched.data


def _at_start(error: StoreError) -> StoreError:
    """The error, with what spares an application that has no manifest yet from it."""
    spared = (
        "The bucket is asked again in a few seconds. With 'manifest_file' in the setting 'bucket' the "
        "application starts from a copy in its image, and needs no answer."
    )
    return StoreError(error.what, where=error.where, remedy=f"{error.remedy}\n  {spared}")
