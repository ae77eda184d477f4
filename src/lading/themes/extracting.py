"""What pages share becomes one base template that they extend.

The base holds the lines that all have in common, each page the rest, in blocks: put together they are the
page as it was, byte for byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lading.references.template import lex
from lading.themes.alignment import common
from lading.themes.blocks import Block, choose, shared_bytes

_LOAD = re.compile(rb"\A(\xef\xbb\xbf)?+\{% load static %\}(?:\r\n|\n|\r)")
_NEWLINE = re.compile(rb"\r\n|\n|\r")
# Tags that an import writes; others are those of a template that has a layout already.
_OWN = frozenset(b"load static url verbatim endverbatim templatetag".split())
_ENOUGH = 0.15  # of the pages' bytes must be in the base
_MODELS = 12  # pages that are tried as the model
_MOST_LINES = 20_000


@dataclass(slots=True)
class Extraction:
    """The templates that changed, with the base; ``pages`` extend ``name``, which has ``blocks``; or
    ``reason`` says, as half a sentence, why there is no base.
    """

    templates: dict[str, bytes] = field(default_factory=dict[str, bytes])
    pages: list[str] = field(default_factory=list[str])
    name: str = ""
    blocks: tuple[str, ...] = ()
    reason: str = ""


def extract(templates: Mapping[str, bytes], base: str, name: str) -> Extraction:
    """Make a base of those templates that have a layout in common.

    ``base`` is its path among them, ``name`` what ``extends`` calls it.
    """
    texts = {path: _LOAD.sub(rb"\1", data) for path, data in templates.items()}
    lines = {path: _lines(text) for path, text in texts.items() if not _is_layered(text)}
    alike = _alike({path: rows for path, rows in lines.items() if len(rows) <= _MOST_LINES})
    if len(alike) < 2:
        return Extraction(reason="no two pages have enough lines in common")
    rows = common([lines[path] for path in alike])
    blocks = choose([lines[path] for path in alike], rows)
    if isinstance(blocks, str):
        return Extraction(reason=blocks)
    part = shared_bytes(lines[alike[0]], blocks) * len(alike) / sum(len(texts[p]) for p in alike)
    if part < _ENOUGH:
        return Extraction(reason=f"the pages have only {part:.0%} of their text in common")
    made = Extraction(pages=alike, name=name, blocks=tuple(block.name for block in blocks))
    newline = _newline(texts[alike[0]])
    whole = _base(lines[alike[0]], blocks)
    made.templates[base] = _loading(whole, newline)
    for number, path in enumerate(alike):
        content = [block.contents[number] for block in blocks]
        if _put_together(whole, blocks, content) != texts[path]:
            return Extraction(reason=f"the blocks of {path} cannot be told apart")
        made.templates[path] = _child(name, blocks, content, newline)
    return made


def _is_layered(text: bytes) -> bool:
    return any(token.opening == b"{%" and token.name not in _OWN for token in lex(text))


def _lines(text: bytes) -> list[bytes]:
    """Lines with their ends; those that one ``verbatim`` block spans are one."""
    lines: list[bytes] = []
    is_open = False
    for line in text.splitlines(keepends=True):
        if is_open:
            lines[-1] += line
        else:
            lines.append(line)
        for token in lex(line):
            is_open = token.name == b"verbatim" or (is_open and token.name != b"endverbatim")
    return lines


def _alike(lines: Mapping[str, Sequence[bytes]]) -> list[str]:
    """The pages of the most common layout: many of them, with much in common. (Two that share a long table,
    too, are no layout, hence the root.)
    """
    counts = {path: Counter(rows) for path, rows in lines.items()}
    sizes = {path: _bytes(count) for path, count in counts.items()}
    best: tuple[float, list[str]] = (0.0, [])
    for model in list(lines)[:_MODELS]:
        others = sorted(
            (path for path in lines if path != model),
            key=lambda path: -_bytes(counts[model] & counts[path]),
        )
        group, shared, size = [model], counts[model], sizes[model]
        for path in others:
            shared = shared & counts[path]
            group.append(path)
            size += sizes[path]
            score = _bytes(shared) ** 0.5 * (len(group) - 1)
            if score > best[0] and _bytes(shared) * len(group) >= _ENOUGH * size:
                best = score, [*group]
    return best[1]


def _bytes(lines: Counter[bytes]) -> int:
    return sum(len(line) * count for line, count in lines.items())


def _base(lines: Sequence[bytes], blocks: Sequence[Block]) -> bytes:
    """The first page's lines, with a block in each place where pages differ."""
    pieces: list[bytes] = []
    position = 0
    for block in blocks:
        start, end = block.spans[0]
        pieces += lines[position:start]
        name = block.name.encode()
        pieces.append(
            b"%b{%% block %b %%}%b{%% endblock %%}%b"
            % (block.before, name, block.default, block.after)
        )
        position = end
    return b"".join([*pieces, *lines[position:]])


def _child(name: str, blocks: Sequence[Block], contents: Sequence[bytes], newline: bytes) -> bytes:
    parts = [b'{%% extends "%b" %%}' % name.encode()]
    if any(b"{% static " in content for content in contents):
        parts.append(b"{% load static %}")
    for block, content in zip(blocks, contents, strict=True):
        if content != block.default:
            parts.append(b"{%% block %b %%}%b{%% endblock %%}" % (block.name.encode(), content))
    return newline.join([*parts, b""])


def _put_together(base: bytes, blocks: Sequence[Block], contents: Sequence[bytes]) -> bytes:
    """What the base renders as with these contents, so far as blocks are concerned."""
    for block, content in zip(blocks, contents, strict=True):
        tag = b"{%% block %b %%}%b{%% endblock %%}" % (block.name.encode(), block.default)
        before, found, after = base.partition(tag)
        if not found:
            return b""
        base = before + content + after
    return base


def _loading(base: bytes, newline: bytes) -> bytes:
    if b"{% static " not in base:
        return base
    bom = b"\xef\xbb\xbf" if base.startswith(b"\xef\xbb\xbf") else b""
    return bom + b"{% load static %}" + newline + base.removeprefix(bom)


def _newline(text: bytes) -> bytes:
    match = _NEWLINE.search(text)
    return match[0] if match else b"\n"
