"""One HTTP exchange, bounded in time and in bytes whatever the server does.

``http.client`` of the standard library reads the answers: it sends a path exactly as it is spelt, which
tests of traversal need, and takes any socket, so that one deadline holds for the whole exchange. Libraries
that tidy up paths, or know timeouts for each packet only, do neither.
"""

from __future__ import annotations

import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any, Final, Literal, cast
from urllib.parse import SplitResult, quote, urlsplit

import lading
from lading.errors import LadingError

LIMIT: Final = 8 << 20
"""Bytes of a body that are read unless a caller says otherwise."""

_CHUNK: Final = 1 << 16
_PORTS: Final = {"http": 80, "https": 443}

Trouble = Literal["unreachable", "certificate", "slow", "broken"]
"""Why there is no answer: nothing listens there, its certificate is not valid, it takes too long, or what
it sends is no HTTP.
"""


class NoAnswerError(LadingError):
    """There is no answer to a request; ``trouble`` says of which sort."""

    def __init__(self, trouble: Trouble, what: str, *, where: str, remedy: str = "") -> None:
        self.trouble: Trouble = trouble
        super().__init__(what, where=where, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers``: by name in lower case, values of repeated ones joined by ", " (RFC 9110 §5.3).
    ``whole`` is false when the body is longer than what was read of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

    def header(self, name: str) -> str:
        """The value of a header, ``""`` without it."""
        return self.headers.get(name.lower(), "")

    @property
    def media_type(self) -> str:
        """The type without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def coding(self) -> str:
        """The content coding in lower case, ``""`` for the file as it is."""
        coding = self.header("Content-Encoding").strip().lower()
        return "" if coding == "identity" else coding


class Client:
    """Sends requests, each over a connection of its own. May be used from several threads.

    ``timeout``: seconds for one exchange from the look-up of the name to the last byte. ``total``: seconds
    for all of them together. ``headers`` are sent to the host ``trusted`` only: who may see a password of
    a staging site need not be whom its pages load fonts from. ``verify``: whether certificates must be
    valid.
    """

    def __init__(
        self,
        *,
        timeout: float = 10,
        total: float = 60,
        headers: Mapping[str, str] | None = None,
        trusted: str = "",
        verify: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trusted = trusted
        self.sent = 0
        self._timeout = timeout
        self._clock = clock
        self._end = clock() + total
        self._headers = dict(headers or {})
        self._context = ssl.create_default_context()
        if not verify:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        target: str = "",
        limit: int = LIMIT,
    ) -> Answer:
        """The answer to one request; redirects are not followed. ``target``: the path as it is sent, if it
        is not the one of ``url``. At most ``limit`` bytes of the body are read. Raises ``NoAnswerError``.
        """
        parts = urlsplit(url)
        self.sent += 1
        deadline = _Deadline(min(self._clock() + self._timeout, self._end), self._clock)
        try:
            wire = self._connect(parts, deadline)
            try:
                return self._exchange(
                    wire, parts, method, headers or {}, target or _target(parts), limit
                )
            finally:
                wire.shut()
        except (OSError, HTTPException, ValueError) as error:
            raise _no_answer(error, url, parts, self._timeout) from error

    @property
    def is_over(self) -> bool:
        """Whether the time for all exchanges together is used up."""
        return self._clock() >= self._end

    def _connect(self, parts: SplitResult, deadline: _Deadline) -> _Wire:
        host, port = ascii_host(parts), parts.port or _PORTS[parts.scheme]
        connected = _connected(_addresses(host, port, deadline), deadline)
        if parts.scheme == "https":
            try:
                connected.settimeout(deadline.left())
                connected = self._context.wrap_socket(connected, server_hostname=host)
            except BaseException:
                connected.close()
                raise
        return _Wire(connected, deadline)

    def _exchange(
        self,
        wire: _Wire,
        parts: SplitResult,
        method: str,
        headers: Mapping[str, str],
        target: str,
        limit: int,
    ) -> Answer:
        connection = HTTPConnection(ascii_host(parts))
        connection.sock = cast("Any", wire)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in self._request_headers(parts, headers).items():
            connection.putheader(name, value.encode("latin-1", "replace"))
        connection.endheaders()
        response = connection.getresponse()
        with response:
            body = bytearray()
            while len(body) <= limit and (
                chunk := response.read(min(_CHUNK, limit + 1 - len(body)))
            ):
                body += chunk
            # Of a body that ends too early http.client says nothing when it is read in pieces.
            if len(body) <= limit and response.length:
                raise IncompleteRead(bytes(body[:0]), response.length)
            fields: dict[str, str] = {}
            for name, value in response.getheaders():
                key = name.lower()
                fields[key] = f"{fields[key]}, {value}" if key in fields else value
        return Answer(response.status, fields, bytes(body[:limit]), len(body) <= limit)

    def _request_headers(self, parts: SplitResult, headers: Mapping[str, str]) -> Mapping[str, str]:
        own = {
            "Host": host_of(parts),
            "User-Agent": f"Mozilla/5.0 (compatible; lading-doctor/{lading.__version__})",
            "Accept": "*/*",
            "Connection": "close",
            **headers,
        }
        if (parts.hostname or "") == self.trusted:
            given = {name.lower() for name in self._headers}
            own = {name: value for name, value in own.items() if name.lower() not in given}
            own |= self._headers
        return own


def host_of(parts: SplitResult) -> str:
    """A URL's host and port as ``Host`` and origins have them: no port that is the scheme's own."""
    host = ascii_host(parts)
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"


def origin(url: str) -> str:
    """Scheme, host and port of a URL (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{host_of(parts)}"


def ascii_host(parts: SplitResult) -> str:
    """A URL's host as it is looked up. Raises ``ValueError`` for what is none."""
    host = parts.hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else path


class _Deadline:
    """When an exchange must be over."""

    def __init__(self, end: float, clock: Callable[[], float]) -> None:
        self._end = end
        self._clock = clock

    def left(self) -> float:
        """Seconds that are left, more than 0. Raises ``TimeoutError``."""
        seconds = self._end - self._clock()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class _Wire:
    """What ``HTTPConnection`` needs of a socket. Each operation may take what is left of the deadline, so
    that a server which sends a byte now and then does not keep the exchange alive.
    """

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Received(self._socket, self._deadline), _CHUNK)

    def close(self) -> None:
        """``HTTPConnection`` calls it while the body is still to be read."""

    def shut(self) -> None:
        self._socket.close()


class _Received(io.RawIOBase):
    """The bytes that a socket receives until the deadline."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)


def _addresses(host: str, port: int, deadline: _Deadline) -> list[tuple[Any, ...]]:
    """What ``getaddrinfo`` gives, which takes no timeout itself."""
    found: queue.SimpleQueue[list[tuple[Any, ...]] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found.put(cast("Any", socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else socket.gaierror(str(error)))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        result = found.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, OSError):
        raise result
    return result


def _connected(addresses: list[tuple[Any, ...]], deadline: _Deadline) -> socket.socket:
    """A connection to the first address that takes one. Raises the last ``OSError``."""
    problem: OSError = OSError("no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(deadline.left() / (len(addresses) - number))
            connected.connect(address)
        except OSError as error:
            connected.close()
            problem = error
        else:
            return connected
    raise problem


def _no_answer(error: Exception, url: str, parts: SplitResult, timeout: float) -> NoAnswerError:
    host = parts.hostname or url
    match error:
        case socket.gaierror():
            trouble, what = "unreachable", f"The name {host!r} is not known: {error.strerror}."
            remedy = "Check the spelling, and the DNS records of the site."
        case ssl.SSLCertVerificationError():
            trouble = "certificate"
            what = f"Browsers refuse the certificate of {host!r}: {error.verify_message}."
            remedy = (
                "Renew it, or serve the whole chain. For a certificate authority of your own set "
                "SSL_CERT_FILE; --insecure looks at the rest of the site all the same."
            )
        case ssl.SSLError():
            trouble = "broken"
            what = f"{host!r} does not speak TLS there ({error.reason or error})."
            remedy = "Ask for http://, or set up HTTPS on that port."
        case TimeoutError():
            trouble, what = "slow", f"There was no whole answer within {timeout:g} seconds."
            remedy = "Look what keeps the server busy, or allow more with --timeout."
        case ConnectionRefusedError():
            trouble, what = "unreachable", f"Nothing listens at {host_of(parts)!r}."
            remedy = "Start the server, or check host and port."
        case RemoteDisconnected() | ConnectionError() | ssl.SSLEOFError():
            trouble, what = "broken", "The server closed the connection without a whole answer."
            remedy = "Look into the log of the server: a worker may have died."
        case IncompleteRead():
            trouble, what = "broken", "The answer ended before its announced length."
            remedy = "Look into the log of the server: a worker may have died, or a disk is full."
        case HTTPException() | ValueError():
            trouble, what = "broken", f"The answer is no HTTP ({type(error).__name__})."
            remedy = "Check the port: another service may listen there."
        case _:
            trouble, what = "unreachable", f"{host!r} cannot be reached: {error}."
            remedy = "Check host and port, and the network."
    return NoAnswerError(trouble, what, where=url, remedy=remedy)
