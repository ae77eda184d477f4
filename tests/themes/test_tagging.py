"""``lading.themes.tagging``: a page -> the template."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references.html import HtmlReference
from lading.references.lines import Lines
from lading.themes.deciding import Decider
from lading.themes.site import Site
from lading.themes.tagging import Braces, Keep, Static, Tagged, Url, tag
from themes.rendering import render

FILES = {
    "a.css", "a.js", "a.png", "b.png", "b c.png", "it's.png", "x/d.png", "é.png", "o(1).png",
    "about.html", "index.html", "x/index.html", "a%}b.png", 'q".png',
}  # fmt: skip
SITE = Site(FILES, {"about.html": "about", "index.html": "index", "x/index.html": "x-index"})


def tagged(data: bytes, page: str = "page.html", braces: Braces = "auto") -> Tagged:
    return tag(data, Decider(SITE, page, page, Lines(data), "t", "t/"), braces)


def body(text: str, page: str = "page.html", braces: Braces = "auto") -> str:
    """The tagged text without the line that loads the tag."""
    done = tagged(text.encode(), page, braces).data.decode()
    return done.removeprefix("{% load static %}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<img src=a.png>", "<img src={% static 't/a.png' %}>"),
        ('<img src="a.png">', """<img src="{% static 't/a.png' %}">"""),
        ("<img src='a.png'>", """<img src='{% static "t/a.png" %}'>"""),
        ("<IMG  SRC = ' a.png ' />", """<IMG  SRC = ' {% static "t/a.png" %} ' />"""),
        ("<img src='a.png?b=1&amp;c#d'>", """<img src='{% static "t/a.png" %}?b=1&amp;c#d'>"""),
        ("<img src='b%20c.png'>", """<img src='{% static "t/b c.png" %}'>"""),
        ("<img src='b c.png'>", """<img src='{% static "t/b c.png" %}'>"""),
        ("<img src='./x/../a.png'>", """<img src='{% static "t/a.png" %}'>"""),
        ("<img src='/a.png'>", """<img src='{% static "t/a.png" %}'>"""),
        ("<img src='../../x/d.png'>", """<img src='{% static "t/x/d.png" %}'>"""),
        ("<base href='../x/'><img src=d.png>", "<base href='../x/'><img src={% static 't/x/d.png' %}>"),
        ("<img src='x\\d.png'>", """<img src='{% static "t/x/d.png" %}'>"""),
        ("<img src='&#x61;.png'>", """<img src='{% static "t/a.png" %}'>"""),
        ("<img src='%C3%A9.png'>", """<img src='{% static "t/é.png" %}'>"""),
        ('<img src="it\'s.png">', """<img src="{% static "t/it's.png" %}">"""),
        ("<img src='q%22.png'>", """<img src='{% static 't/q".png' %}'>"""),
        ("<img src='o(1).png'>", """<img src='{% static "t/o(1).png" %}'>"""),
        ("<img srcset='a.png, b.png 2x'>",
         """<img srcset='{% static "t/a.png" %}, {% static "t/b.png" %} 2x'>"""),
        ("<a href=about.html#team>", "<a href={% url 't:about' %}#team>"),
        ("<a href='index.html?a=1'>", """<a href='{% url "t:index" %}?a=1'>"""),
        ("<a href='/'>", """<a href='{% url "t:index" %}'>"""),
        ("<a href='./'>", """<a href='{% url "t:index" %}'>"""),
        ("<a href='x'>", """<a href='{% url "t:x-index" %}'>"""),
        ("<a href='A.PNG'>", """<a href='{% static "t/a.png" %}'>"""),
        ("<p style='a:url(a.png)'>", """<p style='a:url({% static "t/a.png" %})'>"""),
        ('<p style="a:url(\'a.png\')">', """<p style="a:url('{% static 't/a.png' %}')">"""),
        ("<style>a{b:url(a.png#c)}</style>", """<style>a{b:url({% static 't/a.png' %}#c)}</style>"""),
        ("<script type=module>import './a.js'</script>",
         """<script type=module>import '{% static "t/a.js" %}'</script>"""),
        ("<div data-bg=a.png data-no=z.png>", "<div data-bg={% static 't/a.png' %} data-no=z.png>"),
        ("<meta http-equiv=refresh content='0;url=about.html'>",
         """<meta http-equiv=refresh content='0;url={% url "t:about" %}'>"""),
        ("<base href='x/'><img src=d.png>", "<base href='x/'><img src={% static 't/x/d.png' %}>"),
    ],
)  # fmt: skip
def test_changes(before: str, after: str):
    assert body(before) == after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<img src=http://a/b.png>", "another site"),
        ("<img src=//a/b.png>", "another site"),
        ("<a href=mailto:a@b>", "mailto:"),
        ("<a href='?page=2'>", "the page itself"),
        ("<img src=z.png>", "no file"),
        ("<img src=../z.png>", "leads out"),
        ("<img src=file:///C:/a.png>", "another computer"),
        ("<img src='C:\\a.png'>", "another computer"),
        ("<form action=about.html>", "forms"),
        ("<link rel=canonical href=about.html>", "own address"),
        ("<base href=http://a/><img src=a.png>", "<base>"),
        ("<script type=module>import 'vue'</script>", "package"),
        ("<img src='a%25%7Db.png'>", "no template tag"),
        ("<style>a{b:url('it\\'s.png')}</style>", "no template tag"),
        ("<p style='a:url(o\\(1\\).png)'>", "no template tag"),
        ("<img src='i/{{ a }}.png'>", "braces"),
        ("{{ '<img src=a.png>' }}", "braces"),
    ],
)
def test_leaves(text: str, reason: str):
    done = tagged(text.encode(), braces="literal")
    assert done.changes == []
    assert reason in done.left[-1].reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<img src=a.png>", "{% load static %}\n<img src=#>"),
        ("\ufeff<img src=a.png>", "\ufeff{% load static %}\n<img src=#>"),
        ("<p>\r\n<img src=a.png>", "{% load static %}\r\n<p>\r\n<img src=#>"),
        ("<?xml version='1.0'?>\n<img src=a.png>", "<?xml version='1.0'?>\n{% load static %}\n<img src=#>"),
        ("{% extends 'a' %}\n<img src=a.png>", "{% extends 'a' %}\n{% load static %}\n<img src=#>"),
        ("{% load static %}<img src=a.png>", "{% load static %}<img src=#>"),
        ("{% load i18n %}<img src=a.png>", "{% load static %}\n{% load i18n %}<img src=#>"),
        ("<a href=about.html>", "<a href={% url 't:about' %}>"),
    ],
)  # fmt: skip
def test_where_the_tag_is_loaded(before: str, after: str):
    done = tagged(before.encode()).data.decode()
    assert done == after.replace("#", "{% static 't/a.png' %}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{{ a }}", "{% verbatim %}{{ a }}{% endverbatim %}"),
        ("{{#if a}}b{{/if}}", "{% verbatim %}{{#if a}}b{{/if}}{% endverbatim %}"),
        ("{# a #} {% b %}", "{% verbatim %}{# a #} {% b %}{% endverbatim %}"),
        ("{{ a }}<img src=a.png>{{ b }}",
         "{% verbatim %}{{ a }}{% endverbatim %}<img src=#>{% verbatim %}{{ b }}{% endverbatim %}"),
        ("{{ a", "{{ a"),
        ("{% <img src=a.png>", "{% templatetag openblock %} <img src=#>"),
        ("{%\n<img src=a.png>", "{%\n<img src=#>"),
        ("{{{ a }}}", "{% verbatim %}{{{ a }}{% endverbatim %}}"),
    ],
)  # fmt: skip
def test_braces_of_the_theme_are_text(before: str, after: str):
    assert body(before, braces="literal") == after.replace("#>", "{% static 't/a.png' %}>")


