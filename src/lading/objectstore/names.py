"""Which names an object store can hold: what is common to S3, Google Cloud Storage and Azure."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 1024
"""Bytes of a whole name in UTF-8."""

_SUSPECT: Final = re.compile(
    r"(?P<control>[\x00-\x1f\x7f])"
    r"|(?P<backslash>\\)"
    r"|(?P<surrogate>[\ud800-\udfff])"
    r"|(?P<part>(?:^|/)\.{0,2}(?:/|$))"
)
_SUSPICIONS: Final = {
    "control": "it holds a control character",
    "backslash": "it holds a backslash, which some stores take for a slash",
    "surrogate": "it is no Unicode",
    "part": "a part of it is empty, '.' or '..'",
}


def problem(path: str, prefix: str = "") -> str:
    """Why no object can have the name ``path`` below ``prefix``, ``""`` if one can."""
    suspect = _SUSPECT.search(path)
    if suspect is not None:
        return _SUSPICIONS[suspect.lastgroup or ""]
    # No character takes more than four bytes.
    if len(path) + len(prefix) > LONGEST // 4 - 1:
        whole = f"{prefix}/{path}" if prefix else path
        if len(whole.encode()) > LONGEST:
            return f"with its prefix it is longer than {LONGEST} bytes"
    return ""
