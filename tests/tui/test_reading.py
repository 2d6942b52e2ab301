"""While a picture is read: keys go on, the newest wins; and where it cannot or must not be read."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import write_volume
from doubles import GatedAccess
from driver import Program, frame_of, opened
from foreign import Foreign
from rich.style import Style
from textual.geometry import Offset

from omezarr_tui.image.tables import UNREADABLE
from omezarr_tui.tui import messages
from omezarr_tui.tui.table_workers import CellsRead
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree
from omezarr_tui.tui.workers import Workers

Z = 2


def planes(access: GatedAccess) -> list[int]:
    """The planes that were read of the finest level, by their z.

    Of the coarsest the window is taken.
    """
    return [int(key.split("/")[4]) for key in access.asked if key.startswith("s0/")]


@pytest.fixture
def no_prefetch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read nothing ahead, where a test counts what is read."""
    monkeypatch.setattr(Workers, "read_on", lambda self, request: None)


def is_dim(p: Program) -> bool:
    """Whether every character of the picture is dimmed: half way to the background."""
    parts = [part for y in range(5, 30) for part in p.panel.view.render_line(y)]
    styles = [part.style for part in parts if part.text.strip()]
    return bool(styles) and all(style is not None and is_faint(style) for style in styles)


def is_faint(style: Style) -> bool:
    """Whether ink is nearer to its background than what can be read well."""
    assert style.color is not None
    assert style.bgcolor is not None
    ink, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor()
    return max(abs(a - b) for a, b in zip(ink, ground, strict=True)) < 130


@pytest.mark.usefixtures("no_prefetch")
class TestHeldKeys:
    async def test_keys_go_on_while_a_plane_is_read_and_the_newest_wins(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, access=access) as p:
            first, access.asked = p.picture, []
            access.gate.clear()
            await p.hold(*["full_stop"] * 6)
            # All keys were taken, though not even the first plane is there.
            assert p.request.view.index[Z] == 18
            assert p.picture == first
            # One plane is under way: the first that was asked for, or a newer one already.
            await p.until(lambda: len(planes(access)) == 1)
            # And other keys work: the cursor moves, a dialog opens and closes.
            await p.hold("question_mark")
            assert p.screen is not p.browse
            await p.hold("escape", "right", "end")
            assert p.cursor.name == "s2"
            await p.hold("home")
            access.gate.set()
            await p.settle()
            assert planes(access)[-1] == 18
            assert len(planes(access)) <= 2
            shown = [m.picture.request.view.index[Z] for m in p.heard(messages.Painted)]
            assert shown[-1] == 18
            assert len(shown) <= 3
            assert p.picture == "\n".join(frame_of(volume, p.request).lines)

    async def test_a_plane_that_was_read_is_not_read_again(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, access=access) as p:
            await p.press("full_stop", "comma", "full_stop", "i", "plus", "B")
            assert planes(access) == [12, 13]
            await p.press("v")  # in colours the other channel is seen too
            assert planes(access) == [12, 13, 13]
            assert len({*access.asked}) == len(access.asked)

    async def test_no_plane_is_read_that_is_not_shown(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, access=access) as p:
            assert [key for key in access.asked if not key.startswith("s2/")] == ["s0/c/0/0/12/0/0"]
            window = len(access.asked)
            await p.press("right_square_bracket")
            assert access.asked[window:] == ["s1/c/0/0/12/0/0"]


