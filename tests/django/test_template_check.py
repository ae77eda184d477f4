"""The text of a template -> the static paths that it names, with their places."""

from __future__ import annotations

import re
from typing import Any

import pytest
import small_project  # noqa: F401 - configures Django
from django.template import Engine, TemplateSyntaxError
from django.template.base import Node
from django.template.library import Library
from django.templatetags.static import StaticNode
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from lading.django.template_check import lexed_uses, uses
from lading.django.uses import Use

register = Library()


class Hidden(Node):
    """Keeps its content where no walk over node lists looks for it."""

    def __init__(self, kept: Any) -> None:
        self.kept = {"inside": [kept]}


@register.tag
def hidden(parser: Any, token: Any) -> Hidden:
    kept = parser.parse(("endhidden",))
    parser.delete_first_token()
    return Hidden(kept)


class VersionedNode(StaticNode):
    def url(self, context: Any) -> str:
        return self.handle_simple(f"v5/{self.path.resolve(context)}")


class AngryNode(StaticNode):
    def url(self, context: Any) -> str:
        raise RuntimeError("no")


register.tag("versioned", VersionedNode.handle_token)
register.tag("angrily", AngryNode.handle_token)


@register.filter
def angry(value: str) -> str:
    raise RuntimeError("no")


STATIC = "django.templatetags.static"
LIBRARIES = {
    "static": STATIC,
    "i18n": "django.templatetags.i18n",
    "own": __name__,
}
ENGINE = Engine(libraries=LIBRARIES)
WITH_STATIC_URL = Engine(
    libraries=LIBRARIES, context_processors=["django.template.context_processors.static"]
)


def find(source: str, engine: Engine = ENGINE) -> list[Use]:
    return uses("{% load static i18n own %}" + source, "page.html", engine)


def paths(source: str, engine: Engine = ENGINE) -> list[str | None]:
    return [use.path for use in find(source, engine)]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("{% static 'a.css' %}", "a.css"),
        ('{% static "a b.css" %}', "a b.css"),
        ('{%static   "a.css"   as   url   %}', "a.css"),
        ("{% static 'it\\'s.css' %}", "it's.css"),
        ("{% static 'css/'|add:'a.css' %}", "css/a.css"),
        ("{% static 'A.CSS'|lower %}", "a.css"),
        ("{% static _('de.css') %}", "de.css"),
        ("{% static path %}", None),
        ("{% static path|default:'a.css' %}", None),
        ("{% static 'css/'|add:name %}", None),
        ("{% static 'a.css'|angry %}", None),
        ("{% static 5 %}", None),
    ],
)
def test_the_path_of_a_tag(source: str, path: str | None) -> None:
    assert paths(source) == [path]


@pytest.mark.parametrize(
    "source",
    [
        (
            "{% if a %}{% for b in c %}{% static 'x' %}{% empty %}{% static 'y' %}{% endfor %}{% else %}"
            "{% with d=1 %}{% static 'z' %}{% endwith %}{% endif %}"
        ),
        (
            "{% block a %}{% static 'x' %}{% block b %}{% static 'y' %}{% endblock %}{% endblock %}"
            "{% autoescape off %}{% static 'z' %}{% endautoescape %}"
        ),
        (
            "{% filter upper %}{% static 'x' %}{% endfilter %}{% spaceless %}{% static 'y' %}"
            "{% endspaceless %}{% language 'de' %}{% static 'z' %}{% endlanguage %}"
        ),
        (
            "{% hidden %}{% static 'x' %}{% hidden %}{% static 'y' %}{% endhidden %}{% endhidden %}"
            "{% static 'z' %}"
        ),
        (
            "{% verbatim %}{% static 'no' %}{% endverbatim %}{% static 'x' %}{# {% static 'no' %} #}"
            "{% static 'y' %}{% comment %}{% static 'no' %}{% endcomment %}{% static 'z' %}"
        ),
        (
            "{% verbatim a %}{% verbatim %}{% static 'no' %}{% endverbatim %}{% static 'no' %}"
            "{% endverbatim a %}{% static 'x' %}{% static 'y' %}{% static 'z' %}"
        ),
    ],
    ids=["flow", "blocks", "wrappers", "hidden", "comments", "named verbatim"],
)
def test_tags_are_found_wherever_they_are_compiled_and_nowhere_else(source: str) -> None:
    assert sorted(p for p in paths(source) if p) == ["x", "y", "z"]


def test_tags_that_change_the_path_before_they_look_it_up() -> None:
    source = "{% versioned 'a.css' %}{% versioned x %}{% angrily 'a.css' %}"
    with override_settings(STATIC_URL="static/"):
        assert paths(source) == ["v5/a.css", None, None]


def test_what_stands_in_an_if_is_conditional() -> None:
    found = find(
        "{% static 'a' %}{% for x in y %}{% if z %}{% with q=1 %}{% static 'b' %}{% endwith %}"
        "{% else %}{% static 'c' %}{% endif %}{% static 'd' %}{% endfor %}"
    )
    assert [use.path for use in found if use.is_conditional] == ["b", "c"]
    assert [use.path for use in found if not use.is_conditional] == ["a", "d"]


def test_an_extended_template_is_not_needed() -> None:
    found = uses(
        "{% extends 'no.html' %}{% load static %}{% block a %}{% static 'x' %}{% endblock %}"
        "{% include 'no.html' with path='y' %}",
        "page.html",
        ENGINE,
    )
    assert [use.path for use in found] == ["x"]


