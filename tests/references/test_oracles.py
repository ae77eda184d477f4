"""What is found in real packages, and in a corpus of hard cases, against full parsers.

The packages are those of ``bench/trees.toml``, which ``python bench/trees.py fetch`` fetches;
``LADING_TREES`` names another folder of packages. Files with equal content are compared once.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.references import css, js
from lading.references.js_lexer import Lexer
from references import oracle_css, oracle_js

CORPUS = Path(__file__).parent / "corpus"
REPOSITORY = Path(__file__).parents[2]
TREES = Path(os.environ.get("LADING_TREES") or REPOSITORY / "bench" / ".cache" / "trees")
PACKAGES = sorted(path.name for path in TREES.iterdir() if path.is_dir()) if TREES.is_dir() else []


class _Recorder(Lexer):
    """The lexer, noting what it takes for comments, regular expressions and pieces of templates."""

    __slots__ = ("spans",)

    def __init__(self, data: bytes) -> None:
        self.spans: set[tuple[int, int]] = set()
        super().__init__(data)

    def _skip(self, start: int, end: int) -> None:
        self.spans.add((start, end))
        super()._skip(start, end)


def lexed(data: bytes) -> set[tuple[int, int]]:
    """The comments and regular expressions that Lading's lexer sees."""
    recorder = _Recorder(data)
    recorder.reach(len(data))
    return {span for span in recorder.spans if data.startswith(b"/", span[0])}


def disagreements_in_js(data: bytes) -> list[str]:
    """Each with what stands there."""
    theirs = oracle_js.parse(data)
    ours = {(r.start, r.end, r.kind) for r in js.references(data)}
    tokens = {span for span in theirs.tokens if data.startswith(b"/", span[0])}
    return [
        *(f"only the parser: {kind} {data[s - 20 : e]!r}" for s, e, kind in theirs.urls - ours),
        *(f"only Lading: {kind} {data[s - 20 : e]!r}" for s, e, kind in ours - theirs.urls),
        *(f"only the parser's token: {data[s:e]!r}" for s, e in tokens - lexed(data)),
        *(f"only Lading's token: {data[s:e]!r}" for s, e in lexed(data) - tokens),
    ]


def disagreements_in_css(data: bytes) -> list[str]:
    theirs = oracle_css.references(data)
    ours = [(reference.url, str(reference.kind)) for reference in css.references(data)]
    return (
        []
        if theirs == ours
        else [f"only the parser: {set(theirs) - set(ours)}; only Lading: {set(ours) - set(theirs)}"]
    )


# Every disagreement, with the reason for which the parser is wrong: file -> what is reported.
EXPLAINED: dict[str, list[str]] = {
    # "() => {}" and a new line: no operator may follow, so a semicolon is inserted and the slash begins a
    # regular expression (ECMA-262 §12.10.1). V8 reads it so; tree-sitter takes it for a division.
    "regex.js": ["only Lading's token: b\"/'/\""],
}


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_corpus(path: Path) -> None:
    data = path.read_bytes()
    is_css = path.suffix == ".css"
    found = css.references(data) if is_css else js.references(data)
    # Each file names its own references.
    expected = re.findall(r"\byes-\d+", data.decode().replace("\\", ""))
    assert [re.search(r"\b(?:yes|no)-\d+", r.url)[0] for r in found] == expected
    disagreements = disagreements_in_css(data) if is_css else disagreements_in_js(data)
    assert disagreements == EXPLAINED.get(path.name, [])


def test_the_trees_are_there() -> None:
    """Where continuous integration runs, every pinned package has been fetched."""
    pinned = tomllib.loads((REPOSITORY / "bench" / "trees.toml").read_text())
    if not PACKAGES and not os.environ.get("CI"):
        pytest.skip(f"no packages in {TREES}; `python bench/trees.py fetch` fetches them")
    assert PACKAGES if os.environ.get("LADING_TREES") else set(PACKAGES) >= set(pinned)


def _files(package: str, pattern: str) -> Iterator[tuple[str, bytes]]:
    seen: set[bytes] = set()
    for folder, _, names in sorted(os.walk(TREES / package)):
        for name in sorted(names):
            if re.fullmatch(pattern, name):
                data = Path(folder, name).read_bytes()
                digest = hashlib.sha256(data).digest()
                if digest not in seen:
                    seen.add(digest)
                    yield os.path.relpath(os.path.join(folder, name), TREES), data


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_packages_scripts(package: str) -> None:
    found = {
        path: wrong
        for path, data in _files(package, r".*\.[cm]?js")
        if (wrong := disagreements_in_js(data))
    }
    assert found == {path: EXPLAINED[path] for path in found if path in EXPLAINED}


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_packages_style_sheets(package: str) -> None:
    found = {
        path: wrong
        for path, data in _files(package, r".*\.css")
        if (wrong := disagreements_in_css(data))
    }
    assert found == {path: EXPLAINED[path] for path in found if path in EXPLAINED}
