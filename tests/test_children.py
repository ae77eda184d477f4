"""Child processes: questions -> answers, whoever is lost on the way."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

import lading
from lading.children import ChildLostError, Children


def multiplier(factor: int):
    """What a child makes of its arguments: a worker."""
    return lambda number: number * factor


def printer():
    return print


def process_id():
    return lambda _: os.getpid()


def leaver():
    return lambda code: os._exit(code)


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    """Children find this module where pytest found it."""
    monkeypatch.syspath_prepend(os.path.dirname(__file__))


def test_every_question_has_its_answer():
    with Children(2, multiplier, 3) as children, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(children.ask, range(200))) == [3 * n for n in range(200)]


def test_they_are_as_many_as_asked_for_and_end_with_the_block():
    with Children(3, process_id) as children, ThreadPoolExecutor(3) as threads:
        pids = set(threads.map(children.ask, range(100)))
    assert len(pids) <= 3
    assert os.getpid() not in pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_answer_of_many_megabytes():
    with Children(1, multiplier, 40_000_000) as children:
        assert len(children.ask(b"x")) == 40_000_000


def test_what_a_worker_prints_is_no_answer():
    with Children(1, printer) as children:
        assert children.ask("hello") is None


def test_a_child_that_ends_is_said_to_be_lost():
    with Children(1, leaver) as children:
        for _ in range(2):
            with pytest.raises(ChildLostError):
                children.ask(0)


def test_an_interpreter_that_cannot_be_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ChildLostError):
        Children(1, process_id)


def test_children_of_a_parent_that_is_killed_end_too():
    script = """
        import os, sys
        sys.path[:] = sys.argv[1:]
        from lading.children import Children
        from test_children import process_id
        children = Children(1, process_id)
        print(children.ask(None), flush=True)
        os.kill(os.getpid(), 9)
    """
    places = [os.path.dirname(os.path.dirname(lading.__file__)), *sys.path]
    parent = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *places], capture_output=True, text=True
    )
    child = int(parent.stdout)
    with contextlib.suppress(ProcessLookupError):
        while os.path.exists(f"/proc/{child}/exe") or os.kill(child, 0) is None:
            pass  # pytest's time limit ends it
