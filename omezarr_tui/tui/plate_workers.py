"""What the screen on a store asks for about plates, in threads: places, wells, fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.node import Group
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui import messages
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.screen import Screen

    from omezarr_tui.image.named_overlay import NamedOverlay
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.plate import WellFacts
    from omezarr_tui.ome.model import Plate, PlateWell
    from omezarr_tui.ome.plate import Place
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access


class PlateWorkers(EditWorkers):
    """The part of the workers that looks at plates.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    settings
        The user's budgets.
    """

    def __init__(self, screen: Screen[None], access: Access, settings: Settings) -> None:
        super().__init__(screen, access)
        self._settings = settings
        self._on_plates: dict[str, Group | None] = {}
        self._opening_place = Lane(screen, "open place")
        self._measuring = Lane(screen, "measure wells")

    def forget_places(self) -> None:
        """Find out anew what lies on plates."""
        self._on_plates = {}  # a thread that looks just now may still fill the old one

    def _forget_documents(self) -> None:
        super()._forget_documents()
        self.forget_places()

    def place_of(self, path: str) -> Place | None:
        """Where a node lies on a plate; None for one that lies on none. Runs in a worker."""
        from omezarr_tui.ome.plate import find_place

        return find_place(self._access, path, self._on_plates)

    def open_place(
        self,
        group: Group,
        plate: Plate,
        well: PlateWell,
        field: int,
        *,
        inner: str = "",
        steps: int = 0,
        like: PictureRequest | None = None,
        over: NamedOverlay | None = None,
    ) -> None:
        """Ask for a field of a well: `PlaceOpened` or `PlaceNotOpened`.

        Parameters
        ----------
        group, plate, well
            The plate's node, what it says, and the well.
        field
            Which of the well's fields, from 0; the last one where it has fewer.
        inner
            The path of a node below the field, which is opened where the field has it.
        steps
            1 or -1 to go on to the next well, or the one before, where one cannot be opened.
        like
            The picture that its own shall be like; it comes with the answer.
        over
            The label image that lies over it, where the field's image has one of that name.
        """

        def job(cancelled: IsCancelled) -> Message:
            from dataclasses import replace

            from omezarr_tui.image.named_overlay import overlay_named
            from omezarr_tui.ome.plate import node_at, place_in, well_beside

            at: PlateWell | None = well
            asked = (well, field)
            skipped: list[UserError] = []
            while at is not None:
                if cancelled():
                    raise Cancelled
                try:
                    place = replace(place_in(self._access, group, plate, at, field), inner=inner)
                    node = node_at(self._access, place)
                    if node.path == place.path:
                        place = replace(place, inner="")
                    image = image_of(self._access, node)
                    seen = like
                    if seen is not None:
                        overlay = overlay_named(self._access, image, over)
                        seen = replace(seen, overlay=overlay)
                    return messages.PlaceOpened(asked, node, image, place, seen, skipped)
                except Cancelled:
                    raise
                except Exception as error:  # whatever it is, the user is told and goes on
                    skipped.append(told(error))
                at = well_beside(plate, at, steps) if steps else None
            return messages.PlaceNotOpened(asked, skipped[0])

        self._opening_place.run(job)

    def measure_wells(
        self,
        group: Group,
        plate: Plate,
        wells: Sequence[PlateWell],
        known: Mapping[str, WellFacts],
        channel: int | None,
    ) -> None:
        """Ask for facts of wells: `WellsMeasured` for some at a time, or `WellsNotMeasured`.

        Parameters
        ----------
        group, plate, wells, known, channel
            As for `measured_wells`.
        """

        def job(cancelled: IsCancelled) -> Message | None:
            from omezarr_tui.image.plate import measured_wells

            left = len(wells)
            try:
                for facts in measured_wells(
                    self._access,
                    group,
                    plate,
                    wells,
                    known,
                    channel,
                    self._settings.well_bytes,
                    cancelled,
                ):
                    left -= len(facts)
                    self._tell(messages.WellsMeasured(plate, facts, is_last=left <= 0))
            except Cancelled:
                return messages.WellsNotMeasured(plate, None)
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.WellsNotMeasured(plate, told(error))
            return None

        self._measuring.run(job)

    def stop_opening(self) -> None:
        """Stop opening a field, which nobody waits for any more."""
        self._opening_place.stop()

    def stop_measuring(self) -> bool:
        """Stop looking at wells; whether any were looked at."""
        return self._measuring.stop()
