"""A file as it is now, for one request: what development serves, and uploads."""

from __future__ import annotations

import hashlib
import os
import stat
import time

from lading.asset import is_settled, signature
from lading.policy import Headers
from lading.serve.entry import Entry, Representation


def entry_of(local: str, headers: Headers) -> Entry | None:
    """The entry of a file; ``None`` unless it is a regular one.

    Its entity tag is strong if its state cannot be that of two contents (see ``lading.asset.is_settled``),
    for a few milliseconds after a change it is weak.
    """
    try:
        status = os.stat(local)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    tag = hashlib.sha256(signature(status).encode()).hexdigest()[:32]
    modified = int(status.st_mtime)
    return Entry(
        Representation(
            local,
            status.st_size,
            headers,
            etag=f'"{tag}"' if is_settled(status) else f'W/"{tag}"',
            modified=modified if 0 <= modified <= time.time() else None,
            passing=True,
        )
    )
