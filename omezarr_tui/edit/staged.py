"""The store as an edit will leave it. Nothing of it is in the store before it is confirmed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from omezarr_tui.edit.disk import is_same_disk
from omezarr_tui.edit.in_flight import coming, how_many
from omezarr_tui.edit.journal import journal_folder
from omezarr_tui.edit.keys import ABSENT, digest
from omezarr_tui.edit.moves import Move, lies_in
from omezarr_tui.edit.overlay import GONE, Known, Overlay, Staging
from omezarr_tui.edit.work import Work
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.location import LOCAL
from omezarr_tui.store.node import join_path

if TYPE_CHECKING:
    from zarr.abc.store import Store

AT_ONCE = Work()  # nobody asks it to stop


class Staged(Overlay):
    """A store on which an edit is laid out: reads as the store will, when the edit is made.

    Parameters
    ----------
    access
        The store; it is only read.

    Attributes
    ----------
    aside_bytes
        How many bytes lie in folders that are taken away in one step.
    emptied
        Folders of which nothing is to be left, as all keys in them go one by one.
    """

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.aside_bytes = 0
        self.emptied: list[str] = []

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Say what a key is to hold; None takes it away. Nobody else changes what is staged."""
        self._know(key)
        if value is None:
            self._staged[key] = GONE
            return
        known = self._staged.get(key)
        span = None if known is None or known.digest != digest(value) else known.span
        span = span or self._draft.add(value)
        self._staged[key] = Staging(digest(value), len(value), span, mode=mode)

    def copy(self, source: str, target: str) -> None:
        """Say that a key is to hold what the store itself holds at another one.

        Its bytes are not kept; those of the other may change in the same edit.
        """
        self._know(target)
        known = self._know(source)
        if known.digest == ABSENT:
            self._staged[target] = GONE
        else:
            self._staged[target] = Staging(
                known.digest, known.nbytes, source=source, mode=known.mode
            )

    def copy_below(self, old: str, new: str, work: Work) -> list[tuple[str, int]]:
        """Say that a folder is to hold what the store holds below another one, key by key.

        Returns
        -------
        keys
            Below the folder, with their sizes in bytes.
        """
        keys = list(self.keys_below(old))
        sources = [join_path(old, key) for key, _ in keys]
        targets = [join_path(new, key) for key, _ in keys]
        self._know_all([*sources, *targets], keys, work)
        for source, target in zip(sources, targets, strict=True):
            self.copy(source, target)
        return keys

    def move(self, old: str, new: str, work: Work = AT_ONCE) -> None:
        """Say that a folder is to lie elsewhere: in one step where the store can do that.

        Change what is in it afterwards, not before: else each key is copied by itself.
        """
        if self.access.can_rename and not self._is_touched(old):
            self._moves.append((old, new))
            return
        for key, _ in self.copy_below(old, new, work):
            self.put(join_path(old, key), None)
        self.emptied.append(old)

    def remove(self, folder: str, work: Work = AT_ONCE) -> None:
        """Say that a folder is to go, with all that is in it."""
        if self._can_set_aside() and not self._is_touched(folder):
            self.aside_bytes += sum(nbytes for _, nbytes in self.keys_below(folder))
            self._moves.append((folder, None))
            return
        keys = list(self.keys_below(folder))
        self._know_all([join_path(folder, key) for key, _ in keys], keys, work)
        for key, _ in keys:
            self.put(join_path(folder, key), None)
        self.emptied.append(folder)

    def _know_all(self, wanted: list[str], keys: list[tuple[str, int]], work: Work) -> None:
        """Look at what the store holds at some keys; of a far one at several at a time."""
        largest = max((nbytes for _, nbytes in keys), default=0)
        looking = coming(how_many(self.access, largest), wanted, self._know)
        with closing(looking):
            for number, _ in enumerate(looking):
                work.step(number, len(wanted))

    def rename_folder(self, old: str, new: str) -> None:
        """Say that a folder is to lie elsewhere."""
        self.move(old, new)

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same."""
        from omezarr_tui.store.bridge import AccessStore

        return AccessStore(self)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Folders that lie elsewhere before any key changes, or (None) are taken away."""
        return tuple(self._moves)

    def changes(self) -> dict[str, tuple[Known, Staging]]:
        """The keys that really change, in the order in which they were put first."""
        return {
            key: (self._known[key], staged)
            for key, staged in self._staged.items()
            if staged.digest != self._known[key].digest
        }

    def documents_read(self) -> dict[str, str]:
        """Key and `digest` of each document that was looked at and stays as it is."""
        return {
            key: known.digest
            for key, known in self._known.items()
            if key not in self._staged and key.rpartition("/")[2] in DOCUMENTS
        }

    def base_of(self, key: str) -> str | None:
        """Where the store itself holds a key; None where there is none of it."""
        return self._below(key)

    def close(self) -> None:
        """Forget all of it."""
        self._draft.close()

    def _is_touched(self, folder: str) -> bool:
        """Whether anything that was staged lies in a folder, or it comes from elsewhere."""
        places = [*self._staged, *(place for move in self._moves for place in move if place)]
        places += [staged.source for staged in self._staged.values() if staged.source]
        return any(lies_in(place, folder) or lies_in(folder, place) for place in places)

    def _can_set_aside(self) -> bool:
        """Whether the journal's disk is the store's, so that to take away is to rename."""
        path = self.location.path if self.location.protocol == LOCAL else None
        return path is not None and is_same_disk(path, journal_folder())
