"""What the screen on a store asks for to show tables, in threads: cells, rows as curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.envelope import Envelope
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.table_cells import Cells
    from omezarr_tui.image.tables import Table
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Array


@dataclass
class CellsRead(Message):
    """Some cells of a table."""

    table: Table
    rows: range
    columns: range
    cells: Cells


@dataclass
class CellsNotRead(Message):
    """Cells of a table cannot be read."""

    table: Table
    error: UserError
    rows: range
    columns: range


@dataclass
class EnvelopeRead(Message):
    """A row of numbers; None where it cannot be read, which its table tells too."""

    node: Array
    envelope: Envelope | None


class TableWorkers(EditWorkers):
    """The part of the workers that reads tables.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._filling = Lane(screen, "cells")
        self._enveloping = Lane(screen, "envelope")

    def get_reader(self) -> Reader:
        """What all read with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def read_cells(self, table: Table, rows: range, columns: range) -> None:
        """Ask for cells of a table: `CellsRead` or `CellsNotRead`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.table_cells import read_cells

            try:
                cells = read_cells(self._access, self.get_reader(), table, rows, columns, cancelled)
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return CellsNotRead(table, told(error), rows, columns)
            return CellsRead(table, rows, columns, cells)

        self._filling.run(job)

    def read_envelope(self, node: Array) -> None:
        """Ask for a row of numbers as a curve: `EnvelopeRead`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.envelope import read_envelope

            try:
                return EnvelopeRead(node, read_envelope(self.get_reader(), node, cancelled))
            except Cancelled:
                raise
            except Exception:  # codecs may raise anything; the table tells of it
                return EnvelopeRead(node, None)

        self._enveloping.run(job)

    def stop_tables(self) -> None:
        """Stop reading tables: nobody looks at them any more."""
        self._filling.stop()
        self._enveloping.stop()
