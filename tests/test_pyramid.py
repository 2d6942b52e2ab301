"""Coarser levels follow an edit: as the tools that wrote them would have made them."""

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import dask.array
import ngff_zarr
import numpy as np
import pytest
import tensorstore
import zarr
from bioio_ome_zarr.writers import OMEZarrWriter
from foreign import Array as Values
from ome_zarr.scale import Methods, Scaler
from ome_zarr.writer import write_image

from omezarr_tui.edit.downsampling_candidates import METHODS, chosen_method
from omezarr_tui.edit.downsampling_windows import MEAN_CUT, MODE, STRIDE
from omezarr_tui.edit.pyramid import Followed, Step, follow, pyramid_steps
from omezarr_tui.edit.pyramid_method import detect_method
from omezarr_tui.edit.scratch import Box
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.waiting import Cancelled

Writer = Callable[[Values, Path], list[str]]  # an image, a place -> paths of its levels

SHAPE = (4, 61, 75)
CHUNKS = (2, 32, 32)
BOX: Box = ((3, 4), (20, 41), (37, 61))


def image(dtype: str = "uint16", shape: tuple[int, ...] = SHAPE) -> Values:
    """Noise upon a slope, with a flat part: numbers that no two methods make the same of."""
    rng = np.random.default_rng(7)
    slope = np.add.outer(np.arange(shape[-2]), np.arange(shape[-1]))
    values = rng.integers(0, 90, shape) + slope // 2
    values[..., 44:54, 60:72] = 33
    return values.astype(dtype)


def ome_zarr(method: str, chunks: tuple[int, ...] | None = None, **options: object) -> Writer:
    def write(values: Values, folder: Path) -> list[str]:
        data = values if chunks is None else dask.array.from_array(values, chunks=chunks)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write_image(data, str(folder), axes="zyx", method=method, **options)
        count = len(list(zarr.open_group(folder, mode="r").arrays()))
        return [f"s{number}" for number in range(count)]

    return write


def ngff(method: ngff_zarr.Methods, factors: list[int], chunks: int = 32) -> Writer:
    def write(values: Values, folder: Path) -> list[str]:
        made = ngff_zarr.to_multiscales(
            ngff_zarr.to_ngff_image(values, dims="zyx"), factors, method=method, chunks=chunks
        )
        return by_hand(folder, [np.asarray(each.data) for each in made.images])

    return write


def store(method: str) -> Writer:
    def write(values: Values, folder: Path) -> list[str]:
        levels = [values]
        for _ in range(2):
            made = tensorstore.downsample(tensorstore.array(levels[-1]), [1, 2, 3], method)
            levels.append(made.read().result())
        return by_hand(folder, levels)

    return write


