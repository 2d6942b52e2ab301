"""The map of chunks as text: a sign for each chunk, those of one shard together."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from omezarr_tui.image.chunk_map import ChunkFacts, ChunkPlane, Place, Spot, State, counts_of
from omezarr_tui.text import format_bytes, format_count, visible
from omezarr_tui.tui.themes import QUIET

GLYPHS = {
    State.UNKNOWN: ("?", QUIET),
    State.STORED: ("■", "$primary"),
    State.MISSING: ("·", QUIET),
    State.SOUND: ("✓", "$success"),
    State.BROKEN: ("✗", "b $error"),
}


def around(at: int, count: int, per_shard: int, room: int) -> range:
    """So many chunks around one as have room, with a gap between shards."""
    gaps = 1 / per_shard if per_shard > 1 else 0.0
    most = max(1, min(count, int(room / (1 + gaps))))
    first = min(max(0, at - most // 2), count - most)
    return range(first, first + most)


def legend(facts: Mapping[Spot, ChunkFacts], rows: range, columns: range) -> Content:
    """What the signs in sight mean, and how many chunks there are of each."""
    counts = counts_of(facts.get((r, c), ChunkFacts()) for r in rows for c in columns)
    parts = [
        Content.assemble(GLYPHS[state], f" {format_count(counts[state])} {state.value}")
        for state in State
        if counts[state]
    ]
    return Content("   ").join(parts)


def cells(
    plane: ChunkPlane, facts: Mapping[Spot, ChunkFacts], rows: range, columns: range, at: Spot
) -> Content:
    """The map: a line for each row of chunks, with the chunk `at` reversed."""
    down, across = plane.per_shard
    lines: list[Content] = []
    for row in rows:
        if lines and down > 1 and row % down == 0:
            lines.append(Content(""))
        parts: list[str | tuple[str, str]] = [(f"{row:>5} ", QUIET)]
        for column in columns:
            if column > columns.start and across > 1 and column % across == 0:
                parts.append(" ")
            glyph, style = GLYPHS[facts.get((row, column), ChunkFacts()).state]
            parts.append((glyph, f"{style} reverse") if (row, column) == at else (glyph, style))
            parts.append(" " if across == 1 else "")
        lines.append(Content.assemble(*parts))
    first = f"column {columns.start}" + (f" to {columns.stop - 1}" if len(columns) > 1 else "")
    return Content("\n").join([Content.styled(f"      {first}", QUIET), *lines])


def chunk_text(
    plane: ChunkPlane, spot: Spot, facts: ChunkFacts, names: list[str], room: int
) -> Content:
    """Two lines on a chunk: where it is, and what is known of it.

    Parameters
    ----------
    names
        Of the axes, safe to print.
    room
        Characters in a line.
    """
    down, across = plane.pixels(spot)
    where = (
        f"{names[plane.rows]} {down[0]}–{down[-1]}  {names[plane.columns]} {across[0]}–{across[-1]}"
    )
    kind = "shard" if plane.array.shards is not None else "key"
    first = [f"chunk {_place_text(plane.place(spot))}", where]
    first.append(f"{kind} {visible(plane.key(spot), 60)}")
    second = [facts.state.value]
    if facts.nbytes is not None:
        raw = plane.chunk_bytes
        second.append(f"{format_bytes(facts.nbytes)} stored, {format_bytes(raw)} decoded")
    if facts.why:
        second.append(visible(facts.why))
    lines = Content.styled(" · ".join(first), "b"), Content(" · ".join(second))
    return Content("\n").join(line.truncate(room, ellipsis=True) for line in lines)


def _place_text(place: Place) -> str:
    """A chunk's place in the grid: ``(0, 3, 2)``."""
    return f"({', '.join(map(str, place))})"
