"""A plate in the place of the picture, and the title of what lies on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from omezarr_tui.image.plate import Trouble
from omezarr_tui.ome.plate import place_title, plate_name
from omezarr_tui.text import plural
from omezarr_tui.tui.widgets.plate_bar import PlateBar
from omezarr_tui.tui.widgets.plate_view import PlateView
from omezarr_tui.tui.widgets.values_pane import ValuesPane

if TYPE_CHECKING:
    from omezarr_tui.ome.model import Plate, PlateWell
    from omezarr_tui.ome.plate import Place
    from omezarr_tui.store.node import Group

_TITLE_MARGIN = 8  # cells of the border's line that no title takes


class PlatePane(ValuesPane):
    """A pane that can show a plate.

    Parameters
    ----------
    ask_above
        As of `ValuesPane`.
    """

    def __init__(self, ask_above: int) -> None:
        self.place: Place | None = None  # of what is shown, where it lies on a plate
        super().__init__(ask_above)

    @property
    def plate_view(self) -> PlateView:
        """The grid of wells."""
        return self.query_one(PlateView)

    @property
    def shows_plate(self) -> bool:
        """Whether a plate is shown."""
        return self.has_class("-plate")

    def show_plate(self, group: Group, plate: Plate, well: PlateWell | None = None) -> None:
        """Show a plate, with the cursor on a well where one is given."""
        had_focus = self.screen.focused in (self.view, self.table)
        self.forget_picture()
        self.place = None
        self.view.show_words(Content(""))
        self.add_class("-plate")
        self.plate_view.show(group, plate, well)
        if had_focus:
            self.plate_view.focus()

    def leave_plate(self) -> None:
        """Show a picture, or words, in the place of a plate."""
        had_focus = self.screen.focused is self.plate_view
        self.remove_class("-plate")
        if had_focus:
            self.view.focus()

    def forget_picture(self) -> None:
        """Forget what was shown."""
        raise NotImplementedError

    @on(PlateView.Changed)
    def tell_plate(self) -> None:
        """Tell in the title and in the bar of the well that the cursor stands on."""
        if not self.shows_plate:
            return
        view = self.plate_view
        well, parts = view.well, [f"plate {plate_name(view.plate)}", view.cursor_name]
        facts = view.facts.get(well.path) if well else None
        if facts and not isinstance(facts.well, Trouble):
            parts.append(plural(len(facts.well.fields), "field"))
        if (sight := view.in_sight) is not None:
            parts.append("rows {}, columns {}".format(*sight))
        room = self.size.width - _TITLE_MARGIN
        while len(parts) > 2 and len(" · ".join(parts)) > room:
            parts.pop()
        self.entitle(" · ".join(parts))
        self.query_one(PlateBar).tell(view)

    def entitle(self, title: str) -> None:
        """Set the title; of what lies on a plate it tells where, and the rest as it fits."""
        if self.place is not None:
            title = place_title(self.place, title, self.size.width - _TITLE_MARGIN)
        super().entitle(title)