@pytest.mark.parametrize(
    ("source", "after", "continues"),
    [
        ("{% static 'img/' %}a.png", "a.png", False),
        ("'{% static 'img/' %}a b.png'", "a", False),
        ('"{% static "img/" %}"', "", False),
        ("{% static 'img/' %}{{ x }}.png", "", True),
        ("{% static 'img/' %}flags/{{ x }}.png", "flags/", True),
        ("{% static 'img/' %}{% if x %}a{% endif %}", "", True),
        ("{% if x %}{% static 'a' %}{% else %}{% endif %}", "", False),
        ("{% for x in y %}{% static 'img/' %}a{% endfor %}", "a", False),
        ("`{% static 'img/' %}${name}.png`", "", True),
        ("{% static 'img/' %}{# why #}a.png", "", False),
        ("{% static 'a.svg' %}#icon", "", False),
        ("{% static 'a.js' %}?v={{ x }}", "", False),
        ("url({% static 'img/' %}a.png)", "a.png", False),
        ("See {% static 'img/' %}a.png.", "a.png", False),
        ("{% static 'img/' %}$a{b}.png", "$a{b}.png", False),
        ("{% static 'img/' %}a.png &amp;", "a.png", False),
        ("{% static 'img/' %}a&quot;", "a", False),
        ("{% static 'img/' as base %}{{ base }}a.png", "", False),
    ],
)
def test_the_text_after_a_tag(source: str, after: str, continues: bool) -> None:
    (use,) = find(source)
    assert (use.after, use.continues) == (after, continues)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% get_static_prefix %}css/a.css", [("", "css/a.css", False)]),
        ('"{% get_static_prefix %}"', [("", "", False)]),
        ("{% get_static_prefix %}{{ x }}", [(None, "", False)]),
        ("{% get_static_prefix %}css/{{ x }}", [("", "css/", True)]),
        ("{% get_static_prefix as root %}{{ root }}a.css {{ other }}b.css", [("", "a.css", False)]),
        ("{% get_media_prefix %}a.css{% get_media_prefix as m %}{{ m }}b.css", []),
        ("{{ STATIC_URL }}a.css", []),
    ],
)
def test_the_prefix(source: str, expected: list[tuple[Any, ...]]) -> None:
    found = find(source)
    assert [(use.path, use.after, use.continues) for use in found] == expected
    assert all(use.is_plain or use.path is None for use in found)


def test_static_url_of_the_context_processor() -> None:
    (use,) = find("{{ STATIC_URL }}a.css", WITH_STATIC_URL)
    assert (use.path, use.after, use.is_plain) == ("", "a.css", True)


def test_places_are_of_the_source() -> None:
    found = uses("{% load static %}é\n\n  ü{% static 'a' %}{% static\t'b' %}", "x.html", ENGINE)
    assert [use.where for use in found] == ["x.html:3:4", "x.html:3:20"]
    assert [use.form for use in found] == ["{% static 'a' %}", "{% static 'b' %}"]


def test_a_long_tag_is_told_shortened() -> None:
    (use,) = find("{% static '" + 200 * "a" + "' %}")
    assert len(use.form) == 101
    assert use.path == 200 * "a"


def test_a_template_that_does_not_compile_raises() -> None:
    with pytest.raises(TemplateSyntaxError):
        find("{% static 'a' %}{% nosuch %}")
    with pytest.raises(TemplateSyntaxError):
        find("{% static %}")


def test_tags_of_lading_itself() -> None:
    source = (
        "{% integrity 'a' %}{% stylesheet 'b' media='print' %}{% script path='c' defer=True %}"
        "{% module 'd' as e %}{% preload f %}{% importmap 'g' %}"
    )
    engine = Engine(libraries=LIBRARIES, builtins=["lading.django.templatetags.lading"])
    found = uses(source, "page.html", engine)
    assert [use.path for use in found] == ["a", "b", "c", "d", None]
    assert not any(use.after or use.continues for use in found)


def test_what_can_be_read_without_compiling() -> None:
    found = lexed_uses(
        "{% load nosuch %}{% static 'a.css' %}{% static \"b.css\" as b %}/c{% static d %}\n"
        "{% comment %}{% static 'no' %}{% endcomment %}{# {% static 'no' %} #}"
        "{% verbatim %}{% static 'no' %}{% endverbatim %}{% static 'e'|upper %}{% statics 'no' %}",
        "page.html",
    )
    assert [(use.path, use.line, use.column) for use in found] == [
        ("a.css", 1, 18),
        ("b.css", 1, 38),
        (None, 1, 65),
        (None, 2, 118),
    ]
    assert [use.after for use in found] == ["", "", "", ""]


@given(st.lists(st.text(st.characters(blacklist_characters="'\"\\%{}#\n\r", codec="utf-8"))))
def test_any_literal_is_given_back_as_it_stands(literals: list[str]) -> None:
    source = "{% load static %}" + "\n".join(f"<{{% static '{text}' %}}>" for text in literals)
    for found in (uses(source, "f", ENGINE), lexed_uses(source, "f")):
        assert [use.path for use in found] == literals
        starts = [match.start() for match in re.finditer("{% static '", source)]
        assert [(use.line, use.column) for use in found] == [
            (source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at)) for at in starts
        ]
