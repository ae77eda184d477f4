"""folders -> the program that is used, its version, and whether it changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.minify.esbuild import find, state, version


def program(folder) -> str:
    folder.mkdir(parents=True)
    path = folder / "esbuild"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_where_esbuild_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    inner = tmp_path / "site" / "frontend"
    inner.mkdir(parents=True)
    with pytest.raises(ConfigError) as caught:
        find(str(inner))
    assert "npm install --save-dev esbuild" in str(caught.value)
    on_path = program(tmp_path / "bin")
    assert find(str(inner)) == on_path
    of_project = program(tmp_path / "site" / "node_modules" / ".bin")
    assert find(str(inner)) == of_project
    nearest = program(inner / "node_modules" / ".bin")
    assert find(str(inner)) == nearest


def test_its_version_is_known(esbuild):
    assert version(esbuild) == "esbuild 0.28.2"


def test_a_program_that_fails_is_told(tmp_path):
    broken = tmp_path / "esbuild"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(ConfigError, match="does not run"):
        version(str(broken))


def install(folder: Path, number: str) -> str:
    """The program as npm installs it; it tells its version and can do nothing else."""
    modules = folder / "node_modules"
    shutil.rmtree(modules, ignore_errors=True)
    (modules / "esbuild" / "bin").mkdir(parents=True)
    (modules / "esbuild" / "package.json").write_text(f'{{"version": "{number}"}}')
    inner = modules / "esbuild" / "bin" / "esbuild"
    inner.write_text(f"#!/bin/sh\necho {number}\n")
    inner.chmod(0o755)
    (modules / ".bin").mkdir()
    (modules / ".bin" / "esbuild").symlink_to("../esbuild/bin/esbuild")
    return str(modules / ".bin" / "esbuild")


def test_another_version_is_another_state(tmp_path):
    first = state(install(tmp_path, "1.0.0"))
    assert state(str(tmp_path / "node_modules" / ".bin" / "esbuild")) == first
    assert state(install(tmp_path, "1.0.0")) != first  # another file, which may be anything
    # As pnpm has it: the script in .bin stays, the package beside it is another one.
    script = tmp_path / "node_modules" / ".bin" / "esbuild"
    script.unlink()
    before = state(program(tmp_path / "node_modules" / ".bin2"))
    os.replace(tmp_path / "node_modules" / ".bin2" / "esbuild", script)
    assert state(str(script)) != before
    before = state(str(script))
    (tmp_path / "node_modules" / "esbuild" / "package.json").write_text('{"version": "2.0.0"} ')
    assert state(str(script)) != before
