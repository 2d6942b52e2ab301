"""`info` tells what is there, and counts what is stored."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from foreign import Foreign
from running import failed


class TestInfo:
    def test_facts_of_an_image(self, run: Any, volume: Path) -> None:
        code, out, _ = run("info", volume)
        assert code == 0
        for told in ("OME-Zarr 0.5", "c  z µm  y µm  x µm", "2 × 4 × 3 × 4", "DAPI", "#0000FF"):
            assert told in out
        assert '"odd": NaN' in out
        assert all(line.isprintable() for line in out.splitlines())

    def test_json_is_strict(self, run: Any, volume: Path) -> None:
        code, out, _ = run("info", volume, "--json")
        assert code == 0
        assert out.isascii()

        def refuse(word: str) -> None:
            raise AssertionError(word)

        told = json.loads(out, parse_constant=refuse)
        assert told["attributes"]["odd"] == "NaN"
        assert [level["shape"] for level in told["image"]["levels"]] == [[2, 8, 6, 8], [2, 4, 3, 4]]

    @pytest.mark.parametrize("name", ["v2_codecs", "v3_codecs", "v3_sharded"])
    def test_complete_counts_what_lies_there(self, run: Any, foreign: Foreign, name: str) -> None:
        made = foreign(name)
        for node in made.arrays:
            code, out, _ = run("info", made.path, node, "--complete", "--json")
            stored = json.loads(out)["stored"]
            files = [
                file
                for file in (made.path / node).rglob("*")
                if file.is_file() and file.name not in ("zarr.json", ".zarray", ".zattrs")
            ]
            assert code == 0
            assert stored["objects"] == len(files)
            assert stored["nbytes"] == sum(file.stat().st_size for file in files)

    def test_complete_of_an_image_counts_each_level(self, run: Any, volume: Path) -> None:
        told = json.loads(run("info", volume, "--complete", "--json")[1])
        assert [level["path"] for level in told["stored_levels"]] == ["s0", "s1"]
        assert [level["chunk_count"] for level in told["stored_levels"]] == [4, 2]
        out = run("info", volume, "--complete")[1]
        assert re.search(r"stored +0  4 of 4 chunks; .* B; .* ×", out)

    def test_complete_of_a_group_counts_all_below(self, run: Any, foreign: Foreign) -> None:
        made = foreign("v3_nested")
        below = json.loads(run("info", made.path, "--complete", "--json")[1])["stored_below"]
        files = [file for file in made.path.rglob("*") if file.is_file()]
        assert below == {
            "keys": len(files),
            "nbytes": sum(file.stat().st_size for file in files),
        }

    def test_problems_have_an_exit_code(self, run: Any, foreign: Foreign) -> None:
        assert run("info", foreign("missing_level_04").path)[0] == 1
        nested = foreign("v2_undeclared_nesting").path
        assert run("info", nested, "nested")[0] == 0
        assert run("info", nested, "nested", "--complete")[0] == 1

    def test_a_broken_node_cannot_be_read(self, run: Any, foreign: Foreign) -> None:
        path = foreign("v3_bad_documents").path
        failed(run("info", path, "truncated"), 3, "broken", "not valid JSON")
