"""What plots and statistics say of their values: all of it in sight, and nothing of it wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from driver import SMALL, WIDE, Program, opened, text_of

MEDIUM = (100, 30)
FAR = 2**60


def words(text: str) -> str:
    """A text that was wrapped, on one line."""
    return " ".join(text.split())


@pytest.fixture
def far(tmp_path: Path) -> Path:
    zarr.create_array(tmp_path / "far.zarr", data=FAR + np.arange(2400).reshape(40, 60))
    return tmp_path / "far.zarr"


@pytest.fixture
def partly(tmp_path: Path) -> Path:
    """32 × 32 of 96 × 128 pixels were never written, a hundred are no numbers."""
    array = zarr.create_array(
        tmp_path / "partly.zarr", shape=(96, 128), chunks=(32, 32), dtype="f4", fill_value=0
    )
    array[:, 32:] = array[32:, :32] = 1.5
    array[40:50, 40:50] = np.nan
    return tmp_path / "partly.zarr"


async def test_whole_numbers_far_from_zero_are_counted_apart(far: Path) -> None:
    async with opened(far, size=WIDE, rendering="half") as p:
        await p.press("3")
        assert p.panel.picture is not None
        frame = p.panel.picture.frame
        assert len({*map(tuple, np.asarray(frame.bg).tolist())}) > 10  # a gradient
        window = p.panel.picture.window
        assert FAR < window.start < window.end < FAR + 2400
        await p.press("D", "A")
        text = words(text_of(p.browse.histogram))
        assert "exact: 2,400 values of level 0" in text
        assert "beyond the plot" not in text
        assert f"window {window.start} to {window.end}" in text
        assert str(FAR + 1024) in text  # a round number below the bars
        await p.press("right")
        moved = p.panel.picture.window
        assert window.start < moved.start <= window.start + 100
        assert moved.end == window.end
        await p.press("Y")
        assert f"heights are counted from {FAR + 1200}" in words(text_of(p.browse.profile))
        await p.press("escape", "I")
        told = text_of(p.browse.measures)
        assert f"{FAR} " in told
        assert f"{FAR + 2399} " in told


@pytest.mark.parametrize("size", [WIDE, MEDIUM])
async def test_what_was_never_written_is_told(partly: Path, size: tuple[int, int]) -> None:
    async with opened(partly, size=size) as p:
        await p.press("3", "D")
        text = words(text_of(p.browse.histogram))
        assert "12,188 values of level 0 · 1,024 never written count as 0 · 100 NaN" in text
        await p.press("escape", "I")
        lines = text_of(p.browse.measures).splitlines()
        assert lines[1].strip() == "exact, level 0 · 1,024 never written count as 0"
        assert p.browse.statistics_text is not None
        assert "exact, level 0; 1,024 never written count as 0" in p.browse.statistics_text


@pytest.fixture
def channels(tmp_path: Path) -> Path:
    """Three channels, each a rise by a hundred, at 0, 5000 and 10,000."""
    ramp = np.arange(100, dtype="u2") + np.zeros((60, 1), "u2")
    return channel_image(tmp_path / "c.ome.zarr", np.stack([ramp + 5000 * c for c in range(3)]))


def channel_image(path: Path, values: np.ndarray) -> Path:
    group = zarr.create_group(path)
    group.create_array("s0", data=values, chunks=(1, 60, 100))
    axes: list[Any] = [
        {"name": "c", "type": "channel"},
        *({"name": n, "type": "space"} for n in "yx"),
    ]
    scale: list[Any] = [{"type": "scale", "scale": [1, 1, 1]}]
    told: list[Any] = [
        {"label": name, "color": color, "active": True,
         "window": {"start": 0, "end": 20000, "min": 0, "max": 65535}}
        for name, color in (("Dapi", "0000FF"), ("GFP", "00FF00"), ("RFP", "FF0000"))
    ]  # fmt: skip
    group.attrs["ome"] = {
        "version": "0.5",
        "multiscales": [
            {"axes": axes, "datasets": [{"path": "s0", "coordinateTransformations": scale}]}
        ],
        "omero": {"channels": told, "rdefs": {"model": "color"}},
    }
    return path


def rows_of_curves(p: Program) -> int:
    """Rows of the plot in which there is a curve."""
    lines = text_of(p.browse.profile).split("\n")
    return sum(any("⠀" < sign <= "⣿" for sign in line) for line in lines)


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL])
async def test_each_channel_can_have_a_scale_of_its_own(
    channels: Path, size: tuple[int, int]
) -> None:
    async with opened(channels, size=size, rendering="half") as p:
        await p.press("3", "Y")
        text = words(text_of(p.browse.profile))
        for told in ("Dapi 50", "GFP 5050", "RFP 10050", "S: each on its own scale"):
            assert told in text
        together = rows_of_curves(p)
        await p.press("S", "j")
        text = words(text_of(p.browse.profile))
        assert "each on its own scale, numbers of GFP" in text
        assert "50" in text.split("Dapi")[0]
        if size == WIDE:  # all of the height, and not a row for each
            assert together == 3
            assert rows_of_curves(p) > 3 * together
        await p.press("S")
        assert "numbers of GFP" not in words(text_of(p.browse.profile))


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL])
async def test_where_a_window_comes_from_is_told_whole_or_not_at_all(
    channels: Path, size: tuple[int, int]
) -> None:
    async with opened(channels, size=size, rendering="half") as p:
        await p.press("3", "D")
        text = text_of(p.browse.histogram)
        assert "window 0 to 20000" in text
        assert "as the metadata say" in text
        assert "…" not in text


async def test_infinite_values_of_a_row_are_marked(tmp_path: Path) -> None:
    data = np.sin(np.arange(1000) / 50)
    data[100:200], data[500], data[900] = np.nan, np.inf, -np.inf
    zarr.create_array(tmp_path / "a.zarr", data=data, chunks=(100,))
    async with opened(tmp_path / "a.zarr", size=WIDE) as p:
        text = text_of(p.panel.series)
        assert "898 of 1,000 values finite · 100 NaN · 2 infinite" in text
        marked = [line for line in text.split("\n") if "∞" in line]
        assert [line.count("∞") for line in marked] == [1, 1]
        assert marked[0] == text.split("\n")[0]
        width = max(map(len, text.split("\n")))
        places = [line.index("∞") / width for line in marked]
        assert places == pytest.approx([0.5, 0.9], abs=0.05)
