"""Selections: what a user may type, and that it means what NumPy means."""

import math
import re
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from omezarr_tui.image.selection import Selection, parse_selection, whole

AXES = ("c", "z", "y", "x")
SHAPE = (2, 32, 275, 271)


def parts(size: int) -> st.SearchStrategy[int | slice]:
    """An index or a range that holds something."""
    index = st.integers(0, size - 1)
    ends = st.tuples(index, index).map(sorted)
    ranges = st.builds(lambda e, step: slice(e[0], e[1] + 1, step), ends, st.integers(1, size + 2))
    return index | ranges


@st.composite
def selections(draw: st.DrawFn, most: int = 12) -> Selection:
    """A selection of an array of up to four axes."""
    shape = tuple(draw(st.lists(st.integers(1, most), max_size=4)))
    return Selection(tuple(draw(parts(size)) for size in shape), shape)


def names(rank: int) -> tuple[str, ...]:
    return tuple("tczyx"[:rank])


class TestParsing:
    @given(selections())
    def test_what_is_shown_can_be_typed(self, selection: Selection) -> None:
        shape = selection.array_shape
        assert parse_selection(selection.numpy_text, shape, names(len(shape))) == selection

    @given(st.data())
    def test_positions_mean_what_they_mean_to_numpy(self, data: st.DataObject) -> None:
        shape = tuple(data.draw(st.lists(st.integers(1, 7), min_size=1, max_size=3)))
        bound = st.none() | st.integers(-9, 9)
        typed: list[Any] = data.draw(
            st.lists(
                st.integers(-9, 9) | st.builds(slice, bound, bound, st.none() | st.integers(1, 4)),
                min_size=1,
                max_size=len(shape),
            )
        )
        if data.draw(st.booleans()):
            typed.insert(data.draw(st.integers(0, len(typed))), ...)
        values = np.arange(math.prod(shape)).reshape(shape)
        text = ", ".join(_typed(part) for part in typed)
        try:
            wanted = values[tuple(typed)]
        except IndexError:
            with pytest.raises(ValueError, match=r"is outside|selects nothing"):
                parse_selection(text, shape, names(len(shape)))
            return
        if not wanted.size:
            with pytest.raises(ValueError, match="selects nothing"):
                parse_selection(text, shape, names(len(shape)))
            return
        selection = parse_selection(text, shape, names(len(shape)))
        np.testing.assert_array_equal(values[selection.parts], wanted)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("0,3,:,10:20", "0, 3, :, 10:20"),
            ("1", "1, :, :, :"),
            ("-1, -2:", "1, 30:32, :, :"),
            ("..., 5", ":, :, :, 5"),
            ("0, ..., ::2", "0, :, :, 0:271:2"),
            ("0:5:2, 1:4", "0:2:2, 1:4, :, :"),
            (" z = 3 , y = 10:20 ", ":, 3, 10:20, :"),
            ("x=-1", ":, :, :, 270"),
            ("z=:", ":, :, :, :"),
            ("0:99, 3,", ":, 3, :, :"),
            ("", ":, :, :, :"),
        ],
    )
    def test_ways_of_writing(self, text: str, shown: str) -> None:
        assert parse_selection(text, SHAPE, AXES).numpy_text == shown

    def test_axes_that_are_not_named_come_from_the_default(self) -> None:
        plane = parse_selection("0, 15", SHAPE, AXES)
        assert parse_selection("y=10:20", SHAPE, AXES, plane).numpy_text == "0, 15, 10:20, :"
        assert parse_selection("", SHAPE, AXES, plane) == plane
        assert parse_selection("z=:", SHAPE, AXES, plane).numpy_text == "0, :, :, :"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("0, 40", "z is 0 to 31, 40 is outside"),
            ("z=-33", "z is 0 to 31, -33 is outside"),
            ("z=3.5", "z: '3.5' is neither a whole number nor a range such as 10:20"),
            ("y=300:400", "y is 0 to 274, 300:400 selects nothing"),
            ("y=20:10", "y is 0 to 274, 20:10 selects nothing"),
            ("x=::-1", "x: the step must be 1 or more"),
            ("x=::0", "x: the step must be 1 or more"),
            ("q=1", "there is no axis 'q'; there are c, z, y, x"),
            ("z=1, z=2", "z is given twice"),
            ("z=1, 3", "'3' has no name: write all as z=3, or all by position"),
            ("0,0,0,0,0", "5 are given, the array has 4 axes: c, z, y, x"),
            ("..., ...", "... can stand in one place only"),
            ("0,,1", "z: '' is neither a whole number nor a range such as 10:20"),
            ("z=1:2:3:4", "z: '1:2:3:4' is neither a whole number nor a range such as 10:20"),
            ("z=", "z: '' is neither a whole number nor a range such as 10:20"),
        ],
    )
    def test_what_is_refused_names_the_axis_and_its_bounds(self, text: str, message: str) -> None:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            parse_selection(text, SHAPE, AXES)

    def test_a_scalar(self) -> None:
        selection = parse_selection("...", (), ())
        assert (selection.numpy_text, selection.size, selection.for_zarr()) == ("...", 1, ())
        with pytest.raises(ValueError, match="1 are given, the array has 0 axes"):
            parse_selection("0", (), ())

    def test_an_empty_axis_is_whole_or_nothing(self) -> None:
        assert parse_selection(":, 1", (0, 3), ("y", "x")).size == 0
        with pytest.raises(ValueError, match="y is empty, 0 is outside"):
            parse_selection("0", (0, 3), ("y", "x"))

    def test_names_from_a_store_cannot_speak_to_the_terminal(self) -> None:
        with pytest.raises(ValueError, match="is outside") as caught:
            parse_selection("9", (3,), ("\x1b[31m",))
        assert "\x1b" not in str(caught.value)


