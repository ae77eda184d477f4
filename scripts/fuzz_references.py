"""Fuzzes the finding and rewriting of references with atheris, guided by coverage.

    uv pip install atheris      (CPython 3.11 to 3.13 on Linux)
    python scripts/fuzz_references.py [-max_total_time=SECONDS] [CORPUS ...]

The options are libFuzzer's. The first byte of an input chooses the type of file. What must hold is
stated in `tests/references/soundness.py`; an input for which it does not is written to `crash-*`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

with atheris.instrument_imports(include=["lading.references"]):
    from references.soundness import assert_sound

PATHS = ("a.css", "a.js", "a.svg", "a.webmanifest", "a.xml")


def one_input(data: bytes) -> None:
    """libFuzzer's entry: raises for an input that breaks a rule."""
    if data:
        assert_sound(PATHS[data[0] % len(PATHS)], data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
