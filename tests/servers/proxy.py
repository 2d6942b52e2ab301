"""An HTTP proxy that counts what goes through it, and on demand is slow, faulty or down.

A client takes it for the server: it asks the proxy, which asks the server in the same words, the
Host header too, so that signatures stay good.
"""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from servers.faults import Answer, Fault, Hang, Lost, Reset, Stall, Truncate
from servers.http1 import Head, body, has_body, is_framed, read_head
from servers.process import HOST
from servers.requests import Request

_LONGEST = 10.0  # seconds for a command to the proxy
_LIMIT = 1 << 20  # bytes of a head


@dataclass
class _Order:
    """What is to go wrong, with which requests, and how often still; None is always."""

    fault: Fault
    times: int | None
    where: Callable[[Request], bool]


class Proxy:
    """A proxy before one server; `proxied` starts and ends it.

    Attributes
    ----------
    latency
        Seconds that each request waits before it goes to the server, each for itself.
    requests
        All since the start or since ``forget``, in the order in which they came; some may be
        under way.
    """

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self.latency = 0.0
        self.requests: list[Request] = []
        self._orders: list[_Order] = []
        self._port = 0  # any free one; after that always the same
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    # What a test says and asks.

    @property
    def url(self) -> str:
        """The server's address, by way of the proxy."""
        return f"http://{HOST}:{self._port}{self._server.path}"

    @property
    def nbytes(self) -> int:
        """Bytes of bodies that were sent to clients."""
        return sum(request.nbytes for request in self.requests)

    def fail(
        self,
        fault: Fault,
        times: int | None = None,
        where: Callable[[Request], bool] = lambda request: True,
    ) -> None:
        """Let requests go wrong, after the latency.

        Parameters
        ----------
        fault
            What goes wrong. Of several that fit a request, the one ordered first does.
        times
            With how many requests; None for all of them, until ``heal``.
        where
            With which requests.
        """
        self._orders.append(_Order(fault, times, where))

    def heal(self) -> None:
        """Let nothing more go wrong. What hangs already goes on hanging."""
        self._orders = []

    def forget(self) -> None:
        """Begin to count anew."""
        self.requests = []

    def settled(self) -> list[Request]:
        """All requests, once each has ended: a client may have the last byte just before that.

        Raises
        ------
        TimeoutError
            Some hang.
        """
        deadline = time.monotonic() + _LONGEST
        while any(request.ended is None for request in self.requests):
            if time.monotonic() > deadline:
                raise TimeoutError("some requests are still under way")
            time.sleep(0.001)
        return self.requests

    def down(self) -> None:
        """Break all connections and refuse new ones."""
        self._do(self._close())

    def up(self) -> None:
        """Take connections again, at the same address."""
        self._do(self._listen())

    def start(self) -> None:
        """Begin to listen, on a port of its own choice."""
        self._thread.start()
        self.up()

    def stop(self) -> None:
        """Break all connections and end the thread."""
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LONGEST)
        self._loop.close()

    def _do(self, command: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(command, self._loop).result(_LONGEST)

    # What goes on in the loop of its thread.

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._connected, HOST, self._port, limit=_LIMIT, backlog=512
            )
            self._port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve the requests of one connection, one after another."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        server = _Server(self._server.hostname or HOST, self._server.port or 80)
        try:
            # What goes wrong is that one side has gone, or that the proxy goes down.
            with suppress(OSError, EOFError, asyncio.CancelledError):
                while await self._serve(reader, writer, server):
                    pass
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()
            server.close()
            self._connections.discard(task)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: "_Server"
    ) -> bool:
        """Serve one request; tell whether the connection can take another."""
        head = await read_head(reader)
        if head is None:
            return False
        method, path, _ = head.words
        request = Request(method, path, head.get("range"), time.monotonic())
        self.requests.append(request)
        try:
            if head.get("expect"):
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                head = head.without("expect")
            content = b"".join([piece async for piece in body(reader, head, to_the_end=False)])
            await asyncio.sleep(self.latency)
            match self._next_fault(request):
                case Answer() as answer:
                    await _send_own(writer, request, answer)
                    return True
                case Reset():
                    _reset(writer)
                    return False
                case Lost():
                    await server.ask(head, content)
                    _reset(writer)
                    return False
                case Hang():
                    await reader.read()
                    return False
                case fault:
                    again = await _pass_on(writer, request, await server.ask(head, content), fault)
            if isinstance(fault, Stall):
                await reader.read()
            return again
        finally:
            request.ended = time.monotonic()

    def _next_fault(self, request: Request) -> Fault | None:
        for order in self._orders:
            if order.times != 0 and order.where(request):
                if order.times is not None:
                    order.times -= 1
                return order.fault
        return None


class _Server:
    """The proxy's own connection to the server, opened when it is first needed."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: Head, content: bytes) -> tuple[Head, asyncio.StreamReader]:
        """Send a request; give the head of the answer, and where its body can be read."""
        if self._streams is not None:
            # A server may close a connection that was kept, just when it is used again.
            with suppress(OSError, EOFError):
                return await self._try(*self._streams, head, content)
            self.close()
        self._streams = await asyncio.open_connection(*self._address, limit=_LIMIT)
        return await self._try(*self._streams, head, content)

    async def _try(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: Head,
        content: bytes,
    ) -> tuple[Head, asyncio.StreamReader]:
        writer.write(bytes(head) + content)
        await writer.drain()
        answer = await read_head(reader)
        if answer is None:
            raise EOFError("the server gave no answer")
        return answer, reader

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


async def _pass_on(
    writer: asyncio.StreamWriter,
    request: Request,
    answer: tuple[Head, asyncio.StreamReader],
    fault: Fault | None,
) -> bool:
    """Send the server's answer, or half of it; tell whether another request can follow."""
    head, reader = answer
    request.status = int(head.words[1])
    writer.write(bytes(head))
    if has_body(head, request.method):
        pieces = body(reader, head, to_the_end=True)
        if isinstance(fault, Truncate | Stall):
            whole = b"".join([piece async for piece in pieces])
            writer.write(whole[: len(whole) // 2])
            request.nbytes = len(whole) // 2
        else:
            async for piece in pieces:
                request.nbytes += len(piece)
                writer.write(piece)
                await writer.drain()
        if not is_framed(head):
            return False
    await writer.drain()
    return fault is None and (head.get("connection") or "").lower() != "close"


async def _send_own(writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
    content = b"" if request.method == "HEAD" else answer.body
    headers = {"Content-Type": "text/plain", "Content-Length": len(answer.body), **answer.headers}
    text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
    writer.write(f"{line}{text}\r\n".encode() + content)
    await writer.drain()
    request.status = answer.status
    request.nbytes = len(content)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection: with a lingering time of 0 the system sends RST in place of FIN."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


@contextmanager
def proxied(server: str) -> Iterator[Proxy]:
    """Run a proxy before the server at an address."""
    proxy = Proxy(server)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
