"""Tables of values with keys: only what is seen is read, however long they are."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import SIZES, in_sight, opened, text_of
from looking import files_read
from test_tables import write_frame

from omezarr_tui.tui.screens.copy import CopyScreen
from omezarr_tui.tui.screens.tables import GotoRowScreen
from omezarr_tui.tui.table_workers import CellsRead, EnvelopeRead

ROWS = 1_000_000


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store of a million complex numbers, a wide plane, a long row and a data frame."""
    path = tmp_path_factory.mktemp("tables") / "t.zarr"
    root = zarr.create_group(path)
    million = root.create_array("million", shape=(ROWS, 3), dtype="complex64", chunks=(5000, 3))
    for first in (0, 500_000, ROWS - 5000):
        numbers = np.arange(first, first + 5000)
        million[first : first + 5000] = np.stack([numbers, numbers + 1, numbers + 2], axis=1)
    wide = np.arange(4 * 3000).reshape(4, 3000) * 1j
    root.create_array("wide", data=wide, chunks=(4, 500))
    root.create_array("row", data=np.sin(np.arange(5000) / 300) * 100, chunks=(1000,))
    root.create_array("dates", data=np.arange(9).astype("datetime64[D]"))
    root.create_array("one", data=np.array(7.5))
    root.create_array("none", shape=(0, 4), dtype="complex64")
    write_frame(root)
    return path


async def test_a_million_rows_read_only_what_is_seen(tables: Path) -> None:
    with files_read(tables) as seen:
        async with opened(tables, "million") as p:
            await p.press("3")
            assert "1,000,000 rows × 3 columns · row 0, column 0: 0j" in p.bar
            await p.press("end")
            assert p.panel.table.cell(ROWS - 1, 0) == f"{ROWS - 1}+0j"
            assert f"row {ROWS - 1:,}, column 0: {ROWS - 1}+0j" in p.bar
            assert str(ROWS - 1) in text_of(p.panel.table)
            await p.press("home")
            assert tuple(p.panel.table.cursor) == (0, 0)
    chunks = {path for path in seen if "/c/" in path}
    assert chunks == {"million/c/0/0", "million/c/199/0"}


async def test_going_to_a_row_by_number(tables: Path) -> None:
    async with opened(tables, "million") as p:
        await p.press_each("3", "g")
        assert isinstance(p.screen, GotoRowScreen)
        assert "rows 0–999,999" in p.dialog_text()
        await p.type("1000000")
        assert "the rows are 0 to 999,999" in p.dialog_text()
        await p.press("enter")
        assert isinstance(p.screen, GotoRowScreen)
        for _ in range(7):
            await p.press("backspace")
        await p.type("500,123 : 2")
        await p.press("enter")
        assert tuple(p.panel.table.cursor) == (2, 500_123)
        assert "500125+0j" in text_of(p.panel.table)
        await p.press("g")
        await p.type("-1")
        await p.press("enter")
        assert p.panel.table.cursor.y == ROWS - 1


async def test_a_wide_table_scrolls_across(tables: Path) -> None:
    async with opened(tables, "wide") as p:
        await p.press("3")
        table = p.panel.table
        before = table.in_sight[1]
        await p.press("shift+right")
        assert table.cursor.x == len(before) - 1
        for _ in range(3):
            await p.press("shift+right")
        shown = table.in_sight[1]
        assert before.stop < shown.start < table.cursor.x < shown.stop
        row = text_of(table).split("\n")[2].split()
        assert f"{table.cursor.x + 3000}j" in row
        await p.press("g")
        await p.type("3:2999")
        await p.press("enter")
        assert table.cell(3, 2999) == f"{3 * 3000 + 2999}j"
        assert "2999" in text_of(table).split("\n")[0]


async def test_keys_page_and_the_cursor_stays_in_sight(tables: Path) -> None:
    async with opened(tables, "million") as p:
        await p.press("3")
        table = p.panel.table
        page = len(table.in_sight[0])
        for key in ("pagedown", "pagedown", "down", "pageup"):
            await p.press(key)
            assert table.cursor.y in table.in_sight[0]
        assert page - 1 <= table.cursor.y <= page + 2
        await p.wheel(table, down=True)
        assert table.in_sight[0].start > 0
        assert all(table.cell(row, 0) is not None for row in table.in_sight[0])


