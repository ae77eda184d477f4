"""Runs that are killed or fail at every point, and what they leave behind.

A program of its own, since forking wants a process without threads:

    python crashing.py FOLDER every|random|fail|together|read SETTINGS COUNT

It alternates between versions of the sources. Each time a forked run is killed (before its n-th change of
the target, or after a random time), or the n-th change fails as on a full disk. What is left is checked, then
a run that nothing disturbs must publish the new version and leave no strays. Or several runs meet, or a
reader watches. Prints how often it did so.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lading import cli, contents
from lading.errors import TargetError
from sites_of_folders import Site, read, watch_writes

CHANGE = "body { background: url(img/logo.svg) }"
VERSIONS: list[dict[str, str]] = [
    {"css/a.css": CHANGE, "css/img/logo.svg": "<svg>1</svg>", "same": "same", "old/one": "1"},
    {
        "css/a.css": CHANGE,
        "css/img/logo.svg": "<svg>2</svg>",
        "same": "same",
        "new/deep/x": "x" * 9999,
    },
    {"css/a.css": CHANGE + "p {}", "css/img/logo.svg": "<svg>2</svg>", "same": "same", "b.js": "b"},
]
STATE = ("findings", "ledger", "lock", "recipes", "snapshot", "variants")
STRANGERS = {"theirs.txt": "t", "css/theirs.css": "t"}


class Trial:
    """One site whose target alternates between the versions."""

    def __init__(self, folder: str, settings: dict[str, Any]) -> None:
        self.site = Site(Path(folder))
        self.settings = {"jobs": 1, "keep_age": 0, **settings}
        self.hashed = settings.get("names") == "hashed"
        self.current: dict[str, str] = {}
        os.makedirs(self.site.path("src"))
        toml = [f"{key} = {json.dumps(value)}\n" for key, value in self.settings.items()]
        self.site.write({"lading.toml": "target = 'out'\nsources = ['src']\n" + "".join(toml)})
        self.site.write({f"out/{path}": content for path, content in STRANGERS.items()})
        self.complete(VERSIONS[0])

    def sources(self, version: dict[str, str]) -> None:
        for path in read(self.site.path("src")).keys() - version.keys():
            os.unlink(self.site.path("src", path))
        self.site.write({f"src/{path}": content for path, content in version.items()})

    def run(self) -> None:
        self.site.collect(**self.settings)

    def complete(self, version: dict[str, str]) -> None:
        """Run undisturbed; then exactly the version, kept old files and the strangers' files are there."""
        self.sources(version)
        self.run()
        published = self.site.published()
        wanted = version | STRANGERS
        assert {path: published.get(path) for path in wanted} == wanted
        assert self.site.plan(**self.settings).plan.puts == []
        ledger = self.site.target.ledger()
        assert published.keys() == {*ledger.written, *STRANGERS}, "strays"
        numbers = [release.number for release in ledger.releases]
        releases = {f"releases/{number}{kind}" for number in numbers for kind in ("", ".json")}
        records = [contents.noted(self.site.target, number) for number in numbers[:-1]]
        needed = {f"contents/{sha256}" for record in records for sha256 in record.values()}
        strays = set(self.site.state()) - {*STATE, *releases, *needed}
        assert not strays, strays
        self.current = version

    def check(self, version: dict[str, str]) -> None:
        """After a disturbed run: whole files only, and the old release or the new one complete."""
        published = self.site.published()
        old, new = self.current, version
        missing = [[p for p in release if p not in published] for release in (old, new)]
        kept = self.settings.get("keep_releases", 3) > 1
        assert not missing[0] or (not kept and not missing[1]), missing
        known = {p: {v[p] for v in VERSIONS if p in v} for v in VERSIONS for p in v}
        for path, content in published.items():
            if path in STRANGERS:
                assert content == STRANGERS[path]
            elif path in known:
                assert content in known[path], f"{path} is not whole"
            else:
                assert self.hashed, f"stray {path}"
        if self.hashed:
            self.check_manifest(published)

    def check_manifest(self, published: dict[str, str]) -> None:
        """Everything that the manifest names is there, and under a hashed name unchanged."""
        manifest = json.loads(published["staticfiles.json"])
        for path, name in manifest["paths"].items():
            assert name in published, f"{path} -> {name} is missing"
            sha256 = hashlib.sha256(published[name].encode()).hexdigest()
            assert sha256 == manifest["lading"]["files"][name][0], f"{name} is another file"

    def disturbed(self, disturb: Callable[[int], bool], at: int) -> list[bool]:
        """One disturbed run to each of the next versions; whether each was hit."""
        hits: list[bool] = []
        for version in (*VERSIONS[1:], VERSIONS[0]):
            self.sources(version)
            hits.append(disturb(at))
            self.check(version)
            self.complete(version)
        return hits

    def kill_at(self, point: int) -> bool:
        """Fork a run that is killed before its n-th change of the target (in the midst of a write)."""
        child = os.fork()
        if child == 0:
            count = 0

            def step() -> bool:
                nonlocal count
                count += 1
                return count == point

            def before(change: str) -> None:
                if step():
                    os.kill(os.getpid(), signal.SIGKILL)

            write = os.write

            def half(descriptor: int, data: bytes) -> int:
                if step():
                    write(descriptor, memoryview(data)[: len(data) // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
                return write(descriptor, data)

            os.write = half
            with watch_writes(self.site.target.root, before):
                self.run_and_exit()
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    def kill_after(self, seconds: float) -> bool:
        """Start the command with threads and kill it after a while."""
        child = self.command("--jobs", "2")
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    def command(self, *arguments: str) -> int:
        """Start ``lading collect`` in a process of its own; its id."""
        child = os.fork()
        if child == 0:
            configuration = ("--config", self.site.path("lading.toml"), "-v", "0")
            os._exit(cli.main(["collect", *configuration, *arguments]))
        return child

    def together(self, runs: int) -> None:
        """Several commands at once: all succeed, and one of them does the work."""
        for version in (*VERSIONS[1:], VERSIONS[0]):
            self.sources(version)
            reports = [self.site.path(f"{number}.json") for number in range(runs)]
            children = [self.command("--json", report) for report in reports]
            assert [os.waitpid(child, 0)[1] for child in children] == [0] * runs
            copied = [len(json.loads(Path(report).read_text())["copied"]) for report in reports]
            assert sorted(copied)[:-1] == [0] * (runs - 1), copied
            assert max(copied) > 0
            self.check(version)
            self.complete(version)

    def read_while(self, rounds: int) -> int:
        """Runs, with and without ``--clear``, while another process reads; how often that read."""
        always = set.intersection(*(set(version) for version in VERSIONS))
        contents = {path: {version[path] for version in VERSIONS} for path in always}
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            stop = False

            def end(*_: object) -> None:
                nonlocal stop
                stop = True

            signal.signal(signal.SIGTERM, end)
            looks = 0
            while not stop:
                for path, whole in contents.items():
                    content = Path(self.site.path("out", path)).read_text()
                    assert content in whole, f"{path} is not whole"
                    looks += 1
            os.write(tell, str(looks).encode())
            os._exit(0)
        os.close(tell)
        for number in range(rounds):
            for version in VERSIONS:
                self.sources(version)
                self.site.collect(**self.settings, clear=number % 2 == 1)
        os.kill(child, signal.SIGTERM)
        with os.fdopen(told) as answer:
            looks = int(answer.read() or 0)
        assert os.waitpid(child, 0)[1] == 0
        return looks

    def run_and_exit(self) -> None:
        try:
            self.run()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)

    def fail_at(self, point: int) -> bool:
        """A run whose n-th change of the target fails; its error must be one for people."""
        count = 0

        def before(change: str) -> None:
            nonlocal count
            count += 1
            if count == point:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), change)

        failed: TargetError | None = None
        with watch_writes(self.site.target.root, before):
            try:
                self.run()
            except TargetError as error:
                failed = error
        if failed is not None:
            assert "No space left on device" in failed.what, failed
            assert "Free some space" in failed.remedy, failed
            left = os.listdir(self.site.path("out/.lading"))
            assert not any(name.startswith("stage-") for name in left), left
        return count >= point  # some changes may fail in silence: removing an empty folder


def main(folder: str, mode: str, settings: str, count: str) -> None:
    trial = Trial(folder, json.loads(settings))
    points = disturbed = 0
    if mode == "together":
        for _ in range(int(count)):
            trial.together(6)
            points += len(VERSIONS)
    elif mode == "read":
        points = trial.read_while(int(count))
    elif mode == "random":
        chance = random.Random(settings)
        started = time.monotonic()
        trial.complete(VERSIONS[1])
        longest = (time.monotonic() - started) * 1.5
        while disturbed < int(count):
            points += 1
            disturbed += sum(
                trial.disturbed(lambda _: trial.kill_after(chance.uniform(0, longest)), 0)
            )
    else:
        disturb = trial.kill_at if mode == "every" else trial.fail_at
        while any(hits := trial.disturbed(disturb, points + 1)):
            points += 1
            disturbed += sum(hits)
    print(json.dumps({"points": points, "disturbed": disturbed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
