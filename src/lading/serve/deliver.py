"""From a served path and a request to a reply and its bytes: what every adapter calls."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lading.policy import Headers
from lading.serve.cache import Cache
from lading.serve.entry import Entry, Redirect, describe
from lading.serve.errors import error
from lading.serve.files import DriftError, OpenFile, cut, load
from lading.serve.page_cache import at_once
from lading.serve.reply import Reply
from lading.serve.respond import respond

logger = logging.getLogger("lading.serve")


def deliver(
    entry: Entry | Redirect | None,
    method: str,
    headers: Mapping[str, str],
    cache: Cache,
    query: str = "",
) -> tuple[Reply, bytes | OpenFile]:
    """The reply (see ``respond``) and its content, read or opened; an ``OpenFile`` must be closed.

    A file that is not what the table says never breaks a reply: see ``_instead``.
    """
    reply = respond(entry, method, headers, query)
    source = reply.source
    if source is None:
        return reply, cut(b"", reply.parts) if reply.parts else b""
    content = source.content
    if content is None:
        return _fetch(entry, reply, method, headers, cache)
    source.recent = True
    return reply, content if reply is source.whole else cut(content, reply.parts)


def _fetch(
    entry: Entry | Redirect | None,
    reply: Reply,
    method: str,
    headers: Mapping[str, str],
    cache: Cache,
) -> tuple[Reply, bytes | OpenFile]:
    """``deliver`` for contents that are not in memory."""
    assert isinstance(entry, Entry)
    instead = _instead(entry)
    while (source := reply.source) is not None:
        if (content := cache.opened.read(source, reply.parts)) is not None:
            return reply, content
        try:
            content = load(source, cache)
        except DriftError as drift:
            _warn(str(drift))
            reply = respond(next(instead, None), method, headers)
            continue
        except OSError as problem:
            _warn(f"{source.file} cannot be read: {problem.strerror}")
            reply = error(503, source.headers)
            break
        if isinstance(content, bytes):
            return reply, cut(content, reply.parts)
        descriptor, content = content, at_once(content, reply.parts)
        if content is None:
            return reply, OpenFile(descriptor, source, reply.parts)
        if content:  # a short range
            cache.opened.keep(source, descriptor)
        else:  # HEAD
            os.close(descriptor)
        return reply, content
    return reply, cut(b"", reply.parts)


def _instead(entry: Entry) -> Iterator[Entry]:
    """What to answer with when files on the disk differ from the manifest, best first; after that, 404.

    A missing variant: the file as it is. A plain name whose file is another one by now (the next release
    is being copied, or somebody edited it): the file there is, not to be kept by anybody. An immutable
    name whose content is not the one it stands for is not served.
    """
    if entry.variants:
        yield Entry(entry.identity, immutable=entry.immutable)
    if entry.immutable:
        return
    try:
        status = os.lstat(entry.identity.file)
    except OSError:
        return
    if stat.S_ISREG(status.st_mode):  # and no link that leads who knows where
        yield Entry(describe(entry.identity.file, status, _uncached(entry.identity.headers)))


def _uncached(headers: Headers) -> Headers:
    return tuple(
        (name, "no-cache" if name.lower() == "cache-control" else value) for name, value in headers
    )


@lru_cache(maxsize=1024)
def _warn(what: str) -> None:
    """Log each thing once: a hot file that is damaged would fill the disk."""
    logger.warning("%s; `lading verify` says more.", what)
