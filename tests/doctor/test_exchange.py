"""One exchange with servers that refuse, dawdle, lie or never end."""

from __future__ import annotations

import itertools
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from lading.doctor.exchange import Answer, Client, NoAnswerError, origin

Conversation = Callable[[socket.socket], None]


@contextmanager
def talking(conversation: Conversation) -> Iterator[str]:
    """The URL of a server that has this conversation with whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connected, _ = listening.accept()
                except OSError:
                    return
                with connected, suppress(OSError):
                    connected.settimeout(10)
                    conversation(connected)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def saying(*pieces: bytes) -> Conversation:
    """Read the request, and send this."""

    def conversation(connected: socket.socket) -> None:
        connected.recv(65536)
        for piece in pieces:
            connected.sendall(piece)

    return conversation


def endless(start: bytes, piece: bytes) -> Conversation:
    """Send ``start``, then ``piece`` for ever."""

    def conversation(connected: socket.socket) -> None:
        connected.recv(65536)
        connected.sendall(start)
        while True:
            connected.sendall(piece)

    return conversation


def ticking(step: float = 0.01) -> Callable[[], float]:
    """A clock that a look at moves on, so that time is counted in work."""
    seconds = itertools.count()
    return lambda: next(seconds) * step


def trouble(conversation: Conversation, **options: object) -> NoAnswerError:
    with talking(conversation) as url, pytest.raises(NoAnswerError) as caught:
        Client(**{"timeout": 5, **options}).ask(url)  # type: ignore[arg-type]
    assert caught.value.where == url
    assert caught.value.remedy
    return caught.value


def test_an_answer():
    text = (
        b"HTTP/1.1 200 Fine\r\nContent-Type: Text/CSS; charset=utf-8\r\nVary: Origin\r\n"
        b"vary: Accept-Encoding\r\nContent-Encoding: GZIP\r\nContent-Length: 3\r\n\r\nabc"
    )
    with talking(saying(text)) as url:
        answer = Client().ask(url)
    assert (answer.status, answer.body, answer.whole) == (200, b"abc", True)
    assert answer.header("VARY") == "Origin, Accept-Encoding"
    assert (answer.media_type, answer.coding) == ("text/css", "gzip")
    assert answer.header("ETag") == ""


@pytest.mark.parametrize(
    ("start", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", b"a"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b""),
    ],
)
def test_bodies(start: bytes, body: bytes):
    with talking(saying(start)) as url:
        assert Client().ask(url).body == body


def test_what_is_sent():
    received: list[bytes] = []

    def conversation(connected: socket.socket) -> None:
        received.append(connected.recv(65536))
        connected.sendall(b"HTTP/1.1 204 No\r\n\r\n")

    with talking(conversation) as url:
        client = Client(
            headers={"authorization": "Basic x", "User-Agent": "mine"}, trusted="127.0.0.1"
        )
        client.ask(f"{url}a%20b/ö?q=1 2", headers={"Range": "bytes=0-0"}, method="HEAD")
        client.ask(url, target="/static/..%2f../%00")
    host = url.split("/")[2].encode()
    lines = received[0].split(b"\r\n")
    assert lines[0] == b"HEAD /a%20b/%C3%B6?q=1%202 HTTP/1.1"
    assert {b"Host: " + host, b"Range: bytes=0-0", b"authorization: Basic x"} <= {*lines}
    assert b"User-Agent: mine" in lines
    assert not any(line.lower().startswith(b"accept-encoding") for line in lines)
    assert received[1].startswith(b"GET /static/..%2f../%00 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Example.com:443/a", "https://example.com"),
        ("http://example.com:8000/", "http://example.com:8000"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_origins(url: str, expected: str):
    assert origin(url) == expected


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswerError, match="Nothing listens") as caught:
        Client().ask(f"http://127.0.0.1:{port}/")
    assert caught.value.trouble == "unreachable"


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NoAnswerError, match=r"'nowhere\.invalid' is not known"):
        Client().ask("http://nowhere.invalid/")


def test_a_name_service_that_does_not_answer(monkeypatch: pytest.MonkeyPatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(20))
    with pytest.raises(NoAnswerError) as caught:
        Client(timeout=0.1).ask("http://slow.example/")
    over.set()
    assert caught.value.trouble == "slow"


@pytest.mark.parametrize(
    "conversation",
    [
        saying(b"SSH-2.0-OpenSSH_9.6\r\n"),
        saying(b"\x00\x01\x02\x03" * 100),
        saying(b"HTTP/1.1 banana\r\n\r\n"),
        saying(b"HTTP/1.1 200 " + b"x" * 70_000),
        saying(b"HTTP/1.1 200 OK\r\n", *[b"X-%d: a\r\n" % n for n in range(200)], b"\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 70_000 + b"\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
        saying(),
    ],
    ids=[
        "ssh",
        "binary",
        "status",
        "line",
        "headers",
        "header",
        "short",
        "chunk",
        "cut",
        "nothing",
    ],
)
def test_what_is_no_http(conversation: Conversation):
    assert trouble(conversation).trouble == "broken"


@pytest.mark.parametrize(
    "conversation",
    [
        endless(b"", b"H"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X"),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status line", "header line", "continue"],
)
def test_answers_that_never_begin(conversation: Conversation):
    assert trouble(conversation, clock=ticking()).trouble in ("slow", "broken")


def test_a_body_that_never_ends_is_read_to_the_limit():
    with talking(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 5_000)) as url:
        answer = Client(timeout=20).ask(url, limit=100_000)
    assert (len(answer.body), answer.whole) == (100_000, False)


@pytest.mark.parametrize(("size", "whole"), [(9, True), (10, True), (11, False)])
def test_a_body_at_the_limit(size: int, whole: bool):
    text = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, b"x" * size)
    with talking(saying(text)) as url:
        assert Client().ask(url, limit=10) == Answer(
            200, {"content-length": str(size)}, b"x" * min(size, 10), whole
        )


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_server_that_sends_a_byte_now_and_then(start: bytes):
    """The deadline is the exchange's, not each byte's: the clock moves on at each packet."""
    sent = 0

    def conversation(connected: socket.socket) -> None:
        nonlocal sent
        connected.recv(65536)
        connected.sendall(start)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(100_000):
            connected.sendall(b"H")
            sent += 1

    caught = trouble(conversation, timeout=1, clock=ticking(0.02))
    assert caught.trouble == "slow"
    assert "within 1 seconds" in str(caught)


def test_a_server_that_says_nothing():
    over = threading.Event()
    with talking(lambda _: over.wait(20) and None) as url:
        with pytest.raises(NoAnswerError) as caught:
            Client(timeout=0.2).ask(url)
        over.set()
    assert caught.value.trouble == "slow"


def test_all_exchanges_together_have_a_deadline():
    with talking(saying(b"HTTP/1.1 204 No\r\n\r\n")) as url:
        client = Client(timeout=10, total=1, clock=ticking(0.1))
        asked = itertools.takewhile(lambda _: not client.is_over, range(1000))
        with suppress(NoAnswerError):
            assert sum(client.ask(url).status == 204 for _ in asked) < 20
        with pytest.raises(NoAnswerError):
            client.ask(url)


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody but its maker trusts, with its key."""
    program = shutil.which("openssl")
    assert program, "openssl is not installed"
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    command = [
        program,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def encrypted(certificate: Path, text: bytes) -> Conversation:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def conversation(connected: socket.socket) -> None:
        with context.wrap_socket(connected, server_side=True) as wrapped:
            saying(text)(wrapped)

    return conversation


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_a_certificate_that_nobody_trusts(certificate: Path, monkeypatch: pytest.MonkeyPatch):
    with talking(encrypted(certificate, FINE)) as plain:
        url = plain.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(NoAnswerError, match="refuse the certificate of 'localhost'") as caught:
            Client().ask(url)
        assert caught.value.trouble == "certificate"
        assert "--insecure" in caught.value.remedy
        assert Client(verify=False).ask(url).body == b"ok"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Client().ask(url).body == b"ok"


def test_a_certificate_of_another_name(certificate: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with talking(encrypted(certificate, FINE)) as plain:
        with pytest.raises(NoAnswerError) as caught:
            Client().ask(plain.replace("http:", "https:"))
        assert caught.value.trouble == "certificate"


def test_https_where_there_is_http():
    with talking(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as plain:
        with pytest.raises(NoAnswerError, match="does not speak TLS") as caught:
            Client().ask(plain.replace("http:", "https:"))
        assert caught.value.trouble == "broken"


def test_a_handshake_that_never_ends():
    over = threading.Event()
    with talking(lambda _: over.wait(20) and None) as plain:
        with pytest.raises(NoAnswerError) as caught:
            Client(timeout=0.2).ask(plain.replace("http:", "https:"))
        over.set()
    assert caught.value.trouble == "slow"
