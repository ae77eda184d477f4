"""Folders as people write them."""

from __future__ import annotations

import os


def near(path: str) -> str:
    """A path as a person standing in the current folder would write it; what is no absolute path stays."""
    if not os.path.isabs(path):
        return path
    relative = os.path.relpath(path)
    if not relative.startswith(".."):
        return relative
    for packages in ("site-packages", "dist-packages"):
        _, found, below = path.rpartition(f"{os.sep}{packages}{os.sep}")
        if found:
            return f"…{found}{below}"
    return path
