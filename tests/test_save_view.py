"""What is seen as a PNG: every pixel of the level, in the colours of the screen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from looking import image_in, local, request_of
from PIL import Image as Pillow

from omezarr_tui.errors import UserError
from omezarr_tui.image import save_view as module
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.export_file import IsThere
from omezarr_tui.image.overlay import Overlay
from omezarr_tui.image.picture import Painter, Picture
from omezarr_tui.image.png import PngWriter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.save_view import save_view, view_size
from omezarr_tui.image.scale_bar import bar_mask, scale_bar
from omezarr_tui.ome.model import Window
from omezarr_tui.store.waiting import Cancelled

HEIGHT, WIDTH = 53, 61


def values() -> np.ndarray[Any, Any]:
    return np.random.default_rng(3).integers(0, 1000, (HEIGHT, WIDTH), "uint16")


def write(path: Path, data: np.ndarray[Any, Any], **options: Any) -> Path:
    zarr.create_array(path, data=data, chunks=(8, 8), dimension_names=["y", "x"], **options)
    return path


def write_measured(path: Path, size: tuple[float, float], data: np.ndarray[Any, Any]) -> Path:
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"]
    steps = [{"type": "scale", "scale": list(size)}]
    datasets = [{"path": "s0", "coordinateTransformations": steps}]
    multiscale = {"name": "m", "axes": axes, "datasets": datasets}
    root = zarr.create_group(
        path, attributes={"ome": {"version": "0.5", "multiscales": [multiscale]}}
    )
    root.create_array("s0", data=data, chunks=(8, 8))
    return path


def painted(path: Path, **changes: Any) -> tuple[Reader, Picture]:
    reader = Reader(local(path))
    return reader, Painter(reader).paint(request_of(image_in(path), (20, 40), **changes))


def saved(path: Path, out: Path, *, scale: int = 1, bar: bool = False, **changes: Any) -> Any:
    reader, picture = painted(path, **changes)
    size = view_size(picture, scale=scale)
    save_view(reader, picture, size, out, bar=scale_bar(picture) if bar else None)
    with Pillow.open(out) as opened:
        assert opened.mode == "RGB"
        return np.asarray(opened)


def colors(samples: Any, window: Window, name: str = "grey") -> Any:
    light = np.clip((samples - window.start) / (window.end - window.start), 0, 1)
    return color_table(name, (255, 255, 255))[np.rint(light * 255).astype(int)]


@pytest.mark.parametrize("rendering", ["ascii", "half", "braille"])
@pytest.mark.parametrize("colormap", ["grey", "viridis"])
@pytest.mark.parametrize("band", [64, 1 << 21])
def test_every_pixel_has_its_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rendering: str, colormap: str, band: int
) -> None:
    monkeypatch.setattr(module, "_BAND_PIXELS", band)
    path = write(tmp_path / "a.zarr", values())
    found = saved(path, tmp_path / "a.png", rendering=rendering, colormap=colormap)
    window = painted(path)[1].window
    expected = colors(values().astype(float), window, colormap)
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= 1


def test_what_is_zoomed_in_is_saved_at_its_own_pixels(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", values())
    view = replace(painted(path)[1].request.view, zoom=3.0, centre=(0.4, 0.6))
    _, picture = painted(path, view=view)
    rows, columns = picture.sampling.region
    found = saved(path, tmp_path / "a.png", view=view)
    expected = colors(values()[rows, columns].astype(float), picture.window)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= 1
    large = saved(path, tmp_path / "b.png", view=view, scale=4)
    np.testing.assert_array_equal(large, found.repeat(4, axis=0).repeat(4, axis=1))


def test_pixels_that_are_no_squares_keep_their_proportions(tmp_path: Path) -> None:
    path = write_measured(tmp_path / "a.zarr", (2.5, 1.0), values())
    found = saved(path, tmp_path / "a.png")
    assert found.shape[:2] == (round(HEIGHT * 2.5), WIDTH)
    plain = saved(write(tmp_path / "b.zarr", values()), tmp_path / "b.png")
    wanted = ((np.arange(len(found)) + 0.5) * HEIGHT / len(found)).astype(int)
    np.testing.assert_array_equal(found, plain[wanted])


def test_a_part_of_the_plane(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", values())
    reader, picture = painted(path)
    size = view_size(picture, (slice(3, 20), slice(40, 61)), 2)
    save_view(reader, picture, size, tmp_path / "a.png")
    with Pillow.open(tmp_path / "a.png") as opened:
        found = np.asarray(opened)
    expected = colors(values()[3:20, 40:61].astype(float), picture.window)
    assert np.abs(found[::2, ::2].astype(int) - expected.astype(int)).max() <= 1


@pytest.mark.parametrize("opacity", [0, 50])
def test_labels_lie_over_it_whatever_the_bands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opacity: int
) -> None:
    path = write(tmp_path / "a.zarr", values())
    root = zarr.create_group(
        tmp_path / "labels",
        attributes={"ome": {"version": "0.5", "image-label": {}, "multiscales": [{
            "axes": [{"name": n, "type": "space"} for n in "yx"],
            "datasets": [{"path": "s0", "coordinateTransformations": [
                {"type": "scale", "scale": [1, 1]}]}],
        }]}},
    )  # fmt: skip
    labels = np.zeros((HEIGHT, WIDTH), "uint8")
    labels[5:30, 7:33], labels[31:50, 2:60] = 1, 2
    root.create_array("s0", data=labels, chunks=(8, 8))
    (tmp_path / "labels").rename(path / "labels")
    over = Overlay(image_in(path, "labels"), opacity)
    whole = saved(path, tmp_path / "a.png", overlay=over)
    plain = saved(path, tmp_path / "b.png")
    inside = (whole != plain).any(axis=-1)
    assert inside[5, 7]
    assert not inside[labels == 0].any()
    assert inside[15, 20] == (opacity > 0)
    monkeypatch.setattr(module, "_BAND_PIXELS", 8 * WIDTH)
    np.testing.assert_array_equal(saved(path, tmp_path / "c.png", overlay=over), whole)


def test_what_is_no_value_looks_as_on_the_screen_whatever_the_bands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = values().astype("float32")
    data[10:30, 10:30], data[35:45, 40:50] = np.nan, np.inf
    path = write(tmp_path / "a.zarr", data)
    whole = saved(path, tmp_path / "a.png")
    monkeypatch.setattr(module, "_BAND_PIXELS", 8 * WIDTH)
    np.testing.assert_array_equal(saved(path, tmp_path / "b.png"), whole)
    assert len(np.unique(whole[10:30, 10:30].reshape(-1, 3), axis=0)) <= 2


def test_a_scale_bar_is_as_long_as_it_says(tmp_path: Path) -> None:
    data = np.full((200, 300), 500, "uint16")
    data[0, 0], data[-1, 0] = 0, 1000
    path = write_measured(tmp_path / "a.zarr", (0.5, 0.5), data)
    plain, found = (saved(path, tmp_path / f"{bar}.png", bar=bar) for bar in (False, True))
    bar = scale_bar(painted(path)[1])
    assert bar is not None
    assert bar.text == "20 µm"
    assert bar.pixels == 40
    changed = (found != plain).any(axis=-1)
    assert not changed[:150].any()
    white = (found == 255).all(axis=-1) & changed
    longest = max(np.diff(np.flatnonzero(np.diff([0, *row, 0]))).max(initial=0) for row in white)
    assert longest == 40


def test_no_bar_where_there_is_no_room_or_no_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", values())
    assert scale_bar(painted(path)[1]) is None
    bar = scale_bar(painted(write_measured(tmp_path / "m.zarr", (1, 1), values()))[1])
    assert bar is not None
    assert bar_mask(bar, 1, 20, 20) is None


def test_nothing_is_replaced_or_left_behind(tmp_path: Path) -> None:
    path, out = write(tmp_path / "a.zarr", values()), tmp_path / "a.png"
    out.write_text("mine")
    reader, picture = painted(path)
    with pytest.raises(IsThere):
        save_view(reader, picture, view_size(picture), out)
    assert out.read_text() == "mine"
    with pytest.raises(Cancelled):
        save_view(reader, picture, view_size(picture), out, overwrite=True, cancelled=lambda: True)
    assert out.read_text() == "mine"
    save_view(reader, picture, view_size(picture), out, overwrite=True)
    assert out.read_bytes().startswith(b"\x89PNG")
    (path / "c" / "3" / "3").write_bytes(b"no chunk")
    reader.forget()
    with pytest.raises(UserError):
        save_view(reader, picture, view_size(picture), tmp_path / "b.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.zarr"]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32))
def test_a_png_holds_its_rows(
    tmp_path_factory: pytest.TempPathFactory, height: int, width: int, rows: int, seed: int
) -> None:
    data = np.random.default_rng(seed).integers(0, 256, (height, width, 3), "uint8")
    file = tmp_path_factory.getbasetemp() / "rows.png"
    with file.open("wb") as stream:
        png = PngWriter(stream, width, height)
        for first in range(0, height, rows):
            png.write(data[first : first + rows])
        png.close()
    with Pillow.open(file) as opened:
        np.testing.assert_array_equal(np.asarray(opened), data)
