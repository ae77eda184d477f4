"""Templates rendered by Django alone: static files at ``/static/``, URLs at ``/url/NAME/``."""

from __future__ import annotations

from collections.abc import Mapping

from django.template import Context, Engine, Library
from django.template.base import Node, Parser, Token

register = Library()


class _Static(Node):
    def __init__(self, start: str, argument: object) -> None:
        self._start, self._argument = start, argument

    def render(self, context: Context) -> str:
        return self._start + str(self._argument.resolve(context))  # type: ignore[attr-defined]


@register.tag
def static(parser: Parser, token: Token) -> Node:
    _, argument = token.split_contents()
    return _Static("/static/", parser.compile_filter(argument))


@register.tag
def url(parser: Parser, token: Token) -> Node:
    _, argument = token.split_contents()
    return _Static("/url/", parser.compile_filter(argument))


def render(data: bytes, others: Mapping[str, bytes] | None = None) -> bytes:
    """What Django's engine makes of a template; ``others`` are those that it may extend."""
    loaders = [
        (
            "django.template.loaders.locmem.Loader",
            {k: v.decode() for k, v in (others or {}).items()},
        )
    ]
    engine = Engine(
        libraries={"static": __name__}, builtins=[__name__], loaders=loaders, autoescape=False
    )
    return engine.from_string(data.decode()).render(Context()).encode()
