"""Braces that are text: what Django would take for its own tags, protected so that it renders as it stands.

https://docs.djangoproject.com/en/stable/ref/templates/builtins/#verbatim
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from lading.references.template import Token, lex

Edit = tuple[int, int, bytes]
"""``data[start:end]`` becomes these bytes."""

_JOINED = 200  # bytes between two tokens that one verbatim block may cover
_OPEN = rb"{% templatetag openblock %}"
_BLOCK = re.compile(rb"\{%")
_LINE_END = re.compile(rb"[\n\r]|\Z")


def protect(data: bytes, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that make braces of ``data`` text, given the others (in order) that will be made.

    Each token, and text between two that are near, is put in a ``verbatim`` block. A ``{%`` that nothing
    closes would be closed by a tag that another edit puts behind it in its line, and is written as
    ``{% templatetag openblock %}`` there.
    """
    tokens = list(lex(data))
    if not tokens and b"{%" not in data:
        return []
    starts = [start for start, _, _ in edits]
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and _may_join(data, runs[-1][-1].end, token.start, starts):
            runs[-1].append(token)
        else:
            runs.append([token])
    found: list[Edit] = []
    for run in runs:
        name = _name(run)
        found.append((run[0].start, run[0].start, b"{%% verbatim%b %%}" % name))
        found.append((run[-1].end, run[-1].end, b"{%% endverbatim%b %%}" % name))
    inserted = sorted([*starts, *(start for start, _, _ in found)])
    found += _unclosed(data, tokens, inserted)
    return sorted(found)


def _may_join(data: bytes, end: int, start: int, edits: Sequence[int]) -> bool:
    if start - end > _JOINED or data.find(b"{%", end, start) >= 0:
        return False
    index = bisect_left(edits, end)
    return index == len(edits) or edits[index] >= start


def _name(run: Sequence[Token]) -> bytes:
    """What tells the end of the block from an ``{% endverbatim %}`` in the text."""
    contents = {token.content for token in run}
    name, number = b"", 0
    while b"endverbatim" + name in contents:
        number += 1
        name = b" text%d" % number
    return name


def _unclosed(data: bytes, tokens: Sequence[Token], inserted: Sequence[int]) -> list[Edit]:
    """The edits of each ``{%`` that no token begins with and that an insertion in its line would close."""
    found: list[Edit] = []
    index = line_end = 0
    for match in _BLOCK.finditer(data):
        at = match.start()
        while index < len(tokens) and tokens[index].end <= at:
            index += 1
        if index < len(tokens) and tokens[index].start <= at:
            continue
        if at >= line_end and (match := _LINE_END.search(data, at)):
            line_end = match.start()
        following = bisect_left(inserted, at + 2)
        if following < len(inserted) and inserted[following] <= line_end:
            found.append((at, at + 2, _OPEN))
    return found
