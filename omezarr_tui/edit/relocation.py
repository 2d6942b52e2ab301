"""A node that lies elsewhere after an edit, and the paths that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import relpath

from omezarr_tui.edit.moves import lies_in


@dataclass(frozen=True, slots=True)
class Relocation:
    """What becomes of the paths of a node and of all below it.

    Parameters
    ----------
    old
        Where it lies before.
    new
        Where it lies after; None where it is gone.
    is_copy
        Whether it stays where it was as well.
    """

    old: str
    new: str | None
    is_copy: bool = False

    def concerns(self, path: str) -> bool:
        """Whether a path is the node's, or of one below it."""
        return lies_in(path, self.old)

    def of(self, path: str) -> str | None:
        """Where a node lies after the edit; of one that is copied, where the copy does."""
        if not self.concerns(path):
            return path
        return None if self.new is None else self.new + path[len(self.old) :]


def path_from(base: str, path: str) -> str:
    """A path as metadata of a node tell it: ``../../`` leads two groups up."""
    found = relpath(f"/{path}", f"/{base}")
    return f"{found}/" if found.endswith("..") else found


def inside(path: str, group: str) -> str | None:
    """A path from a group on, empty for its own; None where it does not lie there."""
    if not lies_in(path, group):
        return None
    return path[len(group) :].strip("/")
