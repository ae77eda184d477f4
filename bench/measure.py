"""Runs contenders in interleaved rounds, each in a process of its own, and keeps time, processor
time and peak memory.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """One measured run: wall-clock and processor seconds, peak resident bytes of the largest
    process.
    """

    seconds: float
    cpu: float
    rss: int
    output: str = ""


class RunFailedError(Exception):
    """A measured command failed; the message is its last line of error."""


def run(
    command: Sequence[str],
    *,
    cwd: str | Path,
    environment: Mapping[str, str],
    timeout: float = 3600,
) -> Sample:
    """Run one command to its end and measure it from outside.

    Raises RunFailedError if it cannot start, exits with another code than 0, or runs longer than
    `timeout` seconds.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        except OSError as error:
            raise RunFailedError(str(error)) from error
        status, usage = _wait(process, started + timeout)
        seconds = time.perf_counter() - started
        if status is None:
            raise RunFailedError(f"ran longer than {timeout:.0f} s and was ended")
        if status != 0:
            raise RunFailedError(reason(_text(err)) or reason(_text(out)) or f"exit code {status}")
        # ru_maxrss is in kilobytes on Linux. It also counts this parent's memory at the time of the
        # fork, which is why the harness itself stays small.
        return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, _text(out))


def _wait(process: subprocess.Popen[bytes], deadline: float):
    """(exit code, resource usage), or (None, None) after ending a process that is over time.

    wait4 gives the usage of this one child, where RUSAGE_CHILDREN would give the largest of all so
    far.
    """
    watchdog = None
    if deadline < float("inf"):
        import threading

        expired = threading.Event()

        def end() -> None:
            expired.set()
            process.kill()

        watchdog = threading.Timer(max(0.0, deadline - time.perf_counter()), end)
        watchdog.daemon = True
        watchdog.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        if watchdog is not None:
            watchdog.cancel()
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if watchdog is not None and expired.is_set():
        return None, None
    return code, usage


def _text(file) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


# How Python ends a traceback: `ModuleNotFoundError: …`, `django.core…ImproperlyConfigured: …`.
_EXCEPTION = re.compile(
    r"^\s*(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Configured|Exit|Interrupt): ."
)


def reason(text: str) -> str:
    """The line of an output that says why: the last exception, or else the last line with something in it.

    Servers print more after the exception that ended their worker.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if _EXCEPTION.match(line)]
    return next(reversed(named or lines), "")


@dataclass
class Contender:
    """One thing that is measured.

    `prepare` runs before each measured run and is not measured; `action` does the run and returns
    its sample. `after` names the contender whose run of the same round must have succeeded ("again"
    needs its "cold"). `slow` contenders run `slow_rounds` times and have no unmeasured warm-up.
    """

    name: str
    action: Callable[[], Sample]
    prepare: Callable[[], None] = field(default=lambda: None)
    after: str = ""
    slow: bool = False


_AFTER = re.compile(r"^after set-up: ([0-9.]+) s$", re.MULTILINE)


@dataclass
class Result:
    """What one contender gave: a sample for each round it ran in, or the reason why it stopped."""

    name: str
    samples: dict[int, Sample] = field(default_factory=dict)
    failure: str = ""

    def seconds(self) -> dict[int, float]:
        """Wall-clock seconds by round."""
        return {number: sample.seconds for number, sample in self.samples.items()}

    def after_setup(self) -> dict[int, float]:
        """Wall-clock seconds by round without `django.setup()`, as the projects' `manage.py` says."""
        found = {number: _AFTER.search(s.output) for number, s in self.samples.items()}
        return {number: float(match[1]) for number, match in found.items() if match}

    def cpu(self) -> dict[int, float]:
        """Processor seconds by round, of the process and the children it waited for."""
        return {number: sample.cpu for number, sample in self.samples.items()}

    @property
    def peak(self) -> int:
        return max((sample.rss for sample in self.samples.values()), default=0)


def rounds(
    contenders: Sequence[Contender],
    count: int,
    *,
    warm: bool = True,
    slow_rounds: int = 1,
    say: Callable[[str], None] = print,
) -> dict[str, Result]:
    """Measure all contenders one after the other, `count` times over: A B C A B C …

    So each round sees the same state of the machine, and ratios are taken within a round. A round 0
    that is not kept warms the page cache and the compiled modules for all alike. A contender that
    fails takes no further part.
    """
    results = {contender.name: Result(contender.name) for contender in contenders}
    for number in range(0 if warm else 1, count + 1):
        for contender in contenders:
            result = results[contender.name]
            if result.failure or (contender.slow and not 1 <= number <= slow_rounds):
                continue
            if contender.after and results[contender.after].failure:
                result.failure = f"not run, since “{contender.after}” failed"
                continue
            try:
                contender.prepare()
                os.sync()  # what an earlier contender wrote must not be flushed on this one's time
                sample = contender.action()
            except RunFailedError as error:
                result.failure = str(error)
                result.samples.clear()  # half a measurement is none
                say(f"  {contender.name}: FAILED: {error}")
                continue
            label = f"round {number}/{count}" if number else "warm-up"
            say(f"  {label}  {contender.name}: {sample.seconds:.2f} s, {sample.rss / 1e6:.0f} MB")
            if number:
                result.samples[number] = sample
    return results
