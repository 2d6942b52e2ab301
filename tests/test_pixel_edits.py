"""Edits of pixels: what values become is what NumPy says, and nothing else changes."""

import math
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr
from editing import array_in, changed, local, look, read
from foreign import Array as Values
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import array
from test_edit import arrays
from test_selection import selections

from omezarr_tui.edit import pixels
from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.changes import (
    Arithmetic,
    Change,
    Clip,
    Fill,
    Replace,
)
from omezarr_tui.edit.conditions import parse_condition
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.edit.planes import CopyPlane, Interpolate, sound_beside
from omezarr_tui.edit.scratch import pieces, place_in
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection, parse_selection, whole
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.dtypes import dtype_of_v3
from omezarr_tui.store.node import join_path
from omezarr_tui.store.waiting import Cancelled

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

FACTORS = st.sampled_from([0, 1, -1, 2, 3, 0.5, 1.5, -0.25])
WHOLE = ["int8", "uint8", "int16", ">u2", "int32", "uint32", ">i8", "uint64"]


@dataclass(frozen=True)
class Done:
    """A change, and what NumPy or Python alone makes of all values."""

    change: Change
    made: Callable[[Values], Values]


@st.composite
def changes(draw: st.DrawFn, values: Values, selection: Selection, value: Any) -> Done:
    """Any change that can be made of values of a data type."""
    kind, rank = values.dtype.kind, values.ndim
    axes = [
        at
        for at, (first, end) in enumerate(selection.bounds)
        if first > 0 and end < values.shape[at]
    ]
    can = ["fill", "replace"]
    can += ["copy"] if rank else []
    can += ["arithmetic", "clip"] if kind in "iuf" else []
    can += ["interpolate"] * 2 if axes and kind in "iufc" else []
    what = draw(st.sampled_from(can))
    if what == "replace":
        old = draw(st.sampled_from(values.ravel().tolist()))
        return Done(Replace({np.array(old, values.dtype)[()]: value}), _replaced(old, value))
    if what == "copy":
        axis = draw(st.integers(0, rank - 1))
        source = draw(st.integers(0, values.shape[axis] - 1))
        return Done(CopyPlane(axis, source, "z"), _copied(axis, source))
    if what == "arithmetic":
        add, multiply = draw(FACTORS), draw(FACTORS)
        return Done(Arithmetic(add, multiply, saturate=True), _counted(add, multiply))
    if what == "clip":
        low, high = sorted([draw(st.integers(0, 3)), draw(st.integers(0, 3))])
        return Done(Clip(low, high), lambda v: np.where(v < low, low, np.where(v > high, high, v)))
    if what == "interpolate":
        axis = draw(st.sampled_from(axes))
        before = draw(st.integers(0, selection.bounds[axis][0] - 1))
        after = draw(st.integers(selection.bounds[axis][1], values.shape[axis] - 1))
        return Done(Interpolate(axis, before, after, "z"), _between(axis, before, after))
    return Done(Fill(value), lambda v: np.full(v.shape, value, v.dtype))


def _replaced(old: Any, new: Any) -> Callable[[Values], Values]:
    def made(values: Values) -> Values:
        found = values.copy()
        for place in np.ndindex(values.shape):
            value = values[place]
            is_nan = value != value and old != old
            if is_nan or np.array(value).tolist() == old:
                found[place] = new
        return found

    return made


def _copied(axis: int, source: int) -> Callable[[Values], Values]:
    def made(values: Values) -> Values:
        found = np.take(values, [source] * values.shape[axis], axis)
        return np.asarray(found, values.dtype)

    return made


def _counted(add: float, multiply: float) -> Callable[[Values], Values]:
    def made(values: Values) -> Values:
        if values.dtype.kind == "f":
            with np.errstate(all="ignore"):
                return np.asarray(values.astype("f8") * multiply + add)
        limits = np.iinfo(values.dtype)
        return np.clip(np.rint(values.astype("f8") * multiply + add), limits.min, limits.max)

    return made


