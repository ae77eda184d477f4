"""style sheet -> the same tokens without white space and comments, and where each came from."""

from __future__ import annotations

import contextlib
import sys

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import MissingExtraError
from lading.minify import css

STYLE = """\
/* a comment */
/*! Licence: keep */
@import url("base.css") screen;

.card > .title ,
a :hover { color : red ; margin : 0  auto ; }

@media ( min-width : 40em ) and (max-width: 60em) {
  .card { background: url( 'img/ä1.png' ) no-repeat; width: calc( 100% - ( 2px + 3px ) ); }
}
"""


def test_white_space_and_comments_go_and_the_licence_stays():
    made, _ = css.minify(STYLE)
    assert made == (
        '/*! Licence: keep */@import url("base.css") screen;'
        ".card>.title,a :hover{color:red;margin:0 auto}"
        "@media (min-width:40em) and (max-width:60em){"
        ".card{background:url('img/ä1.png') no-repeat;width:calc(100% - (2px + 3px))}}"
    )


def test_every_declaration_is_mapped_to_its_source():
    made, lines = css.minify(STYLE)
    assert len(lines) == 1
    original = STYLE.split("\n")
    leads = {
        made[segment.column :].split("{")[0].split(":")[0].split(";")[0]: (
            original[segment.source_line][segment.source_column :]
        )
        for segment in lines[0]
    }
    for name in (".card>.title,a ", "a ", "color", "red", "margin", "background", "width"):
        key = next(key for key in leads if key == name or key.startswith(name))
        assert leads[key].startswith(name.split(">")[0].strip())
    assert leads["@media (min-width"].startswith("@media")


def test_columns_are_utf_16_code_units():
    text = "a{content:'😀é';color:red}\n\n😀{x:y}"
    made, lines = css.minify(text)
    segments = {(s.column, s.source_line, s.source_column) for s in lines[0]}
    assert made == "a{content:'😀é';color:red}😀{x:y}"
    assert (16, 0, 16) in segments  # color, behind a character of two units
    assert (26, 2, 0) in segments


@pytest.mark.parametrize(
    "text",
    [
        "a { b :hover { color: red } }",  # nested: rcssmin would make b:hover of it
        '@import url( "two  words.css" );',  # it would take the spaces out of the string
        "a{b:c/*! licence in a value */d}",
        "a/**/b{c:d}",
    ],
)
def test_what_rcssmin_would_change_is_refused(text):
    import rcssmin

    with pytest.raises(ValueError, match=r"would be (lost|added)"):
        css._mapped(
            text, made := rcssmin.cssmin(text, keep_bang_comments=False), css._pairs(text, made)
        )
    if "licence" not in text:
        with pytest.raises(ValueError, match=r"would be (lost|added)"):
            css.minify(text)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", ""),
        ("a{b:c;;d:e;}", "a{b:c;d:e}"),
        ("a{--x: ;--y:;z:1}", "a{--x: ;--y: ;z:1}"),  # empty custom properties stay readable to all
        ("a{content:'x\\\ny'}", "a{content:'xy'}"),
        ("a::before { content: ' ; } ' }", "a::before{content:' ; } '}"),
        ("a{b:url( x.png )}", "a{b:url(x.png)}"),
        ("a{b:url(data:image/svg+xml;utf8,<svg>)}", "a{b:url(data:image/svg+xml;utf8,<svg>)}"),
        ("a:first-letter{b:c}", "a:first-letter {b:c}"),
        ("a { b : c !important }", "a{b:c!important}"),
        ("@page :first { margin : 0 }", "@page :first{margin:0}"),
        ("a{b:c}\n:root{x:y}", "a{b:c}:root{x:y}"),
        (".a\n.b { font : 12px / 1.5 x }", ".a .b{font:12px / 1.5 x}"),
        ("a{b:c", "a{b:c"),
        ("\ufeffa {}", "\ufeffa{}"),
    ],
)
def test_what_it_makes(text, made):
    assert css.minify(text)[0] == made


PIECES = r"""
a .b #c > + ~ * , { } ; : :hover ::before [x=y] ( ) url(x.png) url( 'a' "c d" 'x /* c */ /*! l */ /**/
color red 1px -2px + - --v: @media not and ! important \ \; é 😀
"""
pieces = st.sampled_from([*PIECES.split(), "\n", "\t", "  "])


def tokens(text: str) -> list[str]:
    """tinycss2's tokens without white space, comments and semicolons."""

    def flat(nodes):
        for node in nodes:
            if node.type in ("whitespace", "comment") or node == ";":
                continue
            inner = getattr(node, "content", getattr(node, "arguments", None))
            yield node.type if inner is not None else f"{node.type} {node.serialize()}"
            if inner is not None:
                yield from flat(inner)

    return list(flat(tinycss2.parse_component_value_list(text)))


@given(st.lists(pieces, max_size=25).map(" ".join) | st.lists(pieces, max_size=25).map("".join))
def test_what_is_accepted_has_the_same_tokens(text):
    try:
        made, _ = css.minify(text)
    except ValueError:
        return
    assert tokens(made) == tokens(text)


@pytest.mark.parametrize(
    "unit", ["/*", "a{", "(", "url(", "'", '"\\', "\\", ":", "a b ", "/*!*/", "--x:;"]
)
def test_hostile_input_ends(unit):
    """Ten thousand of anything: quadratic work would not come to an end within the test's time."""
    with contextlib.suppress(ValueError):
        css.minify(unit * 20_000)


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rcssmin", None)
    for call in (css.version, lambda: css.minify("a{}")):
        with pytest.raises(MissingExtraError) as caught:
            call()
        assert "pip install 'lading[minify]'" in str(caught.value)
