"""A TCP proxy in front of an HTTP server that counts requests, adds latency, and fails on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Fault = str
"""What becomes of one request: ``drop``: the connection ends before the server sees it; ``lose``: the
server does it, and the answer never comes; ``truncate``: half of the answer comes; ``stall``: nothing
happens for longer than the client waits; ``503`` or ``403:AccessDenied``: that status, with that code of S3
in its body, unseen by the server; ``""``: nothing."""

Plan = Callable[[int, str, str], Fault]
"""Decides by the request's number (from 1), method and target."""

_HEAD = b"\r\n\r\n"
_LIMIT = 1 << 26


@dataclass
class Proxy:
    """``seen``: method and target of every request that came in; ``latency``: seconds added to each."""

    upstream: int
    plan: Plan = lambda number, method, target: ""
    latency: float = 0.0
    stall: float = 3.0
    seen: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    port: int = 0

    def count(self, *methods: str) -> int:
        """The requests since the last ``clear``, of these methods if any are named."""
        return sum(not methods or method in methods for method, _ in self.seen)

    def clear(self) -> None:
        self.seen.clear()
        self.faults.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client: requests one after another."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        with contextlib.suppress(OSError):
            writer.close()
        self._close_upstream(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Pass one request on; False when the connection has ended."""
        head = await reader.readuntil(_HEAD)
        line = head.split(b"\r\n", 1)[0].decode("latin-1")
        method, target, _ = line.split(" ", 2)
        if b"expect: 100-continue" in head.lower():
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await _body(reader, head)
        self.seen.append((method, target))
        fault = self.plan(len(self.seen), method, target)
        if fault:
            self.faults.append(fault)
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault == "drop":
            return False
        if fault == "stall":
            await asyncio.sleep(self.stall)
            return False
        if fault[:1].isdigit():
            status, _, code = fault.partition(":")
            body = f"<Error><Code>{code}</Code><Message/></Error>" if code else ""
            head = f"HTTP/1.1 {status} Fault\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(f"{head}{'' if method == 'HEAD' else body}".encode())
            await writer.drain()
            return True
        answer = await self._ask(writer, head + body, method)
        if fault == "lose":
            return False
        if fault == "truncate":
            writer.write(answer[: len(answer) // 2])
            await writer.drain()
            return False
        writer.write(answer)
        await writer.drain()
        return b"connection: close" not in answer.partition(_HEAD)[0].lower()

    _pairs: dict[asyncio.StreamWriter, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(
        default_factory=dict
    )

    async def _ask(self, client: asyncio.StreamWriter, request: bytes, method: str) -> bytes:
        for attempt in range(2):
            if client not in self._pairs:
                self._pairs[client] = await asyncio.open_connection(
                    "127.0.0.1", self.upstream, limit=_LIMIT
                )
            reader, writer = self._pairs[client]
            try:
                writer.write(request)
                await writer.drain()
                head = await reader.readuntil(_HEAD)
                while head.startswith(b"HTTP/1.1 100"):
                    head = await reader.readuntil(_HEAD)
                status = head.split(b" ", 2)[1]
                is_empty = method == "HEAD" or status in (b"204", b"304")
                body = b"" if is_empty else await _body(reader, head)
                if b"connection: close" in head.lower():
                    self._close_upstream(client)
                return head + body
            except (OSError, asyncio.IncompleteReadError):  # it had been idle for too long
                self._close_upstream(client)
                if attempt:
                    raise
        raise AssertionError

    def _close_upstream(self, client: asyncio.StreamWriter) -> None:
        pair = self._pairs.pop(client, None)
        if pair is not None:
            pair[1].close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """A message's content as it stands on the wire (RFC 9112 §6)."""
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        parts: list[bytes] = []
        while True:
            size = await reader.readuntil(b"\r\n")
            chunk = await reader.readexactly(int(size.split(b";")[0], 16) + 2)
            parts += [size, chunk]
            if size.strip() == b"0":
                return b"".join(parts)
    return await reader.readexactly(int(fields.get(b"content-length", b"0")))


@contextlib.contextmanager
def proxy(upstream: int, plan: Plan | None = None, *, latency: float = 0.0) -> Iterator[Proxy]:
    """A proxy on a port of loopback, in a thread of its own."""
    made = Proxy(upstream, latency=latency)
    if plan is not None:
        made.plan = plan
    loop = asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=_LIMIT, backlog=512)

    server = loop.run_until_complete(start())
    made.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="proxy", daemon=True)
    thread.start()

    async def stop() -> None:
        server.close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