def bioio(values: Values, folder: Path) -> list[str]:
    z, y, x = values.shape
    shapes = [(z, y, x), (z, y // 2, x // 2), (z, y // 4, x // 4)]
    writer = OMEZarrWriter(
        store=str(folder),
        level_shapes=shapes,
        dtype=values.dtype,
        axes_names=["z", "y", "x"],
        axes_types=["space"] * 3,
        axes_units=[None] * 3,
        chunk_shape=[CHUNKS] * 3,
        zarr_format=3,
    )
    writer.write_full_volume(values)
    return ["0", "1", "2"]


def scaler(method: str) -> Writer:
    """ome-zarr-py's old way, with whole arrays."""

    def write(values: Values, folder: Path) -> list[str]:
        scaler = Scaler(max_layer=2)
        if method == "resize_image":
            levels = [values, scaler.resize_image(values)]
            levels.append(scaler.resize_image(levels[-1]))
        else:
            levels = getattr(scaler, method)(values)
        return by_hand(folder, levels)

    return write


def by_hand(
    folder: Path, levels: list[Values], chunks: tuple[int, ...] = CHUNKS, **options: object
) -> list[str]:
    group = zarr.open_group(folder, mode="w", zarr_format=3)
    for number, level in enumerate(levels):
        made = group.create_array(
            f"level {number}", shape=level.shape, chunks=chunks, dtype=level.dtype, **options
        )
        made[...] = level
    return [f"level {number}" for number in range(len(levels))]


WRITERS: dict[str, tuple[Writer, str]] = {
    "ome-zarr resize": (ome_zarr("resize"), "linear resize with smoothing"),
    "ome-zarr resize in chunks": (ome_zarr("resize", CHUNKS), "linear resize with smoothing"),
    "ome-zarr nearest": (ome_zarr("nearest"), "nearest"),
    "ome-zarr nearest in chunks": (ome_zarr("nearest", (6, 31, 30)), "nearest"),
    "ome-zarr local mean": (ome_zarr("local_mean", scale_factors=[2, 4]), "local mean (cut off)"),
    "ome-zarr zoom": (ome_zarr("zoom", (6, 96, 128), scale_factors=[2, 4]), "linear zoom"),
    "ome-zarr zoom of all": (ome_zarr("zoom", (6, 200, 200)), "linear zoom"),
    "Scaler nearest": (scaler("nearest"), "nearest"),
    "Scaler local mean": (scaler("local_mean"), "local mean (cut off)"),
    "Scaler resize": (scaler("resize_image"), "linear resize"),
    "bioio": (bioio, "nearest"),
    "ngff-zarr gaussian": (ngff(ngff_zarr.Methods.ITKWASM_GAUSSIAN, [2, 4]), "gaussian"),
    "ngff-zarr bin shrink": (
        ngff(ngff_zarr.Methods.ITKWASM_BIN_SHRINK, [2, 4]),
        "local mean (halves up)",
    ),
    "ngff-zarr dask": (ngff(ngff_zarr.Methods.DASK_BIN_SHRINK, [2, 4]), "local mean (halves up)"),
    "ngff-zarr from the finest": (
        ngff(ngff_zarr.Methods.DASK_BIN_SHRINK, [2, 3]),
        "local mean (halves up)",
    ),
    "ngff-zarr mode": (ngff(ngff_zarr.Methods.DASK_IMAGE_MODE, [2, 4]), "mode"),
    "ngff-zarr labels": (ngff(ngff_zarr.Methods.ITKWASM_LABEL_IMAGE, [2, 4]), "mode"),
    "tensorstore mean": (store("mean"), "local mean (halves to even)"),
    "tensorstore median": (store("median"), "median"),
    "tensorstore mode": (store("mode"), "mode"),
    "tensorstore min": (store("min"), "minimum"),
    "tensorstore max": (store("max"), "maximum"),
    "tensorstore stride": (store("stride"), "stride"),
}


# The others do with floats what they do with integers.
FOR_FLOATS = (
    *("ome-zarr resize in chunks", "ome-zarr local mean", "bioio", "ngff-zarr gaussian"),
    *("ngff-zarr dask", "tensorstore mean"),
)


def opened(folder: Path, paths: list[str]) -> tuple[LocalAccess, list[Array]]:
    access = LocalAccess(Location.local(folder))
    nodes = [find_node(access, path) for path in paths]
    assert all(isinstance(node, Array) for node in nodes)
    return access, [node for node in nodes if isinstance(node, Array)]


def values_of(staged: Staged, node: Array) -> Values:
    array = zarr.open_array(staged.zarr_store(), path=node.path, mode="r")
    return np.asarray(array[...])


def edit(access: LocalAccess, node: Array, box: Box, value: int, folder: Path) -> Staged:
    """Stage a box of a level with a value, by zarr-python on a copy."""
    copy = folder.with_name(f"{folder.name} edited by zarr")
    shutil.copytree(folder, copy)
    array = zarr.open_array(copy, path=node.path, mode="r+")
    array[tuple(slice(*ends) for ends in box)] = value
    staged = Staged(access)
    for key in {
        f"{node.path}/{key}" for place in (copy, folder) for key in keys(place / node.path)
    }:
        there = copy / key
        staged.put(key, there.read_bytes() if there.exists() else None)
    return staged


def keys(folder: Path) -> list[str]:
    return [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]


def followed(
    folder: Path, paths: list[str], box: Box = BOX, value: int = 7, level: int = 0
) -> tuple[Staged, list[Array], tuple[Step, ...], Followed]:
    access, levels = opened(folder, paths)
    staged = edit(access, levels[level], box, value, folder)
    steps = pyramid_steps(access, levels, level, Work(), near=box)
    return staged, levels, steps, follow(staged, levels, level, [box], steps, Work())


@pytest.mark.parametrize(
    ("name", "dtype"),
    [(name, "uint8") for name in WRITERS] + [(name, "float32") for name in FOR_FLOATS],
)
def test_levels_become_what_the_tool_makes_of_the_edited_image(
    tmp_path: Path, name: str, dtype: str
) -> None:
    write, method = WRITERS[name]
    values = image(dtype)
    edited = values.copy()
    edited[within_box(BOX)] = 7
    paths = write(values, tmp_path / "was")
    write(edited, tmp_path / "is")
    staged, levels, steps, made = followed(tmp_path / "was", paths)
    assert [step.is_exact for step in steps] == [True] * (len(levels) - 1)
    for node, step in zip(levels[1:], steps, strict=True):
        expected = np.asarray(zarr.open_array(tmp_path / "is", path=node.path, mode="r")[...])
        assert np.array_equal(values_of(staged, node), expected), step.told
    if dtype == "uint8":  # means of floats are not rounded, so that all of them are the same
        assert steps[0].how.method.name == method
        assert made.facts[0] == ("pyramid", f"levels were made by {method}: reproduced exactly")


@pytest.mark.parametrize(
    ("shape", "chunks", "box"),
    [
        ((3, 38, 68), (3, 22, 36), ((0, 3), (36, 38), (0, 68))),
        ((8, 32, 42), (8, 13, 6), ((0, 8), (0, 32), (39, 42))),
    ],
)
def test_an_edge_that_the_method_makes_and_the_level_has_not(
    tmp_path: Path, shape: tuple[int, ...], chunks: tuple[int, ...], box: Box
) -> None:
    """A zoom may round the size of a level otherwise than the method that makes it anew."""
    values = np.random.default_rng(0).integers(0, 255, shape, dtype="uint8")
    edited = values.copy()
    edited[within_box(box)] = 7
    for name, data in (("was", values), ("is", edited)):
        write_image(
            data,
            zarr.open_group(tmp_path / name, mode="w", zarr_format=3),
            axes="zyx",
            method=Methods.ZOOM,
            scale_factors=[2, 4],
            storage_options={"chunks": chunks},
        )
    staged, levels, steps, _ = followed(tmp_path / "was", ["s0", "s1", "s2"], box)
    assert len(steps) == 2
    for node in levels[1:]:
        expected = np.asarray(zarr.open_array(tmp_path / "is", path=node.path, mode="r")[...])
        assert np.array_equal(values_of(staged, node), expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gaussian_pyramid_of_floats_is_reproduced(tmp_path: Path, dtype: str) -> None:
    # ome-zarr-py makes nearly nothing of integers by it: it takes them for parts of 1.
    values = image(dtype)
    edited = values.copy()
    edited[within_box(BOX)] = 7
    paths = scaler("gaussian")(values, tmp_path / "was")
    staged, levels, steps, _ = followed(tmp_path / "was", paths)
    assert [step.how.method.name for step in steps] == ["gaussian pyramid"] * 2
    for node, expected in zip(levels, Scaler(max_layer=2).gaussian(edited), strict=True):
        assert np.array_equal(values_of(staged, node), expected)


def within_box(box: Box) -> tuple[slice, ...]:
    return tuple(slice(*ends) for ends in box)


def strided(values: Values, count: int = 3) -> list[Values]:
    levels = [values]
    while len(levels) < count:
        levels.append(levels[-1][..., ::2, ::2])
    return levels


def test_only_objects_whose_values_change_are_put(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()))
    staged, levels, _, made = followed(tmp_path / "a", paths, ((3, 4), (20, 25), (37, 41)))
    assert set(staged.changes()) == {
        "level 0/c/1/0/1",
        "level 1/c/1/0/0",
        "level 2/c/1/0/0",
    }
    assert made.changed == {1: [((3, 4), (10, 13), (19, 21))], 2: [((3, 4), (5, 7), (10, 11))]}
    assert ("coarser levels", "level 1: 6 values, level 2: 2 values") in made.facts
    for node, was in zip(levels[1:], strided(image())[1:], strict=True):
        now = values_of(staged, node)
        now[within_box(made.changed[levels.index(node)][0])] = 0
        was = was.copy()
        was[within_box(made.changed[levels.index(node)][0])] = 0
        assert np.array_equal(now, was)


def test_nothing_is_put_where_no_value_changes(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()))
    # Between the elements that are taken.
    staged, _, _, made = followed(tmp_path / "a", paths, ((3, 4), (21, 22), (37, 38)))
    assert set(staged.changes()) == {"level 0/c/1/0/1"}
    assert made.changed == {}


def test_chunks_that_were_never_written_stay_so(tmp_path: Path) -> None:
    values = np.zeros((2, 64, 64), "uint8")
    values[:, :20, :20] = image("uint8", (2, 20, 20))
    paths = by_hand(tmp_path / "a", strided(values), (1, 16, 16))
    staged, levels, _, _ = followed(tmp_path / "a", paths, ((0, 1), (0, 64), (0, 64)), 0)
    assert not any(key.startswith("level 1/c/0/1") for key in staged.changes())
    assert not values_of(staged, levels[1])[0].any()
    assert "level 1/c/0/0/0" in staged.changes()  # is taken away: all of it is the fill value
    assert staged.get("level 1/c/0/0/0") is None


def test_shards_are_read_and_put_once(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()), (1, 16, 16), shards=(2, 32, 32))
    staged, levels, _, _ = followed(tmp_path / "a", paths)
    edited = image()
    edited[within_box(BOX)] = 7
    for node, expected in zip(levels, strided(edited), strict=True):
        assert np.array_equal(values_of(staged, node), expected)
    assert {key for key in staged.changes() if "level 1" in key} == {"level 1/c/1/0/0"}


