"""Work for many paths at once, and the notes of runs."""

from __future__ import annotations

import threading

import pytest

from lading.objectstore.client import open_store
from lading.targets.history import State
from lading.targets.uploading import Notebook, in_parallel

STATE = State("ab" * 32, 3, '"e"', (("Content-Type", "text/css"),), True)


def test_every_path_is_done_once_and_told_in_the_calling_thread():
    told: dict[str, str] = {}
    threads: set[int] = set()

    def done(path: str, result: str) -> None:
        threads.add(threading.get_ident())
        told[path] = result

    paths = [f"{number}" for number in range(200)]
    in_parallel(lambda path: path * 2, iter(paths), 8, done)
    assert told == {path: path * 2 for path in paths}
    assert threads == {threading.get_ident()}


def test_a_failure_is_raised_and_nothing_more_is_begun():
    begun: list[str] = []

    def work(path: str) -> str:
        begun.append(path)
        if path == "3":
            raise ValueError(path)
        return path

    with pytest.raises(ValueError, match="3"):
        in_parallel(work, map(str, range(1000)), 2, lambda path, result: None)
    assert len(begun) < 100


def test_a_failure_of_the_caller_ends_the_work():
    def done(path: str, result: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parallel(str, map(str, range(1000)), 2, done)
    assert not [t for t in threading.enumerate() if t.name == "lading-upload"]


def test_a_note_says_what_is_planned_and_done():
    store = open_store("memory:///")
    own, other = Notebook(store, "own"), Notebook(store, "other")
    own.begin(["b", "a"])
    own.add("a", STATE)
    own.keep()
    assert own.others() == []
    (seen,) = other.others()
    (note,) = other.read([seen])
    assert (note.planned, note.states, note.seen) == (["a", "b"], {"a": STATE}, seen)
    own.end()
    assert other.others() == []


def test_damaged_notes_and_those_that_are_gone_say_nothing():
    store = open_store("memory:///")
    notebook = Notebook(store, "own")
    for name, text in {"x": b"{", "y": b"[]", "z": b'{"planned": [], "states": {"a": 1}}'}.items():
        store.put(f".lading/pending/{name}.json", text, {})
    seen = notebook.others()
    store.delete([seen[0].path])
    assert notebook.read(seen) == []


def test_nothing_is_written_for_a_run_that_writes_nothing():
    store = open_store("memory:///")
    notebook = Notebook(store, "own")
    notebook.keep()
    notebook.end()
    assert list(store.listing()) == []
