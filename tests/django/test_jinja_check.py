"""The text of a Jinja2 template -> the static paths that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from small_project import SmallProject

from lading.django.jinja import LadingExtension
from lading.django.jinja_check import uses

PLAIN = jinja2.Environment(autoescape=True)


def paths(source: str, environment: jinja2.Environment = PLAIN) -> list[str | None]:
    return [use.path for use in uses(source, "page.html", environment)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ static('a.css') }}", ["a.css"]),
        ('{{ static("css/" ~ "a.css") }}', ["css/a.css"]),
        ("{{ 'a.css'|static }}", ["a.css"]),
        ("{{ static(path) }}{{ static('a' ~ path) }}{{ static(5) }}", [None, None, None]),
        ("{{ url_for('static', filename='a.css') }}", ["a.css"]),
        ("{{ url_for('page', filename='a.css') }}{{ url_for(endpoint) }}", []),
        ("{% if a %}{% for b in c %}{{ d(static('x')) }}{% endfor %}{% endif %}", ["x"]),
        ("{% macro m() %}{% set u = static('x') %}{% endmacro %}", ["x"]),
        ("{# static('no') #}{% raw %}{{ static('no') }}{% endraw %}static('no')", []),
        ("{{ static() }}{{ other('no') }}{{ a.static('no') }}", []),
    ],
)
def test_what_is_found(source: str, expected: list[str | None]) -> None:
    assert paths(source) == expected


def test_globals_under_other_names(tmp_path: Path) -> None:
    source = "{{ asset('a') }}{{ storage.url('b') }}{{ url('c') }}{{ other('no') }}"
    with SmallProject(tmp_path).settings():
        environment = jinja2.Environment(autoescape=True)
        environment.globals.update(
            asset=static, storage=staticfiles_storage, url=staticfiles_storage.url, other=len
        )
        assert paths(source, environment) == ["a", "b", "c"]
    assert paths(source) == []


def test_functions_of_lading_itself() -> None:
    environment = jinja2.Environment(autoescape=True, extensions=[LadingExtension])
    source = "{{ integrity('a') }}{{ stylesheet('b', media='print') }}{{ script('c') }}{{ importmap('d') }}"
    assert paths(source, environment) == ["a", "b", "c"]
    assert paths(source) == []


def test_places() -> None:
    found: list[Any] = uses(
        "é\r\n ü {{ static('a.css') }}\u2028\n{{ static('b' ~ 'c') }}", "f", PLAIN
    )
    assert [(use.where, use.form) for use in found] == [
        ("f:2:14", "static('a.css')"),
        ("f:3", "static('bc')"),
    ]


def test_a_syntax_error_raises() -> None:
    with pytest.raises(jinja2.TemplateSyntaxError):
        paths("{% if %}")