class TestSlow:
    async def test_the_last_picture_stays_dimmed_and_says_so_in_place(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, access=access) as p:
            first = p.picture
            assert (is_dim(p), bool(p.panel.border_subtitle)) == (False, False)
            access.gate.clear()
            await p.hold("full_stop")
            await p.until(lambda: p.panel.border_subtitle)
            assert p.panel.border_subtitle == "reading… Esc stops"
            assert (is_dim(p), p.picture) == (True, first)
            access.gate.set()
            await p.settle()
            assert (is_dim(p), bool(p.panel.border_subtitle)) == (False, False)
            assert p.picture != first

    async def test_the_first_picture_says_reading_in_its_place(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume.parent, access=GatedAccess(volume.parent)) as p:
            double = p.browse.access
            assert isinstance(double, GatedAccess)
            double.gate.clear()
            await p.hold("down")
            await p.until(lambda: p.panel.border_subtitle)
            assert p.picture == "reading…"
            double.gate.set()
            await p.settle()
            assert p.panel.picture is not None
        assert access.asked == []

    async def test_a_fast_read_says_nothing(self, volume: Path) -> None:
        async with opened(volume) as p:
            told: list[object] = []
            p.browse.watch(p.panel, "border_subtitle", told.append, init=False)
            await p.press("full_stop", "full_stop")
            assert not any(told)

    async def test_escape_stops_and_the_picture_is_what_the_bar_says(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, access=access) as p:
            first = p.picture
            access.gate.clear()
            await p.hold("full_stop")
            await p.until(lambda: p.panel.border_subtitle)
            await p.hold("escape")
            assert not p.panel.border_subtitle
            assert not is_dim(p)
            access.gate.set()
            await p.settle()
            assert p.request.view.index[Z] == 12
            assert (p.picture, "12 of 0–24" in p.bar) == (first, True)
            await p.press("full_stop")
            assert p.request.view.index[Z] == 13
            assert p.picture == "\n".join(frame_of(volume, p.request).lines)

    async def test_escape_before_the_first_picture_says_how_to_go_on(self, volume: Path) -> None:
        access = GatedAccess(volume.parent)
        async with opened(volume.parent, access=access) as p:
            access.gate.clear()
            await p.hold("down")
            await p.until(lambda: access.asked)
            await p.hold("escape")
            assert p.picture == "Reading was stopped. r reads again."
            access.gate.set()
            await p.settle()
            await p.press("r")
            assert p.panel.picture is not None

    async def test_a_group_that_is_listed_late_leaves_the_cursor_on_its_node(
        self, volume: Path
    ) -> None:
        folder = volume.parent
        access = GatedAccess(folder)
        async with opened(folder, access=access) as p:
            await p.press("down")
            access.hold_documents = True
            access.gate.clear()
            await p.hold("right")
            assert "reading…" in p.rows[2]
            await p.hold("down")
            await p.hold("up", "up")
            assert p.cursor.path == ""
            access.gate.set()
            await p.settle()
            assert (p.cursor.path, p.node.path, len(p.rows)) == ("", "", 5)
            assert len(p.heard(HierarchyTree.Wanted)) == 1


