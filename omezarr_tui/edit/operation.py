"""What the journal and `apply_plan` must know of a planned edit, whatever it changes."""

from __future__ import annotations

from typing import Protocol

from omezarr_tui.edit.keys import Touched
from omezarr_tui.store.access import Access


class Rewriter(Protocol):
    """Makes the new bytes of an operation's keys, one by one."""

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """Key and digest, as they are now, of what the new bytes also depend on."""

    def __call__(self, touched: Touched, raw: bytes | None) -> bytes | None:
        """The new bytes of a key that holds `raw` now; None where it is to be absent."""


class Operation(Protocol):
    """An edit that was planned: the keys that it rewrites, and how.

    A journal keeps of it what is told here; undo needs no more than the keys.
    """

    @property
    def name(self) -> str:
        """What an error calls the thing that is changed."""

    @property
    def expression(self) -> str:
        """What is done, on one line."""

    @property
    def path(self) -> str:
        """The node that is changed, from the location."""

    @property
    def selected(self) -> str:
        """Which values of an array; empty where documents are changed."""

    @property
    def typed_value(self) -> str:
        """To what value; empty where documents are changed."""

    @property
    def touched(self) -> tuple[Touched, ...]:
        """The keys that are rewritten, in the order in which that is done."""

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """Key and digest of what was read when it was planned and is not written."""

    @property
    def why_nothing(self) -> str:
        """Why there is nothing to do, where no key is touched."""

    def rewriter(self, access: Access) -> Rewriter:
        """Begin to make the new bytes, on the store as it is now."""
