"""A coarser level at once, where the one that is wanted takes long to read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from omezarr_tui.settings import MIB

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.reader import Reader

# Uncompressed bytes that are read before the user would notice: from a disk some 50 ms.
_SOON_BYTES = 16 * MIB
_SOON_BYTES_FAR = MIB // 2
# What comes first must come much sooner, or it only delays the rest.
_SHARE = 8


def coarser_first(
    request: PictureRequest, reader: Reader, *, is_far: bool
) -> PictureRequest | None:
    """What to show until a picture is read.

    Parameters
    ----------
    request
        The picture that is wanted.
    reader
        Knows which chunks need no reading.
    is_far
        Whether the chunks come over a network.

    Returns
    -------
    request
        The same of the finest of the coarser levels that comes soon enough; None where the
        picture itself does, where it must be asked for first, or where no level helps.
    """
    if request.ask_above is not None and request.decoded_bytes > request.ask_above:
        return None
    wanted = _missing_bytes(request, reader)
    soon = _SOON_BYTES_FAR if is_far else _SOON_BYTES
    if wanted <= soon:
        return None
    level = request.sampling().level
    for coarser in (number for number in request.image.readable if number > level):
        first = replace(request, level=coarser)
        if _missing_bytes(first, reader) <= min(soon, wanted // _SHARE):
            return first
    return None


def _missing_bytes(request: PictureRequest, reader: Reader) -> int:
    return sum(reader.missing_bytes(s.array, s.region) for _, s in request.samplings())
