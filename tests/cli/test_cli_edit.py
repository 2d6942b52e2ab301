"""The commands that change a store: planned, confirmed, journaled, taken back."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import zarr
from edit_kinds import IMAGE, KINDS, LABELS, image_store
from editing import FailingAccess, Tree, changed, look
from running import failed, process

from omezarr_tui.edit.apply import apply_plan
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError

SEED = ("/", "z=5", "--value", "0")  # what somebody asked for first, on a smaller image
EDITS: dict[str, tuple[str, ...]] = {
    "set": ("set", IMAGE, "c=0,z=1", "--value", "7"),
    "copy-plane": ("copy-plane", IMAGE, "z=1", "--from", "0"),
    "interpolate": ("interpolate", IMAGE, "z=1"),
    "attr": ("attr", IMAGE, "pixel-size.z=0.5"),
    "rename": ("rename", LABELS, "nuclei"),
    "delete": ("delete", LABELS),
    "level": ("level", IMAGE),
    "channels": ("channels", IMAGE, "1,0"),
    "consolidate": ("consolidate", "--drop"),
    "fix": ("fix", IMAGE),
}


@pytest.fixture(params=[2, 3], ids=["v2", "v3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = image_store(tmp_path / "store.zarr", request.param)
    if "fix" in request.node.name:
        drop_version(folder / IMAGE)
    return folder


def drop_version(image: Path) -> None:
    """Make a finding that can be mended: a version that is a number."""
    path = image / ("zarr.json" if (image / "zarr.json").exists() else ".zattrs")
    document = json.loads(path.read_text())
    if path.name == "zarr.json":
        document["attributes"]["ome"]["version"] = 0.5
    else:
        document["multiscales"][0]["version"] = 0.4
    path.write_text(json.dumps(document))


@pytest.fixture
def image(volume: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(volume, tmp_path / "volume.ome.zarr"))


def command(name: str, store: Path, *more: str) -> list[str | Path]:
    first, *others = EDITS[name]
    return [first, store, *others, *more]


def strict(text: str) -> Any:
    """Read one JSON document, and nothing that is not JSON (NaN, say)."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


def level(store: Path, path: str) -> np.ndarray:
    return np.asarray(zarr.open_array(store, path=path, mode="r")[...])


class TestSeedExample:
    """One plane of the finest level is set to zero, and the pyramid follows."""

    def test_in_one_line(self, image: Path, run: Any) -> None:
        old = level(image, "s0")
        assert old[:, 5].any()
        code, out, _ = run("set", image, *SEED, "--yes")
        assert code == 0
        wanted = old.copy()
        wanted[:, 5] = 0
        np.testing.assert_array_equal(level(image, "s0"), wanted)
        np.testing.assert_array_equal(level(image, "s1"), wanted[:, ::2, ::2, ::2])
        assert out.splitlines()[0] == "s0[:, 5, :, :] = 0"
        assert "pyramid" in out
        assert "Done: s0[:, 5, :, :] = 0. Edit 1 of this store; undo takes it back." in out

    def test_and_back_and_again(self, image: Path, run: Any) -> None:
        before = look(image)
        run("set", image, *SEED, "--yes")
        after = look(image)
        # Every other plane is in s1: not this one.
        assert changed(before, after) == {"s0/c/0/1/0/0", "s0/c/1/1/0/0"}
        assert run("undo", image, "--yes")[0] == 0
        assert look(image) == before
        assert run("redo", image, "--yes")[0] == 0
        assert look(image) == after

    def test_a_plane_that_the_next_level_has(self, image: Path, run: Any) -> None:
        assert run("set", image, "z=4", "--value", "0", "--yes")[0] == 0  # the root is meant
        assert not level(image, "s0")[:, 4].any()
        assert not level(image, "s1")[:, 2].any()
        assert level(image, "s1")[:, 1].any()

    def test_a_coarser_level_alone_is_refused_unless_asked_for(self, image: Path, run: Any) -> None:
        before = look(image)
        failed(run("set", image, "s1", "z=1", "--value", "3", "--yes"), 2, "s1", "finest level")
        failed(run("set", image, "/", "z=1", "--value", "3", "--yes", "--level", "1"), 2)
        assert look(image) == before
        words = ("set", image, "s1", "z=1", "--value", "3", "--yes", "--alone")
        assert run(*words)[0] == 0
        assert (level(image, "s1")[:, 1] == 3).all()
        assert {key.split("/")[0] for key in changed(before, look(image))} == {"s1"}


