"""References in JavaScript: ``import``, ``export … from``, ``import()``, ``import.meta.resolve()`` and
``new URL(…, import.meta.url)``, in code only.

The places where one may begin are found first, by substring search, which most scripts do not survive, and
read there; the lexer then walks the script as far as the last place at which there is one, if that is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lading.references.js_lexer import (
    STRING,
    Lexer,
    is_property,
    match_end,
    skip_blank,
    string_end,
    template_end,
)
from lading.references.notation import is_inline, read
from lading.references.reference import Kind, Notation, Reference

# Where one may begin. These may be wrong about what is code, and let prose through, but miss nothing.
# (A quote before a keyword closes "import" in a list of words; white space is not only ASCII's.)
_NOT_IN_NAME = (
    rb"""(?:(?<![\w$\\#@"'`\x80-\xff])|(?<=\xef\xbb\xbf)|(?<=\xc2\xa0)|(?<=\xe2\x80[\xa8\xa9]))"""
)
_NAME = rb"[\w$\\\x80-\xff]"
_IMPORT = re.compile(
    _NOT_IN_NAME
    + rb"""import(?:
        \s*+(?: ["'*{] | /[/*]
              | \( \s*+ ["'`/]
              | \. \s*+ (?: meta | defer | source ) )
      | \s++ NAME++ \s*+ (?: [,*] | /[/*] | from \s*+ ["'/] | NAME++ \s*+ (?: from \s*+ ["'/] | /[/*] ) )
    )""".replace(b"NAME", _NAME),
    re.VERBOSE,
)
_EXPORT = re.compile(_NOT_IN_NAME + rb"export\s*+(?:[*{]|/[/*])")
_LOCAL_EXPORT = re.compile(rb"""export\s*+\{[^{}"'`/]*+\}\s*+(?!from|/)""")
_IMPORT_META = re.compile(rb"import\s*+\.\s*+meta(?!NAME)".replace(b"NAME", _NAME))
_URL = re.compile(rb"""URL\s*+(?:\(\s*+["'`/]|/[/*])""")
_NEW = re.compile(_NOT_IN_NAME + rb"new\s++(?:(?:window|self|globalThis)\s*+\.\s*+)?\Z")
_NEW_LOOKS_BACK = 40
_FEW = 64  # candidates that are read before it is known whether they are code: each may be long

_WORD = re.compile(rb"[\w$\\\x80-\xff]*+")
_NAMES = re.compile(rb"[\w$\\\x80-\xff,\s]*+")
_AND_META_URL = (b",", b"import", b".", b"meta", b".", b"url")


def references(data: bytes) -> list[Reference]:
    """Every reference in a script's code, in the order of the text. Never raises, whatever the bytes."""
    candidates = sorted(_candidates(data), key=_position)
    if len(candidates) <= _FEW:
        candidates = [(at, reader) for at, reader in candidates if reader and reader(data, at)]
    if not candidates:
        return []
    candidates = sorted([*candidates, *_html_comments(data, candidates[-1][0])], key=_position)
    found: list[Reference] = []
    lexer = Lexer(data)
    done = 0
    for at, reader in candidates:
        if at < done or not lexer.reach(at):
            continue
        if reader is None:
            lexer.skip_line(at)
        elif not is_property(data, lexer.token_before(at)) and (reference := reader(data, at)):
            found.append(reference)
            done = reference.end
    return found


def is_comment(data: bytes, start: int) -> bool:
    """Whether a comment begins at ``data[start]`` (and not in a string, template or other comment)."""
    return Lexer(data).reaches_comment(start)


def has_attributes(data: bytes, reference: Reference) -> bool:
    """Whether an import says of what type its module is: ``from "./a.json" with {type: "json"}``, or
    ``import("./a.json", {with: …})``, whatever the second argument holds.
    """
    after = skip_blank(data, reference.end + 1)
    if reference.kind == "js-dynamic-import":
        return data.startswith(b",", after) and not data.startswith(
            b")", skip_blank(data, after + 1)
        )
    return data.startswith((b"with", b"assert"), after)


_Reader = Callable[[bytes, int], Reference | None]
_Candidate = tuple[int, _Reader | None]


def _position(candidate: _Candidate) -> int:
    return candidate[0]


def _occurrences(data: bytes, word: bytes, stop: int | None = None) -> Iterator[int]:
    at = data.find(word, 0, stop)
    while at >= 0:
        yield at
        at = data.find(word, at + len(word), stop)


def _candidates(data: bytes) -> Iterator[_Candidate]:
    meta = False
    for at in _occurrences(data, b"import"):
        if _IMPORT.match(data, at):
            yield at, _import
        meta = meta or _IMPORT_META.match(data, at) is not None
    for at in _occurrences(data, b"export"):
        if _EXPORT.match(data, at) and not _LOCAL_EXPORT.match(data, at):
            yield at, _export
    if meta:
        for at in _occurrences(data, b"URL"):
            new = (
                _NEW.search(data, max(0, at - _NEW_LOOKS_BACK), at)
                if _URL.match(data, at)
                else None
            )
            if new:
                yield new.start(), _new_url


def _html_comments(data: bytes, last: int) -> Iterator[_Candidate]:
    """``<!--`` and ``-->`` at the beginning of a line before ``last`` (ECMA-262 annex B.1.1)."""
    for word in (b"<!--", b"-->"):
        for at in _occurrences(data, word, last):
            before = at
            while data[before - 1 : before] in (b" ", b"\t"):
                before -= 1
            if data[before - 1 : before] in (b"", b"\n", b"\r"):
                yield at, None


def _literal(data: bytes, position: int, kind: Kind) -> Reference | None:
    """The string, or template without substitution, at ``position``: it ends a byte before the quote."""
    quote = data[position : position + 1]
    start = position + 1
    if quote == b"`":
        end, notation = template_end(data, start), Notation.JS_TEMPLATE
    elif quote in STRING:
        end = match_end(STRING[quote], data, start)
        notation = Notation.JS_DOUBLE if quote == b'"' else Notation.JS_SINGLE
    else:
        return None
    if data[end : end + 1] != quote or is_inline(data, start, end):
        return None
    return read(data, (start, end), kind, notation)


def _call(data: bytes, position: int, kind: Kind) -> Reference | None:
    """``("./a.js")`` or ``("./a.js", …)``, and no longer expression."""
    if data[position : position + 1] != b"(":
        return None
    reference = _literal(data, skip_blank(data, position + 1), kind)
    return reference if reference and _ends_argument(data, reference.end + 1) else None


def _ends_argument(data: bytes, position: int) -> bool:
    position = skip_blank(data, position)
    return data[position : position + 1] in (b")", b",")


def _import(data: bytes, at: int) -> Reference | None:
    position = skip_blank(data, at + len(b"import"))
    byte = data[position : position + 1]
    if byte == b"(":
        return _call(data, position, "js-dynamic-import")
    if byte == b".":
        return _import_dot(data, skip_blank(data, position + 1))
    if byte in STRING:
        return _literal(data, position, "js-import")
    return _from(data, _import_clause(data, position), "js-import")


def _import_dot(data: bytes, position: int) -> Reference | None:
    """``import.defer("./a.js")``, ``import.source("./a.wasm")``, ``import.meta.resolve("./a.js")``."""
    end = match_end(_WORD, data, position)
    word, after = data[position:end], skip_blank(data, end)
    if word in (b"defer", b"source"):
        return _call(data, after, "js-dynamic-import")
    if word != b"meta" or data[after : after + 1] != b".":
        return None
    position = skip_blank(data, after + 1)
    end = match_end(_WORD, data, position)
    if data[position:end] != b"resolve":
        return None
    return _call(data, skip_blank(data, end), "js-resolve")


def _import_clause(data: bytes, position: int) -> int:
    """Past ``a``, ``a, {b as c}``, ``* as d``, ``defer * as e``, ``source f`` to the ``from``; or -1."""
    for first in (True, False):
        end = match_end(_WORD, data, position)
        if end > position and (first or data[position:end] != b"from"):
            position = skip_blank(data, end)
    if data[position : position + 1] == b",":
        position = skip_blank(data, position + 1)
    return _export_clause(data, position)


def _export_clause(data: bytes, position: int) -> int:
    """Past ``*``, ``* as a``, ``{b as c, default as "d"}`` or nothing to the ``from``; or -1."""
    byte = data[position : position + 1]
    if byte == b"{":
        return _names(data, position + 1)
    if byte != b"*":
        return position
    position = skip_blank(data, position + 1)
    end = match_end(_WORD, data, position)
    if data[position:end] != b"as":
        return position
    position = skip_blank(data, end)
    if data[position : position + 1] in STRING:
        return skip_blank(data, string_end(data, position))
    return skip_blank(data, match_end(_WORD, data, position))


def _names(data: bytes, position: int) -> int:
    """Past the names in braces and the brace that closes them; or -1."""
    while True:
        position = skip_blank(data, match_end(_NAMES, data, position))
        byte = data[position : position + 1]
        if byte == b"}":
            return skip_blank(data, position + 1)
        if byte in STRING:
            position = string_end(data, position)
        elif match_end(_NAMES, data, position) == position:
            return -1


def _from(data: bytes, position: int, kind: Kind) -> Reference | None:
    if position < 0:
        return None
    end = match_end(_WORD, data, position)
    if data[position:end] != b"from":
        return None
    position = skip_blank(data, end)
    if data[position : position + 1] not in STRING:
        return None
    return _literal(data, position, kind)


def _export(data: bytes, at: int) -> Reference | None:
    position = skip_blank(data, at + len(b"export"))
    if data[position : position + 1] not in (b"*", b"{"):
        return None
    return _from(data, _export_clause(data, position), "js-export")


def _new_url(data: bytes, at: int) -> Reference | None:
    position = skip_blank(data, data.index(b"URL", at) + len(b"URL"))
    if data[position : position + 1] != b"(":
        return None
    reference = _literal(data, skip_blank(data, position + 1), "js-new-url")
    if reference is None:
        return None
    position = reference.end + 1
    for token in _AND_META_URL:
        position = skip_blank(data, position)
        if not data.startswith(token, position):
            return None
        position += len(token)
    return reference if _ends_argument(data, position) else None
