"""The program esbuild, from the npm package of that name: where it is, and whether it is another one now."""

from __future__ import annotations

import os
import shutil
import subprocess

from lading.asset import signature
from lading.errors import ConfigError


def find(folder: str) -> str:
    """The path of esbuild: in ``node_modules`` of ``folder`` or of one above it, else on the ``PATH``.

    Raises ``ConfigError`` that says how to install it.
    """
    name = "esbuild.cmd" if os.name == "nt" else "esbuild"
    place = os.path.abspath(folder)
    while True:
        candidate = os.path.join(place, "node_modules", ".bin", name)
        if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
        place, inner = os.path.dirname(place), place
        if place == inner:
            break
    found = shutil.which("esbuild")
    if found is None:
        raise ConfigError(
            "Minifying JavaScript needs the program esbuild, which is neither on the PATH nor in a "
            f"node_modules folder of {os.path.abspath(folder)} or above.",
            where="minify",
            remedy="Install it with: npm install --save-dev esbuild",
        )
    return found


def version(esbuild: str) -> str:
    """The tool's name and version. Raises ``ConfigError`` when the program does not run."""
    try:
        run = subprocess.run(  # noqa: S603 - the program that ``find`` found
            [esbuild, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(
            f"The program esbuild does not run: {error}.",
            where=esbuild,
            remedy="Install it again with: npm install --save-dev esbuild",
        ) from error
    return f"esbuild {run.stdout.strip()}"


def state(esbuild: str) -> str:
    """What changes when another version is installed, found without starting the program."""
    program = os.path.realpath(esbuild)
    # ".bin/esbuild" may be a script that stays the same: the package's own file holds its version.
    files = (
        program,
        os.path.join(os.path.dirname(program), os.pardir, "package.json"),
        os.path.join(os.path.dirname(esbuild), os.pardir, "esbuild", "package.json"),
    )
    found = [os.path.normpath(file) for file in files if os.path.isfile(file)]
    return "\n".join(f"{file} {signature(os.stat(file))}" for file in found)
