"""What an HTML page makes a browser load: enough of its tags to know that."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin

_LIMIT: Final = 1 << 20  # bytes of a page that are looked at
_MOST: Final = 400  # loaded URLs that are looked at

# Bounded repetitions: linear in the length of a page, whatever it holds.
_TAG: Final = re.compile(
    r"<(link|script|img|source|video|audio|track|iframe|embed)\b([^<>]{0,8192})", re.IGNORECASE
)
_ATTRIBUTE: Final = re.compile(
    r"""(?<![\w-])(src|href|rel)\s{0,9}=\s{0,9}(?:"([^"]{0,4096})"|'([^']{0,4096})'|([^\s"'>]{1,4096}))""",
    re.IGNORECASE,
)
_LOADED: Final = frozenset(
    {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
)


def loaded(body: bytes, base: str) -> list[str]:
    """The URLs that a page at ``base`` loads by its tags, whole and each once, in its order."""
    found: dict[str, None] = {}
    for url in _urls(body[:_LIMIT].decode("utf-8", "replace")):
        try:
            found.setdefault(urljoin(base, url))
        except ValueError:
            continue  # no URL at all, as browsers find too
        if len(found) == _MOST:
            break
    return list(found)


def _urls(text: str) -> Iterator[str]:
    for tag in _TAG.finditer(text):
        attributes: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(tag[2]):
            attributes.setdefault(name.lower(), html.unescape(double or single or bare).strip())
        if tag[1].lower() == "link":
            if _LOADED & {*attributes.get("rel", "").lower().split()}:
                yield from filter(None, [attributes.get("href")])
        elif url := attributes.get("src"):
            yield url