@pytest.mark.parametrize("name", EDITS)
class TestEveryEdit:
    def test_it_is_made_taken_back_and_made_again(self, name: str, store: Path, run: Any) -> None:
        before = look(store)
        code, out, _ = run(*command(name, store, "--yes"))
        assert code == 0
        assert "Done: " in out
        after = look(store)
        assert after != before
        assert run("undo", store, "--yes")[0] == 0
        assert look(store) == before
        assert run("redo", store, "--yes")[0] == 0
        assert look(store) == after
        assert run("undo", store, "5", "--yes")[1].endswith("Done: 1 edit.\n")
        assert look(store) == before

    def test_a_dry_run_writes_nothing(
        self, name: str, store: Path, run: Any, hermetic: Path
    ) -> None:
        before = look(store)
        code, out, _ = run(*command(name, store, "--dry-run"))
        assert code == 0
        assert out.endswith("A dry run: nothing was changed.\n")
        assert look(store) == before
        assert not look(hermetic)

    def test_json_is_json(self, name: str, store: Path, run: Any) -> None:
        before = look(store)
        code, out, error = run(*command(name, store, "--dry-run", "--json"))
        planned = strict(out)
        assert (code, error, planned["done"], planned["number"]) == (0, "", False, None)
        code, out, error = run(*command(name, store, "--yes", "--json"))
        told = strict(out)
        assert (code, error, told["done"], told["number"]) == (0, "", True, 1)
        assert (told["changes"], told["moves"]) == (planned["changes"], planned["moves"])
        keys = {change["key"] for change in told["changes"]}
        moved = tuple(place for move in told["moves"] for place in move.values() if place)
        after = look(store)
        really = {key for key in changed(before, after) if not key.startswith(moved)}
        assert really == {key for key in keys if not key.startswith(moved)}
        for change in told["changes"]:
            if not change["key"].startswith(moved):
                assert _sizes(change["key"], before, after) == (
                    change["before_bytes"],
                    change["after_bytes"],
                )
        code, out, _ = run("history", store, "--json")
        (entry,) = strict(out)
        assert (entry["number"], entry["state"], entry["edit"]) == (1, "applied", told["edit"])
        assert set(entry["keys"]) == keys

    def test_without_yes_nobody_can_confirm_in_a_script(
        self, name: str, store: Path, run: Any
    ) -> None:
        before = look(store)
        code, out, error = run(*command(name, store))
        assert code == 2
        assert "Nothing was changed: it was not confirmed" in error
        assert "--yes" in error
        failed(run(*command(name, store, "--json")), 2, "not confirmed")
        assert look(store) == before
        assert "Done" not in out

    def test_a_zip_is_refused(self, name: str, store: Path, run: Any) -> None:
        archive = Path(shutil.make_archive(str(store), "zip", store))
        before = archive.read_bytes()
        failed(run(*command(name, archive, "--yes")), 3, "zip")
        assert archive.read_bytes() == before


