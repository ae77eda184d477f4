"""Ages as people write them: ``90s``, ``30m``, ``12h``, ``7d``, ``4w``."""

from __future__ import annotations

import argparse
import re

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", re.IGNORECASE)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_age(text: str) -> float:
    """Seconds; a bare number is seconds. Raises ``argparse.ArgumentTypeError``."""
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"not an age such as 12h or 7d: {text!r}")
    return float(found[1]) * _SECONDS[found[2].lower()]
