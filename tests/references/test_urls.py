"""``lading.references.urls``: which file a URL names, and the URL of its published name."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references import Outside, Target, find, link, resolve

TARGETS = [
    # base, url -> path
    ("css/a.css", "b.png", "css/b.png"),
    ("css/a.css", "./b.png", "css/b.png"),
    ("css/a.css", "../img/b.png", "img/b.png"),
    ("css/a.css", "../css/../img/./b.png", "img/b.png"),
    ("a.css", "b/c.png", "b/c.png"),
    ("css/a.css", "b//c.png", "css/b/c.png"),
    ("css/a.css", " \n b.png\t", "css/b.png"),
    ("css/a.css", "b\n.png", "css/b.png"),
    ("css/a.css", "..\\img\\b.png", "img/b.png"),
    # query and fragment
    ("css/a.css", "b.eot?#iefix", "css/b.eot"),
    ("css/a.css", "b.svg?v=1/../2#c?d", "css/b.svg"),
    ("css/a.css", "b.svg#c/d", "css/b.svg"),
    # percent-encoding
    ("css/a.css", "b%20c.png", "css/b c.png"),
    ("css/a.css", "%C3%A9%23%3F.png", "css/é#?.png"),
    ("css/a.css", "%2e%2e/b.png", "b.png"),
    ("css/a.css", "..%2Fb.png", "b.png"),
    ("css/a.css", "%2Fb.png", "css/b.png"),
    ("css/a.css", "b%.png", "css/b%.png"),
    ("css/a.css", "b+c.png", "css/b+c.png"),
    ("css/a b.css", "c.png", "css/c.png"),
    # under STATIC_URL
    ("css/a.css", "/static/img/b.png", "img/b.png"),
    ("css/a.css", "/static//img/b.png", "img/b.png"),
    ("css/a.css", "/static/../static/b.png", "b.png"),
    ("css/a.css", "../../static/img/b.png", "img/b.png"),
]


@pytest.mark.parametrize(("base", "url", "path"), TARGETS)
def test_targets(base: str, url: str, path: str) -> None:
    target = resolve(base, url)
    assert isinstance(target, Target)
    assert target.path == path


NOT_OURS = [
    "", " ", "#a", "?a", "/media/a.png", "/a.png", "/", "/staticfiles/a.png", "\\\\host\\a.png",
    "//cdn.example/static/a.png", "http://cdn.example/static/a.png", "HTTPS:a", "data:,a", "blob:a",
    "about:blank",
    "mailto:a@b.example", "javascript:a", "chrome-extension://a/b.png",
    "./", "../", ".", "..", "a/", "a/..", "a/.", "/static/", "%2e",
]  # fmt: skip


@pytest.mark.parametrize("url", NOT_OURS)
def test_not_ours(url: str) -> None:
    assert resolve("css/a.css", url) is None


OUTSIDE = [
    "../../../etc/passwd",
    "../../a.png",
    "..%2f..%2fa.png",
    "%2e%2e/%2e%2e/a.png",
    "..\\..\\a.png",
    "/static/../a.png",
    "/static/../../../etc/passwd",
    "../../static",
    "../../other/static/a.png",
]


@pytest.mark.parametrize("url", OUTSIDE)
def test_outside(url: str) -> None:
    assert resolve("css/a.css", url) == Outside(url.replace("\\", "/"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("./b.js", "js/b.js"),
        ("../b.js", "b.js"),
        ("/static/b.js", "b.js"),
        ("b.js", None),
        ("react", None),
        ("@scope/a/b.js", None),
        (".", None),
        ("..", None),
        (".b.js", None),
        ("https://cdn.example/b.js", None),
    ],
)
def test_module_specifiers(url: str, expected: str | None) -> None:
    target = resolve("js/a.js", url, module=True)
    assert (target.path if isinstance(target, Target) else target) == expected


@pytest.mark.parametrize(
    ("static_url", "url", "expected"),
    [
        ("https://cdn.example/s/", "https://cdn.example/s/b.png", "b.png"),
        ("https://cdn.example/s/", "https://cdn.example/t/b.png", None),
        ("https://cdn.example/s/", "/s/b.png", None),
        ("https://cdn.example/s/", "../b.png", "b.png"),
        ("https://cdn.example/s/", "../../s/b.png", "b.png"),
        ("https://cdn.example/", "../../b.png", Outside("../../b.png")),
        ("//cdn.example/s/", "//cdn.example/s/b.png", "b.png"),
        ("/", "/css/b.png", "css/b.png"),
        ("/", "//cdn.example/b.png", None),
        ("/a%20b/", "/a%20b/b.png", "b.png"),
        ("/a%20b/", "../../a b/b.png", "b.png"),
    ],
)
def test_static_url(static_url: str, url: str, expected: str | Outside | None) -> None:
    target = resolve("css/a.css", url, static_url)
    assert (target.path if isinstance(target, Target) else target) == expected


def _link(text: str, published: str | None = None, **moved: str) -> str:
    """The one reference in css/a.css or js/a.js relinked to its target's published name."""
    path = "js/a.js" if "import" in text else "css/a.css"
    (reference,) = find(path, text.encode())
    target = resolve(path, reference.url, module=reference.is_module)
    assert isinstance(target, Target)
    root, extension = posixpath.splitext(target.path)
    return link(
        reference,
        target,
        published or f"{root}.1{extension}",
        **{"base": path, "published_base": path, **moved},
    )


