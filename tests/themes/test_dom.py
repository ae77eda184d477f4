"""``lading.themes.dom``: two pages -> how their trees differ."""

from __future__ import annotations

import pytest

from lading.themes import dom


def original(url: str) -> str:
    return f"/{url.removeprefix('./')}"


def rendered(url: str) -> str:
    return url.replace("/static/t/", "/")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a", "<p>a</p>"),
        ("<!doctype html><p>", "\n<!doctype html><p>"),
        ("<img src=a.png>", "<img src='/static/t/a.png'>"),
        ("<img srcset='a.png 1x, b.png 2x'>", "<img srcset='/static/t/a.png 1x,/static/t/b.png  2x'>"),
        ("<p style='a: url(a.png)'>", "<p style='a: url(\"/static/t/a.png\")'>"),
        ("<style>a{b:url(a.png)}</style>", "<style>a{b:url(/static/t/a.png)}</style>"),
        ("<script>import './a.js'</script>", "<script>import \"/static/t/a.js\"</script>"),
        ("<template><img src=a.png></template>", "<template><img src=/static/t/a.png></template>"),
    ],
)  # fmt: skip
def test_equal(before: str, after: str):
    assert dom.differences(before.encode(), after.encode(), original, rendered) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a", "<p>b"),
        ("<p>a", "<p class=x>a"),
        ("<p>a", "<div>a"),
        ("<p>a", "<p>a<p>"),
        ("<!-- a -->", "<!-- b -->"),
        ("<img src=a.png>", "<img src=/static/t/b.png>"),
        ("<img srcset='a.png 1x'>", "<img srcset='a.png 2x'>"),
        ("<p style='a: url(a.png)'>", "<p style='a: url(/static/t/b.png)'>"),
        ("<script>let a = './a.js'</script>", "<script>let b = './a.js'</script>"),
        ("<template><p></template>", "<template><b></template>"),
    ],
)
def test_different(before: str, after: str):
    assert dom.differences(before.encode(), after.encode(), original, rendered)


def test_urls():
    page = b"<img src=a srcset='b 1x, c 2x'><a href=d><video poster=e><p style='x:url(f)'><svg><use href=g>"
    assert dom.urls(page) == ["a", "b", "c", "d", "e", "f", "g"]
