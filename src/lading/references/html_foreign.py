"""Where SVG and MathML begin and end in HTML, as far as tokens differ by it: ``<style>`` holds markup
there, and CDATA sections exist.

https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
"""

from __future__ import annotations

import re

# Start tags that end all foreign elements which are open.
_BREAKS_OUT = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li "
    b"listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split()
)
_VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr keygen".split()
)
# Foreign elements that hold HTML.
_HTML_INSIDE = frozenset(b"foreignobject desc title mi mo mn ms mtext".split())
_FONT = re.compile(rb"(?<![^\s/\"'])(?:color|face|size)[\s=/>]", re.IGNORECASE)
_HTML_ENCODING = re.compile(
    rb"encoding\s*+=\s*+[\"']?+(?:text/html|application/xhtml\+xml)[\"']?+", re.IGNORECASE
)


class Foreign:
    """The elements that are open from the outermost ``<svg>`` or ``<math>`` on; false when there is none."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[tuple[bytes, bool, bool]] = []  # name, is foreign, holds HTML

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def allows_cdata(self) -> bool:
        """Whether the current element is foreign."""
        return bool(self._open) and self._open[-1][1]

    def open(self, name: bytes, attributes: bytes, *, self_closing: bool) -> bool:
        """A start tag (name in lower case); whether its element is foreign."""
        if self._in_foreign_content(name):
            if name in _BREAKS_OUT or (name == b"font" and _FONT.search(attributes + b">")):
                while self._in_foreign_content(name):
                    self._open.pop()
            else:
                self._push_foreign(name, attributes, self_closing=self_closing)
                return True
        if name in (b"svg", b"math"):
            self._push_foreign(name, attributes, self_closing=self_closing)
            return True
        if self._open and name not in _VOID:
            self._open.append((name, False, False))
        return False

    def close(self, name: bytes) -> None:
        """An end tag: it closes the nearest element of its name, and what is open inside."""
        in_html = bool(self._open) and not self._open[-1][1]
        for index in range(len(self._open) - 1, -1, -1):
            other, is_foreign, _ = self._open[index]
            if in_html and is_foreign:
                return  # the end tag of SVG does not close HTML inside
            if other == name:
                del self._open[index:]
                return
            if index and is_foreign and not self._open[index - 1][1]:
                break
        if name in _BREAKS_OUT or name in (b"html", b"body"):
            while self._open and self._open[-1][1]:
                self._open.pop()

    def _in_foreign_content(self, name: bytes) -> bool:
        if not self._open or not self._open[-1][1]:
            return False
        return not self._open[-1][2] or name in (b"mglyph", b"malignmark")

    def _push_foreign(self, name: bytes, attributes: bytes, *, self_closing: bool) -> None:
        if not self_closing:
            holds_html = name in _HTML_INSIDE or (
                name == b"annotation-xml" and _HTML_ENCODING.search(attributes) is not None
            )
            self._open.append((name, True, holds_html))
