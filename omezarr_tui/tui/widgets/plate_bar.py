"""The bar below a plate: the cursor's well, the measure with its scale, how much is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from omezarr_tui.image.plate import Trouble, measure_words
from omezarr_tui.image.plate_grid import colour_of, glyph_of
from omezarr_tui.ome.model import Well
from omezarr_tui.ome.plate import acquisition_words
from omezarr_tui.text import format_count, format_number, listed, plural, visible
from omezarr_tui.tui.themes import QUIET

if TYPE_CHECKING:
    from omezarr_tui.tui.widgets.plate_view import PlateView

_STEPS = 12


class PlateBar(Static):
    """Tells of the plate that is shown, in three lines."""

    def __init__(self) -> None:
        super().__init__(id="plate-bar", markup=False)

    def tell(self, view: PlateView) -> None:
        """Tell of the cursor's well and of the measure."""
        lines = (_well(view), _measure(view), _state(view, self.content_size.width - 1))
        self.update(Content("\n").join(Content.assemble(" ", line) for line in lines), layout=False)


def _well(view: PlateView) -> Content:
    """Line 1: the cursor's well."""
    name, well = Content.styled(view.cursor_name, "b"), view.well
    if well is None:
        return Content.assemble(name, ("   the plate lists no well here", QUIET))
    parts: list[str] = []
    facts = view.facts.get(well.path)
    if facts is None:
        parts.append("not looked at yet")
    elif isinstance(facts.well, Trouble):
        parts.append(f"broken: {visible(facts.well.why)}")
    else:
        parts.append(plural(len(facts.well.fields), "field"))
        parts += [acquisitions] if (acquisitions := _acquisitions(view, facts.well)) else []
    # Where the place in the grid says nothing else, the path is what the name is.
    if well.path.replace("/", "") != view.cursor_name:
        parts.append(visible(well.path))
    return Content.assemble(name, ("   " + "   ".join(parts), ""))


def _acquisitions(view: PlateView, well: Well) -> str:
    words = [acquisition_words(view.plate, field) for field in well.fields]
    told = list(dict.fromkeys(filter(None, words)))
    if len(told) > 1:
        return "acquisitions " + listed([one.partition(" ")[2] for one in told])
    return "".join(told)


def _measure(view: PlateView) -> Content:
    """Line 2: the cursor's value and the scale of all."""
    value, scale = view.value(), view.scale
    parts: list[Content | tuple[str, str] | str] = []
    if scale is not None:
        low, high = scale
        ramp: list[tuple[str, str]] = []
        for step in range(_STEPS):
            part = step / (_STEPS - 1)
            colour = "on #{:02x}{:02x}{:02x}".format(*colour_of(part))
            ramp.append((glyph_of(part), "") if view.glyphs else (" ", colour))
        if low == high:
            ramp = ramp[-1:]
        ends = "" if low == high else f" {format_number(high)}"
        parts += [format_number(low), (" ▕", QUIET), *ramp, ("▏", QUIET), ends, "   "]
    if isinstance(value, Trouble) and not _is_broken(view):  # of a broken well line 1 tells it
        parts.append(f"{view.cursor_name}: {visible(value.why)}")
    elif isinstance(value, int | float):
        parts += [f"{view.cursor_name}: ", (format_number(value), "b")]
    elif value is None and view.well is not None:
        parts.append((f"{view.cursor_name}: not measured yet", QUIET))
    return Content.assemble(*parts)


def _is_broken(view: PlateView) -> bool:
    facts = view.facts.get(view.well.path) if view.well else None
    return facts is not None and isinstance(facts.well, Trouble)


def _state(view: PlateView, room: int) -> Content:
    """Line 3: what the measure is of, and of how many wells it is known."""
    total = len(view.plate.wells)
    names = [visible(name) for name in view.channels]
    parts = [measure_words(view.measure, view.channel, names)]
    known, broken, empty = view.counts
    some = "all" if known == total else f"{format_count(known)} of"
    parts.append(f"{some} {plural(total, 'well')}")
    if broken:
        parts.append(f"{format_count(broken)} broken")
    if empty:
        parts.append(f"{format_count(empty)} without values")
    if view.unplaced:
        parts.append(f"{format_count(view.unplaced)} without a place of their own")
    while len(parts) > 1 and len(" · ".join(parts)) > room:
        parts.pop()
    return Content.styled(" · ".join(parts), QUIET)
