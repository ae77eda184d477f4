"""Programs of the operating system that end-to-end tests run."""

from __future__ import annotations

import os
import shutil

import pytest


def need(*names: str) -> str:
    """The path of the first program of these names that exists.

    Without any, the test fails where CI is set, for there nothing may pass unseen; elsewhere it is skipped.
    """
    for name in names:
        path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
        if path:
            return path
    missing = (
        f"{names[0]} is not installed; `sh scripts/system_packages.sh` installs what tests need"
    )
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
