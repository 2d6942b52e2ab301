"""Plates on the main screen: the grid of wells, and from field to field within the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from omezarr_tui.ome.plate import plate_name, well_beside
from omezarr_tui.ome.read_plate import read_plate
from omezarr_tui.store.node import Group
from omezarr_tui.text import plural, visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.widgets.plate_view import PlateView

if TYPE_CHECKING:
    from omezarr_tui.image.named_overlay import NamedOverlay
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.ome.model import PlateWell
    from omezarr_tui.ome.plate import Place


class PlateScreen(StoreScreen):
    """The part of the main screen that knows of plates."""

    place: Place | None = None  # of the node that is chosen
    _going: tuple[PlateWell, int] | None = None  # the well and field that were asked for last
    _like: tuple[str, PictureRequest] | None = None  # of which plate a field was seen last, how

    @property
    def plate_view(self) -> PlateView:
        """The grid of wells."""
        return self.panel.plate_view

    # -- the grid -------------------------------------------------------------------------

    def show_plate(self, event: messages.Described) -> bool:
        """Show the grid for a plate, or for a well of one; whether the node is either."""
        node, place = event.node, event.place
        if self.place is not None and self.panel.request is not None:
            self._like = (self.place.plate.path, self.panel.request)
        self.panel.place = self.place = place
        self._going = None
        if isinstance(node, Group) and (plate := read_plate(node.path, node.attributes)):
            self.panel.show_plate(node, plate)
            return True
        if place is not None and node.path == place.well.path:
            self.panel.show_plate(place.group, place.plate, place.listed)
            return True
        self.work.stop_measuring()
        return False

    def back_to_plate(self) -> bool:
        """Go back from a field to its plate, with the cursor on its well; whether there is one."""
        place = self.place
        if place is None or self.where != "picture":
            return False
        self.show_node(messages.Described(place.group, None))
        self.plate_view.go_to(place.listed)
        self.hierarchy.reveal(place.plate.path, quietly=True)
        return True

    def leave_going(self) -> None:
        """Open no field that was asked for before: something else was chosen."""
        self.over_fields = None
        if self._going is not None:
            self._going = None
            self.work.stop_opening()

    @on(PlateView.Wanted)
    def _measure(self, event: PlateView.Wanted) -> None:
        self.panel.begin_to_wait()
        self.work.measure_wells(event.group, event.plate, event.wells, event.known, event.channel)

    @on(messages.WellsMeasured)
    def _measured(self, event: messages.WellsMeasured) -> None:
        if event.is_last and self.panel.shows_plate:
            self.panel.settle()
        self.plate_view.fill(event.plate, event.facts, at_once=event.is_last)

    @on(messages.WellsNotMeasured)
    def _not_measured(self, event: messages.WellsNotMeasured) -> None:
        if event.error is not None:
            self.panel.settle()
            self.tell(str(event.error), "error")

    @on(PlateView.Chosen)
    def _open_well(self, event: PlateView.Chosen) -> None:
        view = self.plate_view
        if view.group is not None:
            like = self._like[1] if self._like and self._like[0] == view.plate.path else None
            self._going = (event.well, 0)
            self.panel.begin_to_wait()
            over = self._name_over_fields(like)
            self.work.open_place(view.group, view.plate, event.well, 0, like=like, over=over)

    # -- from field to field --------------------------------------------------------------

    def action_well(self, steps: int) -> None:
        """Go to the next well or the one before: the same field of it, seen the same way."""
        view, place = self.plate_view, self.place
        if self.panel.shows_plate:
            if view.well is None or (beside := well_beside(view.plate, view.well, steps)) is None:
                self._tell_end(plate_name(view.plate), "well", steps)
            else:
                view.go_to(beside)
            return
        if place is None:
            return
        listed, field = self._going or (place.listed, place.field or 0)
        beside = well_beside(place.plate, listed, steps)
        if beside is None:
            self._tell_end(plate_name(place.plate), "well", steps)
        else:
            self._go(place, beside, field, steps)

    def action_field(self, steps: int) -> None:
        """Go to the next field of the well or the one before, seen the same way."""
        place = self.place
        if place is None or place.field is None or self.panel.shows_plate:
            return
        count = len(place.well.fields)
        listed, field = self._going or (place.listed, place.field)
        if listed == place.listed and not 0 <= field + steps < count:
            name = visible(place.plate.well_name(place.listed))
            self._tell_end(f"{name} ({plural(count, 'field')})", "field", steps)
        elif field + steps >= 0:
            self._go(place, listed, field + steps, 0)

    def _go(self, place: Place, listed: PlateWell, field: int, steps: int) -> None:
        self._going = (listed, field)
        self.panel.begin_to_wait()
        self.work.open_place(
            place.group,
            place.plate,
            listed,
            field,
            inner=place.inner,
            steps=steps,
            like=self.panel.request,
            over=self._name_over_fields(self.panel.request),
        )

    def _name_over_fields(self, request: PictureRequest | None) -> NamedOverlay | None:
        """What lies over the next field: what lies over the one that was seen, or before it."""
        from omezarr_tui.image.named_overlay import named_overlay

        if request is not None and (named := named_overlay(request)) is not None:
            self.over_fields = named
        return self.over_fields

    def _tell_end(self, of: str, what: str, steps: int) -> None:
        self.tell(f"This is the {'last' if steps > 0 else 'first'} {what} of {of}.")

    @on(messages.PlaceOpened)
    def _place_opened(self, event: messages.PlaceOpened) -> None:
        if event.asked != self._going:  # something else was chosen meanwhile
            return
        for error in event.skipped:
            self.tell(f"{error.what}; it was passed over\n  {error.why}", "warning")
        self.show_node(messages.Described(event.node, event.image, place=event.place), event.like)
        self.hierarchy.reveal(event.node.path, quietly=True)

    @on(messages.PlaceNotOpened)
    def _place_not_opened(self, event: messages.PlaceNotOpened) -> None:
        if event.asked == self._going:
            self._going = None
            self.panel.settle()
            self.tell(str(event.error), "error")

    def show_node(self, event: messages.Described, like: PictureRequest | None = None) -> None:
        """Show a node that was looked at, with its picture like another one where that is given."""
        raise NotImplementedError
