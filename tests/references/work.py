"""Counts what finding references does, in bytes looked at: time is never measured.

Every regular expression of ``lading.references`` is replaced by one that counts, and so is every method of
``bytes`` that looks at more than a few of them. A pattern that matches has looked at its match; how far one
that fails, or looks ahead, can have looked is told by ``_REACH``, and taken to be all of the data otherwise.
Searches are made position by position, so that beginning again and again is seen.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

_MODULES = [
    "css",
    "finder",
    "html",
    "html_attributes",
    "html_foreign",
    "html_lexer",
    "html_problems",
    "importmap",
    "js",
    "js_lexer",
    "lines",
    "markup",
    "notation",
    "sourcemap",
    "srcset",
    "svg",
    "template",
    "urls",
    "webmanifest",
]

_BLANK = rb"(?:\s|\xc2\xa0|\xef\xbb\xbf|\xe2\x80[\xa8\xa9])*+"
_WORD = rb"[\w$\\\x80-\xff]*+"
_REACH = {
    "js._IMPORT": rb"import\s*+%b\s*+%b\s*+(?:from)?\s*+.?.?" % (_WORD, _WORD),
    "js._EXPORT": rb"export\s*+.?.?",
    "js._LOCAL_EXPORT": rb"""export\s*+(?:\{[^{}"'`/]*+\}?\s*+.{0,4})?""",
    "js._IMPORT_META": rb"import\s*+\.?\s*+.{0,5}",
    "js._URL": rb"URL\s*+\(?\s*+.?.?",
    "js._NEW": rb"(?:new\s*+(?:window|self|globalThis)?\s*+\.?\s*+)?",
    "js_lexer._STATEMENT_TAIL": rb"[\w$]*+[ \t]*+.{0,10}",
    "js_lexer._BRACKET": rb"""[({][^"'(){}]*+.?|["'()]?""",
    "svg._TAG": rb"""<[^\s/<>"'=!?]*+""",
    "svg._ATTRIBUTE": rb"""(?:(?<=[\s"'])[^\s/<>"'=]++\s*+=?\s*+(?:"[^"<]*+"?|'[^'<]*+'?)?)?""",
    "html._SIGNS": rb".{0,10}",
    "html._REST": rb".?",
    "html_lexer._TAG": rb"<?.{0,8}",
    "html_lexer._ATTRIBUTE": rb".?",
    "html_lexer._COMMENT_END": rb"-?-?!?>?",
    "html_lexer._END": rb"<?/?[a-zA-Z]{0,9}.?",
    "html_lexer._IN_SCRIPT": rb".{0,9}",
    "html_problems._STRAY": rb".{0,2}",
    "template._OPENS": rb".{0,2}",
    "template._LINE_END": rb".?",
    "notation.HTML_ENTITY": rb"&?#?[xX]?[0-9a-zA-Z]*+;?=?",
    "lines._NEWLINE": rb"\r?\n?",
    "notation.XML_ENTITY": rb"&?#?[xX]?[0-9a-fA-F]{0,9}.{0,5}",
}


class Work:
    """The bytes looked at, with one more for each look."""

    def __init__(self) -> None:
        self.done = 0


class CountingBytes(bytes):
    """Bytes that count what is read of them at once."""

    work: Work

    def _looked(self, start: int, end: int) -> None:
        self.work.done += max(end - start, 0) + 1

    def __getitem__(self, key: Any) -> Any:
        got = super().__getitem__(key)
        self._looked(0, len(got) if isinstance(key, slice) else 1)
        return got

    def find(self, word: Any, start: int = 0, end: int | None = None) -> int:
        end = len(self) if end is None else end
        at = super().find(word, start, end)
        self._looked(start, end if at < 0 else at)
        return at

    def index(self, word: Any, start: int = 0, end: int | None = None) -> int:
        at = self.find(word, start, end)
        assert at >= 0
        return at

    def rfind(self, word: Any, start: int = 0, end: int | None = None) -> int:
        end = len(self) if end is None else end
        at = super().rfind(word, start, end)
        self._looked(start if at < 0 else at, end)
        return at

    def __contains__(self, word: Any) -> bool:
        return self.find(word) >= 0

    def lower(self) -> CountingBytes:
        self._looked(0, len(self))
        return counting(super().lower(), self.work)

    def isascii(self) -> bool:
        self._looked(0, len(self))
        return super().isascii()


def counting(data: bytes, work: Work) -> CountingBytes:
    """The same bytes, counting."""
    counted = CountingBytes(data)
    counted.work = work
    return counted


class _Pattern:
    """A compiled pattern that counts."""

    def __init__(self, pattern: re.Pattern[Any], name: str, work: Work) -> None:
        self._pattern = pattern
        self._work = work
        reach = _REACH.get(name)
        self._reach = re.compile(reach, re.DOTALL) if reach else None

    def match(self, data: Any, pos: int = 0, endpos: int | None = None) -> re.Match[Any] | None:
        endpos = len(data) if endpos is None else endpos
        match = self._pattern.match(data, pos, endpos)
        looked = match.end() if match else endpos
        if self._reach:
            reached = self._reach.match(data, pos, endpos)
            furthest = reached.end() if reached else pos
            looked = max(looked, furthest) if match else furthest
        self._work.done += looked - pos + 1
        return match

    def finditer(
        self, data: Any, pos: int = 0, endpos: int | None = None
    ) -> Iterator[re.Match[Any]]:
        endpos = len(data) if endpos is None else endpos
        while pos <= endpos:
            match = self.match(data, pos, endpos)
            if match:
                yield match
            pos = match.end() if match and match.end() > pos else pos + 1

    def search(self, data: Any, pos: int = 0, endpos: int | None = None) -> re.Match[Any] | None:
        return next(self.finditer(data, pos, endpos), None)

    def fullmatch(self, text: Any) -> re.Match[Any] | None:
        self._work.done += len(text)
        return self._pattern.fullmatch(text)

    def sub(self, new: Any, text: Any) -> Any:
        self._work.done += len(text)
        return self._pattern.sub(new, text)


def count(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Make ``lading.references`` count, until the test's end."""
    work = Work()
    for name in _MODULES:
        module: ModuleType = importlib.import_module(f"lading.references.{name}")
        for attribute, value in list(vars(module).items()):
            if isinstance(value, re.Pattern):
                monkeypatch.setattr(module, attribute, _Pattern(value, f"{name}.{attribute}", work))
            elif isinstance(value, dict) and any(isinstance(v, re.Pattern) for v in value.values()):
                for key, pattern in list(value.items()):
                    if isinstance(pattern, re.Pattern):
                        monkeypatch.setitem(
                            value, key, _Pattern(pattern, f"{name}.{attribute}", work)
                        )
    return work
