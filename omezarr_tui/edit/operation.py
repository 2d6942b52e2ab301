"""What an edit is: a value that says what is wanted, and lays it into a staged store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work

Facts = Sequence[tuple[str, str]]  # a heading, and plain text
NOTHING = "nothing"  # the heading of why nothing would change, where that has another cause


class Edit(Protocol):
    """A change of a store that somebody wants, of whatever kind."""

    @property
    def title(self) -> str:
        """What it does, in a few words that begin with a verb: ``Fill with a value``."""

    @property
    def expression(self) -> str:
        """What is done and where, on one line: ``s0[0, 15, :, :] = 0``."""

    @property
    def path(self) -> str:
        """The node that is changed, from the root of the store."""

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Put all that changes; nothing of it reaches the store.

        Returns
        -------
        facts
            What the user must know before saying yes, beside which keys change. The one
            without a heading is the sentence that says what is done: "600 values will change
            to 0."

        Raises
        ------
        UserError
            It cannot be done; it says why, and what to do.
        Cancelled
            The user wants it to stop.
        """
