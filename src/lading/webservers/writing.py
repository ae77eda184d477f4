"""Writing a configuration: what changes, shown as a diff, and the file replaced whole or not at all. A seal
in it tells what Lading wrote from what somebody changed by hand.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import os
import re
import tempfile
from contextlib import suppress

from lading.errors import ConfigError

_PLACES = 12  # that differ: each doubles what there is to try

_SEAL = re.compile(r"^# SHA-256 of what follows: ([0-9a-f]{64})\n", re.MULTILINE)


def sealed(heading: str, text: str) -> str:
    """The whole file: a comment, the digest of what follows, and the text."""
    body = f"\n{text}"
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"{heading}\n# SHA-256 of what follows: {digest}\n{body}"


def is_current(before: str, text: str) -> bool:
    """Whether a file was made of the same settings as ``text``, whatever was changed in it by hand since."""
    seal = _SEAL.search(before)
    return seal is not None and seal[0] in text


def is_untouched(before: str) -> bool:
    """Whether a file holds nothing, or what Lading wrote and not a byte more."""
    seal = _SEAL.search(before)
    if seal is None:
        return not before
    return hashlib.sha256(before[seal.end() :].encode()).hexdigest() == seal[1]


def read(path: str) -> str | None:
    """What the file holds, ``None`` if there is none. Raises ``ConfigError`` if it is no text."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, "read", error) from error


def difference(path: str, before: str | None, text: str) -> str:
    """What writing ``text`` to ``path`` changes, as a unified diff."""
    return _difference(before or "", text, (os.devnull if before is None else path, ""), (path, ""))


def news(path: str, before: str, text: str) -> str:
    """What of ``text`` is new since Lading wrote the file, which was changed by hand since, as a unified diff
    without these changes, if they can be told from the others; else with them.
    """
    written = _written(before, text)
    if written is None:
        old, new = "with what was changed by hand", "as Lading would write it"
        return _difference(before, text, (path, old), (path, new))
    return _difference(
        written, text, (path, "as Lading wrote it"), (path, "as the settings ask for now")
    )


def _difference(before: str, after: str, old: tuple[str, str], new: tuple[str, str]) -> str:
    """A unified diff; ``old`` and ``new`` are names and what is said of them."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        old[0],
        new[0],
        old[1],
        new[1],
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _written(before: str, text: str) -> str | None:
    """What Lading wrote before a person changed it: each place that differs from ``text`` is of one of the
    two, and the seal proves which. ``None`` if it proves none, or if there are too many.
    """
    seal, now = _SEAL.search(before), _SEAL.search(text)
    if seal is None or now is None:
        return None
    old = before[seal.end() :].splitlines(keepends=True)
    new = text[now.end() :].splitlines(keepends=True)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    sides = [
        ["".join(old[a:b])] if tag == "equal" else ["".join(old[a:b]), "".join(new[c:d])]
        for tag, a, b, c, d in blocks
    ]
    if sum(len(side) > 1 for side in sides) > _PLACES:
        return None
    for chosen in itertools.product(*sides):
        body = "".join(chosen)
        if hashlib.sha256(body.encode()).hexdigest() == seal[1]:
            return before[: seal.end()] + body
    return None


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
