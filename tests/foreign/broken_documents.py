"""Stores with broken or lying documents, beside nodes that work."""

import json
import shutil
from pathlib import Path
from typing import Any, Literal

import zarr

from .made import (
    Made,
    array_document,
    group_document,
    quiet,
    ramp,
    v2_array_document,
    write_json,
)

DATA, CHUNKS = ramp((4, 6)), (3, 4)


def _good(path: Path, zarr_format: Literal[2, 3]) -> None:
    """Write a small array of four chunks."""
    zarr.create_array(path, data=DATA, chunks=CHUNKS, zarr_format=zarr_format)


def v3_bad_documents(folder: Path) -> Made:
    """A v3 group of one good array, one good group and children with bad documents."""
    path = folder / "v3_bad_documents.zarr"
    write_json(path / "zarr.json", group_document({"title": "bad children"}))
    _good(path / "good", 3)
    write_json(path / "also good" / "zarr.json", group_document())
    whole = array_document(DATA.shape, CHUNKS)
    hexagon = {"name": "hexagon", "configuration": {}}
    bad: dict[str, tuple[str, Any]] = {
        "truncated": ("the JSON ends too early", json.dumps(whole)[:-20]),
        "zero_bytes": ("the document is empty", ""),
        "binary": ("the document is not UTF-8", b'{"zarr_format": "\xe9"}'),
        "a_list": ("the document is not an object", "[]"),
        "no_shape": ("no shape", {k: v for k, v in whole.items() if k != "shape"}),
        "negative": ("a negative length", whole | {"shape": [-4, 6]}),
        "format_4": ("Zarr format 4", whole | {"zarr_format": 4}),
        "node_type": ("neither group nor array", whole | {"node_type": "table"}),
        "no_codecs": ("no array→bytes codec", whole | {"codecs": []}),
        "grid": ("unknown chunk grid", whole | {"chunk_grid": hexagon}),
        "data_type": ("unknown data type", whole | {"data_type": "uint12"}),
        "extension": ("an extension that must be understood", whole | {"x": {"name": "magic"}}),
    }
    for name, (_, document) in bad.items():
        (path / name).mkdir()
        if isinstance(document, dict):
            document = json.dumps(document)
        raw = document if isinstance(document, bytes) else document.encode()
        (path / name / "zarr.json").write_bytes(raw)
    reasons = {name: reason for name, (reason, _) in bad.items()}
    return Made(path, "group", 3, {"good": DATA}, groups=("", "also good"), broken=reasons)


def v2_bad_documents(folder: Path) -> Made:
    """A v2 group of one good array and children with bad documents or attributes."""
    path = folder / "v2_bad_documents.zarr"
    zarr.create_group(path, zarr_format=2)
    _good(path / "good", 2)
    whole = v2_array_document(DATA.shape, CHUNKS)
    bad: dict[str, tuple[str, str]] = {
        "truncated": ("the JSON ends too early", json.dumps(whole)[:-20]),
        "a_list": ("the document is not an object", "[]"),
        "no_chunks": (
            "no chunks",
            json.dumps({k: v for k, v in whole.items() if k != "chunks"}),
        ),
        "dtype": ("unknown data type", json.dumps(whole | {"dtype": "<q9"})),
    }
    for name, (_, document) in bad.items():
        (path / name).mkdir()
        (path / name / ".zarray").write_text(document)
    reasons = {name: reason for name, (reason, _) in bad.items()}
    _good(path / "attributes", 2)
    (path / "attributes" / ".zattrs").write_text('{"half": ')
    reasons["attributes"] = "the JSON of .zattrs ends too early"
    return Made(path, "group", 2, {"good": DATA}, groups=("",), broken=reasons)


def unknown_codec(folder: Path) -> Made:
    """A v3 group of one good array and arrays in v3 and v2 that name codecs nobody has."""
    path = folder / "unknown_codec.zarr"
    zarr.create_group(path, zarr_format=3)
    _good(path / "good", 3)
    codecs = [
        {"name": "bytes", "configuration": {"endian": "little"}},
        {"name": "example.squeeze", "configuration": {"level": 1}},
    ]
    write_json(path / "v3" / "zarr.json", array_document(DATA.shape, CHUNKS, codecs=codecs))
    write_json(path / "v2" / ".zgroup", {"zarr_format": 2})
    squeeze = {"id": "example.squeeze", "level": 1}
    document = v2_array_document(DATA.shape, CHUNKS, compressor=squeeze)
    write_json(path / "v2" / "old" / ".zarray", document)
    reason = "unknown codec example.squeeze"
    return Made(
        path, "group", 3, {"good": DATA}, groups=("",), broken={"v3": reason, "v2/old": reason}
    )


def _stale(path: Path, zarr_format: Literal[2, 3]) -> Made:
    """Consolidate a group, then change one child, remove one and add one."""
    root = zarr.create_group(path, zarr_format=zarr_format)
    for name in ("kept", "changed", "gone"):
        root.create_array(name, data=DATA, chunks=CHUNKS, attributes={"edition": "old"})
    with quiet():
        zarr.consolidate_metadata(path, zarr_format=zarr_format)
    shutil.rmtree(path / "gone")
    _good(path / "added", zarr_format)
    attributes = zarr.open_array(path / "changed", mode="r+", zarr_format=zarr_format).attrs
    attributes["edition"] = "new"
    arrays = dict.fromkeys(("kept", "changed", "added"), DATA)
    reason = "named by the consolidated metadata alone"
    return Made(path, "group", zarr_format, arrays, groups=("",), broken={"gone": reason})


def v2_stale_consolidated(folder: Path) -> Made:
    """A v2 group whose ``.zmetadata`` is older than its children."""
    return _stale(folder / "v2_stale_consolidated.zarr", 2)


def v3_stale_consolidated(folder: Path) -> Made:
    """A v3 group whose inline consolidated metadata are older than its children."""
    return _stale(folder / "v3_stale_consolidated.zarr", 3)


def v2_bad_consolidated(folder: Path) -> Made:
    """A v2 group that is sound but for the JSON of ``.zmetadata``."""
    path = folder / "v2_bad_consolidated.zarr"
    zarr.create_group(path, zarr_format=2)
    _good(path / "good", 2)
    (path / ".zmetadata").write_text('{"zarr_consolidated_format": 1, "meta')
    return Made(path, "group", 2, {"good": DATA}, groups=("",))


def v3_bad_consolidated(folder: Path) -> Made:
    """A v3 group that is sound but for one entry of its consolidated metadata."""
    path = folder / "v3_bad_consolidated.zarr"
    entry = {"zarr_format": 3, "node_type": "array", "attributes": {}}
    consolidated = {"kind": "inline", "must_understand": False, "metadata": {"good": entry}}
    write_json(path / "zarr.json", group_document() | {"consolidated_metadata": consolidated})
    _good(path / "good", 3)
    return Made(path, "group", 3, {"good": DATA}, groups=("",))