class TestSelection:
    @given(selections())
    def test_reading_by_slices_and_squeezing_is_indexing(self, selection: Selection) -> None:
        values = np.arange(math.prod(selection.array_shape)).reshape(selection.array_shape)
        wanted = values[selection.parts]
        read = values[selection.for_zarr()].squeeze(axis=selection.dropped)
        np.testing.assert_array_equal(read, wanted)
        assert selection.shape == wanted.shape
        assert selection.size == wanted.size

    @given(selections())
    def test_bounds_hold_the_first_and_the_last(self, selection: Selection) -> None:
        chosen = np.zeros(selection.array_shape, bool)
        chosen[selection.parts] = True
        for indices, (start, stop) in zip(np.argwhere(chosen).T, selection.bounds, strict=True):
            assert (indices.min(), indices.max()) == (start, stop - 1)

    @given(selections(), st.data())
    def test_cells_share_out_the_selection(self, selection: Selection, data: st.DataObject) -> None:
        shape = selection.array_shape
        cell = tuple(data.draw(st.integers(1, size + 2)) for size in shape)
        wanted = np.zeros(shape, int)
        wanted[selection.parts] = 1
        found = np.zeros(shape, int)
        touched = set(product(*selection.cells(cell)))
        for place in np.ndindex(
            *(-(-size // step) for size, step in zip(shape, cell, strict=True))
        ):
            pairs = zip(place, cell, shape, strict=True)
            box = [(at * step, min((at + 1) * step, size)) for at, step, size in pairs]
            part = selection.inside(box)
            assert (part is not None) == (place in touched)
            if part is not None:
                assert part.dropped == selection.dropped
                found[part.parts] += 1
        np.testing.assert_array_equal(found, wanted)

    @given(selections(), selections())
    def test_equal_selections_have_equal_hashes(self, one: Selection, other: Selection) -> None:
        assert hash(one) == hash(Selection(one.parts, one.array_shape))
        assume(one != other)
        assert len({one, other}) == 2

    @pytest.mark.parametrize(
        "part", [-1, 4, slice(0, 5, 1), slice(2, 2, 1), slice(-1, 3, 1), slice(0, 3, 0)]
    )
    def test_a_part_that_does_not_fit_is_refused(self, part: int | slice) -> None:
        with pytest.raises(ValueError, match="does not fit an axis of 4"):
            Selection((part,), (4,))

    def test_whole(self) -> None:
        assert whole((2, 3)).numpy_text == ":, :"
        assert whole((0,)).size == 0


def _typed(part: object) -> str:
    if part is ...:
        return "..."
    if isinstance(part, slice):
        bounds = [part.start, part.stop] + ([part.step] if part.step is not None else [])
        return ":".join("" if bound is None else str(bound) for bound in bounds)
    return str(part)
