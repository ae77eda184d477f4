"""The bytes that rewriting writes against those of Django's own ``ManifestStaticFilesStorage``.

Django 6.1 leaves comments and strings alone, as Lading does; 5.2 and 6.0 rewrite in them.
"""

from __future__ import annotations

import django
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references import Target, find, link, resolve, rewrite
from references import django_oracle

FILES = {
    "css/b.css": b"c{}",
    "css/sub/d.css": b"e{}",
    "css/a.css.map": b"{}",
    "font/f.eot": b"eot",
    "img/g.h.png": b"png",
    "img/i j.png": b"space",
    "img/\u00e9.png": b"accent",
    "img/noextension": b"none",
    "js/a.js.map": b"{}",
}


def lading(path: str, data: bytes) -> bytes:
    """``data`` with all that refers to one of ``FILES`` rewritten to Django's names."""
    replacements: list[tuple[object, str]] = []
    for reference in find(path, data):
        target = resolve(path, reference.url, module=reference.is_module)
        if isinstance(target, Target) and target.path in FILES:
            published = django_oracle.hashed_name(target.path, FILES[target.path])
            url = link(reference, target, published, base=path, published_base=path)
            replacements.append((reference, url))
    return rewrite(data, replacements)


def djangos(path: str, data: bytes) -> bytes:
    return django_oracle.publish({**FILES, path: data})[path][1]


SAME = [
    ("css/a.css", "a{b:url(../font/f.eot?#iefix)}"),
    ("css/a.css", "a{b:url('../font/f.eot?v=1#c')}"),
    ("css/a.css", 'a{b:url(" ../img/g.h.png ")}'),
    ("css/a.css", "a{b:URL(\n../img/g.h.png )}"),
    (
        "css/a.css",
        "a{b:url(../img/i%20j.png),url('../img/i j.png'),url(../img/%C3%A9.png),url(../img/\u00e9.png)}",
    ),
    (
        "css/a.css",
        "a{b:url(/static/img/g.h.png);c:url(/media/x.png);d:url(https://e.example/f.png)}",
    ),
    ("css/a.css", "a{b:url(../img/noextension);c:url(data:,x);d:url(#e);f:url()}"),
    (
        "css/a.css",
        "a{b:url(../font/f.eot?),url(../font/f.eot#),url(../font/f.eot?#),url(../font/f.eot?v?#w)}",
    ),
    (
        "css/a.css",
        "@import 'b.css';@IMPORT\n\"./sub/../sub/d.css\" print;@import url(b.css) layer(c);",
    ),
    ("css/a.css", "a{}\n/*# sourceMappingURL=a.css.map */"),
    ("css/a.css", "a{}\n/*#\tsourceMappingURL=a.css.map*/\n\n"),
    ("js/a.js", "a\n//# sourceMappingURL=a.js.map"),
    ("js/a.js", "a\r\n//# sourceMappingURL=a.js.map\r\n"),
    ("js/a.js", "//# sourceMappingURL=a.js.map \t\n\n"),
    ("js/a.js", "a\n//# sourceMappingURL=data:application/json;base64,e30="),
]


@pytest.mark.parametrize(("path", "text"), SAME)
def test_same_bytes(path: str, text: str) -> None:
    assert lading(path, text.encode()) == djangos(path, text.encode())


def _name(path: str) -> str:
    return django_oracle.hashed_name(path, FILES[path]).rpartition("/")[2]


EOT, CSS, MAP = _name("font/f.eot"), _name("css/b.css"), _name("css/a.css.map")
COMMENT, HASHED_COMMENT = "/*# sourceMappingURL=a.css.map */", f"/*# sourceMappingURL={MAP} */"

# Written differently, each for its reason: (text, Django's, Lading's).
DIFFERENT = [
    # The namespace of a style sheet is a name, not a file.
    (
        "@namespace url(../font/f.eot);",
        f'@namespace url("../font/{EOT}");',
        "@namespace url(../font/f.eot);",
    ),
    # A directory has no hash; Django still writes its quotes.
    ("url(./)", 'url("./")', "url(./)"),
    # An escaped delimiter would become one.
    ("url(../font/f.eot?a=%26)", f'url("../font/{EOT}?a=&")', f'url("../font/{EOT}?a=%26")'),
    # Django takes what follows the last slash of the query for the name.
    ("url(../font/f.eot?a/b)", 'url("../font/f.eot?a/b")', f'url("../font/{EOT}?a/b")'),
    # White space that CSS drops: Django keeps it after a query or fragment, and does not look past a newline.
    ("url(../font/f.eot?a )", f'url("../font/{EOT}?a ")', f'url("../font/{EOT}?a")'),
    ("url(../font/f.eot\n)", "url(../font/f.eot\n)", f'url("../font/{EOT}")'),
    # Strings in image-set() and src(), and a comment after @import, are not in Django's patterns.
    (
        "image-set('../font/f.eot' 1x)",
        "image-set('../font/f.eot' 1x)",
        f"image-set('../font/{EOT}' 1x)",
    ),
    ("src('../font/f.eot')", "src('../font/f.eot')", f"src('../font/{EOT}')"),
    ("@import/**/'b.css';", "@import/**/'b.css';", f"@import/**/'{CSS}';"),
    # Django's pattern for source maps wants a whole line that ends in LF.
    (f"a{{}}{COMMENT}", f"a{{}}{COMMENT}", f"a{{}}{HASHED_COMMENT}"),
    (f"{COMMENT}\r\n", f"{COMMENT}\r\n", f"{HASHED_COMMENT}\r\n"),
    # ECMA-426: code follows, so nothing is linked.
    (f"{COMMENT}\na{{}}", f"{HASHED_COMMENT}\na{{}}", f"{COMMENT}\na{{}}"),
]


