"""Reading HTML looks at each byte a bounded number of times, whatever the bytes. Counted, not timed."""

from __future__ import annotations

import pytest

from lading.references import html
from lading.references.html_problems import problems
from lading.references.template import lex, parse
from references.work import Work, count, counting

UNITS = rb"""
<
<a
<a b
<a b='
<a b="c
<a b=c
<a href='a&amp;
<!--
<!-- -
<![CDATA[
</
</script
<script>
<script><!--
<script><!--<script>
<style>
<textarea>
<svg>
<svg><style>
<svg></a>
<math><mi>
<img srcset='a,
<img srcset='(
<p style='a:url(
<p data-a='b.
<p data-a='url(
<meta http-equiv=refresh content='
<link rel=
{%
{{
{#
{% verbatim %}
{% comment %}
{{ a }}
&
&#
"
'
=
""".strip().splitlines()


def work_of(work: Work, data: bytes) -> int:
    before = work.done
    counted = counting(data, work)
    html.references(counted, parse(counted))
    html.references(counted)
    problems(counted)
    list(lex(counted))
    return work.done - before


@pytest.mark.parametrize("unit", UNITS, ids=repr)
@pytest.mark.parametrize("tail", [b"", b"'-->"], ids=repr)
def test_linear(unit: bytes, tail: bytes, monkeypatch: pytest.MonkeyPatch):
    work = count(monkeypatch)
    small = work_of(work, unit * 60 + tail)
    large = work_of(work, unit * 480 + tail)
    assert large <= small * 8.3 + 2000, (small, large)
    assert large <= len(unit) * 480 * 150 + 2000


def test_ten_megabytes():
    text = b"<p>Ships &amp; harbours, and <b>what</b> they carry {{ name }}.</p>\n" * 1500
    page = (text + b"<a href='b.html'><img src=c.png alt=''>d</a>") * 100
    assert len(page) > 10_000_000
    assert len(html.references(page)) == 200
    assert len(problems(page + b"<p a='" * 10_001)) == 1