def _sizes(key: str, before: Tree, after: Tree) -> tuple[int | None, int | None]:
    held = [tree.get(key, (0, None))[1] for tree in (before, after)]
    found = [None if raw is None else len(raw) for raw in held]
    return found[0], found[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
class TestAsking:
    """At a terminal a person is asked; anything but yes is no."""

    @pytest.mark.parametrize("answer", ["", "n", "nope", "yeah", "\x04"])
    def test_no(self, answer: str, image: Path) -> None:
        before = look(image)
        code, out, error = at_terminal(f"{answer}\n", "set", image, *SEED)
        assert code == 1
        assert error.endswith("Write it? [y/N] ")
        assert out.splitlines()[-1] == "Nothing was changed."
        assert look(image) == before

    @pytest.mark.parametrize("answer", ["y", "YES", " y "])
    def test_yes(self, answer: str, image: Path) -> None:
        code, out, _ = at_terminal(f"{answer}\n", "set", image, *SEED)
        assert code == 0
        assert "Done: " in out
        assert not level(image, "s0")[:, 5].any()

    def test_undo_asks_too(self, image: Path, run: Any) -> None:
        run("set", image, *SEED, "--yes")
        after = look(image)
        code, out, error = at_terminal("\n", "undo", image)
        assert (code, error) == (1, "Undo? [y/N] ")
        assert "Undo edit 1 of " in out
        assert look(image) == after


def at_terminal(typed: str, *words: str | Path) -> tuple[int, str, str]:
    """Run a command whose standard input is a terminal, with a line typed ahead."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, typed.encode())
        done = subprocess.run(
            [sys.executable, "-m", "omezarr_tui", *map(str, words)],
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.returncode, done.stdout, done.stderr


class TestWrongWords:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ((), "is needed"),
            (("--value", "1", "--add", "2"), "Only one of"),
            (("--value", "x"), "'x' is no value of this array"),
            (("--value", "-1"), "'-1' is no value of this array"),
            (("--value", "65536"), "'65536' is no value of this array"),
            (("--value", "0.5"), "'0.5' is no value of this array"),
            (("--value", "nan"), "'nan' is no value of this array"),
            (("--value", "1", "--labels", "x"), "no condition speaks of a label"),
            (("--value", "1", "--labels", "x", "--where", "value > 3"), "no condition speaks"),
            (("--add", "x"), "x"),
            (("--min", "9", "--max", "3"), "empty"),
            (("--add", "70000"), "saturate"),
            (("--replace", "3"), "--replace is not understood"),
            (("--replace", "3=x"), "--replace is not understood"),
            (("--value", "1", "--where", "value >"), "'value >' is no condition"),
            (("--value", "1", "--where", "import os"), "is no condition"),
            (("--value", "1", "--where", "label == 3"), "no label image"),
            (("--value", "1", "--method", "magic"), "magic"),
            (("--value", "1", "--level", "9"), "no level 9"),
        ],
    )
    def test_of_set(self, words: tuple[str, ...], told: str, image: Path, run: Any) -> None:
        before = look(image)
        code, _, error = run("set", image, "/", "z=5", *words, "--yes")
        assert (code, told in error) == (2, True), error
        assert look(image) == before

    @pytest.mark.parametrize(
        ("selection", "told"),
        [
            ("z=8", "z is 0 to 7, 8 is outside"),
            ("q=1", "q"),
            ("z=", "z"),
            ("z=1,z=2", "z"),
            ("z=5:3", "'z=5:3' is no selection"),
            ("z=a", "'z=a' is no selection"),
            ("z=1=2", "no selection"),
        ],
    )
    def test_selections(self, selection: str, told: str, image: Path, run: Any) -> None:
        before = look(image)
        failed(run("set", image, "/", selection, "--value", "0", "--yes"), 2, told)
        assert look(image) == before

    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (("copy-plane", "/", "z=5", "--from", "8"), 2, "There is no z=8"),
            (("copy-plane", "/", "z=5,y=1", "--from", "3"), 2, "--along z"),
            (("copy-plane", "/", "z=5", "--from", "3", "--along", "q"), 2, "no axis 'q'"),
            (("interpolate", "/", "z=0"), 2, "There is no plane before z=0"),
            (("interpolate", "/", "z=7"), 2, "There is no plane behind z=7"),
            (("interpolate", "/", "z=5", "--between", "5", "6"), 2, "z=5 does not lie between"),
            (("attr", "/", "pixel-size.z=much"), None, "pixel-size.z"),
            (("attr", "/", "pixel-size.q=1"), None, "pixel-size.q"),
            (("attr", "/", "pixel-size.z=-1"), None, "pixel-size.z"),
            (("set", "nowhere", "z=5", "--value", "0"), 3, "nowhere"),
            (("fix", "/", "--rule", "no.such"), 2, "no.such"),
            (("rename", "s1"), 2, "NAME or --to"),
            (("channels", "/", "0,0"), 2, "'0,0' is no order of channels"),
            (("channels", "/", "7"), 2, "channels are 0 to 1"),
            (("delete", "/"), 3, "the store itself"),
            (("undo", "x"), 2, "x"),
        ],
    )
    def test_of_others(
        self, words: tuple[str, ...], code: int | None, told: str, image: Path, run: Any
    ) -> None:
        before = look(image)
        first, *others = words
        result = run(first, image, *others, "--yes")
        assert result[0] == code or (code is None and result[0] in (2, 3)), result
        assert told in result[2]
        assert look(image) == before


class TestNothingToDo:
    def test_what_is_so_already(self, image: Path, run: Any) -> None:
        run("set", image, *SEED, "--yes")
        before = look(image)
        code, out, _ = run("set", image, *SEED)
        assert (code, out.splitlines()[-1]) == (
            0,
            "Nothing would change: all of it is so already.",
        )
        told = strict(run("set", image, *SEED, "--json")[1])
        assert (told["done"], told["changes"]) == (False, [])
        assert look(image) == before
        assert len(strict(run("history", image, "--json")[1])) == 1

    def test_no_history(self, image: Path, run: Any) -> None:
        assert run("history", image) == (0, "No edits of this store are kept.\n", "")
        assert strict(run("history", image, "--json")[1]) == []
        for name in ("undo", "redo"):
            assert run(name, image, "--yes") == (0, "There is none to do.\n", "")
            assert strict(run(name, image, "--yes", "--json")[1])["done"] is False
        assert run("recover", image) == (0, "No edit of this store was interrupted.\n", "")
        assert run("recover", image, "--back")[0] == 0


def test_an_attribute_is_taken_away(image: Path, run: Any) -> None:
    before = look(image)
    assert run("attr", image, "/", "--yes", "--", "-ome.omero")[0] == 0
    document = json.loads((image / "zarr.json").read_bytes())
    assert "omero" not in document["attributes"]["ome"]
    assert run("undo", image, "--yes")[0] == 0
    assert look(image) == before


class TestBrokenPyramid:
    @pytest.fixture(params=["gone", "damaged"])
    def holed(self, image: Path, request: pytest.FixtureRequest) -> Path:
        """An image whose level s1 cannot be read."""
        if request.param == "gone":
            shutil.rmtree(image / "s1")
        else:
            (image / "s1/zarr.json").write_bytes(b"{")
        return image

    def test_a_level_that_cannot_follow_is_named(self, holed: Path, run: Any) -> None:
        before = look(holed)
        result = run("set", holed, *SEED, "--yes")
        failed(result, 3, "Level s1 of this image cannot be read", "--alone")
        assert look(holed) == before

    def test_another_can_be_edited_alone(self, holed: Path, run: Any) -> None:
        before, old = look(holed), level(holed, "s0")
        assert run("set", holed, *SEED, "--alone", "--yes")[0] == 0
        wanted = old.copy()
        wanted[..., 5, :, :] = 0
        np.testing.assert_array_equal(level(holed, "s0"), wanted)
        assert run("undo", holed, "9", "--yes")[0] == 0
        assert look(holed) == before

    def test_once_it_is_dropped_the_others_follow(self, holed: Path, run: Any) -> None:
        assert run("level", holed, "--drop", "1", "--yes")[0] == 0
        assert run("set", holed, *SEED, "--yes")[0] == 0


class TestHistory:
    def test_many_steps_back_and_forth(self, image: Path, run: Any) -> None:
        trees = [look(image)]
        for z in range(4):
            assert run("set", image, f"z={z}", "--value", str(z + 1), "--yes")[0] == 0
            trees.append(look(image))
        numbers = [entry["number"] for entry in strict(run("history", image, "--json")[1])]
        assert numbers == [4, 3, 2, 1]
        told = strict(run("undo", image, "3", "--yes", "--json")[1])
        assert [edit["number"] for edit in told["edits"]] == [4, 3, 2]
        assert look(image) == trees[1]
        assert run("redo", image, "2", "--yes")[0] == 0
        assert look(image) == trees[3]
        states = [entry["state"] for entry in strict(run("history", image, "--json")[1])]
        assert states == ["undone", "applied", "applied", "applied"]

    def test_a_dry_run_tells_what_would_be_turned(self, image: Path, run: Any) -> None:
        for z in range(3):
            run("set", image, f"z={z}", "--value", "1", "--yes")
        before = look(image)
        code, out, _ = run("undo", image, "2", "--dry-run")
        assert code == 0
        assert [line[:11] for line in out.splitlines()[::2]] == [
            "Undo edit 3",
            "Undo edit 2",
            "A dry run: ",
        ]
        told = strict(run("undo", image, "9", "--dry-run", "--json")[1])
        assert (told["done"], len(told["edits"])) == (False, 3)
        assert look(image) == before
        run("undo", image, "2", "--yes")
        before = look(image)
        told = strict(run("redo", image, "9", "--dry-run", "--json")[1])
        assert [edit["number"] for edit in told["edits"]] == [2, 3]
        assert look(image) == before

    def test_what_somebody_else_changed_since_is_kept(self, image: Path, run: Any) -> None:
        run("set", image, *SEED, "--yes")
        (image / "s0/c/0/1/0/0").write_bytes(b"theirs")
        before = look(image)
        result = run("undo", image, "--yes", "--json")
        failed(result, 3, "s0/c/0/1/0/0 was changed by another program")
        assert look(image) == before

    def test_it_is_found_from_inside_of_the_store(self, image: Path, run: Any) -> None:
        before = look(image)
        assert run("set", image / "s0", "z=5", "--value", "0", "--yes")[0] == 0
        assert run("set", image, "z=6", "--value", "0", "--yes")[0] == 0
        inside = strict(run("history", image / "s0", "--json")[1])
        assert inside == strict(run("history", image, "--json")[1])
        assert run("undo", image / "s1", "9", "--yes")[0] == 0
        assert look(image) == before


@pytest.mark.parametrize("kind", ["fill", "metadata", "rename", "delete a channel"])
class TestInterrupted:
    """The disk failed in the midst of an edit, and went on failing."""

    @pytest.fixture
    def left(self, kind: str, store: Path) -> tuple[Tree, str]:
        before = look(store)
        access = FailingAccess(store, 2, forever=True)
        edit = KINDS[kind](access, Random(0))
        with pytest.raises(UserError, match="changed in part"):
            apply_plan(access, plan_edit(access, edit))
        assert look(store) != before
        return before, edit.expression

    def test_it_is_told(self, left: tuple[Tree, str], store: Path, run: Any) -> None:
        before = look(store)
        code, out, _ = run("recover", store)
        assert code == 0
        assert out.startswith(f"{left[1]} of ")
        assert "was interrupted while applying" in out
        assert "--back puts it back, --finish finishes it" in out
        told = strict(run("recover", store, "--json")[1])
        assert told["interrupted"] == {"edit": left[1], "state": "applying"}
        assert strict(run("history", store, "--json")[1])[0]["state"] == "applying"
        assert look(store) == before

    def test_nothing_else_is_done_before(
        self, left: tuple[Tree, str], store: Path, run: Any
    ) -> None:
        before = look(store)
        code, _, error = run("attr", store, IMAGE, "name=another", "--yes")
        assert (code, "put it back or finish it" in error) == (3, True)
        failed(run("undo", store, "--yes"), 3, "interrupted", "recover")
        failed(run("redo", store, "--yes"), 3, "interrupted", "recover")
        assert look(store) == before

    def test_back(self, left: tuple[Tree, str], store: Path, run: Any) -> None:
        code, out, _ = run("recover", store, "--back")
        assert (code, out) == (0, f"The store is as before {left[1]}.\n")
        assert look(store) == left[0]
        assert run("recover", store)[1] == "No edit of this store was interrupted.\n"

    def test_finish(self, left: tuple[Tree, str], store: Path, run: Any) -> None:
        told = strict(run("recover", store, "--finish", "--json")[1])
        assert (told["done"], told["message"]) == (True, f"The store is as after {left[1]}.")
        assert strict(run("history", store, "--json")[1])[0]["state"] == "applied"
        assert look(store) != left[0]
        assert run("undo", store, "--yes")[0] == 0
        assert look(store) == left[0]

    @pytest.mark.parametrize("side", ["--back", "--finish"])
    def test_a_dry_run(self, left: tuple[Tree, str], store: Path, run: Any, side: str) -> None:
        before = look(store)
        code, out, _ = run("recover", store, side, "--dry-run", "--yes")
        which = "before" if side == "--back" else "after"
        told = f"A dry run: the store would be as {which} {left[1]}, of "
        assert (code, out[: len(told)]) == (0, told)
        assert look(store) == before
        assert "was interrupted" in run("recover", store)[1]

    def test_not_both(self, left: tuple[Tree, str], store: Path, run: Any) -> None:
        assert run("recover", store, "--back", "--finish")[0] == 2


class TestLabelsAndConditions:
    def test_pixels_under_a_label(self, store: Path, run: Any) -> None:
        ids, old = level(store, f"{LABELS}/s0"), level(store, f"{IMAGE}/s0")
        words = ("--labels", LABELS, "--where", "label in 2, 3 and value > 9", "--value", "0")
        assert run("set", store, IMAGE, *words, "--yes")[0] == 0
        wanted = np.where(np.isin(ids, [2, 3]) & (old > 9), 0, old)
        np.testing.assert_array_equal(level(store, f"{IMAGE}/s0"), wanted)
        np.testing.assert_array_equal(level(store, f"{IMAGE}/s1"), wanted[..., ::2, ::2])

    def test_labels_merged_and_deleted(self, store: Path, run: Any) -> None:
        old = level(store, f"{LABELS}/s0")
        words = ("--replace", "1=2", "--replace", "3=0")
        assert run("set", store, LABELS, *words, "--yes")[0] == 0
        wanted = np.where(old == 1, 2, np.where(old == 3, 0, old))
        np.testing.assert_array_equal(level(store, f"{LABELS}/s0"), wanted)


def test_metadata_are_listed_without_a_change(store: Path, run: Any) -> None:
    code, out, _ = run("attr", store, IMAGE)
    assert code == 0
    assert "pixel-size.z" in out
    fields = strict(run("attr", store, IMAGE, "--json")[1])
    assert (fields["pixel-size.z"], fields["unit.z"]) == ("1", "micrometer")


def test_a_process_of_its_own_says_the_same(image: Path) -> None:
    before = look(image)
    done = process("set", image, *SEED)
    assert (done.returncode, b"not confirmed" in done.stderr) == (2, True)
    assert look(image) == before
    done = process("set", image, *SEED, "--yes", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert strict(done.stdout.decode())["done"] is True
