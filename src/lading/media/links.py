"""Links to private uploads that anybody may follow until they expire: signed, and the same for a while.

A link that is made anew for each page would be another URL each time, which no cache has. So time is cut into
windows: all links of one window are the same, and valid until the end of the next.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode

_BYTES: Final = 24  # of the 32 of HMAC-SHA256: 192 bits
_LONGEST: Final = 4096  # characters of a query


@dataclass(frozen=True, slots=True)
class Pass:
    """What a valid link allows: for how many more seconds, and the name to save the file as, or ``""``."""

    lifetime: int
    filename: str = ""


def sign(name: str, key: bytes, *, window: int, now: float, filename: str = "") -> str:
    """The query of a link to an upload. ``window``: seconds for which it stays the same; it is valid for one
    to two of them. ``filename``: what browsers shall save it as.
    """
    expires = (int(now) // window + 2) * window
    query = {"expires": str(expires)}
    if filename:
        query["filename"] = filename
    return urlencode({**query, "signature": _signature(name, str(expires), filename, key)})


def verify(name: str, query: str, keys: Iterable[bytes], *, now: float) -> Pass | None:
    """What the query of a link to an upload allows, ``None`` if it is not signed by one of ``keys``, was
    signed for another name, or has expired. In constant time for each key.
    """
    if len(query) > _LONGEST or "signature=" not in query:
        return None
    try:
        fields = parse_qs(query, max_num_fields=10, errors="strict")
        (expires,), (signature,) = fields["expires"], fields["signature"]
        (filename,) = fields.get("filename", [""])
        lifetime = int(expires) - int(now)
    except (KeyError, ValueError):
        return None
    given = signature.encode()
    valid = [
        hmac.compare_digest(_signature(name, expires, filename, key).encode(), given)
        for key in keys
    ]
    return Pass(lifetime, filename) if any(valid) and lifetime > 0 else None


def _signature(name: str, expires: str, filename: str, key: bytes) -> str:
    # Lengths keep one field from running into the next.
    fields = (name, expires, filename)
    text = "".join(f"{len(field)}:{field}" for field in fields)
    digest = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_BYTES]).decode()