LINKS = [
    # Django's way: decoded, with the author's directories
    ("url(b.png)", "b.1.png"),
    ("url(./b.png)", "./b.1.png"),
    ("url(../x/../img/b.png)", "../x/../img/b.1.png"),
    ("url(/static/img/b.png)", "/static/img/b.1.png"),
    ("url(b.eot?#iefix)", "b.1.eot?#iefix"),
    ("url(b.eot?v=1#c)", "b.1.eot?v=1#c"),
    ("url(b.eot?)", "b.1.eot"),
    ("url(b.eot#)", "b.1.eot"),
    ("url(a%20b/c%20d.png)", "a b/c d.1.png"),
    ("url(%C3%A9.png)", "é.1.png"),
    ("url(b.png?c=%20%C3%A9)", "b.1.png?c= é"),
    # where Django's way would break the link
    ("url(b%25.png)", "b%25.1.png"),
    ("url(b%2541.png)", "b%2541.1.png"),
    ("url(%23%3F/b%23%3F%5C.png)", "%23%3F/b%23%3F%5C.1.png"),
    ("url(b.png?c=%26%23%25)", "b.1.png?c=%26%23%25"),
    ("url(b.png?c=%FF)", "b.1.png?c=%FF"),
    ("url(%20b.png)", "%20b.1.png"),
    ("url(b%3Ac.png)", "./b:c.1.png"),
    ("url(b.css?c=d/e)", "b.1.css?c=d/e"),
    ("url(c%2Fb.png)", "c/b.1.png"),
    ("url('..\\\\img\\\\b.png')", "../img/b.1.png"),
    # elsewhere: as the author wrote it, but for the name
    ("image-set('a%20b/c%20d.png?e=%20#f%20' 1x)", "a%20b/c%20d.1.png?e=%20#f%20"),
    ("image-set('é b/ü @2x.png?#' 1x)", "é b/%C3%BC%20@2x.1.png?#"),
    ("import './b.js'", "./b.1.js"),
    ("import '../js/b.js?v=1'", "../js/b.1.js?v=1"),
    ("import '/static/js/b.js'", "/static/js/b.1.js"),
    ("import.meta;new URL('b.js', import.meta.url)", "b.1.js"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_link(text: str, expected: str) -> None:
    assert _link(text) == expected


@pytest.mark.parametrize(("text", "_"), LINKS)
def test_a_target_under_its_own_name_keeps_its_url(text: str, _: str) -> None:
    path = "js/a.js" if "import" in text else "css/a.css"
    (reference,) = find(path, text.encode())
    target = resolve(path, reference.url, module=reference.is_module)
    assert isinstance(target, Target)
    assert link(reference, target, target.path, base=path, published_base=path) == reference.url


MOVED = [
    # text, published, published_base -> url
    ("url(../img/b.png)", "x.1/img/b.png", "css/a.2.css", "../x.1/img/b.png"),
    ("url(../img/b.png)", "img/b.png", "x.1/css/a.css", "../../img/b.png"),
    ("url(../img/b.png)", "x.1/img/b.png", "x.1/css/a.css", "../img/b.png"),
    ("url(../img/./b.png)", "x.1/img/b.2.png", "x.1/css/a.css", "../img/./b.2.png"),
    ("url(/static/img/b.png)", "x.1/img/b.png", "x.1/css/a.css", "/static/x.1/img/b.png"),
    ("url(/static/b.png)", "b.1.png", "x.1/css/a.css", "/static/b.1.png"),
    ("url(b.png)", "b.1.png", "a.1.css", "b.1.png"),
    ("url(../css/b.png)", "css.1/b.png", "css.1/a.css", "b.png"),
    ("url(../../static/css/b.png)", "css/b.1.png", "css/a.css", "../../static/css/b.1.png"),
    ("url(b.png)", "b.1.png", "css/a.1.css", "../b.1.png"),
    ("url(b.png?c#d)", "x y/b.png", "css/a.css", "../x y/b.png?c#d"),
    ("import './b.js'", "js/x/b.js", "js/a.js", "./x/b.js"),
    ("import '../b.js?c'", "b.js", "a.js", "./b.js?c"),
    ("import.meta;new URL('b.js', import.meta.url)", "js/x y/b.js", "js/a.js", "x%20y/b.js"),
]


@pytest.mark.parametrize(("text", "published", "published_base", "expected"), MOVED)
def test_link_between_moved_files(
    text: str, published: str, published_base: str, expected: str
) -> None:
    assert _link(text, published, published_base=published_base) == expected


_segments = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1
).filter(lambda name: name not in (".", ".."))
_paths = st.lists(_segments, min_size=1, max_size=3).map("/".join)


@given(
    _paths,
    _paths,
    _paths,
    _paths,
    st.sampled_from(['url("%s")', 'image-set("%s" 1x)']),
    st.booleans(),
)
def test_links_lead_to_what_they_name(
    base: str, path: str, published_base: str, published: str, written: str, detour: bool
) -> None:
    """Whatever the names: the new URL, where it is published, names the published file."""
    folder = posixpath.dirname(base)
    way = posixpath.relpath(f"/{posixpath.dirname(path)}", f"/{folder}")
    if detour and folder:
        way = f"{'../' * len(folder.split('/'))}{folder}/{way}"
    url = quote(f"{way}/{posixpath.basename(path)}")
    (reference,) = find("a.css", (written % url).encode())
    target = resolve(base, reference.url)
    assert isinstance(target, Target)
    assert target.path == path
    new = link(reference, target, published, base=base, published_base=published_base)
    again = resolve(published_base, new)
    assert isinstance(again, Target)
    assert again.path == published


@given(st.text(), st.text(), st.booleans())
def test_resolving_never_raises_and_stays_inside(base: str, url: str, module: bool) -> None:
    target = resolve(base, url, module=module)
    if isinstance(target, Target):
        parts = target.path.split("/")
        assert target.path
        assert not {"", ".", ".."} & set(parts)


@given(st.lists(st.sampled_from(["..", ".", "a", "b", ""]), min_size=1).map("/".join))
def test_as_urljoin_walks(url: str) -> None:
    """The standard library's RFC 3986 resolution, where it stays under STATIC_URL."""
    target = resolve("a/b/c.css", url)
    joined = urlsplit(urljoin("http://h/static/a/b/c.css", url)).path
    if isinstance(target, Target) and "//" not in url:
        assert f"/static/{target.path}" == unquote(joined)
