"""A bucket target: a release is there when the head, which is the manifest, names it.

Whoever publishes writes everything else first and replaces the head last, under the condition that nobody
has replaced it since. Who loses that race looks again and publishes on top of the winner.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from lading.errors import ConflictError, StoreError, TargetBusyError
from lading.manifest import Manifest
from lading.objectstore import conditions
from lading.objectstore.client import ObjectStore
from lading.progress import Progress
from lading.retention import Retention
from lading.targets.history import (
    Entry,
    Head,
    Record,
    dump_head,
    dump_record,
    load_head,
    load_record,
)

_NOT_CACHED: Final = "no-cache, public"

T = TypeVar("T")


@dataclass(slots=True)
class BucketTarget:
    """``manifest`` is the head's path, ``threads`` the number of requests at once, ``timeout`` how long in
    seconds a run may try against others. ``is_guarded``: writes are conditional; without, only one run at
    a time may publish. ``clock`` gives seconds since the epoch, ``sleep`` waits for seconds.
    """

    store: ObjectStore
    manifest: str = "staticfiles.json"
    retention: Retention = field(default_factory=Retention)
    threads: int = 32
    timeout: float = 600
    is_guarded: bool = True
    clock: Callable[[], float] = field(default=time.time, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def url(self) -> str:
        return self.store.url

    def head(self, known: Head | None = None) -> Head:
        """What is published now: ``known``, if that has not changed. One request.

        Raises ``StoreError``, and ``ManifestError`` for a damaged head.
        """
        try:
            fetched = self.store.get(self.manifest, unless=known.etag if known else "")
        except FileNotFoundError:
            return Head(Manifest({}, {}))
        if fetched is None:
            assert known is not None
            return known
        return load_head(fetched.data, fetched.etag, f"{self.url}/{self.manifest}")

    def record(self, entry: Entry, base: Head) -> Record:
        """What a release in the history of ``base`` publishes. Raises ``StoreError`` when the record is
        lost, and ``ConflictError`` when it is gone because ``base`` has been replaced meanwhile.
        """
        try:
            fetched = self.store.get(entry.record)
        except FileNotFoundError:
            if self.head(base) is not base:
                raise ConflictError("Another run has published.", where=self.url) from None
            raise StoreError(
                f"The record of release {entry.number} is lost.",
                where=f"{self.url}/{entry.record}",
                remedy="Publish again with --clear, which finds out what is there.",
            ) from None
        assert fetched is not None
        return load_record(fetched.data, f"{self.url}/{entry.record}")

    def replace_head(self, head: Head) -> Head:
        """Write the head if the one with its ETag is still there (``""``: if none is). Raises
        ``ConflictError``.
        """
        if not self.is_guarded and self.head().etag != head.etag:
            raise ConflictError("Somebody else has published meanwhile.", where=self.url)
        etag = self.store.put(
            self.manifest,
            dump_head(head),
            {"Content-Type": "application/json", "Cache-Control": _NOT_CACHED},
            only_new=self.is_guarded and not head.etag,
            only_if=head.etag if self.is_guarded else "",
        )
        return replace(head, etag=etag)

    def write_record(self, entry: Entry, record: Record) -> None:
        """Write a release's record. Raises ``StoreError``."""
        headers = {"Content-Type": "application/gzip", "Cache-Control": _NOT_CACHED}
        self.store.put(entry.record, dump_record(record), headers)

    def persist(self, attempt: Callable[[], T], progress: Progress) -> T:
        """Attempt something until nobody else comes between. Raises ``TargetBusyError`` when others do so
        for longer than ``timeout``.
        """
        deadline = time.monotonic() + self.timeout
        failures = 0
        while True:
            try:
                return attempt()
            except ConflictError as error:
                failures += 1
                pause = min(8.0, 0.1 * 2**failures) * random.random()  # noqa: S311
                if time.monotonic() + pause > deadline:
                    raise TargetBusyError(
                        f"Other runs have published all the time for {self.timeout:g} seconds; this one "
                        "has not.",
                        where=error.where or self.url,
                        remedy="Run again when they are done. The setting 'lock_timeout' gives it longer.",
                    ) from None
                if failures == 1:
                    progress.say("Somebody else has written here meanwhile; looking again.")
                self.sleep(pause)

    def refuse_unguarded(self, path: str) -> None:
        """Raise ``StoreError`` if the store ignores conditions, which is tried out at ``path``."""
        if self.is_guarded and not conditions.honoured(self.store, path):
            raise StoreError(
                "The server ignores the conditions of conditional writes (If-None-Match, If-Match): of two "
                "runs at once, each could overwrite what the other publishes. Nothing was published.",
                where=self.url,
                remedy="Use a server that honours them, or set 'guarded' to false in the setting 'bucket' "
                "and see to it that only one run publishes at a time.",
            )
