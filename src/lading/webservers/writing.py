"""Writing a configuration: what changes, shown as a diff, and the file replaced whole or not at all."""

from __future__ import annotations

import difflib
import os
import tempfile
from contextlib import suppress

from lading.errors import ConfigError


def difference(path: str, text: str) -> str:
    """What writing ``text`` to ``path`` changes, as a unified diff; ``""`` if nothing.

    Raises ``ConfigError`` if there is something that cannot be read as text.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            before, name = file.read(), path
    except FileNotFoundError:
        before, name = "", os.devnull
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, "read", error) from error
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), text.splitlines(keepends=True), name, path
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def replace(path: str, text: str) -> None:
    """Write the file; its mode stays as it was. Raises ``ConfigError``; the old file is then untouched."""
    folder = os.path.dirname(os.path.abspath(path))
    temporary = ""
    try:
        mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o644
        handle, temporary = tempfile.mkstemp(prefix=".lading-", dir=folder)
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, os.path.realpath(path) if os.path.islink(path) else path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temporary)
        raise _unusable(path, "written", error) from error


def _unusable(path: str, verb: str, error: OSError | UnicodeDecodeError) -> ConfigError:
    reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
    return ConfigError(
        f"The configuration cannot be {verb}: {reason}.",
        where=path,
        remedy="Name another file, or print the configuration and copy it there yourself.",
    )
