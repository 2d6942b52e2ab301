"""Data types as the documents of Zarr v2 and v3 spell them, without numpy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["number", "boolean", "complex", "string", "bytes", "time", "structured", "object"]
ByteOrder = Literal["little", "big"]

_V2 = re.compile(r"^([<>|=])?([biufcSUVOMm])(\d*)(?:\[(\d*[a-zA-Zμ]+)\])?$")
_V2_SIZES = {  # in bytes; of other letters any
    **dict.fromkeys("iu", (1, 2, 4, 8)),
    **dict.fromkeys("Mm", (8,)),
    "f": (2, 4, 8, 16),
    "c": (8, 16, 32),
    "b": (1,),
}
_V3_NUMBER = re.compile(r"(u?int(?=8$|16$|32$|64$)|float(?=16$|32$|64$)|complex(?=64$|128$))(\d+)")
_NUMBER_NAMES = {"i": "int", "u": "uint", "f": "float", "c": "complex"}


@dataclass(frozen=True, slots=True)
class DataType:
    """What one element of an array is.

    Parameters
    ----------
    name
        As numpy calls it (``uint16``), or as the document does where numpy has no name.
    kind
        What sort of value it is: this decides how it can be shown.
    itemsize
        Bytes of one element before compression; None where elements differ in length.
    byte_order
        None where there is no order to speak of, or the document does not say.
    """

    name: str
    kind: Kind
    itemsize: int | None
    byte_order: ByteOrder | None = None

    @property
    def is_pixel(self) -> bool:
        """Whether values are single real numbers that intensity can stand for."""
        return self.kind in ("number", "boolean")


def dtype_of_v2(spelled: Any, filters: list[Any] | None = None) -> DataType:
    """Read ``dtype`` of a ``.zarray`` document.

    Parameters
    ----------
    spelled
        A NumPy type string such as ``<u2``, or a list of fields.
    filters
        The document's filters: they say what an object array holds.

    Raises
    ------
    ValueError
        No such data type.
    """
    if isinstance(spelled, list):
        sizes = [_field_size(field) for field in spelled]
        whole = None if None in sizes else sum(size for size in sizes if size is not None)
        names = ", ".join(f"{field[0]}: {_field_name(field)}" for field in spelled)
        return DataType(f"structured ({names})", "structured", whole)
    match = _V2.match(spelled) if isinstance(spelled, str) else None
    if match is None:
        raise ValueError(f"unknown data type {spelled!r}")
    mark, letter, digits, unit = match.groups()
    order: ByteOrder | None = {"<": "little", ">": "big"}.get(mark or "")  # type: ignore[assignment]
    size = int(digits or 0)
    if size not in _V2_SIZES.get(letter, (size,)):
        raise ValueError(f"unknown data type {spelled!r}")
    if letter in _NUMBER_NAMES:
        kind: Kind = "complex" if letter == "c" else "number"
        return DataType(f"{_NUMBER_NAMES[letter]}{size * 8}", kind, size, order)
    if letter == "b":
        return DataType("bool", "boolean", 1)
    if letter in "Mm":
        stem = "datetime64" if letter == "M" else "timedelta64"
        return DataType(f"{stem}[{unit}]" if unit else stem, "time", 8, order)
    if letter == "S":
        return DataType(f"bytes{size}", "string", size)
    if letter == "U":
        return DataType(f"str{size}", "string", size * 4, order)
    if letter == "V":
        return DataType(f"void{size}", "bytes", size)
    held = {f.get("id") for f in filters or [] if isinstance(f, dict)}
    if "vlen-utf8" in held:
        return DataType("string", "string", None)
    return DataType("bytes" if "vlen-bytes" in held else "object", "object", None)


def dtype_of_v3(spelled: Any, byte_order: ByteOrder | None) -> DataType:
    """Read ``data_type`` of a ``zarr.json`` document.

    Parameters
    ----------
    spelled
        A name, or an object with ``name`` and ``configuration``.
    byte_order
        What the ``bytes`` codec says.

    Raises
    ------
    ValueError
        No such data type.
    """
    name = spelled.get("name") if isinstance(spelled, dict) else spelled
    settings = spelled.get("configuration", {}) if isinstance(spelled, dict) else {}
    if not isinstance(name, str) or not isinstance(settings, dict):
        raise ValueError(f"unknown data type {spelled!r}")
    if match := _V3_NUMBER.fullmatch(name):
        size = int(match[2]) // 8
        kind: Kind = "complex" if match[1] == "complex" else "number"
        return DataType(name, kind, size, byte_order if size > 1 else None)
    if name == "bfloat16":
        return DataType(name, "number", 2, byte_order)
    if name == "bool":
        return DataType("bool", "boolean", 1)
    if name in ("string", "variable_length_utf8"):
        return DataType("string", "string", None)
    if name in ("bytes", "variable_length_bytes"):
        return DataType("bytes", "object", None)
    if name in ("numpy.datetime64", "numpy.timedelta64"):
        factor = settings.get("scale_factor", 1)
        unit = f"{factor if factor != 1 else ''}{settings.get('unit', 'generic')}"
        return DataType(f"{name.removeprefix('numpy.')}[{unit}]", "time", 8, byte_order)
    size = settings.get("length_bytes", 0)
    if name == "fixed_length_utf32":
        return DataType(f"str{size // 4}", "string", size, byte_order)
    if name == "null_terminated_bytes":
        return DataType(f"bytes{size}", "string", size)
    if name in ("raw_bytes", "r8") or re.fullmatch(r"r\d+", name):
        size = size or int(name.removeprefix("r") or 0) // 8
        return DataType(f"void{size}", "bytes", size)
    if name in ("structured", "struct"):
        fields = [_v3_field(field) for field in settings.get("fields", [])]
        sizes = [field.itemsize for _, field in fields]
        names = ", ".join(f"{label}: {field.name}" for label, field in fields)
        whole = None if None in sizes else sum(size for size in sizes if size is not None)
        return DataType(f"structured ({names})", "structured", whole)
    raise ValueError(f"unknown data type {name!r}")


def _v3_field(field: Any) -> tuple[str, DataType]:
    if isinstance(field, dict):
        return str(field.get("name")), dtype_of_v3(field.get("data_type"), None)
    return str(field[0]), dtype_of_v3(field[1], None)


def _field_size(field: list[Any]) -> int | None:
    size = dtype_of_v2(field[1]).itemsize
    for length in field[2] if len(field) > 2 else []:
        size = None if size is None else size * length
    return size


def _field_name(field: list[Any]) -> str:
    shape = f"{tuple(field[2])}" if len(field) > 2 else ""
    return dtype_of_v2(field[1]).name + shape
