"""The elements of ``{% load lading %}`` as functions in Jinja templates.

    TEMPLATES = [{
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {"extensions": ["lading.django.jinja.LadingExtension"], …},
    }]

``{{ static("img/a.png") }}``, ``{{ stylesheet("css/app.css", media="print") }}``, ``{{ importmap() }}``.
"""

from __future__ import annotations

from typing import Any, cast

from django.templatetags.static import static
from django.utils.safestring import SafeString
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

from lading.django import elements


class LadingExtension(Extension):
    """Adds the functions to an environment; a ``static`` of the project's own stays."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        functions = (elements.integrity, stylesheet, script, module, preload, importmap)
        names = cast("dict[str, Any]", environment.globals)
        names.setdefault("static", static)
        names.update({function.__name__: function for function in functions})


@pass_context
def stylesheet(context: Context, path: str, **attributes: Any) -> SafeString:
    return elements.stylesheet(path, elements.nonce_in(context), attributes)


@pass_context
def script(context: Context, path: str, **attributes: Any) -> SafeString:
    return elements.script(path, elements.nonce_in(context), attributes)


@pass_context
def module(context: Context, path: str, **attributes: Any) -> SafeString:
    return elements.module(path, elements.nonce_in(context), attributes)


@pass_context
def preload(context: Context, path: str, **attributes: Any) -> SafeString:
    return elements.preload(path, elements.nonce_in(context), attributes)


@pass_context
def importmap(context: Context, *patterns: str) -> SafeString:
    return elements.import_map(patterns, elements.nonce_in(context))
