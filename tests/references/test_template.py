"""``lading.references.template``: what Django's own lexer sees, and what hides from it."""

from __future__ import annotations

import pytest
from django.template.base import DebugLexer, TokenType
from hypothesis import given
from hypothesis import strategies as st

from lading.references.html_lexer import FILLER
from lading.references.template import is_django, lex, mask, parse

PIECES = ["{%", "%}", "{{", "}}", "{#", "#}", "{", "}", "%", " ", "a", "\n", "verbatim", "'"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_tokens_are_those_of_django(text: str):
    plain = text.replace("verbatim", "verb")
    theirs = [
        token.position
        for token in DebugLexer(plain).tokenize()
        if token.token_type is not TokenType.TEXT
    ]
    assert [(t.start, t.end) for t in lex(plain.encode())] == theirs


@pytest.mark.parametrize(
    ("text", "opaque", "verbatim"),
    [
        ("a{{ b }}c", ["{{ b }}"], []),
        ("{% verbatim %}{{ a }}{% endverbatim %}", ["{% verbatim %}", "{% endverbatim %}"], ["{{ a }}"]),
        ("{% verbatim x %}{% endverbatim %}{% endverbatim x %}b",
         ["{% verbatim x %}", "{% endverbatim x %}"], ["{% endverbatim %}"]),
        ("{% comment %}{% if %}{% endcomment %}b", ["{% comment %}{% if %}{% endcomment %}"], []),
        ("{% comment %}b", ["{% comment %}b"], []),
        ("{% verbatim %}b", ["{% verbatim %}"], ["b"]),
    ],
)  # fmt: skip
def test_parse(text: str, opaque: list[str], verbatim: list[str]):
    syntax = parse(text.encode())
    assert [text[a:b] for a, b in syntax.opaque] == opaque
    assert [text[a:b] for a, b in syntax.verbatim] == verbatim


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("{% load static %}", True),
        ("{% load i18n static %}", True),
        ("{%load static%}", True),
        ("{% load static from static %}", True),
        ("{% load staticfiles %}", True),
        ("{% load get_static_prefix from static %}", False),
        ("{% load i18n %}", False),
        ("{% comment %}{% load static %}{% endcomment %}", False),
        ("{% verbatim %}{% load static %}{% endverbatim %}", False),
        ("{# {% load static %} #}", False),
    ],
)
def test_loads_static(text: str, loads: bool):
    assert parse(text.encode()).loads_static is loads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% load static %}", True),
        ("{% extends 'a' %}", True),
        ("{% comment %}a{% endcomment %}", True),
        ("{% comment %}a{% endcomment %}{% assign b = c | join: ',' %}", False),  # Liquid
        ("{% load a %}{% assign b = c %}", True),
        ("{{ name }}", False),
        ("{{#each a}}{{/each}}", False),
        ("{% if a %}{% endif %}", False),
        ("plain", False),
    ],
)
def test_is_django(text: str, expected: bool):
    assert is_django(text.encode()) is expected


def test_extends_and_verbatim():
    syntax = parse(b"{% extends 'a' %}b{% verbatim %}c{% endverbatim %}d")
    assert syntax.extends_end == 17
    assert [syntax.is_verbatim(at) for at in (0, 17, 32, 33, 60)] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_mask_keeps_offsets():
    assert mask(b"a{{ b }}c", [(1, 8)]) == b"a" + FILLER * 7 + b"c"
