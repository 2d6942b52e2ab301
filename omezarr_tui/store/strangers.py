"""A file that is no Zarr store, named for what it is, and what the user can do with it."""

from __future__ import annotations

import re

from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.formats import kind_of, what_to_do
from omezarr_tui.store.standins import stand_in

# What can be done with what may be a file or a folder.
N5_CURE = (
    "it is not Zarr, though it looks alike: Fiji opens it (File > Import > HDF5/N5/Zarr/OME-NGFF) "
    "and saves it as OME-Zarr, and tensorstore reads it"
)
KERCHUNK_CURE = (
    "its chunks lie in other files: xarray opens it with the engine kerchunk, and to_zarr makes "
    "a store of it"
)

HEAD_BYTES = 4096  # of a file are enough to name it

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_XML = re.compile(r"\s*(<\?xml|<OME[\s>])")
_REFERENCES = re.compile(r'"(refs|[^"]*\.z(array|group|attrs))"\s*:')


def name_file(name: str, head: bytes) -> tuple[str, str] | None:
    """Say what a file is.

    Parameters
    ----------
    name
        Its name.
    head
        Its first `HEAD_BYTES`, or all of it where it is shorter.

    Returns
    -------
    what, do
        What it is, to be put after "is", and what the user can do; None where nothing tells.
    """
    if not head:
        return "an empty file", "it was cut short when it was written or copied: fetch it again"
    if found := stand_in(head):
        return found
    kind = kind_of(name, head)
    if kind is not None and kind.magic and not kind.begins(head):
        return (
            f"named like {kind.one}, but does not begin like one",
            "it may be damaged or cut short: fetch it again",
        )
    if kind is not None:
        return kind.one, what_to_do(kind, name)
    return _name_text(name, head)


def _name_text(name: str, head: bytes) -> tuple[str, str] | None:
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else only the last character is cut
            return None
        text = head[: error.start].decode("utf-8-sig")
    if _NO_TEXT.search(text):
        return None
    file = name.lower()
    if file in (*DOCUMENTS, ".zmetadata"):
        return "a document of a Zarr store, not the store", "open the folder that it lies in"
    if text.lstrip().startswith(("{", "[")):
        return _name_json(file, text)
    if _XML.match(text):
        if "openmicroscopy.org" in text or file.endswith((".ome", ".ome.xml")):
            return "an OME-XML document", "it tells of images in other files: open those"
        return "an XML document", "it is no Zarr store"
    return "a text file", "open the folder of a Zarr store, or a zip of one"


def _name_json(file: str, text: str) -> tuple[str, str]:
    if file == "attributes.json":
        return "a document of an N5 container", N5_CURE
    if _REFERENCES.search(text):
        return "a kerchunk reference file", KERCHUNK_CURE
    return "a JSON document", "open the folder of a Zarr store"
