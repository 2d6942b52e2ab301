"""The statistics below the picture: a table that stays as high as it is while values come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from omezarr_tui.image.measuring import never_written_text, statistics_table
from omezarr_tui.text import format_bytes, visible
from omezarr_tui.tui.themes import QUIET

if TYPE_CHECKING:
    from omezarr_tui.errors import UserError
    from omezarr_tui.image.measuring import Measuring
    from omezarr_tui.image.statistics import Statistics

_MOST = 4  # channels that are shown; all can be copied
_NAMES = 12


class MeasuresView(Static):
    """Tells statistics, or that they are being read."""

    def __init__(self) -> None:
        super().__init__(id="measures", markup=False)
        self._told: tuple[Measuring, dict[int, Statistics], str] | None = None

    def show(self, wanted: Measuring, found: dict[int, Statistics], note: str = "") -> None:
        """Show what is known, and what is to be said of it."""
        self._told = (wanted, found, note)
        rows = min(_MOST, len(wanted.counting.regions))
        self.styles.height = rows + 4
        self._lay_out()

    def ask(self, wanted: Measuring) -> None:
        """Tell what reading would cost."""
        self.show(wanted, {}, f"reads {format_bytes(wanted.needed)}: I reads it all the same")

    def fail(self, wanted: Measuring, error: UserError) -> None:
        """Tell why there are none."""
        self.show(wanted, {}, f"{error.what}: {error.why}")

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._told is None:
            return
        wanted, found, note = self._told
        room = self.content_size.width
        more = len(wanted.counting.regions) - _MOST
        head, *lines = statistics_table(wanted, found, _MOST, _NAMES, room - 1)
        others = f"{more} more channels" if more > 0 else ""
        told = [wanted.source, never_written_text(wanted, found), others]
        source, place = note or " · ".join(filter(None, told)), wanted.place
        parts = [
            Content.assemble((f" Statistics of {_the(wanted.what)}", "b"), f" · {wanted.size}"),
            Content.assemble(f" {visible(source)}", (f" · {place}" if place else "", QUIET)),
            Content.styled(f" {head}", QUIET),
            *(Content(f" {line}") for line in lines),
        ]
        fitting = (part.truncate(room, ellipsis=True) for part in parts)
        self.update(Content("\n").join(fitting), layout=False)


def _the(what: str) -> str:
    return what if what == "what is seen" else f"the {what}"
