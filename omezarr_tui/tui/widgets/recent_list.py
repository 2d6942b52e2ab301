"""The stores that were opened before."""

from __future__ import annotations

import time
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from textual.binding import BindingType

from omezarr_tui.store.location import Location
from omezarr_tui.store.recent import Recent
from omezarr_tui.text import visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.rows import Part, Rows

_MINUTE, _HOUR = 60, 3600


class RecentList(Rows):
    """The stores that were opened before, the last one first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("recent")

    def __init__(self) -> None:
        super().__init__(id="recent")
        self.border_title = "Recent"
        self.stores: list[Recent] = []
        self._failed: set[tuple[str, str | None]] = set()
        self._places: list[Location] = []

    def show_stores(self, stores: list[Recent]) -> None:
        """Show other stores; the cursor stays in its place."""
        self.stores = stores
        self._places = [store.location() for store in stores]
        self.show(len(stores), self.cursor)
        if stores:
            self.say("")
        else:
            self.say(
                "No store was opened yet.",
                "They are listed here. With nothing at hand: omezarr-tui demo",
            )

    @property
    def chosen(self) -> Recent | None:
        """The store that the cursor stands on."""
        return self.stores[self.cursor] if self.stores else None

    def mark_failed(self, place: tuple[str, str | None], failed: bool) -> None:
        """Dim a store that could not be opened, until it can."""
        (self._failed.add if failed else self._failed.discard)(place)
        self.refresh()

    # -- looks ----------------------------------------------------------------------------

    @property
    def tall(self) -> int:
        """Two lines where there is room: its name, and where it lies."""
        return 2 if self.screen.has_class("-wide") else 1

    def left(self, at: int, line: int) -> list[Part]:
        """Its name; on the second line, where it lies."""
        store, place = self.stores[at], self._places[at]
        where = visible(place.url.removesuffix(place.name).rstrip("/"))
        if line:
            return [(f"  {where}", "rows--quiet")]
        dim = store.place in self._failed
        icon = "✗ " if dim else "▪ "
        name: Part = (icon + visible(place.name), "rows--quiet" if dim else "rows--store")
        return [name] if self.tall > 1 else [name, (f"  {where}", "rows--quiet")]

    def right(self, at: int, line: int) -> list[Part]:
        """When it was opened, and what it is."""
        store, place = self.stores[at], self._places[at]
        when: Part = (format_when(store.when, time.time()), "rows--quiet")
        if not line:
            return [when]
        kind = visible(store.mark)
        server = urlsplit(store.endpoint).netloc if store.endpoint else place.place
        shown = kind if place.is_local else " · ".join(filter(None, (visible(server), kind)))
        return [(shown, "rows--quiet")]


def format_when(then: float, now: float) -> str:
    """How long ago something was: ``5 min ago``, ``yesterday``, ``12 Mar``, ``12 Mar 2024``."""
    past = now - then
    day, today = datetime.fromtimestamp(then), datetime.fromtimestamp(now)
    days = (today.date() - day.date()).days
    if past < _MINUTE:
        return "just now"
    if past < _HOUR:
        return f"{past // _MINUTE:.0f} min ago"
    if days == 0 or past < 12 * _HOUR:
        return f"{past // _HOUR:.0f} h ago"
    if days < 7:
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"
