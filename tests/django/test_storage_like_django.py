"""Trees of files -> the names, manifest and style sheets of Django's ``ManifestStaticFilesStorage``."""

from __future__ import annotations

import json
import os
import posixpath
import tempfile
from urllib.parse import quote

import django
import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from hashed_project import HashedProject
from hypothesis import given
from hypothesis import strategies as st

from lading.django.storage import StaticStorage
from sites_of_folders import read, write

Tree = dict[str, bytes]


def published(kind: type[ManifestStaticFilesStorage], tree: Tree, folder: str) -> dict[str, str]:
    """What a storage makes of a tree of files that have been collected, with its manifest."""
    source, root = os.path.join(folder, "source"), os.path.join(folder, kind.__name__)
    write(source, tree)
    write(root, tree)
    files = {path: (StaticFilesStorage(location=source), path) for path in tree}
    used = kind(location=root)
    for path, _, processed in used.post_process(files):
        if isinstance(processed, Exception):
            raise AssertionError(path) from processed
    found = read(root)
    document = json.loads(found["staticfiles.json"])
    document.pop("lading", None)
    found["staticfiles.json"] = document
    return found


@pytest.fixture(scope="module", autouse=True)
def settings(tmp_path_factory: pytest.TempPathFactory):
    with HashedProject(tmp_path_factory.mktemp("project")).settings():
        yield


def same(tree: Tree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = published(StaticStorage, tree, folder)
        theirs = published(ManifestStaticFilesStorage, tree, folder)
        assert ours == theirs


# Trees: each file refers to earlier ones only, in the notations that all versions of Django rewrite alike.

folders = st.sampled_from(["", "css/", "css/deep/er/", "img/", "\u00fc b/"])
stems = st.text("ab-_.\u00e9 1", min_size=1, max_size=5).map(lambda s: f"f{s}g")
leaves = st.sampled_from([".png", ".woff2", ".txt", "", ".tar.gz", ".PNG"])
queries = st.sampled_from(["", "?v=1", "#icon", "?#iefix", "?v=1#icon"])
BETWEEN = st.sampled_from(
    ["", "\n", "a{color:red}\n", "/* plain words */", "\r\n", "\t", "\u00fc{}"]
)


def relative(path: str, base: str, kind: str, query: str) -> str:
    url = quote(path) + query
    if kind == "absolute":
        return f"/static/{url}"
    way = posixpath.relpath(path, posixpath.dirname(base) or ".")
    return ("./" if kind == "dotted" else "") + quote(way) + query


def notation(kind: str, url: str) -> str:
    return {
        "bare": f"a{{b:url({url})}}",
        "single": f"a{{b:url('{url}')}}",
        "double": f'a{{b:url("{url}")}}',
        "spaced": f"a{{b:url( {url})}}",
        "upper": f"a{{b:URL({url})}}",
        "import": f'@import "{url}";',
        "import single": f"@import '{url}' screen;",
        "import url": f"@import url({url}) print;",
    }[kind]


NOTATIONS = [
    "bare", "single", "double", "spaced", "upper", "import", "import single", "import url"
]  # fmt: skip


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    tree: Tree = {}
    for _ in range(draw(st.integers(1, 4))):
        path = draw(folders) + draw(stems) + draw(leaves)
        tree[path] = draw(st.binary(max_size=8))
    for number in range(draw(st.integers(1, 5))):
        path = f"{draw(folders)}{draw(stems)}{number}.css"
        names = sorted(tree)
        parts: list[str] = []
        for _ in range(draw(st.integers(0, 4))):
            target = draw(st.sampled_from(names))
            way = draw(st.sampled_from(["plain", "dotted", "absolute"]))
            # With a query, Django hashes what the style sheet held before it was rewritten.
            query = draw(queries if not target.endswith(".css") else st.sampled_from(["", "#x"]))
            url = relative(target, path, way, query)
            parts.append(draw(BETWEEN) + notation(draw(st.sampled_from(NOTATIONS)), url))
        parts.append(draw(BETWEEN))
        # Django writes a space into the comment, where it ends the URL; Lading keeps it escaped.
        if " " not in posixpath.basename(path) and draw(st.booleans()):
            tree[f"{path}.map"] = b"{}"
            parts.append(f"\n/*# sourceMappingURL={quote(posixpath.basename(path))}.map */\n")
        tree[path] = "".join(parts).encode()
    if draw(st.booleans()):
        tree["js/x.js.map"] = b"{}"
        tree["js/x.js"] = b"let a = 1;\n//# sourceMappingURL=x.js.map\n"
    # A path cannot be a file and a folder.
    return {p: c for p, c in tree.items() if not any(o.startswith(f"{p}/") for o in tree)}


@given(trees())
def test_same_names_manifest_and_bytes(tree: Tree) -> None:
    same(tree)


def test_same_over_a_long_chain() -> None:
    """Django needs a pass for each link of a chain, and gives up after five."""
    tree = {"0.css": b"a{}"}
    for number in range(1, 5):
        tree[f"{number}.css"] = f'@import "{number - 1}.css";'.encode()
    same(tree)


def test_a_query_after_a_rewritten_style_sheet() -> None:
    """Django names a file that is not there."""
    tree = {"x.png": b"x", "a.css": b"a{b:url(x.png)}", "b.css": b'@import "a.css?v=1";'}
    with tempfile.TemporaryDirectory() as folder:
        ours = published(StaticStorage, tree, folder)
        theirs = published(ManifestStaticFilesStorage, tree, folder)
    for found, is_right in ((ours, True), (theirs, False)):
        css = found[found["staticfiles.json"]["paths"]["b.css"]]
        assert css.startswith('@import url("a.')
        assert (css.partition('"')[2].partition("?")[0] in found) == is_right


@pytest.mark.parametrize(
    "css",
    [
        b"/* url(x.png) */",
        b"a{content:'url(x.png)'}",
        b"a{b:url(x.png)} /* url(none.png) */",
        b"a{content:\"url('none.png')\"}",
        b".a\\:b-\\[url\\(\\'x\\'\\)\\]{b:url(x.png)}",
    ],
)
def test_comments_and_strings_as_the_newest_django(css: bytes) -> None:
    """Django before 6.1 rewrites references in strings, and 5.2 and 6.0 abort at those to nothing."""
    tree = {"x.png": b"x", "a.css": css}
    if django.VERSION >= (6, 1):
        same(tree)
        return
    with tempfile.TemporaryDirectory() as folder:
        ours = published(StaticStorage, tree, folder)
        rewritten = ours[ours["staticfiles.json"]["paths"]["a.css"]]
        hidden = css.decode().replace("url(x.png)}", 'url("x.9dd4e461268c.png")}')
        assert rewritten == hidden
