"""Answers to range requests: 206 with one part or several, 416 (RFC 9110 §14, §15.3.7, §15.5.17)."""

from __future__ import annotations

import hashlib

from lading.serve.entry import Representation
from lading.serve.errors import error
from lading.serve.ranges import Span, resolve
from lading.serve.reply import Reply


def partial(source: Representation, value: str) -> Reply:
    """The answer to a ``Range`` header, the whole if that is to be ignored.

    Ranges count in the bytes of the selected representation, so in those of the encoded variant where one
    was chosen (RFC 9110 §14.1.2): its entity tag is its own, so no client joins bytes of two codings.
    """
    spans = resolve(value, source.size)
    if spans is None:
        return source.whole
    if not spans:
        unsatisfied = (("Content-Range", f"bytes */{source.size}"),)
        return error(416, source.headers, unsatisfied)
    if len(spans) == 1:
        return _single(source, spans[0])
    if source.coding or not source.etag:
        # Clients would decode the whole multipart body, not each part; so send what all understand.
        return source.whole
    return _several(source, spans)


def _single(source: Representation, span: Span) -> Reply:
    start, stop = span
    headers = (
        *source.whole.headers[:-1],  # which are made once; the last is the length
        ("Content-Range", f"bytes {start}-{stop - 1}/{source.size}"),
        ("Content-Length", str(stop - start)),
    )
    return Reply(206, headers, source, (span,))


def _several(source: Representation, spans: list[Span]) -> Reply:
    """``multipart/byteranges`` (RFC 9110 §14.6). The boundary comes from the entity tag, which no file
    can hold by accident: it is a digest of the file.
    """
    boundary = hashlib.sha256(source.etag.encode()).hexdigest()[:32]
    headers = dict(source.own_headers())
    media_type = headers.pop("Content-Type", "")
    parts: list[bytes | Span] = []
    for start, stop in spans:
        head = f"\r\n--{boundary}\r\n"
        if media_type:
            head += f"Content-Type: {media_type}\r\n"
        head += f"Content-Range: bytes {start}-{stop - 1}/{source.size}\r\n\r\n"
        parts += (head.encode("latin-1"), (start, stop))
    parts.append(f"\r\n--{boundary}--\r\n".encode("ascii"))
    reply = Reply(206, (), source, tuple(parts))
    reply.headers = (
        ("Content-Type", f"multipart/byteranges; boundary={boundary}"),
        *headers.items(),
        ("Content-Length", str(reply.length)),
    )
    return reply
