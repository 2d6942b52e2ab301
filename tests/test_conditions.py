"""Conditions as they are typed: what they mean to every kind of value, and which are none."""

import math
import operator
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from editing import array_in, local
from foreign import Array as Values
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import KINDS, array

from omezarr_tui.edit import labels_below
from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.conditions import Condition, parse_condition
from omezarr_tui.edit.labels_below import LabelsOver
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection, whole
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis, Level, Multiscale
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.dtypes import dtype_of_v2, dtype_of_v3

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
}
LITERALS = [
    *("0", "1", "-1", "200", "300", "0x1F", "2.5", "0.1", ".5", "1.", "1e3", "70000", "16777217"),
    *("9007199254740993", "9007199254740992.0", "18446744073709551615", "1e300", "-1e39"),
    *("nan", "inf", "-inf", "true", "false"),
]
NUMBERS = ["bool", "int8", "uint8", ">u2", "int64", "uint64", "float16", "<f4", ">f8"]


@dataclass(frozen=True)
class Asked:
    """A condition as text, and what it means for one value."""

    text: str
    holds: Callable[[Any, np.dtype[Any]], bool]


def meant(literal: str, dtype: np.dtype[Any]) -> Any:
    """The number that a value is compared with: of floats in the precision of the values."""
    if literal in ("true", "false"):
        return literal == "true"
    number: Any = float(literal) if not literal.startswith("0x") else int(literal, 16)
    if literal.lstrip("-").isdecimal():
        number = int(literal)
    if dtype.kind != "f" or not math.isfinite(number) or abs(number) > float(np.finfo(dtype).max):
        return number
    return float(dtype.type(number))


def compared(left: Any, sign: str, right: Any, *, is_typed: bool) -> bool:
    if is_typed and left != left and right != right and sign in ("==", "=", "!="):
        return sign != "!="  # as people mean value == nan; value != value is Python's
    return SIGNS[sign](left, right)


@st.composite
def comparisons(draw: st.DrawFn) -> Asked:
    count = draw(st.integers(1, 3))
    words = [draw(st.sampled_from(["value", *LITERALS])) for _ in range(count + 1)]
    words[draw(st.integers(0, count))] = "value"
    signs = [draw(st.sampled_from(sorted(SIGNS))) for _ in range(count)]
    space = draw(st.sampled_from([" ", "", "  "]))
    text = words[0] + "".join(
        f"{space}{s}{space}{w}" for s, w in zip(signs, words[1:], strict=True)
    )

    def holds(value: Any, dtype: np.dtype[Any]) -> bool:
        ends = [value if word == "value" else meant(word, dtype) for word in words]
        typed = ["nan" in pair for pair in pairwise(words)]
        each = zip(ends, signs, ends[1:], typed, strict=False)
        return all(compared(a, sign, b, is_typed=nan) for a, sign, b, nan in each)

    return Asked(text, holds)


@st.composite
def lists(draw: st.DrawFn) -> Asked:
    words = draw(st.lists(st.sampled_from(LITERALS), min_size=1, max_size=3))

    def holds(value: Any, dtype: np.dtype[Any]) -> bool:
        return any(compared(value, "==", meant(word, dtype), is_typed=True) for word in words)

    return Asked(f"value in {', '.join(words)}", holds)


