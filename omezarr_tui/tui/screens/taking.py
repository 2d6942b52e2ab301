"""Taking away from the main screen: files, and texts through the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on

from omezarr_tui.store.node import Array
from omezarr_tui.store.writable import writable_folder
from omezarr_tui.text import format_bytes, plural, visible
from omezarr_tui.tui.readout_workers import PixelRead
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.copy import Copied, CopyScreen
from omezarr_tui.tui.screens.save import SaveScreen
from omezarr_tui.tui.taking_workers import FoldersFound, NotSaved, Saved, SavingOn

if TYPE_CHECKING:
    from omezarr_tui.image.part import Part
    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.region import Region


class TakingScreen(StoreScreen):
    """The part of the main screen that saves and copies."""

    drawn_region: Region | None
    _save_folder: Path | None = None  # where the last file was saved
    _known_pixel: tuple[Counting, dict[int, Any]] | None = None

    @property
    def statistics_text(self) -> str | None:
        """The statistics that are shown, as lines to copy; None where none are."""
        raise NotImplementedError

    # -- saving ---------------------------------------------------------------------------

    def action_save(self) -> None:
        """Ask what to save, and where to."""
        parts = self._parts()
        if not parts:
            self.tell("There is no picture and no table here to save.")
            return
        self.app.push_screen(
            SaveScreen(
                parts,
                self.panel.picture,
                self.access.location.name,
                self.work,
                self._save_folder or writable_folder(),
            )
        )

    def _parts(self) -> list[tuple[str, Part]]:
        """What can be saved, in words."""
        from omezarr_tui.image.part import WHAT_NAMES, What, part_of, part_of_array

        picture, region = self.panel.picture, self.drawn_region
        if picture is not None:
            ways: list[What] = ["seen", "region", "plane"]
            if region is None or not region.is_across(picture.request.view):
                ways.remove("region")
            parts = [(WHAT_NAMES[way], part_of(picture, way, region)) for way in ways]
            return parts[:-1] if parts[0][1] == parts[-1][1] else parts  # the whole is seen
        table, grid = self.panel.shown_table, self.panel.table
        if table is None or not table.row_count or not table.column_count:
            return []
        if table.array is not None:
            seen = part_of_array(table.array, table.selection(*grid.in_sight))
            return [("all values", part_of_array(table.array)), ("what is seen", seen)]
        column = table.columns[grid.cursor.x]
        return [(f"column {column.name}", part_of_array(a)) for a in column.arrays[:1]]

    @on(SavingOn)
    def _saving_on(self, event: SavingOn) -> None:
        if isinstance(shown := self.app.screen, SaveScreen):
            shown.show_progress(event)

    @on(Saved)
    def _saved(self, event: Saved) -> None:
        out = event.wanted.out
        self._save_folder = out.parent
        self.tell(f"Saved: {visible(out)}, {format_bytes(event.nbytes)}")
        if isinstance(shown := self.app.screen, SaveScreen):
            shown.saved(event)

    @on(NotSaved)
    def _not_saved(self, event: NotSaved) -> None:
        if isinstance(shown := self.app.screen, SaveScreen):
            shown.not_saved(event)

    @on(FoldersFound)
    def _folders_found(self, event: FoldersFound) -> None:
        if isinstance(shown := self.app.screen, SaveScreen):
            shown.show_folders(event)

    # -- copying --------------------------------------------------------------------------

    def action_copy(self) -> None:
        """Ask which text to copy."""
        from omezarr_tui.image.links import Refusal, napari_command, neuroglancer_link
        from omezarr_tui.image.taking import path_text, python_lines

        picture, parts = self.panel.picture, self._parts()
        path = picture.request.image.multiscale.path if picture else self.node.path
        named = dict(parts)
        part = named.get("the region") or named.get("what is seen")
        part = part or next(iter(named.values()), None)
        if part is None and isinstance(self.node, Array):
            from omezarr_tui.image.part import part_of_array

            part = part_of_array(self.node)
        nothing = Refusal("there is no array here")
        texts = [
            Copied("p", "Python that reads these values with zarr",
                   python_lines(self.access, part) if part else nothing),
            Copied("v", "the value under the cursor", self._value()),
            Copied("l", "path or URL of the node", path_text(self.access, self.node.path)),
            Copied("n", "napari command", napari_command(self.access, picture)),
            Copied("g", "Neuroglancer link to this place",
                   neuroglancer_link(self.access, picture, self.panel.cursor)),
            Copied("s", "statistics", self.statistics_text or Refusal("I tells statistics")),
        ]  # fmt: skip
        if picture is not None and path != self.node.path:
            texts.insert(3, Copied("i", "path or URL of the image", path_text(self.access, path)))
        self.app.push_screen(CopyScreen(texts), self._copy)

    def _copy(self, chosen: Copied | None) -> None:
        if chosen is None or not isinstance(chosen.text, str):
            return
        self.app.copy_to_clipboard(chosen.text)
        count = chosen.text.count("\n") + 1
        size = plural(count, "line") if count > 1 else visible(chosen.text, 60)
        self.tell(f"Copied {chosen.what}: {size}")

    def _value(self) -> Any:
        """The value under the cursor; it is read where it is not known yet."""
        from omezarr_tui.image.taking import value_text_at
        from omezarr_tui.image.under_cursor import pixel_under

        picture, cursor = self.panel.picture, self.panel.cursor
        if picture is None:
            return self._value_of_table()
        pixel = pixel_under(picture, cursor) if cursor is not None else None
        known = self._known_pixel
        if pixel is None or (known is not None and known[0] == pixel):
            return value_text_at(picture, pixel, known[1] if known else None)
        if pixel.decoded_bytes <= self.settings.ask_above_bytes:
            self.work.read_pixel(pixel)
        return value_text_at(picture, pixel, None)

    def _value_of_table(self) -> Any:
        from omezarr_tui.image.links import Refusal

        if self.panel.shown_table is None:
            return Refusal("there are no values")
        return self.panel.cell_text or Refusal("it is not read yet")

    @on(PixelRead)
    def _pixel_known(self, event: PixelRead) -> None:
        if event.error is not None:
            return
        self._known_pixel = event.wanted, event.values
        if isinstance(shown := self.app.screen, CopyScreen):
            shown.renew("v", self._value())
