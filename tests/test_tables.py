"""Tables of any length: cells, the chunks behind them, columns of AnnData, curves of long rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import Foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array, array_in, files_read, local

from omezarr_tui.image import envelope as module
from omezarr_tui.image.envelope import can_plot, read_envelope, sampled_bytes, sampled_regions
from omezarr_tui.image.frames import Words, encoded
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.table_cells import MISSING, read_cells
from omezarr_tui.image.tables import Table, record_fields, table_of
from omezarr_tui.store.dtypes import dtype_of_v2
from omezarr_tui.store.node import Group
from omezarr_tui.store.opening import find_node


def cells_of(path: Path, table: Table, rows: range, columns: range | None = None) -> Any:
    access = local(path)
    columns = range(table.column_count) if columns is None else columns
    return read_cells(access, Reader(access), table, rows, columns)


class TestArrays:
    @given(data=st.data())
    @settings(max_examples=40, deadline=None)
    def test_cells_are_those_of_the_array(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        folder = tmp_path_factory.getbasetemp() / "grid.zarr"
        values = np.arange(3 * 7 * 11).reshape(3, 7, 11) * 1.5
        if not folder.exists():
            zarr.create_array(folder, data=values, chunks=(2, 3, 4))
        at = data.draw(st.integers(0, 2))
        table = table_of(array_in(folder), {0: at})
        first, left = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 10))
        rows = range(first, data.draw(st.integers(first + 1, 7)))
        columns = range(left, data.draw(st.integers(left + 1, 11)))
        found = cells_of(folder, table, rows, columns)
        wanted = values[at, rows.start : rows.stop, columns.start : columns.stop]
        assert found == [[str(value) for value in row] for row in wanted]
        selection = table.selection(rows, columns)
        assert selection.numpy_text.startswith(f"{at}, ")
        assert selection.shape == wanted.shape

    @pytest.mark.parametrize("store", ["v2_types", "v3_types"])
    def test_every_type_is_shown(self, foreign: Foreign, store: str) -> None:
        made = foreign(store)
        for path, values in made.arrays.items():
            table = table_of(array_in(made.path, path))
            assert values is not None
            if not values.size:
                assert table.size_text == "empty: there are no values"
                continue
            rows = range(table.row_count)
            found = cells_of(made.path, table, rows)
            assert len(found) == table.row_count, path
            if values.dtype.kind in "iu" and values.ndim <= 2:
                shaped = values.reshape(table.row_count, table.column_count)
                assert found == [[str(v) for v in row] for row in shaped], path

    def test_records_have_a_column_for_each_field(self, foreign: Foreign) -> None:
        made = foreign("v2_types")
        table = table_of(array_in(made.path, "structured"))
        assert [table.heading(at) for at in range(3)] == ["x", "id", "tag"]
        assert cells_of(made.path, table, range(2)) == [
            ["0.5", "1099511627776", "a"], ["-2.25", "-1", "xyz"],
        ]  # fmt: skip
        assert cells_of(made.path, table, range(1, 2), range(1, 2)) == [["-1"]]

    def test_the_fields_of_records_in_records(self) -> None:
        spelled = [["a", "<f4"], ["b c", "<f8", [2, 3]], ["d", [["e", "<i4"], ["f", "|S2"]]]]
        node = array((3,), dtype=dtype_of_v2(spelled[:2]))
        assert record_fields(node) == ["a", "b c"]

    def test_only_the_chunks_in_sight_are_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "a.zarr"
        zarr.create_array(folder, data=np.arange(1_000_000) * 1j, chunks=(10_000,))
        access = local(folder)
        table = table_of(array_in(folder))
        reader = Reader(access)
        rows = range(999_960, 1_000_000)
        with files_read(folder) as seen:
            found = read_cells(access, reader, table, rows, range(1))
        assert found[-1] == ["999999j"]
        assert [path for path in seen if path.startswith("c")] == ["c/99"]
        assert table.decoded_bytes(rows, range(1)) == 10_000 * 16
        with files_read(folder) as seen:  # what was decoded is kept
            read_cells(access, reader, table, range(990_100, 990_140), range(1))
        assert not [path for path in seen if path.startswith("c")]

    def test_a_long_text_is_kept(self, tmp_path: Path) -> None:
        made = zarr.create_array(tmp_path / "a.zarr", shape=(1,), dtype="string")
        made[:] = np.array(["x" * 200], dtype=object)
        found = cells_of(tmp_path / "a.zarr", table_of(array_in(tmp_path / "a.zarr")), range(1))
        assert found == [["x" * 200]]


def write_frame(root: zarr.Group) -> None:
    """A data frame as anndata 0.12 writes it, and one column as anndata 0.7 did."""

    def text(group: zarr.Group, name: str, values: list[str]) -> None:
        made = group.create_array(name, shape=(len(values),), dtype="string")
        made[:] = np.array(values, dtype=object)
        made.attrs["encoding-type"] = "string-array"

    frame = root.create_group("obs")
    frame.attrs.update({
        "encoding-type": "dataframe", "_index": "cell",
        "column-order": ["kind", "count", "age", "old", "lost", "../X", 7, "matrix"],
    })  # fmt: skip
    text(frame, "cell", ["a1", "b2", "c3", "d4"])
    kind = frame.create_group("kind")
    kind.attrs.update({"encoding-type": "categorical", "ordered": False})
    kind.create_array("codes", data=np.array([1, 0, -1, 1], "int8"), chunks=(2,))
    text(kind, "categories", ["B cell", "T\x1b cell"])
    frame.create_array("count", data=np.array([3, 1, 4, 1]), chunks=(3,))
    age = frame.create_group("age")
    age.attrs.update({"encoding-type": "nullable-integer"})
    age.create_array("values", data=np.array([10, 20, 30, 40]))
    age.create_array("mask", data=np.array([False, True, False, False]))
    old = frame.create_array("old", data=np.array([0, 0, 1, 1], "int8"))
    old.attrs["categories"] = "__categories/old"
    text(frame.create_group("__categories"), "old", ["no", "yes"])
    frame.create_array("matrix", data=np.zeros((4, 2)))
    root.create_array("X", data=np.arange(4))


class TestFrames:
    @pytest.fixture(params=[2, 3])
    def root(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        path = tmp_path / "a.zarr"
        write_frame(zarr.create_group(path, zarr_format=request.param))
        return path

    def test_columns_stand_side_by_side(self, root: Path) -> None:
        access = local(root)
        group = find_node(access, "obs")
        assert isinstance(group, Group)
        table = encoded(access, group)
        assert isinstance(table, Table)
        names = [table.heading(at) for at in range(table.column_count)]
        assert names == ["cell", "kind", "count", "age", "old", "lost", "../X", "matrix"]
        assert table.row_count == 4
        assert cells_of(root, table, range(4)) == [
            ["a1", "T␛ cell", "3", "10", "no", "", "", ""],
            ["b2", "B cell", "1", MISSING, "no", "", "", ""],
            ["c3", MISSING, "4", "30", "yes", "", "", ""],
            ["d4", "T␛ cell", "1", "40", "yes", "", "", ""],
        ]
        assert cells_of(root, table, range(1, 3), range(1, 3)) == [["B cell", "1"], [MISSING, "4"]]
        problems = [column.problem for column in table.columns[5:]]
        assert problems == ["is missing", "is missing", "has 2 axes"]

    def test_a_column_by_itself(self, root: Path) -> None:
        access = local(root)
        for path, wanted in (("obs/kind", "B cell"), ("obs/age", MISSING)):
            group = find_node(access, path)
            assert isinstance(group, Group)
            table = encoded(access, group)
            assert isinstance(table, Table)
            assert cells_of(root, table, range(1, 2)) == [[wanted]]

    def test_no_values_are_read_to_know_it(self, root: Path) -> None:
        access = local(root)
        group = find_node(access, "obs")
        assert isinstance(group, Group)
        with files_read(root) as seen:
            encoded(access, group)
        assert all(Path(path).name.startswith((".z", "zarr.json")) for path in seen)

    def test_sparse_matrices_and_anndata_are_told(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a.zarr")
        root.attrs["encoding-type"] = "anndata"
        matrix = root.create_group("X")
        matrix.attrs.update({"encoding-type": "csr_matrix", "shape": [4, 10]})
        matrix.create_array("data", data=np.ones(8, "float32"))
        matrix.create_array("indices", data=np.ones(8, "int32"))
        access = local(tmp_path / "a.zarr")
        top, group = find_node(access, ""), find_node(access, "X")
        assert isinstance(top, Group)
        assert isinstance(group, Group)
        told = encoded(access, group)
        assert isinstance(told, Words)
        text = "\n".join(told.lines)
        assert "row by row (CSR)" in text
        assert "4 × 10" in text
        assert "8 × float32, 32 B: 20 % of all values" in text
        assert "indptr        is missing" in text
        whole = encoded(access, top)
        assert isinstance(whole, Words)
        assert "X       4 × 10, sparse" in whole.lines

    @pytest.mark.parametrize(
        "attributes",
        [
            {"encoding-type": "dataframe"},
            {"encoding-type": "dataframe", "column-order": 3, "_index": ["x"]},
            {"encoding-type": "csr_matrix", "shape": "wide"},
            {"encoding-type": "categorical"},
            {"encoding-type": "anndata"},
            {"encoding-type": 7},
        ],
    )
    def test_nonsense_breaks_nothing(self, tmp_path: Path, attributes: Any) -> None:
        zarr.create_group(tmp_path / "a.zarr", attributes=attributes)
        access = local(tmp_path / "a.zarr")
        group = find_node(access, "")
        assert isinstance(group, Group)
        found = encoded(access, group)
        if isinstance(found, Table):
            assert found.row_count == 0
            assert cells_of(tmp_path / "a.zarr", found, range(0)) == []


class TestEnvelope:
    @given(
        st.lists(st.floats(width=32), min_size=2, max_size=60),
        st.integers(1, 20),
        st.integers(2, 30),
    )
    @settings(max_examples=60, deadline=None)
    def test_it_holds_the_least_and_the_greatest(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        values: list[float],
        chunk: int,
        bins: int,
    ) -> None:
        folder = tmp_path_factory.mktemp("row") / "a.zarr"
        data = np.array(values, "float32")
        zarr.create_array(folder, data=data, chunks=(min(chunk, len(data)),))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "BINS", bins)
            found = read_envelope(Reader(local(folder)), array_in(folder))
        parts = min(bins, len(data))
        where = np.arange(len(data)) * parts // len(data)
        for part in range(parts):
            here = data[where == part].astype(float)
            here = here[np.isfinite(here)]
            if here.size:
                assert (found.low[part], found.high[part]) == (here.min(), here.max())
            else:
                assert np.isnan(found.low[part])
        assert (found.count, found.read) == (len(data), len(data))

    def test_of_a_long_row_a_sample_is_read(self, tmp_path: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "BUDGET", 5 * 100 * 8)
            data = np.arange(10_000.0)
            zarr.create_array(tmp_path / "a.zarr", data=data, chunks=(100,))
            node = array_in(tmp_path / "a.zarr")
            assert sampled_bytes(node) == 5 * 100 * 8
            found = read_envelope(Reader(local(tmp_path / "a.zarr")), node)
            assert len(sampled_regions(node)) == 5
        assert (found.count, found.read) == (10_000, 500)
        assert np.nanmin(found.low) == 0
        assert np.nanmax(found.high) == 9999

    def test_what_is_plotted(self) -> None:
        assert can_plot(array((5,)))
        assert not can_plot(array((5, 5)))
        assert not can_plot(array((1,)))
        assert not can_plot(array((5,), dtype=dtype_of_v2("<c8")))
