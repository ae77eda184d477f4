"""Comparing an answer with a row of the table, and with what is true of every answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .rows import ANY, Differs, Row, Validators, Value, content, name_of, span, with_validators
from .site import SECRET


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers``: in the order in which they came, names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header; several are joined, so that a repeated one is seen."""
        values = [value for known, value in self.headers if known == name.lower()]
        return ", ".join(values) if values else None


def problems(
    row: Row, answer: Answer, validators: Validators, names: tuple[str, ...] = ()
) -> list[str]:
    """What is wrong with an answer of the server called ``names``; empty if nothing is."""
    expect = dict(row.expect)
    difference = row.difference(names)
    wrong = list(_always(row, answer, difference))
    if difference is not None and difference.status:
        if answer.status not in difference.status:
            wrong.append(f"status {answer.status} instead of {difference.status}")
        if answer.status != row.status:
            return wrong
    if difference is not None:
        expect.update(difference.headers)
        if difference.coding != ANY:
            row = replace(row, coding=difference.coding)
        if not difference.content:
            row = replace(row, coding=ANY, body=None, parts=None)
    if answer.status != row.status:
        return [*wrong, f"status {answer.status} instead of {row.status}: {answer.body[:200]!r}"]
    for name, value in expect.items():
        wrong += _header(name, value, answer, validators)
    if row.coding != ANY:
        wrong += _coding(row, answer)
    if row.body is not None and answer.body != row.body:
        wrong.append(f"content {_short(answer.body)} instead of {_short(row.body)}")
    if row.parts is not None:
        wrong += _parts(row.parts, answer)
    return wrong


_SINGLE = ("content-length", "content-type", "etag", "content-range", "vary", "location")


def _always(row: Row, answer: Answer, difference: Differs | None) -> list[str]:
    """What holds for every answer, whatever was asked (RFC 9110 §8.6, §15.3.7, §15.4.5, §15.5.6)."""
    wrong: list[str] = []
    allowed = difference is not None and 200 in difference.status
    if SECRET in answer.body and not allowed:
        wrong.append("bytes of a file that is not published")
    if answer.status >= 500:
        wrong.append(f"status {answer.status}")
    length = answer.header("Content-Length")
    empty = row.method == "HEAD" or answer.status in (204, 304)
    if empty and answer.body:
        wrong.append(f"content in an answer that has none: {_short(answer.body)}")
    if not empty and length is not None and int(length) != len(answer.body):
        wrong.append(f"Content-Length {length} of {len(answer.body)} bytes")
    if answer.status == 204 and length is not None:
        wrong.append("204 with Content-Length")
    if (
        answer.status == 405
        and not answer.header("Allow")
        and "Allow" not in (difference.headers if difference else ())
    ):
        wrong.append("405 without Allow")
    names = [name for name, _ in answer.headers]
    return wrong + [f"{name} twice" for name in _SINGLE if names.count(name) > 1]


def _header(name: str, value: Value, answer: Answer, validators: Validators) -> list[str]:
    found = answer.header(name)
    if isinstance(value, str):
        value = with_validators(value, validators)
        good = found == value
    elif value is None:
        good = found is None
    else:
        good = found is not None and value.fullmatch(found) is not None
    return [] if good else [f"{name} is {found!r} instead of {value!r}"]


def _coding(row: Row, answer: Answer) -> list[str]:
    found = answer.header("Content-Encoding")
    allowed = [None] if row.coding is None else row.coding.split("|")
    if found not in allowed:
        return [f"Content-Encoding is {found!r} instead of {row.coding!r}"]
    if row.method != "HEAD" and answer.body != content(name_of(row.target), found or ""):
        return [f"the content is not the file in the coding {found}"]
    return []


def _parts(parts: tuple[str, tuple[tuple[int, int], ...]], answer: Answer) -> list[str]:
    """Read ``multipart/byteranges`` strictly (RFC 9110 §14.6, RFC 2046 §5.1.1)."""
    name, spans = parts
    size = len(content(name))
    kind = answer.header("Content-Type") or ""
    match = re.fullmatch(r'multipart/byteranges; ?boundary="?([^"]{1,70})"?', kind)
    if match is None:
        return [f"Content-Type is {kind!r}"]
    delimiter = b"\r\n--" + match[1].encode()
    pieces = (b"\r\n" + answer.body).split(delimiter)
    if pieces[-1].strip(b"\r\n") != b"--":
        return [f"the last boundary is followed by {pieces[-1]!r}"]
    found: list[tuple[str, bytes]] = []
    for piece in pieces[1:-1]:
        head, _, body = piece.partition(b"\r\n\r\n")
        located = re.search(rb"content-range: (.+?)(\r|$)", head, re.IGNORECASE)
        found.append((located[1].decode() if located else "", body))
    wanted = [(f"bytes {a}-{b - 1}/{size}", span(name, a, b)) for a, b in spans]
    return [] if found == wanted else [f"the parts are {found} instead of {wanted}"]


def _short(body: bytes) -> str:
    return repr(body) if len(body) <= 100 else f"{body[:100]!r}... ({len(body)} bytes)"
