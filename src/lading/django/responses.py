"""Replies as Django's responses, with exactly the headers that were decided."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders

from lading.policy import Headers
from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.entry import Entry, Redirect
from lading.serve.files import CHUNK, OpenFile
from lading.serve.reply import Reply
from lading.serve.wsgi import HEADER_KEYS


def answer(
    entry: Entry | Redirect | None, request: HttpRequest, cache: Cache, *, asynchronous: bool
) -> HttpResponseBase:
    """The response to a request for ``entry`` (``None``: 404)."""
    meta = request.META
    reply, content = deliver(
        entry,
        request.method or "",
        {name: meta[key] for key, name in HEADER_KEYS if key in meta},
        cache,
        meta.get("QUERY_STRING", ""),
    )
    if isinstance(content, bytes):
        return response_of(reply, content)
    return FileResponse(reply, content, asynchronous=asynchronous)


def response_of(reply: Reply, content: bytes) -> HttpResponse:
    """A response whose content is in memory."""
    response = HttpResponse(content, content_type="", status=reply.status)
    response.headers = headers_of(reply.headers)
    return response


def headers_of(headers: Headers) -> ResponseHeaders:
    """Headers as Django keeps them. What was decided needs no check, which would take longer than
    all the rest.
    """
    made = ResponseHeaders({})
    store: Final = {name.lower(): (name, value) for name, value in headers}
    cast("Any", made)._store = store  # noqa: SLF001
    return made


class FileResponse(StreamingHttpResponse):
    """Parts of a large file. Under WSGI a whole file goes through ``wsgi.file_wrapper``, which Django uses
    for a response that has ``file_to_stream``; under ASGI it is read without threads where that does not
    block.
    """

    block_size = CHUNK

    def __init__(self, reply: Reply, file: OpenFile, *, asynchronous: bool) -> None:
        parts: Iterator[bytes] | AsyncIterator[bytes] = aiter(file) if asynchronous else iter(file)
        super().__init__(cast("Any", parts), content_type="", status=reply.status)
        self.headers = headers_of(reply.headers)
        self.file_to_stream = file if file.whole and not asynchronous else None
        # Django puts this response's ``close`` in the place of that of ``file_to_stream``.
        self._close_file = file.close

    def close(self) -> None:
        """Close the file. Raises ``TruncatedError`` as ``OpenFile.close``, which Django would hide from the
        server if it were one of the response's resources.
        """
        super().close()
        self._close_file()
