"""Documents of nodes, asked for together over a network, each at most once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from omezarr_tui.store.access import Documents
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.node import join_path, parent_path
from omezarr_tui.store.refusals import NotLetIn
from omezarr_tui.store.remembered import CONSOLIDATED_BYTES, ZMETADATA, Remembered
from omezarr_tui.store.waiting import wait_for

_OF_FORMAT = {2: (ZARRAY, ZGROUP, ZATTRS), 3: (ZARR_JSON,), None: DOCUMENTS}


class AskedDocuments:
    """What is known of a store's documents, and how to know more.

    Parameters
    ----------
    get
        Gives the bytes of a key, or raises an `OSError`; with a bound on them.
    try_otherwise
        As of a `Transport`: who asks from now on; whether it is worth asking anew.

    Attributes
    ----------
    lists
        Whether names can be listed; None until it was tried.
    says_missing
        Whether the server says so of what is missing. To who may not list, S3 refuses that
        as well: only there does a refusal count as missing.
    settled
        Whether it is known as whom the server lets us read.
    denied
        Why the server refused keys, which then count as missing; None where it did not.
    """

    def __init__(
        self,
        get: Callable[[str, int | None], Awaitable[bytes]],
        try_otherwise: Callable[[OSError], Awaitable[bool]],
    ) -> None:
        self._get = get
        self._try_otherwise = try_otherwise
        self.settled = False
        self.remembered = Remembered()
        self.lists: bool | None = None
        self.says_missing = False
        self.denied: str | None = None

    def forget(self) -> None:
        """Ask for everything anew from now on."""
        self.remembered = Remembered()
        self.denied = None

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes, as an `Access` gives them.

        Those of another format than `zarr_format` are looked for only where there is none,
        and not of names that no listing told: metadata that name a child name one of theirs.
        """
        wanted = [
            join_path(path, name)
            for path in paths
            for name in _OF_FORMAT[zarr_format or self._format_around(path)]
        ]
        if "" in paths and zarr_format is None:
            wanted.append(ZMETADATA)
        failed = wait_for(self._learn(wanted))
        found = [self._known(path, failed) for path in paths]
        odd = [path for path, documents in zip(paths, found, strict=True) if not documents]
        if odd and (zarr_format is None or self.lists):
            failed |= wait_for(self._learn([join_path(p, name) for p in odd for name in DOCUMENTS]))
            found = [self._known(path, failed) for path in paths]
        return found

    def counts_as_missing(self, answer: OSError) -> bool:
        """Whether what was refused may as well be missing."""
        refused = isinstance(answer, PermissionError) and not isinstance(answer, NotLetIn)
        return refused and not self.lists and not self.says_missing

    def _format_around(self, path: str) -> int | None:
        """The format of a node that was read, else of the nearest one above it that was."""
        while True:
            if self.remembered.get(join_path(path, ZARR_JSON)) is not None:
                return 3
            if any(self.remembered.get(join_path(path, name)) for name in (ZARRAY, ZGROUP)):
                return 2
            if not path:
                return None
            path = parent_path(path)

    def _known(self, path: str, failed: Mapping[str, OSError]) -> Documents:
        found: dict[str, bytes] = {}
        for name in DOCUMENTS:
            key = join_path(path, name)
            if key in failed:
                return failed[key]
            if (raw := self.remembered.get(key)) is not None:
                found[name] = raw
        of_v2 = ZGROUP in found or ZARRAY in found
        if of_v2 and b'"zarr_format"' not in found.get(ZARR_JSON, b'"zarr_format"'):
            del found[ZARR_JSON]  # some answer to what is missing, with the code for success
        return found

    async def _learn(self, keys: Sequence[str]) -> dict[str, OSError]:
        """Ask for the documents that are not known, all at once; those that failed, with why."""
        unknown = [key for key in keys if key not in self.remembered]
        answers = await self._answers(unknown)
        self.says_missing |= any(isinstance(a, FileNotFoundError) for a in answers.values())
        failed: dict[str, OSError] = {}
        # An answer about consolidated metadata comes last: what was read itself counts more.
        for key, answer in sorted(answers.items(), key=lambda item: item[0].endswith(ZMETADATA)):
            if isinstance(answer, bytes):
                self.remembered.learn(key, answer)
            elif isinstance(answer, FileNotFoundError):
                self.remembered.learn(key, None)
            elif self.counts_as_missing(answer):
                self.denied = self.denied or str(answer)
                self.remembered.learn(key, None)
            elif not key.endswith(ZMETADATA):
                failed[key] = answer
        return failed

    async def _answers(self, keys: Sequence[str]) -> dict[str, bytes | OSError]:
        """What came of each key. The first time, find out as whom the server lets us read."""
        first: PermissionError | None = None
        while True:
            asked = await asyncio.gather(*map(self._document, keys))
            answers = dict(zip(keys, asked, strict=True))
            refusals = [a for a in answers.values() if isinstance(a, PermissionError)]
            if self.settled or not refusals or len(refusals) < len(keys):
                break
            first = first or refusals[0]
            if not await self._try_otherwise(refusals[0]):
                self.denied = str(first)
                break
        self.settled |= bool(keys)
        return answers

    async def _document(self, key: str) -> bytes | OSError:
        most = CONSOLIDATED_BYTES if key.endswith(ZMETADATA) else None
        try:
            return await self._get(key, most)
        except OSError as error:
            return error
