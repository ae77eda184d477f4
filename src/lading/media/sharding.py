"""Directories for millions of uploads: 256 below each other, so that none grows without end."""

from __future__ import annotations

import os


def sharded(name: str, levels: int, token: str = "") -> str:
    """The path of an upload with ``levels`` directories of two hex digits before its last part.

    ``token``: the hex digits to take (a digest of the content); ``""``: random ones, so that a thousand
    files named ``image.jpg`` do not all share one directory.
    """
    if levels <= 0:
        return name
    digits = token or os.urandom(levels).hex()
    folder, slash, base = name.rpartition("/")
    parts = "/".join(digits[2 * level : 2 * level + 2] for level in range(levels))
    return f"{folder}{slash}{parts}/{base}"
