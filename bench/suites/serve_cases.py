"""What the serving suite asks for: files, requests, right answers, and the records of what came."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import servers
from bench.constants import PREFIX, RANGE_LENGTH, RANGE_START
from bench.projects import Project
from bench.servers import Answer, Load, Request, Server
from bench.trees import CACHE

MIDDLEWARES = ("lading-packing", "whitenoise", "servestatic")
LARGE = 10_000_000
MOST_ROUNDS = 3
START_KINDS = ("gunicorn gthread", "uvicorn")
WRAPPING = ", before Django"
CONSTANT_TITLE, DJANGO_TITLE = "constant response", "constant response in Django"
BARE_TITLE = "no static files"


@dataclass(frozen=True)
class Case:
    """One kind of request: the published file, the name of the constant answer like it (see
    `bench.constants`), the headers, and what the right answer is.
    """

    name: str
    file: str
    constant: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200
    encoding: str = ""
    length: tuple[int, int] = (0, LARGE)
    conditional: bool = False
    connections: int = 32


CASES = (
    Case("small file", "bench/small.css", "small", length=(2_000, 2_100)),
    Case(
        "60 KB, brotli",
        "bench/medium.js",
        "packed",
        (("Accept-Encoding", "br"),),
        encoding="br",
        length=(55_000, 66_000),
    ),
    Case("304", "bench/small.css", "unchanged", status=304, length=(0, 0), conditional=True),
    Case("10 MB file", "bench/large.mp4", "large", length=(LARGE, LARGE), connections=4),
    Case(
        "range of 64 KB",
        "bench/large.mp4",
        "range",
        (("Range", f"bytes={RANGE_START}-{RANGE_START + RANGE_LENGTH - 1}"),),
        status=206,
        length=(RANGE_LENGTH, RANGE_LENGTH),
    ),
)


def make_files() -> Path:
    """A folder with the three files that are asked for; the same bytes on every machine."""
    folder = CACHE / "synthetic" / "serve"
    chance = random.Random(1)
    (folder / "bench").mkdir(parents=True, exist_ok=True)
    for name, data in (
        ("small.css", (".a { margin: 0 }\n" * 200).encode()[:2048]),
        ("medium.js", b'export const data = "' + chance.randbytes(59_000).hex().encode() + b'";\n'),
        ("large.mp4", chance.randbytes(LARGE)),
    ):
        (folder / "bench" / name).write_bytes(data)
    return folder


def many(quick: bool) -> int:
    """How many sources the start is measured with: each is published under two names."""
    return 4_000 if quick else 40_000


def make_many(count: int) -> Path:
    """A folder of `count` files: nine icons to one stylesheet; made once."""
    folder = CACHE / "synthetic" / f"many-{count}"
    if (folder / "done").exists():
        return folder / "files"
    shutil.rmtree(folder, ignore_errors=True)
    chance = random.Random(2)
    for number in range(count):
        path = folder / "files" / "many" / f"set{number // 200:03}"
        path.mkdir(parents=True, exist_ok=True)
        if number % 10:
            (path / f"icon-{number}.png").write_bytes(chance.randbytes(120))
        else:
            (path / f"sheet-{number}.css").write_text(
                f".i-{number} {{ margin: 0 }}\n" * 40, "utf-8"
            )
    (folder / "done").write_text("", "utf-8")
    return folder / "files"


@dataclass
class Line:
    """One row: a contender under a server, its running server, and what was measured of it."""

    kind: str
    title: str
    server: Server | None
    requests: dict[str, Request]
    loads: dict[str, dict[int, Load]]
    failures: dict[str, str]


@dataclass
class Start:
    """A server's start over 80,000 files: seconds to the first answer in each round, and memory
    after it.
    """

    kind: str
    title: str
    seconds: dict[int, float]
    memory: dict[int, int]
    failure: str = ""


def published_paths(project: Project) -> dict[str, str]:
    """The path of each case's file as this project publishes it, by the case's name."""
    paths = json.loads((project.static_root / "staticfiles.json").read_text("utf-8"))["paths"]
    return {case.name: f"/static/{paths[case.file]}" for case in CASES}


CONSTANT_PATHS = {case.name: PREFIX + case.constant for case in CASES}


def requests_of(paths: Mapping[str, str], line: Line) -> dict[str, Request]:
    """The request of each case that this server answers as it should; the others become failures of
    the line. `paths` are those of the cases by name.
    """
    assert line.server is not None
    found = {}
    for case in CASES:
        headers = dict(case.headers)
        path = paths[case.name]
        try:
            if case.conditional:
                headers |= validators(servers.ask(line.server.port, Request(path)).headers)
            answer = servers.ask(line.server.port, Request(path, headers))
        except OSError as error:
            line.failures[case.name] = str(error)
            continue
        wrong = fault(case, answer)
        if wrong:
            line.failures[case.name] = wrong
        else:
            found[case.name] = Request(path, headers)
    return found


def validators(headers: Mapping[str, str]) -> dict[str, str]:
    """The conditional headers that a browser would send back for an answer with these headers."""
    sent = {}
    if "etag" in headers:
        sent["If-None-Match"] = headers["etag"]
    if "last-modified" in headers:
        sent["If-Modified-Since"] = headers["last-modified"]
    return sent


def fault(case: Case, answer: Answer) -> str:
    """What is wrong with an answer, or nothing: a wrong answer must not be measured as a fast one."""
    encoding = answer.headers.get("content-encoding", "")
    if answer.status != case.status:
        return f"answers {answer.status} where {case.status} is right"
    if encoding != case.encoding:
        return f"sends the coding {encoding or 'identity'!r} where {case.encoding or 'identity'!r} is right"
    if not case.length[0] <= answer.length <= case.length[1]:
        return f"sends {answer.length} bytes"
    return ""
