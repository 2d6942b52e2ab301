"""Data types as both formats spell them, named and measured as numpy does."""

from typing import Any

import numpy as np
import pytest

from omezarr_tui.store.dtypes import DataType, dtype_of_v2, dtype_of_v3

NUMBERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]


class TestDataTypes:
    @pytest.mark.parametrize("spelled", [f"{mark}{code}" for mark in "<>" for code in NUMBERS])
    def test_numbers_are_named_as_numpy_names_them(self, spelled: str) -> None:
        expected, found = np.dtype(spelled), dtype_of_v2(np.dtype(spelled).str)
        assert (found.name, found.itemsize) == (expected.name, expected.itemsize)
        assert found.kind == ("complex" if expected.kind == "c" else "number")
        big = expected.itemsize > 1 and spelled.startswith(">")
        assert found.byte_order == ("big" if big else "little" if expected.itemsize > 1 else None)
        assert dtype_of_v3(expected.name, found.byte_order) == found

    @pytest.mark.parametrize(
        ("spelled", "name", "kind", "itemsize"),
        [
            ("|b1", "bool", "boolean", 1),
            ("<M8[ns]", "datetime64[ns]", "time", 8),
            ("<m8[10ms]", "timedelta64[10ms]", "time", 8),
            ("<M8", "datetime64", "time", 8),
            ("|S5", "bytes5", "string", 5),
            ("<U9", "str9", "string", 36),
            ("|V3", "void3", "bytes", 3),
            ("|O", "object", "object", None),
            ([["x", "<f4"], ["id", "<i8"]], "structured (x: float32, id: int64)", "structured", 12),
            ([["m", "<f4", [2, 3]]], "structured (m: float32(2, 3))", "structured", 24),
        ],
    )
    def test_other_types_of_v2(self, spelled: Any, name: str, kind: str, itemsize: Any) -> None:
        found = dtype_of_v2(spelled)
        assert (found.name, found.kind, found.itemsize) == (name, kind, itemsize)

    def test_filters_say_what_objects_are(self) -> None:
        assert dtype_of_v2("|O", [{"id": "vlen-utf8"}]).name == "string"
        assert dtype_of_v2("|O", [{"id": "vlen-bytes"}]).name == "bytes"

    @pytest.mark.parametrize(
        ("spelled", "expected"),
        [
            ("bool", DataType("bool", "boolean", 1)),
            ("int8", DataType("int8", "number", 1)),
            ("bfloat16", DataType("bfloat16", "number", 2, "little")),
            ("string", DataType("string", "string", None)),
            ("variable_length_bytes", DataType("bytes", "object", None)),
            ("r16", DataType("void2", "bytes", 2)),
            (
                {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 10}},
                DataType("datetime64[10s]", "time", 8, "little"),
            ),
            (
                {"name": "fixed_length_utf32", "configuration": {"length_bytes": 8}},
                DataType("str2", "string", 8, "little"),
            ),
            (
                {"name": "struct", "configuration": {"fields": [["x", "float32"], ["n", "int8"]]}},
                DataType("structured (x: float32, n: int8)", "structured", 5),
            ),
        ],
    )
    def test_other_types_of_v3(self, spelled: Any, expected: DataType) -> None:
        assert dtype_of_v3(spelled, "little") == expected

    @pytest.mark.parametrize(
        "spelled", ["<q9", "<f3", "<i16", "|b2", "<M4[s]", "f", "", None, 5, {}]
    )
    def test_unknown_in_v2(self, spelled: Any) -> None:
        with pytest.raises(ValueError, match="unknown data type"):
            dtype_of_v2(spelled)

    @pytest.mark.parametrize(
        "spelled", ["uint12", "int", "float8", "int8\n", "complex32", "", None, 5, [], {"name": 3}]
    )
    def test_unknown_in_v3(self, spelled: Any) -> None:
        with pytest.raises(ValueError, match="unknown data type"):
            dtype_of_v3(spelled, None)
