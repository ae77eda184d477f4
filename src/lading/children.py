"""Child processes for work that holds the interpreter's lock, of which threads do only one at a time.

They are plain ``python -c`` processes that read pickles from a pipe. ``multiprocessing`` would run the
caller's main module once more in each (the "spawn" way), or fork a process that has threads.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, cast

_MAIN = "import sys; sys.path[:] = sys.argv[1:]; from lading.children import serve; serve()"
_LENGTH = struct.Struct(">Q")


class ChildLostError(Exception):
    """A child could not be started, or ended before it answered. What it was asked is still to be done."""


class Children:
    """``count`` processes that each make a worker by ``factory(*arguments)`` and call it with what
    ``ask`` is given. All of these must be picklable, ``factory`` by its name. For use in a ``with``.
    """

    def __init__(self, count: int, factory: Callable[..., Any], *arguments: Any) -> None:
        self._setup = pickle.dumps((factory, arguments), pickle.HIGHEST_PROTOCOL)
        self._idle: queue.LifoQueue[subprocess.Popen[bytes]] = queue.LifoQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._new: set[subprocess.Popen[bytes]] = set()  # that have not been told what they are for
        try:
            for _ in range(count):
                self._all.append(child := _start())
                self._new.add(child)
                self._idle.put(child)
        except OSError as error:
            self.close()
            raise ChildLostError(str(error)) from error

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, question: Any) -> Any:
        """What the worker of an idle child gives for ``question``, waiting until one is idle. May be
        called from many threads. Raises ``ChildLostError``.
        """
        message = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        child = self._idle.get()
        try:
            asked = cast("BinaryIO", child.stdin)
            if child in self._new:  # here, since it waits until the child has started
                _write(asked, self._setup)
                self._new.discard(child)
            _write(asked, message)
            answer = _read(cast("BinaryIO", child.stdout))
        except (OSError, EOFError) as error:
            raise ChildLostError(str(error)) from error
        finally:
            self._idle.put(child)
        return pickle.loads(answer)  # noqa: S301  our own child, which has its next question by now

    def close(self) -> None:
        """End the processes, in the middle of their work if need be."""
        for child in self._all:
            child.kill()
            child.communicate()
        self._all.clear()


def serve() -> None:
    """What a child process does, until its parent is gone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which is the parent's to handle
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may come between the answers
    try:
        factory, arguments = pickle.loads(_read(requests))  # noqa: S301
        work = factory(*arguments)
        while True:
            _write(answers, pickle.dumps(work(pickle.loads(_read(requests))), -1))  # noqa: S301
    except (EOFError, BrokenPipeError):
        os._exit(0)  # the parent is gone, and nobody is left to tell


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this Python, with the paths it has itself
        [sys.executable, "-S", "-c", _MAIN, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _write(pipe: BinaryIO, data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: BinaryIO) -> bytes:
    """Raises ``EOFError`` when the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the process ended")
    (size,) = _LENGTH.unpack(head)
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError("the process ended")
    return data
