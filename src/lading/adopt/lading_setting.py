"""The dictionary ``LADING`` in a settings file, made of what the old settings said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from lading.adopt.draft import Draft
from lading.adopt.edits import Edit
from lading.adopt.old_settings import Entry

_WIDTH = 88


def write(draft: Draft, entries: Sequence[Entry], *, has_base: bool) -> None:
    """Write the entries where their old settings stood: as one dictionary if all of them always hold and
    nothing before them makes ``LADING``, else key by key. ``has_base``: a file that this one builds on is
    given one.
    """
    if not entries:
        return
    entries = sorted(entries, key=lambda entry: draft.code.start(entry.statement))
    if has_base or any(member.sets("LADING") for member in draft.family()):
        _write_keys(draft, entries)
    elif all(draft.code.is_top_level(entry.statement) for entry in entries):
        _write_dictionary(draft, entries)
    else:
        first = draft.code.outermost(entries[0].statement)
        start = draft.code.start(first)
        draft.edits.append(Edit(start, start, f"LADING = {{}}{draft.code.document.newline}"))
        _write_keys(draft, entries)


def _write_dictionary(draft: Draft, entries: Sequence[Entry]) -> None:
    last = entries[-1]
    for statement in {e.statement for e in entries if e.replaces} - {last.statement}:
        draft.remove(statement)
    mark = draft.mark
    pairs = [f"{mark}{entry.key}{mark}: {entry.value}" for entry in entries]
    text = f"LADING = {{{', '.join(pairs)}}}"
    if len(pairs) > 1 or len(text) > _WIDTH:
        lines = "".join(f"    {pair},\n" for pair in pairs)
        text = f"LADING = {{\n{lines}}}"
    _put(draft, last, text)


def _write_keys(draft: Draft, entries: Sequence[Entry]) -> None:
    mark = draft.mark
    for _, own in groupby(entries, key=lambda entry: draft.code.start(entry.statement)):
        together = list(own)
        lines = [f"LADING[{mark}{entry.key}{mark}] = {entry.value}" for entry in together]
        _put(draft, together[0], "\n".join(lines))


def _put(draft: Draft, entry: Entry, text: str) -> None:
    text = draft.lines(entry.statement, text)
    if entry.replaces:
        draft.edits.append(draft.code.replace(entry.statement, text))
    else:
        draft.add_after(entry.statement, text)
