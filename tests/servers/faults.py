"""What a proxy can let go wrong with a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """The proxy answers itself, such as ``Answer(429, {"Retry-After": "1"})``."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"The proxy says so.\n"


@dataclass(frozen=True)
class Reset:
    """The connection breaks (RST) before there is an answer."""


@dataclass(frozen=True)
class Lost:
    """The server does what it is asked, and the connection breaks before its answer."""


@dataclass(frozen=True)
class Truncate:
    """The connection is closed after the head and half of the body."""


@dataclass(frozen=True)
class Stall:
    """Nothing comes after the head and half of the body, until the client leaves."""


@dataclass(frozen=True)
class Hang:
    """Nothing comes at all, until the client leaves."""


Fault = Answer | Reset | Lost | Truncate | Stall | Hang
