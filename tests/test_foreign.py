"""The proof of the foreign stores themselves: other readers find in them what they promise."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import (
    BROKEN,
    HEALTHY,
    OME,
    STORES,
    TOTAL_BYTES,
    UNLISTED,
    UNPICKLED,
    WIDTH,
    Array,
    Foreign,
    Made,
)
from foreign.bioio import OUTER
from foreign.made import need
from zarr.errors import BaseZarrError

pytestmark = pytest.mark.filterwarnings(
    "ignore:Numcodecs codecs are not in the Zarr version 3 specification",
    "ignore:Object at .* is not recognized as a component of a Zarr hierarchy",
)

DIMENSIONS = [name for name in STORES if name.startswith(("xarray", "tensorstore_v3", "huge"))]
PLATES = [name for name in OME if "plate" in name]
REASONS = {
    "v2_bad_documents": {
        "truncated": "Expecting property name",
        "a_list": "list",
        "no_chunks": "chunks",
        "dtype": "<q9",
        "attributes": "Expecting value",
    },
    "v3_bad_documents": {
        "truncated": "Expecting ',' delimiter",
        "zero_bytes": "Expecting value",
        "binary": "codec can't decode",
        "a_list": "list|Required key 'node_type' is missing",
        "no_shape": "shape",
        "negative": "non-negative",
        "format_4": "['\"]?4['\"]?",
        "node_type": "node_type",
        "no_codecs": "ArrayBytesCodec",
        "grid": "hexagon",
        "data_type": "uint12",
        "extension": "extra fields",
    },
}
"""What zarr-python's message has when it fails for the reason that the store is meant to give."""

REFUSED = (BaseZarrError, ValueError, TypeError, KeyError, AttributeError, OSError)


def read(made: Made, node: str) -> Array:
    """Read a whole array with zarr-python, opened at its own folder."""
    return np.asarray(zarr.open_array(made.path / node, mode="r")[...])


def assert_same(found: Array, expected: Array) -> None:
    """Hold shape, data type and values against each other; NaN and NaT equal themselves."""
    if expected.dtype == object or found.dtype.kind == "T":
        assert found.shape == expected.shape
        assert found.tolist() == expected.tolist()
        return
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected, strict=True)


def test_every_store_is_in_one_set_and_in_its_own_folder(tmp_path: Path) -> None:
    assert len(STORES) == len(HEALTHY) + len(UNLISTED) + len(BROKEN)
    made = STORES["v3_root_array"](tmp_path)
    assert made.path.parent == tmp_path


