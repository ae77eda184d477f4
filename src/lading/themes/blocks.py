"""Where pages of one layout differ: the blocks of their base template, and what these are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SMALL = 160  # bytes in common between two differences of the body that are no block's end
_MOST = 8  # blocks of the body
_TITLE = re.compile(rb"(\s*<title[^>]*>)([^<]*)(</title>\s*)", re.IGNORECASE)
_HEAD_END = re.compile(rb"</head\s*>", re.IGNORECASE)
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)
_ONLY_SCRIPTS = re.compile(
    rb"(?:\s++|<!--(?:(?!-->)[\s\S])*+-->|<script\b(?:(?!</script)[\s\S])*+</script\s*>)*+"
)

Span = tuple[int, int]


@dataclass(slots=True)
class Block:
    """One block: the lines it takes of each page (``spans``), and what they hold there (``contents``). The
    base has ``before`` and ``after`` around it, and ``default`` in it.
    """

    name: str
    spans: list[Span]
    contents: list[bytes]
    before: bytes = b""
    after: bytes = b""
    default: bytes = b""


def choose(pages: Sequence[Sequence[bytes]], rows: Sequence[Sequence[int]]) -> list[Block] | str:
    """The blocks of pages (lists of lines) that have the lines ``rows`` in common (see ``alignment.common``);
    or why there are none.
    """
    end = next((i for i, row in enumerate(rows) if _HEAD_END.search(pages[0][row[0]])), None)
    if end is None:
        return "their heads do not end in one same line"
    bounds = [tuple(-1 for _ in pages), *map(tuple, rows), tuple(len(page) for page in pages)]
    head: list[list[Span]] = []
    body: list[list[Span]] = []
    for number, (above, below) in enumerate(pairwise(bounds)):
        spans = [(a + 1, b) for a, b in zip(above, below, strict=True)]
        if any(start < stop for start, stop in spans):
            (head if number <= end else body).append(spans)
    blocks = [*_head_blocks(pages, head), *_body_blocks(pages, _joined(pages[0], body))]
    return sorted([*blocks, *_expected(pages, rows, end, blocks)], key=_first)


def _expected(
    pages: Sequence[Sequence[bytes]],
    rows: Sequence[Sequence[int]],
    head_end: int,
    blocks: Sequence[Block],
) -> list[Block]:
    """The blocks that every base has, where these pages do not differ there."""
    found: list[Block] = []
    names = {block.name for block in blocks}
    taken = [block.spans[0] for block in blocks]
    titles = [row for row in rows[:head_end] if _TITLE.fullmatch(pages[0][row[0]])]
    if "title" not in names and titles:
        found.append(_title(pages, titles[0]))
    ends = {"extra_head": rows[head_end]}
    if bodies := [row for row in rows if _BODY_END.search(pages[0][row[0]])]:
        ends["scripts"] = bodies[-1]
    for name, row in ends.items():
        if name not in names and not any(start <= row[0] < stop for start, stop in taken):
            found.append(_block(name, pages, [(at, at) for at in row]))
    return found


def shared_bytes(page: Sequence[bytes], blocks: Sequence[Block]) -> int:
    """How much of the first page is in the base."""
    taken = sum(len(line) for block in blocks for line in page[slice(*block.spans[0])])
    return sum(map(len, page)) - taken


def _head_blocks(
    pages: Sequence[Sequence[bytes]], differences: Sequence[list[Span]]
) -> list[Block]:
    blocks: list[Block] = []
    extras: list[list[Span]] = []
    for spans in differences:
        titles = [
            next((i for i in range(*span) if _TITLE.fullmatch(page[i])), -1)
            for page, span in zip(pages, spans, strict=True)
        ]
        if min(titles) < 0:
            extras.append(spans)
            continue
        above = [(start, at) for (start, _), at in zip(spans, titles, strict=True)]
        below = [(at + 1, stop) for (_, stop), at in zip(spans, titles, strict=True)]
        extras += (part for part in (above, below) if any(a < b for a, b in part))
        blocks.append(_title(pages, titles))
    for number, spans in enumerate(_joined_head(pages[0], extras, [b.spans[0] for b in blocks]), 1):
        blocks.append(_block(f"extra_head{_suffix(number)}", pages, spans))
    return sorted(blocks, key=_first)


def _title(pages: Sequence[Sequence[bytes]], lines: Sequence[int]) -> Block:
    """A block for what stands between the tags, if all pages write these alike."""
    spans = [(at, at + 1) for at in lines]
    matches = [_TITLE.fullmatch(page[at]) for page, at in zip(pages, lines, strict=True)]
    parts = [match.groups() for match in matches if match]
    before, text, after = parts[0]
    if any(part[0] != before or part[2] != after for part in parts):
        return _block("title", pages, spans)
    return Block("title", spans, [part[1] for part in parts], before, after, text)


def _joined_head(
    page: Sequence[bytes], differences: Sequence[list[Span]], kept: Sequence[Span]
) -> list[list[Span]]:
    """Differences of the head made one where little but ``kept`` is not between them."""
    joined: list[list[Span]] = []
    for spans in differences:
        if joined:
            start, stop = joined[-1][0][1], spans[0][0]
            between = sum(map(len, page[start:stop]))
            if between <= _SMALL and not any(start <= at < stop for at, _ in kept):
                joined[-1] = [(a, d) for (a, _), (_, d) in zip(joined[-1], spans, strict=True)]
                continue
        joined.append(list(spans))
    return joined


def _joined(page: Sequence[bytes], differences: Sequence[list[Span]]) -> list[list[Span]]:
    """Differences with little in common between them made one; until there are few."""
    joined = [list(spans) for spans in differences]
    while len(joined) > 1:
        gaps = [sum(map(len, page[above[0][1] : below[0][0]])) for above, below in pairwise(joined)]
        smallest = min(range(len(gaps)), key=gaps.__getitem__)
        if gaps[smallest] > _SMALL and len(joined) <= _MOST:
            break
        above, below = joined[smallest], joined.pop(smallest + 1)
        joined[smallest] = [(a, d) for (a, _), (_, d) in zip(above, below, strict=True)]
    return joined


def _body_blocks(
    pages: Sequence[Sequence[bytes]], differences: Sequence[list[Span]]
) -> list[Block]:
    blocks = [_block("", pages, spans) for spans in differences]
    if not blocks:
        return []
    last = blocks[-1]
    if len(blocks) > 1 and all(_ONLY_SCRIPTS.fullmatch(content) for content in last.contents):
        last.name = "scripts"
    rest = [block for block in blocks if not block.name]
    largest = max(rest, key=_size)
    above = True
    counts = {"header": 0, "footer": 0}
    for block in rest:
        if block is largest:
            block.name, above = "content", False
            continue
        name = "header" if above else "footer"
        counts[name] += 1
        block.name = name + _suffix(counts[name])
    return blocks


def _block(name: str, pages: Sequence[Sequence[bytes]], spans: list[Span]) -> Block:
    contents = [b"".join(page[slice(*span)]) for page, span in zip(pages, spans, strict=True)]
    return Block(name, spans, contents)


def _suffix(number: int) -> str:
    return "" if number == 1 else f"_{number}"


def _first(block: Block) -> tuple[int, int]:
    return block.spans[0]


def _size(block: Block) -> int:
    return sum(map(len, block.contents))
