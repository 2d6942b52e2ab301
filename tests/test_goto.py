"""One line says where to go, and what it means is told; what is wrong is told precisely."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import image, request_of

from omezarr_tui.image.cursor import Cursor, cursor_at, sample_of
from omezarr_tui.image.goto import counted, going, place_text
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import zoomed_at, zoomed_on
from omezarr_tui.image.positions import position_on
from omezarr_tui.image.steering import level_changed, moving_along, turned
from omezarr_tui.image.view import View, axis_pairs
from omezarr_tui.ome.model import Axis, Channel, Level


def volume(**changes: object) -> PictureRequest:
    """An image t, c, z, y, x of two levels with pixel sizes, offsets, units and channels."""
    found = image("tczyx", (4, 3, 32, 400, 600), (4, 3, 32, 200, 300))
    units = {"t": "minute", "z": "micrometer", "y": "micrometer", "x": "nanometer"}
    kinds = {"t": "time", "c": "channel"}
    axes = tuple(Axis(name, kinds.get(name, "space"), units.get(name)) for name in "tczyx")
    levels = tuple(
        Level(f"s{at}", (2.0, 1.0, 0.5, 0.25 * 2**at, 500.0 * 2**at), (0, 0, 10.0, 0, 0))
        for at in range(2)
    )
    channels = (Channel("DAPI"), Channel("Alexa 488"), Channel("Alexa 594"))
    multiscale = replace(found.multiscale, axes=axes, levels=levels, channels=channels)
    return request_of(replace(found, multiscale=multiscale), **changes)


def index(request: PictureRequest) -> dict[str, int]:
    axes = [axis.name for axis in request.image.multiscale.axes]
    return {axes[at]: request.view.index[at] for at in request.view.fixed}


def centre(request: PictureRequest) -> tuple[float, float]:
    """The pixel in the middle of the window, in pixels of the finest level."""
    view = request.view
    rows, columns = (view.extent[axis] for axis in (view.rows, view.columns))
    return view.centre[0] * rows - 0.5, view.centre[1] * columns - 0.5


class TestPlanes:
    @pytest.mark.parametrize(
        ("text", "there", "told"),
        [
            ("15", {"z": 15}, "z 15 of 0–31 (17.5 µm)"),
            ("-1", {"z": 31}, "z 31 of 0–31 (25.5 µm)"),
            ("z=15 t=3 c=1", {"z": 15, "t": 3, "c": 1}, "c 1 of 0–2 (Alexa 488)"),
            (" Z = 3 ,c=2;t=0", {"z": 3, "t": 0, "c": 2}, "t 0 of 0–3 (0 min)"),
            ("z=12um", {"z": 4}, "z 4 of 0–31 (12 µm)"),
            ("z=0.0123 mm", {"z": 5}, "z 5 of 0–31 (12.5 µm)"),
            ("12.3 µm", {"z": 5}, "z 5 of 0–31 (12.5 µm)"),
            ("t=2 min z=3", {"t": 1, "z": 3}, "t 1 of 0–3 (2 min)"),
            ("t=240 s", {"t": 2}, "t 2 of 0–3 (4 min)"),
            ("c=DAPI", {"c": 0}, "c 0 of 0–2 (DAPI)"),
            ("c=dap", {"c": 0}, "c 0 of 0–2 (DAPI)"),
            ('c="Alexa 594"', {"c": 2}, "c 2 of 0–2 (Alexa 594)"),
            ("dapi", {"c": 0}, "c 0 of 0–2 (DAPI)"),
            ("z=0%", {"z": 0}, "z 0 of 0–31 (10 µm)"),
            ("100 %", {"z": 31}, "z 31 of 0–31 (25.5 µm)"),
        ],
    )
    def test_ways_of_writing(self, text: str, there: dict[str, int], told: str) -> None:
        found = going(volume(), text)
        assert index(found.request) == {"t": 0, "c": 0, "z": 16} | there
        assert told in found.told
        assert found.places == {}

    def test_positions_count_in_the_level_that_is_chosen(self) -> None:
        found = going(volume(), "level=1 y=100 zoom=8")
        assert found.request.level == 1
        assert centre(found.request)[0] == pytest.approx(200.5)
        assert going(found.request, "level=auto").request.level is None


class TestPixels:
    @pytest.mark.parametrize(
        ("text", "middle"),
        [
            ("y=100 x=250", (100, 250)),
            ("100,250", (100, 250)),
            ("0 0 0 100 250", (100, 250)),
            ("y=25um x=125 µm", (100, 250)),
            ("x=125000nm, y=100", (100, 250)),
            ("y=25.1um", (100.4, 299.5)),
            ("y=50% x=25%", (199.5, 149.5)),
        ],
    )
    def test_it_comes_to_the_middle(self, text: str, middle: tuple[float, float]) -> None:
        found = going(volume(), f"{text} zoom=10")
        assert centre(found.request) == pytest.approx(middle)

    def test_where_all_is_in_sight_the_place_is_told_all_the_same(self) -> None:
        found = going(volume(), "100,250")
        assert found.request.view.centre == (0.5, 0.5)
        assert found.places == {3: 100.5 / 400, 4: 250.5 / 600}
        assert found.told == ("y 100 (25 µm)", "x 250 (125000 nm)")

    def test_no_farther_than_something_is_shown(self) -> None:
        found = going(volume(), "0,0 zoom=4").request
        assert found.sampling().top == found.sampling().left == 0


class TestAxes:
    @pytest.mark.parametrize("text", ["xz", "zx", "XZ", "z:x", "x×z"])
    def test_any_two(self, text: str) -> None:
        found = going(volume(), text)
        assert (found.request.view.rows, found.request.view.columns) == (2, 4)
        assert found.told == ("shows z ↓ x →",)

    def test_what_comes_out_of_the_plane_can_be_placed(self) -> None:
        found = going(volume(), "tx y=100 z=3")
        assert index(found.request) == {"c": 0, "y": 100, "z": 3}


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "type where to go"),
            (" , ", "type where to go"),
            ("32", "z reaches 0–31; 32 is outside"),
            ("-33", "z reaches 0–31; -33 is outside"),
            ("c=1, z=99", "z reaches 0–31; 99 is outside"),
            ("y=400", "y reaches 0–399; 400 is outside"),
            ("level=1 y=200", "y reaches 0–199; 200 is outside"),
            ("z=9um", "z reaches 10–25.5 µm; 9 um is outside"),
            ("z=101%", "z reaches 0–100 %; 101% is outside"),
            ("z", "z needs a position, as in z=16; z reaches 0–31"),
            ("c", "c needs a position, as in c=1; c reaches 0–2"),
            ("y=", "y needs a position, as in y=200; y reaches 0–399"),
            ("z=3.5", "z counts whole pixels, 0–31; 3.5 is none"),
            ("z=two", "'two' is no position on z; z reaches 0–31"),
            ("two", "'two' is no number, no axis and no channel"),
            ("q=1", "there is no axis 'q'; there are t, c, z, y, x"),
            ("\x1b[31m=1", "there is no axis '␛[31m'; there are t, c, z, y, x"),
            ("=3", "= needs a name before it, as in z=3"),
            ("z=1 z=2", "z is given twice"),
            ("1 2 3", "3 numbers: one is z, two are y and x, 5 are t, c, z, y and x"),
            ("z=3s", "s does not measure z, which is in micrometer"),
            ("c=3um", "c has no unit in this store: write a pixel, 0–2"),
            ("c=GFP", "no channel is called GFP; there are DAPI, Alexa 488 and Alexa 594"),
            ("c=Alexa", "no channel is called Alexa; there are DAPI, Alexa 488 and Alexa 594"),
            ("level=2", "level reaches 0–1, or is auto"),
            ("zoom=0.5", "zoom reaches 1–150; 1 shows the whole plane"),
            ("zoom=151", "zoom reaches 1–150; 1 shows the whole plane"),
        ],
    )
    def test_it_is_told(self, text: str, problem: str) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            going(volume(), text)
        assert str(caught.value) == problem

    def test_a_plane_without_others(self) -> None:
        flat = request_of(image("yx", (40, 60)))
        with pytest.raises(ValueError, match=r"^1 number: two are y and x$"):
            going(flat, "3")

    def test_turned_pixels_lie_on_no_straight_line(self) -> None:
        request = volume()
        turned_level = replace(request.image.multiscale.levels[0], matrix=((1.0,),))
        levels = (turned_level, request.image.multiscale.levels[1])
        multiscale = replace(request.image.multiscale, levels=levels)
        with pytest.raises(ValueError, match="no straight line here"):
            position_on(replace(request.image, multiscale=multiscale), 2, 32, "12um")


@st.composite
def requests(draw: st.DrawFn) -> PictureRequest:
    """Any image of letters for axes, anywhere in it."""
    names = "".join(draw(st.permutations("tczyx"))[: draw(st.integers(2, 5))])
    sizes = [draw(st.integers(1, 300)) for _ in names]
    halved = [max(1, size // 2) for size in sizes]
    request = request_of(image(names, sizes, halved), room=(draw(st.integers(1, 60)), 80))
    view = request.view
    pairs = axis_pairs(view, request.image.multiscale.axes)
    view = view.displaying(*draw(st.sampled_from(pairs)))
    for axis in view.fixed:
        view = view.at(axis, draw(st.integers(0, sizes[axis] - 1)), sizes[axis])
    request = replace(request, view=view)
    if draw(st.booleans()):
        request = level_changed(request, draw(st.integers(0, 1)))
    at = (draw(st.floats(0, 1)), draw(st.floats(0, 1)))
    return zoomed_at(request, draw(st.floats(1, 40)), at)


@given(requests())
@settings(deadline=None)
def test_the_words_of_a_place_lead_to_it(request_: PictureRequest) -> None:
    start = replace(request_, view=request_.view.whole(), level=None)
    natural = axis_pairs(request_.view, request_.image.multiscale.axes)[0]
    start = replace(start, view=start.view.displaying(*natural))
    text = place_text(request_)
    there = going(start, text).request if text else start
    here, found = request_.sampling(), there.sampling()
    assert (found.level, found.position) == (here.level, here.position)
    assert (found.rows, found.columns) == (here.rows, here.columns)
    edges = ("top", "bottom", "left", "right")
    ours, theirs = ([getattr(s, edge) for edge in edges] for s in (here, found))
    # As near as the words tell: a hundredth of a pixel, and five digits of the zoom; before the
    # middle of the first pixel and behind that of the last there is nothing to name.
    sizes = [here.array.shape[axis] for axis in (here.rows, here.columns)]
    view = request_.view
    for at, size, whole in ((0, sizes[0], view.rows), (2, sizes[1], view.columns)):
        pixels = counted(request_, whole)
        middle = view.centre[at // 2]
        is_inside = 0.5 <= middle * pixels <= pixels - 0.5
        near = 0.05 if is_inside else 0.5 * size / pixels + 0.05
        assert theirs[at : at + 2] == pytest.approx(ours[at : at + 2], abs=near, rel=1e-3)


@given(requests(), st.floats(0.2, 8), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_zooming_keeps_the_cursor_in_sight(
    request_: PictureRequest, factor: float, down: float, across: float
) -> None:
    view = request_.view
    cursor = Cursor({view.rows: down, view.columns: across})
    there = zoomed_on(request_, factor, cursor)
    sampling = there.sampling()
    row, column = sample_of(cursor, sampling, there.view)
    # Back from that sample: it is where the cursor is, not the nearest to a place out of sight.
    found = cursor_at(cursor, sampling, row, column)
    sizes = (sampling.array.shape[axis] for axis in (sampling.rows, sampling.columns))
    for axis, step, size in zip(
        (view.rows, view.columns), sampling.pixels_per_sample, sizes, strict=True
    ):
        assert found.along(axis, view) == pytest.approx(
            cursor.along(axis, view), abs=0.5 * step / size + 1e-6
        )


@given(requests())
@settings(deadline=None)
def test_single_pixels_can_be_seen_large(request_: PictureRequest) -> None:
    near = zoomed_at(request_, 1e9, (0.5, 0.5))
    finest = replace(near, level=near.image.readable[0]).sampling()
    view: View = near.view
    widest = max(view.extent[view.rows], view.extent[view.columns])
    if widest >= 4:
        assert widest / view.zoom == pytest.approx(4)
    assert min(finest.pixels_per_sample) <= max(1, 4 / min(finest.grid))


def test_the_stepped_axis_is_the_one_that_a_number_goes_along() -> None:
    assert index(going(moving_along(volume(), "t"), "3").request)["t"] == 3
    assert index(going(turned(volume()), "99").request)["y"] == 99


def test_a_channel_that_is_gone_to_is_shown_alone() -> None:
    request = volume(composed=True, rendering="half")
    assert request.is_composed
    assert place_text(request) == "t=0 z=16"
    assert not going(request, "c=1").request.is_composed


def test_an_image_of_one_level_has_no_other() -> None:
    with pytest.raises(ValueError, match="level reaches 0–0"):
        going(request_of(image("yx", (9, 9))), "level=1")
