"""Watching which static paths Django's ``static()`` is asked for while code runs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from django.conf import settings
from django.templatetags.static import StaticNode


@contextmanager
def recorded() -> Generator[list[str]]:
    """All paths given to ``static()`` meanwhile, which answers as in development: whatever storage the
    project has, and though nothing may be collected. Not for several threads.
    """
    asked: list[str] = []

    def answer(path: str) -> str:
        asked.append(str(path))
        return f"{settings.STATIC_URL}{path}"

    stock = vars(StaticNode)["handle_simple"]
    setattr(StaticNode, "handle_simple", staticmethod(answer))  # noqa: B010 - it is a class method
    try:
        yield asked
    finally:
        setattr(StaticNode, "handle_simple", stock)  # noqa: B010
