"""Uploads: saving them by Django's storage and by Lading's, serving them by Django's view and by Lading's."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from bench import report, scratch, servers
from bench.environment import CHECKOUT
from bench.measure import run
from bench.report import Target
from bench.servers import KINDS, Request, Server
from bench.suites.context import Context
from bench.trees import CACHE

PICTURE = CHECKOUT / "examples/harbour/static/img/harbour-800.png"
FOLDER = CACHE / "media"

SERVED = {"django": "Django's view", "lading": "Lading", "hook": "Lading, behind a hook"}
FILES = {"picture.png": 30_000, "film.mp4": 5_000_000}
REQUESTS = {
    "30 kB": Request("/media/picture.png"),
    "5 MB": Request("/media/film.mp4"),
    "64 kB out of 5 MB": Request("/media/film.mp4", {"Range": "bytes=2000000-2065535"}),
}

Series = dict[int, float]


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    scratch.discard(FOLDER)
    FOLDER.mkdir(parents=True)
    try:
        return markdown(ctx, saves(ctx), downloads(ctx))
    finally:
        scratch.discard(FOLDER)


def saves(ctx: Context) -> dict[str, dict[str, Series]]:
    """Seconds for each save, by case, contender and round."""
    place = FOLDER / "saved"
    place.mkdir()
    command = [ctx.environment.python, str(CHECKOUT / "bench/media_saves.py"), str(place)]
    sample = run([*command, str(ctx.rounds), str(PICTURE)], cwd=place, environment=os.environ)
    found: dict[str, dict[str, list[float]]] = json.loads(sample.output)
    return {
        case: {name: dict(enumerate(figures)) for name, figures in contenders.items()}
        for case, contenders in found.items()
    }


def downloads(ctx: Context) -> dict[str, dict[str, Series]]:
    """Requests a second, by case, contender and round."""
    media = FOLDER / "served"
    media.mkdir()
    for name, size in FILES.items():
        (media / name).write_bytes(os.urandom(size))
    found: dict[str, dict[str, Series]] = {case: {} for case in REQUESTS}
    with contextlib.ExitStack() as stack:
        running = {
            title: stack.enter_context(start(ctx, by, media)) for by, title in SERVED.items()
        }
        for number in range(ctx.rounds + 1):
            for case, request in REQUESTS.items():
                for title in turned(list(running), number):
                    server = running[title]
                    seconds = ctx.seconds if number else 1  # the first round is not kept
                    measured = servers.load(server.port, request, seconds=seconds)
                    if number:
                        found[case].setdefault(title, {})[number] = measured.rate
                        ctx.say(f"  round {number}  {title}, {case}: {measured.rate:,.0f}/s")
    return {case: {title: rates[title] for title in running} for case, rates in found.items()}


def turned(titles: list[str], number: int) -> list[str]:
    """The contenders with another one first in each round."""
    start = number % len(titles)
    return titles[start:] + titles[:start]


@contextlib.contextmanager
def start(ctx: Context, by: str, media: Path):
    """The site that serves ``media`` by ``by``, under gunicorn with four threads."""
    port = servers.free_port()
    command = KINDS[0].command(ctx.environment.scripts, "bench.media_site:application", port)
    environment = {**os.environ, "BY": by, "MEDIA": str(media), "PYTHONPATH": str(CHECKOUT)}
    probe = "/media/picture.png"
    with servers.running(
        by, command, port, cwd=CHECKOUT, environment=environment, probe=probe
    ) as server:
        check(server)
        yield server


def check(server: Server) -> None:
    """Raises RuntimeError unless all of a file arrives."""
    answer = servers.ask(server.port, Request("/media/film.mp4"))
    if (answer.status, answer.length) != (200, FILES["film.mp4"]):
        raise RuntimeError(f"{server.name} answers {answer.status} with {answer.length} bytes")


def markdown(
    ctx: Context, saved: dict[str, dict[str, Series]], served: dict[str, dict[str, Series]]
) -> str:
    """The section: both tables and the targets."""
    save_rows = [
        (
            case,
            *(
                f"{microseconds(report.median(series.values()))} "
                f"({report.times(report.ratio(series, contenders['Django']))})"
                for series in contenders.values()
            ),
        )
        for case, contenders in saved.items()
    ]
    serve_rows = [
        (
            case,
            *(
                f"{report.median(series.values()):,.0f}/s "
                f"({report.times(report.ratio(series, contenders[SERVED['django']]))})"
                for series in contenders.values()
            ),
        )
        for case, contenders in served.items()
    ]
    return "\n\n".join(
        (
            "## Uploads",
            ctx.preamble(
                "Saving an upload, from its bytes to its name, time for each; and serving it under gunicorn "
                "with four threads, requests a second; beside Django's `FileSystemStorage` and "
                "`django.views.static.serve`. "
                "Django syncs nothing and checks nothing; its view ignores `Range` and sends the whole file."
            ),
            report.table(("saving", *next(iter(saved.values()))), save_rows),
            report.table(("serving", *SERVED.values()), serve_rows),
            report.targets(goals(saved, served)),
        )
    )


def microseconds(value: float | None) -> str:
    """Seconds as a table of very short ones has them."""
    return report.NONE if value is None else f"{value * 1e6:,.0f} µs"


def goals(
    saved: dict[str, dict[str, Series]], served: dict[str, dict[str, Series]]
) -> list[Target]:
    """What saving and serving mean to reach."""
    alone = "Lading, storing alone"
    return [
        *(
            Target(
                f"saving, {case}: storing alone / Django",
                1.1,
                report.ratio(contenders[alone], contenders["Django"]),
            )
            for case, contenders in saved.items()
        ),
        *(
            Target(
                f"serving, {case}: Lading / Django (5% for the noise)",
                0.95,
                report.ratio(contenders[SERVED["lading"]], contenders[SERVED["django"]]),
                at_least=True,
            )
            for case, contenders in served.items()
        ),
    ]
