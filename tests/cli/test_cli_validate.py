"""`validate` says whether a store is valid, what is wrong with it, and answers the shell."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from foreign import Foreign
from good_stores import change, write_good
from places import Remote, each_way
from running import failed

FINDING_KEYS = {"rule", "severity", "node", "pointer", "found", "says", "section", "fix"}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """An image with a label image, in which nothing is wrong."""
    return write_good(tmp_path, "image_05")


def warn(store: Path) -> None:
    """Break what the specification recommends."""
    change(store / "s0" / "zarr.json", lambda document: document.pop("dimension_names"))


class TestExitCodes:
    """What the shell is answered."""

    def test_valid(self, run: Any, good: Path) -> None:
        assert run("validate", good, "--strict") == (
            0,
            "Valid OME-Zarr 0.5: 7 nodes checked.\n",
            "",
        )

    def test_not_valid(self, run: Any, good: Path) -> None:
        shutil.rmtree(good / "s1")
        code, out, _ = run("validate", good)
        assert code == 1
        assert out.splitlines()[-1] == "Not valid: 1 error in 1 of 6 nodes."

    def test_warnings_count_under_strict(self, run: Any, good: Path) -> None:
        warn(good)
        code, out, _ = run("validate", good)
        assert code == 0
        assert out.splitlines()[-1] == "Valid OME-Zarr 0.5: 7 nodes checked, 1 warning."
        code, out, _ = run("validate", good, "--strict")
        assert code == 1
        assert out.splitlines()[-1] == "Not valid under --strict: 1 warning in 1 of 7 nodes."

    def test_a_broken_document_is_not_valid(self, run: Any, good: Path) -> None:
        (good / "zarr.json").write_text("{")
        code, out, _ = run("validate", good)
        assert code == 1
        assert "zarr.json is not valid JSON" in out

    def test_what_cannot_be_opened(self, run: Any, good: Path, tmp_path: Path) -> None:
        failed(run("validate", tmp_path / "nothing"), 3, "nothing")
        failed(run("validate", good, "s7"), 3, "s7")
        for words in ([tmp_path / "nothing"], [good, "s7"]):
            code, out, err = run("validate", *words, "--json")
            told = json.loads(out)
            assert (code, err) == (3, "")
            assert (told["valid"], told["findings"]) == (False, [])
            assert str(words[-1]) in told["message"]

    @pytest.mark.parametrize("words", [[], ["here", "--attributes", "there"]])
    def test_usage(self, run: Any, words: list[str]) -> None:
        failed(run("validate", *words), 2, "LOCATION", "--attributes")

    def test_plain_zarr(self, run: Any, foreign: Foreign) -> None:
        code, out, _ = run("validate", foreign("v3_nested").path)
        assert code == 0
        assert out == "Valid Zarr v3, no OME-Zarr metadata: 10 nodes checked.\n"


class TestRecursion:
    """A plate with a broken label is not valid, unless one asks for the plate alone."""

    def test_plate_with_a_broken_label(self, run: Any, tmp_path: Path) -> None:
        plate = write_good(tmp_path, "plate")
        shutil.rmtree(plate / "A" / "2" / "0" / "labels" / "nuclei" / "s1")
        code, out, _ = run("validate", plate)
        assert code == 1
        assert "plate.ome.zarr/A/2/0/labels/nuclei" in out
        code, out, _ = run("validate", plate, "--no-recursive")
        assert code == 0
        assert "What lies below was not checked" in out
        assert run("validate", plate, "A/1")[0] == 0
        assert run("validate", plate, "A/2")[0] == 1


class TestJson:
    """What programs are told."""

    def test_of_a_store(self, run: Any, good: Path) -> None:
        warn(good)
        code, out, _ = run("validate", good, "--json")
        told = json.loads(out)
        assert code == 0
        assert set(told) == {"valid", "message", "findings"}
        assert told["valid"] is True
        assert told["message"] == "Valid OME-Zarr 0.5: 7 nodes checked, 1 warning."
        (finding,) = told["findings"]
        assert set(finding) == FINDING_KEYS
        assert (finding["rule"], finding["node"]) == ("level.dimension-names", "s0")
        assert finding["fix"]["changes"] == [
            {
                "node": "s0",
                "document": "array",
                "pointer": "/dimension_names",
                "value": ["c", "y", "x"],
            }
        ]
        assert json.loads(run("validate", good, "--json", "--strict")[1])["valid"] is False

    def test_of_what_was_not_checked(self, run: Any, good: Path) -> None:
        told = json.loads(run("validate", good, "--json", "--no-recursive")[1])
        assert "What lies below was not checked" in told["message"]

    @each_way("plain")
    def test_of_a_place_that_lists_nothing(self, run: Any, place: Remote, good: Path) -> None:
        shutil.rmtree(good / "labels" / "nuclei" / "s1")
        code, out, _ = run("validate", place.put(good), "--json")
        told = json.loads(out)
        assert code == 1
        assert [f["rule"] for f in told["findings"]] == ["level.missing"]
        assert "this place cannot be listed" in told["message"]


class TestLines:
    """What people are told."""

    def test_lines_of_a_finding(self, run: Any, good: Path) -> None:
        change(good / "s0" / "zarr.json", lambda d: d.update(dimension_names=["c", "x", "y"]))
        assert run("validate", good)[1].splitlines() == [
            "image_05.ome.zarr/s0",
            "  error: level.dimension-names at /dimension_names",
            "    The dimensions are called c, x, y; the image's axes are c, y, x.",
            "    The dimension_names of the array of a level match the names of the axes.",
            '    (OME-Zarr 0.5, "axes")',
            "    fix: set dimension_names to the names of the axes",
            "",
            "Not valid: 1 error in 1 of 7 nodes.",
        ]

    def test_the_worst_comes_first(self, run: Any, good: Path) -> None:
        warn(good)
        shutil.rmtree(good / "labels" / "nuclei" / "s1")
        out = run("validate", good)[1]
        assert out.index("error: level.missing") < out.index("warning: level.dimension-names")

    def test_what_repeats_is_told_once(self, run: Any, tmp_path: Path) -> None:
        plate = write_good(tmp_path, "plate")
        for document in plate.glob("A/*/*/s0/zarr.json"):
            change(document, lambda d: d.update(dimension_names=["c", "x", "y"]))
        for number in ("1", "2"):
            shutil.rmtree(plate / "A" / number / "0" / "s1")
        out = run("validate", plate)[1]
        assert out.count("level.dimension-names") == 1
        assert "4 nodes: A/1/0/s0, A/1/1/s0, A/2/0/s0, A/2/1/s0" in out
        assert "fix each: set dimension_names" in out
        assert out.count("level.missing") == 2  # few enough to be told one by one
        assert "Not valid: 6 errors in 6 of 30 nodes." in out

    def test_many_in_one_node_are_told_once(self, run: Any, tmp_path: Path) -> None:
        plate = write_good(tmp_path, "plate")

        def more(document: dict[str, Any]) -> None:
            told = document["attributes"]["ome"]["plate"]
            told["columns"] += [{"name": str(n)} for n in range(3, 13)]
            told["wells"] += [
                {"path": f"A/{n}", "rowIndex": 0, "columnIndex": n - 1} for n in range(3, 13)
            ]

        change(plate / "zarr.json", more)
        out = run("validate", plate)[1]
        assert out.count("plate.well-missing") == 1
        assert "10 times: /ome/plate/wells/2/path" in out
        assert "For example: Well A/3 is missing" in out

    def test_lines_fit_and_are_plain(self, run: Any, foreign: Foreign) -> None:
        for name in ("escaping_paths", "v3_bad_documents", "v2_stale_consolidated"):
            out = run("validate", foreign(name).path)[1]
            assert all(len(line) <= 80 for line in out.splitlines())
            assert "\x1b" not in out

    def test_names_are_plain_text(self, run: Any, good: Path) -> None:
        def rename(document: dict[str, Any]) -> None:
            document["attributes"]["ome"]["multiscales"][0]["datasets"][1]["path"] = "a\x1b[31m\nb"

        change(good / "zarr.json", rename)
        out = run("validate", good)[1]
        assert all(line.isprintable() for line in out.splitlines())
        assert "a␛[31m␊b" in out


class TestAttributes:
    """Bare documents of attributes."""

    def documents(self, folder: Path, good: Path) -> list[Path]:
        """A valid document, one that breaks a MUST, one that is no JSON, and a missing one."""
        whole = json.loads((good / "zarr.json").read_text())["attributes"]
        paths = [folder / f"{name}.json" for name in ("right", "wrong", "half", "absent")]
        paths[0].write_text(json.dumps(whole))
        whole["ome"]["multiscales"][0].pop("axes")
        paths[1].write_text(json.dumps(whole))
        paths[2].write_text('{"ome": ')
        return paths

    @pytest.mark.parametrize("strict", [[], ["--strict"]])
    def test_one_line_each(self, run: Any, tmp_path: Path, good: Path, strict: list[str]) -> None:
        right, wrong, half, absent = self.documents(tmp_path, good)
        code, out, _ = run("validate", "--attributes", right, wrong, half, *strict)
        told = [json.loads(line) for line in out.splitlines()]
        assert code == 1
        assert [(line["file"], line["valid"]) for line in told] == [
            (str(right), True),
            (str(wrong), False),
            (str(half), False),
        ]
        assert all(set(line) == {"file", "valid", "findings"} for line in told)
        assert told[0]["findings"] == []
        for line in told[1:]:
            assert line["findings"]
            assert all(set(finding) == FINDING_KEYS for finding in line["findings"])
        code, out, _ = run("validate", "--attributes", absent, right, *strict)
        told = [json.loads(line) for line in out.splitlines()]
        assert code == 3
        assert [(line["file"], line["valid"]) for line in told] == [
            (str(absent), False),
            (str(right), True),
        ]
        assert run("validate", "--attributes", right, *strict)[0] == 0
