"""What a network protocol must be able to do for `RemoteAccess`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol

from omezarr_tui.store.access import Entry


class Transport(Protocol):
    """What a protocol can do, by addresses: whole paths below the host or bucket.

    Failures are an `OSError` that tells the user why: `FileNotFoundError` where there is
    nothing, `PermissionError` where the server refuses, `ConnectionError` and
    `TimeoutError` where it is not reached.
    """

    @property
    def can_list(self) -> bool:
        """Whether folders can be listed, as far as is known."""

    @property
    def can_rename(self) -> bool:
        """Whether a folder can be moved in one step."""

    @property
    def as_whom(self) -> str:
        """As whom it is asked, in words that tell no secret."""

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""

    async def get(self, address: str, most: int | None = None) -> bytes:
        """All bytes of an object; `ValueError` where it has more than `most`."""

    async def get_range(self, address: str, start: int, length: int) -> bytes:
        """Some bytes of an object; a negative start counts from the end."""

    async def get_ranges(self, address: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of an object, each by start and length, in few requests."""

    async def size(self, address: str) -> int:
        """The bytes of an object."""

    async def entries(self, address: str) -> list[Entry]:
        """The names directly inside a folder."""

    def below(self, address: str) -> AsyncIterator[list[tuple[str, int]]]:
        """Each object below a folder, by its path from there, with its size; in batches."""

    async def get_with_version(self, address: str) -> tuple[bytes, str | None]:
        """All bytes of an object, and its version for `put`; None where the place tells none."""

    async def put(
        self,
        address: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set an object in one step, or delete it where the value is None.

        Where the protocol has permissions, a new one gets those of `mode`, and one that is
        there keeps its own. With a version, or `MISSING`, only one that is still so; else
        `ChangedMeanwhile`.
        """

    async def sweep(self, addresses: Iterable[str]) -> None:
        """Remove what a `put` of these that was interrupted left beside them."""

    async def mode(self, address: str) -> int | None:
        """The permission bits of an object, where the protocol has them."""

    async def remove_folder(self, address: str) -> None:
        """Remove a folder that is empty, where the protocol has folders."""

    async def rename_folder(self, old: str, new: str) -> None:
        """Move a folder to where nothing is, where it `can_rename`."""

    async def try_otherwise(self, error: OSError) -> bool:
        """After a refusal: be someone else, such as nobody. Whether it is worth asking anew."""