@pytest.mark.parametrize(
    "text",
    [
        "{% load static %}<img src={% static 'a.png' %}>{{ name }}",
        "{% extends 'a' %}{% block b %}<a href='{{ url }}'>{% endblock %}",
        "{% load static %}<img src='i/{{ a }}.png'>",
        "{% load i18n %}{% comment %}<img src=a.png>{% endcomment %}{# <img src=a.png> #}",
        "{% load i18n %}{% verbatim %}<img src=a.png>{% endverbatim %}",
    ],
)
def test_templates_of_django_stay(text: str):
    assert tagged(text.encode()).data == text.encode()


def test_what_is_told():
    done = tagged(b"<p>\n<img src=A.png>\n<img src=z.png>")
    assert [(c.line, c.place, c.before, c.after) for c in done.changes] == [
        (2, "<img src>", "A.png", "{% static 't/a.png' %}")
    ]
    assert [(kept.line, kept.url) for kept in done.left] == [(3, "z.png")]


PIECES = st.lists(
    st.sampled_from(
        [
            "<img src=a.png>", '<a href="about.html#x">', "<p style='a:url(a.png)'>", "text",
            "<img srcset='a.png 1x, b.png'>", "{{ a }}", "{{", "}}", "{%", "%}", "{#", "#}", "{", "}",
            "{% verbatim %}", "{% endverbatim %}", "<!-- ", "-->", "\n", "\r\n", " ", "<script>",
            "</script>", "<style>", "</style>", "é", "'", '"', ">", "<svg>", "</svg>",
            "{{ x }}<img src='b.png'>{{ y }}", "<base href=x/>",
        ]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(PIECES)
def test_with_nothing_to_change_the_page_is_the_same(text: str):
    data = re.sub("[{}]", "", text).encode()
    assert tag(data, lambda _: Keep("")).data == data


@given(PIECES, st.sampled_from(["literal", "django"]))
def test_tagging_twice_equals_once(text: str, braces: Braces):
    once = tagged(text.encode(), braces=braces).data
    assert tagged(once, braces="django").data == once


@given(PIECES)
def test_what_django_renders_is_the_page(text: str):
    """With braces as text: but for the URLs, every byte is there."""
    data = text.encode()
    decide = Decider(SITE, "page.html", "page.html", Lines(data), "t", "t/")
    expected: list[bytes] = []
    position = 0

    def watch(found: HtmlReference) -> Static | Url | Keep:
        nonlocal position
        decision = decide(found)
        if not isinstance(decision, Keep):
            url = (
                f"/static/{decision.path}"
                if isinstance(decision, Static)
                else f"/url/{decision.name}"
            )
            expected.extend((data[position : found.reference.start], url.encode()))
            position = found.path_end
        return decision

    done = tag(data, watch, "literal")
    first_line = b""
    if done.data.startswith(b"{% load static %}"):
        first_line = b"\r\n" if done.data.startswith(b"{% load static %}\r\n") else b"\n"
    assert render(done.data) == first_line + b"".join([*expected, data[position:]])
