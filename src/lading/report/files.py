"""Writing a report's file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable

from lading.errors import ConfigError


def write(path: str, text: Iterable[str], name: str, *, errors: str) -> None:
    """Replace the file, whole or not at all; ``-`` is standard output. ``errors`` says what becomes of half
    characters, as ``open`` has it. Raises ``ConfigError`` that calls the report by ``name`` when that
    cannot be done.
    """
    if path == "-":
        sys.stdout.writelines(text)
        return
    temporary = f"{path}.{os.getpid()}.new"
    try:
        with open(temporary, "w", encoding="utf-8", errors=errors, newline="\n") as file:
            file.writelines(text)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise ConfigError(
            f"The {name} report cannot be written: {error.strerror}.",
            where=path,
            remedy="Name a file in a folder that can be written.",
        ) from error
