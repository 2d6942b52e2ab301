"""What the screen on a store asks for to take something away, in threads: files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.part import Part
    from omezarr_tui.image.picture import Picture
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.save_view import ViewSize
    from omezarr_tui.image.scale_bar import ScaleBar
    from omezarr_tui.store.access import Access

Progress = Callable[[int, int], None]
_EVERY = 0.1  # seconds between two looks at what is being written


@dataclass(frozen=True, slots=True)
class Saving:
    """What is to be saved.

    Parameters
    ----------
    part
        Values.
    out
        The file; the end of its name says in which format.
    overwrite
        Whether the user gave up a file that is there.
    view, size, bar
        For a PNG: the picture, what of it and how large, and a scale bar.
    """

    part: Part
    out: Path
    overwrite: bool = False
    view: Picture | None = None
    size: ViewSize | None = None
    bar: ScaleBar | None = None


@dataclass
class Saved(Message):
    """A file was written, of so many bytes."""

    wanted: Saving
    nbytes: int


@dataclass
class SavingOn(Message):
    """A file is being written: so much of so much."""

    done: int
    total: int


@dataclass
class NotSaved(Message):
    """No file was written; the user stopped it where there is no error."""

    error: UserError | None
    is_there: bool = False


@dataclass
class FoldersFound(Message):
    """What the beginning of a path may go on to."""

    text: str
    texts: list[str]


class TakingWorkers(EditWorkers):
    """The part of the workers that takes away.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._saving = Lane(screen, "save")
        self._finding_folders = Lane(screen, "folders")

    def get_reader(self) -> Reader:
        """What all read pixels with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def save(self, wanted: Saving) -> None:
        """Ask for a file: `SavingOn` now and then, `Saved` or `NotSaved`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.export_file import IsThere

            last = monotonic()

            def progress(done: int, total: int) -> None:
                nonlocal last
                if monotonic() - last > _EVERY:
                    last = monotonic()
                    self._tell(SavingOn(done, total))

            try:
                self._save(wanted, progress, cancelled)
                return Saved(wanted, wanted.out.stat().st_size)
            except Cancelled:
                return NotSaved(None)
            except IsThere as error:
                return NotSaved(error, is_there=True)
            except UserError as error:
                return NotSaved(error)
            except Exception as error:  # codecs may raise anything
                return NotSaved(UserError(f"{wanted.out} was not written", explain(error)))

        self._saving.run(job)

    def _save(self, wanted: Saving, progress: Progress, cancelled: IsCancelled) -> None:
        if wanted.view is not None and wanted.size is not None:
            from omezarr_tui.image.save_view import save_view

            save_view(
                self.get_reader(),
                wanted.view,
                wanted.size,
                wanted.out,
                bar=wanted.bar,
                overwrite=wanted.overwrite,
                progress=progress,
                cancelled=cancelled,
            )
            return
        from omezarr_tui.image.export import export

        export(
            self._access,
            wanted.part.array,
            wanted.part.selection,
            wanted.out,
            wanted.part.about,
            overwrite=wanted.overwrite,
            progress=progress,
            cancelled=cancelled,
        )

    def find_folders(self, text: str) -> None:
        """Ask which folders of this machine a path may go on to: `FoldersFound`."""

        def job(cancelled: IsCancelled) -> Message:
            head, slash, start = text.rpartition("/")
            try:
                folder = Path(f"{head}{slash}" or ".").expanduser()
                names = sorted(
                    f"{one.name}/"
                    for one in folder.iterdir()
                    if one.name.lower().startswith(start.lower())
                    and (start.startswith(".") or not one.name.startswith("."))
                    and one.is_dir()
                )
            except (OSError, ValueError, RuntimeError):
                names = []
            return FoldersFound(text, [f"{head}{slash}{name}" for name in names])

        self._finding_folders.run(job)

    @property
    def is_saving(self) -> bool:
        """Whether a file is being written."""
        return self._saving.busy

    def stop_taking(self) -> None:
        """Stop writing a file, of which nothing stays."""
        self._saving.stop()
        self._finding_folders.stop()