def test_any_axes_can_be_scaled_by_any_factor(tmp_path: Path) -> None:
    values = image("int16", (40, 3, 50))
    coarser = tensorstore.downsample(tensorstore.array(values), [4, 1, 3], "mean")
    paths = by_hand(tmp_path / "a", [values, coarser.read().result()], (7, 1, 11))
    box = ((5, 19), (1, 3), (0, 50))
    staged, levels, steps, _ = followed(tmp_path / "a", paths, box)
    assert steps[0].how.factors == (4, 1, 3)
    values[within_box(box)] = 7
    expected = tensorstore.downsample(tensorstore.array(values), [4, 1, 3], "mean")
    assert np.array_equal(values_of(staged, levels[1]), expected.read().result())


def test_an_edit_of_a_coarser_level_leaves_the_finer_one(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()))
    staged, _, steps, made = followed(tmp_path / "a", paths, ((0, 1), (4, 9), (4, 9)), level=1)
    assert [step.level for step in steps] == [2]
    assert set(made.changed) == {2}
    assert not any(key.startswith("level 0") for key in staged.changes())


def test_of_methods_that_make_the_same_the_likeliest_is_told(tmp_path: Path) -> None:
    values = image("uint8", (2, 40, 40)) // 2 * 2
    values[:, 1::2] = values[:, ::2]
    values[:, :, 1::2] = values[:, :, ::2]  # all of a window are the same
    paths = by_hand(tmp_path / "a", [values, values[:, ::2, ::2]])
    access, (finer, coarser) = opened(tmp_path / "a", paths)
    assert detect_method(access, finer, coarser, Work()).method.method is MEAN_CUT
    label = detect_method(access, finer, coarser, Work(), is_label=True)
    assert label.method.method is STRIDE
    like = chosen_method("mean", finer, coarser)
    assert detect_method(access, finer, coarser, Work(), like=like).method == like