def _between(axis: int, before: int, after: int) -> Callable[[Values], Values]:
    def made(values: Values) -> Values:
        if values.dtype.kind == "c":
            found = np.empty(values.shape, "c16")
            found.real, found.imag = made(values.real), made(values.imag)
            return found
        wide = values.astype("f8")
        first, last = wide.take([before], axis), wide.take([after], axis)
        shape = [1] * values.ndim
        shape[axis] = -1
        weights = (np.arange(values.shape[axis]) - before) / (after - before)
        weight = weights.reshape(shape)
        with np.errstate(all="ignore"):
            found = first * (1 - weight) + last * weight
        if values.dtype.kind not in "iu":
            return np.asarray(found)
        limits = np.iinfo(values.dtype)  # beyond both ends it is not asked for
        return np.clip(np.rint(found), limits.min, limits.max)

    return made


def _apart(one: Values, other: Values) -> Values:
    """Where two arrays differ, as plain Python sees it; NaN is NaN, -0.0 is not 0.0."""
    pairs = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
    return np.array([repr(a) != repr(b) for a, b in pairs], bool).reshape(one.shape)


CONDITIONS: list[tuple[str, Callable[[Any], bool]]] = [
    ("value > 1", lambda v: v > 1),
    ("not value == nan", lambda v: v == v),
    ("0 <= value < 2", lambda v: 0 <= v < 2),
    ("value == 77", lambda v: False),
]