def joined(inner: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    many = st.lists(inner, min_size=2, max_size=3)
    return (
        inner.map(lambda a: Asked(f"not ({a.text})", lambda v, t: not a.holds(v, t)))
        | many.map(
            lambda each: Asked(
                " and ".join(f"({a.text})" for a in each),
                lambda v, t: all(a.holds(v, t) for a in each),
            )
        )
        | many.map(
            lambda each: Asked(
                " OR ".join(f"({a.text})" for a in each),
                lambda v, t: any(a.holds(v, t) for a in each),
            )
        )
    )


ASKED = st.recursive(comparisons() | lists(), joined, max_leaves=6)


def chosen(condition: Condition, values: Values) -> list[bool]:
    """For which values it holds."""
    node = array(values.shape, dtype=dtype_of_v3(values.dtype.newbyteorder("=").name, "little"))
    with tempfile.TemporaryDirectory() as top:
        staged = Staged(local(Path(top)))
        mask = condition.begin(staged, node)(values, whole(values.shape))
    assert mask.dtype == bool
    found: list[bool] = mask.tolist()
    return found


class TestMeaning:
    @settings(max_examples=300, deadline=None)
    @given(ASKED, st.sampled_from(NUMBERS), st.data())
    def test_it_is_what_python_says_of_every_value(
        self, asked: Asked, spelled: str, data: st.DataObject
    ) -> None:
        dtype = np.dtype(spelled)
        values = data.draw(hnp.arrays(dtype, st.integers(1, 6), elements=elements(dtype)))
        wanted = [bool(asked.holds(value, dtype)) for value in values.tolist()]
        assert chosen(parse_condition(asked.text), values) == wanted

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("value > 3 and value < 9 or value == 1", [1, 5]),
            ("value == 1 or value > 3 and value < 9", [1, 5]),
            ("not value > 3 and value > 0", [1, 3]),
            ("not not value == 3", [3]),
            ("value in 3, 5 and value != 3", [5]),
            ("(value==1)or(value==3)", [1, 3]),
            ("NOT value < 9", [9]),
            ("3 < value <= 9", [5, 9]),
            ("value == value", [0, 1, 3, 5, 9]),
            ("value == nan == 5", []),
        ],
    )
    def test_what_binds_how(self, text: str, wanted: list[int]) -> None:
        values = np.array([0, 1, 3, 5, 9], "uint16")
        assert values[chosen(parse_condition(text), values)].tolist() == wanted

    def test_complex_numbers_are_equal_or_not(self) -> None:
        values = np.array([2, 2j, complex(np.nan, 1)], "complex64")
        assert chosen(parse_condition("value == 2"), values) == [True, False, False]
        assert chosen(parse_condition("value != nan"), values) == [True, True, False]
        with pytest.raises(UserError, match="complex64 cannot be judged by: value > 2"):
            chosen(parse_condition("value > 2"), values)

    @pytest.mark.parametrize("dtype", ["datetime64[s]", "S2"])
    def test_what_are_no_numbers(self, dtype: str) -> None:
        node = array((1,), dtype=dtype_of_v2(np.dtype(dtype).str))
        with pytest.raises(UserError, match="cannot be judged by: value == 2") as caught:
            parse_condition("value == 2").begin(Staged(local(Path("/"))), node)
        assert "select them by position" in caught.value.why


