"""The keys that an edit rewrites, and how to tell whether their bytes are still the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ABSENT = "absent"


def digest(raw: bytes | None) -> str:
    """The SHA-256 of a key's bytes, in hexadecimal; `ABSENT` where there is no such key."""
    return ABSENT if raw is None else hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Touched:
    """A key that an edit rewrites.

    Parameters
    ----------
    key
        From the location.
    box
        The elements of the array that it holds: for each axis the first, and the one after
        the last. Empty for a document.
    before
        `digest` of what it held when the edit was planned.
    nbytes
        How many bytes that were; 0 where it was absent.
    mode
        Its permission bits; None where it was absent, or has none.
    """

    key: str
    box: tuple[tuple[int, int], ...]
    before: str
    nbytes: int
    mode: int | None