class TestAnyArray:
    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_it_becomes_what_numpy_says(self, data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as top, pytest.MonkeyPatch.context() as patch:
            patch.setattr(pixels, "_ROOM", data.draw(st.sampled_from([1, 4, 1 << 20])))
            folder = Path(top) / "store.zarr"
            selection, value = data.draw(arrays(folder))
            node = array_in(local(folder))
            before, values = look(folder), read(folder, node)
            done = data.draw(changes(values, selection, value))
            condition = None
            holds = np.ones(values.shape, bool)
            if values.dtype.kind in "biuf" and data.draw(st.booleans()):
                text, rule = data.draw(st.sampled_from(CONDITIONS))
                condition = parse_condition(text)
                holds = np.array([rule(v) for v in values.ravel().tolist()], bool)
                holds = holds.reshape(values.shape)
            selected = np.zeros(values.shape, bool)
            selected[selection.parts] = True
            wanted = values.copy()
            mask = selected & holds
            wanted[mask] = done.made(values).astype(values.dtype)[mask]

            edit = PixelEdit(node, selection, done.change, condition)
            if _has_odd_parts(wanted):
                # zarr drops chunks whose complex values are the fill value but for the sign of a
                # zero, or for NaN: what would not be kept may be refused, and nothing else.
                try:
                    plan = plan_edit(local(folder), edit)
                except UserError:
                    return
            plan = plan_edit(local(folder), edit)
            assert look(folder) == before
            found = np.array(open_array(plan.staged, node)[...])
            apart = _apart(values, wanted)
            assert not _apart(found, wanted).any()
            assert set(plan.keys) == {
                join_path(node.path, node.key_encoding.key(place))
                for place in product(*whole(node.shape).cells(node.object_shape))
                if apart[_cell(place, node.object_shape)].any()
            }
            assert all(text for _, text in plan.facts())
            staged = edit.stage_pixels(Staged(local(folder)), Work())
            assert staged.changing == np.count_nonzero(apart)
            inside = np.zeros(values.shape, bool)
            for box in staged.changed:
                index = tuple(slice(*ends) for ends in box)
                assert apart[index].any()
                inside[index] = True
            assert not (apart & ~inside).any()


def _has_odd_parts(values: Values) -> bool:
    """Whether they are complex, and a part of one is NaN or a negative zero."""
    if values.dtype.kind != "c":
        return False
    parts = np.stack([values.real, values.imag])
    return bool((np.isnan(parts) | ((parts == 0) & np.signbit(parts))).any())


def _cell(place: tuple[int, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(at * n, (at + 1) * n) for at, n in zip(place, shape, strict=True))


@given(selections(), st.data())
def test_pieces_hold_each_selected_value_once(selection: Selection, data: st.DataObject) -> None:
    shape = selection.array_shape
    cell = tuple(data.draw(st.integers(1, size + 1)) for size in shape)
    most = data.draw(st.integers(1, 50))
    values = np.arange(math.prod(shape)).reshape(shape)[selection.for_zarr()]
    found = np.full(values.shape, -1)
    chunks: list[tuple[int, ...]] = []
    for piece in pieces(selection, cell, most):
        assert (found[place_in(piece, selection)] == -1).all()
        found[place_in(piece, selection)] = np.arange(math.prod(shape)).reshape(shape)[
            piece.for_zarr()
        ]
        met = list(product(*piece.cells(cell)))
        assert len(met) == 1 or math.prod(high - low for low, high in piece.bounds) <= most
        chunks += met
    np.testing.assert_array_equal(found, values)
    assert len(chunks) == len(set(chunks))


def made_of(change: Change, values: Values) -> Values:
    """What a change makes of values."""
    name = values.dtype.newbyteorder("=").name
    node = array(values.shape, dtype=dtype_of_v3(name, "little"))
    kept = values.copy()
    with tempfile.TemporaryDirectory() as top:
        maker = change.begin(Staged(local(Path(top))), node)
        found = maker(values, whole(values.shape))
    np.testing.assert_array_equal(values, kept)
    return np.asarray(found, values.dtype)


class TestWholeNumbers:
    @settings(max_examples=300)
    @given(
        st.sampled_from(WHOLE).flatmap(lambda t: hnp.arrays(t, st.integers(1, 4))),
        st.integers(-(2**66), 2**66) | st.integers(-300, 300),
        st.integers(-(2**66), 2**66) | st.integers(-3, 3),
        st.booleans(),
    )
    def test_they_are_taken_exactly(
        self, values: Values, add: int, multiply: int, saturate: bool
    ) -> None:
        exact = [value * multiply + add for value in values.tolist()]
        _check_fitted(values, Arithmetic(add, multiply, saturate=saturate), exact)

    @settings(max_examples=300)
    @given(
        st.sampled_from(WHOLE).flatmap(lambda t: hnp.arrays(t, st.integers(1, 4))),
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(-3, 3) | st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
    )
    def test_with_fractions_they_are_rounded_as_numpy_does(
        self, values: Values, add: float, multiply: float, saturate: bool
    ) -> None:
        with np.errstate(over="ignore"):
            made = np.rint(values.astype("f8") * multiply + add).tolist()
        exact = [Fraction(n) if math.isfinite(n) else n for n in made]
        _check_fitted(values, Arithmetic(add, multiply, saturate=saturate), exact)

    @pytest.mark.parametrize(
        ("change", "wanted"),
        [
            (Arithmetic(multiply=0.5), [0, 0, 1, 2, 2, 127]),
            (Arithmetic(add=0.5), [0, 2, 2, 4, 4, 254]),
            (Arithmetic(add=-1, saturate=True), [0, 0, 1, 2, 3, 253]),
            (Arithmetic(-1, 2, saturate=True), [0, 1, 3, 5, 7, 255]),
            (Arithmetic(add=10**400, saturate=True), [255] * 6),
        ],
    )
    def test_some(self, change: Change, wanted: list[int]) -> None:
        assert made_of(change, np.array([0, 1, 2, 3, 4, 254], "u1")).tolist() == wanted


def test_minus_zero_stays_unless_something_is_added() -> None:
    values = np.array([-0.0, 0.0, -1.0], "f8")
    assert np.signbit(made_of(Arithmetic(multiply=2), values)).tolist() == [True, False, True]
    assert np.signbit(made_of(Arithmetic(add=1), values)).tolist() == [False, False, False]


def _check_fitted(values: Values, change: Arithmetic, exact: list[Any]) -> None:
    limits = np.iinfo(values.dtype)
    if not change.saturate and any(not limits.min <= n <= limits.max for n in exact):
        with pytest.raises(UserError, match=f"do not fit: {values.dtype.name} holds") as caught:
            made_of(change, values)
        assert "let results stop at these ends" in caught.value.why
        return
    fitted = [int(min(max(n, limits.min), limits.max)) for n in exact]
    assert made_of(change, values).tolist() == fitted


class TestFloats:
    @settings(max_examples=200)
    @given(
        st.sampled_from(["float16", ">f4", "float64"]).flatmap(
            lambda t: hnp.arrays(t, st.integers(1, 4))
        ),
        st.floats(-1e5, 1e5),
        st.floats(-1e5, 1e5),
        st.booleans(),
    )
    def test_what_is_too_large_is_never_made_infinite(
        self, values: Values, add: float, multiply: float, saturate: bool
    ) -> None:
        with np.errstate(all="ignore"):
            product = values.astype("f8") * multiply
            wanted = (product + add if add else product).astype(values.dtype)  # -0.0 + 0 is 0
        lost = np.isinf(wanted) & np.isfinite(values)
        change = Arithmetic(add, multiply, saturate=saturate)
        if lost.any() and not saturate:
            with pytest.raises(UserError, match="holds numbers up to"):
                made_of(change, values)
            return
        wanted[lost] = np.copysign(np.finfo(values.dtype).max, wanted[lost])
        assert not _apart(made_of(change, values), wanted).any()

    def test_a_number_that_is_no_float(self) -> None:
        for change in (Arithmetic(multiply=10**400), Arithmetic(add=-(10**400))):
            with pytest.raises(UserError, match="too large"):
                made_of(change, np.ones(2))
        with pytest.raises(UserError, match="too large"):
            made_of(Arithmetic(10**400, 0.5), np.ones(2, "u1"))


class TestClip:
    @settings(max_examples=300)
    @given(
        st.sampled_from([*WHOLE, "float16", "float32", ">f8"]).flatmap(
            lambda t: hnp.arrays(t, st.integers(1, 5))
        ),
        st.none() | st.floats(-300, 300) | st.integers(-(2**65), 2**65),
        st.none() | st.floats(-300, 300) | st.integers(-(2**65), 2**65),
    )
    def test_values_end_in_the_range_and_those_in_it_stay(
        self, values: Values, low: float | None, high: float | None
    ) -> None:
        is_whole = values.dtype.kind != "f"
        limits: Any = np.iinfo(values.dtype) if is_whole else np.finfo(values.dtype)
        least, most = (
            (int if is_whole else float)(limits.min),
            (int if is_whole else float)(limits.max),
        )
        lows = -math.inf if low is None else low
        highs = math.inf if high is None else high
        first, last = max(lows, least), min(highs, most)
        if lows > highs or first > last or (is_whole and math.ceil(first) > math.floor(last)):
            with pytest.raises(UserError, match=r"range is empty|does not fit|No whole number"):
                made_of(Clip(low, high), values)
            return
        found = made_of(Clip(low, high), values)
        for old, new in zip(values.tolist(), found.tolist(), strict=True):
            if old < lows and lows > least:
                assert new == (math.ceil(lows) if is_whole else values.dtype.type(lows))
            elif old > highs and highs < most:
                assert new == (math.floor(highs) if is_whole else values.dtype.type(highs))
            else:
                assert repr(new) == repr(old)

    def test_zeros_keep_their_signs(self) -> None:
        values = np.array([0.0, -0.0, -1.0, 5.0, np.nan] * 9)
        found = made_of(Clip(0, 4), values)
        assert list(map(repr, found.tolist()[:5])) == ["0.0", "-0.0", "0.0", "4.0", "nan"]


class TestReplacing:
    def test_two_that_swap(self) -> None:
        found = made_of(Replace({3: 7, 7: 3}), np.array([3, 7, 5], "u2"))
        assert found.tolist() == [7, 3, 5]

    def test_zeros_and_nan(self) -> None:
        values = np.array([0.0, -0.0, np.nan, 1.0], "f4")
        assert made_of(Replace({np.float32(0): 5}), values).tolist()[:2] == [5, 5]
        assert made_of(Replace({np.float32(np.nan): 5}), values)[2] == 5

    @given(
        hnp.arrays("uint16", st.integers(1, 20), elements=st.integers(0, 6)),
        st.sets(st.integers(0, 6), min_size=1),
    )
    def test_labels(self, values: Values, ids: set[int]) -> None:
        kept = min(ids)
        merged = [kept if v in ids else v for v in values.tolist()]
        assert made_of(Replace(dict.fromkeys(ids, kept)), values).tolist() == merged
        deleted = [0 if v in ids else v for v in values.tolist()]
        assert made_of(Replace(dict.fromkeys(ids, 0)), values).tolist() == deleted
        named = [9 if v == kept else v for v in values.tolist()]
        assert made_of(Replace({kept: 9}), values).tolist() == named


class TestTypes:
    @pytest.mark.parametrize(
        "change", [Arithmetic(1), Clip(1), Interpolate(0, 0, 2, "z")], ids=lambda c: c.title
    )
    @pytest.mark.parametrize("dtype", ["bool", "<U2", "datetime64[s]", "string"])
    def test_what_cannot_be_counted_is_refused(
        self, change: Change, dtype: str, tmp_path: Path
    ) -> None:
        group = zarr.create_group(tmp_path)
        group.create_array("a", shape=(3,), dtype=dtype)
        edit = PixelEdit(array_in(local(tmp_path)), Selection((1,), (3,)), change)
        with pytest.raises(UserError, match=r"no numbers to count with|there is nothing"):
            edit.stage(Staged(local(tmp_path)), Work())


def image(folder: Path, values: Values, **options: Any) -> PixelEdit:
    """An edit that fills all of a new array with 0."""
    group = zarr.create_group(folder, zarr_format=options.pop("zarr_format", 3))
    group.create_array("a", data=values, **options)
    node = array_in(local(folder))
    return PixelEdit(node, whole(node.shape), Fill(values.dtype.type(0)))


class TestPlanes:
    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(WHOLE).flatmap(lambda t: hnp.arrays(t, (6, 3))), st.integers(1, 6))
    def test_whole_numbers_are_rounded_to_the_nearest(self, values: Values, chunk: int) -> None:
        with tempfile.TemporaryDirectory() as top:
            folder = Path(top)
            node = image(folder, values, chunks=(chunk, 2)).node
            edit = PixelEdit(node, parse_selection("1:5", (6, 3), "zy"), Interpolate(0, 0, 5, "z"))
            staged = Staged(local(folder))
            edit.stage(staged, Work())
            found = np.array(open_array(staged, node)[...])
        limits = np.iinfo(values.dtype)
        for z, y in product(range(6), range(3)):
            first, last = float(values[0, y]), float(values[5, y])
            made = round(first * (1 - z / 5) + last * (z / 5))  # a half to the even number
            wanted = min(max(made, limits.min), limits.max) if 0 < z < 5 else values[z, y]
            assert found[z, y] == wanted

    def test_a_range_of_bad_planes(self, tmp_path: Path) -> None:
        values = np.array([10, 0, 0, 25, 0], "u1").reshape(5, 1)
        node = image(tmp_path, values, chunks=(2, 1)).node
        selection = parse_selection("1:3", node.shape, "zy")
        change = Interpolate(0, *sound_beside(selection, 0, "z"), "z")
        plan = plan_edit(local(tmp_path), PixelEdit(node, selection, change))
        assert plan.edit.expression == "a[1:3, :] = between z=0 and z=3"
        assert plan.sentence == "2 values will lie on the line between z=0 and z=3."
        apply_plan(local(tmp_path), plan)
        assert read(tmp_path, node).ravel().tolist() == [10, 15, 20, 25, 0]

    def test_one_plane_over_all(self, tmp_path: Path) -> None:
        values = np.arange(5, dtype="u1")
        node = image(tmp_path, values, chunks=(1,)).node
        edit = PixelEdit(node, whole((5,)), CopyPlane(0, 2, "t"))
        apply_plan(local(tmp_path), plan_edit(local(tmp_path), edit))
        assert read(tmp_path, node).tolist() == [2] * 5

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("0:2", "no plane before z=0"),
            ("3:5", "no plane behind z=4"),
            ("1:4:2", "only some planes are selected"),
        ],
    )
    def test_where_nothing_sound_is_beside(self, text: str, told: str) -> None:
        with pytest.raises(UserError, match=told):
            sound_beside(parse_selection(text, (5,), "z"), 0, "z")

    @pytest.mark.parametrize("change", [CopyPlane(0, 5, "z"), Interpolate(0, 0, 5, "z")])
    def test_an_index_that_is_not_there(self, change: Change, tmp_path: Path) -> None:
        node = image(tmp_path, np.zeros(5, "u1")).node
        with pytest.raises(UserError, match="There is no z=5") as caught:
            PixelEdit(node, whole((5,)), change).stage(Staged(local(tmp_path)), Work())
        assert caught.value.why == "z is 0 to 4"

    def test_a_plane_that_is_not_between(self, tmp_path: Path) -> None:
        node = image(tmp_path, np.zeros(5, "u1")).node
        edit = PixelEdit(node, Selection((3,), (5,)), Interpolate(0, 0, 3, "z"))
        with pytest.raises(UserError, match="z=3 does not lie between"):
            edit.stage(Staged(local(tmp_path)), Work())


