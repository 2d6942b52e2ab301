"""A folder in which no Zarr node is, named for what it is, and what the user can do with it.

Few requests: one listing, then the few heads and listings that its names give reason for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.formats import Kind, kind_of, what_to_do
from omezarr_tui.store.node import join_path
from omezarr_tui.store.standins import HEAD, stand_in
from omezarr_tui.store.strangers import HEAD_BYTES, KERCHUNK_CURE, N5_CURE, name_file
from omezarr_tui.text import format_count, natural_key, visible

Answer = tuple[str, str]

_MOST_LOOKS = 4  # into folders or files of which any may tell what the whole is
_CHUNK_KEY = re.compile(r"\d+(\.\d+)*|c(\.\d+)+")
# What is added to a name by programs that send, unpack or save files.
_RENAMED = re.compile(r"\.?(zarr\.json|zarray|zgroup|zattrs)(\.(txt|json|gz|bak)| ?\(\d+\))?", re.I)
_ZIPS = (".zip", ".ozx")


def name_folder(access: Access, path: str = "") -> Answer | None:
    """Say what a folder is that has no Zarr document that can be read.

    Parameters
    ----------
    access
        Where it lies.
    path
        Which folder.

    Returns
    -------
    what, do
        What it is, to be put after "is", and what the user can do; None where nothing tells.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    names = {entry.name: entry.is_folder for entry in access.entries(path)}
    if not names:
        return "an empty folder", "nothing was written here, or it lies elsewhere: check the path"
    folder = _Folder(access, path, names)
    return (
        folder.unfetched()
        or folder.without_document()
        or folder.known_layout()
        or folder.renamed()
        or folder.chunks()
        or folder.zipped()
        or folder.references()
        or folder.n5_below()
        or folder.files()
    )


