"""esbuild from its npm package, installed once into bench/.cache/tools (or $LADING_ESBUILD_FOLDER)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

ESBUILD = "esbuild@0.28.2"
TOOLS = Path(__file__).parents[1] / "bench" / ".cache" / "tools"


@pytest.fixture(scope="session")
def esbuild_folder() -> str:
    """A folder in whose ``node_modules`` esbuild is. Without npm it fails in CI, and skips elsewhere."""
    folder = Path(os.environ.get("LADING_ESBUILD_FOLDER") or TOOLS / ESBUILD)
    program = folder / "node_modules" / ".bin" / "esbuild"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "install.lock"):
        if not program.exists():
            if shutil.which("npm") is None:
                missing = pytest.fail if os.environ.get("CI") else pytest.skip
                missing("npm is not installed, so esbuild cannot be; these tests need it")
            run = subprocess.run(
                [
                    "npm",
                    "install",
                    "--prefix",
                    folder,
                    "--no-audit",
                    "--no-fund",
                    "--silent",
                    ESBUILD,
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode:
                pytest.fail(f"npm could not install {ESBUILD}: {run.stderr[-500:]}")
    return str(folder)


@pytest.fixture(scope="session")
def esbuild(esbuild_folder: str) -> str:
    return os.path.join(esbuild_folder, "node_modules", ".bin", "esbuild")