def elements(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    """Values of a type; those often that literals name."""
    edges: list[Any] = [0, 1]
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        edges = [0, 1, 31, 100, 1000, 2**53, 2**53 + 1, limits.min, limits.max]
        edges = [edge for edge in edges if limits.min <= edge <= limits.max]
    if dtype.kind == "f":
        edges = [0.0, 1.0, 2.5, math.nan, math.inf, -math.inf]
        edges += [float(dtype.type(number)) for number in (0.1, 1000, np.finfo(dtype).max)]
    return st.sampled_from(edges) | hnp.from_dtype(dtype)


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "value",
            "value >",
            "> 5",
            "5 < 6",
            "nan == nan",
            "value > 4000 and",
            "or value > 1",
            "not",
            "(value > 3",
            "value > 3)",
            "()",
            "value > 1 value",
            "value > 1 2",
            "value in",
            "value in 3,",
            "value in value",
            "in 3",
            "5 in 3",
            "value + 1 > 2",
            "value.real > 1",
            "values > 1",
            "value > 5x",
            "value > 1_000",
            "value > 1e999",
            "value > 0x",
            f"value > {'9' * 400}",
            "__import__('os').system('true')",
            "value > 'a'",
            "value > 1\x1b[2J",
            "(" * 60 + "value > 1" + ")" * 60,
            "not " * 5000 + "value > 1",
        ],
    )
    def test_it_is_told(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\w") as caught:
            parse_condition(text)
        assert "\x1b" not in str(caught.value)

    @given(st.text("()<>=!, .0159aeilnortuvx-+", max_size=25))
    def test_anything_is_understood_or_refused(self, text: str) -> None:
        try:
            condition = parse_condition(text)
        except ValueError:
            return
        chosen(condition, np.arange(3, dtype="uint8"))

    def test_labels_must_be_there(self) -> None:
        with pytest.raises(ValueError, match="no label image"):
            parse_condition("label == 7")
        assert parse_condition("label == 7", has_labels=True).text == "label == 7"


@dataclass(frozen=True)
class Lying:
    """An array of an image, and where its first pixel's centre lies."""

    axes: str
    shape: tuple[int, ...]
    scale: tuple[float, ...]
    first: tuple[float, ...]

    def image(self, folder: Path, path: str) -> Image:
        axes = tuple(Axis(name, KINDS.get(name), None) for name in self.axes)
        level = Level(path, self.scale, self.first)
        return Image(Multiscale("", "", "0.5", axes, (level,)), (array_in(local(folder), path),))


@st.composite
def lying(draw: st.DrawFn, axes: str) -> Lying:
    rank = len(axes)
    shape = tuple(draw(st.integers(2, 6)) for _ in axes)
    scale = tuple(draw(st.sampled_from([0.25, 0.5, 2.0])) for _ in range(rank))
    first = tuple(draw(st.integers(-4, 8)) / 4 for _ in range(rank))
    return Lying(axes, shape, scale, first)


class TestLabels:
    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_pixels_under_labels_by_their_places(self, data: st.DataObject) -> None:
        image = data.draw(lying("czyx"))
        names = data.draw(st.sampled_from(["zyx", "yx", "czyx", "xy", "yxz"]))
        over = data.draw(lying(names))
        ids = np.arange(np.prod(over.shape)).reshape(over.shape) % 5
        room = data.draw(st.sampled_from([1, 7, 1 << 20]))
        with tempfile.TemporaryDirectory() as top, pytest.MonkeyPatch.context() as patch:
            patch.setattr(labels_below, "_ROOM", room)
            folder = Path(top) / "s.zarr"
            group = zarr.create_group(folder)
            chunks = tuple(data.draw(st.integers(1, size)) for size in image.shape)
            group.create_array("a", shape=image.shape, dtype="uint8", chunks=chunks, fill_value=1)
            group.create_array("l", data=ids.astype(data.draw(st.sampled_from(["u1", ">u8"]))))
            labels = LabelsOver(image.image(folder, "a"), 0, over.image(folder, "l"))
            where = parse_condition("label in 1, 3 and value > 0", labels)
            found = edited(folder, where, data.draw(steps(image.shape)))
        for place in product(*map(range, image.shape)):
            wanted = 1
            if all(at in part for at, part in zip(place, found.chosen, strict=True)):
                wanted = 9 if label_at(image, over, ids, place) in (1, 3) else 1
            assert found.values[place] == wanted, place

    def test_a_label_with_one_plane_holds_for_all(self, tmp_path: Path) -> None:
        image = Lying("zyx", (3, 2, 2), (2.0, 0.5, 0.5), (0.0, 0.0, 0.0))
        over = Lying("zyx", (1, 2, 2), (2.0, 0.5, 0.5), (0.0, 0.0, 0.0))
        group = zarr.create_group(tmp_path / "s.zarr")
        group.create_array("a", data=np.ones(image.shape, "uint8"))
        group.create_array("l", data=np.array([[[0, 7], [7, 0]]], "uint16"))
        folder = tmp_path / "s.zarr"
        labels = LabelsOver(image.image(folder, "a"), 0, over.image(folder, "l"))
        found = edited(folder, parse_condition("label == 7", labels), whole(image.shape))
        assert found.values.tolist() == [[[1, 9], [9, 1]]] * 3


@dataclass(frozen=True)
class Edited:
    values: Values
    chosen: tuple[range, ...]


def edited(folder: Path, where: Condition, selection: Selection) -> Edited:
    """All values as they will be where those that are selected become 9."""
    node = array_in(local(folder))
    staged = Staged(local(folder))
    PixelEdit(node, selection, Fill(np.uint8(9)), where).stage(staged, Work())
    parts = tuple(range(s.start, s.stop, s.step) for s in selection.for_zarr())
    return Edited(np.array(open_array(staged, node)[...]), parts)


def steps(shape: tuple[int, ...]) -> st.SearchStrategy[Selection]:
    return st.tuples(*(st.integers(1, 2) for _ in shape)).map(
        lambda each: Selection(
            tuple(slice(0, size, step) for size, step in zip(shape, each, strict=True)), shape
        )
    )


def label_at(image: Lying, over: Lying, ids: Values, place: tuple[int, ...]) -> int:
    """The id whose pixel covers the centre of a pixel of the image, counted by hand."""
    index = []
    for name, scale, first, size in zip(over.axes, over.scale, over.first, over.shape, strict=True):
        axis = image.axes.index(name)
        at = place[axis]
        if name != "c":  # channels are counted
            centre = image.first[axis] + image.scale[axis] * at
            at = math.floor((centre - first) / scale + 0.5)
        if not 0 <= at < size:
            return 0
        index.append(at)
    return int(ids[tuple(index)])