@pytest.mark.parametrize("name", HEALTHY)
def test_zarr_lists_healthy_store(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    root = zarr.open(made.path, mode="r", use_consolidated=False)
    assert root.metadata.zarr_format == made.zarr_format
    if made.kind == "array":
        assert isinstance(root, zarr.Array)
        assert set(made.arrays) == {""}
        return
    assert isinstance(root, zarr.Group)
    nodes = dict(root.members(max_depth=None))
    arrays = {path for path, node in nodes.items() if isinstance(node, zarr.Array)}
    assert arrays == set(made.arrays)
    assert {"", *nodes} - arrays == set(made.groups)
    assert not made.broken


@pytest.mark.parametrize("name", [name for name in STORES if name != "wide_group"])
def test_zarr_reads_promised_values(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    for node, expected in made.arrays.items():
        if expected is not None:
            assert_same(read(made, node), expected)
    for node in made.groups:
        zarr.open_group(made.path / node, mode="r", use_consolidated=False)
    for node, selection, expected in made.samples:
        assert_same(np.asarray(zarr.open_array(made.path / node, mode="r")[selection]), expected)


@pytest.mark.parametrize("name", STORES)
def test_samples_and_values_are_of_different_arrays(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    whole = {node for node, values in made.arrays.items() if values is not None}
    assert whole.isdisjoint(made.broken)
    assert whole.isdisjoint(node for node, _, _ in made.samples)


@pytest.mark.parametrize("name", DIMENSIONS)
def test_dimension_names(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    assert set(made.dimensions) == set(made.arrays)
    for node, expected in made.dimensions.items():
        if made.zarr_format == 2:
            attributes = json.loads((made.path / node / ".zattrs").read_text())
            assert attributes["_ARRAY_DIMENSIONS"] == list(expected)
        else:
            document = json.loads((made.path / node / "zarr.json").read_text())
            assert tuple(document.get("dimension_names") or ()) == expected


@pytest.mark.parametrize("name", OME)
def test_ngff_zarr_tells_the_same_of_images(name: str, foreign: Foreign) -> None:
    nz = need("ngff_zarr")
    made = foreign(name)
    assert made.images
    for node, image in made.images.items():
        told = nz.from_ngff_zarr(str(made.path / node))
        assert tuple(data.path for data in told.metadata.datasets) == image.levels
        for level, sizes, path in zip(told.images, image.pixel_sizes, image.levels, strict=True):
            assert tuple(level.dims) == image.axes
            own = tuple(level.scale[axis] for axis in image.axes)
            if name == "bioio_05":  # ngff-zarr leaves out the transformation of all levels
                own = tuple(
                    s * OUTER if a in "yx" else s for a, s in zip(image.axes, own, strict=True)
                )
            assert own == sizes
            units = level.axes_units or {}
            assert tuple(units.get(axis) for axis in image.axes) == image.units
            expected = made.arrays[f"{node}/{path}".lstrip("/")]
            assert expected is not None
            assert_same(np.asarray(level.data), expected)
        channels = told.metadata.omero.channels if told.metadata.omero else []
        assert tuple(channel.label for channel in channels) == image.channels
        assert tuple(channel.color for channel in channels) == image.colors
        for label in image.labels:
            assert f"labels/{label}" in made.images


@pytest.mark.parametrize("name", PLATES)
def test_ngff_zarr_tells_the_same_of_plates(name: str, foreign: Foreign) -> None:
    nz = need("ngff_zarr")
    made = foreign(name)
    told = nz.from_hcs_zarr(str(made.path))
    plate = made.plates[""]
    assert tuple(row.name for row in told.metadata.rows) == plate.rows
    assert tuple(column.name for column in told.metadata.columns) == plate.columns
    assert tuple(well.path for well in told.metadata.wells) == plate.wells
    for well in told.metadata.wells:
        place = told.get_well(plate.rows[well.rowIndex], plate.columns[well.columnIndex])
        assert tuple(image.path for image in place.images) == plate.fields


def test_shards_beyond_the_shape_and_unwritten_shards(foreign: Foreign) -> None:
    path = foreign("v3_sharded").path
    oversized = zarr.open_array(path / "oversized", mode="r")
    assert any(s > n for s, n in zip(oversized.shards or (), oversized.shape, strict=True))
    assert [file.name for file in (path / "sparse" / "c").rglob("*") if file.is_file()] == ["0"]


def test_wide_group_is_wide_and_partly_written(foreign: Foreign) -> None:
    made = foreign("wide_group")
    assert len(made.arrays) == WIDTH
    assert {entry.name for entry in made.path.iterdir()} == {*made.arrays, "zarr.json"}
    for name in ("a00000", "a00001", "a09000", "a09999"):
        expected = made.arrays[name]
        assert expected is not None
        assert_same(read(made, name), expected)


def test_huge_array_is_small_on_disk(foreign: Foreign) -> None:
    made = foreign("huge_array")
    array = zarr.open_array(made.path / "huge", mode="r")
    assert array.nbytes == TOTAL_BYTES
    files = [file for file in made.path.rglob("*") if file.is_file()]
    assert len(files) == 4
    assert sum(file.stat().st_size for file in files) < 4 * 2**20


def test_folder_of_stores_is_no_node(foreign: Foreign) -> None:
    with pytest.raises(FileNotFoundError):
        zarr.open(foreign("folder_of_stores").path, mode="r")


def test_zarr_loses_a_name_with_a_backslash(foreign: Foreign) -> None:
    made = foreign("v3_backslash")
    assert "back\\slash" not in dict(zarr.open_group(made.path, mode="r").members())
    assert "back\\slash" in [entry.name for entry in made.path.iterdir()]


@pytest.mark.parametrize("name", REASONS)
def test_bad_documents_are_bad_for_the_reason_given(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    assert set(made.broken) == set(REASONS[name])
    root = zarr.open_group(made.path, mode="r")
    for node, reason in REASONS[name].items():
        with pytest.raises(REFUSED, match=reason):
            root[node]


def test_unknown_codecs(foreign: Foreign) -> None:
    made = foreign("unknown_codec")
    for node in made.broken:
        with pytest.raises(REFUSED, match=r"example\.squeeze"):
            zarr.open(made.path / node, mode="r")


@pytest.mark.parametrize("name", REASONS)
def test_one_bad_child_hides_its_siblings_from_zarr(name: str, foreign: Foreign) -> None:
    root = zarr.open_group(foreign(name).path, mode="r")
    with pytest.raises(REFUSED):
        list(root.members())


@pytest.mark.parametrize("name", ["v2_bad_consolidated", "v3_bad_consolidated"])
def test_only_consolidated_metadata_keep_the_root_from_opening(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    with pytest.raises(REFUSED):
        zarr.open_group(made.path, mode="r")
    root = zarr.open_group(made.path, mode="r", use_consolidated=False)
    assert set(root.array_keys()) == set(made.arrays)


@pytest.mark.parametrize("name", ["v2_stale_consolidated", "v3_stale_consolidated"])
def test_consolidated_metadata_are_stale(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    stale = zarr.open_group(made.path, mode="r")
    assert set(stale.array_keys()) == {"kept", "changed", "gone"}
    assert stale["changed"].attrs["edition"] == "old"
    true = zarr.open_group(made.path, mode="r", use_consolidated=False)
    assert set(true.array_keys()) == set(made.arrays) == {"kept", "changed", "added"}
    assert true["changed"].attrs["edition"] == "new"


def test_damaged_chunks_cannot_be_read(foreign: Foreign) -> None:
    made = foreign("bad_chunks")
    for node in made.broken:
        array = zarr.open_array(made.path / node, mode="r")
        with pytest.raises((*REFUSED, RuntimeError, EOFError)):
            array[:3, :4]


def test_pickle_is_refused(foreign: Foreign) -> None:
    made = foreign("pickle_codec")
    for node in made.broken:
        with pytest.raises((*REFUSED, RuntimeError)):
            read(made, node)
    assert not (made.path.parent / UNPICKLED).exists()


def test_undeclared_nesting_reads_as_zeros_until_declared(foreign: Foreign, tmp_path: Path) -> None:
    made = foreign("v2_undeclared_nesting").copy(tmp_path)
    assert not read(made, "nested").any()
    document = made.path / "nested" / ".zarray"
    document.write_text(json.dumps(json.loads(document.read_text()) | {"dimension_separator": "/"}))
    expected = made.arrays["good"]
    assert expected is not None
    assert_same(read(made, "nested"), expected)


def dataset_paths(attributes: Any) -> list[str]:
    """Paths that the first multiscales names, in 0.4 or 0.5."""
    multiscale = attributes.get("ome", attributes)["multiscales"][0]
    return [dataset["path"] for dataset in multiscale["datasets"]]


@pytest.mark.parametrize("name", ["missing_level_04", "missing_level_05"])
def test_a_level_is_missing(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    root = zarr.open_group(made.path, mode="r")
    named = dataset_paths(root.attrs)
    assert named == ["s0", "s1", "s2"]
    assert set(named) == {*made.arrays, *made.broken}
    with pytest.raises(KeyError):
        root["s1"]


def test_paths_leave_the_store(foreign: Foreign) -> None:
    made = foreign("escaping_paths")
    for path in dataset_paths(zarr.open_group(made.path, mode="r").attrs)[1:]:
        assert path in made.broken
        assert (made.path / path / "zarr.json").is_file()
        assert not (made.path / path).resolve().is_relative_to(made.path)


def test_a_copy_does_not_touch_the_original(foreign: Foreign, tmp_path: Path) -> None:
    made = foreign("v3_root_array")
    copy = made.copy(tmp_path)
    zarr.open_array(copy.path, mode="r+")[...] = 0
    expected = made.arrays[""]
    assert expected is not None
    assert_same(read(made, ""), expected)
    assert not read(copy, "").any()


def test_home_is_empty(hermetic: Path) -> None:
    assert Path.home() == hermetic
    assert list(hermetic.iterdir()) == []
