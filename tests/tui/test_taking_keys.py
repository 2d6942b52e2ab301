"""Saving and copying with keys: files of what is shown, and texts through the terminal."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from conftest import volume_values, write_volume
from driver import SIZES, Program, in_sight, opened, text_of
from PIL import Image as Pillow
from textual.widgets import Button, OptionList

from omezarr_tui.image.export import export
from omezarr_tui.image.links import NEUROGLANCER
from omezarr_tui.image.region import Region
from omezarr_tui.tui.screens.copy import CopyScreen
from omezarr_tui.tui.screens.save import SaveScreen
from omezarr_tui.tui.taking_workers import NotSaved, Saved
from omezarr_tui.tui.widgets.choice import Choice

Z = 12


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder that files are saved in."""
    found = tmp_path / "saved"
    found.mkdir()
    monkeypatch.chdir(found)
    return found


def names(folder: Path) -> list[str]:
    """What was saved."""
    return sorted(path.name for path in folder.iterdir())


async def finest(p: Program) -> None:
    """Show one channel at level 0."""
    from dataclasses import replace

    await p.press("3")
    p.browse.steer(lambda r: replace(r, level=0, look=replace(r.look, composed=False)))
    await p.settle()


async def choose(p: Program, id: str, word: str) -> None:
    """Choose a word with the arrows."""
    choice = p.screen.query_one(f"#{id}", Choice)
    choice.focus()
    for _ in choice.words:
        if choice.words[choice.at] == word:
            break
        await p.press("right")
    assert choice.words[choice.at] == word


