"""State of an earlier run that is believed only if it is whole, and was kept under the same conditions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any


def seal_members(members: Iterable[tuple[str, str]], key: str) -> Iterator[str]:
    """``seal`` of an object, piece by piece, given its keys and the JSON of their values."""
    digest = hashlib.sha256(f"{key}\0".encode("utf-8", "surrogatepass"))
    for piece in _object(members):
        digest.update(piece.encode("ascii"))
        yield piece
    yield f"\n{digest.hexdigest()}"


def _object(members: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "{"
    before = ""
    for name, value in members:
        yield f"{before}{json.dumps(name)}:{value}"
        before = ","
    yield "}"


def seal(document: Any, key: str) -> str:
    """The document as ASCII text: JSON on the first line, a proof on the second. ``key`` stands for all
    that the document depends on beside what it says itself.
    """
    body = json.dumps(document, separators=(",", ":"))
    return f"{body}\n{_proof(body, key)}"


def unseal(text: str, key: str) -> Any:
    """The document that ``seal`` wrote, or ``None`` if it is damaged or was sealed with another key."""
    body, _, proof = text.partition("\n")
    return json.loads(body) if proof == _proof(body, key) else None


def _proof(body: str, key: str) -> str:
    text = f"{key}\0{body}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
