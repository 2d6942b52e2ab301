"""An access that counts what is asked for, over a folder or a zip, as if it lay far away."""

from collections.abc import Callable, Sequence
from pathlib import Path

from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.traffic import Traffic

Asked = tuple[str, int | None, int | None]


class CountingAccess(LocalAccess):
    """A folder that is read like a network: what is asked for, `asked` keeps.

    Attributes
    ----------
    asked
        Key, start and length of each part that was fetched; None for all of a key.
    fails
        Says for which of them there is no answer but an error.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(Location.local(folder))
        self.traffic = Traffic()
        self.asked: list[Asked] = []
        self.fails: Callable[[Asked], bool] = lambda asked: False

    def _count(self, *asked: Asked) -> None:
        self.asked += asked
        if failing := [one for one in asked if self.fails(one)]:
            raise OSError(5, "Input/output error", failing[0][0])

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key, or a part of them; None where it is missing."""
        self._count((key, start, length))
        if not self.has(key):
            return None
        return await super().fetch(key, start, length)

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists."""
        self._count(*((key, *part) for part in ranges))
        return await super().fetch_ranges(key, ranges)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that exists, not counted where `fetch` asks for them."""
        return super().get_range(key, start, length)
