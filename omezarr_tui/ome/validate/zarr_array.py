"""Zarr itself: what the document of an array says of its dimensions, values and codecs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from omezarr_tui.ome.validate.finding import REMOVED, Change, Finding, Fix, Severity, pointer_to
from omezarr_tui.store.codecs import why_not_decodable
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY
from omezarr_tui.store.node import Array
from omezarr_tui.text import compact_json, listed, plural, visible

_ARRAY_V2 = 'Zarr v2, "metadata"'
_ARRAY_V3 = 'Zarr v3 core, "array metadata"'

# "The metadata object MUST contain" these (Zarr v2, "metadata").
_NEEDED_V2 = (
    *("zarr_format", "shape", "chunks", "dtype", "compressor", "fill_value", "order", "filters"),
)
_KNOWN_V2 = {*_NEEDED_V2, "dimension_separator"}
# "The following members are mandatory" (Zarr v3 core, "array metadata").
_NEEDED_V3 = (
    *("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding"),
    *("fill_value", "codecs"),
)

# Codecs that every reader has: to ask zarr-python about others takes a moment.
_COMMON = {
    *("bytes", "blosc", "zstd", "gzip", "zlib", "lz4", "bz2", "lzma", "crc32c", "crc32"),
    *("transpose", "sharding_indexed", "delta", "shuffle", "vlen-utf8", "vlen-bytes"),
}
_INTEGER = re.compile(r"(u?)int(8|16|32|64)")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_WORDS = ("NaN", "Infinity", "-Infinity")


def array_findings(node: Array, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge the document of an array that can be read.

    Parameters
    ----------
    node
        What it came to.
    document
        Its JSON: of ``.zarray``, or of ``zarr.json``.
    """
    name = ZARRAY if node.zarr_format == 2 else ZARR_JSON
    needed = _NEEDED_V2 if node.zarr_format == 2 else _NEEDED_V3
    section = _ARRAY_V2 if node.zarr_format == 2 else _ARRAY_V3
    missing = [key for key in needed if key not in document]
    if missing:
        found = f"{name} lacks {listed(missing)}."
        says = f"{name} has all of {', '.join(needed)}."
        yield Finding("zarr.missing-key", "error", node.path, "", found, says, section)
    if node.zarr_format == 2:
        for key in document.keys() - _KNOWN_V2:
            # "Other keys SHOULD NOT be present within the metadata object"
            yield Finding(
                "zarr.unknown-key",
                "warning",
                node.path,
                pointer_to(key),
                f'.zarray has a key "{visible(key, 40)}", which Zarr v2 does not know.',
                "Other keys than those of the specification should not be present.",
                section,
                Fix(
                    f'take "{visible(key, 40)}" away',
                    (Change(node.path, "array", pointer_to(key), REMOVED),),
                ),
            )
    else:
        yield from _dimension_names(node, document)
        yield from _byte_order(node)
    if "fill_value" in document and (why := _unfitting(node, document["fill_value"])):
        shown = compact_json(document["fill_value"], 60)
        name = visible(node.dtype.name, 40)
        found = f"The fill value {shown} does not fit the data type {name}: {why}."
        says = "The fill value is one that the data type can hold."
        yield Finding("zarr.fill-value", "error", node.path, "/fill_value", found, says, section)
    yield from _codecs(node)


def _dimension_names(node: Array, document: Mapping[str, Any]) -> Iterator[Finding]:
    """dimension_names: an array of texts or nulls, as long as the shape."""
    names = document.get("dimension_names")
    if names is None:
        return
    fits = isinstance(names, list) and all(n is None or isinstance(n, str) for n in names)
    if fits and len(names) == len(node.shape):
        return
    yield Finding(
        "zarr.dimension-names",
        "error",
        node.path,
        "/dimension_names",
        f"dimension_names is {compact_json(names, 60)}; "
        f"the array has {plural(len(node.shape), 'dimension')}.",
        "dimension_names has a text, or null, for each dimension.",
        _ARRAY_V3,
    )


def _byte_order(node: Array) -> Iterator[Finding]:
    """The codec bytes: endian is required where an element has more than one byte."""
    step = next((codec for codec in node.codecs if codec.name == "bytes"), None)
    if step is None or node.dtype.kind not in ("number", "complex"):
        return
    if (node.dtype.itemsize or 0) > 1 and step.configuration.get("endian") not in ("little", "big"):
        yield Finding(
            "zarr.byte-order",
            "error",
            node.path,
            "/codecs",
            f"The codec bytes does not say in which order the bytes of {node.dtype.name} are.",
            'The codec bytes has "endian" where an element has more than one byte.',
            'Zarr v3, "bytes codec"',
        )


def _codecs(node: Array) -> Iterator[Finding]:
    names = [codec.name.removeprefix("numcodecs.").lower() for codec in node.codecs]
    pointer = "/codecs" if node.zarr_format == 3 else "/compressor"
    if not set(names) <= _COMMON and (why := why_not_decodable(node)):
        severity: Severity = "warning" if "pickle" in names else "advice"
        yield Finding(
            "zarr.codec",
            severity,
            node.path,
            pointer,
            f"It cannot be decoded here: {why[0]}; {why[1]}.",
            "Readers know the codecs of the specification; others need an extension.",
            _ARRAY_V3 if node.zarr_format == 3 else _ARRAY_V2,
        )
        return
    # "the codecs ... exactly one array -> bytes codec" (Zarr v3 core, "codecs")
    kinds = [codec.kind for codec in node.codecs]
    right = sorted(kinds, key=("array→array", "array→bytes", "bytes→bytes").index)
    wrong = kinds != right or kinds.count("array→bytes") != 1
    if node.zarr_format == 3 and set(names) <= _COMMON and wrong:
        yield Finding(
            "zarr.codec-chain",
            "error",
            node.path,
            pointer,
            f"The codecs {', '.join(visible(name, 30) for name in names)} do not fit together.",
            "Any codecs from array to array, then one from array to bytes, then any from bytes "
            "to bytes.",
            'Zarr v3 core, "codecs"',
        )


def _unfitting(node: Array, value: Any) -> str | None:
    """Why a fill value cannot be one of the data type; None where it can, or is not known here.

    Zarr v3 core, "fill value"; Zarr v2, "fill value encoding", where null is "undefined".
    """
    if value is None:
        return None if node.zarr_format == 2 else "null is no value of Zarr v3"
    if integer := _INTEGER.fullmatch(node.dtype.name):
        bits = int(integer[2])
        low, high = (0, 2**bits - 1) if integer[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (
            isinstance(value, float) and value.is_integer() and node.zarr_format == 2
        ):
            return "it is no whole number"
        return None if low <= value <= high else f"it goes from {low} to {high}"
    if node.dtype.kind == "boolean":
        is_bit = node.zarr_format == 2 and value in (0, 1)
        return None if isinstance(value, bool) or is_bit else "it is true or false"
    if node.dtype.name.startswith("float"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_word = isinstance(value, str) and (value in _WORDS or _HEX.fullmatch(value))
        return None if is_number or is_word else "it is no number"
    return None
