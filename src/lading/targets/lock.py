"""One lock for each folder target, held by the operating system: it ends with its process."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Generator

from filelock import FileLock, Timeout

from lading.errors import TargetBusyError


@contextlib.contextmanager
def locked(path: str, timeout: float, waiting: Callable[[str], None]) -> Generator[None]:
    """Hold the lock file ``path``. ``waiting`` is told once who holds it before a wait begins.

    Raises ``TargetBusyError`` when another run holds it for longer than ``timeout`` seconds.
    """
    lock = FileLock(path, mode=0o666)
    holder = f"{path}.holder"
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting(
            f"Another run{_read(holder)} is publishing to this target; waiting for it to finish."
        )
        try:
            lock.acquire(timeout=timeout, poll_interval=0.05)
        except Timeout:
            raise TargetBusyError(
                f"Another run{_read(holder)} still holds the target after {timeout:g} seconds; "
                "nothing was published.",
                where=path,
                remedy="Wait for it or end it; the lock goes with its process. "
                "The setting 'lock_timeout' gives it longer.",
            ) from None
    try:
        with contextlib.suppress(OSError), open(holder, "w") as file:
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(holder)
        lock.release()


def _read(holder: str) -> str:
    try:
        with open(holder) as file:
            return f" ({file.read(200)})"
    except OSError:
        return ""
