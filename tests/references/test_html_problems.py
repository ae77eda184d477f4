"""``lading.references.html_problems``: broken markup -> where, and how."""

from __future__ import annotations

import pytest

from lading.references.html_problems import problems


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<p class=a>b</p><script></script><!-- c -->", []),
        (b"<p>a<b class='c", [(4, "cut off")]),
        (b"<p><!-- a <p>", [(3, "cut off")]),
        (b"<p><script>a", [(3, "<script> is never closed")]),
        (b"<title>a<p>b</p>", [(0, "<title> is never closed")]),
        (b'<p>b</p><a href=a.html" title="b">', [(8, "a quote")]),
        (b'<img alt="a"b" src="c">', [(0, "a quote")]),
        (b"<a href='b>c</a>\n<a href='d'>", [(0, "a quote")]),
        (b"<p <a href=b>", [(0, "looks like a tag")]),
        (b"<p>a</p\n<p class='b'>", []),
        (b"<a title='a < b' onclick=go('c') data-d=\"<e>\">", []),
    ],
)
def test_problems(data: bytes, expected: list[tuple[int, str]]):
    found = problems(data)
    assert [at for at, _ in found] == [at for at, _ in expected]
    for (_, message), (_, part) in zip(found, expected, strict=True):
        assert part in message
