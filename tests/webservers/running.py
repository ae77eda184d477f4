"""nginx, Caddy and Apache on loopback, with a configuration that Lading wrote."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lading.webservers import apache, caddy, nginx, syntax
from lading.webservers.site import App, Site
from serve.client import NoAnswerError, exchange

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
from programs import need

Address = tuple[str, int]
Respond = Callable[[str, str], tuple[dict[str, str], bytes]]
"""What the application answers to a method and a path: headers and content."""

RENDER = {"nginx": nginx.render, "caddy": caddy.render, "apache": apache.render}

_NGINX = """\
include /etc/nginx/modules-enabled/*.conf;
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
events {{}}
http {{
access_log off;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{text}
}}
"""
_CADDY = """\
{{
admin off
auto_https off
persist_config off
log {{
level ERROR
}}
}}
{text}
"""
_MODULES = ("mpm_event", "authz_core", "alias", "dir", "env", "mime", "headers", "rewrite")
_APACHE = """\
ServerRoot {folder}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Mutex file:{folder}
ErrorLog /dev/stderr
LogLevel crit
{modules}
{user}
Listen 127.0.0.1:{port}
ServerName localhost
TypesConfig /etc/mime.types
AddType text/html .html
AddLanguage fr .fr
AddEncoding x-gzip .gz
<Directory />
Require all denied
</Directory>
{text}
"""


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that other users may look into, since Apache serves as another one."""
    with tempfile.TemporaryDirectory(prefix="lading-site-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@contextmanager
def application(respond: Respond) -> Iterator[App]:
    """An HTTP server that answers what the function says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers, body = respond(self.command, self.path)
            self.send_response(200)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield App(host="127.0.0.1", port=server.server_address[1])
        finally:
            server.shutdown()


@contextmanager
def running(server: str, site: Site) -> Iterator[Address]:
    """The server of that name with the configuration of the site, ready to answer at an address."""
    modules = (
        *(("proxy", "proxy_http") if site.app else ()),
        *(("xsendfile",) if site.media and site.media.private else ()),
    )
    with configured(
        server, lambda listen: RENDER[server](replace(site, listen=listen)), modules
    ) as address:
        yield address


@contextmanager
def configured(
    server: str, make: Callable[[str], str], modules: Sequence[str] = ()
) -> Iterator[Address]:
    """The same with what ``make`` gives for the address to listen at. ``modules``: more of Apache's."""
    program = _program(server)
    for _ in range(5):
        with tempfile.TemporaryDirectory(prefix="lading-server-") as folder:
            os.chmod(folder, 0o755)
            port = _free_port()
            file = Path(folder) / "server.conf"
            text = make(f"127.0.0.1:{port}")
            file.write_text(_whole(server, text, folder, port, modules), "utf-8")
            process = subprocess.Popen(
                _command(server, program, str(file)),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder},
            )
            try:
                if _listens(process, port):
                    yield "127.0.0.1", port
                    return
            finally:
                process.terminate()
                process.wait(10)
    raise AssertionError(f"{server} did not start")


def _whole(server: str, text: str, folder: str, port: int, modules: Sequence[str]) -> str:
    """A whole configuration around the one that Lading writes."""
    if server == "nginx":
        return _NGINX.format(folder=folder, text=text)
    if server == "caddy":
        return _CADDY.format(text=text)
    load = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in (*_MODULES, *modules)
    )
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    return _APACHE.format(folder=folder, modules=load, user=user, port=port, text=text)


def _program(server: str) -> str:
    return syntax.find("caddy") if server == "caddy" else need(*syntax.TESTERS[server].programs)


def _command(server: str, program: str, file: str) -> list[str]:
    if server == "nginx":
        return [program, "-e", "stderr", "-c", file]
    if server == "caddy":
        return [program, "run", "--adapter", "caddyfile", "--config", file]
    return [program, "-X", "-f", file]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            exchange(("127.0.0.1", port), "GET", "/")
        except (OSError, NoAnswerError):
            time.sleep(0.02)
        else:
            return process.poll() is None
    return False
