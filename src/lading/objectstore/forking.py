"""The library in processes that are forked from one that has used it: servers that load the application
before they start their workers (gunicorn's ``--preload``, uWSGI) make such.

The library's requests run on threads of its own, which a fork does not copy (POSIX, ``fork``): in the new
process every request would wait for ever, also by a store that is opened anew. So a small object is read
by a child process there, and everything else is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from lading.children import ChildLostError, Children
from lading.errors import LadingError, StoreError
from lading.objectstore.objects import Fetched
from lading.objectstore.options import StoreOptions

_used_in = 0  # the process whose threads do the library's requests


def note_use(url: str) -> None:
    """Say that the library is going to be used in this process. Raises ``StoreError`` where it cannot be."""
    global _used_in  # noqa: PLW0603 - a fact of the process, as the library's threads are
    if is_cut_off():
        raise _refusal(url)
    _used_in = os.getpid()


def is_cut_off() -> bool:
    """True if the library's threads were left behind in the process that this one was forked from."""
    return _used_in not in (0, os.getpid())


def get(url: str, options: StoreOptions, path: str, unless: str) -> Fetched | None:
    """``ObjectStore.get``, by a child process. Raises what that raises."""
    try:
        with Children(1, _Reader, url, options) as children:
            answer: Any = children.ask((path, unless))
    except ChildLostError:
        raise _refusal(url) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


@dataclass(frozen=True, slots=True)
class _Reader:
    """In the child: gives what is asked for, or the exception."""

    url: str
    options: StoreOptions

    def __call__(self, question: tuple[str, str]) -> Fetched | Exception | None:
        from lading.objectstore.client import open_store

        path, unless = question
        try:
            return open_store(self.url, self.options).get(path, unless=unless)
        except (LadingError, FileNotFoundError) as error:
            return error


def _refusal(url: str) -> StoreError:
    return StoreError(
        "This process was forked from one that has talked to the store already, and cannot talk to it "
        "itself.",
        where=url,
        remedy="Let the server load the application in each worker (gunicorn: without --preload; uWSGI: "
        "lazy-apps = true).",
    )
