"""Gets rid of what a run published without slowing the next one down.

ext4 does not give out the inodes of recently deleted files again for up to five minutes, and
searches past them one by one, so that a copy right after a deletion takes several times as long.
Within a run, folders are therefore moved away, and deleted when the measuring is over.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from pathlib import Path

from bench.trees import CACHE

RECENT = 300  # seconds


def discard(path: Path) -> None:
    """Move a folder out of the way, if it is there; `empty()` deletes it."""
    trash = CACHE / "trash"
    trash.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(path, trash / uuid.uuid4().hex)
    except FileNotFoundError:
        return


def empty() -> None:
    """Delete everything that was discarded, and remember when."""
    if not (CACHE / "trash").exists():
        return
    shutil.rmtree(CACHE / "trash")
    (CACHE / "emptied").write_text(str(time.time()), "ascii")


def recently_emptied() -> float | None:
    """Seconds since the last `empty()` if that is so recent that it still slows writing down."""
    try:
        age = time.time() - float((CACHE / "emptied").read_text("ascii"))
    except (OSError, ValueError):
        return None
    return age if 0 <= age < RECENT else None
