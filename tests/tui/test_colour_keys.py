"""Keys of colours, contrast and samples, in colour: what they ask for, show and tell."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from conftest import AXES, CHANNELS, write_volume
from driver import Program, frame_of, opened
from rich.color import Color, ColorType

from omezarr_tui.image.picture import PictureRequest

C, Z = AXES.index("c"), AXES.index("z")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A volume of two channels with colours and windows."""
    path = write_volume(tmp_path_factory.mktemp("told") / "v.ome.zarr", (1, 2, 5, 60, 80))
    channels = [
        {**channel, "window": {"min": 0, "max": 255, "start": 20, "end": end}}
        for channel, end in zip(CHANNELS, (150, 180), strict=True)
    ]
    root = zarr.open_group(path, mode="a")
    root.attrs["ome"] = {**root.attrs["ome"], "omero": {"channels": channels}}  # type: ignore[dict-item]
    return path


def seen(p: Program) -> list[object]:
    """All that stands on the screen in the place of the picture."""
    view = p.panel.view
    return [[*view.render_line(y)] for y in range(view.size.height)]


def check_shown(p: Program, path: Path) -> None:
    """What is shown is what the image folder makes of what is asked for."""
    shown = p.panel.picture
    assert shown is not None
    assert shown.request == p.request
    expected = frame_of(path, p.request)
    assert shown.frame.lines == expected.lines == tuple(p.picture.split("\n"))
    assert shown.frame.palette == expected.palette
    np.testing.assert_array_equal(shown.frame.fg, expected.fg)
    np.testing.assert_array_equal(shown.frame.bg, expected.bg)


async def walk(
    p: Program, path: Path, key: str, state: Callable[[PictureRequest], Any], wanted: list[Any]
) -> list[list[object]]:
    """Press a key once for each wanted state; each time what is shown changes.

    Returns what was seen, from before the first key on; the last state is as the first was.
    """
    looks, began = [seen(p)], p.request
    for value in wanted:
        await p.press(key)
        assert state(p.request) == value
        check_shown(p, path)
        looks.append(seen(p))
        assert looks[-1] != looks[-2], value
    assert p.request == began
    assert looks[-1] == looks[0]
    return looks


def colors(p: Program) -> set[Color]:
    """The colours of half-blocks on the screen, as the terminal is told them."""
    view = p.panel.view
    blocks = [s for y in range(view.size.height) for s in view.render_line(y) if "▀" in s.text]
    styles = [segment.style for segment in blocks if segment.style is not None]
    both = [color for style in styles for color in (style.color, style.bgcolor)]
    return {color for color in both if color is not None}


async def test_fewer_colours(told: Path) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3", "asterisk")
        shown: dict[str, set[Color]] = {}

        def state(request: PictureRequest) -> str:
            shown[request.look.depth] = colors(p)
            return request.look.depth

        await walk(p, told, "B", state, ["256", "16", "none", "true"])
        assert p.told == ["256 colours.", "16 colours.", "No colours.", "All colours."]
        kinds = {depth: {color.type for color in shown[depth]} for depth in shown}
        assert kinds["256"] == {ColorType.EIGHT_BIT}
        assert kinds["16"] == {ColorType.STANDARD}
        assert kinds["true"] == {ColorType.TRUECOLOR}
        assert len(shown["none"]) == 2  # the terminal's own
        assert len(shown["true"]) > len(shown["256"]) > len(shown["16"]) > 2


@pytest.mark.parametrize(
    ("rendering", "composed"), [("half", True), ("quadrant", False), ("braille", True)]
)
async def test_gamma(told: Path, rendering: str, composed: bool) -> None:
    async with opened(told, rendering=rendering) as p:
        await p.press("3")
        if p.request.is_composed != composed:
            await p.press("asterisk")
        bars = []

        def state(request: PictureRequest) -> float:
            bars.append(p.bar)
            return request.look.gamma

        await walk(p, told, "G", state, [0.7, 0.5, 1.5, 1.0])
        for bar, gamma in zip(bars, ("0.7", "0.5", "1.5"), strict=False):
            assert f"gamma {gamma}" in bar
        assert "gamma" not in bars[-1]


async def test_dark_and_bright(told: Path) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3")
        bars = []

        def state(request: PictureRequest) -> bool:
            bars.append("inverted" in p.bar)
            return request.look.invert

        await walk(p, told, "i", state, [True, False])
        assert bars == [True, False]


async def test_maxima_instead_of_means(volume: Path) -> None:
    async with opened(volume, rendering="half", size=(80, 24)) as p:
        await p.press("3", "right_square_bracket", "left_square_bracket")  # the finest level
        assert p.panel.picture is not None
        means = p.panel.picture.samples.values
        await walk(p, volume, "M", lambda request: request.maximum, [True, False])
        await p.press("M")
        assert (p.panel.picture.samples.values >= means - 1e-9).all()
        assert "maximum of" in p.bar + p.panel.picture.reduction


