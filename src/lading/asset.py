"""An asset is one source file; a signature is what ``stat`` says of a file's state."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lading.sources import Source

# A clock tick of the kernel (10 ms at most), doubled. A file changed twice within one tick can have one
# and the same time stamp for two contents, so a stamp this young proves nothing.
_TICK_NS = 20_000_000
# File systems that keep whole seconds (FAT: two of them) show it by stamps without a fraction.
_COARSE_TICK_NS = 2_000_000_000


UNKNOWN_SIZE = -1
"""The size of an asset whose storage would need a request to tell."""


class Asset(NamedTuple):
    """One source file. ``path`` is where it is published (``blog/app.css``), ``relative`` its path inside
    the source (without the source's prefix), ``size`` in bytes or ``UNKNOWN_SIZE``, ``signature`` the stat
    signature found by the scan (``""`` when the source has none to give, such as a remote storage).
    """

    path: str
    source: Source
    relative: str
    size: int
    signature: str


def signature(status: os.stat_result) -> str:
    """The stat signature of a source file: equal signatures mean that nothing wrote to the file between.

    The change time is part of it, since it cannot be set back by hand as the modification time can.
    """
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def is_settled(status: os.stat_result, now_ns: int | None = None) -> bool:
    """True when the file's last change is old enough for its signature to be believed later.

    ``now_ns`` is the time of reading in nanoseconds since the epoch (default: now). The same rule as
    Git's "racy" index entries: a file changed in the tick in which it was read may change once more
    without its signature showing it.
    """
    newest = max(status.st_mtime_ns, status.st_ctime_ns)
    coarse = status.st_mtime_ns % 1_000_000_000 == 0 and status.st_ctime_ns % 1_000_000_000 == 0
    now = time.time_ns() if now_ns is None else now_ns
    return now - newest > (_COARSE_TICK_NS if coarse else _TICK_NS)
