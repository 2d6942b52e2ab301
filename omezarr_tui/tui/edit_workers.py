"""What the screen on a store asks for to change it, in threads: plans, edits, taking them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from textual.message import Message

from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui import messages
from omezarr_tui.tui.lane import IsCancelled, Job, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.entry import Entry, Side
    from omezarr_tui.edit.operation import Edit
    from omezarr_tui.edit.plan import Plan
    from omezarr_tui.edit.work import Work
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.store.access import Access

_SHOWN = 20  # documents whose difference is shown

MakeEdit = Callable[["Around"], "Edit"]
"""From the store around a node to the edit: paths in it are from the store's root."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """What of an edit can be seen on the plane that is shown.

    Parameters
    ----------
    shown
        What is on the screen.
    level
        The level that is edited.
    bounds
        What is edited of it: for each axis the first element, and the one after the last.
    room
        Rows and columns of each of the two pictures.
    """

    shown: PictureRequest
    level: int
    bounds: Sequence[tuple[int, int]]
    room: tuple[int, int]


class EditWorkers:
    """The part of the workers that edits.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[Any], access: Access) -> None:
        self._screen = screen
        self._access = access
        self._stores: dict[str, Around] = {}
        self._planning = Lane(screen, "plan")
        self._writing = Lane(screen, "write")
        self._remembering = Lane(screen, "remember")
        self._reading_again = Lane(screen, "read again")

    def plan(self, make: MakeEdit, path: str, pictured: Pictured | None = None) -> None:
        """Ask for the plan of an edit of the store around a node: `Planned`, or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.store.arrays import prepare

            prepare()  # what is imported next imports parts of zarr
            from omezarr_tui.edit.differences import differences
            from omezarr_tui.edit.plan import plan_edit
            from omezarr_tui.edit.preview import before_and_after

            try:
                store = self._around(path)
                work = self._work("looking at what would change", cancelled)
                plan = plan_edit(store.access, make(store), work)
                pictures = None
                if pictured is not None and not plan.is_empty:
                    pictures = before_and_after(
                        plan,
                        pictured.level,
                        pictured.bounds,
                        pictured.shown,
                        store.from_root,
                        pictured.room,
                        cancelled,
                    )
                shown = list(islice(differences(plan), _SHOWN))
            except Cancelled:
                return messages.NotEdited(None)
            except Exception as error:
                return messages.NotEdited(told(error))
            return messages.Planned(plan, pictures, shown, path)

        self._planning.run(job)

    def describe_for_edit(self, path: str, wanted: Literal["fields", "attributes"]) -> None:
        """Ask for the metadata of a node: `DescribedForEdit`, or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.described import describe_node

            try:
                store = self._around(path)
                inside = store.from_root(path)
                assert inside is not None
                return messages.DescribedForEdit(describe_node(store.access, inside), path, wanted)
            except Exception as error:
                return messages.NotEdited(told(error))

        self._planning.run(job)

    def apply(self, plan: Plan, path: str) -> None:
        """Make an edit of the store around a node that was confirmed: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import apply_plan

            access = self._around(path).access
            entry = apply_plan(access, plan, self._work("writing", cancelled))
            return self._edited(entry, "made", path)

        self._write(job)

    def undo(self, entry: Entry, path: str) -> None:
        """Take an edit of the store around a node back: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import undo

            work = self._work("putting back", lambda: False)
            return self._edited(undo(self._around(path).access, entry, work), "undone", path)

        self._write(job)

    def redo(self, entry: Entry, path: str) -> None:
        """Make an edit again that was undone: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import redo

            work = self._work("writing again", lambda: False)
            return self._edited(redo(self._around(path).access, entry, work), "made again", path)

        self._write(job)

    def recover(self, entry: Entry, to: Side, path: str) -> None:
        """Bring an edit that was interrupted to an end: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import recover

            work = self._work("putting right", lambda: False)
            done = recover(self._around(path).access, entry, to, work)
            return self._edited(done, "put right", path)

        self._write(job)

    def find_edits(self, path: str) -> None:
        """Ask for what can be undone and made again of the store around a node: `EditsFound`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.journal import Journal, journal_folder

            if self._access.why_read_only() or not journal_folder().is_dir():
                return messages.EditsFound()  # without asking a network
            journal = Journal(self._around(path).access.location)
            return messages.EditsFound(
                tuple(journal.entries()),
                journal.last_applied(),
                journal.last_undone(),
                journal.interrupted(),
            )

        self._remembering.run(job)

    def read_again(self, paths: Sequence[str]) -> None:
        """Read nodes again whose documents were changed: `ReadAgain`."""

        def job(cancelled: IsCancelled) -> Message:
            self._forget_documents()
            return messages.ReadAgain([n for n in read_nodes(self._access, paths) if n is not None])

        self._reading_again.run(job)

    @property
    def is_writing(self) -> bool:
        """Whether the store is being changed: then no other edit may begin."""
        return self._writing.busy

    def _write(self, job: Job) -> None:
        """Run a job that changes the store, unless one runs: it is never replaced."""

        def answered(cancelled: IsCancelled) -> Message | None:
            try:
                return job(cancelled)
            except Cancelled:
                return messages.NotEdited(None)
            except Exception as error:
                return messages.NotEdited(told(error))

        if not self._writing.busy:
            self._writing.run(answered)

    def _edited(self, entry: Entry, did: messages.Did, path: str) -> Message:
        """What an edit, undo or redo changed, by paths from the place that was opened."""
        from omezarr_tui.edit.keys import ABSENT
        from omezarr_tui.store.documents import DOCUMENTS

        documents = [r for r in entry.records if r.key.rpartition("/")[2] in DOCUMENTS]
        changed_names = bool(entry.moves) or any(
            ABSENT in (record.before.digest, record.after.digest) for record in documents
        )
        store = self._around(path)
        nodes = store.nodes_of([record.key for record in documents])
        moved = []
        for ends in entry.nodes_moved:
            old, new = ends if did in ("made", "made again") else ends[::-1]
            here = store.from_opened(old), store.from_opened(new)
            moved += [(here[0], here[1])] if here[0] and here[1] else []
        return messages.Edited(entry, did, nodes, changed_names, tuple(moved))

    def _forget_documents(self) -> None:
        """Read documents anew the next time: some were changed."""
        self._access.forget()

    def _work(self, doing: str, cancelled: IsCancelled) -> Work:
        from omezarr_tui.edit.work import Work

        return Work(lambda d, total: self._tell(messages.Editing(doing, d, total)), cancelled)

    def _around(self, path: str) -> Around:
        """The store around a node, which over a network takes asking the folders above it."""
        from omezarr_tui.edit.around import around

        if path not in self._stores:
            of_all = next((each for each in self._stores.values() if not each.is_folder), None)
            self._stores[path] = of_all or around(self._access, path)
        return self._stores[path]

    def _tell(self, message: Message) -> None:
        self._screen.post_message(message)
