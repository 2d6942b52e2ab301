"""What is no value looks unlike zero, and unlike any value, in every rendering and depth."""

from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import array, image, image_in, local, request_of

from omezarr_tui.image.cells import DEPTHS, PER_CELL, RENDERINGS, Depth, Frame, Rendering
from omezarr_tui.image.picture import Painter, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.reducing import Samples
from omezarr_tui.image.states import (
    ABOVE,
    BELOW,
    NOT_A_NUMBER,
    STATE_COLORS,
    STATE_GLYPHS,
    STATE_NAMES,
    UNWRITTEN,
    VALUE,
    states_of,
    states_of_all,
)
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Channel, LabelImage, Window
from omezarr_tui.store.dtypes import dtype_of_v3

Values = np.ndarray[Any, Any]
SIDE = 16
ALL = [*product(RENDERINGS, DEPTHS)]
# What stands in each chunk of the store, from left to right; the last was never written.
STORED = (0.0, 0.3, 1.0, np.nan, np.inf, -np.inf)
LOOKS = ("zero", "dim", "one", "nan", "above", "below", "unwritten")
ODD = LOOKS[3:]
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "inverted": {"invert": True},
    "gamma": {"gamma": 0.5},
    "light theme": {"dark": False},
    "colormap": {"colormap": "viridis"},
    "few shades": {"steps": 32},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plane of seven chunks, each of one kind; and an image with single odd pixels."""
    folder = tmp_path_factory.mktemp("states")
    made = zarr.create_array(
        folder / "kinds",
        shape=(SIDE, SIDE * len(LOOKS)),
        chunks=(SIDE, SIDE),
        dtype="float32",
        fill_value=0,
        config={"write_empty_chunks": True},
    )
    for at, value in enumerate(STORED):
        made[:, at * SIDE : (at + 1) * SIDE] = value
    for name, value in zip(ODD, STORED[3:], strict=False):
        single = np.zeros((SIDE, SIDE), "float32")
        single[6:8, 5] = value  # a single sample, be it once or twice as high as wide
        zarr.create_array(
            folder / name, data=single, chunks=(SIDE, SIDE), config={"write_empty_chunks": True}
        )
    return folder


def room_for(rows: int, columns: int, rendering: Rendering) -> tuple[int, int]:
    """Cells that so many pixels fill; a cell is twice as high as it is wide."""
    across = 8 if rendering == "pixels" else PER_CELL[rendering][1]
    return rows // (2 * across), columns // across


def framed(folder: Path, path: str, rendering: Rendering, depth: Depth, **look: Any) -> Frame:
    """A sample for each pixel, or of two where a sample is twice as high as it is wide."""
    made = image_in(folder, path)
    columns = made.levels[0].shape[1]  # type: ignore[union-attr]
    request = request_of(
        made,
        room_for(SIDE, columns, rendering),
        rendering=rendering,
        depth=depth,
        **look,
    )
    request = replace(request, look=request.look.with_window(0, Window(0, 1)))
    picture = Painter(Reader(local(folder))).paint(request)
    assert picture.samples.values.shape[1] == columns
    return picture.frame


def cells_of(frame: Frame) -> list[list[Any]]:
    """What is seen of each cell: its glyph and colours, or its pixels."""
    if frame.pixels is not None:
        down, across = frame.per_cell
        return [
            [frame.pixels[r : r + down, c : c + across].tobytes() for c in range(0, w, across)]
            for w in [frame.pixels.shape[1]]
            for r in range(0, len(frame.pixels), down)
        ]
    palette = [*(frame.palette or ()), None]  # -1 is the terminal's own

    def color(places: Values | None, row: int, column: int, *, seen: bool = True) -> Any:
        return None if places is None or not seen else palette[places[row, column]]

    return [
        [
            (glyph, color(frame.fg, r, c, seen=glyph != " "), color(frame.bg, r, c))
            for c, glyph in enumerate(line)
        ]
        for r, line in enumerate(frame.lines)
    ]


def parts(frame: Frame) -> dict[str, list[list[Any]]]:
    """The cells of each chunk."""
    cells = cells_of(frame)
    each = len(cells[0]) // len(LOOKS)
    return {
        name: [row[at * each : (at + 1) * each] for row in cells] for at, name in enumerate(LOOKS)
    }


class TestEveryRendering:
    @pytest.mark.parametrize("variant", VARIANTS)
    @pytest.mark.parametrize(("rendering", "depth"), ALL)
    def test_each_differs_from_values_and_from_one_another(
        self, folder: Path, rendering: Rendering, depth: Depth, variant: str
    ) -> None:
        shown = parts(framed(folder, "kinds", rendering, depth, **VARIANTS[variant]))
        for one, other in combinations(LOOKS, 2):
            if {one, other} <= {*ODD} or {one, other} & {*ODD}:
                assert shown[one] != shown[other], (one, other)
        assert shown["zero"] != shown["one"]

    @pytest.mark.parametrize(("rendering", "depth"), ALL)
    def test_a_single_one_among_zeros_is_seen(
        self, folder: Path, rendering: Rendering, depth: Depth
    ) -> None:
        """Where there are no colours it may fall between the dots of its pattern."""
        for name in ODD[:3]:
            cells = cells_of(framed(folder, name, rendering, depth))
            seen = [cell for row in cells for cell in row if cell != cells[0][0]]
            if depth == "none" and rendering in ("half", "quadrant", "braille"):
                assert len(seen) <= 1
            else:
                assert len(seen) == 1, name

    @pytest.mark.parametrize(("rendering", "depth"), ALL)
    def test_what_is_done_to_values_is_not_done_to_them(
        self, folder: Path, rendering: Rendering, depth: Depth
    ) -> None:
        """Swapping dark and bright, or another window, would otherwise make another state."""
        plain = parts(framed(folder, "kinds", rendering, depth))
        for variant in ("inverted", "gamma"):
            other = parts(framed(folder, "kinds", rendering, depth, **VARIANTS[variant]))
            for name in ODD:
                assert plain[name] == other[name], (variant, name)
            assert plain["dim"] != other["dim"]


class TestTruePixels:
    """They are the terminal's own pixels, whatever colours its text has."""

    @pytest.mark.parametrize("variant", ["plain", "colormap"])
    def test_without_colours_they_are_greys(self, folder: Path, variant: str) -> None:
        colored = framed(folder, "kinds", "pixels", "true", **VARIANTS[variant]).pixels
        grey = framed(folder, "kinds", "pixels", "none", **VARIANTS[variant]).pixels
        assert colored is not None
        assert grey is not None
        assert (grey == grey[..., :1]).all()
        light = colored @ np.array([0.2126, 0.7152, 0.0722])
        assert abs(grey[..., 0] - light).max() <= 0.5 + 1e-9

    @pytest.mark.parametrize("depth", DEPTHS)
    def test_labels_fill_the_cells_of_this_terminal(self, tmp_path: Path, depth: Depth) -> None:
        labels = np.zeros((40, 40), "uint8")
        labels[10:30, 5:20] = 3
        zarr.create_array(tmp_path / "a", data=labels)
        made = image_in(tmp_path / "a")
        made = replace(made, multiscale=replace(made.multiscale, label=LabelImage()))
        request = request_of(made, (4, 8), rendering="pixels", depth=depth, cell_pixels=(20, 10))
        frame = Painter(Reader(local(tmp_path / "a"))).paint(request).frame
        assert (frame.size, frame.per_cell) == ((4, 8), (20, 10))
        assert frame.pixels is not None
        assert (frame.pixels.max(axis=-1) > 0).tolist() == (
            np.kron(labels, np.ones((2, 2))) > 0
        ).tolist()


