"""Live reload: open pages learn of changed files by server-sent events (HTML §9.2) and load them again."""

from __future__ import annotations

import asyncio
import secrets
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, Final

from lading.serve.watching import Watching

HEADERS: Final = (
    ("Content-Type", "text/event-stream; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Accel-Buffering", "no"),
)
"""Of the answer that sends the events."""

SCRIPT_HEADERS: Final = (
    ("Content-Type", "text/javascript; charset=utf-8"),
    ("Cache-Control", "no-cache"),
    ("X-Content-Type-Options", "nosniff"),
)

_HEARTBEAT: Final = 15.0  # seconds; writing is how a server finds out that a client is gone
_PROCESS: Final = secrets.token_hex(4)  # another one means that the server was started again

SCRIPT: Final = b"""\
// Loads the page again when its files change, and style sheets without doing so.
(() => {
  const events = new URL("live", document.currentScript.src);
  const loading = new Map();
  let known = null;
  let source = null;

  const swapStyles = () => {
    for (const link of document.querySelectorAll("link[rel~=stylesheet][href]")) {
      const url = new URL(link.href);
      if (url.origin !== location.origin || [...loading.values()].includes(link)) continue;
      url.searchParams.set("lading", Date.now());
      const fresh = link.cloneNode();
      fresh.removeAttribute("integrity");
      fresh.href = url;
      const settle = (gone) => () => {
        if (loading.get(link) === fresh) loading.delete(link);
        gone.remove();
      };
      fresh.addEventListener("load", settle(link), { once: true });
      fresh.addEventListener("error", settle(fresh), { once: true });
      loading.get(link)?.remove();
      loading.set(link, fresh);
      link.after(fresh);
    }
  };

  const take = ({ data }) => {
    const [server, pages, styles] = data.split(" ");
    if (known !== null) {
      if (known.server !== server || known.pages !== pages) return location.reload();
      if (known.styles !== styles) swapStyles();
    }
    known = { server, pages, styles };
  };

  // A browser opens six connections to a server at most; tabs nobody looks at shall hold none.
  const connect = () => {
    if (document.visibilityState === "visible" && source === null) {
      source = new EventSource(events);
      source.addEventListener("message", take);
    } else if (document.visibilityState !== "visible" && source !== null) {
      source.close();
      source = null;
    }
  };
  document.addEventListener("visibilitychange", connect);
  connect();
})();
"""
"""The script of the pages; it stands beside the events, which have the name ``live``."""

_Listener = Callable[[bytes | None], None]


class LiveReload:
    """What changed, told to everyone who listens. ``folders``: gives those that are watched, from the first
    listener on. ``before``: called with the changed files before it is told.
    """

    def __init__(
        self,
        folders: Callable[[], Iterable[str]],
        before: Callable[[set[str]], None] | None = None,
    ) -> None:
        self._folders = folders
        self._before = before
        self._lock = threading.Lock()
        self._listeners: set[_Listener] = set()
        self._watching: Watching | None = None
        self._pages = 0
        self._styles = 0
        self._stopped = False
        self._handlers: list[Any] = []

    @property
    def message(self) -> bytes:
        """How often pages and style sheets have changed in this process, as an event."""
        return f"retry: 300\ndata: {_PROCESS} {self._pages} {self._styles}\n\n".encode()

    def changed(self, paths: set[str]) -> None:
        """Tell that files have changed."""
        if self._before is not None:
            self._before(paths)
        if all(path.endswith(".css") for path in paths):
            self._styles += 1
        else:
            self._pages += 1
        self._tell(self.message)

    def stop(self, *_: Any) -> None:
        """End what is sent to all listeners, now and from now on: servers wait for answers to end."""
        self._stopped = True
        self._tell(None)
        if self._watching is not None:
            threading.Thread(target=self._watching.stop, daemon=True).start()

    def events(self, heartbeat: float = _HEARTBEAT) -> Generator[bytes]:
        """What is sent to one listener, from a thread that it keeps busy."""
        waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._listen(waiting.put)
        try:
            message: bytes | None = self.message
            while message is not None and not self._stopped:
                yield message
                try:
                    message = waiting.get(timeout=heartbeat)
                except Empty:
                    message = b":\n\n"
        finally:
            self._listeners.discard(waiting.put)

    async def async_events(self, heartbeat: float = _HEARTBEAT) -> AsyncGenerator[bytes]:
        """The same on an event loop."""
        self.stop_on_signals()  # the server runs now, and has set up what it does at a signal
        waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(message: bytes | None) -> None:
            loop.call_soon_threadsafe(waiting.put_nowait, message)

        await loop.run_in_executor(None, self._listen, put)
        try:
            message: bytes | None = self.message
            while message is not None and not self._stopped:
                yield message
                try:
                    message = await asyncio.wait_for(waiting.get(), heartbeat)
                except TimeoutError:
                    message = b":\n\n"
        finally:
            self._listeners.discard(put)

    def stop_on_signals(self) -> None:
        """Stop when the process is asked to end, before its server waits for open answers. Where the signals
        are not handled at all, or this is not the main thread, there is nothing to do. May be called again.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler) and handler not in self._handlers:
                first = self._first(handler)
                self._handlers.append(first)
                signal.signal(number, first)

    def _first(self, handler: Callable[[int, FrameType | None], Any]) -> Any:
        def handle(number: int, frame: FrameType | None) -> Any:
            self.stop()
            return handler(number, frame)

        return handle

    def _listen(self, listener: _Listener) -> None:
        with self._lock:
            self._listeners.add(listener)
            if self._watching is None and not self._stopped:
                self._watching = Watching(self._folders(), self.changed)
        if self._watching is not None:
            self._watching.ready.wait(2)

    def _tell(self, message: bytes | None) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(message)
            except RuntimeError:  # its event loop has ended
                self._listeners.discard(listener)
