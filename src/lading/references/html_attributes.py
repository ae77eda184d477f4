"""Which attributes of HTML and SVG carry URLs, and what for.

https://html.spec.whatwg.org/multipage/indices.html#attributes-3
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Role = Literal["file", "link", "data", "base", "module", "css", "action", "identity", "meta"]
"""What a URL is for.

``file``: the browser fetches it with the page (``<img src>``). ``link``: it may also be a page
(``<a href>``, ``<iframe src>``). ``data``: a script may use it (``data-src``). ``meta``: other sites fetch
it (``og:image``). ``base``: others start from it. ``module``: a module specifier. ``css``: the value is CSS.
``action``: it takes data. ``identity``: it names the page itself or a variant (``canonical``).
"""

_FILES = frozenset(
    {
        (b"img", b"src"),
        (b"img", b"srcset"),
        (b"source", b"src"),
        (b"source", b"srcset"),
        (b"script", b"src"),
        (b"video", b"src"),
        (b"video", b"poster"),
        (b"audio", b"src"),
        (b"track", b"src"),
        (b"link", b"imagesrcset"),
    }
)
_LINKS = frozenset(
    {
        (b"a", b"href"),
        (b"area", b"href"),
        (b"iframe", b"src"),
        (b"frame", b"src"),
        (b"embed", b"src"),
        (b"object", b"data"),
    }
)
_ACTIONS = frozenset({(b"form", b"action"), (b"button", b"formaction"), (b"input", b"formaction")})
# Elements of SVG that fetch what their href names (SVG 2 §"Linking").
_SVG_FETCHES = frozenset(
    b"feimage filter image lineargradient mpath pattern radialgradient script textpath use".split()
)
# Attributes of SVG whose value is CSS (SVG 2 §"Presentation attributes").
_SVG_CSS = frozenset(
    b"fill stroke filter mask clip-path marker marker-start marker-mid marker-end cursor".split()
)
# How attributes with URLs are called where no standard has them: on elements that a script makes
# (``<model-viewer src>``), and where a script reads them (``ng-src``). One with a colon holds code.
_CUSTOM = (b"src", b"srcset", b"href", b"poster")
_HREFS = (b"href", b"xlink:href")
# Values of rel whose target is fetched as a file.
_REL_FILES = frozenset(
    b"stylesheet icon apple-touch-icon apple-touch-icon-precomposed apple-touch-startup-image mask-icon "
    b"fluid-icon image_src manifest modulepreload preload".split()
)
# Properties (Open Graph, Twitter, Microsoft) whose content is the address of a file.
_META_FILES = frozenset(
    b"og:image og:image:url og:image:secure_url og:video og:video:url og:video:secure_url og:audio "
    b"og:audio:url og:audio:secure_url twitter:image twitter:image:src image thumbnail thumbnailurl "
    b"msapplication-tileimage msapplication-config msapplication-square70x70logo "
    b"msapplication-square150x150logo msapplication-square310x310logo msapplication-wide310x150logo".split()
)
# The name of a file: it ends in an extension, with no character that file names hardly have.
_FILE_NAME = re.compile(rb"""[^\r\n\t<>{}"|^`*?#]{1,1000}\.[A-Za-z0-9]{1,8}\s*+(?:[?#].*)?+""")


def role_of(
    element: bytes, attribute: bytes, values: Mapping[bytes, bytes], *, foreign: bool
) -> Role | None:
    """The role of the URL in an attribute, or ``None`` when it has none. Names are in lower case;
    ``values`` are the element's attributes, as written.
    """
    if attribute == b"style":
        return "css"
    if attribute.startswith(b"data-"):
        return "data" if _may_name_a_file(attribute, values[attribute]) else None
    if foreign:
        return _foreign(element, attribute)
    here = (element, attribute)
    if here in _FILES:
        return "file"
    if here in _LINKS:
        return "link"
    if here in _ACTIONS:
        return "action"
    if attribute == b"background":
        return "file"
    if element == b"link" and attribute == b"href":
        return _link(values.get(b"rel", b"").lower().split())
    if element == b"meta" and attribute == b"content":
        return _meta(values)
    if here == (b"input", b"src") and values.get(b"type", b"").strip().lower() == b"image":
        return "file"
    if element == b"base" and attribute == b"href":
        return "base"
    if attribute.endswith(_CUSTOM) and b":" not in attribute:
        return "data" if _may_name_a_file(attribute, values[attribute]) else None
    return None


def _foreign(element: bytes, attribute: bytes) -> Role | None:
    if attribute in _SVG_CSS:
        return "css"
    if attribute not in _HREFS:
        return None
    if element == b"a":
        return "link"
    return "file" if element in _SVG_FETCHES else None


def _link(rel: list[bytes]) -> Role:
    if not _REL_FILES.isdisjoint(rel):
        return "file"
    return "identity" if b"canonical" in rel or b"alternate" in rel else "link"


def _meta(values: Mapping[bytes, bytes]) -> Role | None:
    if values.get(b"http-equiv", b"").strip().lower() == b"refresh":
        return "link" if b"url" in values[b"content"].lower() else None
    names = (values.get(name, b"").strip().lower() for name in (b"property", b"name", b"itemprop"))
    return "meta" if any(name in _META_FILES for name in names) else None


def _may_name_a_file(attribute: bytes, value: bytes) -> bool:
    if len(value) > 4096:
        return False
    if attribute.endswith(b"srcset") or b"url(" in value.lower():
        return True
    return _FILE_NAME.fullmatch(value) is not None