@pytest.mark.parametrize(("text", "theirs", "ours"), DIFFERENT)
def test_different_bytes(text: str, theirs: str, ours: str) -> None:
    assert djangos("css/a.css", text.encode()).decode() == theirs
    assert lading("css/a.css", text.encode()).decode() == ours


UNTOUCHED = [
    "/* url(../font/f.eot) */",
    "a{b:'url(../font/f.eot)'}",
    "/*'*/a{b:'/*@import \"b.css\"*/'}",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_comments_and_strings(text: str) -> None:
    assert lading("css/a.css", text.encode()) == text.encode()
    changed = djangos("css/a.css", text.encode()) != text.encode()
    assert changed is (django.VERSION < (6, 1))


# What Django cannot publish: it stops at the first of these.
ABORTS = ["url(nosuch.png)", "url( 'b.css' )", "url(b\\.css)", "url('b.css' )", "url(../../x.png)"]


@pytest.mark.parametrize("text", ABORTS)
def test_django_gives_up(text: str) -> None:
    with pytest.raises(Exception, match=r"could not be found|\.\."):
        djangos("css/a.css", text.encode())
    lading("css/a.css", text.encode())


_names = st.sampled_from(
    ["../font/f.eot", "../img/g.h.png", "../img/noextension", "b.css", "sub/d.css"]
)
_prefixes = st.sampled_from(["", "./", "../css/", "sub/../", "../css/./"])
_absolute = st.sampled_from(
    ["/static/font/f.eot", "/static/img/g.h.png", "/static/css/../img/%C3%A9.png"]
)
_others = st.sampled_from(
    [
        "/media/a.png",
        "//cdn.example/a.png",
        "http://cdn.example/a.png",
        "data:image/png;base64,AA==",
        "#a",
    ]
)
_suffixes = st.sampled_from(
    ["", "?", "#", "?#", "?v=1", "#a", "?#iefix", "?v=1#a-b", "?a=b&c=d#e?f", "?v=1?#x"]
)
_urls = (
    st.tuples(_prefixes, _names, _suffixes).map("".join)
    | st.tuples(_absolute, _suffixes).map("".join)
    | _others
)
_space = st.sampled_from(["", " ", "\t"])
_quoted = st.tuples(st.sampled_from("\"'"), _space, _urls).map(
    lambda parts: "".join((*parts, parts[0]))
)
# (White space after a query is one of the differences.)
_bare = st.tuples(_space, _urls) | st.tuples(_space, _prefixes, _names, _space)
_url = st.tuples(
    st.sampled_from(["url(", "URL(", "Url("]), _quoted | _bare.map("".join), st.just(")")
).map("".join)
_import = st.tuples(
    st.sampled_from(["@import", "@IMPORT"]),
    st.sampled_from(["", " ", "\n"]),
    _quoted,
    st.sampled_from(["", " screen", " layer(a) supports(b: c)"]),
).map(lambda parts: "".join((*parts, ";")))
_declaration = st.tuples(
    st.sampled_from(["background", "src", "--x", "filter"]),
    st.lists(
        _url | st.sampled_from(["red", "1px/2px", 'format("woff")', "\\2022", "calc(1px + 2%)"]),
        max_size=3,
    ),
).map(lambda parts: f"{parts[0]}:{' '.join(parts[1])};")
_rule = st.tuples(
    st.sampled_from([".a:hover", "@media print", "a[b='c']", "@font-face"]),
    st.lists(_declaration, max_size=3),
).map(lambda parts: f"{parts[0]} {{{''.join(parts[1])}}}")
_comment = st.sampled_from(["/* it's */", "/**/", '/* " */', "/* a\n b */"])
_end = st.sampled_from(
    ["", "\n", "\n/*# sourceMappingURL=a.css.map */", "\n/*# sourceMappingURL=a.css.map*/\n"]
)
_sheet = st.tuples(
    st.lists(_import | _comment, max_size=3),
    st.lists(_rule | _comment, max_size=5),
    _end,
    st.sampled_from(["\n", "", "\r\n"]),
).map(lambda parts: parts[3].join([*parts[0], *parts[1]]) + parts[2])


@given(_sheet)
def test_ordinary_style_sheets_are_the_same(text: str) -> None:
    assert lading("css/a.css", text.encode()) == djangos("css/a.css", text.encode())
