"""What a user typed -> a value of an array's data type, or why it is none."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from omezarr_tui.store.dtypes import DataType
from omezarr_tui.text import compact_json, format_count, visible

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# ISO 8601 without a zone: NumPy knows none. Its "now" and "today" are no values to write.
_DATE = re.compile(
    r"[+-]?\d{4,6}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d{1,18})?)?)?)?)?)?", re.ASCII
)


def parse_value(text: str, dtype: DataType) -> Any:
    """Understand a value that a user typed.

    Parameters
    ----------
    text
        A number (``0x`` and ``1e3`` too, and ``nan``, ``inf`` for floats), ``true`` or
        ``false``, a date as in ISO 8601, a whole number of a time span's unit, or a text,
        which is taken as it is.
    dtype
        The array's data type.

    Returns
    -------
    value
        A NumPy scalar of the data type in this machine's byte order; a str where texts
        differ in length.

    Raises
    ------
    ValueError
        The text is no value of the data type; the message tells what would be.
    """
    if dtype.kind == "string":
        return _text(text, dtype)
    text = text.strip()
    if why := why_not_fillable(dtype):
        raise ValueError(why)
    if not text:
        raise ValueError(f"{dtype.name}: no value is given")
    if dtype.kind == "time":
        return _time(text, dtype)
    if dtype.kind == "boolean":
        if text.lower() not in _BOOLEANS:
            raise ValueError(f"bool holds true or false, not {visible(text, 30)}")
        return np.bool_(_BOOLEANS[text.lower()])
    kind = np.dtype(dtype.name).kind
    if kind in "iu":
        return _integer(text, dtype)
    return _complex(text, dtype) if kind == "c" else _float(text, dtype)


def why_not_fillable(dtype: DataType) -> str | None:
    """Why no single value can be typed for a data type; None where one can."""
    if dtype.kind in ("structured", "object", "bytes"):
        return f"values of type {visible(dtype.name, 60)} cannot be typed in"
    if dtype.kind == "string":
        return None
    try:
        native = np.dtype(dtype.name)
    except TypeError:
        native = None
    # Other packages teach NumPy types of their own, such as bfloat16; zarr knows none of them.
    if native is None or native.isbuiltin == 2:
        return f"NumPy does not know the type {visible(dtype.name, 60)}"
    if dtype.kind == "time" and np.datetime_data(native)[0] == "generic":
        return f"{dtype.name} has no unit, so that a number would say nothing"
    return None


def value_text(value: Any) -> str:
    """A value as it could be typed: what `parse_value` understands, in full."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, np.timedelta64) and not np.isnat(value):
        return str(value.astype(np.int64))
    if isinstance(value, float | np.floating):
        number = float(value)  # NumPy writes a float16 of 65504 as 6.55e+04
        if 0 < abs(number) < 1e15 and number.is_integer():
            return str(int(number))
    return str(value)


def shown_value(value: Any) -> str:
    """A value for a dialog: exact, texts in quotes."""
    if isinstance(value, bytes | str):
        return compact_json(value_text(value), 80)
    if isinstance(value, np.timedelta64):
        unit, count = np.datetime_data(value.dtype)
        return f"{value_text(value)} {f'× {count} ' if count > 1 else ''}{unit}"
    return value_text(value)


def _integer(text: str, dtype: DataType) -> Any:
    try:
        # Decimal, because a float would round "12345678901234567890.0".
        is_based = text[:2].lower() in ("0x", "0b", "0o")
        value = Decimal(int(text, 0)) if is_based else Decimal(text)
    except (ValueError, InvalidOperation):
        raise ValueError(f"{dtype.name} holds whole numbers, not {visible(text, 30)}") from None
    limits = np.iinfo(dtype.name)
    if value.is_finite() and not limits.min <= value <= limits.max:
        bounds = f"{format_count(limits.min)} to {format_count(limits.max)}"
        raise ValueError(f"{dtype.name} holds {bounds}")
    if not value.is_finite() or value != int(value):
        raise ValueError(f"{dtype.name} holds whole numbers, not {visible(text, 30)}")
    return np.dtype(dtype.name).type(int(value))


def _float(text: str, dtype: DataType) -> Any:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{dtype.name} holds numbers, not {visible(text, 30)}") from None
    return _fitted(number, text, dtype.name)


def _complex(text: str, dtype: DataType) -> Any:
    spelled = text.replace(" ", "")
    try:
        # People write i, Python j; but "inf" is no imaginary number.
        value = complex(spelled[:-1] + "j" if spelled.endswith(("i", "I")) else spelled)
    except ValueError:
        raise ValueError(f"{visible(text, 30)} is no complex number, such as 1.5-2j") from None
    half = "float32" if dtype.name == "complex64" else "float64"
    if math.isinf(value.real) or math.isinf(value.imag):
        words = re.findall("inf", text.lower())
        if len(words) < math.isinf(value.real) + math.isinf(value.imag):
            raise ValueError(_too_large(half))
    real, imaginary = _fitted(value.real, "inf", half), _fitted(value.imag, "inf", half)
    made = np.zeros((), dtype.name)
    made.real, made.imag = real, imaginary
    return made[()]


def _fitted(number: float, text: str, name: str) -> Any:
    """A float in the precision of its type; only what overflows is refused."""
    with np.errstate(over="ignore"):
        value = np.dtype(name).type(number)
    # Python makes "1e999" infinite by itself: only the word may be.
    if np.isinf(value) and (math.isfinite(number) or "inf" not in text.lower()):
        raise ValueError(_too_large(name))
    return value


def _too_large(name: str) -> str:
    return f"{name} holds numbers up to ±{np.finfo(np.dtype(name)).max:.5g}, and inf"


def _text(text: str, dtype: DataType) -> Any:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise ValueError("this text cannot be written as UTF-8") from None
    if dtype.itemsize is None:
        return text
    if dtype.name.startswith("bytes"):
        if len(raw) > dtype.itemsize:
            raise ValueError(f"{dtype.name} holds {dtype.itemsize} bytes, this takes {len(raw)}")
        return np.bytes_(raw)
    most = dtype.itemsize // 4  # UTF-32
    if len(text) > most:
        raise ValueError(f"{dtype.name} holds {most} characters, this has {len(text)}")
    return np.str_(text)


def _time(text: str, dtype: DataType) -> Any:
    native = np.dtype(dtype.name)
    if text.lower() == "nat":
        return np.array("NaT", native)[()]
    if native.kind == "m":
        limits = np.iinfo(np.int64)
        try:
            number = int(text)
        except ValueError:
            number = limits.min
        if not limits.min < number <= limits.max:  # the lowest stands for NaT
            raise ValueError(f"{dtype.name} holds a whole number of its unit, or NaT")
        return np.array(number, native)[()]
    if not _DATE.fullmatch(text):
        raise ValueError(f"{visible(text, 30)} is no date such as 2024-02-29 or 2024-02-29T13:30")
    try:
        exact = np.datetime64(text)
        seconds = np.datetime64(text.partition(".")[0], "s")
        value = exact.astype(native)
        # NumPy before 2.5 tells of no overflow, neither when it parses nor when it converts.
        fits = exact.astype("M8[s]") == seconds and value.astype(exact.dtype) == exact
    except ValueError:
        raise ValueError(f"{visible(text, 30)} is no date of the calendar") from None
    except OverflowError:
        fits = False
    if not fits:
        raise ValueError(f"{dtype.name} cannot hold {visible(text, 30)} exactly")
    return value