class TestConditions:
    def test_what_is_not_chosen_is_not_computed(self, tmp_path: Path) -> None:
        node = image(tmp_path, np.array([1, 50, 200], "u1")).node
        edit = PixelEdit(node, whole((3,)), Arithmetic(100), parse_condition("value < 100"))
        plan = plan_edit(local(tmp_path), edit)
        assert plan.edit.expression == "a[:] = a[:] + 100 where value < 100"
        assert plan.sentence == "2 values will gain 100."
        facts = dict(plan.facts())
        assert facts["values"] == "3, 2 change"
        assert (facts["old values"], facts["new values"]) == ("1 to 200", "101 to 200")
        apply_plan(local(tmp_path), plan)
        assert read(tmp_path, node).tolist() == [101, 150, 200]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (Arithmetic(multiply=0.5), None),
        (Interpolate(0, 0, 2, "z"), None),
        (CopyPlane(0, 0, "z"), [0.1, 0.1, 0.4]),
        (Replace({np.float64(0.3): np.float64(0.25)}), None),
        (Clip(high=0.15), None),
    ],
    ids=lambda each: getattr(each, "title", ""),
)
def test_a_codec_that_loses(change: Change, wanted: list[float] | None, tmp_path: Path) -> None:
    codec = numcodecs.FixedScaleOffset(offset=0, scale=10, dtype="<f8", astype="<i4")
    values = np.array([0.1, 0.3, 0.4])
    node = image(tmp_path, values, filters=[codec], zarr_format=2).node
    before = look(tmp_path)
    edit = PixelEdit(node, Selection((slice(1, 2, 1),), (3,)), change)
    if wanted is None:
        with pytest.raises(UserError, match="would not keep its values exactly"):
            plan_edit(local(tmp_path), edit)
        assert look(tmp_path) == before
        return
    entry = apply_plan(local(tmp_path), plan_edit(local(tmp_path), edit))
    np.testing.assert_allclose(read(tmp_path, node), wanted)
    undo(local(tmp_path), entry)
    assert look(tmp_path) == before


