"""One run at a time in one target: who waits is told for whom, and how long."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys

import pytest

from lading.errors import TargetBusyError
from lading.targets.lock import locked

HOLD = """
import sys
from lading.targets.lock import locked
with locked(sys.argv[1], 1, print):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holder(path: str):
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def silent(message: str) -> None:
    raise AssertionError(f"nobody should wait: {message}")


def test_a_free_lock_is_taken_in_silence_and_given_back(tmp_path):
    path = str(tmp_path / "lock")
    for _ in range(3):
        with locked(path, 0, silent):
            assert (tmp_path / "lock.holder").read_text() == (
                f"process {os.getpid()} on {socket.gethostname()}"
            )
        assert not (tmp_path / "lock.holder").exists()


def test_the_lock_is_given_back_when_the_work_fails(tmp_path):
    path = str(tmp_path / "lock")
    with pytest.raises(ZeroDivisionError), locked(path, 0, silent):
        raise ZeroDivisionError
    with locked(path, 0, silent):
        pass


def test_who_waits_is_told_for_whom_and_gives_up_in_time(tmp_path):
    path = str(tmp_path / "lock")
    told: list[str] = []
    with holder(path) as process:
        with pytest.raises(TargetBusyError) as caught, locked(path, 0.1, told.append):
            raise AssertionError
        expected = f"process {process.pid} on {socket.gethostname()}"
        assert told == [
            f"Another run ({expected}) is publishing to this target; waiting for it to finish."
        ]
        assert f"Another run ({expected}) still holds the target after 0.1 seconds" in str(
            caught.value
        )
        assert "lock_timeout" in caught.value.remedy
        assert (caught.value.exit_code, caught.value.where) == (3, path)


def test_who_waits_goes_on_when_the_other_ends(tmp_path):
    path = str(tmp_path / "lock")
    with holder(path) as process:

        def waiting(message: str) -> None:
            assert process.stdin is not None
            process.stdin.close()

        with locked(path, 60, waiting):
            assert process.wait() == 0


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path):
    path = str(tmp_path / "lock")
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (tmp_path / "lock.holder").exists()
        with locked(path, 0, silent):
            assert str(os.getpid()) in (tmp_path / "lock.holder").read_text()
