"""Which files of a source are left out, and by which rule: patterns, names no server can use, secrets.

Patterns are Django's (``django.contrib.staticfiles.utils.get_files``): shell globs, case-sensitive, that
match a file's name or its path inside the source, or a folder's name; ``*`` matches ``/`` too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lading.globs import Globs

DEFAULT_IGNORE = ("CVS", ".*", "*~")
"""What Django's ``StaticFilesConfig.ignore_patterns`` leaves out."""

# Names that are secrets whatever they hold. Folders here hide everything below them.
_SECRET_NAMES = (
    ".env",
    ".env.*",
    "*.env",
    ".git",
    ".hg",
    ".svn",
    ".ssh",
    ".aws",
    ".gnupg",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".htpasswd",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "*.kdbx",
    "*.keystore",
    "*.jks",
    "*.p12",
    "*.pfx",
    "*.ppk",
)
# Templates that are shared on purpose.
_HARMLESS_NAMES = (".env.example", ".env.sample", ".env.template", ".env.dist")
# Names that may hold a private key or a public certificate: their text decides.
_KEY_NAMES = ("*.pem", "*.key", "*.asc", "*.gpg")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
KEY_PROBE_BYTES = 65_536

_MAX_NAME_BYTES = 255  # NAME_MAX of Linux, macOS and Windows file systems


def _matches_parts_only(pattern: str) -> bool:
    """True for a glob that matches a path only if it matches its name or a folder on it, which is left
    out anyway: ``CVS``, ``*.psd``, ``.*``.
    """
    inner = pattern[1:] if pattern.startswith("*") else pattern.removesuffix("*")
    return not any(char in inner for char in "*?[/")


_SECRET = Globs(_SECRET_NAMES)  # of names in lower case
_KEY = Globs(_KEY_NAMES)


def looks_private(head: bytes) -> bool:
    """True when the first bytes of a key or certificate file hold a private key (RFC 7468 §10, PGP)."""
    return _PRIVATE_KEY.search(head) is not None


def name_problem(path: str) -> str:
    """Why a logical path cannot be published (``""``: it can).

    A published path becomes a URL path, a file name on several operating systems and a line in text
    formats, so control characters, backslashes, bytes that are no UTF-8, and steps upwards are refused.
    """
    # Nearly every path passes these few checks, each of which runs in C.
    framed = f"/{path}/"
    if (
        path.isascii()
        and path.isprintable()
        and "\\" not in path
        and len(path) <= _MAX_NAME_BYTES
        and "/." not in framed
        and "//" not in framed
    ):
        return ""
    return _character_problem(path) or _part_problem(path.split("/"))


def _character_problem(path: str) -> str:
    if "\0" in path:
        return "it contains a NUL byte"
    if "\\" in path:
        return "it contains a backslash, which is a folder separator on Windows and in browsers"
    if "\n" in path or "\r" in path:
        return "it contains a line break"
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in path):
        return "it contains a control character"
    if "\u2028" in path or "\u2029" in path:
        return "it contains a line separator (U+2028 or U+2029)"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "it is not valid UTF-8"
    return ""


def _part_problem(parts: Sequence[str]) -> str:
    if "" in parts:
        return "it is empty or has an empty part, as in '/a', 'a//b' and 'a/'"
    if any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        return f"one of its parts is longer than {_MAX_NAME_BYTES} bytes, which file systems refuse"
    if ".." in parts:
        return "it contains '..', a step out of its folder"
    if parts[0] == ".lading":
        return "it lies in '.lading', where Lading keeps its own state"
    return "it has a part that is '.'" if "." in parts else ""


@dataclass(frozen=True, slots=True)
class Skip:
    """A file or folder that was left out: ``path`` inside the source (folders end with ``/``) and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """The rules of one source. ``ignore`` and ``exclude`` leave out, ``include`` (if any) admits only what
    matches, ``allow`` names paths that look like secrets and are published all the same. ``spared`` is a
    folder inside the source that the pattern ``.*`` does not hide (``root/.well-known``), ``""`` for none.
    """

    ignore: tuple[str, ...] = DEFAULT_IGNORE
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    spared: str = ""
    _ignored: Globs = field(init=False, repr=False, compare=False)
    _ignored_paths: Globs = field(init=False, repr=False, compare=False)
    _included: Globs = field(init=False, repr=False, compare=False)
    _allowed: Globs = field(init=False, repr=False, compare=False)
    _is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Django normalises the patterns given on the command line ("./docs/*" -> "docs/*").
        for kind in ("ignore", "include", "exclude"):
            patterns = tuple(os.path.normpath(p) for p in getattr(self, kind))
            object.__setattr__(self, kind, patterns)
        left_out = (*self.ignore, *self.exclude)
        deep = [pattern for pattern in left_out if not _matches_parts_only(pattern)]
        object.__setattr__(self, "_ignored", Globs(left_out))
        object.__setattr__(self, "_ignored_paths", Globs(deep))
        object.__setattr__(self, "_included", Globs(self.include))
        object.__setattr__(self, "_allowed", Globs(self.allow))
        object.__setattr__(self, "_is_plain", not deep and not self.include)

    def is_ordinary(self, name: str) -> bool:
        """True when no rule can concern a file of this name, wherever it lies: nearly always."""
        if not self._is_plain or self._ignored.match(name):
            return False
        lowered = name.lower()
        return not _SECRET.match(lowered) and not _KEY.match(lowered)

    def skip_folder(self, name: str, relative: str) -> str:
        """Why a folder is left out (``""``: it is not). ``name`` is its last part."""
        if self._ignored.match(name) and not self._is_spared(name, relative):
            return self._reason(name, relative)
        return self._secret(name, relative)

    def _is_spared(self, name: str, relative: str) -> bool:
        """Whether the folder is the one that other patterns than ``.*`` decide about."""
        if not self.spared or relative != self.spared:
            return False
        others = (pattern for pattern in (*self.ignore, *self.exclude) if pattern != ".*")
        return not Globs(others).match(name)

    def skip_file(self, name: str, relative: str) -> str:
        """Why a file is left out by its name or path (``""``: it is not)."""
        if self._ignored.match(name) or self._ignored_paths.match(relative):
            return self._reason(name, relative)
        if secret := self._secret(name, relative):
            return secret
        if self._included and not self._included.match(relative) and not self._included.match(name):
            return "matches no include pattern"
        return ""

    def may_hold_key(self, name: str, relative: str) -> bool:
        """True when only the file's text tells whether it is a private key."""
        return _KEY.match(name.lower()) and not self._allowed.match(relative)

    def _secret(self, name: str, relative: str) -> str:
        lowered = name.lower()
        if not _SECRET.match(lowered) or lowered in _HARMLESS_NAMES:
            return ""
        if self._allowed.match(relative) or self._allowed.match(name):
            return ""
        return f"{REFUSED_AS_SECRET}{_SECRET.first(lowered)!r}"

    def _reason(self, name: str, relative: str) -> str:
        pattern = self._ignored.first(name) or self._ignored_paths.first(relative)
        kind = "ignored" if pattern in self.ignore else "excluded"
        return f"{kind} by {pattern!r}"


REFUSED_AS_SECRET = "looks like a secret: "  # noqa: S105 - a sentence, no password
"""How the reason of a refused secret begins."""
