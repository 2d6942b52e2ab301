"""Every edit of pixels by keys: what the form makes of what is typed is NumPy's answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driver import opened
from edit_keys import choose, fill_in, level, write
from edit_kinds import IMAGE, LABELS, image_store
from editing import look

from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.form import FormScreen

Values = np.ndarray[Any, Any]
Z = 1  # the plane that is shown first


@pytest.fixture(params=[2, 3], ids=["v2", "v3"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return image_store(tmp_path / "store.zarr", request.param)


@pytest.fixture
def v3(tmp_path: Path) -> Path:
    return image_store(tmp_path / "store.zarr", 3)


def plane(values: Values, change: Callable[[Values], Values]) -> Values:
    """What becomes of an image (c, z, y, x) by a change of the plane that is shown first."""
    made = values.copy()
    made[0, Z] = change(values[0, Z])
    return made


EDITS: dict[str, tuple[str, dict[str, str], Callable[[Values], Values]]] = {
    "fill": ("fill", {"value": "7"}, lambda v: plane(v, lambda p: np.full_like(p, 7))),
    "fill a part": (
        "fill",
        {"value": "7", "where": "z=0:2,y=1:3"},
        lambda v: _part(v, (slice(None), slice(0, 2), slice(1, 3)), 7),
    ),
    "fill where": (
        "fill",
        {"value": "7", "where": "", "only": "value > 100"},
        lambda v: np.where(v > 100, 7, v),
    ),
    "multiply and add": (
        "arithmetic",
        {"multiply": "2", "add": "-9", "ends": "stop at the ends"},
        lambda v: plane(v, lambda p: np.clip(p.astype(int) * 2 - 9, 0, 255)),
    ),
    "limit": (
        "clip",
        {"low": "50", "high": "90", "where": "c=1"},
        lambda v: np.stack([v[0], np.clip(v[1], 50, 90)]),
    ),
    "replace": (
        "replace",
        {"pairs": "0=3", "where": ""},
        lambda v: np.where(v == 0, 3, v),
    ),
    "copy a plane": ("copy", {"along": "z", "source": "0"}, lambda v: plane(v, lambda p: v[0, 0])),
    "interpolate": (
        "interpolate",
        {"along": "z", "between": "0 2"},
        lambda v: plane(v, lambda p: np.rint(v[0, 0] / 2.0 + v[0, 2] / 2.0)),
    ),
}


def _part(values: Values, where: tuple[slice, ...], value: int) -> Values:
    made = values.copy()
    made[where] = value
    return made


@pytest.mark.parametrize("kind", EDITS)
async def test_it_is_what_numpy_makes_of_it_and_can_be_taken_back(store: Path, kind: str) -> None:
    name, texts, wanted = EDITS[kind]
    before, old = look(store), level(store, f"{IMAGE}/s0")
    new = wanted(old).astype(old.dtype)
    async with opened(store, IMAGE) as p:
        await choose(p, name)
        await fill_in(p, **{"where": f"c=0,z={Z}", **texts})
        assert look(store) == before
        await write(p)
        after = look(store)
        np.testing.assert_array_equal(level(store, f"{IMAGE}/s0"), new)
        np.testing.assert_array_equal(level(store, f"{IMAGE}/s1"), new[..., ::2, ::2])
        await p.press("u")
        assert look(store) == before
        await p.press("ctrl+r")
        assert look(store) == after


async def test_escape_at_every_step_writes_nothing(v3: Path) -> None:
    before = look(v3)
    async with opened(v3, IMAGE) as p:
        await choose(p, "arithmetic")
        await fill_in(p, add="1")
        assert isinstance(p.screen, ConfirmScreen)
        await p.press("escape")
        assert isinstance(p.screen, FormScreen)
        assert p.screen.values["add"] == "1"
        await p.press("escape")
        assert p.screen is p.browse
        await p.press("E", "escape")
        assert p.screen is p.browse
    assert look(v3) == before


async def test_other_levels_can_be_left_as_they_are(v3: Path) -> None:
    fine, coarse = level(v3, f"{IMAGE}/s0"), level(v3, f"{IMAGE}/s1")
    async with opened(v3, IMAGE) as p:
        await choose(p, "fill")
        await fill_in(p, where="", value="200", levels="left as they are")
        assert "not brought up to date, as asked: s1" in p.dialog_text()
        await write(p)
    assert (level(v3, f"{IMAGE}/s0") == 200).all()
    assert not (fine == 200).all()
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s1"), coarse)


async def test_how_the_others_are_made_can_be_chosen(v3: Path) -> None:
    old = level(v3, f"{IMAGE}/s0")
    async with opened(v3, IMAGE) as p:
        await choose(p, "fill")
        await fill_in(p, where="z=0,y=0:1,x=0:1", value="255", method="maximum")
        assert "maximum, as chosen" in p.dialog_text()
        await write(p)
    new = old.copy()
    new[:, 0, 0, 0] = 255
    assert (level(v3, f"{IMAGE}/s1")[:, 0, 0, 0] == 255).all()
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s0"), new)


async def test_a_coarser_level_must_be_chosen_alone(v3: Path) -> None:
    fine = level(v3, f"{IMAGE}/s0")
    async with opened(v3, f"{IMAGE}/s1") as p:
        await choose(p, "fill")
        await fill_in(p, where="", value="3")
        assert isinstance(p.screen, FormScreen)
        assert "choose this level alone, or edit the finest" in p.dialog_text()
        await fill_in(p, levels="left as they are")
        await write(p)
    assert (level(v3, f"{IMAGE}/s1") == 3).all()
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s0"), fine)


@pytest.mark.parametrize(
    ("name", "texts", "problem"),
    [
        ("fill", {"value": "256"}, "uint8 holds 0 to 255"),
        ("fill", {"value": "1", "where": "z=3"}, "z is 0 to 2, 3 is outside"),
        ("fill", {"value": "1", "only": "value >"}, "something is missing at its end"),
        ("fill", {"value": "1", "method": "magic"}, "there is"),
        ("clip", {"low": "9", "high": "3"}, "3 is below 9"),
        ("replace", {"pairs": "7=x"}, "x"),
        ("copy", {"along": "z", "source": "3"}, "3"),
    ],
)
async def test_what_is_wrong_is_told_beside_it(
    v3: Path, name: str, texts: dict[str, str], problem: str
) -> None:
    before = look(v3)
    async with opened(v3, IMAGE) as p:
        await choose(p, name)
        await fill_in(p, **texts)
        assert isinstance(p.screen, FormScreen)
        assert problem in p.dialog_text()
        assert p.app.focused is not None
        assert p.app.focused.has_class("-invalid")
    assert look(v3) == before


async def test_a_form_that_was_just_opened_complains_of_nothing(v3: Path) -> None:
    for node in (IMAGE, f"{IMAGE}/s1"):
        async with opened(v3, node) as p:
            for name in ("fill", "arithmetic", "clip", "replace", "copy", "interpolate"):
                await choose(p, name)
                shown = [each for each in p.screen.query(".problem") if each.display]
                assert not shown, name
                await p.press("escape")


async def test_labels_are_merged_and_deleted(store: Path) -> None:
    old = level(store, f"{LABELS}/s0")
    async with opened(store, LABELS) as p:
        await choose(p, "replace")
        await fill_in(p, where="", pairs="1=2, 3=0")
        await write(p)
    new = np.where(old == 1, 2, np.where(old == 3, 0, old))
    np.testing.assert_array_equal(level(store, f"{LABELS}/s0"), new)


async def test_pixels_below_a_label(v3: Path) -> None:
    old, labels = level(v3, f"{IMAGE}/s0"), level(v3, f"{LABELS}/s0")
    async with opened(v3, IMAGE) as p:
        await p.press("L")
        await choose(p, "fill")
        await fill_in(p, where="", value="9", only="label == 2")
        await write(p)
    new = np.where(labels == 2, 9, old)
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s0"), new)
    np.testing.assert_array_equal(level(v3, f"{IMAGE}/s1"), new[..., ::2, ::2])


async def test_channels_that_are_shown_together_are_edited_together(v3: Path) -> None:
    async with opened(v3, IMAGE) as p:
        await p.press("3", "asterisk")
        assert p.request.is_composed
        await p.press("e")
        assert p.screen.values["where"] == f"z={Z}"
        await p.press("escape", "asterisk", "e")
        assert not p.request.is_composed
        assert p.screen.values["where"].startswith("c=")
