"""``scripts/bootstrap.sh`` and ``scripts/system_packages.sh``: when they work, and what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sites import ROOT


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", f"scripts/{script}", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


class Venv:
    """A virtual environment whose Python notes what pip is asked for, and installs nothing."""

    def __init__(self, folder: Path, version: str = "") -> None:
        self.folder = folder
        self.log = folder / "asked.log"
        self.log.parent.joinpath("bin").mkdir(parents=True)
        python = folder / "bin/python"
        python.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *pip*) echo "$*" >>"{self.log}"; exit 0 ;; *version_info\\[*)\n'
            f'if [ -n "{version}" ]; then echo "{version}"; exit 0; fi ;; esac\n'
            f'exec "{sys.executable}" "$@"\n'
        )
        python.chmod(0o755)

    def bootstrap(self, *groups: str) -> list[str]:
        """What pip was asked for while the script ran, which must succeed."""
        self.log.write_text("")
        done = run("bootstrap.sh", *groups, VENV=str(self.folder))
        assert done.returncode == 0, done.stderr
        return self.log.read_text().splitlines()


@pytest.fixture
def venv(tmp_path: Path) -> Venv:
    return Venv(tmp_path / "venv")


def test_installs_the_project_and_the_groups(venv: Venv) -> None:
    upgrade, install = venv.bootstrap("test", "lint")
    assert upgrade.endswith("install --upgrade pip>=25.1")
    assert install.endswith("install --editable . --group test --group lint")


def test_does_nothing_again(venv: Venv) -> None:
    assert venv.bootstrap("test") != []
    assert venv.bootstrap("test") == []
    assert venv.bootstrap() == []


def test_installs_only_a_group_that_is_new(venv: Venv) -> None:
    venv.bootstrap("test")
    assert venv.bootstrap("test", "lint")[-1].endswith("install --editable . --group lint")


def test_installs_again_for_another_python(tmp_path: Path) -> None:
    Venv(tmp_path / "old", "3.11").bootstrap("test")
    new = Venv(tmp_path / "new", "3.12")
    for stamp in (tmp_path / "old").glob(".installed-*"):
        shutil.copy(stamp, new.folder)
    assert new.bootstrap("test") != []


def test_failed_installation_is_tried_again(venv: Venv) -> None:
    python = venv.folder / "bin/python"
    working = python.read_text()
    python.write_text(working.replace("exit 0 ;; *version", "exit 1 ;; *version"))
    assert run("bootstrap.sh", "test", VENV=str(venv.folder)).returncode != 0
    python.write_text(working)
    assert venv.bootstrap("test") != []


def test_unfit_python_is_said_plainly(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\ncase "$*" in *"<"*) exit 1 ;; *) echo 3.9 ;; esac\n')
    old.chmod(0o755)
    done = run("bootstrap.sh", VENV=str(tmp_path / "venv"), PYTHON=str(old))
    assert done.returncode == 1
    assert f"needs Python 3.11 or newer, and {old} is 3.9." in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("1", 1)])
def test_missing_programs_fail_only_in_ci(tmp_path: Path, ci: str, code: int) -> None:
    for name in ("tr", "id"):  # a system without apt-get, and without what tests need
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    done = run("system_packages.sh", PATH=str(tmp_path), CI=ci)
    assert done.returncode == code
    assert "Missing programs" in done.stderr
    assert "chromium" in done.stderr


def test_packages_are_listed_by_name() -> None:
    listed = run("system_packages.sh", "--list").stdout.split()
    assert {"chromium", "chromium-driver", "nginx"} <= set(listed)
