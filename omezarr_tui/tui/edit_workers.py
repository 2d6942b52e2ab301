"""What the screen on a store asks for to change it, in threads: plans, edits, taking them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.message import Message

from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.root import store_root
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui import messages
from omezarr_tui.tui.lane import IsCancelled, Job, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.edit.entry import Entry
    from omezarr_tui.edit.operation import Operation
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.store.access import Access
    from omezarr_tui.tui.screens.fill import Filling


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
        self._roots: dict[str, tuple[Access, str]] = {}
        self._planning = Lane(screen, "plan")
        self._writing = Lane(screen, "write")
        self._remembering = Lane(screen, "remember")
        self._reading_again = Lane(screen, "read again")

    def plan(
        self, filling: Filling, note: str, shown: PictureRequest | None, room: tuple[int, int]
    ) -> None:
        """Ask for an edit's plan, and its pictures where there are any: `Planned`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.store.arrays import prepare

            prepare()  # what is imported next imports parts of zarr
            from omezarr_tui.edit.plan import plan_fill
            from omezarr_tui.edit.preview import before_and_after

            access, path = self._root_of(filling.node.path)
            try:
                plan = plan_fill(
                    access,
                    replace(filling.node, path=path),
                    filling.selection,
                    filling.value,
                    note=note,
                    progress=self._progress("looking at what would change"),
                    cancelled=cancelled,
                )
                pictures = None
                if shown is not None and plan.touched:
                    pictures = before_and_after(self._access, plan, shown, room, cancelled)
            except Cancelled:
                return messages.NotEdited(None)
            except Exception as error:
                return messages.NotEdited(told(error))
            return messages.Planned(plan, pictures, filling.node.path)

        self._planning.run(job)

    def apply(self, plan: Operation, path: str) -> None:
        """Make an edit of the node at a path that was confirmed: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import apply_plan

            access, _ = self._root_of(path)
            progress = self._progress("writing")
            entry = apply_plan(access, plan, progress=progress, cancelled=cancelled)
            return messages.Edited(entry, undone=False, nodes=self._nodes_of(entry, path))

        self._write(job)

    def find_undo(self, path: str) -> None:
        """Ask for the newest edit that can be undone of the store around a node: `UndoFound`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.journal import Journal, journal_folder

            if self._access.why_read_only() or not journal_folder().is_dir():
                return messages.UndoFound(None, False)  # without asking a network for the root
            access, _ = self._root_of(path)
            journal = Journal(access.location)
            interrupted = journal.interrupted()
            return messages.UndoFound(
                interrupted or journal.last_applied(), interrupted is not None
            )

        self._remembering.run(job)

    def read_again(self, paths: Sequence[str]) -> None:
        """Read nodes again whose documents were changed: `ReadAgain`."""

        def job(cancelled: IsCancelled) -> Message:
            self._forget_documents()
            return messages.ReadAgain([n for n in read_nodes(self._access, paths) if n is not None])

        self._reading_again.run(job)

    def undo(self, entry: Entry, path: str) -> None:
        """Take an edit of the store around a node back: `Edited` or `NotEdited`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.apply import undo

            access, _ = self._root_of(path)
            undone = undo(access, entry)
            return messages.Edited(undone, undone=True, nodes=self._nodes_of(undone, path))

        self._write(job)

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

    def _forget_documents(self) -> None:
        """Read documents anew the next time: some were changed."""
        self._access.forget()

    def _progress(self, doing: str) -> Callable[[int, int], None]:
        return lambda done, total: self._tell(messages.Editing(doing, done, total))

    def _root_of(self, path: str) -> tuple[Access, str]:
        """The store around a node, which over a network takes asking the folders above it."""
        if path not in self._roots:
            self._roots[path] = store_root(self._access, path)
        return self._roots[path]

    def _nodes_of(self, entry: Entry, path: str) -> tuple[str, ...]:
        """The nodes whose documents an edit changed, by path from the place that was opened."""
        from omezarr_tui.edit.around import around

        return around(self._access, path).nodes_of([record.key for record in entry.records])

    def _tell(self, message: Message) -> None:
        self._screen.post_message(message)
