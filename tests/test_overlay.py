"""Labels lie where their positions say: against an answer in fractions, sample by sample."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import Foreign, Made
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from looking import (
    KINDS,
    array,
    changed,
    files_read,
    image_in,
    local,
    request_of,
    values_of,
    view_of,
)

from omezarr_tui.demo import write_demo
from omezarr_tui.errors import UserError
from omezarr_tui.image.overlay import (
    OPACITIES,
    LabelSampling,
    Overlay,
    label_sampling,
    read_labels,
    same_place,
)
from omezarr_tui.image.picture import Painter, PictureRequest, TooLarge
from omezarr_tui.image.placing import is_pixel_by_pixel, matched_axes
from omezarr_tui.image.reader import Block, Reader
from omezarr_tui.image.sampling import Sampling, choose_sampling
from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.labels import label_image, label_images
from omezarr_tui.ome.model import Axis, LabelImage, Level, Multiscale
from omezarr_tui.store.node import Array, join_path

Values = np.ndarray[Any, Any]
LABELLING = ("ome_zarr_py_04", "ome_zarr_py_05", "iohub_04", "iohub_05")  # write label images
SLACK = Fraction(1, 10**6)  # of a pixel, at the edge between two


def made(
    names: str,
    shapes: Sequence[Sequence[int]],
    scales: Sequence[Sequence[float]],
    translations: Sequence[Sequence[float]],
    *,
    units: dict[str, str | None] | None = None,
    labels: bool = False,
    chunks: Sequence[int] | None = None,
) -> Image:
    """An image, or a label image, that lies nowhere."""
    axes = tuple(Axis(name, KINDS.get(name), (units or {}).get(name)) for name in names)
    levels = tuple(
        Level(f"{'l' if labels else 'i'}{n}", tuple(scale), tuple(shift))
        for n, (scale, shift) in enumerate(zip(scales, translations, strict=True))
    )
    arrays = tuple(
        array(shape, None if chunks is None else [*map(min, chunks, shape)], path=level.path)
        for shape, level in zip(shapes, levels, strict=True)
    )
    path = "labels/l" if labels else ""
    told = Multiscale(path, "", "0.5", axes, levels, label=LabelImage() if labels else None)
    return Image(told, arrays)


class Stored(Reader):
    """Gives values chunk by chunk, as a store would."""

    def __init__(self, values: dict[str, Values]) -> None:
        self.values = values
        self.read: list[str] = []

    def blocks(
        self,
        node: Array,
        region: tuple[slice, ...],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Block]:
        self.read.append(node.path)
        cuts = [
            [
                slice(max(at, part.start), min(at + step, part.stop))
                for at in range(part.start // step * step, part.stop, step)
            ]
            for part, step in zip(region, node.chunks, strict=True)
        ]
        for box in product(*cuts):
            start = tuple(part.start for part in box)
            yield Block(start, self.values[node.path][box], written=True)


def place(image: Image, level: int, axis: int, pixel: Fraction) -> Fraction:
    """The position of a place that is counted in pixels of a level, from its outer edge on."""
    told = image.multiscale.levels[level]
    return Fraction(told.translation[axis]) + (pixel - Fraction(1, 2)) * Fraction(told.scale[axis])


def pixel(image: Image, level: int, axis: int, position: Fraction) -> int:
    told = image.multiscale.levels[level]
    offset = (position - Fraction(told.translation[axis])) / Fraction(told.scale[axis])
    return math.floor(offset + Fraction(1, 2) + SLACK)


def expected(
    sampling: Sampling, image: Image, labels: Image, values: dict[str, Values]
) -> tuple[int, Values]:
    """The level and the labels, sample by sample, where all positions are told."""
    names = [axis.name for axis in image.multiscale.axes]
    theirs = [axis.name for axis in labels.multiscale.axes]
    steps = {
        sampling.rows: (Fraction(sampling.bottom) - Fraction(sampling.top)) / sampling.grid[0],
        sampling.columns: (Fraction(sampling.right) - Fraction(sampling.left)) / sampling.grid[1],
    }
    firsts = {sampling.rows: Fraction(sampling.top), sampling.columns: Fraction(sampling.left)}

    def is_fine(level: int) -> bool:
        """Whether no pixel of a level is larger than a sample."""
        return all(
            Fraction(labels.multiscale.levels[level].scale[theirs.index(names[axis])])
            <= step * Fraction(image.multiscale.levels[sampling.level].scale[axis]) + SLACK
            for axis, step in steps.items()
            if names[axis] in theirs
        )

    # Of a label image that lacks both displayed axes the finest level tells most exactly.
    has_none = not any(names[axis] in theirs for axis in steps)
    level = 0 if has_none else max((n for n in labels.readable if is_fine(n)), default=0)
    stored = values[labels.multiscale.levels[level].path]
    answer = np.zeros(sampling.grid, stored.dtype)
    for row, column in np.ndindex(*sampling.grid):
        index = []
        for at, name in enumerate(theirs):
            if name not in names:
                index.append(0)
                continue
            axis = names.index(name)
            if axis in steps:
                sample = row if axis == sampling.rows else column
                middle = firsts[axis] + (sample + Fraction(1, 2)) * steps[axis]
            else:
                middle = sampling.position[axis] + Fraction(1, 2)
            index.append(pixel(labels, level, at, place(image, sampling.level, axis, middle)))
        if all(0 <= i < size for i, size in zip(index, stored.shape, strict=True)):
            answer[row, column] = stored[tuple(index)]
    return level, answer


QUARTERS = st.integers(1, 12).map(lambda n: n / 4)
SHIFTS = st.integers(-12, 24).map(lambda n: n / 4)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Image, Image, View, tuple[int, int]]:
    """An image and a label image with other axes, levels and places, and a view."""
    inner = draw(st.sampled_from(["", "z", "t", "tz", "cz", "tcz"]))
    names = draw(st.permutations([*inner, "y", "x"]))
    kept = [name for name in names if name in "yx" or draw(st.booleans())]
    kept = [name for name in kept if name != "c"]  # channels are counted, see below
    theirs = draw(st.permutations(kept + draw(st.sampled_from([[], ["v"]]))))
    pairs = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b]
    rows, columns = draw(st.sampled_from(pairs))

    def levels(axes: Sequence[str], *, smallest: int) -> tuple[Any, Any, Any]:
        shape = [draw(st.integers(smallest, 9)) for _ in axes]
        scale = [draw(QUARTERS) for _ in axes]
        shift = [draw(SHIFTS) for _ in axes]
        shapes, scales, shifts = [shape], [scale], [shift]
        for level in range(1, draw(st.integers(1, 3))):
            # Halved along all axes, where centres move inwards.
            shapes.append([max(2, -(-size // 2**level)) for size in shape])
            scales.append([s * 2**level for s in scale])
            shifts.append([t + (2**level - 1) / 2 * s for t, s in zip(shift, scale, strict=True)])
        return shapes, scales, shifts

    image = made("".join(names), *levels(names, smallest=1))
    # One pixel that says nothing of its place holds everywhere: see below.
    labels = made("".join(theirs), *levels(theirs, smallest=2), labels=True, chunks=[4] * 6)
    assume(any(set(level.scale) != {1.0} for level in labels.multiscale.levels))
    assume(any(set(level.scale) != {1.0} for level in image.multiscale.levels))
    assume(not is_pixel_by_pixel(image, labels))  # then they count for nothing
    extent = tuple(max(a.shape[at] for a in image.levels) for at in range(len(names)))  # type: ignore[union-attr]
    view = View(
        extent,
        rows,
        columns,
        tuple(draw(st.integers(0, size - 1)) for size in extent),
        (draw(st.floats(0, 1)), draw(st.floats(0, 1))),
        draw(st.sampled_from([1.0, 1.5, 3.0])),
    )
    return image, labels, view, (draw(st.integers(1, 12)), draw(st.integers(1, 12)))


def stored(labels: Image) -> dict[str, Values]:
    """Values of which no two are alike, none of them 0."""
    return {
        level.path: 1 + n * 10**6 + values_of(level.shape, "int64")
        for n, level in enumerate(labels.levels)
        if isinstance(level, Array)
    }


@given(cases())
@settings(deadline=None, max_examples=400)
def test_each_sample_has_the_label_that_lies_at_its_centre(case: Any) -> None:
    image, labels, view, room = case
    sampling = choose_sampling(image, view, room, 1.0)
    values = stored(labels)
    over = label_sampling(sampling, image, labels)
    level, answer = expected(sampling, image, labels, values)
    np.testing.assert_array_equal(read_labels(Stored(values), over), answer)
    if answer.any():
        assert over.level == level


def flat(
    shape: Sequence[int], scale: float = 1.0, shift: float = 0.0, names: str = "yx", **more: Any
) -> Image:
    rank = len(shape)
    return made(names, [shape], [[scale] * rank], [[shift] * rank], **more)


def laid(image: Image, labels: Image, view: View | None = None, **changes: Any) -> Values:
    """The labels over the picture of each pixel of an image's finest level."""
    view = replace(view or view_of(image), **changes)
    room = (view.extent[view.rows], view.extent[view.columns])
    sampling = choose_sampling(image, view, room, 1.0, 0)
    assert sampling.grid == room
    return read_labels(Stored(stored(labels)), label_sampling(sampling, image, labels))


