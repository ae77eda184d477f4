"""What every suite is given: options, the environment, the trees, and the projects made of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import environment as machines
from bench import projects, trees
from bench.environment import Environment
from bench.measure import Contender, RunFailedError, Sample, run
from bench.projects import Project, Sources

# What a contender must have published, as patterns below STATIC_ROOT; site.css is each project's
# own stylesheet.
PLAIN = ("css/site.css",)
MANIFEST = ("staticfiles.json", "css/site.*.css")
PACKED = (*MANIFEST, "css/site.*.css.br", "css/site.*.css.gz")


@dataclass(frozen=True)
class Context:
    """The options of one call of `bench/run.py`, and what it prepared."""

    environment: Environment
    trees: tuple[trees.Tree, ...]
    rounds: int
    slow_rounds: int
    quick: bool
    peers: bool
    subset: bool
    sizes: tuple[int, ...] = ()
    seconds: int = 5
    steps: tuple[str, ...] = ()
    say: Callable[[str], None] = print

    def project(self, variant: str, sources: Sources | None = None, suffix: str = "") -> Project:
        """The project of a variant over the chosen trees (or other sources)."""
        return projects.write(
            projects.VARIANTS[variant], sources or Sources.of_trees(self.trees), suffix=suffix
        )

    def preamble(self, what: str) -> str:
        """The lines above a suite's table: machine, versions, load, day."""
        versions = self.environment.versions
        names = (
            "django",
            "whitenoise",
            "servestatic",
            "django-manifeststaticfiles-enhanced",
            "lading",
        )
        found = [f"{name} {versions[name]}" for name in names if name in versions]
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        return (
            f"{what}\n\n"
            f"Measured {day} on {machines.machine()}; Python {versions['python']}, {', '.join(found)}. "
            f"Load averages at the end: {machines.load()}."
        )

    def tree_line(self) -> str:
        """How many files and bytes the trees have."""
        files, size = trees.measure(folder for tree in self.trees for folder in tree.sources)
        kinds = [tree.kind for tree in self.trees]
        part = " (a subset)" if self.subset else ""
        return (
            f"{files:,} files, {size / 1e6:.0f} MB, from {kinds.count('npm')} npm packages and "
            f"{kinds.count('pypi')} Django packages{part}"
        )


def command(
    project: Project, environment: Environment, expected: Sequence[str] = PLAIN
) -> Callable[[], Sample]:
    """An action: one `collectstatic` of this project.

    Each pattern of `expected` must match a published file afterwards: a contender that left out
    half of the work must not look fast.
    """

    def action() -> Sample:
        sample = run(
            project.collectstatic(environment), cwd=project.folder, environment=project.environment
        )
        for pattern in expected:
            if next(project.static_root.glob(pattern), None) is None:
                raise RunFailedError(f"the command succeeded and published no {pattern}")
        return sample

    return action


def cold_and_again(
    project: Project, environment: Environment, expected: Sequence[str] = PLAIN
) -> list[Contender]:
    """`collectstatic` into an empty STATIC_ROOT with no cache from earlier runs, and when nothing
    changed since.
    """
    first = f"{project.variant.title}, cold"
    action = command(project, environment, expected)
    return [
        Contender(first, action, project.clear),
        Contender(f"{project.variant.title}, again", action, after=first),
    ]


def script(
    project: Project, environment: Environment, code: str, *arguments: str
) -> Callable[[], Sample]:
    """An action: a piece of Python in the project's environment and folder."""

    def action() -> Sample:
        return run(
            [environment.python, "-c", code, *arguments],
            cwd=project.folder,
            environment=project.environment,
        )

    return action


def published(root: Path) -> int:
    """Files in a target, without Lading's own state."""
    files, _ = trees.measure([root])
    state, _ = trees.measure([root / ".lading"])
    return files - state
