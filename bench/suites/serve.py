"""Serving published files from the application server: wrk on loopback against nginx, WhiteNoise
and ServeStatic.

All servers run at once and idle while another is measured, so that the contenders can take turns in
every round.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import scratch, servers
from bench.environment import CHECKOUT
from bench.measure import RunFailedError
from bench.projects import Project, Sources
from bench.servers import KINDS, Kind
from bench.suites import context
from bench.suites.context import Context
from bench.suites.serve_cases import (
    BARE_TITLE,
    CASES,
    CONSTANT_PATHS,
    CONSTANT_TITLE,
    DJANGO_TITLE,
    MIDDLEWARES,
    MOST_ROUNDS,
    START_KINDS,
    WRAPPING,
    Line,
    Start,
    make_files,
    make_many,
    many,
    published_paths,
    requests_of,
)
from bench.suites.serve_tables import markdown


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    projects, failed = build(ctx)
    with contextlib.ExitStack() as stack:
        lines = start_all(ctx, stack, projects, failed)
        measure_all(ctx, lines)
    starts = measure_starts(ctx)
    return markdown(ctx, lines, starts)


def build(ctx: Context) -> tuple[dict[str, Project], dict[str, str]]:
    """Collect the three files with each contender's storage; projects, and the reason for each that
    failed.
    """
    sources = Sources((("", make_files()),))
    projects, failed = {}, {}
    for name in MIDDLEWARES:
        project = ctx.project(name, sources, suffix="-serve")
        project.clear()
        projects[name] = project
        try:
            context.command(project, ctx.environment, context.MANIFEST)()
        except RunFailedError as error:
            failed[name] = str(error)
            ctx.say(f"  {project.variant.title}: FAILED: {error}")
    projects["constant"] = ctx.project("constant", sources, suffix="-serve")
    return projects, failed


def start_all(
    ctx: Context, stack: contextlib.ExitStack, projects: dict[str, Project], failed: dict[str, str]
) -> list[Line]:
    """Start every server, and find out for each case which request it needs and whether the answer
    is right.
    """
    built = next((projects[name] for name in MIDDLEWARES if name not in failed), None)
    if built is None:
        raise RunFailedError("no contender published the files that are asked for")
    lines = [
        start(ctx, stack, kind, contender)
        for kind in KINDS
        for contender in contenders(kind.interface, projects, failed, constant_environment(built))
    ]
    nginx = Line("nginx", "nginx", None, {}, {}, {})
    try:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = servers.free_port()
        command = servers.nginx_command(built.static_root, port, folder)
        nginx.server = stack.enter_context(
            servers.running(
                "nginx", command, port, cwd=folder, environment=built.environment, probe="/"
            )
        )
        nginx.requests = requests_of(published_paths(built), nginx)
    except RunFailedError as error:
        nginx.failures = dict.fromkeys((case.name for case in CASES), str(error))
    return [nginx, *lines]


@dataclass(frozen=True)
class Contender:
    """What is put under a server: an application of a project, and the path of each case's file there.
    `failure` says why there is nothing to put there.
    """

    project: Project
    title: str
    application: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""


def contenders(
    interface: str,
    projects: Mapping[str, Project],
    failed: Mapping[str, str],
    constant: Mapping[str, str],
) -> Iterator[Contender]:
    """All that answer by an interface: the constant responses (whose environment is `constant`), each
    package's middleware, and its wrapper if it has one.
    """
    for title, application in (
        (CONSTANT_TITLE, f"bench.constants:{interface}"),
        (DJANGO_TITLE, f"{interface}:application"),
    ):
        yield Contender(projects["constant"], title, application, CONSTANT_PATHS, constant)
    for name in MIDDLEWARES:
        project, title = projects[name], projects[name].variant.title
        if name in failed:
            yield Contender(project, title, failure=failed[name])
            continue
        paths = published_paths(project)
        yield Contender(project, title, f"{interface}:application", paths)
        if interface in project.variant.wrappers:
            application = f"wrapped_{interface}:application"
            yield Contender(project, title + WRAPPING, application, paths)


def start(ctx: Context, stack: contextlib.ExitStack, kind: Kind, contender: Contender) -> Line:
    """One contender under one server."""
    project, title = contender.project, contender.title
    line = Line(kind.name, title, None, {}, {}, {})
    port = servers.free_port()
    try:
        if contender.failure:
            raise RunFailedError(contender.failure)
        line.server = stack.enter_context(
            servers.running(
                title,
                kind.command(ctx.environment.scripts, contender.application, port),
                port,
                cwd=project.folder,
                environment={
                    **project.environment,
                    **import_paths(project),
                    **contender.environment,
                },
                probe="/constant",
            )
        )
    except RunFailedError as error:
        line.failures = dict.fromkeys((case.name for case in CASES), str(error))
        ctx.say(f"  {kind.name}, {title}: FAILED: {error}")
        return line
    line.requests = requests_of(contender.paths, line)
    return line


def import_paths(project: Project) -> dict[str, str]:
    """What Python has to import from: the project's modules, and the checkout's `bench`."""
    return {"PYTHONPATH": os.pathsep.join((str(project.folder), str(CHECKOUT)))}


def constant_environment(built: Project) -> dict[str, str]:
    """What `bench.constants` has to know of the published files."""
    paths = published_paths(built)
    packed = built.static_root / f"{paths['60 KB, brotli'].removeprefix('/static/')}.br"
    large = built.static_root / paths["10 MB file"].removeprefix("/static/")
    return {"BENCH_PACKED": str(packed.stat().st_size), "BENCH_LARGE": str(large)}


def measure_all(ctx: Context, lines: list[Line]) -> None:
    """Interleaved rounds: for each case, all servers in turn; a first short round is not kept."""
    for number in range(min(ctx.rounds, MOST_ROUNDS) + 1):
        for case in CASES:
            for line in lines:
                request = line.requests.get(case.name)
                if request is None or line.server is None or case.name in line.failures:
                    continue
                try:
                    measured = servers.load(
                        line.server.port,
                        request,
                        seconds=ctx.seconds if number else 1,
                        connections=case.connections,
                    )
                except RunFailedError as error:
                    line.failures[case.name] = str(error)
                    continue
                if number == 0:
                    continue
                line.loads.setdefault(case.name, {})[number] = measured
                ctx.say(
                    f"  round {number}  {line.kind}, {line.title}, {case.name}: {measured.rate:,.0f}/s"
                )


def measure_starts(ctx: Context) -> list[Start]:
    """Start each contender over 80,000 published files, in rounds, and the same project without any
    middleware.
    """
    sources = Sources((("", make_many(many(ctx.quick))),))
    starts = []
    chosen = [kind for kind in KINDS if kind.name in START_KINDS]
    projects = {
        name: ctx.project(name, sources, suffix="-many") for name in (*MIDDLEWARES, "django-plain")
    }
    for name, project in projects.items():
        failure = ""
        if name != "django-plain":
            ctx.say(f"  collecting {many(ctx.quick):,} files for {project.variant.title}")
            try:
                project.clear()
                context.command(project, ctx.environment, context.MANIFEST)()
            except RunFailedError as error:
                failure = str(error)
        title = project.variant.title if name != "django-plain" else BARE_TITLE
        starts += [Start(kind.name, title, {}, {}, failure) for kind in chosen]
    by_title = {
        project.variant.title if name != "django-plain" else BARE_TITLE: project
        for name, project in projects.items()
    }
    kinds = {kind.name: kind for kind in chosen}
    for number in range(1, min(ctx.rounds, MOST_ROUNDS) + 1):
        for one in starts:
            if not one.failure:
                _measure_start(ctx, number, one, kinds[one.kind], by_title[one.title])
    for project in projects.values():
        scratch.discard(project.folder)
    return starts


def _measure_start(ctx: Context, number: int, one: Start, kind: Kind, project: Project) -> None:
    port = servers.free_port()
    environment = project.environment | {"PYTHONPATH": str(project.folder)}
    command = kind.command(ctx.environment.scripts, f"{kind.interface}:application", port)
    try:
        with servers.running(
            one.title, command, port, cwd=project.folder, environment=environment, probe="/constant"
        ) as server:
            one.seconds[number] = server.started_in
            one.memory[number] = server.memory()
    except RunFailedError as error:
        one.failure = str(error)
        return
    ctx.say(f"  round {number}  {one.kind}, {one.title}: started in {one.seconds[number]:.2f} s")
