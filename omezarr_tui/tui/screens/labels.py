"""Label images over pictures, and the cursor, from the main screen."""

from __future__ import annotations

from textual import on

from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen


class LabelsScreen(StoreScreen):
    """The part of the main screen that lays labels over the picture."""

    _tried: tuple[str, str] | None = None  # an image, and its label image that failed last

    def action_labels(self) -> None:
        """Lay the next label image over the picture; after the last one none.

        Where the chosen node is a label image, show it over its image, and then alone.
        """
        request = self.panel.request
        if request is None or self.image is None:
            return
        self.over_fields = None
        if self.image.multiscale.is_label:
            if request.overlay is None:
                self.work.labelled_image(self.image)
            else:
                self.panel.lay_over(self.image, None)
            return
        shown = request.image.multiscale.path
        after = request.overlay.labels.multiscale.path if request.overlay else None
        if self._tried is not None and self._tried[0] == shown:
            after = self._tried[1]
        self.work.next_labels(request.image, after)

    @on(messages.LabelsFound)
    def _found(self, event: messages.LabelsFound) -> None:
        if self.image is None or event.chosen.multiscale != self.image.multiscale:
            return  # something else was chosen in the meantime
        self._tried = None
        if not self.panel.lay_over(event.image, event.labels, event.opacity):
            self.tell("The image that it labels has no plane to show.", "warning")

    @on(messages.LabelsNotFound)
    def _not_found(self, event: messages.LabelsNotFound) -> None:
        if self.image is None or event.chosen.multiscale != self.image.multiscale:
            return
        if event.path is not None:  # the next time the one after it has its turn
            self._tried = (event.chosen.multiscale.path, event.path)
        self.tell(str(event.error), "warning")

    def action_opacity(self) -> None:
        """Show more or less of the picture through the labels."""
        if self.panel.request is not None and self.panel.request.overlay is None:
            self.tell("No label image lies over the picture: L lays one over it.")
        self.panel.change_opacity()

    def action_cursor(self) -> None:
        """Show the cursor, or take it away."""
        if self.panel.toggle_cursor():
            self.show_pane("picture")
            self.panel.focusable_part.focus()