class TestWithoutPositions:
    """Where a label image tells no pixel sizes, it is as large as the image."""

    def test_half_as_many_pixels_cover_all_of_it(self) -> None:
        image, labels = flat((6, 8), 0.36), flat((3, 4), labels=True)
        values = stored(labels)["l0"]
        np.testing.assert_array_equal(laid(image, labels), np.kron(values, np.ones((2, 2), int)))

    def test_an_image_whose_levels_tell_none(self) -> None:
        image = made("yx", [(6, 8), (3, 4)], [(1, 1)] * 2, [(0, 0)] * 2)
        labels = flat((3, 4), 2.5, labels=True)
        values = stored(labels)["l0"]
        np.testing.assert_array_equal(laid(image, labels), np.kron(values, np.ones((2, 2), int)))

    def test_one_side_has_no_unit(self) -> None:
        image = flat((6, 8), 0.36, units={"y": "micrometer", "x": "micrometer"})
        labels = flat((3, 4), 7.0, labels=True)
        values = stored(labels)["l0"]
        np.testing.assert_array_equal(laid(image, labels), np.kron(values, np.ones((2, 2), int)))

    def test_a_turned_one(self) -> None:
        image, labels = flat((4, 4), 2.0), flat((2, 2), 3.0, labels=True)
        told = labels.multiscale
        turned = replace(told.levels[0], matrix=((0.0, 3.0, 0.0), (3.0, 0.0, 0.0)))
        labels = replace(labels, multiscale=replace(told, levels=(turned,)))
        values = stored(labels)["l0"]
        np.testing.assert_array_equal(laid(image, labels), np.kron(values, np.ones((2, 2), int)))


