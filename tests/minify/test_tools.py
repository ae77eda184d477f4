"""a project's folder -> its tools, their versions, and whether they changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.minify.tools import Known, Tools, state


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with an esbuild as npm installs it, which only tells its version."""
    install(tmp_path, "1.0.0")
    return tmp_path


def install(folder: Path, version: str) -> None:
    package = folder / "node_modules" / "esbuild"
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text(f'{{"version": "{version}"}}')
    program = package / "bin" / "esbuild"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    link = folder / "node_modules" / ".bin" / "esbuild"
    link.parent.mkdir()
    link.symlink_to("../esbuild/bin/esbuild")


def test_versions_are_what_the_tools_say(project):
    tools = Tools(str(project))
    assert tools.version("js") == "esbuild 1.0.0"
    assert tools.version("css").startswith("rcssmin ")
    assert tools.has("js")
    assert tools.has("css")


def test_a_tool_that_did_not_change_is_not_started_again(project, monkeypatch):
    first = Tools(str(project))
    first.version("js")

    def refuse(*_, **__):
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    assert Tools(str(project), first.known).version("js") == "esbuild 1.0.0"
    install(project, "2.0.0")
    with pytest.raises(AssertionError):
        Tools(str(project), first.known).version("js")


def test_a_program_on_the_path_has_a_state_too(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "esbuild"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert str(program) in state("js", str(tmp_path))
    assert Tools(str(tmp_path)).version("js") == "esbuild 3"


def test_what_is_not_installed_has_no_state_and_no_version(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "rcssmin", None)
    assert state("js", str(tmp_path)) == state("css", str(tmp_path)) == ""
    known = {"js": Known("", "esbuild 1"), "css": Known("", "rcssmin 1")}
    for kind in ("js", "css"):
        assert not Tools(str(tmp_path), known).has(kind)
        with pytest.raises(ConfigError):
            Tools(str(tmp_path), known).version(kind)


def test_the_real_esbuild(esbuild_folder):
    tools = Tools(esbuild_folder)
    assert tools.version("js") == "esbuild 0.28.2"
    assert "package.json" in tools.known["js"].state