class TestLarge:
    async def test_a_large_plane_is_asked_for_first(self, foreign: Foreign) -> None:
        path = foreign("huge_array").path
        access = GatedAccess(path)
        async with opened(path, "huge", access=access) as p:
            assert p.picture.startswith("This is a lot to read.")
            assert "huge at a time lies in 1.2 GiB of chunks" in p.picture
            assert "r  read it anyway" in p.picture
            assert p.bar.split("\n")[0] == " huge: 1.2 GiB to read, not read yet"
            await p.press("full_stop", "v")
            assert p.picture.startswith("This is a lot to read.")
            assert access.asked == []
            # A closer look takes less, and then needs no leave.
            while p.panel.picture is None:
                await p.press("plus")
            sampling = p.panel.picture.sampling
            assert sampling.decoded_bytes <= 256 * 2**20
            assert access.asked != []

    async def test_r_reads_it_and_its_other_planes_too(self, foreign: Foreign) -> None:
        path = foreign("v3_root_array").path
        async with opened(path, ask_above_bytes=10) as p:
            # A plane of 6 × 7 lies in 2 × 2 chunks of 2 × 3 × 4 values of two bytes.
            assert "lies in 192 B of chunks" in p.picture
            assert p.panel.picture is None
            await p.press("r")
            assert p.panel.picture is not None
            await p.press("full_stop")
            assert p.panel.picture.request == p.request
            assert p.picture == "\n".join(frame_of(path, p.request).lines)

    async def test_leave_for_one_array_is_not_leave_for_another(self, foreign: Foreign) -> None:
        path = foreign("v3_nested").path
        async with opened(path, "a/left", ask_above_bytes=10) as p:
            await p.press("r")
            assert p.panel.picture is not None
            await p.press("end")
            assert p.node.path == "top"
            assert p.picture.startswith("This is a lot to read.")

    async def test_a_long_list_is_asked_for_too(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zarr"
        zarr.create_array(path, data=np.arange(500), chunks=(500,))
        async with opened(path, ask_above_bytes=100) as p:
            assert "lies in 3.9 KiB of chunks" in p.picture
            assert p.heard(CellsRead) == []
            await p.press("r")
            assert p.panel.has_class("-values")


class TestDamaged:
    @pytest.fixture
    def damaged(self, tmp_path: Path) -> Path:
        """An image whose plane z 1 of level 0 is junk."""
        path = write_volume(tmp_path / "[/x].ome.zarr", (1, 1, 3, 20, 30))
        (path / "s0" / "c" / "0" / "0" / "1" / "0" / "0").write_bytes(b"junk")
        return path

    async def test_a_damaged_chunk_is_told_in_its_place_and_other_planes_work(
        self, damaged: Path
    ) -> None:
        async with opened(damaged) as p:
            assert p.picture.startswith("This plane cannot be shown.")
            assert "s0 cannot be read at c/0/0/1/0/0" in p.picture
            assert "s0 cannot be read at c/0/0/1/0/0" in p.bar
            assert not p.panel.border_subtitle
            await p.press("full_stop")
            assert p.picture == "\n".join(frame_of(damaged, p.request).lines)
            assert "2 of 0–2" in p.bar
            await p.press("comma")
            assert p.picture.startswith("This plane cannot be shown.")
            await p.press("right_square_bracket")
            assert p.picture == "\n".join(frame_of(damaged, p.request).lines)
            assert p.app.return_code is None

    async def test_it_is_read_anew_on_a_key(self, damaged: Path) -> None:
        async with opened(damaged) as p:
            array = zarr.open_array(damaged, path="s0", mode="r+")
            array[0, 0, 1] = np.arange(600).reshape(20, 30) % 200
            await p.press("r")
            assert p.picture == "\n".join(frame_of(damaged, p.request).lines)

    async def test_damage_of_every_kind_beside_what_works(self, foreign: Foreign) -> None:
        made = foreign("bad_chunks")
        async with opened(made.path) as p:
            for _ in (*made.broken, *made.arrays):
                await p.press("down")
                name = p.node.path
                assert p.panel.picture is not None
                if name in made.broken:
                    assert f"{name} cannot be read at c/0/0" in p.bar
                    assert "1 chunk cannot be read" in p.bar
                    assert p.panel.picture.samples.unreadable is not None
                else:
                    assert "cannot be read" not in p.bar

    async def test_values_that_cannot_be_read(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a.zarr")
        root.create_array("bad", data=np.arange(9), chunks=(9,))
        root.create_array("good", data=np.arange(9), chunks=(9,))
        (tmp_path / "a.zarr" / "bad" / "c" / "0").write_bytes(b"junk")
        async with opened(tmp_path / "a.zarr", "bad") as p:
            assert "bad cannot be read" in p.picture
            await p.pilot.pause(0.2)
            assert not p.panel.border_subtitle
            await p.press("down")
            assert p.panel.has_class("-values")
            await p.press("up")
            assert "bad cannot be read" in p.picture
            assert not p.panel.has_class("-values")

    async def test_a_codec_that_nobody_has(self, foreign: Foreign) -> None:
        async with opened(foreign("unknown_codec").path, "v2/old") as p:
            assert "example.squeeze" in p.picture
            await p.press("home", "down")
            assert (p.node.path, p.panel.picture is not None) == ("good", True)
            await p.press("end")
            assert p.node.path == "v3"
            assert "example.squeeze" in p.picture


class TestDamagedTables:
    async def test_rows_that_cannot_be_read_leave_the_others(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=np.arange(300), chunks=(100,))
        (tmp_path / "a.zarr/c/1").write_bytes(b"junk")
        async with opened(tmp_path / "a.zarr") as p:
            assert p.panel.table.cell(0, 0) == "0"
            p.panel.table.focus()
            p.panel.table.cursor = Offset(0, 150)  # all in sight lies in the damaged chunk
            await p.settle()
            assert p.panel.has_class("-values")
            assert p.panel.table.cell(150, 0) == UNREADABLE
            p.panel.table.cursor = Offset(0, 205)  # some rows of it, and others
            await p.settle()
            assert p.panel.table.cell(205, 0) == "205"
            await p.press("end")
            assert p.panel.table.cell(299, 0) == "299"
            await p.press("home")
            assert p.panel.table.cell(0, 0) == "0"
