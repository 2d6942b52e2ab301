"""Which values of an array: one index or range for each axis, within its bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omezarr_tui.text import plural, visible

Place = Callable[[int, str], int]  # an axis and a word -> the index


@dataclass(frozen=True, slots=True)
class Selection:
    """One index or range for each axis of an array of a certain shape.

    Parameters
    ----------
    parts
        For each axis an index (0 or more), or a slice with start, stop and a step of 1 or
        more. A slice holds at least one element, unless the axis itself has none.
    array_shape
        Elements along each axis of the array.

    Raises
    ------
    ValueError
        A part is outside of its axis, or there is not one for each axis.
    """

    parts: tuple[int | slice, ...]
    array_shape: tuple[int, ...]

    def __post_init__(self) -> None:
        for part, size in zip(self.parts, self.array_shape, strict=True):
            if isinstance(part, slice):
                start, stop, step = part.start, part.stop, part.step
                is_whole = (start, stop) == (0, size)
                fits = step >= 1 and (is_whole or 0 <= start < stop <= size)
            else:
                fits = 0 <= part < size
            if not fits:
                raise ValueError(f"{part} does not fit an axis of {size}")

    def __hash__(self) -> int:
        # Slices have no hash before Python 3.12.
        return hash((self.array_shape, self.numpy_text))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what is selected; axes with a single index are left out."""
        return tuple(len(_range(part)) for part in self.parts if isinstance(part, slice))

    @property
    def size(self) -> int:
        """The number of selected elements."""
        return math.prod(self.shape)

    @property
    def dropped(self) -> tuple[int, ...]:
        """The axes to squeeze out of what `for_zarr` reads, to get what NumPy would."""
        return tuple(i for i, part in enumerate(self.parts) if not isinstance(part, slice))

    @property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """For each axis the first selected element, and the one after the last."""
        ranges = [_range(part) for part in self.parts]
        return tuple((r.start, r[-1] + 1 if r else r.start) for r in ranges)

    @property
    def numpy_text(self) -> str:
        """What stands between the brackets in Python: ``0, 15, :, 10:20``."""
        pairs = zip(self.parts, self.array_shape, strict=True)
        return ", ".join(_text(part, size) for part, size in pairs) or "..."

    def for_zarr(self) -> tuple[slice, ...]:
        """A slice for each axis, also where one index is meant.

        Slices keep zarr on its fast path. ``numpy.squeeze(read, axis=selection.dropped)``
        then has the shape of the selection.
        """
        return tuple(
            part if isinstance(part, slice) else slice(part, part + 1, 1) for part in self.parts
        )

    def inside(self, box: Sequence[tuple[int, int]]) -> Selection | None:
        """The part of the selection that lies in a box, such as a chunk.

        Parameters
        ----------
        box
            For each axis the first element of the box, and the one after the last.

        Returns
        -------
        selection
            Of the same array; None where nothing of it lies in the box.
        """
        parts: list[int | slice] = []
        for part, (low, high) in zip(self.parts, box, strict=True):
            chosen = _range(part)
            skipped = max(0, -((chosen.start - low) // chosen.step))
            left = range(chosen.start + skipped * chosen.step, min(chosen.stop, high), chosen.step)
            if not left:
                return None
            parts.append(
                slice(left.start, left.stop, left.step) if isinstance(part, slice) else part
            )
        return Selection(tuple(parts), self.array_shape)

    def cells(self, cell: Sequence[int]) -> tuple[list[int], ...]:
        """Which cells of a grid are touched, such as chunks.

        Parameters
        ----------
        cell
            Elements along each axis of one cell.

        Returns
        -------
        places
            For each axis the places in the grid, in order; a cell is touched where the
            places of all axes meet.
        """
        return tuple(_cells(_range(p), size) for p, size in zip(self.parts, cell, strict=True))


def whole(shape: Sequence[int]) -> Selection:
    """All of an array."""
    return Selection(tuple(slice(0, size, 1) for size in shape), tuple(shape))


def parse_selection(
    text: str,
    shape: Sequence[int],
    axes: Sequence[str],
    default: Selection | None = None,
    place: Place | None = None,
) -> Selection:
    """Understand a selection that a user typed.

    Parameters
    ----------
    text
        Either by position, with NumPy's meaning (``0, 3, :, 10:20``; ``...`` and negative
        numbers too), where axes that are left out at the end are whole; or by name
        (``z=3, y=10:20``), where axes that are left out come from `default`.
    shape
        Elements along each axis.
    axes
        The name of each axis.
    default
        What counts where nothing is said; None for the whole array.
    place
        Understands a word that is no number, such as a physical position: given the axis and
        the word it gives the index.

    Raises
    ------
    ValueError
        The text is no selection of this array; the message names the axis and its bounds.
    """
    rest = default or whole(shape)
    pieces = [piece.strip() for piece in text.split(",")]
    if pieces == [""]:
        return rest
    if len(pieces) > 1 and not pieces[-1]:  # NumPy allows a comma at the end
        pieces.pop()
    if lost := next((piece for piece in pieces if piece in axes and not _is_plain(piece)), None):
        raise ValueError(f"{visible(lost)} needs a position, as in {visible(lost)}=0")
    if any("=" in piece for piece in pieces):
        parts = _by_name(pieces, shape, axes, rest, place)
    else:
        parts = _by_position(pieces, shape, axes)
    return Selection(tuple(parts), tuple(shape))


def _by_position(pieces: list[str], shape: Sequence[int], axes: Sequence[str]) -> list[int | slice]:
    rank = len(shape)
    if pieces.count("...") > 1:
        raise ValueError("... can stand in one place only")
    given = len(pieces) - pieces.count("...")
    if given > rank:
        has = f"{plural(rank, 'axis', 'axes')}{': ' if rank else ''}{_listed(axes)}"
        raise ValueError(f"{given} are given, the array has {has}")
    at = pieces.index("...") if "..." in pieces else len(pieces)
    spelled = pieces[:at] + [":"] * (rank - given) + pieces[at + 1 :]
    triples = zip(spelled, axes, shape, strict=True)
    return [_part(piece, axis, size) for piece, axis, size in triples]


def _by_name(
    pieces: list[str],
    shape: Sequence[int],
    axes: Sequence[str],
    rest: Selection,
    place: Place | None,
) -> list[int | slice]:
    parts = list(rest.parts)
    seen: set[int] = set()
    for piece in pieces:
        name, is_named, spelled = (word.strip() for word in piece.partition("="))
        if not is_named:
            raise ValueError(f"{piece!r} has no name: write all as z=3, or all by position")
        if name not in axes:
            raise ValueError(f"there is no axis {visible(name)!r}; there are {_listed(axes)}")
        at = axes.index(name)
        if at in seen:
            raise ValueError(f"{visible(name)} is given twice")
        seen.add(at)
        if place is None or _is_plain(spelled):
            parts[at] = _part(spelled, name, shape[at])
        else:
            parts[at] = place(at, spelled)
    return parts


def _is_plain(word: str) -> bool:
    """Whether it is a number, or a range of numbers."""
    return re.fullmatch(r"[-+:\d\s]*", word) is not None


def _part(spelled: str, axis: str, size: int) -> int | slice:
    """One axis's index or range, resolved as NumPy does."""
    name = visible(axis)
    bounds = f"{name} is 0 to {size - 1}" if size else f"{name} is empty"
    try:
        numbers = [int(word) if word.strip() else None for word in spelled.split(":")]
    except ValueError:
        numbers = []
    if len(numbers) == 1 and numbers[0] is not None:
        index = numbers[0]
        if not -size <= index < size:
            raise ValueError(f"{bounds}, {index} is outside")
        return index % size
    if not 2 <= len(numbers) <= 3:
        raise ValueError(
            f"{name}: {visible(spelled)!r} is neither a whole number nor a range such as 10:20"
        )
    if len(numbers) == 3 and numbers[2] is not None and numbers[2] < 1:
        raise ValueError(f"{name}: the step must be 1 or more")
    start, stop, step = slice(*numbers).indices(size)
    if start >= stop and size:
        raise ValueError(f"{bounds}, {visible(spelled)} selects nothing")
    return slice(start, stop, step)


def _range(part: int | slice) -> range:
    if isinstance(part, slice):
        return range(part.start, part.stop, part.step)
    return range(part, part + 1)


def _text(part: int | slice, size: int) -> str:
    if not isinstance(part, slice):
        return str(part)
    if (part.start, part.stop, part.step) == (0, size, 1):
        return ":"
    step = "" if part.step == 1 else f":{part.step}"
    return f"{part.start}:{part.stop}{step}"


def _cells(chosen: range, size: int) -> list[int]:
    if not chosen:
        return []
    if chosen.step <= size:  # no cell between the first and the last is leapt over
        return list(range(chosen[0] // size, chosen[-1] // size + 1))
    return [element // size for element in chosen]


def _listed(axes: Sequence[str]) -> str:
    return ", ".join(visible(axis) for axis in axes)
