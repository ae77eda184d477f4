"""Django's own test suite as a peer: its `staticfiles_tests` with Lading in front of
`django.contrib.staticfiles`.

    python scripts/django_suite.py                      the Django that is installed
    python scripts/django_suite.py --django 5.2.19      another one, from its source distribution
    python scripts/django_suite.py --storages           also with Lading's storage classes
    python scripts/django_suite.py -k test_verbosity_1  only some tests

Django's source distribution is fetched by pip and kept in `bench/.cache/django`. The suite runs
without Lading first: that must pass, and says which tests there are. Then it runs with Lading, and
every test that does not pass must stand in `django_suite_exceptions.toml` with a reason; one that
stands there and passes is an error too.

Exit codes: 0 all as listed, 1 tests differ from that, 2 the suite could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
CACHE = SCRIPTS.parent / "bench" / ".cache" / "django"
EXCEPTIONS = SCRIPTS / "django_suite_exceptions.toml"
LABELS = ["staticfiles_tests"]


class SuiteError(Exception):
    """The suite could not be run; the message says why and what to do."""


@dataclass(frozen=True)
class Run:
    """One run of the suite: {test id: outcome}, and all that it printed."""

    outcomes: dict[str, str]
    output: str


@dataclass(frozen=True)
class Verdict:
    """What one run with Lading says, against the run without it and the documented exceptions."""

    passed: int
    skipped: int
    failed: tuple[str, ...]
    excepted: tuple[tuple[str, str], ...]
    outdated: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not (self.failed or self.outdated or self.missing) and self.passed > 0


def judge(stock: dict[str, str], ours: dict[str, str], exceptions: dict[str, str]) -> Verdict:
    """Compare outcomes by test id (`passed`, `failed`, `error`, `skipped`).

    A test that is skipped only with Lading, or not run at all, counts as `missing`; an exception
    that passes as `outdated`. Exceptions that this Django does not have are ignored, since the list
    serves several versions.
    """
    fine = {test for test, outcome in ours.items() if outcome == stock.get(test)}
    skipped = {test for test in fine if ours[test] == "skipped"}
    missing = (stock.keys() - ours.keys()) | {
        test for test, outcome in ours.items() if outcome == "skipped" and test not in fine
    }
    wrong = ours.keys() - fine - missing
    return Verdict(
        passed=len(fine - skipped),
        skipped=len(skipped),
        failed=tuple(sorted(wrong - exceptions.keys())),
        excepted=tuple((test, exceptions[test]) for test in sorted(wrong & exceptions.keys())),
        outdated=tuple(sorted(fine & exceptions.keys())),
        missing=tuple(sorted(missing)),
    )


def load_exceptions(mode: str, django: str, path: Path = EXCEPTIONS) -> dict[str, str]:
    """{test id: reason} for a mode (`commands`, `storages`) and a Django version such as `6.1.3`.

    Raises SuiteError for an entry without test or reason, or with an unknown key or mode.
    """
    found: dict[str, str] = {}
    for entry in tomllib.loads(path.read_text("utf-8")).get("exception", []):
        unknown = entry.keys() - {"test", "reason", "modes", "django"}
        modes = entry.get("modes", [])
        if unknown or not entry.get("test") or not entry.get("reason") or not modes:
            raise SuiteError(
                f"{path.name}: an exception needs test, reason and modes; found {entry}"
            )
        if set(modes) - {"commands", "storages"}:
            raise SuiteError(f"{path.name}: {entry['test']} has an unknown mode in {modes}")
        series = entry.get("django", [])
        if mode in modes and (
            not series or any(django.startswith(f"{s}.") or django == s for s in series)
        ):
            found[entry["test"]] = entry["reason"]
    return found


def source_distribution(version: str, python: str) -> Path:
    """The unpacked source distribution of this Django version; downloaded once."""
    folder = CACHE / f"django-{version}"
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as staging:
        command = [python, "-m", "pip", "download", "--no-deps", "--no-binary=django", "--quiet"]
        command += ["--disable-pip-version-check", "--dest", staging, f"django=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        archives = list(Path(staging).glob("*.tar.gz"))
        if done.returncode != 0 or len(archives) != 1:
            last = (done.stderr.strip() or "no message").splitlines()[-1]
            raise SuiteError(
                f"Django {version} could not be downloaded with {python}: {last}. "
                "A newer Django needs a newer Python: give one with --python."
            )
        with tarfile.open(archives[0]) as tar:
            tar.extractall(staging, filter="data")
        (unpacked,) = (path for path in Path(staging).iterdir() if path.is_dir())
        if not (unpacked / "tests" / "runtests.py").is_file():
            raise SuiteError(
                f"the source distribution of Django {version} has no tests/runtests.py"
            )
        os.replace(unpacked, folder)
    return folder


def installed_django(python: str) -> str:
    """The version of Django that this interpreter has, which must also have Lading."""
    code = "import django, lading; print(django.get_version())"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError as error:
        raise SuiteError(f"{python} cannot be run: {error}") from error
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise SuiteError(f"{python} needs Django and Lading installed ({last})")
    return done.stdout.strip()


def run_child(mode: str, source: Path, python: str, labels: list[str], patterns: list[str]) -> Run:
    """Run the tests in a process of their own."""
    with tempfile.TemporaryDirectory(prefix="django_suite_") as folder:
        output = os.path.join(folder, "outcomes.json")
        child = str(SCRIPTS / "django_suite_child.py")
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(source), str(source / "tests")]),
            "TMPDIR": folder,
        }
        arguments = json.dumps([mode, output, labels, patterns])
        done = subprocess.run(
            [python, child, arguments],
            cwd=source / "tests",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if not os.path.exists(output):
            sys.stderr.write(done.stdout)
            raise SuiteError(
                f"the tests ended before they were complete (mode {mode}, exit code {done.returncode})"
            )
        with open(output, encoding="utf-8") as file:
            result = json.load(file)
    if not result["file"].startswith(os.path.realpath(source)):
        raise SuiteError(f"the tests imported Django from {result['file']}, not from {source}")
    return Run(result["outcomes"], done.stdout)


def report(mode: str, verdict: Verdict) -> None:
    """Print one run's verdict: a line of counts, then what is not as it should be."""
    print(
        f"{mode}: {verdict.passed} passed, {len(verdict.failed)} failed, {len(verdict.excepted)} exceptions"
        f", {verdict.skipped} skipped as without Lading"
    )
    for test, reason in verdict.excepted:
        print(f"  exception  {test}\n             {reason}")
    for title, tests, remedy in (
        ("failed", verdict.failed, "repair it, or list it with its reason"),
        (
            "outdated",
            verdict.outdated,
            "is listed as an exception and passes: take it off the list",
        ),
        ("missing", verdict.missing, "ran without Lading and did not with it"),
    ):
        for test, count in (
            _by_class(tests) if title == "missing" else [(test, 1) for test in tests]
        ):
            number = f"{count} tests of " if count > 1 else ""
            print(f"  {title:9}  {number}{test} ({remedy})")


