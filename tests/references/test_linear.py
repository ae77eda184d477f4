"""Finding references looks at each byte a bounded number of times, whatever the bytes. Counted, not timed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references import Lines, find
from references.work import Work, count, counting

# How often a byte may be looked at. (Real files: about 3.)
LOOKS = 100


def work_of(work: Work, path: str, data: bytes) -> int:
    before = work.done
    find(path, counting(data, work))
    return work.done - before


def assert_linear(work: Work, path: str, head: bytes, unit: bytes, tail: bytes, n: int) -> None:
    small = work_of(work, path, head + unit * n + tail)
    large = work_of(work, path, head + unit * n * 8 + tail)
    length = len(unit) * n * 8
    assert large <= small * 8.2 + 2000, (small, large)
    assert large <= (length + len(head) + len(tail)) * LOOKS + 2000, (large, length)


# One fragment a line.
CSS = rb"""
url(
url('
url("a
url(a #
url(\
'
"
/*
*/
/
\
(
{
[
#
@import #
@import '
@import/*
@import url(
@namespace #
@namespace/**/
image-set(
image-set('a'
-webkit-image-set(/*
src(
src('
)
sourceMappingURL=
/*# sourceMappingURL=a
a
"""
JS = rb"""
import #
import{
import{a,
import*as #
import'a'
import(
import('a'
import/*
import//
import.meta.
export{
export{a,
export*
export/*
export {a} from #
new URL(
new URL('a',
new URL('a',import.meta.url
'
"
`
${
`${
{
}
(
)
[
]
/
=/
)/
}/
)/[
=/[
=/a/
)/a/.b
}/a/.b
/*
*/
//
\
if(
if(a)/
of/
for(a of/
<!--
-->
++/
a
.
from #
sourceMappingURL=
//# sourceMappingURL=a
/*#sourceMappingURL=a
"""
SVG = rb"""
<
<a
<a b=
<use href='
<use href="a" #
<use href #
href=
<!--
<![CDATA[
<?
<?xml-stylesheet #
<?xml-stylesheet href='a'?>
<style>
<style><![CDATA[
</style>
<g style='url(
<g fill='url(a)'/>
<g fill='&amp;url(a&#x29;'/>
&amp;
&
&#
url(
'
"
=
a
>
/>
"""
JSON = rb"""
"
"src"
"icons":
{
[
}
]
{"icons":[{"src":"a"
:
,
a
\
"\
"""


def _fragments(lines: bytes) -> list[bytes]:
    units = [line.removesuffix(b"#") for line in lines.strip(b"\n").split(b"\n")]
    return [*units, *(unit + b"\n" for unit in units), b" ", b"\n", b"\r", b"\0", b"\xff"]


LANGUAGES = {
    "a.css": _fragments(CSS),
    "a.js": _fragments(JS),
    "a.svg": _fragments(SVG),
    "a.webmanifest": _fragments(JSON),
}
# Makes sure that something is looked for, from the beginning to the end.
ENDS = {
    "a.css": (b"", b"\nurl(a)"),
    "a.js": (b"import.meta;", b"\nimport('a')"),
    "a.svg": (b"<svg>", b"<use href='a'/>"),
    "a.webmanifest": (b"", b'{"src"'),
}
ALONE = [(path, unit) for path, units in LANGUAGES.items() for unit in units]


@pytest.mark.parametrize(("path", "unit"), ALONE, ids=lambda value: repr(value)[:24])
def test_repetitions(path: str, unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_linear(count(monkeypatch), path, ENDS[path][0], unit, ENDS[path][1], 1000)


@given(st.data())
def test_repetitions_of_mixtures(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(LANGUAGES)))
    units = st.lists(st.sampled_from(LANGUAGES[path]), max_size=3).map(b"".join)
    head, tail = ENDS[path]
    unit = data.draw(units.filter(bool))
    head, tail = data.draw(units) + head, data.draw(units) + tail
    with pytest.MonkeyPatch.context() as patch:
        assert_linear(count(patch), path, head, unit, tail, 200)


NESTED = [
    ("a.css", b"(", b")"),
    ("a.css", b"image-set(", b")"),
    ("a.css", b"a{", b"}"),
    ("a.js", b"(", b")"),
    ("a.js", b"`${", b"}`"),
    ("a.js", b"if(", b")/a/.b"),
    ("a.js", b"{", b"}/a/.b"),
    ("a.js", b"(", b")/2"),
    ("a.svg", b"<g><style>", b"</style></g>"),
    ("a.webmanifest", b'{"icons":[{"src":', b"}]}"),
]


@pytest.mark.parametrize(("path", "opening", "closing"), NESTED)
def test_nesting(
    path: str, opening: bytes, closing: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = count(monkeypatch)
    head, tail = ENDS[path]
    small = work_of(work, path, head + opening * 1000 + closing * 1000 + tail)
    large = work_of(work, path, head + opening * 8000 + closing * 8000 + tail)
    assert large <= small * 8.2 + 2000


@pytest.mark.parametrize(("path", "opening", "closing"), NESTED)
def test_a_hundred_thousand_brackets(path: str, opening: bytes, closing: bytes) -> None:
    head, tail = ENDS[path]
    find(path, head + opening * 100_000 + closing * 100_000 + tail)
    find(path, head + opening * 100_000 + tail)
    find(path, head + closing * 100_000 + tail)


def test_positions_of_many_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up every reference of one long line is linear too."""
    work = count(monkeypatch)

    def look_up(n: int) -> int:
        data = counting("url(é)".encode() * n, work)
        before = work.done
        lines = Lines(data)
        for at in range(0, len(data), 7):
            lines.position(at)
        return work.done - before

    assert look_up(8000) <= look_up(1000) * 8.2


def test_fifty_megabytes() -> None:
    """A bundle of this size is read to its end."""
    script = b"""function f(a,b){if(a)/'"`/.test(b);return `a${b}c`+'it\\'s'/* " */+(a+b)/2}//\n"""
    script += b"f(a,b);" * 200
    data = script * (50_000_000 // len(script)) + b"import('./a.js')"
    assert [reference.url for reference in find("a.js", data)] == ["./a.js"]
    sheet = b"a{b:url(data:image/png;base64,AAAA)}/* ' */c{d:'\\''}\n" + b"e{f:g}" * 200
    data = sheet * (50_000_000 // len(sheet)) + b"url(a.png)"
    assert [reference.url for reference in find("a.css", data)] == ["a.png"]