class TestPixelByPixel:
    """A label image that tells a pixel size of 1 only, with as many pixels as its image."""

    IMAGE = made(
        "tczyx",
        [(2, 2, 3, 8, 12), (2, 2, 2, 4, 6)],
        [(3, 1, 2, 0.5, 0.5), (3, 1, 4, 1, 1)],
        [(0, 0, 10, 20, 30)] * 2,
        units={"z": "micrometer", "y": "micrometer", "x": "micrometer"},
    )

    def labels(self, *shapes: Sequence[int], **more: Any) -> Image:
        scales = [[1.0, *[2.0**level] * 3] for level in range(len(shapes))]
        units = {"z": "micrometer", "y": "micrometer", "x": "micrometer"}
        shifts = more.pop("shifts", [(0.0,) * 4] * len(shapes))
        return made("tzyx", shapes, scales, shifts, units=units, labels=True, chunks=[9] * 4)

    def test_its_pixels_lie_on_the_image_s(self) -> None:
        labels = self.labels((2, 3, 8, 12), (2, 2, 4, 6))
        assert is_pixel_by_pixel(self.IMAGE, labels)
        values, view = stored(labels), view_of(self.IMAGE)
        for t, c, z in product(range(2), range(2), range(3)):
            over = laid(self.IMAGE, labels, view, index=(t, c, z, 0, 0))
            np.testing.assert_array_equal(over, values["l0"][t, z])
        for level, room in ((0, (8, 12)), (1, (4, 6))):
            sampling = choose_sampling(self.IMAGE, view_of(self.IMAGE), room, 1.0, level)
            over_it = label_sampling(sampling, self.IMAGE, labels)
            assert over_it.level == level
            t, _, z = sampling.position[:3]
            here = read_labels(Stored(values), over_it)
            np.testing.assert_array_equal(here, values[f"l{level}"][t, z])

    def test_one_plane_holds_on_all(self) -> None:
        labels = self.labels((2, 1, 8, 12), (2, 1, 4, 6))
        assert is_pixel_by_pixel(self.IMAGE, labels)
        over = laid(self.IMAGE, labels, index=(1, 0, 2, 0, 0))
        np.testing.assert_array_equal(over, stored(labels)["l0"][1, 0])

    @pytest.mark.parametrize("shape", [(2, 3, 8, 11), (2, 4, 8, 12)])
    def test_not_of_another_shape(self, shape: Sequence[int]) -> None:
        labels = self.labels(shape, (2, 2, 4, 6))
        assert not is_pixel_by_pixel(self.IMAGE, labels)
        assert not laid(self.IMAGE, labels).any()  # it lies where it says

    def test_not_where_it_tells_its_place(self) -> None:
        shape = (2, 3, 8, 12)
        assert not is_pixel_by_pixel(
            self.IMAGE, self.labels(shape, shape, shifts=[(0, 0, 0, 5)] * 2)
        )

    def test_not_where_the_image_tells_none_either(self) -> None:
        image, labels = flat((4, 6)), flat((4, 6), labels=True)
        assert not is_pixel_by_pixel(image, labels)
        np.testing.assert_array_equal(laid(image, labels), stored(labels)["l0"])