class _Folder:
    """A folder that was listed; each method asks for one explanation of it."""

    def __init__(self, access: Access, path: str, names: Mapping[str, bool]) -> None:
        self._access = access
        self._path = path
        self._names = names
        shown = sorted((name for name in names if not name.startswith(".")), key=natural_key)
        self._folders = [name for name in shown if names[name]]
        self._files = [name for name in shown if not names[name]]

    def unfetched(self) -> Answer | None:
        """A store whose documents are listed, and are not there."""
        for name in (ZARR_JSON, ZARRAY, ZGROUP):
            if self._names.get(name, True):
                continue
            raw = self._get(name)
            if raw is None:
                return (
                    f"a Zarr store whose {name} is a link to a file that is not here",
                    "put back what it leads to; files of git-annex and DataLad are fetched with "
                    "git annex get .",
                )
            if found := stand_in(raw[:HEAD]):
                return f"a Zarr store whose {name} is {found[0]}", found[1]
        return None

    def without_document(self) -> Answer | None:
        """A node of Zarr v2 of which only the lesser documents are there."""
        if ZATTRS in self._names:
            return (
                "no whole Zarr node: it has .zattrs but neither .zgroup nor .zarray",
                "copy it anew, or, if it is a group, put the file .zgroup beside it, with "
                '{"zarr_format": 2} in it',
            )
        if ".zmetadata" in self._names:
            return (
                "no whole Zarr store: it has consolidated metadata (.zmetadata) but no .zgroup",
                "copy it anew with the files whose names begin with a dot; what they hold also "
                "stands in .zmetadata",
            )
        return None

    def known_layout(self) -> Answer | None:
        """Something else that lies in a folder of its own."""
        if self._is_file("attributes.json") and (found := _n5(self._json("attributes.json"))):
            return found, N5_CURE
        if self._is_folder("snapshots") and (self._is_folder("refs") or self._is_file("repo")):
            return (
                "an Icechunk repository",
                "the icechunk package reads it (Repository.open, readonly_session, store); "
                "what it gives can be copied into a Zarr store",
            )
        if self._is_file("info"):
            info = self._json("info")
            if "scales" in info or str(info.get("@type", "")).startswith("neuroglancer"):
                return (
                    "a Neuroglancer precomputed volume",
                    "Neuroglancer shows it; tensorstore and cloud-volume read it",
                )
        tiledb = ("__schema", "__group", "__tiledb_group.tdb", "__array_schema.tdb")
        if any(name in self._names for name in tiledb):
            return "a TileDB array or group", "the tiledb package reads it"
        if self._is_folder("_delta_log"):
            return "a Delta Lake table", "it is a table, not a Zarr store; deltalake reads it"
        return None

    def renamed(self) -> Answer | None:
        """A store whose documents got other names on the way."""
        for name in self._names:
            if name in DOCUMENTS or self._names[name]:
                continue
            if match := _RENAMED.fullmatch(name):
                word = match[1].lower()
                right = word if word == ZARR_JSON else f".{word}"
                packed = "unpack it as" if (match[2] or "").lower() == ".gz" else "name it"
                return (
                    f"no Zarr store: the name of {visible(name)} is not that of a Zarr document",
                    f"{packed} {right}",
                )
        return None

    def chunks(self) -> Answer | None:
        """An array whose document is missing: names that are numbers, all the way down."""
        inside = self._folders[0] if self._folders == ["c"] and not self._files else ""
        folders, files = self._folders, self._files
        for _ in range(_MOST_LOOKS):
            if inside:
                try:
                    entries = self._access.entries(join_path(self._path, inside))
                except OSError:
                    return None
                folders = [entry.name for entry in entries if entry.is_folder]
                files = [entry.name for entry in entries if not entry.is_folder]
            names = folders + files
            if not names or not all(_CHUNK_KEY.fullmatch(name) for name in names):
                return None
            if files:
                first = join_path(inside, files[0])
                if self._head(first)[128:132] == b"DICM":  # such files are numbered too
                    return None
                break
            inside = join_path(inside, folders[0])
        return (
            "the chunks of an array without the document that describes them",
            f"copy it anew with its {ZARR_JSON} or {ZARRAY}; names that begin with a dot are "
            "easily left out",
        )

    def zipped(self) -> Answer | None:
        """Zipped stores in it."""
        zips = [name for name in self._files if name.lower().endswith(_ZIPS)]
        if not zips:
            return None
        others = f" and {format_count(len(zips) - 1)} more" if len(zips) > 1 else ""
        first = visible(join_path(self._path, zips[0]))
        return f"a folder with {visible(zips[0])}{others} in it", f"open the zip itself: {first}"

    def references(self) -> Answer | None:
        """A kerchunk reference file in it."""
        found = [name for name in self._files if name.lower().endswith(".json")]
        for name in found[:_MOST_LOOKS]:
            told = name_file(name, self._head(name))
            if told and told[1] == KERCHUNK_CURE:
                return f"a folder with {visible(name)} in it, {told[0]}", KERCHUNK_CURE
        return None

    def n5_below(self) -> Answer | None:
        """An N5 container whose own document is missing."""
        for name in self._folders[:_MOST_LOOKS]:
            if _n5(self._json(f"{name}/attributes.json")):
                return "a folder with N5 datasets", N5_CURE
        return None

    def files(self) -> Answer | None:
        """A folder most of whose files are of one format."""
        kinds: Counter[Kind] = Counter()
        for name in self._files:
            if kind := kind_of(name):
                kinds[kind] += 1
        if not kinds and self._files:  # DICOM files often have no ending, say
            head = self._head(self._files[0])
            told, kind = name_file(self._files[0], head), kind_of("", head)
            if kind is None or told is None:
                return None
            return f"a folder of files of which the first is {told[0]}", told[1]
        for kind, count in kinds.most_common(1):
            if 2 * count > len(self._files):
                first = next(name for name in self._files if kind_of(name) is kind)
                called = kind.one if count == 1 else f"{format_count(count)} {kind.many}"
                return f"a folder with {called}", what_to_do(kind, first)
        return None

    def _is_file(self, name: str) -> bool:
        return self._names.get(name) is False

    def _is_folder(self, name: str) -> bool:
        return self._names.get(name) is True

    def _get(self, name: str) -> bytes | None:
        return self._access.get(join_path(self._path, name))

    def _head(self, name: str) -> bytes:
        try:
            return self._access.get_range(join_path(self._path, name), 0, HEAD_BYTES)
        except (OSError, UserError):  # one that is empty, or a link to nothing
            return b""

    def _json(self, name: str) -> Mapping[str, Any]:
        try:
            document = json.loads(self._get(name) or b"{}")
        except (ValueError, RecursionError, OSError, UserError):
            return {}
        return document if isinstance(document, dict) else {}


def _n5(document: Mapping[str, Any]) -> str | None:
    """What an ``attributes.json`` is the document of (N5, "File-system specification")."""
    if {"dimensions", "blockSize", "dataType"} <= document.keys():
        return "an N5 dataset"
    return "an N5 container" if "n5" in document else None
