"""The info pane: facts of what is chosen, stored bytes on demand, attributes as a tree."""

from pathlib import Path
from unittest.mock import patch

import zarr
from doubles import GatedAccess
from driver import Program, lines, opened
from foreign import Foreign

from omezarr_tui.text import format_bytes
from omezarr_tui.tui import messages
from omezarr_tui.tui.widgets.facts import FactsView


def told(program: Program, label: str) -> str:
    """What the facts say under a label, on one line."""
    rows = program.facts.split("\n")
    start = next(at for at, row in enumerate(rows) if row.startswith(label + " "))
    end = next((at for at in range(start + 1, len(rows)) if rows[at][0] != " "), len(rows))
    return " ".join(" ".join([rows[start][len(label) :], *rows[start + 1 : end]]).split())


class TestFacts:
    async def test_of_an_image(self, volume: Path) -> None:
        async with opened(volume) as p:
            assert told(p, "type") == "image"
            assert told(p, "format") == "Zarr v3 · OME-Zarr 0.5"
            assert told(p, "axes") == "t s c z µm y µm x µm"
            assert told(p, "levels").startswith("s0 2 × 2 × 25 × 120 × 160 0.5 × 0.25 × 0.25 µm")
            assert "s2 2 × 2 × 25 × 30 × 40 0.5 × 1 × 1 µm" in told(p, "levels")
            assert told(p, "channels") == "■ LaminB1 ■ Dapi"

    async def test_of_arrays(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_sharded").path, "even") as p:
            assert told(p, "type") == "array"
            assert told(p, "shape") == "3 × 10 × 17"
            assert told(p, "data type") == "uint16, little-endian"
            assert told(p, "chunks") == "2 × 4 × 5, 24 in all, 80 B each"
            assert told(p, "shards") == "2 × 8 × 10, 8 in all, 320 B each"
            assert told(p, "array→array") == "–"
            assert told(p, "array→bytes").startswith("bytes")
            assert told(p, "bytes→bytes").startswith("zstd")
            assert told(p, "fill value") == "0"
            assert told(p, "size") == "510 elements, 1020 B uncompressed"
            await p.press("end")
            assert p.node.name == "sparse"
            assert told(p, "fill value") == "7"
        async with opened(foreign("v2_codecs").path, "f_order") as p:
            assert told(p, "format") == "Zarr v2"
            assert told(p, "data type") == "uint16, little-endian, Fortran order"

    async def test_of_a_level_by_itself(self, volume: Path) -> None:
        async with opened(volume, "s1") as p:
            assert told(p, "level") == "1 of 0–2 of the image above"
            assert told(p, "pixel") == "0.5 × 0.5 × 0.5 µm"
            assert told(p, "shape") == "t 2 × c 2 × z 25 × y 60 × x 80"


class TestStoredBytes:
    async def test_are_counted_on_a_key_and_are_true(self, foreign: Foreign) -> None:
        made = foreign("v3_sharded")
        async with opened(made.path, "sparse") as p:
            assert "stored" not in p.facts
            assert "b bytes" in p.keys
            await p.press("b")
            files = [f for f in (made.path / "sparse" / "c").rglob("*") if f.is_file()]
            nbytes = sum(file.stat().st_size for file in files)
            assert told(p, "written") == f"1 of 24 chunks {len(files)} of 8 shards"
            assert told(p, "stored") == format_bytes(nbytes)
            assert told(p, "ratio") == f"{2 * 4 * 5 * 2 / nbytes:.2f} × over what was written"
            await p.press("up")
            assert "stored" not in p.facts
            await p.press("down")
            assert told(p, "written").startswith("1 of 24")  # once counted, it stays

    async def test_of_an_array_without_chunks(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", shape=(4, 6), chunks=(2, 3), dtype="u1")
        async with opened(tmp_path / "a.zarr") as p:
            await p.press("b")
            assert told(p, "written") == "no chunk was ever written, of 4"
            assert told(p, "stored") == "0 B"

    async def test_are_not_offered_where_there_is_no_array(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_sharded").path) as p:
            assert "b bytes" not in p.keys
            await p.press("b")
            assert p.heard(messages.Counted) == []
            assert "stored" not in p.facts

    async def test_counting_tells_how_far_it_is_and_escape_stops_it(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, "s0", access=access) as p:
            access.gate.clear()
            await p.hold("b")
            await p.until(lambda: "counting… Esc stops" in p.facts)
            await p.until(lambda: len(access.counted) >= 5)
            await p.hold("escape")
            access.gate.set()
            await p.settle()
            assert p.heard(messages.Counted)[-1].stored is None
            assert "counting" not in p.facts
            assert "stored" not in p.facts
            assert len(access.counted) < 10
            assert p.app.focused is p.tree

    async def test_progress_by_time(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, "s0", access=access) as p:
            access.gate.clear()
            await p.hold("b")
            await p.until(lambda: len(access.counted) >= 5)
            await p.pilot.pause(0.3)  # longer than from one report to the next
            access.gate.set()
            await p.until(lambda: p.heard(messages.Counting))
            await p.settle()
            [counting] = p.heard(messages.Counting)
            assert 0 < counting.objects <= 6
            assert told(p, "written") == "100 of 100 chunks"

    async def test_of_an_image_level_by_level(self, volume: Path) -> None:
        async with opened(volume) as p:
            assert "b bytes" in p.keys
            await p.press("b")
            sizes = [
                sum(
                    file.stat().st_size
                    for file in (volume / level / "c").rglob("0")
                    if file.is_file()
                )
                for level in ("s0", "s1", "s2")
            ]
            for level, size in zip(("s0", "s1", "s2"), sizes, strict=True):
                assert f"{level} 100 of 100 chunks, {format_bytes(size)}, " in told(p, "stored")
            await p.press("down")
            assert told(p, "written") == "100 of 100 chunks"

    async def test_what_is_counted_of_one_array_is_not_told_of_another(self, volume: Path) -> None:
        access = GatedAccess(volume)
        async with opened(volume, "s0", access=access) as p:
            access.gate.clear()
            await p.hold("b", "down")
            await p.until(lambda: p.node.path == "s1" and "counting" not in p.facts)
            await p.pilot.pause(0.3)  # longer than from one report to the next
            shown: list[str] = []
            facts = p.browse.query_one(FactsView)
            with patch.object(facts, "show", lambda facts: shown.append(str(facts))):
                access.gate.set()
                await p.settle()
            assert p.heard(messages.Counting) != []
            assert not any("so far" in told or "written" in told for told in shown)
            assert p.heard(messages.Counted)[-1].node.path == "s0"
            assert "written" not in p.facts
            await p.press("up")
            assert told(p, "written") == "100 of 100 chunks"


class TestAttributes:
    async def test_values_are_made_when_they_are_opened(self, volume: Path) -> None:
        async with opened(volume) as p:
            tree = p.attributes
            [ome] = tree.root.children
            assert lines(tree)[:2] == ["▾ attributes  1 key", "  ▸ ome  3 keys"]
            assert len(ome.children) == 0
            await p.press("2")
            assert p.app.focused is tree
            await p.press("down", "right")
            assert [line.strip() for line in lines(tree)[1:5]] == [
                "▾ ome  3 keys",
                'version  "0.5"',
                "▸ multiscales  1 item",
                "▸ omero  1 key",
            ]
            assert all(len(child.children) == 0 for child in ome.children)
            await p.press("down", "down", "down", "enter", "down", "right", "down", "space")
            assert lines(tree)[6].strip() == "▾ 0  2 keys"
            assert lines(tree)[7].strip() == 'label  "LaminB1"'
            await p.press("left")
            assert lines(tree)[6].strip() == "▸ 0  2 keys"

    async def test_a_long_list_is_cut_and_says_so(self, tmp_path: Path) -> None:
        attributes = {"many": list(range(5_000)), "none": {}, "text": "a\nb"}
        zarr.create_group(tmp_path / "a.zarr", attributes=attributes)
        async with opened(tmp_path / "a.zarr") as p:
            assert lines(p.attributes)[2:4] == ["    none  empty", '    text  "a\\nb"']
            await p.press("2", "down", "right", "end")
            assert any("… 4,500 more; find with /" in line for line in lines(p.attributes))
            await p.press("slash")
            await p.type("4777")
            assert lines(p.attributes)[-1].strip() == "4777  4777"

    async def test_the_facts_stay_in_sight_above_many_attributes(self, demo: Path) -> None:
        async with opened(demo / "cells.ome.zarr") as p:
            assert told(p, "name") == "Mouse blastocyst, ten planes"
            assert lines(p.attributes)[0].startswith("▾ attributes")
