"""Proof that every encoded variant decodes to exactly its original, by the system's own tools."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.measure import RunFailedError

TOOLS = {".br": ("brotli", "-dc"), ".gz": ("gzip", "-dc"), ".zst": ("zstd", "-qdc")}
# Files for one process, whose outputs follow each other; brotli 1.0 loses some of several files.
BATCH = {".br": 1, ".gz": 200, ".zst": 200}


def prove(root: Path) -> dict[str, int]:
    """Decode all variants below `root` (files with a sibling of the same name less the suffix); how many
    there are of each suffix.

    Raises RunFailedError naming the first that is not its original, or the tool that is missing.
    """
    return {suffix: _prove(root, suffix, TOOLS[suffix]) for suffix in TOOLS}


def _prove(root: Path, suffix: str, tool: Sequence[str]) -> int:
    pairs = [
        (variant, original)
        for variant in sorted(root.rglob(f"*{suffix}"))
        if (original := variant.with_name(variant.name.removesuffix(suffix))).is_file()
    ]
    if pairs and shutil.which(tool[0]) is None:
        raise RunFailedError(f"{tool[0]} is not installed, so {suffix} files cannot be checked")
    # A file with several names is decoded once.
    links = {
        (variant.stat().st_ino, original.stat().st_ino): (variant, original)
        for variant, original in pairs
    }
    once = list(links.values())
    batches = [once[start : start + BATCH[suffix]] for start in range(0, len(once), BATCH[suffix])]
    with ThreadPoolExecutor() as threads:
        for wrong in threads.map(lambda batch: _wrong(tool, batch), batches):
            if wrong:
                raise RunFailedError(wrong)
    return len(pairs)


def _wrong(tool: Sequence[str], batch: Sequence[tuple[Path, Path]]) -> str:
    """What is wrong with a batch, or nothing."""
    if _decoded(tool, batch) == _originals(batch):
        return ""
    for variant, original in batch:
        if _decoded(tool, [(variant, original)]) != _originals([(variant, original)]):
            return f"{variant} does not decode to {original}"
    return f"{tool[0]} decodes {batch[0][0]} and {len(batch) - 1} more only one by one"


def _decoded(tool: Sequence[str], batch: Sequence[tuple[Path, Path]]) -> str:
    command = [*tool, *(str(variant) for variant, _ in batch)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        return _digest(iter(lambda: process.stdout.read(1 << 20), b""))


def _originals(batch: Sequence[tuple[Path, Path]]) -> str:
    return _digest(original.read_bytes() for _, original in batch)


def _digest(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