VALUES = hnp.arrays(
    st.sampled_from(["float32", "float64"]),
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.sampled_from([0.0, -1.5, 3.0, np.nan, np.inf, -np.inf]),
)


def expected(value: float, *, unwritten: bool) -> int:
    if unwritten:
        return UNWRITTEN
    if np.isnan(value):
        return NOT_A_NUMBER
    return VALUE if np.isfinite(value) else ABOVE if value > 0 else BELOW


@st.composite
def samples(draw: st.DrawFn, shape: Any = None) -> Samples:
    values = draw(VALUES)
    if shape is not None:
        values = np.resize(values, shape)
    unwritten = draw(st.none() | hnp.arrays(bool, values.shape))
    return Samples(values, unwritten)


def listed(one: Samples) -> list[list[int]]:
    missing = np.zeros(one.values.shape, bool) if one.unwritten is None else one.unwritten
    return [
        [expected(v, unwritten=u) for v, u in zip(*row, strict=True)]
        for row in zip(one.values.tolist(), missing.tolist(), strict=True)
    ]


class TestStatesOf:
    @given(samples())
    def test_each_sample_is_what_it_is(self, one: Samples) -> None:
        states, wanted = states_of(one), listed(one)
        if states is None:
            assert not np.any(wanted)
        else:
            assert states.tolist() == wanted
            assert states.dtype == np.uint8

    @pytest.mark.parametrize("dtype", ["uint8", "int64", "bool"])
    def test_whole_numbers_are_values_or_were_never_written(self, dtype: str) -> None:
        values = np.ones((2, 3), dtype)
        assert states_of(Samples(values)) is None
        missing = np.eye(2, 3, dtype=bool)
        states = states_of(Samples(values, missing))
        assert states is not None
        assert (states == np.where(missing, UNWRITTEN, VALUE)).all()

    @given(st.lists(samples(shape=(3, 4)), min_size=1, max_size=4))
    def test_of_channels_together_a_value_is_seen_if_any_has_one(
        self, layers: list[Samples]
    ) -> None:
        found = states_of_all(layers)
        wanted = np.array([listed(one) for one in layers])
        together = np.where((wanted == VALUE).any(axis=0), VALUE, wanted[0])
        assert (np.zeros_like(together) if found is None else found).tolist() == together.tolist()

    def test_every_state_has_a_name_a_glyph_and_colours_of_its_own(self) -> None:
        count = len(STATE_NAMES)
        assert len({*STATE_NAMES}) == len({*STATE_GLYPHS}) == len({*STATE_COLORS}) == count
        assert len(STATE_GLYPHS) == count


