"""Values that a user types: taken exactly, or refused with what would be one."""

import re
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from omezarr_tui.edit.value import parse_value, shown_value, value_text, why_not_fillable
from omezarr_tui.store.dtypes import DataType, dtype_of_v2, dtype_of_v3


def of(spelled: str) -> DataType:
    return dtype_of_v2(spelled)


TEXT = dtype_of_v3("string", None)
TYPES = ("|b1", "|i1", ">i2", "<i8", "|u1", "<u4", ">u8", "<f2", "<f4", ">f8", "<c8", "<c16")
TIMES = ("<M8[ns]", "<M8[s]", "<M8[25us]", "<m8[ms]", ">m8[10s]")


@pytest.mark.parametrize("spelled", TYPES)
@given(data=st.data())
def test_every_number_can_be_typed_as_it_is_shown(spelled: str, data: st.DataObject) -> None:
    native = np.dtype(spelled).newbyteorder("=")
    bits = data.draw(hnp.arrays(np.uint8, native.itemsize))
    value = (bits % 2 if native.kind == "b" else bits).view(native)[0]
    parsed = parse_value(value_text(value), of(spelled))
    assert parsed.dtype == native
    np.testing.assert_array_equal(parsed, value)
    assert value_text(parsed) == value_text(value)  # -0.0 too


@pytest.mark.parametrize("spelled", TIMES)
@given(count=st.none() | st.integers(-(10**9), 10**9))
def test_every_time_can_be_typed_as_it_is_shown(spelled: str, count: int | None) -> None:
    native = np.dtype(spelled).newbyteorder("=")
    value = np.array("NaT" if count is None else count, native)[()]
    parsed = parse_value(value_text(value), of(spelled))
    assert parsed.dtype == native
    np.testing.assert_array_equal(parsed, value)


@pytest.mark.parametrize(
    ("spelled", "text", "wanted"),
    [
        ("<u2", "65535", np.uint16(65535)),
        ("<u2", " 0x10 ", np.uint16(16)),
        ("<u2", "1e3", np.uint16(1000)),
        ("<u8", "12345678901234567890.0", np.uint64(12345678901234567890)),
        ("<i8", "-9223372036854775808", np.int64(-(2**63))),
        ("<f4", "-INF", np.float32(-np.inf)),
        ("<f4", "0.1", np.float32(0.1)),
        ("<f8", "1e-400", np.float64(0)),
        ("|b1", "TRUE", np.True_),
        ("|b1", "0", np.False_),
        ("<c8", "1.5 - 2i", np.complex64(1.5 - 2j)),
        ("<c8", "3", np.complex64(3)),
        ("<U3", "ab ", np.str_("ab ")),
        ("|S4", "µµ", np.bytes_("µµ".encode())),
        ("<M8[s]", "2024-02-29", np.datetime64("2024-02-29T00:00:00")),
        ("<M8[D]", "2024-02-29", np.datetime64("2024-02-29")),
        ("<m8[ms]", "-5", np.timedelta64(-5, "ms")),
    ],
)
def test_taken(spelled: str, text: str, wanted: Any) -> None:
    value = parse_value(text, of(spelled))
    assert (value, value.dtype) == (wanted, wanted.dtype)


def test_a_text_of_any_length_is_taken_as_it_is() -> None:
    assert parse_value("  nucleus\t", TEXT) == "  nucleus\t"
    assert parse_value("", TEXT) == ""


