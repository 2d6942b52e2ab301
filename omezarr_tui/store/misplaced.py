"""Whether chunks lie where the document of their array says (they read as fill values if not)."""

from __future__ import annotations

from collections.abc import Sequence

from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, KeyEncoding, join_path
from omezarr_tui.store.waiting import gathered

_STYLES = (
    KeyEncoding("v2", "."),
    KeyEncoding("v2", "/"),
    KeyEncoding("default", "/"),
    KeyEncoding("default", "."),
)


def encodings_found(access: Access, arrays: Sequence[Array]) -> list[KeyEncoding | None]:
    """By which key encoding the first chunk of each array lies, where another is declared.

    Only first chunks are looked for: on a disk one at a time, over a network together.

    Parameters
    ----------
    access
        The store.
    arrays
        Those to look at.

    Returns
    -------
    encodings
        None where the first chunk is at its place, or was never written.
    """
    found: list[KeyEncoding | None] = [None] * len(arrays)
    declared = _are_there(access, [_first(array, array.key_encoding) for array in arrays])
    others = [
        (at, style)
        for at, (array, there) in enumerate(zip(arrays, declared, strict=True))
        if not there and len(array.shape) > 1 and array.size
        for style in _STYLES
        if style != array.key_encoding and (array.zarr_format == 3 or style.style == "v2")
    ]
    keys = [_first(arrays[at], style) for at, style in others]
    for (at, style), there in zip(others, _are_there(access, keys), strict=True):
        if there and found[at] is None:
            found[at] = style
    return found


def _first(array: Array, encoding: KeyEncoding) -> str:
    return join_path(array.path, encoding.key((0,) * len(array.shape)))


def _are_there(access: Access, keys: Sequence[str]) -> list[bool]:
    if access.traffic is None:
        return [access.has(key) for key in keys]

    async def is_there(key: str) -> bool:
        try:
            return await access.fetch(key, 0, 1) is not None
        except OSError:  # it cannot be told: then it counts as in its place
            return True

    return gathered(is_there(key) for key in keys)
