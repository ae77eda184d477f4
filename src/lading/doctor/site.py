"""A live site as the probes see it: its pages, its published files, and what was answered so far."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from lading.doctor.exchange import LIMIT, Answer, Client, origin
from lading.doctor.faults import fault
from lading.doctor.published import Published
from lading.doctor.samples import Sample
from lading.doctor.servers import Server, server_of
from lading.encoders import Coding
from lading.findings import Finding, Severity
from lading.verify import decoders

AS_IT_IS: Final = {"Accept-Encoding": "identity"}
"""The request for a file without a content coding."""

_GLANCE: Final = 1 << 16  # bytes read of a file that is too large to be read whole
_CODINGS: Final[Mapping[str, Coding]] = {"gzip": "gzip", "x-gzip": "gzip", "br": "br"}


@dataclass(frozen=True, slots=True)
class Area:
    """Files of a folder under a URL. ``url`` is whole and ends with a slash; ``root`` is the folder on this
    machine, ``""`` if it is elsewhere. ``private``: only some visitors may have its files.
    """

    url: str
    root: str = ""
    private: bool = False

    @property
    def path(self) -> str:
        """The URL's path, with slashes at both ends."""
        return urlsplit(self.url).path

    def at(self, path: str) -> str:
        """The URL of a file."""
        return self.url + quote(path, safe="/~!$&'()*+,;=:@")


@dataclass(slots=True)
class Site:
    """``page`` is the URL that was given, after its redirects, and ``answer`` what it gave. ``samples`` are
    the files that stand for all; ``reached`` those of them that were there.
    """

    client: Client
    page: str
    answer: Answer
    published: Published
    static: Area
    media: Area | None = None
    samples: Sequence[Sample] = ()
    reached: list[Sample] = field(default_factory=list[Sample])
    _answers: dict[object, Future[Answer]] = field(default_factory=dict[object, "Future[Answer]"])
    _lock: Lock = field(default_factory=Lock)

    @property
    def is_elsewhere(self) -> bool:
        """Whether static files come from another origin than pages."""
        return origin(self.static.url) != origin(self.page)

    def ask(
        self,
        url: str,
        headers: Mapping[str, str] = AS_IT_IS,
        *,
        method: str = "GET",
        target: str = "",
        limit: int = LIMIT,
    ) -> Answer:
        """What ``Client.ask`` gives, asked once. Raises ``NoAnswerError``."""
        key = (url, method, target, limit, *sorted(headers.items()))
        with self._lock:
            answer = self._answers.get(key)
            is_first = answer is None
            if answer is None:
                answer = self._answers[key] = Future()
        if is_first:
            try:
                answer.set_result(
                    self.client.ask(url, method=method, headers=headers, target=target, limit=limit)
                )
            except BaseException as error:
                answer.set_exception(error)
                raise
        return answer.result()

    def get(self, sample: Sample, headers: Mapping[str, str] = AS_IT_IS) -> Answer:
        """The answer for a sample; of a very large file only the beginning is read."""
        limit = LIMIT if sample.size <= LIMIT else _GLANCE
        return self.ask(self.static.at(sample.path), headers, limit=limit)

    def fault(
        self,
        kind: str,
        message: str,
        answer: Answer | None = None,
        *,
        sample: Sample | None = None,
        url: str = "",
        severity: Severity | None = None,
        hint: str = "",
    ) -> Finding:
        """A finding about a sample or another URL, with the advice for the server that answered."""
        if sample is not None:
            url = self.static.at(sample.path)
        server: Server = server_of(answer) if answer is not None else ""
        path = sample.path if sample is not None else urlsplit(url).path
        media = self.media or Area("/media/", "/srv/site/media")
        return fault(
            kind,
            message,
            path=path,
            url=url,
            server=server,
            severity=severity,
            hint=hint,
            names={
                "STATIC_URL": self.static.path,
                "STATIC_ROOT": self.static.root or "/srv/site/staticfiles",
                "MEDIA_URL": media.path,
                "MEDIA_ROOT": media.root or "/srv/site/media",
            },
        )


def area(page: str, url: str, root: str, *, private: bool = False) -> Area:
    """The area of a URL setting, which may be a path, on the site of a page."""
    joined = urljoin(page, url)
    return Area(joined if joined.endswith("/") else f"{joined}/", root, private)


def content(answer: Answer) -> bytes | None:
    """The decoded body, ``None`` if it is not whole, of a coding that is not known here, or decodes to more
    than ``LIMIT`` bytes. Raises ``decoders.NotDecodableError``.
    """
    if not answer.whole:
        return None
    if not answer.coding:
        return answer.body
    coding = _CODINGS.get(answer.coding)
    if coding is None:
        return None
    decoded = bytearray()
    for piece in decoders.decode(io.BytesIO(answer.body), coding):
        decoded += piece
        if len(decoded) > LIMIT:
            return None
    return bytes(decoded)
