"""The verb ``cache``: what the build cache holds, and making it smaller."""

from __future__ import annotations

import argparse
import re

from lading.blobs import Usage
from lading.cache import Cache
from lading.config import Config
from lading.errors import ConfigError

HELP = "show what the build cache holds, or make it smaller"
DESCRIPTION = (
    "The build cache keeps encoded and minified contents between runs, so that nothing is made twice. Its "
    "folder is the setting 'cache', else LADING_CACHE in the environment, else 'lading' in your cache folder."
)
ACTIONS = ("info", "prune", "clear")

_SIZE = re.compile(r"(\d+)\s*([KMG]?)(?:i?B)?", re.IGNORECASE)
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument(
        "--limit",
        type=parse_size,
        metavar="SIZE",
        help="with prune: the size to keep, such as 500M or 2G (default: the setting 'cache_limit')",
    )


def run(config: Config, action: str, limit: int | None = None) -> str:
    """Do it; one line that says what was done. Raises ``LadingError``."""
    root = config.cache_root
    if root is None:
        raise ConfigError(
            "There is no build cache, since there is no home folder to keep it in.",
            remedy="Name a folder: LADING_CACHE=/some/folder, or the setting 'cache'.",
        )
    with Cache(root, limit=config.cache_limit) as cache:
        if action == "prune":
            return f"Removed {_told(cache.prune(limit))} from {root}."
        if action == "clear":
            return f"Removed {_told(cache.clear())} from {root}."
        return f"{root} holds {_told(cache.info())}; the limit is {_bytes(config.cache_limit)}."


def parse_size(text: str) -> int:
    """Bytes from ``500M``, ``2GiB`` or ``1048576``. Raises ``argparse.ArgumentTypeError``."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"not a size such as 500M or 2G: {text!r}")
    return int(found[1]) * _FACTORS[found[2].upper()]


def _told(usage: Usage) -> str:
    entries = f"{usage.entries:,} entr{'y' if usage.entries == 1 else 'ies'}"
    return f"{entries}, {_bytes(usage.size)}"


def _bytes(size: int) -> str:
    amount, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