@pytest.mark.parametrize(
    ("spelled", "text", "message"),
    [
        ("<u2", "65536", "uint16 holds 0 to 65,535"),
        ("<u2", "-1", "uint16 holds 0 to 65,535"),
        ("|i1", "128", "int8 holds -128 to 127"),
        ("<u8", "1e999999999", "uint64 holds 0 to 18,446,744,073,709,551,615"),
        ("<i4", "9" * 5000, "int32 holds -2,147,483,648 to 2,147,483,647"),
        ("<u2", "3.5", "uint16 holds whole numbers, not 3.5"),
        ("<u2", "nan", "uint16 holds whole numbers, not nan"),
        ("<u2", "0xzz", "uint16 holds whole numbers, not 0xzz"),
        ("<u2", "", "uint16: no value is given"),
        ("<f4", "3.5e38", "float32 holds numbers up to ±3.4028e+38, and inf"),
        ("<f2", "65520", "float16 holds numbers up to ±65504, and inf"),
        ("<f8", "1e999", "float64 holds numbers up to ±1.7977e+308, and inf"),
        ("<f8", "1,5", "float64 holds numbers, not 1,5"),
        ("<c8", "1e39", "float32 holds numbers up to ±3.4028e+38, and inf"),
        ("<c16", "1e999+infj", "float64 holds numbers up to ±1.7977e+308, and inf"),
        ("<c16", "a", "a is no complex number, such as 1.5-2j"),
        ("|b1", "2", "bool holds true or false, not 2"),
        ("<U3", "abcd", "str3 holds 3 characters, this has 4"),
        ("|S3", "µµ", "bytes3 holds 3 bytes, this takes 4"),
        ("<M8[s]", "today", "today is no date such as 2024-02-29 or 2024-02-29T13:30"),
        ("<M8[s]", "2024-02-30", "2024-02-30 is no date of the calendar"),
        ("<M8[D]", "2024-02-29T12", "datetime64[D] cannot hold 2024-02-29T12 exactly"),
        ("<M8[ns]", "9999-01-01", "datetime64[ns] cannot hold 9999-01-01 exactly"),
        (
            "<M8[us]",
            "9999-01-01T00:00:00.000000001",
            "datetime64[us] cannot hold 9999-01-01T00:00:00.000000001 exactly",
        ),
        ("<m8[ms]", "1.5", "timedelta64[ms] holds a whole number of its unit, or NaT"),
        ("<m8[ms]", str(-(2**63)), "timedelta64[ms] holds a whole number of its unit, or NaT"),
        ("<M8", "2024", "datetime64 has no unit, so that a number would say nothing"),
        ("|V4", "0", "values of type void4 cannot be typed in"),
        ("|O", "0", "values of type object cannot be typed in"),
        ("<f4", "\x1b[31m", "float32 holds numbers, not ␛[31m"),
    ],
)
def test_refused(spelled: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_value(text, of(spelled))


def test_structured_and_unknown_types_are_refused_with_words() -> None:
    structured = dtype_of_v2([["x", "<f4"], ["id", "<i8"]])
    told = why_not_fillable(structured)
    assert told == "values of type structured (x: float32, id: int64) cannot be typed in"
    told = why_not_fillable(dtype_of_v3("bfloat16", "little"))
    assert told == "NumPy does not know the type bfloat16"
    assert why_not_fillable(of("<u2")) is None


@given(st.text(max_size=12), st.sampled_from([*TYPES, *TIMES, "<U3", "|S3"]))
def test_no_text_breaks_the_parser_and_none_overflows_silently(text: str, spelled: str) -> None:
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("error")
        value = parse_value(text, of(spelled))
        assert value.dtype.kind == np.dtype(spelled).kind


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.uint16(65535), "65535"),
        (np.float16(65504), "65504"),
        (np.float32(0.1), "0.1"),
        (np.float32(1e20), "1e+20"),
        (np.float64(-0.0), "-0.0"),
        (np.True_, "true"),
        ('a"\n', '"a\\"\\n"'),
        (np.bytes_(b"GFP"), '"GFP"'),
        (np.timedelta64(5, "ms"), "5 ms"),
        (np.array(5, "m8[10ms]")[()], "5 × 10 ms"),
    ],
)
def test_shown_in_full(value: Any, shown: str) -> None:
    assert shown_value(value) == shown