def test_a_method_that_agrees_in_part_is_told_with_how_much(tmp_path: Path) -> None:
    levels = strided(image(), 2)
    levels[1] = levels[1].copy()
    levels[1][:, ::5, ::10] += 1
    access, (finer, coarser) = opened(tmp_path / "a", by_hand(tmp_path / "a", levels))
    found = detect_method(access, finer, coarser, Work())
    assert found.method.method.name == "stride"
    assert found.agreement is not None
    assert 0.97 < found.agreement < 0.99
    assert "stride agrees in 97.6 % of values, the others are off by 1 at most" in found.told


def test_levels_that_no_method_makes_are_told_and_averaged(tmp_path: Path) -> None:
    values = image()
    levels = [values, values[:, ::2, ::2][:, ::-1]]
    access, (finer, coarser) = opened(tmp_path / "a", by_hand(tmp_path / "a", levels))
    found = detect_method(access, finer, coarser, Work())
    assert "was made by no method that is known here" in found.told
    assert found.told.endswith("local mean (halves to even) is used")
    assert not found.is_exact
    label = detect_method(access, finer, coarser, Work(), is_label=True)
    assert label.method.method.name == "nearest"


def test_a_level_of_one_value_says_nothing_of_its_method(tmp_path: Path) -> None:
    levels = [np.full((2, 40, 40), 5, "uint8"), np.full((2, 20, 20), 5, "uint8")]
    access, (finer, coarser) = opened(tmp_path / "a", by_hand(tmp_path / "a", levels))
    found = detect_method(access, finer, coarser, Work())
    assert found.agreement is None
    assert "one and the same value" in found.told


