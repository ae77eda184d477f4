"""Contenders -> samples, by real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.measure import Contender, RunFailedError, Sample, rounds

from bench import measure

CHECKOUT = Path(__file__).resolve().parents[2]


def python(code, **options):
    return measure.run([sys.executable, "-c", code], cwd="/", environment=os.environ, **options)


def test_run_keeps_output():
    assert python("print('done')").output == "done\n"


MEMORY = """
import os, sys
from bench.measure import run

for code in ("data = bytearray(80_000_000)", "pass"):
    print(run([sys.executable, "-c", code], cwd="/", environment=os.environ).rss)
"""


def test_memory_is_that_of_each_child_alone():
    # In a process of its own, as small as the harness is: a child counts its parent's memory at the fork.
    output = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    large, small = map(int, output.split())
    assert large > 80_000_000
    assert 0 < small < large - 40_000_000


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise SystemExit('no such setting\\n\\n')", "no such setting"),
        ("print('said on stdout'); raise SystemExit(3)", "said on stdout"),
        ("raise SystemExit(3)", "exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "exit code -9"),
    ],
)
def test_a_failing_run_says_its_last_line(code, message):
    with pytest.raises(RunFailedError, match=f"^{message}$"):
        python(code)


def test_a_command_that_is_not_there():
    with pytest.raises(RunFailedError, match="No such file"):
        measure.run(["/nonexistent-program"], cwd="/", environment={})


def test_a_run_over_its_time_is_ended():
    with pytest.raises(RunFailedError, match="ran longer than 0 s"):
        python("import time; time.sleep(600)", timeout=0.3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "ModuleNotFoundError: No module named 'x'\n[ERROR] Worker failed to boot.\n",
            "ModuleNotFoundError: No module named 'x'",
        ),
        ("  a.b.ImproperlyConfigured: STATIC_ROOT\n\n", "a.b.ImproperlyConfigured: STATIC_ROOT"),
        ("CommandError: stop\nlater words\n", "CommandError: stop"),
        ("unable to connect\n \n", "unable to connect"),
        ("", ""),
    ],
)
def test_reason(text, reason):
    assert measure.reason(text) == reason


class Calls:
    """Contenders that write down when they are prepared and run."""

    def __init__(self):
        self.log = []

    def contender(self, name, *, fails_at=(), **options):
        def action():
            self.log.append(name)
            if self.log.count(name) in fails_at:
                raise RunFailedError(f"{name} broke")
            return Sample(float(self.log.count(name)), 0.0, 0)

        return Contender(name, action, lambda: self.log.append(f"prepare {name}"), **options)


def quiet(text):
    pass


def test_rounds_take_turns_after_an_unkept_warm_up():
    calls = Calls()
    results = rounds([calls.contender("A"), calls.contender("B")], 2, say=quiet)
    assert calls.log == ["prepare A", "A", "prepare B", "B"] * 3
    assert results["A"].seconds() == {1: 2.0, 2: 3.0}


def test_slow_contenders_run_their_own_number_of_rounds_and_no_warm_up():
    calls = Calls()
    results = rounds([calls.contender("A"), calls.contender("B", slow=True)], 3, say=quiet)
    assert calls.log.count("A") == 4
    assert calls.log.count("B") == 1
    assert set(results["B"].samples) == {1}


def test_a_failure_is_kept_with_its_reason_and_ends_the_contender():
    calls = Calls()
    said = []
    lineup = [calls.contender("A", fails_at={3}), calls.contender("B")]
    results = rounds(lineup, 3, say=said.append)
    assert results["A"].failure == "A broke"
    assert results["A"].samples == {}
    assert calls.log.count("A") == 3
    assert calls.log.count("B") == 4
    assert any("A: FAILED: A broke" in line for line in said)


def test_what_comes_after_a_failure_is_not_run():
    calls = Calls()
    lineup = [calls.contender("cold", fails_at={1}), calls.contender("again", after="cold")]
    results = rounds(lineup, 1, say=quiet)
    assert "again" not in calls.log
    assert results["again"].failure == "not run, since “cold” failed"