def _by_class(tests: Iterable[str]) -> list[tuple[str, int]]:
    """[(test class, number of its tests)]: a module that cannot be imported loses all of its tests."""
    return sorted(Counter(test.rpartition(".")[0] for test in tests).items())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Run Django's staticfiles tests with Lading installed."
    )
    parser.add_argument(
        "labels", nargs="*", default=LABELS, help="Django test labels (default: %(default)s)"
    )
    parser.add_argument("--django", metavar="VERSION", help="default: the installed one")
    parser.add_argument(
        "--python",
        default=sys.executable,
        help="an interpreter that has Lading and Django installed",
    )
    parser.add_argument(
        "--storages", action="store_true", help="also replace Django's storage classes"
    )
    parser.add_argument(
        "--stock-only", action="store_true", help="run the suite without Lading and stop"
    )
    parser.add_argument(
        "-k", dest="patterns", action="append", default=[], help="only tests whose name matches"
    )
    options = parser.parse_args(arguments)
    options.python = os.path.abspath(shutil.which(options.python) or options.python)
    try:
        return compare(options)
    except SuiteError as error:
        print(f"django_suite: {error}", file=sys.stderr)
        return 2


def compare(options: argparse.Namespace) -> int:
    """Run the suite without and with Lading, and print what differs; the exit code."""
    version = options.django or installed_django(options.python)
    source = source_distribution(version, options.python)

    def run(mode: str) -> Run:
        return run_child(mode, source, options.python, options.labels, options.patterns)

    stock_run = run("stock")
    stock = stock_run.outcomes
    broken = [test for test, outcome in stock.items() if outcome not in ("passed", "skipped")]
    ran = len(stock) - list(stock.values()).count("skipped")
    print(f"Django {version}, {' '.join(options.labels)}: {ran} tests pass without Lading")
    if broken or not ran:
        sys.stderr.write(stock_run.output)
        raise SuiteError(
            f"Django's own tests must pass without Lading first: {', '.join(broken) or 'none ran'}"
        )
    if options.stock_only:
        return 0
    good = True
    for mode in ("commands", "storages") if options.storages else ("commands",):
        ours = run(mode)
        verdict = judge(stock, ours.outcomes, load_exceptions(mode, version))
        # Exceptions fail as they should: what they print would hide a failure that is none.
        if not verdict.good:
            sys.stderr.write(ours.output)
        report(mode, verdict)
        good = good and verdict.good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
