"""Edits of pixels by keys on a pyramid of averages: regions, types, refusals, labels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from driver import opened
from edit_keys import choose, fill_in, level, write
from edit_kinds import IMAGE, LABELS, image_store
from editing import look
from test_drawing import drag
from textual.widgets import Button

from omezarr_tui.settings import state_folder
from omezarr_tui.tui.screens.form import FormScreen

Values = np.ndarray[Any, Any]


@pytest.fixture
def v3(tmp_path: Path) -> Path:
    return image_store(tmp_path / "store.zarr", 3)


def reduced(values: Values, how: Callable[..., Values]) -> list[Values]:
    """Three levels of z, y, x values: each the one before by windows of 2 x 2 in y and x."""
    found = [values]
    for _ in range(2):
        fine = found[-1]
        z, y, x = fine.shape
        windows = fine.reshape(z, y // 2, 2, x // 2, 2)
        found.append(how(windows, axis=(2, 4)).astype(values.dtype))
    return found


def first(windows: Values, axis: tuple[int, int]) -> Values:
    return windows[:, :, 0, :, 0]


def averaged(folder: Path, dtype: str = "uint16") -> tuple[Path, list[Values]]:
    """Write z, y, x values of 5 x 16 x 24 and two levels of averages, decimals cut off."""
    values = np.random.default_rng(3).integers(0, 100, (5, 16, 24)).astype(dtype)
    levels = reduced(values, np.mean)
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    datasets = []
    for number in range(3):
        scale = {"type": "scale", "scale": [1.0, 2.0**number, 2.0**number]}
        datasets.append({"path": f"s{number}", "coordinateTransformations": [scale]})
    ome = {"version": "0.5", "multiscales": [{"name": "n", "axes": axes, "datasets": datasets}]}
    group = zarr.create_group(folder, attributes={"ome": ome})
    for number, data in enumerate(levels):
        group.create_array(f"s{number}", data=data, chunks=(2, 5, 7))
    return folder, levels


def holds(store: Path, levels: list[Values]) -> None:
    """See that zarr reads these levels."""
    for number, expected in enumerate(levels):
        np.testing.assert_array_equal(level(store, f"s{number}"), expected)


def where_bright(values: Values) -> Values:
    made = values.copy()
    there = made[:, 2:-1, ::3]
    made[:, 2:-1, ::3] = np.where((there > 60) | (there == 7), 900, there)
    return made


def between(values: Values) -> Values:
    made = values.copy()
    for z, weight in ((1, 1 / 3), (2, 2 / 3)):
        made[z] = np.rint(values[0] * (1 - weight) + values[3] * weight)
    return made


AVERAGED: dict[str, tuple[str, dict[str, str], Callable[[Values], Values]]] = {
    "fill where": (
        "fill",
        {"where": "y=2:-1, x=::3", "value": "900", "only": "value > 60 or value == 7"},
        where_bright,
    ),
    "multiply": ("arithmetic", {"where": "", "multiply": "1.5"}, lambda v: np.rint(v * 1.5)),
    "between the planes beside": ("interpolate", {"where": "z=1:3", "along": "z"}, between),
}


@pytest.mark.parametrize("kind", AVERAGED)
async def test_levels_of_averages_follow_as_they_were_made(tmp_path: Path, kind: str) -> None:
    name, texts, wanted = AVERAGED[kind]
    store, old = averaged(tmp_path / "a.zarr")
    before, new = look(store), reduced(wanted(old[0]).astype(old[0].dtype), np.mean)
    async with opened(store) as p:
        await choose(p, name)
        await fill_in(p, **texts)
        assert "reproduced exactly" in p.dialog_text()
        assert look(store) == before
        await write(p)
        holds(store, new)
        after = look(store)
        await p.press("u")
        assert look(store) == before
        await p.press("ctrl+r")
        assert look(store) == after


@pytest.mark.parametrize(
    ("method", "how"), [("maximum", np.max), ("minimum", np.min), ("stride", first)]
)
async def test_the_chosen_method_makes_every_level(
    tmp_path: Path, method: str, how: Callable[..., Values]
) -> None:
    store, old = averaged(tmp_path / "a.zarr")
    new = reduced(old[0] + 1000, how)
    assert not (new[2] == old[2] + 1000).all()  # averages would not do
    async with opened(store) as p:
        await choose(p, "arithmetic")
        await fill_in(p, where="", add="1000", method=method)
        await write(p)
    holds(store, new)


async def test_a_drawn_region_is_what_is_edited(tmp_path: Path) -> None:
    store, old = averaged(tmp_path / "a.zarr")
    before = look(store)
    async with opened(store) as p:
        await p.press_each("3", "R")
        await drag(p, (2, 3), (6, 17))
        drawn = p.browse.drawn_region
        assert drawn is not None
        rows, columns = slice(drawn.top, drawn.bottom), slice(drawn.left, drawn.right)
        assert 0 < rows.stop - rows.start < 16
        assert 0 < columns.stop - columns.start < 24
        await p.press("e")
        asked = f"z=2, y={rows.start}:{rows.stop}, x={columns.start}:{columns.stop}"
        assert p.screen.values["where"] == asked
        await fill_in(p, value="777")
        await write(p)
        made = old[0].copy()
        made[2, rows, columns] = 777
        holds(store, reduced(made, np.mean))
        await p.press("u")
    assert look(store) == before


@pytest.mark.parametrize(
    ("dtype", "refused", "problem", "taken"),
    [
        ("int8", "-129", "int8 holds -128 to 127", "-128"),
        ("uint16", "65536", "uint16 holds 0 to 65,535", "65535"),
        ("uint16", "1.5", "uint16 holds whole numbers, not 1.5", "1"),
        ("float32", "1e39", "float32 holds numbers up to ±3.4028e+38, and inf", "1e38"),
    ],
)
async def test_a_value_beyond_the_data_type_is_refused_and_its_end_is_taken(
    tmp_path: Path, dtype: str, refused: str, problem: str, taken: str
) -> None:
    store, old = averaged(tmp_path / "a.zarr", dtype)
    before = look(store)
    async with opened(store) as p:
        await p.press("e")
        await fill_in(p, where="z=4, y=3, x=5", value=refused)
        assert isinstance(p.screen, FormScreen)
        assert problem in p.dialog_text()
        assert p.screen.query_one("#value").has_class("-invalid")
        assert p.screen.query_one("#go", Button).disabled
        assert look(store) == before
        await fill_in(p, value=taken)
        await write(p)
    made = old[0].copy()
    made[4, 3, 5] = np.dtype(dtype).type(taken)
    holds(store, reduced(made, np.mean))


async def test_results_beyond_the_data_type_are_refused_unless_they_may_stop(
    tmp_path: Path,
) -> None:
    store, old = averaged(tmp_path / "a.zarr", "int8")
    before = look(store)
    async with opened(store) as p:
        await choose(p, "arithmetic")
        await fill_in(p, where="z=1:", multiply="-3", add="60")
        assert "Some results do not fit: int8 holds -128 to 127" in p.told[-1]
        assert isinstance(p.screen, FormScreen)
        assert (p.screen.values["multiply"], p.screen.values["add"]) == ("-3", "60")
        assert look(store) == before
        await fill_in(p, ends="stop at the ends")
        await write(p)
    made = old[0].copy()
    made[1:] = np.clip(old[0][1:].astype(int) * -3 + 60, -128, 127)
    holds(store, reduced(made, np.mean))


async def test_cancel_writes_neither_the_store_nor_the_journal(tmp_path: Path) -> None:
    store, old = averaged(tmp_path / "a.zarr")
    before = look(store)
    async with opened(store) as p:
        await choose(p, "clip")
        await fill_in(p, where="", low="10", high="20")
        assert p.screen.query("#confirm")
        assert p.app.focused is p.screen.query_one("#cancel")
        await p.press("enter")
        assert p.screen is p.browse
        await p.press("u")
        assert p.told[-1] == "There is no edit of this store to undo."
        assert look(store) == before
        assert not (state_folder() / "journal").exists()
        await choose(p, "clip")
        await fill_in(p, where="", low="10", high="20")
        await write(p)
    holds(store, reduced(np.clip(old[0], 10, 20), np.mean))
    assert (state_folder() / "journal").exists()


async def test_a_level_alone_leaves_the_finer_and_the_coarser_one(tmp_path: Path) -> None:
    store, old = averaged(tmp_path / "a.zarr")
    before = look(store)
    async with opened(store, "s1") as p:
        await p.press("e")
        await fill_in(p, where="z=0, y=1:7", value="4", levels="left as they are")
        assert "not brought up to date, as asked: s0 and s2" in p.dialog_text()
        await write(p)
        made = old[1].copy()
        made[0, 1:7] = 4
        holds(store, [old[0], made, old[2]])
        await p.press("u")
    assert look(store) == before


async def test_at_the_first_plane_there_is_none_beside_it(tmp_path: Path) -> None:
    store, _ = averaged(tmp_path / "a.zarr")
    before = look(store)
    async with opened(store) as p:
        await choose(p, "interpolate")
        await fill_in(p, where="z=0")
        assert isinstance(p.screen, FormScreen)
        assert "There is no plane before z=0" in p.dialog_text()
        await fill_in(p, where="z=1:3", between="2 4")
        assert "z=1 to 2 does not lie between these" in p.dialog_text()
    assert look(store) == before


async def test_between_labels_there_is_none(v3: Path) -> None:
    before = look(v3)
    async with opened(v3, LABELS) as p:
        await choose(p, "interpolate")
        await fill_in(p, where="z=1", along="z")
        assert p.told
        assert "holds labels: between two there is none" in p.told[-1]
        assert isinstance(p.screen, FormScreen)
    assert look(v3) == before


async def test_a_condition_joins_values_and_labels_and_needs_labels_for_it(v3: Path) -> None:
    old, labels = level(v3, f"{IMAGE}/s0"), level(v3, f"{LABELS}/s0")
    condition = "label in 1, 3 and value > 90"
    async with opened(v3, IMAGE) as p:
        await p.press("e")
        await fill_in(p, where="", value="9", only=condition)
        assert isinstance(p.screen, FormScreen)
        assert "there is no label image to take ids from" in p.dialog_text()
        await p.press("escape", "L", "e")
        await fill_in(p, where="", value="9", only=condition)
        await write(p)
    new = np.where(np.isin(labels, (1, 3)) & (old > 90), 9, old)
    assert 0 < np.count_nonzero(new != old) < np.count_nonzero(old > 90)
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s0"), new)
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s1"), new[..., ::2, ::2])
