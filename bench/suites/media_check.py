"""Accounting for uploads: `media check` over files and rows that differ by one in a hundred, from 10,000 to
1,000,000 of each, beside django-unused-media.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bench import projects, report
from bench.environment import Environment
from bench.measure import Contender, Result, RunFailedError, Sample, rounds, run
from bench.report import NONE
from bench.suites.context import Context
from bench.suites.scale import growth
from bench.trees import CACHE

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 100_000)
MEMORY_LIMIT = 200_000_000
GROWTH_LIMIT = 1.5
EVERY = 100  # one in so many files has no row, and one in so many rows no file

SETTINGS = """\
SECRET_KEY = "benchmark"
INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles", "django_unused_media", "uploads"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = {media!r}
STATIC_URL = "/static/"
"""

MODELS = """\
from django.db import models


class Upload(models.Model):
    file = models.FileField(upload_to="uploads/")
"""

TABLE = (
    "CREATE TABLE uploads_upload (id INTEGER PRIMARY KEY AUTOINCREMENT, file VARCHAR(100) NOT NULL)"
)


def name(number: int) -> str:
    """The name of an upload, in folders of a thousand."""
    return f"uploads/{number // 1000:04}/item-{number * 2654435761 % (1 << 32):08x}-{number}.jpg"


def make(count: int) -> Path:
    """A project with `count` files and rows; made once."""
    folder = CACHE / "synthetic" / f"media-{count}"
    stamp = folder / "stamp.json"
    wanted = {"files": count, "every": EVERY}
    if not (stamp.exists() and json.loads(stamp.read_text("utf-8")) == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        make_files(folder / "media", count)
        make_rows(folder / "db.sqlite3", count)
        stamp.write_text(json.dumps(wanted), "utf-8")
    (folder / "uploads").mkdir(exist_ok=True)
    files = {
        "settings.py": SETTINGS.format(
            database=str(folder / "db.sqlite3"), media=str(folder / "media")
        ),
        "manage.py": projects.MANAGE,
        "uploads/__init__.py": "",
        "uploads/models.py": MODELS,
    }
    for file, text in files.items():
        (folder / file).write_text(text, "utf-8")
    return folder


def make_files(media: Path, count: int) -> None:
    """Empty files, but for those that are to be missing."""
    for start in range(0, count, 1000):
        (media / name(start)).parent.mkdir(parents=True, exist_ok=True)
        for number in range(start, min(count, start + 1000)):
            if number % EVERY:
                os.close(os.open(media / name(number), os.O_CREAT | os.O_WRONLY, 0o644))


def make_rows(database: Path, count: int) -> None:
    """Rows in an order of their own, but for those of orphans."""
    rows = ((name(n * 7919 % count),) for n in range(count) if n * 7919 % count % EVERY != 1)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(TABLE)
        connection.executemany("INSERT INTO uploads_upload (file) VALUES (?)", rows)


def lading(folder: Path, environment: Environment, count: int) -> Callable[[], Sample]:
    """An action: `media check`, whose report must have all differences."""

    def action() -> Sample:
        document = folder / "report.json"
        document.unlink(missing_ok=True)
        # Files that are missing end it with 1, which is what they should do.
        code = (
            "import runpy, sys\n"
            f"sys.argv = ['manage.py', 'lading', 'media', 'check', '-v', '0', '--json', {str(document)!r}]\n"
            "try:\n    runpy.run_path('manage.py', run_name='__main__')\n"
            "except SystemExit as end:\n    sys.exit(end.code not in (1, None, 0))\n"
        )
        sample = run([environment.python, "-c", code], cwd=folder, environment=variables(folder))
        found = json.loads(document.read_text("utf-8"))["storages"][0]
        differences = (found["orphans"], found["missing"])
        if differences != (count // EVERY, count // EVERY):
            raise RunFailedError(f"it found {differences} orphans and missing files")
        return sample

    return action


def unused_media(folder: Path, environment: Environment, count: int) -> Callable[[], Sample]:
    """An action: django-unused-media's dry run, which tells orphans alone."""

    def action() -> Sample:
        command = [
            environment.python,
            "manage.py",
            "cleanup_unused_media",
            "--noinput",
            "--dry-run",
            "--minimum-file-age=0",
        ]
        sample = run(command, cwd=folder, environment=variables(folder))
        if f"Total files will be removed: {count // EVERY}" not in sample.output:
            raise RunFailedError(f"it found other orphans: {sample.output[-200:]}")
        return sample

    return action


def variables(folder: Path) -> dict[str, str]:
    """The process environment of a project's commands."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return kept | {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(folder)}


CONTENDERS = {"Lading": lading, "django-unused-media": unused_media}


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    sizes = ctx.sizes or (QUICK_SIZES if ctx.quick else SIZES)
    results: dict[tuple[str, int], Result] = {}
    for size in sizes:
        ctx.say(f"  {size:,} files and rows")
        folder = make(size)
        lineup = [
            Contender(title, action(folder, ctx.environment, size))
            for title, action in CONTENDERS.items()
        ]
        count = 1 if size > 500_000 else min(ctx.rounds, 3)
        measured = rounds(lineup, count, warm=size <= 500_000, say=ctx.say)
        results.update({(title, size): result for title, result in measured.items()})
    return markdown(ctx, sizes, results)


def markdown(ctx: Context, sizes: tuple[int, ...], results: dict[tuple[str, int], Result]) -> str:
    """The section: a row for each contender and size; growth and memory against the limits."""
    rows, failed = [], {}
    for (title, size), result in sorted(results.items()):
        if result.failure:
            rows.append((title, f"{size:,}", "failed", NONE, NONE))
            failed[f"{title}, {size:,}"] = result.failure
            continue
        taken = report.median(result.seconds().values())
        each = NONE if taken is None else f"{taken / size * 1e6:.0f}"
        peak = report.megabytes(result.peak)
        rows.append((title, f"{size:,}", report.seconds(taken), each, peak))
    return "\n\n".join(
        part
        for part in (
            "## Accounting for uploads",
            ctx.preamble(
                "`lading media check` on a local folder and SQLite, one in a hundred of the files without a "
                "row, and one in a hundred rows without its file. django-unused-media tells the former alone."
            ),
            report.table(("", "files and rows", "seconds", "µs each", "peak memory"), rows),
            report.table(("Target", "limit", "measured", ""), limits(sizes, results)),
            report.failures(failed),
        )
        if part
    )


def limits(
    sizes: tuple[int, ...], results: dict[tuple[str, int], Result]
) -> Iterator[tuple[str, str, str, str]]:
    """Rows of targets: how the time for one more file grows, and the peak memory."""
    points = {size: report.median(results["Lading", size].seconds().values()) for size in sizes}
    value = growth({size: taken for size, taken in points.items() if taken is not None})
    target = report.Target("", GROWTH_LIMIT, value)
    yield (
        "Growth of the time for one more file",
        f"≤ {GROWTH_LIMIT}x",
        report.times(value),
        target.verdict,
    )
    largest = max(sizes)
    peak = results["Lading", largest].peak
    verdict = "not measured" if not peak else "reached" if peak < MEMORY_LIMIT else "**missed**"
    yield f"Peak memory at {largest:,}", "< 200 MB", report.megabytes(peak), verdict
