"""Renaming without replacing: Linux can do it in one step, and Python does not offer it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from functools import cache

_AT_FDCWD = -100  # fcntl.h: paths start at the working directory
_NOREPLACE = 1  # RENAME_NOREPLACE of renameat2(2)


def rename_new(old: str, new: str) -> int:
    """Rename ``old`` to ``new`` unless that exists; 0, or the number of the error: ``EEXIST`` if it does,
    ``ENOSYS`` or ``EINVAL`` where the system or the file system cannot do this.
    """
    call = _renameat2()
    return errno.ENOSYS if call is None else call(os.fsencode(old), os.fsencode(new))


@cache
def _renameat2() -> Callable[[bytes, bytes], int] | None:
    """The system call, ``None`` if the C library has none."""
    if sys.platform != "linux":
        return None
    import ctypes  # slow to load, and only uploads need it

    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return None

    def call(old: bytes, new: bytes) -> int:
        done: int = function(_AT_FDCWD, old, _AT_FDCWD, new, _NOREPLACE)
        return 0 if done == 0 else ctypes.get_errno()

    return call
