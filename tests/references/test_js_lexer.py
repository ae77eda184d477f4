"""``lading.references.js_lexer`` against a full parser, on programs made of what is hard to tell apart."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from lading.references import js
from lading.references.js_lexer import Lexer
from references import oracle_js
from references.test_oracles import lexed

_names = st.sampled_from(["a", "b", "of", "async", "$", "if_", "returned"])
_values = st.sampled_from(
    [
        "1",
        ".5",
        "1.",
        "0x1f",
        "'it\\'s // a'",
        '"/* a"',
        "`/`",
        "/'/",
        '/[/"]/g',
        "/\\/`/",
        "/=a'/",
        'import("./a.js")',
        "new URL('a', import.meta.url)",
        "this",
        "[]",
        "({})",
    ]
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def joined(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)

    operators = st.sampled_from(
        [" / ", "/", " + ", " % ", " ? a : ", " in ", " && ", " => ", "<", ">"]
    )
    return st.one_of(
        joined(inner, operators, inner),
        joined("(", inner, ")"),
        joined("(", inner, ")", " / ", inner),
        joined("[", inner, ", ...", inner, "]"),
        joined("({a: ", inner, ", return: ", inner, "})"),
        joined("`'${", inner, '}"${{b: ', inner, "}.b}`"),
        joined("(", inner, ").if(", inner, ") / ", inner),
        joined("a.return / ", inner),
        joined("b++ / ", inner),
        joined("-- b / ", inner),
        joined("typeof ", inner),
        joined("!", inner),
        joined("(() => { return ", inner, " })() / 2"),
        joined("(function () { if (a) ", inner, " })"),
        joined("(class { static a = ", inner, " })"),
        joined(inner, " /* ' */ / /* / */ ", inner),
        joined(inner, " // `\n / ", inner),
    )


_expression = st.recursive(_names | _values, _expressions, max_leaves=6)
_template = st.sampled_from(
    [
        "{};",
        "if ({}) {};",
        "if ({}) {{ {} }}",
        "while ({}) /'/.test({});",
        "for (const c of {}) {};",
        "{{ {} }} /'/.test({});",
        "switch ({}) {{ case {}: {} }}",
        "do {}; while ({})",
        "function f() {{ return {} }}",
        "label: {};",
        "if (a) {{ }} else /`/.exec({});",
        "const d = {}, e = {} / 2;",
        "/* ' */ // `",
        "throw {}",
        "",
    ]
)
_statement = st.tuples(_template, st.lists(_expression, min_size=3, max_size=3)).map(
    lambda parts: parts[0].format(*parts[1])
)


@given(st.lists(_statement, max_size=5).map("\n".join))
def test_agrees_with_a_parser(text: str) -> None:
    data = text.encode()
    parsed = oracle_js.parse(data)
    assume(not parsed.errors)
    assert lexed(data) == parsed.tokens
    assert {(r.start, r.end, r.kind) for r in js.references(data)} == parsed.urls


class _StepByStep(Lexer):
    """The lexer without its short cut past strings."""

    __slots__ = ()

    def _skip_strings(self, limit: int) -> bool:
        return False


_pieces = st.sampled_from(
    b"\" ' ` / \\ { } ( ) a import ${ /* */ // = [ ] return \"a\" '\\''".split()
)


_blanks = st.sampled_from([b"", b" ", b"\n", b"\r"])


@given(st.lists(_pieces | _blanks, min_size=1, max_size=40).map(b"".join).filter(len), st.data())
def test_passing_strings_together_is_passing_them_one_by_one(data: bytes, draw: st.DataObject):
    places = draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=6).map(sorted))
    lexer, slow = Lexer(data), _StepByStep(data)
    for at in places:
        assert lexer.reach(at) is slow.reach(at)
        if lexer.position <= at < lexer.end:
            assert lexer.token_before(at) == slow.token_before(at)
