"""zarr.json, .zarray, .zgroup and .zattrs: from the bytes of a document to a node.

Only what a node needs is checked here, so that one that is slightly wrong still shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from omezarr_tui.errors import explain
from omezarr_tui.store.dtypes import ByteOrder, DataType, dtype_of_v2, dtype_of_v3
from omezarr_tui.store.json_object import DocumentError, parse_json
from omezarr_tui.store.node import (
    Array,
    Broken,
    Codec,
    CodecKind,
    Group,
    KeyEncoding,
    Node,
    ShardIndex,
)
from omezarr_tui.text import listed, visible

ZARR_JSON, ZARRAY, ZGROUP, ZATTRS = "zarr.json", ".zarray", ".zgroup", ".zattrs"
DOCUMENTS = (ZARR_JSON, ZARRAY, ZGROUP, ZATTRS)

# What NumPy can address: 64 axes of less than 2**63 elements.
_MOST_AXES, _MOST_ELEMENTS = 64, 2**63

_KNOWN_V3 = {  # the keys of an array's document (Zarr v3 core, "Array metadata")
    *("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding"),
    *("fill_value", "codecs", "attributes", "storage_transformers", "dimension_names"),
}

# Registered codecs that take an array, by what they give; every other one takes bytes.
# (Zarr v3 codec registry; numcodecs' names carry a prefix there.)
_TO_ARRAY = {
    *("transpose", "delta", "fixedscaleoffset", "quantize", "bitround", "astype"),
    *("packbits", "categorize", "cast_value", "scale_offset", "reshape", "squeeze"),
}
_TO_BYTES = {
    *("bytes", "sharding_indexed", "vlen-utf8", "vlen-bytes", "vlen-array", "json2"),
    *("msgpack2", "pickle", "zfpy", "zfp", "pcodec", "packed", "imagecodecs_jpeg2k"),
}


_ITS_WRITER = "the values mean nothing without it; read them with what wrote the store"
_RECTILINEAR = (
    "its chunks differ in size; zarr-python 3.4 reads them once told "
    'zarr.config.set({"array.rectilinear_chunks": True})'
)
# Data types that zarr-python does not have, and tensorstore does.
_TENSORSTORE_TYPES = re.compile(r"int[24]|float8_\w+|float4_\w+")


def parse_node(path: str, documents: Mapping[str, bytes]) -> Node | None:
    """Make a node of the documents that stand in its folder.

    Parameters
    ----------
    path
        The node's path.
    documents
        Those of `DOCUMENTS` that exist, as they are stored. Where v2 and v3 documents
        stand side by side, v3 counts, as it does for zarr-python.

    Returns
    -------
    node
        `Broken` where a document cannot be understood; None where none makes a node.
    """
    name = next((name for name in (ZARR_JSON, ZARRAY, ZGROUP) if name in documents), None)
    if name is None:
        return None
    try:
        document = parse_json(documents[name], name)
        if name == ZARR_JSON:
            return _node_v3(path, document)
        attributes = parse_json(documents[ZATTRS], ZATTRS) if ZATTRS in documents else {}
        if document.get("zarr_format") != 2:
            raise DocumentError(f'"zarr_format" is {document.get("zarr_format")!r}, not 2')
        return (
            Group(path, 2, attributes) if name == ZGROUP else _array_v2(path, document, attributes)
        )
    except DocumentError as error:
        told = str(error)
        reason = told if told.startswith((name, ZATTRS)) else f"{name}: {told}"
        return Broken(path, reason, error.detail)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        return Broken(path, f"{name} cannot be understood", explain(error))


def _node_v3(path: str, document: dict[str, Any]) -> Node:
    if document.get("zarr_format") != 3:
        raise DocumentError(f'"zarr_format" is {document.get("zarr_format")!r}, not 3')
    attributes = document.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise DocumentError('"attributes" is not an object')
    kind = document.get("node_type")
    if kind == "group":
        return Group(path, 3, attributes, bool(document.get("consolidated_metadata")))
    if kind != "array":
        raise DocumentError(f'"node_type" is {kind!r}, neither "array" nor "group"')
    if transformers := document.get("storage_transformers"):
        raise DocumentError(
            f"its storage transformer {_called(transformers)} is not known", _ITS_WRITER
        )
    if extension := next(filter(_must_be_understood, document.items()), None):
        raise DocumentError(
            f"it must not be read without knowing what {extension[0]!r} means", _ITS_WRITER
        )
    shape = _sizes(document, "shape")
    grid = _named(document, "chunk_grid")
    if grid[0] != "regular":
        why = _RECTILINEAR if grid[0] == "rectilinear" else _ITS_WRITER
        raise DocumentError(f'its chunk grid is "{grid[0]}"; only "regular" is known', why)
    stored = _sizes(grid[1], "chunk_shape")
    codecs, sharding = _codecs_v3(document.get("codecs"))
    chunks = _sizes(sharding, "chunk_shape") if sharding else stored
    _check_chunks(shape, stored, chunks)
    encoding = _named(document, "chunk_key_encoding")
    style = encoding[0]
    if style not in ("default", "v2"):
        raise DocumentError(f'its chunk key encoding is "{style}", which is not known', _ITS_WRITER)
    separator = _separator(encoding[1].get("separator", "/" if style == "default" else "."))
    return Array(
        path=path,
        zarr_format=3,
        shape=shape,
        dtype=_dtype(dtype_of_v3, document["data_type"], _byte_order(codecs)),
        chunks=chunks,
        shards=stored if sharding else None,
        shard_index=_shard_index(sharding, stored, chunks) if sharding else None,
        codecs=codecs,
        fill_value=document.get("fill_value"),
        key_encoding=KeyEncoding("default" if style == "default" else "v2", separator),
        dimension_names=_names(document.get("dimension_names"), len(shape))
        or _names(attributes.get("_ARRAY_DIMENSIONS"), len(shape)),
        attributes=attributes,
    )


def _array_v2(path: str, document: dict[str, Any], attributes: dict[str, Any]) -> Array:
    shape, chunks = _sizes(document, "shape"), _sizes(document, "chunks")
    _check_chunks(shape, chunks)
    filters = document.get("filters") or []
    dtype = _dtype(dtype_of_v2, document["dtype"], filters)
    order = document.get("order", "C")
    codecs = [_codec(step, "id") for step in filters]
    if not any(codec.kind == "array→bytes" for codec in codecs):
        # Zarr v2 has no word for this step; it is what dtype and order say.
        settings = {"endian": dtype.byte_order} if dtype.byte_order else {}
        steps = [codec for codec in codecs if codec.kind == "array→array"]
        codecs.insert(len(steps), Codec("bytes", "array→bytes", settings | {"order": order}))
    if compressor := document.get("compressor"):
        codecs.append(_codec(compressor, "id"))
    return Array(
        path=path,
        zarr_format=2,
        shape=shape,
        dtype=dtype,
        chunks=chunks,
        shards=None,
        codecs=tuple(codecs),
        fill_value=document.get("fill_value"),
        key_encoding=KeyEncoding("v2", _separator(document.get("dimension_separator") or ".")),
        order="F" if order == "F" else "C",
        dimension_names=_names(attributes.get("_ARRAY_DIMENSIONS"), len(shape)),
        attributes=attributes,
    )


def _codecs_v3(steps: Any) -> tuple[tuple[Codec, ...], Mapping[str, Any] | None]:
    """The codecs inside out, and the configuration of the sharding where there is one."""
    if not isinstance(steps, list) or not steps:
        raise DocumentError('"codecs" names no codec')
    codecs = [_codec(step, "name") for step in steps]
    for at, codec in enumerate(codecs):
        if codec.name == "sharding_indexed":
            inner, _ = _codecs_v3(codec.configuration.get("codecs"))
            return (*codecs[:at], *inner, *codecs[at + 1 :]), codec.configuration
    return tuple(codecs), None


def _shard_index(
    sharding: Mapping[str, Any], shard: tuple[int, ...], chunk: tuple[int, ...]
) -> ShardIndex | None:
    codecs, _ = _codecs_v3(sharding.get("index_codecs"))
    names = [codec.name for codec in codecs]
    if names not in (["bytes"], ["bytes", "crc32c"]) or 0 in chunk:
        return None
    count = math.prod(size // step for size, step in zip(shard, chunk, strict=True))
    nbytes = 16 * count + (4 if "crc32c" in names else 0)
    at_end = sharding.get("index_location", "end") == "end"
    return ShardIndex(at_end, nbytes, _byte_order(codecs) or "little")


def _codec(step: Any, label: str) -> Codec:
    if isinstance(step, str):
        step = {label: step}
    name = step[label]
    bare = name.removeprefix("numcodecs.").lower()
    kind: CodecKind = "bytes→bytes"
    if bare in _TO_ARRAY:
        kind = "array→array"
    elif bare in _TO_BYTES:
        kind = "array→bytes"
    configuration = step.get("configuration") or {k: v for k, v in step.items() if k != label}
    return Codec(name, kind, {k: v for k, v in configuration.items() if k != "configuration"})


def _byte_order(codecs: tuple[Codec, ...]) -> ByteOrder | None:
    for codec in codecs:
        if codec.name == "bytes":
            order: ByteOrder | None = codec.configuration.get("endian")
            return order
    return None


def _dtype(read: Callable[[Any, Any], DataType], spelled: Any, context: Any) -> DataType:
    try:
        return read(spelled, context)
    except ValueError as error:
        if _TENSORSTORE_TYPES.fullmatch(str(spelled)):
            cure = "zarr-python does not have this type; tensorstore reads it"
        else:
            cure = "it is misspelled, or an extension: read it with what wrote the store"
        raise DocumentError(visible(error, 120), cure) from error


def _called(extensions: Any) -> str:
    """The names of extensions as a person lists them, each in quotes."""
    steps = extensions if isinstance(extensions, list) else [extensions]
    names = [step.get("name") if isinstance(step, dict) else step for step in steps]
    return listed([f'"{visible(name, 40)}"' for name in names])


def _named(document: Mapping[str, Any], key: str) -> tuple[str, Mapping[str, Any]]:
    """A name with its configuration, in either of the two spellings of Zarr v3."""
    value = document.get(key)
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise DocumentError(f'"{key}" is missing or has no name')
    return value["name"], value.get("configuration") or {}


def _sizes(document: Mapping[str, Any], key: str) -> tuple[int, ...]:
    sizes = document.get(key)
    if not isinstance(sizes, list) or not all(
        isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in sizes
    ):
        raise DocumentError(f'"{key}" is {visible(sizes, 80)}, not a list of whole numbers')
    if len(sizes) > _MOST_AXES or any(size >= _MOST_ELEMENTS for size in sizes):
        raise DocumentError(f'"{key}" is {visible(sizes, 80)}, more than can be addressed')
    return tuple(sizes)


def _check_chunks(shape: tuple[int, ...], *cells: tuple[int, ...]) -> None:
    """Hold the shape of shards and of chunks in them against the shape of the array."""
    told = ", ".join(str(list(sizes)) for sizes in (shape, *cells))
    if any(len(cell) != len(shape) for cell in cells):
        raise DocumentError(f"shape and chunks differ in rank: {told}")
    if any(size and not step for cell in cells for size, step in zip(shape, cell, strict=True)):
        raise DocumentError(f"chunks of no length cannot hold the array: {told}")
    if any(step and outer % step for outer, step in zip(cells[0], cells[-1], strict=True)):
        raise DocumentError(f"shards are no whole number of chunks: {told}")


def _must_be_understood(item: tuple[str, Any]) -> bool:
    """Whether a key of a v3 document is an extension that changes what the values mean."""
    key, value = item
    ignorable = isinstance(value, dict) and value.get("must_understand") is False
    return key not in _KNOWN_V3 and not ignorable


def _separator(given: Any) -> str:
    if given not in ("/", "."):
        raise DocumentError(f"its chunk keys are separated by {visible(given, 20)!r}, not / or .")
    return str(given)


def _names(names: Any, rank: int) -> tuple[str | None, ...] | None:
    if not isinstance(names, list) or len(names) != rank or not any(names):
        return None
    return tuple(None if name is None else str(name) for name in names)
