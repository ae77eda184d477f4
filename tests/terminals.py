"""Processes on a terminal of their own."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys


def in_terminal(code: str, *arguments: str, **environment: str) -> str:
    """What a process writes to a terminal of 100 columns."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment},
    ) as child:
        os.close(slave)
        told = b""
        with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
            while data := os.read(master, 65536):
                told += data
        os.close(master)
    assert child.returncode == 0, told
    return told.decode()
