"""What the screen that checks metadata asks for, in threads: findings, fixes, values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from posixpath import commonpath
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import plural, visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.operation import Edit
    from omezarr_tui.ome.validate.finding import Change, Finding
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node

_REPORT_EVERY = 0.1  # seconds
_LINES = 60  # of a value that are shown


class CheckWorkers(EditWorkers):
    """All that the screen that checks metadata can ask of a store.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[Any], access: Access) -> None:
        super().__init__(screen, access)
        self._checking = Lane(screen, "check")
        self._looking_up = Lane(screen, "look up")

    def check(self, node: Node, number: int) -> None:
        """Ask what is wrong at and below a node: `Checking` now and then, then `Checked`.

        `NotChecked` where that fails, or is stopped. All bear the number of the check, so that
        those of one that was replaced can be told from the newest.
        """

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.ome.validate.store import validate_store

            found: list[Finding] = []
            told_at = 0.0

            def progress(nodes: int, findings: Sequence[Finding]) -> None:
                nonlocal told_at
                found.extend(findings)
                if monotonic() - told_at > _REPORT_EVERY:
                    self._tell(messages.Checking(nodes, found.copy(), number))
                    found.clear()
                    told_at = monotonic()

            try:
                self._access.forget()
                now = read_node(self._access, node.path) or node
                report = validate_store(self._access, now, progress=progress, cancelled=cancelled)
            except Cancelled:
                return messages.NotChecked(None, number)
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.NotChecked(told(error), number)
            return messages.Checked(report, number)

        self._checking.run(job)

    @property
    def is_checking(self) -> bool:
        """Whether metadata are being checked."""
        return self._checking.busy

    def find_value(self, finding: Finding) -> None:
        """Ask for the value that a finding speaks of: `ValueFound`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.edit.document_editor import value_in_node

            try:
                value = value_in_node(self._access, finding.node, finding.pointer)
            except (LookupError, OSError, ValueError, UserError):
                return messages.ValueFound(finding, None)
            lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
            if len(lines) > _LINES:
                lines[_LINES:] = [f"… {plural(len(lines) - _LINES, 'more line')}"]
            return messages.ValueFound(finding, [visible(line) for line in lines])

        self._looking_up.run(job)

    def plan_changes(self, changes: Sequence[Change], title: str) -> None:
        """Ask for the plan of a fix, and how each document would change: `Planned`."""

        def make(store: Around) -> Edit:
            from omezarr_tui.edit.documents_edit import DocumentsEdit

            inside = [(change, store.from_root(change.node)) for change in changes]
            if any(at is None for _, at in inside):
                raise UserError(
                    f"{title}: this was not planned",
                    "the nodes lie in different stores: mend them one by one",
                )
            found = [replace(change, node=at) for change, at in inside if at is not None]
            return DocumentsEdit(tuple(found), title, commonpath([c.node for c in found]))

        self.plan(make, changes[0].node)

    def stop(self) -> str | None:
        """Stop what the user may be waiting for; its name, None where nothing ran."""
        for lane, name in (
            (self._writing, "writing"),
            (self._planning, "planning"),
            (self._checking, "checking"),
        ):
            if lane.stop():
                return name
        return None

    def leave(self) -> None:
        """Stop all that reads: nobody waits for it any more, and the threads must end."""
        for lane in (self._planning, self._checking, self._looking_up, self._remembering):
            lane.stop()
