"""Plain arrays that are taken for colour pictures, and those that are not."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from looking import array, image_in, request_of
from test_channels import painted, pixel_by_pixel

from omezarr_tui.image.bar import how_shown
from omezarr_tui.image.channels import channel_axis, channel_name, is_opacity, is_rgb
from omezarr_tui.image.steering import turned
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.colour_guess import is_taken_for_rgb
from omezarr_tui.store.dtypes import dtype_of_v3


@pytest.mark.parametrize(
    ("shape", "dtype", "names", "expected"),
    [
        ((64, 96, 3), "uint8", None, True),
        ((64, 96, 4), "uint8", None, True),
        ((5, 64, 96, 3), "uint8", None, True),
        ((64, 96, 3), "uint8", ("y", "x", "c"), True),
        ((64, 96, 3), "uint8", ("Y", "X", "Channel"), True),
        ((64, 96, 3), "uint8", ("y", "x", None), True),
        ((64, 96, 3), "uint16", ("y", "x", "rgb"), True),
        ((4, 4, 4), "uint8", ("y", "x", "rgba"), True),
        ((64, 96, 3), "uint16", None, False),  # counts, triangles
        ((64, 96, 3), "uint16", ("y", "x", "c"), False),  # as likely three stains
        ((64, 96, 3), "float32", None, False),  # vectors, normals
        ((64, 96, 3), "float32", ("y", "x", "rgb"), False),  # which value is white?
        ((64, 96, 3), "int8", None, False),
        ((64, 96, 3), "bool", None, False),
        ((10, 20, 3), "float64", None, False),
        ((10, 20, 3), "uint8", None, False),
        ((500, 3, 3), "uint8", None, False),
        ((500, 3), "uint8", None, False),
        ((64, 96, 2), "uint8", None, False),
        ((64, 96, 5), "uint8", None, False),
        ((3, 64, 96), "uint8", None, False),
        ((64, 96, 3), "uint8", ("z", "y", "x"), False),
        ((64, 96, 3), "uint8", ("y", "x", "t"), False),
        ((64, 96, 3), "uint8", ("i", "j", "vector"), False),
    ],
)
def test_the_rule(
    shape: tuple[int, ...], dtype: str, names: tuple[str | None, ...] | None, expected: bool
) -> None:
    node = array(shape, dtype=dtype_of_v3(dtype, None), dimension_names=names)
    assert is_taken_for_rgb(node) == expected


@pytest.mark.parametrize("names", [None, ("y", "x", "rgb")])
@pytest.mark.parametrize("shape", [(20, 30, 3), (2, 20, 30, 3)])
def test_its_colours_are_those_that_are_stored(
    tmp_path: Path, names: tuple[str, ...] | None, shape: tuple[int, ...]
) -> None:
    colors = np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
    given = None if names is None else ("n", *names)[-len(shape) :]
    zarr.create_array(tmp_path / "a", data=colors, dimension_names=given)
    image = image_in(tmp_path / "a")
    assert is_rgb(image)
    assert channel_axis(image) == len(shape) - 1
    assert [channel_name(image, at) for at in range(3)] == ["red", "green", "blue"]
    assert any("taken for RGB" in note for note in image.multiscale.notes)
    view = first_view(image)
    assert view is not None
    assert (view.rows, view.columns) == (len(shape) - 3, len(shape) - 2)
    request = request_of(image, (20, 30), rendering="pixels", cell_pixels=(1, 1))
    picture = painted(tmp_path / "a", request)
    np.testing.assert_array_equal(picture.frame.pixels, colors.reshape(-1, 20, 30, 3)[0])
    assert how_shown(picture).startswith("taken for RGB")


def test_opacity_and_other_axes(tmp_path: Path) -> None:
    colors = np.full((20, 30, 4), 128, np.uint8)
    zarr.create_array(tmp_path / "a", data=colors)
    image = image_in(tmp_path / "a")
    assert [is_opacity(image, at) for at in range(4)] == [False, False, False, True]
    request = pixel_by_pixel(image)
    assert request.is_composed
    pairs = set()
    for _ in range(3):
        pairs.add((request.view.rows, request.view.columns))
        request = turned(request)
    assert pairs == {(0, 1), (0, 2), (1, 2)}


def test_a_level_of_an_image_is_what_its_metadata_say(tmp_path: Path) -> None:
    root = zarr.create_group(tmp_path / "a")
    root.create_array("s0", data=np.zeros((20, 30, 3), np.uint8))
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    scale = {"type": "scale", "scale": [1.0, 1.0, 1.0]}
    levels = [{"path": "s0", "coordinateTransformations": [scale]}]
    told = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": levels}]}
    root.attrs["ome"] = told
    assert not is_rgb(image_in(tmp_path / "a", "s0"))
    assert not is_rgb(image_in(tmp_path / "a"))