class TestPositions:
    def test_units_are_made_the_same(self) -> None:
        image = flat((4, 6), 0.5, 10.0, units={"y": "micrometer", "x": "micrometer"})
        labels = flat((2, 2), 500, 10_500, labels=True, units={"y": "nanometer", "x": "nanometer"})
        answer = np.zeros((4, 6), int)
        answer[1:3, 1:3] = stored(labels)["l0"]
        np.testing.assert_array_equal(laid(image, labels), answer)

    def test_levels_that_all_begin_where_the_finest_does(self) -> None:
        """Many writers leave out that the centre of a coarser pixel lies further inside."""
        image = made("yx", [(8, 8), (4, 4), (2, 2)], [(2, 2), (4, 4), (8, 8)], [(0, 0)] * 3)
        labels = made("yx", [(8, 8), (2, 2)], [(2, 2), (8, 8)], [(0, 0)] * 2, labels=True)
        values = stored(labels)
        for level, samples in ((0, 8), (1, 4), (2, 2)):
            sampling = choose_sampling(image, view_of(image), (samples, samples), 1.0, level)
            over = label_sampling(sampling, image, labels)
            assert over.level == (1 if samples == 2 else 0)
            step = 8 // samples
            if over.level == 0:  # of the pixels whose common corner is the centre, the last
                answer = values["l0"][step // 2 :: step, step // 2 :: step]
            else:
                answer = values["l1"]
            np.testing.assert_array_equal(read_labels(Stored(values), over), answer)

    def test_outside_nothing_is_read(self) -> None:
        image, labels = flat((4, 6), 0.5), flat((3, 3), 0.5, 40.0, labels=True)
        reader = Stored(stored(labels))
        sampling = choose_sampling(image, view_of(image), (4, 6), 1.0)
        over = label_sampling(sampling, image, labels)
        assert (over.region, over.decoded_bytes) == (None, 0)
        assert not read_labels(reader, over).any()
        assert reader.read == []

    def test_a_plane_beside_the_label_image(self) -> None:
        image = flat((5, 4, 6), 0.5, names="zyx")
        labels = flat((2, 4, 6), 0.5, 0.5, names="zyx", labels=True)
        labels = moved(labels, (0.5, 0.0, 0.0))
        view = view_of(image)
        values = stored(labels)["l0"]
        for z in range(5):
            answer = values[z - 1] if z in (1, 2) else np.zeros((4, 6), int)
            over = laid(image, labels, view, index=(z, 0, 0))
            np.testing.assert_array_equal(over, answer)

    def test_only_what_is_seen_is_read(self) -> None:
        image = flat((64, 64), 0.5)
        labels = made("yx", [(64, 64)], [(0.5, 0.5)], [(0, 0)], labels=True, chunks=(16, 16))
        view = replace(view_of(image), zoom=8.0, centre=(0.4, 0.6))
        over = label_sampling(choose_sampling(image, view, (8, 8), 1.0), image, labels)
        assert over.region == (slice(22, 30), slice(34, 42))
        assert over.decoded_bytes == 16 * 16 * 2  # one chunk of uint16


def moved(image: Image, translation: Sequence[float]) -> Image:
    told = image.multiscale
    levels = tuple(replace(level, translation=tuple(translation)) for level in told.levels)
    return replace(image, multiscale=replace(told, levels=levels))


class TestAxes:
    def test_channels_are_counted(self) -> None:
        image = flat((3, 4, 6), 0.5, names="cyx")
        labels = flat((4, 6, 2), 0.5, names="yxc", labels=True)
        values, view = stored(labels)["l0"], view_of(image)
        for channel in range(3):
            answer = values[..., channel] if channel < 2 else np.zeros((4, 6), int)
            over = laid(image, labels, view, index=(channel, 0, 0))
            np.testing.assert_array_equal(over, answer)

    @pytest.mark.parametrize("shift", [0.0, 7.5])
    def test_one_pixel_that_tells_no_place_holds_everywhere(self, shift: float) -> None:
        image = moved(flat((2, 3, 4, 6), 0.5, names="czyx"), (0, 7.5, 0, 0))
        labels = moved(flat((1, 1, 4, 6), 0.5, names="czyx", labels=True), (0, shift, 0, 0))
        values, view = stored(labels)["l0"][0, 0], view_of(image)
        for c, z in product(range(2), range(3)):
            over = laid(image, labels, view, index=(c, z, 0, 0))
            np.testing.assert_array_equal(over, values)

    def test_one_plane_that_tells_its_place_lies_there_only(self) -> None:
        image = flat((3, 4, 6), 0.5, names="zyx")
        labels = moved(flat((1, 4, 6), 0.5, names="zyx", labels=True), (0.5, 0, 0))
        view = view_of(image)
        seen = [laid(image, labels, view, index=(z, 0, 0)).any() for z in range(3)]
        assert seen == [False, True, False]

    def test_across_an_axis_that_it_lacks(self) -> None:
        image = flat((3, 4, 6), 0.5, names="zyx")
        labels = flat((4, 6), 0.5, labels=True)
        values, view = stored(labels)["l0"], view_of(image)
        over = laid(image, labels, view, rows=0, columns=2, index=(0, 2, 0))
        np.testing.assert_array_equal(over, np.stack([values[2]] * 3))

    def test_no_names_in_common(self) -> None:
        image = flat((2, 4, 6), 0.5, names="zyx")
        labels = flat((4, 6), names="uv", labels=True)
        np.testing.assert_array_equal(laid(image, labels), stored(labels)["l0"])

    def test_a_name_that_comes_twice_counts_once(self) -> None:
        image, labels = flat((2, 4), 0.5, names="xx"), flat((2, 4), 0.5, names="xx", labels=True)
        assert matched_axes(image.multiscale, labels.multiscale) == {0: 0}
        np.testing.assert_array_equal(
            laid(image, labels), np.stack([stored(labels)["l0"][:, 0]] * 4, axis=1)
        )


class TestSamePlace:
    def test_by_the_names_of_axes(self) -> None:
        labels, image = (
            flat((8, 20, 30), names="zyx", labels=True),
            flat((2, 60, 40, 4), names="cxyz"),
        )
        view = replace(view_of(labels), index=(6, 3, 3), zoom=2.0, centre=(0.3, 0.4))
        there = same_place(view, labels, view_of(image), image)
        assert (there.rows, there.columns) == (2, 1)
        assert (there.centre, there.zoom) == ((0.3, 0.4), 2.0)
        assert there.index[3] == 3  # of 4, as 6 of 8

    def test_of_a_plane_that_the_other_has_not(self) -> None:
        image, labels = flat((8, 20, 30), names="zyx"), flat((20, 30), labels=True)
        view = replace(view_of(image), rows=0, columns=2, zoom=2.0)
        there = same_place(view, image, view_of(labels), labels)
        assert there == replace(view_of(labels), index=there.index)


def test_opacities_come_round() -> None:
    overlay = Overlay(flat((2, 2), labels=True))
    seen = []
    for _ in OPACITIES:
        seen.append(overlay.opacity)
        overlay = overlay.next_opacity()
    assert (tuple(seen), overlay.opacity) == (OPACITIES, OPACITIES[0])
    assert replace(overlay, opacity=33).next_opacity().opacity == OPACITIES[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample stores that come with the program."""
    return write_demo(tmp_path_factory.mktemp("demo") / "demo")


# -- in the picture -----------------------------------------------------------------------


def write(
    path: Path, labels: Values, image: Values | None = None, **label: Any
) -> tuple[PictureRequest, Painter]:
    """Write an image with a label image, and give a request for both."""
    pixels = values_of(labels.shape, "uint16") if image is None else image
    root = zarr.create_group(path, attributes=attributes(pixels.ndim))
    root.create_array("0", data=pixels, chunks=tuple(min(8, size) for size in pixels.shape))
    group = root.create_group(
        "labels/n", attributes=attributes(labels.ndim, {"image-label": label})
    )
    group.create_array("0", data=labels, chunks=tuple(min(8, size) for size in labels.shape))
    overlay = Overlay(image_in(path, "labels/n"))
    request = request_of(image_in(path), pixels.shape[-2:], rendering="half", overlay=overlay)
    room = (-(-pixels.shape[-2] // 2), pixels.shape[-1])
    return replace(request, room=room), Painter(Reader(local(path)))


def attributes(rank: int, more: dict[str, Any] | None = None) -> dict[str, Any]:
    axes = [{"name": name, "type": "space"} for name in "zyx"[-rank:]]
    scale = [{"type": "scale", "scale": [0.5] * rank}]
    datasets = [{"path": "0", "coordinateTransformations": scale}]
    multiscale = {"axes": axes, "datasets": datasets}
    return {"ome": {"version": "0.5", "multiscales": [multiscale], **(more or {})}}


class TestPicture:
    @pytest.mark.parametrize(
        ("dtype", "values"),
        [
            ("bool", [0, 1]),
            ("uint8", [0, 255]),
            ("int16", [0, -7]),
            ("int64", [0, -(2**63)]),
            ("uint64", [0, 2**64 - 1]),
        ],
    )
    def test_labels_of_any_whole_type_are_kept(
        self, tmp_path: Path, dtype: str, values: list[int]
    ) -> None:
        labels = np.array([values * 3, values[::-1] * 3], dtype)
        request, painter = write(tmp_path / "s", labels)
        picture = painter.paint(request)
        assert picture.labels is not None
        assert picture.labels.dtype == labels.dtype
        np.testing.assert_array_equal(picture.labels, labels)

    def test_they_are_read_once(self, tmp_path: Path) -> None:
        request, painter = write(tmp_path / "s", np.eye(20, dtype="uint8"))
        first = painter.paint(request)
        with files_read(tmp_path / "s") as files:
            again = painter.paint(replace(request, overlay=request.overlay.next_opacity()))  # type: ignore[union-attr]
            painter.paint(changed(request, rendering="half", invert=True))
            bare = painter.paint(replace(request, overlay=None))
        assert files == []
        np.testing.assert_array_equal(again.labels, first.labels)
        assert bare.labels is None

    def test_their_bytes_are_asked_for_too(self, tmp_path: Path) -> None:
        request, painter = write(tmp_path / "s", np.ones((20, 20), "uint8"))
        image, labels = request.sampling().decoded_bytes, request.label_sampling()
        assert labels is not None
        assert request.decoded_bytes == image + labels.decoded_bytes == 9 * 64 * 3
        with pytest.raises(TooLarge):
            painter.paint(replace(request, ask_above=request.decoded_bytes - 1))
        assert painter.paint(replace(request, ask_above=request.decoded_bytes)).labels is not None
        # What is there already is not asked for.
        painter.forget()
        painter.paint(replace(request, overlay=None))
        painter.paint(replace(request, ask_above=labels.decoded_bytes))

    def test_a_broken_label_image_leaves_the_picture(self, tmp_path: Path) -> None:
        request, painter = write(tmp_path / "s", np.ones((20, 20), "uint8"))
        (tmp_path / "s" / "labels" / "n" / "0" / "c" / "1" / "1").write_bytes(b"no")
        picture = painter.paint(request)
        assert picture.labels is None
        assert isinstance(picture.no_labels, UserError)
        assert picture.no_labels.what == "labels/n/0 cannot be read at c/1/1"
        alone = painter.paint(replace(request, overlay=None)).frame
        assert (picture.frame.lines, picture.frame.palette) == (alone.lines, alone.palette)
        np.testing.assert_array_equal(picture.frame.fg, alone.fg)


def test_a_line_that_runs_backwards() -> None:
    """Axes may run against each other: a negative scale."""
    image = made("yx", [(2, 4)], [(0.5, 0.5)], [(0, 0)])
    labels = made("yx", [(2, 4)], [(0.5, -0.5)], [(0, 1.5)], labels=True)
    np.testing.assert_array_equal(laid(image, labels), stored(labels)["l0"][:, ::-1])
    over = label_sampling(choose_sampling(image, view_of(image), (2, 4), 1.0), image, labels)
    assert isinstance(over, LabelSampling)
    assert over.across.step == -1


class TestRealData:
    """Nuclei are brighter than what is between them, where their labels lie as they should."""

    @pytest.mark.parametrize("rendering", ["ascii", "half"])
    @pytest.mark.parametrize("zoom", [1.0, 2.0])
    @pytest.mark.parametrize(
        ("store", "channel"),
        [("cells.ome.zarr", 1), ("embryo-0.4.ome.zarr", 1), ("plate.ome.zarr/A/1/0", None)],
    )
    def test_in_the_demo(
        self, demo: Path, store: str, channel: int | None, zoom: float, rendering: Any
    ) -> None:
        self.check(demo / store, channel, zoom, rendering)

    @pytest.mark.parametrize("zoom", [1.0, 3.0, 9.0])
    def test_of_the_data_science_bowl(self, shared_data: Path, zoom: float) -> None:
        self.check(shared_data / "dsb2d_v05.ome.zarr", None, zoom, "half")

    def check(self, path: Path, channel: int | None, zoom: float, rendering: Any) -> None:
        image = image_in(path)
        view = replace(view_of(image), zoom=zoom, centre=(0.4, 0.7))
        if channel is not None:
            view = view.at(0, channel, view.extent[0])
        overlay = Overlay(image_in(path, "labels/nuclei"))
        request = request_of(image, (40, 80), view=view, rendering=rendering, overlay=overlay)
        picture = Painter(Reader(local(path))).paint(request)
        assert picture.labels is not None
        inside = picture.labels > 0
        assert 0.01 < inside.mean() < 0.9
        apart = picture.samples.values[inside].mean() / picture.samples.values[~inside].mean()
        assert apart > 2
        # A label image that lies elsewhere fits less well, by three samples already.
        for axis, by in ((0, 3), (0, -3), (1, 3), (1, -3)):
            there = np.roll(inside, by, axis)
            values = picture.samples.values
            assert values[there].mean() / values[~there].mean() < apart


@pytest.mark.parametrize("writer", LABELLING)
def test_label_images_of_other_writers_lie_on_their_images(foreign: Foreign, writer: str) -> None:
    made = foreign(writer)
    with_labels = {path: told for path, told in made.images.items() if told.labels}
    if writer.startswith("iohub") and not with_labels:
        pytest.skip("iohub writes label images from 0.3 on, on Python 3.12 and newer")
    assert with_labels
    for path, told in with_labels.items():
        access = local(made.path)
        image = image_in(made.path, path)
        found = label_images(access, image)
        assert found == [join_path(path, f"labels/{name}") for name in told.labels]
        for labels in map(partial(label_image, access), found):
            check_each_plane(made, image, labels)


def check_each_plane(made: Made, image: Image, labels: Image) -> None:
    """Pixel by pixel of the finest level, on all planes: both have the same pixels there."""
    finest = labels.multiscale.levels[0]
    values = made.arrays[finest.path]
    theirs = [axis.name for axis in labels.multiscale.axes]
    view, reader = view_of(image), Reader(local(made.path))
    sizes = [view.extent[axis] for axis in view.fixed]
    for place in np.ndindex(*sizes):
        index = list(view.index)
        for axis, at in zip(view.fixed, place, strict=True):
            index[axis] = at
        here = replace(view, index=tuple(index))
        sampling = choose_sampling(image, here, (1, 1), 1.0, 0)
        sampling = replace(sampling, grid=(view.extent[view.rows], view.extent[view.columns]))
        over = label_sampling(sampling, image, labels)
        names = {axis.name: at for axis, at in zip(image.multiscale.axes, index, strict=True)}
        plane = tuple(slice(None) if name in "yx" else names[name] for name in theirs)
        # Where there is one channel of labels, it counts for all channels.
        alone = [values.shape[theirs.index(name)] == 1 for name in theirs]
        plane = tuple(
            0 if one and part != slice(None) else part
            for one, part in zip(alone, plane, strict=True)
        )
        np.testing.assert_array_equal(read_labels(reader, over), values[plane])