class TestLargeShards:
    SHAPE, CHUNK = (64, 512, 512), (16, 64, 128)

    @pytest.fixture
    def edit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PixelEdit:
        monkeypatch.setattr(pixels, "_ROOM", math.prod(self.CHUNK))
        values = (np.arange(math.prod(self.SHAPE)) % 199).astype("u1").reshape(self.SHAPE)
        return image(tmp_path, values, chunks=self.CHUNK, shards=self.SHAPE)

    def test_they_are_never_held_whole(self, edit: PixelEdit, tmp_path: Path) -> None:
        edit = PixelEdit(edit.node, edit.selection, Arithmetic(1))
        staged = Staged(local(tmp_path))
        tracemalloc.start()
        try:
            found = edit.stage_pixels(staged, Work())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < math.prod(self.SHAPE) // 2
        assert found.changing == math.prod(self.SHAPE)
        assert len(found.changed) == 4 * 8 * 4
        made = np.array(open_array(staged, edit.node)[...])
        np.testing.assert_array_equal(made, read(tmp_path, edit.node) + 1)

    def test_one_can_be_cancelled_within(self, edit: PixelEdit, tmp_path: Path) -> None:
        asked: list[None] = []

        def cancelled() -> bool:
            asked.append(None)
            return len(asked) > 3

        staged = Staged(local(tmp_path))
        with pytest.raises(Cancelled):
            edit.stage(staged, Work(cancelled=cancelled))
        assert not staged.changes()

    def test_its_other_chunks_stay_as_they_are(self, edit: PixelEdit, tmp_path: Path) -> None:
        before = look(tmp_path)
        node = edit.node
        part = parse_selection("0, :64, :128", node.shape, "zyx")
        plan = plan_edit(local(tmp_path), PixelEdit(node, part, Fill(np.uint8(255))))
        apply_plan(local(tmp_path), plan)
        assert changed(before, look(tmp_path)) == {"a/c/0/0/0"}
        raw = (tmp_path / "a/c/0/0/0").read_bytes()
        old = before["a/c/0/0/0"][1]
        assert old is not None
        same = sum(_inner(raw, nth) == _inner(old, nth) for nth in range(4 * 8 * 4))
        assert same == 4 * 8 * 4 - 1


def _inner(raw: bytes, nth: int) -> bytes:
    """A chunk within a shard by its index at the end: offset and length, then a checksum."""
    index = np.frombuffer(raw[-4 - 16 * 128 : -4], "<u8").reshape(128, 2)
    offset, length = index[nth].tolist()
    return raw[offset : offset + length]
