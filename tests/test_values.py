"""Values as a table: which part is read, how each kind is written, and what is left out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import Foreign

from omezarr_tui.errors import UserError
from omezarr_tui.image.value_table import ValueTable, printed_part, table_part
from omezarr_tui.image.values import value_text
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node


def opened(path: Path, node: str = "") -> tuple[Access, Array]:
    access = open_access(Location.local(path))
    found = find_node(access, node)
    assert isinstance(found, Array)
    return access, found


def value_table(
    access: Access, node: Array, *, width: int | None = None, **room: Any
) -> ValueTable:
    """As many values of an array as there is room for."""
    return printed_part(access, table_part(node, **room), width)


@pytest.mark.parametrize("name", ["gzip", "zstd", "raw", "crc32c", "shard"])
def test_only_the_chunks_behind_the_table_are_read(foreign: Foreign, name: str) -> None:
    made = foreign("bad_chunks")
    access, node = opened(made.path, name)
    (values,) = (values for sample, _, values in made.samples if sample == name)
    table = value_table(access, node, rows=9, columns=9, at={0: 3, 1: 4})
    assert table.cells == tuple(tuple(str(value) for value in row) for row in values)
    assert (table.rows, table.columns) == (("3",), ("4", "5"))
    assert table.note == "3–3 × 4–5 of 4 × 6"
    with pytest.raises(UserError, match=f"{name} cannot be read at "):
        value_table(access, node, rows=1, columns=1)


def test_bytes_are_known_before_anything_is_read(foreign: Foreign) -> None:
    _, node = opened(foreign("huge_array").path, next(iter(foreign("huge_array").arrays)))
    region = table_part(node, rows=2, columns=2)
    assert region.decoded_bytes == np.prod(node.chunks) * 2


def test_more_axes_than_two_stand_in_the_note(tmp_path: Path) -> None:
    values = np.arange(120).reshape(2, 3, 4, 5).astype("complex64")
    zarr.create_array(tmp_path / "a", data=values, dimension_names=["t", "z", "y", "x"])
    table = value_table(*opened(tmp_path / "a"), rows=2, columns=3, at={0: 1, 1: 2})
    assert table.cells == tuple(
        tuple(f"{value.real:.0f}+0j" for value in row) for row in values[1, 2, :2, :3]
    )
    assert table.note == "first 2 × 3 of 4 × 5, at t 1 of 0–1 and z 2 of 0–2"


def test_positions_out_of_bounds_are_the_nearest_ones(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "a", data=np.arange(5))
    table = value_table(*opened(tmp_path / "a"), rows=3, columns=1, at={0: 99})
    assert (table.rows, table.cells) == (("4",), (("4",),))


def test_records_have_a_column_for_each_field(foreign: Foreign) -> None:
    access, node = opened(foreign("v2_types").path, "structured")
    table = value_table(access, node, rows=5, columns=5)
    assert table.columns == ("x", "id", "tag")
    assert table.cells == (("0.5", "1099511627776", "a"), ("-2.25", "-1", "xyz"))
    assert table.note == "all 2"
    assert value_table(access, node, rows=1, columns=2).note == "first 1 of 2, 2 of 3 fields"


def test_columns_that_do_not_fit_are_left_out_and_told(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "a", data=np.full((2, 9), 1234.5))
    place = opened(tmp_path / "a")
    # A heading of 1, then 2 blanks and 6 characters for each column.
    assert len(value_table(*place, rows=2, columns=9, width=25).columns) == 3
    assert len(value_table(*place, rows=2, columns=9, width=24).columns) == 2
    assert value_table(*place, rows=2, columns=9, width=24).note == "first 2 × 2 of 2 × 9"
    assert len(value_table(*place, rows=2, columns=9, width=1).columns) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float32(0.1), "0.1"),
        (np.float64(0.1) + 0.2, "0.30000000000000004"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.complex64(1 - 2j), "1-2j"),
        (np.datetime64("NaT", "s"), "NaT"),
        (np.bytes_(b"a\x00\xffb"), "a\\x00\\xffb"),
        (np.void(b"\x00\xff"), "00 ff"),
        (b"", '""'),
        ("", '""'),
        ("\x1b[31m", "␛[31m"),
        ("z" * 99, "z" * 39 + "…"),
        (np.array([1, 2, 3]), "[1, 2, 3]"),
    ],
)
def test_each_kind_of_value_is_written_in_full(value: object, text: str) -> None:
    assert value_text(value) == text
