"""An explanation as lines for a terminal, or as JSON."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable, Iterator
from typing import IO, Any

from lading.explain.explanation import Explanation, Published
from lading.report import machine
from lading.report.places import near
from lading.report.told import is_coloured, joined, on_one_line, shown

_LABEL = 13  # columns
_WIDTH = 80
_FEW = 10  # referrers that are told unless all are asked for

Row = tuple[str, str]
"""A label, ``""`` if it is that of the row above, and a text that may hold anything."""


def text(stream: IO[str], found: Explanation, *, verbose: bool, color: bool | None = None) -> str:
    """The explanation for a stream, without a last line break. Sentences are wrapped at 80 columns; paths
    and headers never are, so that they can be copied.
    """
    styled = is_coloured(stream, color)
    name = found.path or found.asked
    verdict = "found" if found.is_found else "not found"
    if styled:
        verdict = f"\x1b[{32 if found.is_found else '1;31'}m{verdict}\x1b[0m"
    lines = [f"{on_one_line(name)}: {verdict}"]
    lines += [_line(label, value) for label, value in _rows(found, verbose=verbose)]
    for label, sentences in (("Problem", found.problems), ("Note", found.notes)):
        lines += [_wrapped(label, sentence) for sentence in sentences]
    return joined(stream, lines)


def document(found: Explanation) -> dict[str, Any]:
    """One JSON object; ``docs/explain.md`` describes its keys."""
    return {
        "version": machine.VERSION,
        "found": found.is_found,
        "asked": found.asked,
        "path": found.path,
        "url": found.url,
        "collisions": found.policy,
        "sources": [dataclasses.asdict(hit) for hit in found.sources],
        "published": [dataclasses.asdict(one) for one in found.published],
        "headers": dict(found.headers),
        "referrers": [referrer._asdict() for referrer in found.referrers],
        "facts": dict(found.facts),
        "problems": found.problems,
        "notes": found.notes,
    }


def _rows(found: Explanation, *, verbose: bool) -> Iterator[Row]:
    if found.url:
        yield "URL", found.url
    for number, hit in enumerate(found.sources):
        yield "Shadows" if number else "Source", near(hit.file)
        whose = f"of source {near(hit.label)!r} ({hit.owner})"
        yield "", f"{whose}: {hit.fate}" if number else whose
    if len(found.sources) > 1:
        yield "", f"The rule is {found.policy!r} (setting 'collisions')."
    for one in found.published:
        yield from _published(one)
    shown_referrers = found.referrers if verbose else found.referrers[:_FEW]
    for number, referrer in enumerate(shown_referrers):
        yield "" if number else "Referred to", f"{_place(referrer.where)}  {referrer.form}"
    if (more := len(found.referrers) - len(shown_referrers)) > 0:
        yield "", f"… and {more:,} more (-v 2 or --json shows all)"
    yield from _labelled("Headers", (f"{name}: {value}" for name, value in found.headers))
    yield from found.facts


def _published(one: Published) -> Iterator[Row]:
    kind = "immutable" if one.is_immutable else "plain name"
    yield "Published", one.path
    yield "", f"{_bytes(one.size)}, {kind}{_releases(one.releases)}"
    for coding, size in one.encodings.items():
        saved = f", {size / one.size - 1:+.0%}" if one.size > 0 else ""
        yield "", f"{coding}: {_bytes(size)}{saved}"
    if one.sha256:
        yield "SHA-256", one.sha256


def _releases(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return f", in release{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _place(where: str) -> str:
    file, *numbers = where.rsplit(":", 2)
    return ":".join((near(file), *numbers))


def _labelled(label: str, texts: Iterable[str]) -> Iterator[Row]:
    for number, value in enumerate(texts):
        yield "" if number else label, value


def _bytes(size: int) -> str:
    return f"{size:,} byte{'' if size == 1 else 's'}" if size >= 0 else "unknown size"


def _line(label: str, value: str) -> str:
    return f"  {label:<{_LABEL}}{shown(value)}"


def _wrapped(label: str, sentence: str) -> str:
    return textwrap.fill(
        shown(sentence),
        _WIDTH,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
