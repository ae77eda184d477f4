"""Starts real servers on loopback for the serving suite, and asks, loads and weighs them."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import RunFailedError, reason

BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


@dataclass(frozen=True)
class Kind:
    """A server and the interface it calls applications by: one worker process each, four threads
    where it has threads.
    """

    name: str
    interface: str
    arguments: tuple[str, ...]

    def command(self, scripts: Path, application: str, port: int) -> list[str]:
        """The command line; `application` is `wsgi:application` and the like."""
        filled = [part.format(application=application, port=port) for part in self.arguments]
        return [str(scripts / filled[0]), *filled[1:]]


KINDS = (
    Kind(
        "gunicorn gthread",
        "wsgi",
        (
            "gunicorn",
            "{application}",
            "--worker-class=gthread",
            "--workers=1",
            "--threads=4",
            "--bind=127.0.0.1:{port}",
            "--log-level=warning",
        ),
    ),
    Kind(
        "Granian WSGI",
        "wsgi",
        (
            "granian",
            "{application}",
            "--interface=wsgi",
            "--workers=1",
            "--blocking-threads=4",
            "--host=127.0.0.1",
            "--port={port}",
            "--no-access-log",
            "--log-level=warning",
        ),
    ),
    Kind(
        "Granian ASGI",
        "asgi",
        (
            "granian",
            "{application}",
            "--interface=asgi",
            "--workers=1",
            "--loop=uvloop",
            "--host=127.0.0.1",
            "--port={port}",
            "--no-access-log",
            "--log-level=warning",
        ),
    ),
    Kind(
        "uvicorn",
        "asgi",
        (
            "uvicorn",
            "{application}",
            "--workers=1",
            "--loop=uvloop",
            "--http=httptools",
            "--lifespan=off",
            "--host=127.0.0.1",
            "--port={port}",
            "--no-access-log",
            "--log-level=warning",
        ),
    ),
)


@dataclass
class Server:
    """A running server: its port, its process, and how long it took to its first answer."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    started_in: float
    log: Path

    def memory(self) -> int:
        """Bytes of the whole process tree, shared pages divided among those who share them (PSS,
        Linux).
        """
        return sum(_pss(pid) for pid in _tree(self.process.pid))


@dataclass(frozen=True)
class Answer:
    """What a server answered: status, headers in lower case, length of the body as received."""

    status: int
    headers: Mapping[str, str]
    length: int


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, and the 99th percentile of latency in seconds."""

    rate: float
    p99: float


@dataclass(frozen=True)
class Request:
    """A path and the headers it is asked with."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


def free_port() -> int:
    """A port that the system says is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    cwd: Path,
    environment: Mapping[str, str],
    probe: str,
) -> Iterator[Server]:
    """Start a server, wait until it answers `probe`, and end it (and its workers) afterwards.

    Raises RunFailedError with the last line of its output if it ends or does not answer within 120
    seconds.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "output"
        started = time.perf_counter()
        with log.open("wb") as output:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise RunFailedError(str(error)) from error
        try:
            _wait_until_ready(process, port, probe, started + 120, log)
            yield Server(name, port, process, time.perf_counter() - started, log)
        finally:
            _end(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], port: int, probe: str, deadline: float, log: Path
) -> None:
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RunFailedError(reason(log.read_text("utf-8", "replace")) or "the server ended")
        try:
            ask(port, Request(probe))
        except OSError:
            time.sleep(0.002)
        else:
            return
    raise RunFailedError("the server did not answer within 120 seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server's own process group: it was started in a session of its own."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, wanted)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def ask(port: int, request: Request) -> Answer:
    """One GET, read to its end. Raises OSError if nothing listens or the answer breaks off."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", request.path, headers=dict(request.headers))
        response = connection.getresponse()
        length = 0
        while chunk := response.read(1 << 16):
            length += len(chunk)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, length)
    except http.client.HTTPException as error:
        raise OSError(f"the answer broke off: {error!r}") from error
    finally:
        connection.close()


def load(port: int, request: Request, *, seconds: int, connections: int = 32) -> Load:
    """Ask as fast as wrk can from one thread over kept-alive connections.

    Raises RunFailedError if wrk is missing, sockets failed, or answers were not 2xx or 3xx.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in request.headers.items():
        command += ["-H", f"{name}: {value}"]
    try:
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{request.path}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + 60,
        )
    except FileNotFoundError:
        raise RunFailedError("wrk is not on PATH (Debian: apt-get install wrk)") from None
    return parse_wrk(done.stdout + done.stderr)


def parse_wrk(text: str) -> Load:
    """The rate and the 99th percentile in wrk's report.

    Raises RunFailedError for a report without a rate, with socket errors, or with answers other
    than 2xx and 3xx.
    """
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", text, re.MULTILINE)
    p99 = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s)\b", text, re.MULTILINE)
    if not rate or not p99:
        raise RunFailedError(reason(text) or "wrk printed nothing")
    if float(rate[1]) == 0:
        raise RunFailedError("no request was completed")
    if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        raise RunFailedError(f"{refused[1]} answers were errors")
    if broken := re.search(r"Socket errors: (.+)", text):
        raise RunFailedError(f"socket errors: {broken[1]}")
    unit = {"us": 1e-6, "ms": 1e-3, "s": 1.0}[p99[2]]
    return Load(float(rate[1]), float(p99[1]) * unit)


def nginx_command(root: Path, port: int, folder: Path) -> list[str]:
    """Write a configuration that serves `root` at /static/ with precompressed siblings; the command
    to start it.

    Raises RunFailedError if nginx is not there.
    """
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise RunFailedError("nginx is not on PATH (Debian: apt-get install nginx)")
    brotli = BROTLI_MODULE.exists()
    text = NGINX.format(
        module=f"load_module {BROTLI_MODULE};" if brotli else "",
        user="user root;" if os.geteuid() == 0 else "",
        brotli="brotli_static on;" if brotli else "",
        folder=folder,
        port=port,
        root=root,
    )
    (folder / "nginx.conf").write_text(text, "utf-8")
    return [
        program,
        "-p",
        str(folder),
        "-e",
        str(folder / "error.log"),
        "-c",
        str(folder / "nginx.conf"),
    ]


NGINX = """\
{module}
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    keepalive_requests 1000000;
    open_file_cache max=10000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /static/ {{
            alias {root}/;
            gzip_static on;
            {brotli}
            add_header Cache-Control "max-age=315360000, public, immutable";
        }}
    }}
}}
"""


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                text = Path(f"/proc/{parent}/task/{task}/children").read_text("ascii")
                found += [int(child) for child in text.split()]
    return found


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else 0
