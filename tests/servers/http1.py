"""As much of HTTP/1.1 as a proxy must understand to pass it on: heads, and where bodies end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

_PIECE = 1 << 16  # bytes


@dataclass(frozen=True)
class Head:
    """The first line and the headers of a request or an answer, without the empty line."""

    lines: tuple[bytes, ...]

    @property
    def words(self) -> list[str]:
        """Method, path and version of a request; version, status and reason of an answer."""
        return self.lines[0].decode("latin-1").split(" ", 2)

    def get(self, name: str) -> str | None:
        """The value of a header; None where it is missing."""
        start = name.lower().encode() + b":"
        for line in self.lines[1:]:
            if line.lower().startswith(start):
                return line[len(start) :].strip().decode("latin-1")
        return None

    def without(self, name: str) -> "Head":
        """The same without a header."""
        start = name.lower().encode() + b":"
        return Head(tuple(line for line in self.lines if not line.lower().startswith(start)))

    def __bytes__(self) -> bytes:
        return b"\r\n".join([*self.lines, b"", b""])


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next head; None where the other side has closed the connection.

    Raises
    ------
    EOFError
        The connection was closed within a head.
    """
    try:
        text = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    return Head(tuple(text.removesuffix(b"\r\n\r\n").split(b"\r\n")))


def has_body(answer: Head, method: str) -> bool:
    """Whether a body follows the head of an answer to a request."""
    return method != "HEAD" and answer.words[1] not in ("204", "304")


def is_framed(head: Head) -> bool:
    """Whether a head says where its body ends; else it ends with the connection."""
    return head.get("content-length") is not None or _is_chunked(head)


async def body(
    reader: asyncio.StreamReader, head: Head, *, to_the_end: bool
) -> AsyncIterator[bytes]:
    """The body that follows a head, in pieces, as it comes over the wire.

    Parameters
    ----------
    to_the_end
        Whether a body of which the head says nothing ends with the connection, as in an answer;
        else there is none, as in a request.

    Raises
    ------
    EOFError
        The connection was closed within the body.
    """
    if _is_chunked(head):
        size = 1
        while size:
            line = await reader.readuntil(b"\n")
            size = int(line.partition(b";")[0], 16)
            # The last chunk is empty; trailers may follow, and then an empty line.
            yield line + (await reader.readexactly(size + 2) if size else await _trailers(reader))
        return
    length = head.get("content-length")
    left = int(length) if length is not None else None
    while (left is None and to_the_end) or left:
        piece = await reader.read(_PIECE if left is None else min(left, _PIECE))
        if not piece:
            if left is None:
                return
            raise EOFError("the body was cut short")
        if left is not None:
            left -= len(piece)
        yield piece


def _is_chunked(head: Head) -> bool:
    return "chunked" in (head.get("transfer-encoding") or "").lower()


async def _trailers(reader: asyncio.StreamReader) -> bytes:
    text = b""
    while not text.endswith(b"\r\n\r\n") and text != b"\r\n":
        text += await reader.readuntil(b"\n")
    return text
