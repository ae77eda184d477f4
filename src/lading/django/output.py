"""Django's output wrappers as plain streams."""

from __future__ import annotations

from typing import IO, Any, cast

from django.core.management.base import OutputWrapper


class _Plain:
    """Writes what it is given, as it is. Django's wrapper ends each piece with a line break and paints all of
    stderr red, which tears a progress bar to pieces.
    """

    def __init__(self, wrapper: OutputWrapper) -> None:
        self._wrapper = wrapper

    def write(self, text: str) -> None:
        self._wrapper.write(text, style_func=str, ending="")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapper, name)


def plain(wrapper: OutputWrapper) -> IO[str]:
    """A command's ``stdout`` or ``stderr`` as a stream that adds nothing to what is written."""
    return cast("IO[str]", _Plain(wrapper))
