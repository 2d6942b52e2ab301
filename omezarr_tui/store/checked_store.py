"""zarr's store on a local disk, which tells a chunk that was left elsewhere from one never written.

zarr takes a link whose target is missing for a chunk that does not exist, and would show the
fill value in silence.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zarr.abc.store import ByteRequest, SuffixByteRequest
from zarr.core.buffer import Buffer
from zarr.storage import LocalStore

from omezarr_tui.errors import UserError
from omezarr_tui.store.standins import HEAD, name_link, stand_in


class CheckedStore(LocalStore):
    """A local store that refuses Git LFS pointers, git-annex pointers and dangling links.

    What it costs is one look at the name of each key that is missing, and at the size of
    each shard whose index is read.
    """

    async def get(
        self, key: str, prototype: Any = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """The bytes of a key, or of a part of it; None where there is no such key.

        Raises
        ------
        UserError
            Something stands there in place of the bytes.
        """
        value = await super().get(key, prototype, byte_range)
        _check(self.root / key, key, value, byte_range)
        return value

    def get_sync(
        self, key: str, *, prototype: Any = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """The same for zarr's faster pipeline, which does not wait for other reads."""
        local: Any = super()  # zarr has it from 3.4 on, and asks for it only there
        value: Buffer | None = local.get_sync(key, prototype=prototype, byte_range=byte_range)
        _check(self.root / key, key, value, byte_range)
        return value


def _check(path: Path, key: str, value: Buffer | None, part: ByteRequest | None) -> None:
    found = None
    if value is None:
        if os.path.islink(path):
            found = name_link(os.readlink(path))
    elif isinstance(part, SuffixByteRequest):  # the index at the end of a shard
        if os.path.getsize(path) <= HEAD:
            found = stand_in(path.read_bytes())
    elif len(value) <= HEAD:
        found = stand_in(value.to_bytes())
    if found:
        what, do = found
        raise UserError(f"{key} is {what}", do)