class TestSave:
    async def test_the_view_as_it_is_shown(self, volume: Path, folder: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press("s")
            assert isinstance(p.screen, SaveScreen)
            told = p.dialog_text()
            assert "160 × 120 px in the colours shown, at most 56.2 KiB" in told
            assert f"level 0, t 0, c 0, z {Z}" in told
            await p.press("enter")
            (saved,) = p.heard(Saved)
            assert saved.wanted.out == folder / f"volume_s0_t0_c0_z{Z}.png"
            window = p.panel.picture.window
            assert not isinstance(p.screen, SaveScreen)
            assert "Saved: " in p.told[-1]
        values = volume_values()[0, 0, Z].astype(float)
        light = np.clip((values - window.start) / (window.end - window.start), 0, 1)
        with Pillow.open(saved.wanted.out) as image:
            found = np.asarray(image)
        assert np.abs(found[..., 0] / 255 - light).max() < 0.01

    async def test_the_colours_and_the_scale_are_chosen(self, volume: Path, folder: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press_each("m", "i", "s")
            await choose(p, "scale", "2×")
            assert "320 × 240 px" in p.dialog_text()
            await p.press("enter")
            assert p.request.look.colormap != "grey"
        with Pillow.open(folder / names(folder)[0]) as image:
            found = np.asarray(image)
        assert found.shape == (240, 320, 3)
        np.testing.assert_array_equal(found[::2, ::2], found[1::2, 1::2])

    @pytest.mark.parametrize(("form", "suffix"), [("NPY", "npy"), ("TIFF", "tif"), ("CSV", "csv")])
    async def test_the_values_of_the_plane(
        self, volume: Path, folder: Path, form: str, suffix: str
    ) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press("s")
            await choose(p, "form", form)
            assert "120 × 160 uint8" in p.dialog_text()
            assert "18.8 KiB of values" in p.dialog_text()
            await p.press("enter")
            (saved,) = p.heard(Saved)
        out = folder / f"volume_s0_t0_c0_z{Z}.{suffix}"
        assert saved.wanted.out == out
        read: dict[str, Any] = {
            "npy": np.load, "tif": tifffile.imread, "csv": lambda f: np.loadtxt(f, delimiter=","),
        }  # fmt: skip
        np.testing.assert_array_equal(read[suffix](out), volume_values()[0, 0, Z])

    async def test_the_region_that_is_drawn(self, volume: Path, folder: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            p.browse.drawn_region = Region(3, 4, (120, 160), 10, 20, 30, 35)
            await p.press("s")
            await choose(p, "what", "the region")
            await choose(p, "form", "NPY")
            assert f"t 0, c 0, z {Z}, y 10–19, x 30–34" in p.dialog_text()
            await p.press("enter")
        found = np.load(folder / names(folder)[0])
        np.testing.assert_array_equal(found, volume_values()[0, 0, Z, 10:20, 30:35])

    async def test_what_is_seen_is_not_the_whole_plane(self, volume: Path, folder: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press_each("plus", "plus", "plus", "s")
            seen = p.panel.picture.sampling.region
            await choose(p, "form", "NPY")
            await p.press("enter")
            await p.press("s")
            await choose(p, "what", "the whole plane")
            await choose(p, "form", "NPY")
            p.screen.line.take("whole.npy")
            await p.press("enter")
        values = volume_values()[0, 0, Z]
        np.testing.assert_array_equal(
            np.load(folder / f"volume_s0_t0_c0_z{Z}.npy"), values[seen[3], seen[4]]
        )
        np.testing.assert_array_equal(np.load(folder / "whole.npy"), values)

    async def test_a_file_that_is_there_is_asked_about(self, volume: Path, folder: Path) -> None:
        out = folder / f"volume_s0_t0_c0_z{Z}.png"
        out.write_text("mine")
        async with opened(volume) as p:
            await finest(p)
            await p.press_each("s", "enter")
            assert out.read_text() == "mine"
            assert "is there already. Enter replaces it" in p.dialog_text()
            assert str(p.screen.query_one("#go", Button).label) == "Replace it"
            # Another choice takes the question back.
            await choose(p, "scale", "2×")
            await p.press("enter")
            assert out.read_text() == "mine"
            await p.press("enter")
            assert p.heard(Saved)
        with Pillow.open(out) as image:
            assert image.size == (320, 240)

    async def test_the_end_of_the_name_and_the_format_are_one(self, volume: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press("s")
            p.screen.line.take("mine.csv")
            await p.settle()
            assert p.screen.form == "csv"
            await choose(p, "form", "TIFF")
            assert p.screen.line.value == "mine.tif"
            p.screen.line.take("mine.jpg")
            await p.settle()
            assert "its name must end in" in p.dialog_text()
            assert p.screen.query_one("#go", Button).disabled
            p.screen.line.take("s3://bucket/mine.npy")
            await p.settle()
            assert "this machine's disk" in p.dialog_text()

    async def test_folders_are_completed(self, volume: Path, folder: Path) -> None:
        (folder / "pictures").mkdir()
        (folder / "notes.txt").write_text("")
        async with opened(volume) as p:
            await finest(p)
            await p.press("s")
            p.screen.line.focus()
            p.screen.line.take("pi")
            await p.settle()
            await p.press("tab")
            assert p.screen.line.value == "pictures/"
            await p.type("a.npy")
            await p.press("enter")
        np.testing.assert_array_equal(
            np.load(folder / "pictures" / "a.npy"), volume_values()[0, 0, Z]
        )

    async def test_it_is_stopped(
        self, volume: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from threading import Event

        begun = Event()

        def slow(*args: Any, cancelled: Any, **options: Any) -> None:
            from omezarr_tui.store.waiting import Cancelled

            begun.set()
            while not cancelled():
                pass
            raise Cancelled

        monkeypatch.setattr("omezarr_tui.image.export.export", slow)
        async with opened(volume) as p:
            await finest(p)
            await p.press("s")
            await choose(p, "form", "NPY")
            await p.hold("enter")
            await p.until(begun.is_set)
            await p.press("escape")
            assert [event.error for event in p.heard(NotSaved)] == [None]
            assert "Stopped; nothing was written." in p.dialog_text()
            await p.press("escape")
            assert not isinstance(p.screen, SaveScreen)
        assert export is not slow
        assert not names(folder)

    async def test_a_chunk_that_cannot_be_read_is_told(self, tmp_path: Path, folder: Path) -> None:
        path = write_volume(tmp_path / "v.ome.zarr")
        async with opened(path) as p:
            await finest(p)
            (path / f"s0/c/0/0/{Z}/0/0").write_bytes(b"no chunk")
            await p.press("s")
            await choose(p, "form", "NPY")
            await p.press("enter")
            assert "s0 cannot be read" in p.dialog_text()
        assert not names(folder)

    async def test_values_of_what_is_no_picture(self, tmp_path: Path, folder: Path) -> None:
        data = np.arange(6).reshape(2, 3) * 1j
        zarr.create_array(tmp_path / "a.zarr", data=data)
        async with opened(tmp_path / "a.zarr") as p:
            await p.press_each("s", "enter")
        np.testing.assert_array_equal(np.load(folder / "a.npy"), data)

    async def test_a_group_has_nothing_to_save(self, stores: Path) -> None:
        async with opened(stores / "tree.zarr") as p:
            await p.press("s")
            assert not isinstance(p.screen, SaveScreen)
            assert "no picture and no table" in p.told[-1]

    @pytest.mark.parametrize("size", SIZES)
    async def test_it_fits(self, volume: Path, size: tuple[int, int]) -> None:
        async with opened(volume, size=size) as p:
            await p.press_each("3", "s")
            for id in ("what", "form", "scale", "line", "save-facts", "go"):
                assert in_sight(p, p.screen.query_one(f"#{id}")), id


class TestCopy:
    async def test_python_that_reads_the_region(self, volume: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            p.browse.drawn_region = Region(3, 4, (120, 160), 10, 20, 30, 35)
            await p.press("y")
            assert "import zarr" in text_of(p.screen.query_one("#copy-preview"))
            await p.press("p")
            assert not isinstance(p.screen, CopyScreen)
            found: dict[str, Any] = {}
            exec(p.app.clipboard, found)
            assert "Copied Python" in p.told[-1]
        np.testing.assert_array_equal(found["values"], volume_values()[0, 0, Z, 10:20, 30:35])

    async def test_the_value_under_the_cursor(self, volume: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press_each("y", "v")
            assert "x puts a cursor" in text_of(p.screen.query_one("#copy-preview"))
            await p.press_each("escape", "x", "y", "v")
            row, column = (
                int(p.panel.cursor.along(axis, p.request.view) * size)
                for axis, size in ((3, 120), (4, 160))
            )
            values = volume_values()[0, :, Z, row, column]
            assert p.app.clipboard == f"LaminB1\t{values[0]}\nDapi\t{values[1]}"

    async def test_the_path_of_the_node_and_of_the_image(self, volume: Path) -> None:
        async with opened(volume, "s1") as p:
            await p.press_each("y", "l")
            assert p.app.clipboard == f"{volume}/s1"
            await p.press_each("y", "i")
            assert p.app.clipboard == str(volume)

    async def test_with_the_cursor_and_enter(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press_each("y", "down", "down", "enter")
            assert p.app.clipboard == str(volume)

    async def test_napari_and_why_no_link(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("y")
            await p.press("g")
            assert isinstance(p.screen, CopyScreen)
            assert "npx http-server" in text_of(p.screen.query_one("#copy-preview"))
            await p.press("n")
            assert p.app.clipboard == f"napari --plugin napari-ome-zarr {volume}"

    async def test_statistics_that_are_told(self, volume: Path) -> None:
        async with opened(volume) as p:
            await finest(p)
            await p.press_each("y", "s")
            assert "I tells statistics" in text_of(p.screen.query_one("#copy-preview"))
            await p.press_each("escape", "I", "y", "s")
            assert "exact, level 0" in p.app.clipboard
            assert str(int(volume_values()[0, 0, Z].astype(int).sum())) in p.app.clipboard

    async def test_a_group_has_a_path(self, stores: Path) -> None:
        async with opened(stores / "tree.zarr") as p:
            await p.press_each("y", "p")
            assert isinstance(p.screen, CopyScreen)
            await p.press("l")
            assert p.app.clipboard == str(stores / "tree.zarr")

    async def test_a_link_over_the_web(self, start: Any) -> None:
        async with start("s3://public/screens/volume.ome.zarr") as p:
            await p.press_each("y", "g")
            assert p.app.clipboard.startswith(NEUROGLANCER)

    @pytest.mark.parametrize("size", SIZES)
    async def test_it_fits(self, volume: Path, size: tuple[int, int]) -> None:
        async with opened(volume, size=size) as p:
            await p.press("y")
            assert in_sight(p, p.screen.query_one(OptionList))
            assert in_sight(p, p.screen.query_one("#copy-preview"))