async def test_a_cell_is_clicked(tables: Path) -> None:
    async with opened(tables, "million") as p:
        await p.click(p.panel.table, "5+0j", after="4+0j")
        assert p.panel.table.cell(p.panel.table.cursor.y, p.panel.table.cursor.x) == "5+0j"


async def test_a_row_of_numbers_has_a_curve(tables: Path) -> None:
    async with opened(tables, "row") as p:
        await p.press("3")
        (event,) = p.heard(EnvelopeRead)
        assert event.envelope is not None
        text = text_of(p.panel.series)
        assert "all 5,000 values" in text
        assert any("⠀" < sign <= "⣿" for sign in text)
        assert p.app.focused is p.panel.table
        column = next(line for line in text.split("\n") if "│" in line).index("│")
        await p.press("end")
        moved = next(line for line in text_of(p.panel.series).split("\n") if "│" in line)
        assert moved.index("│") > column + 20


async def test_other_values_have_none(tables: Path) -> None:
    async with opened(tables, "dates") as p:
        assert not p.panel.has_class("-series")
        assert "1970-01-09" in text_of(p.panel.table)
        p.tree.reveal("row")
        await p.settle()
        assert p.panel.has_class("-series")
        p.tree.reveal("one")
        await p.settle()
        assert not p.panel.has_class("-series")
        assert "one value · 7.5" in p.bar
        p.tree.reveal("none")
        await p.settle()
        assert "empty: there are no values" in p.bar


async def test_a_data_frame_is_a_table(tables: Path) -> None:
    async with opened(tables, "obs") as p:
        await p.press("3", "right")
        text = text_of(p.panel.table).split("\n")
        assert text[0].split() == ["cell", "kind", "count", "age", "old", "lost", "../X", "matrix"]
        assert text[2].split() == ["1", "b2", "B", "cell", "1", "–", "no"]
        assert "4 rows, 8 columns · row 0, kind: T␛ cell" in p.bar
        await p.press("g")
        await p.type("2 : lost")
        await p.press("enter")
        assert "lost: is missing" in p.bar


async def test_taking_away_what_the_table_shows(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(tables, "million") as p:
        await p.press_each("3", "down", "right", "y", "v")
        assert p.app.clipboard == "2+0j"
        await p.press_each("y", "p")
        seen = p.panel.table.in_sight[0]
        found: dict[str, np.ndarray] = {}
        exec(p.app.clipboard, found)
        assert found["values"].shape == (len(seen), 3)
        await p.press_each("s", "right", "enter")
        assert np.array_equal(np.load(tmp_path / "million.npy"), found["values"])


async def test_python_of_a_column_of_a_frame(tables: Path) -> None:
    async with opened(tables, "obs") as p:
        await p.press_each("3", "right", "right", "y")
        assert isinstance(p.screen, CopyScreen)
        await p.press("p")
        found: dict[str, np.ndarray] = {}
        exec(p.app.clipboard, found)
        assert found["values"].tolist() == [3, 1, 4, 1]


async def test_much_to_read_is_asked_about(tables: Path) -> None:
    async with opened(tables, "million", ask_above_bytes=1000) as p:
        assert not p.heard(CellsRead)
        assert "This is a lot to read." in p.picture
        assert "117 KiB" in p.picture
        await p.press("r")
        assert "0j" in text_of(p.panel.table)


async def test_a_chunk_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    values = np.arange(20) * 1j
    zarr.create_array(tmp_path / "a.zarr", data=values, chunks=(10,))
    (tmp_path / "a.zarr" / "c" / "0").write_bytes(b"no chunk")
    async with opened(tmp_path / "a.zarr") as p:
        told = text_of(p.panel.table)
        assert "cannot be read" in told
        assert "10j" in told
        assert "9j" not in told.replace("19j", "")


@pytest.mark.parametrize("size", SIZES)
async def test_table_and_curve_fit(tables: Path, size: tuple[int, int]) -> None:
    async with opened(tables, "row", size=size) as p:
        await p.press("3")
        assert in_sight(p, p.panel.table)
        assert in_sight(p, p.panel.series)
        assert len(p.panel.table.in_sight[0]) >= 3