def test_a_small_level_is_taken_to_be_made_like_the_one_before(tmp_path: Path) -> None:
    values = image("uint8", (1, 16, 16))
    levels = [values, MODE_OF(values)]
    levels.append(MODE_OF(levels[1]))
    levels.append(np.full((1, 1, 1), levels[2][0, 0, 0]))
    paths = by_hand(tmp_path / "a", levels)
    access, nodes = opened(tmp_path / "a", paths)
    steps = pyramid_steps(access, nodes, 0, Work())
    assert [step.how.method for step in steps] == [MODE] * 3


def MODE_OF(values: Values) -> Values:
    return tensorstore.downsample(tensorstore.array(values), [1, 2, 2], "mode").read().result()


def test_a_chosen_method_is_used_whatever_was_found(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()))
    access, nodes = opened(tmp_path / "a", paths)
    steps = pyramid_steps(access, nodes, 0, Work(), chosen="maximum")
    assert {step.how.method.name for step in steps} == {"maximum"}
    with pytest.raises(UserError, match="there is no method best"):
        chosen_method("best", nodes[0], nodes[1])


def test_a_factor_that_is_not_whole_can_be_averaged_by_area(tmp_path: Path) -> None:
    levels = [image("uint8", (1, 50, 50)), image("uint8", (1, 37, 37))]
    access, nodes = opened(tmp_path / "a", by_hand(tmp_path / "a", levels))
    how = chosen_method("mean", *nodes)
    assert how.method.name == "mean weighted by area"
    with pytest.raises(UserError, match="mode cannot make level 1 from level 0"):
        chosen_method("mode", *nodes)
    del access


@pytest.mark.parametrize("name", METHODS)
def test_values_that_the_edit_does_not_concern_stay(tmp_path: Path, name: str) -> None:
    # Of levels that were made by another method: what is made anew is just what is concerned.
    paths = by_hand(tmp_path / "a", strided(image()))
    access, levels = opened(tmp_path / "a", paths)
    staged = edit(access, levels[0], BOX, 7, tmp_path / "a")
    steps = pyramid_steps(access, levels, 0, Work(), chosen=name)
    follow(staged, levels, 0, [BOX], steps, Work())
    was, now = strided(image())[1], values_of(staged, levels[1])
    far = np.ones(was.shape, bool)
    far[3, 20 // 2 - 3 : 41 // 2 + 4, 37 // 2 - 3 : 61 // 2 + 4] = False
    assert np.array_equal(now[far], was[far])
    assert not np.array_equal(now, was)


def test_following_can_be_stopped(tmp_path: Path) -> None:
    paths = by_hand(tmp_path / "a", strided(image()))
    access, levels = opened(tmp_path / "a", paths)
    staged = edit(access, levels[0], BOX, 7, tmp_path / "a")
    steps = pyramid_steps(access, levels, 0, Work())
    with pytest.raises(Cancelled):
        follow(staged, levels, 0, [BOX], steps, Work(cancelled=lambda: True))
    with pytest.raises(Cancelled):
        pyramid_steps(access, levels, 0, Work(cancelled=lambda: True))


def test_levels_with_other_axes_are_refused(tmp_path: Path) -> None:
    levels = [np.zeros((2, 8, 8), "uint8")]
    paths = by_hand(tmp_path / "a", levels)
    by_hand(tmp_path / "b", [np.zeros((8, 8), "uint8")], (8, 8))
    access, nodes = opened(tmp_path / "a", paths)
    _, others = opened(tmp_path / "b", ["level 0"])
    with pytest.raises(UserError, match="cannot be made of"):
        detect_method(access, nodes[0], others[0], Work())
