"""`show` shows the plane that is asked for, or values, and says what it is."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import Foreign
from running import failed, process


class TestShow:
    def rows(self, out: str, count: int) -> list[str]:
        return out.splitlines()[:count]

    @pytest.mark.parametrize("z", [0, 3, 7])
    def test_the_plane_that_is_asked_for(self, run: Any, volume: Path, z: int) -> None:
        # Cells are twice as high as wide: 16 columns and 6 rows show each pixel.
        code, out, _ = run("show", volume, "--level", "0", "--at", f"z={z}", "--size", "16x6")
        assert code == 0
        assert self.rows(out, 6) == ["".join("@@" if x == z else "  " for x in range(8))] * 6
        assert f"z {z} of 0–7 ({z / 2:g} µm)" in out
        assert "c 0 of 0–1 (DAPI)" in out
        assert "level 0 of 0–1" in out
        assert "every pixel shown" in out

    def test_the_other_channel(self, run: Any, volume: Path) -> None:
        out = run("show", volume, "--level", "0", "--at", "c=-1,z=2", "--size", "16x6")[1]
        assert self.rows(out, 6) == [("@" if y == 2 else " ") * 16 for y in range(6)]
        assert "c 1 of 0–1 (esc ␛[31m)" in out

    def test_positions_count_in_the_finest_level_or_the_chosen_one(
        self, run: Any, volume: Path
    ) -> None:
        small = ("--size", "4x2")
        automatic = run("show", volume, "--at", "z=6", *small)[1]
        assert "level 1 of 0–1" in automatic
        assert "z 6 of 0–7 (3 µm, 3 at this level)" in automatic
        assert "z 3 of 0–3 (3 µm)" in run("show", volume, "--at", "z=3", "--level", "1", *small)[1]
        assert "z 3 of 0–3 (3 µm)" not in automatic
        pinned = run("show", volume, "s1", "--at", "z=3", *small)[1]
        assert self.rows(pinned, 2) == self.rows(automatic, 2)

    def test_a_displayed_axis_that_is_fixed(self, run: Any, volume: Path) -> None:
        out = run("show", volume, "--level", "0", "--at", "y=1", "--size", "60x4")[1]
        assert "z 0–7 ↓   y 1 of 0–5 (1 µm)   x 0–7 →" in out

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--at", "z=8"], "z is 0 to 7"),
            (["--at", "z=4", "--level", "1"], "z is 0 to 3"),
            (["--at", "q=1"], "c, z, y, x"),
            (["--at", "z=1:3"], "not a range"),
            (["--at", "z=1,y=1,x=1"], "two axes"),
            (["--level", "2"], "0 to 1"),
            (["--size", "80"], "80x40"),
            (["--size", "00x40"], "80x40"),
            (["--window", "9:3"], "--window 100:4000"),
            (["--colormap", "rainbows"], "viridis"),
            (["--gamma", "0"], "above 0"),
        ],
    )
    def test_what_does_not_fit(self, run: Any, volume: Path, options: list[str], told: str) -> None:
        failed(run("show", volume, *options), 2, told)

    def test_light_terminals_get_dark_ink(self, run: Any, volume: Path) -> None:
        plane = ("show", volume, "s0", "--size", "16x6")
        dark = self.rows(run(*plane)[1], 6)
        swapped = str.maketrans(" @", "@ ")
        assert self.rows(run(*plane, "--light")[1], 6) == [row.translate(swapped) for row in dark]

    def test_half_blocks_are_colours(self, run: Any, volume: Path) -> None:
        code, out, _ = run(
            *("show", volume, "--level", "0", "--at", "c=1,z=2"),
            *("--size", "8x3", "--glyphs", "half", "--window", "seen"),
        )
        assert code == 0
        seen = [colours(line) for line in out.splitlines()[:3]]
        black, white = (0, 0, 0), (255, 255, 255)
        # Six rows of pixels, two in each cell; row 2 is bright.
        assert seen == [[(black, black)] * 8, [(white, black)] * 8, [(black, black)] * 8]

    def test_ascii_is_what_a_pipe_gets(self, volume: Path, hermetic: Path) -> None:
        file = hermetic / ".config" / "omezarr-tui" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text("rendering = 'half'")
        done = process("show", volume, "--size", "16x6")
        assert done.returncode == 0
        assert b"\x1b" not in done.stdout

    @pytest.mark.parametrize(
        ("node", "told"),
        [
            ("bool_0d", "True"),
            ("float_0d", "nan"),
            ("text_0d", "a 0-d string"),
            ("text", "Lamin B1␊"),
            ("complex64", "19-19j"),
            ("structured", "1099511627776"),
            ("datetime", "1969-07-20T00:00:00"),
            ("fixed_bytes", "DAPI"),
            ("one_d", "22"),
            ("empty", "empty"),
            ("empty_2d", "empty"),
        ],
    )
    @pytest.mark.parametrize("store", ["v2_types", "v3_types"])
    def test_values_that_are_no_picture(
        self, run: Any, foreign: Foreign, store: str, node: str, told: str
    ) -> None:
        code, out, _ = run("show", foreign(store).path, node, "--size", "60x30")
        assert code == 0
        assert told in out
        assert all(line.isprintable() for line in out.splitlines())

    def test_a_table_says_what_part_it_is(self, run: Any, foreign: Foreign) -> None:
        path = foreign("v3_types").path
        assert "first 4 of 23" in run("show", path, "one_d", "--size", "20x5")[1]
        assert "first 4 × 2 of 4 × 5" in run("show", path, "complex64", "--size", "20x9")[1]
        out = run("show", path, "one_d", "--size", "20x3", "--at", "dim_0=20")[1]
        assert [line.split() for line in out.splitlines()[:3]] == [
            *(["value"], ["20", "20"]),
            ["21", "21"],
        ]

    def test_a_data_frame_is_a_table(self, run: Any, tmp_path: Path) -> None:
        frame = zarr.create_group(tmp_path / "a.zarr").create_group("obs")
        frame.attrs.update(
            {"encoding-type": "dataframe", "_index": "cell", "column-order": ["n", "area", "gone"]}
        )
        for name, values in (("cell", [4, 5, 6]), ("n", [1, 2, 3]), ("area", [0.5, 1.5, 2.5])):
            frame.create_array(name, data=np.array(values))
        code, out, _ = run("show", tmp_path / "a.zarr", "obs", "--size", "60x3")
        assert code == 0
        head, first, second, note = out.splitlines()[:4]
        assert head.split()[:3] == ["cell", "n", "area"]
        assert first.split()[:4] == ["0", "4", "1", "0.5"]
        assert second.split()[:4] == ["1", "5", "2", "1.5"]
        assert note.startswith("first 2 of 3 rows, gone: ")
        narrow = run("show", tmp_path / "a.zarr", "obs", "--size", "12x9")[1]
        assert "all 3 rows, 2 of 4 columns" in narrow.replace("\n", " ")
        code, _, err = run("show", tmp_path / "a.zarr", "obs", "--at", "z=1")
        assert code == 2
        assert "has no planes" in err

    def test_what_anndata_is_is_told(self, run: Any, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a.zarr")
        root.attrs["encoding-type"] = "anndata"
        root.create_array("X", data=np.zeros((3, 5)))
        code, out, _ = run("show", tmp_path / "a.zarr")
        assert code == 0
        assert "X" in out

    def test_what_could_be_shown_instead(self, run: Any, foreign: Foreign, volume: Path) -> None:
        failed(run("show", volume.parent), 3, "folder", "volume.ome.zarr")
        failed(run("show", foreign("v3_types").path), 3, "no pixels", "big_endian", "…")

    def test_large_reads_are_asked_for(self, run: Any, foreign: Foreign, hermetic: Path) -> None:
        path = foreign("huge_array").path
        node = next(iter(foreign("huge_array").arrays))
        failed(run("show", path, node), 2, "GiB", "--yes")
        file = hermetic / ".config" / "omezarr-tui" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text("ask_above_bytes = 100")
        types = foreign("v3_types").path
        failed(run("show", types, "six_d"), 2, "--yes")
        failed(run("show", types, "complex64"), 2, "160 B", "--yes")
        assert run("show", types, "six_d", "--yes")[0] == 0
        assert run("show", types, "complex64", "--yes")[0] == 0

    def test_a_damaged_chunk(self, foreign: Foreign) -> None:
        """What is sound is shown; what is not is an error all the same."""
        for node in foreign("bad_chunks").broken:
            done = process("show", foreign("bad_chunks").path, node)
            shown = done.stdout.decode()
            assert "! 1 chunk cannot be read" in shown
            assert shown.startswith("!!!!")
            assert shown.splitlines()[0].endswith("....")
            result = done.returncode, "", done.stderr.decode()
            failed(result, 3, f"{node} cannot be read")

    def test_chunks_that_are_all_damaged(self, tmp_path: Path, run: Any) -> None:
        zarr.create_array(tmp_path / "s", data=np.ones((4, 4)), chunks=(4, 4))
        (tmp_path / "s/c/0/0").write_bytes(b"junk")
        failed(run("show", tmp_path / "s", "--yes"), 3, "s cannot be read at c/0/0")


def colours(line: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The colour of the upper and the lower half of each cell of a line."""
    cells = []
    front = back = (-1, -1, -1)
    assert line.endswith("\x1b[0m")
    for code, glyph in re.findall(r"\x1b\[([\d;]*)m|([▀ ])", line):
        if glyph:
            cells.append((front if glyph == "▀" else back, back))
        elif code.startswith("38;2;"):
            front = tuple(map(int, code.split(";")[2:]))
        elif code.startswith("48;2;"):
            back = tuple(map(int, code.split(";")[2:]))
    return cells