class TestTogether:
    """Channels one over another: green has all kinds, red is a value in the left half."""

    COUNT = 4  # zero, NaN, infinity, never written

    def request(self, rendering: Rendering, depth: Depth) -> PictureRequest:
        shape = (2, 2 * SIDE, SIDE * self.COUNT)
        told = (Channel("g", "00FF00", Window(0, 1)), Channel("r", "FF0000", Window(0, 1)))
        made = image("cyx", shape)
        node = array(
            shape,
            (1, SIDE, SIDE),
            path="together",
            dtype=dtype_of_v3("float32", "little"),
            fill_value=0,
        )
        picture = Image(replace(made.multiscale, channels=told), (node,))
        return request_of(
            picture,
            room_for(2 * SIDE, SIDE * self.COUNT, rendering),
            rendering=rendering,
            depth=depth,
            composed=True,
        )

    @pytest.fixture(scope="class")
    def together(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Above, red has values (a half); below, it has what green has."""
        folder = tmp_path_factory.mktemp("together")
        made = zarr.create_array(
            folder / "together",
            shape=(2, 2 * SIDE, SIDE * self.COUNT),
            chunks=(1, SIDE, SIDE),
            dtype="float32",
            fill_value=0,
            config={"write_empty_chunks": True},
        )
        for at, value in enumerate((0, np.nan, np.inf)):
            where = slice(at * SIDE, (at + 1) * SIDE)
            made[0, :, where] = value
            made[1, SIDE:, where] = value
        made[1, :SIDE] = 0.5
        return folder

    @pytest.mark.parametrize("rendering", ["ascii", "half", "quadrant", "braille"])
    @pytest.mark.parametrize("depth", DEPTHS)
    def test_a_state_is_seen_only_where_no_channel_has_a_value(
        self, together: Path, rendering: Rendering, depth: Depth
    ) -> None:
        request = self.request(rendering, depth)
        assert request.is_composed
        picture = Painter(Reader(local(together))).paint(request)
        cells = cells_of(picture.frame)
        rows, columns = len(cells) // 2, len(cells[0]) // self.COUNT
        below = [
            [row[at * columns : (at + 1) * columns] for row in cells[rows:]]
            for at in range(self.COUNT)
        ]
        for one, other in combinations(below, 2):
            assert one != other
        above = [
            [row[at * columns : (at + 1) * columns] for row in cells[:rows]]
            for at in range(self.COUNT)
        ]
        # What green has no value of adds nothing to red; of infinity it is all that there can be.
        assert above[0] == above[1] == above[3]
        assert above[2] != above[0]
        assert all(one != other for one in above for other in below)
