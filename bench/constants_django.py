"""The answers of `bench.constants` through Django: what any middleware that serves files can do at most.

They come from a middleware, since what serves files answers there, before URLs are resolved.
"""

from __future__ import annotations

from asgiref.sync import iscoroutinefunction
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.decorators import sync_and_async_middleware

from bench.constants import chunks, large_file, ready, stream


@sync_and_async_middleware
def middleware(get_response):
    """Answers what is constant, synchronously or not as it is asked."""
    constants = {path: (one.status, dict(one.headers), one.body) for path, one in ready().items()}

    def answer(request, body):
        status, headers, content = body
        if content is None:
            return large(request, headers)
        return HttpResponse(content, status=status, headers=headers)

    def synchronous(request):
        found = constants.get(request.path_info)
        return get_response(request) if found is None else answer(request, found)

    async def asynchronous(request):
        found = constants.get(request.path_info)
        return await get_response(request) if found is None else answer(request, found)

    return asynchronous if iscoroutinefunction(get_response) else synchronous


def large(request, headers):
    """The large file in the way that is quickest for the server behind the request."""
    if "wsgi.file_wrapper" in request.META:
        return FileResponse(open(large_file(), "rb"), headers=headers)
    content = stream() if hasattr(request, "environ") else _asynchronously()
    return StreamingHttpResponse(content, headers=headers)


async def _asynchronously():
    for chunk in chunks():
        yield chunk