async def test_projections(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3")
        assert p.request.view.moving == Z
        plane = p.panel.picture
        assert plane is not None
        bars = []

        def state(request: PictureRequest) -> str | None:
            bars.append(" ".join(p.bar.split()))
            return request.projection

        await walk(p, volume, "vertical_line", state, ["maximum", "mean", None])
        assert "z ◂ maximum of 0–24" in bars[0]
        assert "z ◂ mean of 0–24" in bars[1]
        assert "z ◂ 12 of 0–24" in bars[2]
        await p.press("vertical_line")
        most = p.panel.picture
        assert most is not None
        assert (most.samples.values >= plane.samples.values - 1e-9).all()
        await p.press("full_stop")  # one plane again, the next one
        assert (p.request.projection, p.request.view.index[Z]) == (None, 13)
        check_shown(p, volume)


async def test_a_projection_along_the_channels_is_no_composition(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "c")
        assert p.request.is_composed
        await walk(
            p,
            volume,
            "vertical_line",
            lambda request: (request.projection, request.is_composed),
            [("maximum", False), ("mean", False), (None, True)],
        )
        await p.press("vertical_line", "asterisk")
        assert (p.request.projection, p.request.is_composed) == (None, True)
        await p.press("vertical_line", "full_stop")
        assert (p.request.projection, p.request.is_composed) == (None, False)
        assert p.request.channel == 1
        check_shown(p, volume)


async def test_channels_together_or_one(told: Path) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3")
        bars = []

        def state(request: PictureRequest) -> bool:
            bars.append(" ".join(p.bar.split()))
            return request.is_composed

        looked = replace(p.request.look, composed=True)
        await p.press("asterisk", "asterisk")  # from now on it is as it was asked for
        assert p.request.look == looked
        await walk(p, told, "asterisk", state, [False, True])
        assert "c ◂ 0 of 0–1 ▸" in bars[0]
        assert "c ◂ 2 of 2 together ▸" in bars[1]
        for channel in CHANNELS:
            assert channel["label"] in bars[1]
            assert channel["label"] not in bars[0]


async def test_an_image_of_one_channel_says_so(tmp_path: Path) -> None:
    values = np.arange(2400, dtype="uint16").reshape(40, 60)
    zarr.create_array(tmp_path / "a.zarr", data=values, dimension_names=["y", "x"])
    async with opened(tmp_path / "a.zarr", rendering="half") as p:
        before = p.request
        await p.press("3", "asterisk", "vertical_line")
        assert p.told == ["This image has one channel."]
        assert p.request == before


@pytest.mark.parametrize("composed", [True, False])
async def test_where_windows_come_from(told: Path, composed: bool) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3")
        if not composed:
            await p.press("asterisk")
        bars = []

        def state(request: PictureRequest) -> str:
            bars.append(p.bar)
            return request.look.source

        await walk(p, told, "w", state, ["level", "seen", "told"])
        words = ("% of level 2", "% of what is seen", "as the metadata say")
        assert all(word in bar for word, bar in zip(words, bars, strict=True))
        before = p.request
        await p.press("left_curly_bracket")
        assert "set by hand" in p.bar
        await p.press("w")
        assert p.request == before


async def test_colormaps(told: Path) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3")
        together = seen(p)
        await p.press("m")
        assert (p.request.is_composed, p.request.look.colormap) == (False, "grey")
        assert seen(p) != together
        assert {len({*color.get_truecolor()}) for color in colors(p)} == {1}
        names = ["channel", "viridis", "magma", "cividis", "turbo", "grey"]
        looks = await walk(p, told, "m", lambda request: request.look.colormap, names)
        assert all(one != other for at, one in enumerate(looks[1:]) for other in looks[1:][:at])


async def test_renderings(told: Path) -> None:
    async with opened(told, rendering="half") as p:
        await p.press("3")
        sizes = {}

        def state(request: PictureRequest) -> str:
            assert p.panel.picture is not None
            sizes[request.look.rendering] = p.panel.picture.samples.values.shape
            assert p.panel.picture.frame.size[0] <= request.room[0]
            return request.look.rendering

        await walk(p, told, "v", state, ["quadrant", "braille", "ascii", "half"])
        columns = {name: shape[1] for name, shape in sizes.items()}
        assert columns["quadrant"] == columns["braille"] > columns["half"]
        assert sizes["braille"][0] > sizes["quadrant"][0]
        assert sizes["half"][0] > sizes["ascii"][0]
