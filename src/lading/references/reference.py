"""A reference: a span of bytes in one file that names another file."""

from __future__ import annotations

from enum import Enum
from typing import Literal, NamedTuple

Kind = Literal[
    "css-url",  # url(a.png), url("a.png")
    "css-import",  # @import "a.css", @import url(a.css)
    "css-image-set",  # image-set("a.png" 1x)
    "css-src",  # src("a.png")
    "css-source-map",  # /*# sourceMappingURL=a.css.map */
    "js-import",  # import a from "./a.js", import "./a.js"
    "js-export",  # export * from "./a.js"
    "js-dynamic-import",  # import("./a.js")
    "js-resolve",  # import.meta.resolve("./a.js")
    "js-new-url",  # new URL("a.png", import.meta.url)
    "js-source-map",  # //# sourceMappingURL=a.js.map
    "svg-href",  # <use href="a.svg#b"/>
    "xml-stylesheet",  # <?xml-stylesheet href="a.css"?>
    "manifest-image",  # {"icons": [{"src": "a.png"}]}
    "html-attribute",  # <img src="a.png">
    "html-srcset",  # <img srcset="a.png 1x, b.png 2x">
    "html-import-map",  # <script type="importmap">{"imports": {"a": "./a.js"}}
]
"""What construct the reference stands in; stable names, used in findings."""

MODULE_KINDS: frozenset[Kind] = frozenset(
    {"js-import", "js-export", "js-dynamic-import", "js-resolve"}
)
"""Kinds whose URL is a module specifier: only ``/``, ``./``, ``../`` and absolute URLs name files.

https://html.spec.whatwg.org/multipage/webappapis.html#resolve-a-module-specifier
"""

DEPENDENCY_KINDS: frozenset[Kind] = frozenset({"css-import", "js-import", "js-export"})
"""Kinds that a browser always loads with the file itself (for preload lists)."""


class Notation(Enum):
    """How a URL is written at its place: what escapes are read, and written, there.

    The first four are the places where Django writes its own form around the URL, whatever the author's was.
    """

    CSS_URL = "url() in CSS"
    CSS_IMPORT = '@import "" in CSS'
    CSS_COMMENT = "/*# */ in CSS"
    JS_COMMENT = "//#"
    CSS_DOUBLE = '"" in CSS'
    CSS_SINGLE = "'' in CSS"
    CSS_BARE = "without quotes in CSS"
    COMMENT = "in a comment"
    JS_DOUBLE = '"" in JavaScript'
    JS_SINGLE = "'' in JavaScript"
    JS_TEMPLATE = "`` in JavaScript"
    JSON = '"" in JSON'
    XML = "an attribute or text in XML"
    HTML = "an attribute in HTML"


class Reference(NamedTuple):
    """``data[start:end]`` is the URL as written (without quotes), ``url`` the same with escapes resolved.

    ``outer_start`` and ``outer_end`` bound what rewriting replaces: the same span, or the whole ``url(...)``,
    ``@import "..."`` or source map comment where ``notation`` is one that Django normalises. ``in_xml``
    says that the text stands inside XML, so its characters are escaped once more as entities.
    Offsets are bytes from 0; bytes that are not UTF-8 read as U+FFFD in ``url``, as browsers do.
    """

    start: int
    end: int
    url: str
    kind: Kind
    notation: Notation
    outer_start: int
    outer_end: int
    in_xml: bool = False

    @property
    def is_module(self) -> bool:
        """Whether ``url`` is a module specifier, so that ``react`` is a package and not a file."""
        return self.kind in MODULE_KINDS

    @property
    def writes_as_django(self) -> bool:
        """Whether rewriting writes Django's form around the URL, whatever the author's was."""
        return self.notation in _DJANGO


_DJANGO = frozenset(
    (Notation.CSS_URL, Notation.CSS_IMPORT, Notation.CSS_COMMENT, Notation.JS_COMMENT)
)
