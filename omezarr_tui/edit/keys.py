"""Whether the bytes of a key are still the same."""

from __future__ import annotations

import hashlib

ABSENT = "absent"


def digest(raw: bytes | None) -> str:
    """The SHA-256 of a key's bytes, in hexadecimal; `ABSENT` where there is no such key."""
    return ABSENT if raw is None else hashlib.sha256(raw).hexdigest()
