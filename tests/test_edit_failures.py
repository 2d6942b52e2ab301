"""Edits that fail, are cancelled or killed, or meet another program: the store is never half."""

import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import zarr
from editing import FailingAccess, array_in, changed, fill, local, look, read, small_store

from omezarr_tui.edit.apply import apply_plan, recover, undo
from omezarr_tui.edit.entry import Entry, Side
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.waiting import Cancelled


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return small_store(tmp_path / "image.zarr")


class TestFailure:
    """A fill of the whole array with 7, its fill value, removes chunks; with 5 it adds some."""

    @pytest.mark.parametrize("nth", range(1, 7))
    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("value", ["7", "5"])
    def test_a_write_that_fails_leaves_no_trace(
        self, store: Path, nth: int, late: bool, value: str
    ) -> None:
        before = look(store)
        access = FailingAccess(store, nth, late=late)
        with pytest.raises(UserError, match="a was not changed") as caught:
            apply_plan(access, fill(access, "", value))
        assert caught.value.why == f"No space left on device: {_key(value, nth)}"
        assert look(store) == before
        assert Journal(Location.local(store)).last_applied() is None
        apply_plan(local(store), fill(local(store), "", value))

    def test_a_full_disk_of_the_journal_is_told_apart(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = look(store)

        def full(file: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("omezarr_tui.edit.pack.os.fsync", full)
            with pytest.raises(UserError, match="the journal of edits cannot be written") as told:
                apply_plan(local(store), fill(local(store), ""))
        assert told.value.why.startswith("No space left on device: it lies in ")
        assert "XDG_STATE_HOME" in told.value.why
        assert look(store) == before
        assert list(Journal(Location.local(store)).entries()) == []
        apply_plan(local(store), fill(local(store), ""))

    @pytest.mark.parametrize("nth", range(1, 7))
    @pytest.mark.parametrize(("side", "state"), [("before", "undone"), ("after", "applied")])
    def test_where_it_cannot_be_put_back_that_is_done_later(
        self, store: Path, nth: int, side: Side, state: str
    ) -> None:
        before = look(store)
        access = FailingAccess(store, nth, late=True, forever=True)
        with pytest.raises(UserError, match="a is changed in part") as caught:
            apply_plan(access, fill(access, ""))
        assert "Put it back, or finish it" in caught.value.why
        entry = Journal(Location.local(store)).interrupted()
        assert entry is not None
        assert entry.state == "applying"
        with pytest.raises(UserError, match="was not changed") as caught:
            apply_plan(local(store), fill(local(store), "0, 0", "1"))
        assert caught.value.why.endswith("a[:, :] = 5: put it back or finish it")
        assert recover(local(store), entry, side).state == state
        assert (look(store) == before) == (side == "before")
        assert (read(store, array_in(local(store))) == 5).all() == (side == "after")

    @pytest.mark.parametrize("late", [False, True])
    def test_an_undo_that_fails_comes_to_an_end_later(self, store: Path, late: bool) -> None:
        before = look(store)
        apply_plan(local(store), fill(local(store), ""))
        entry = Journal(Location.local(store)).last_applied()
        assert entry is not None
        with pytest.raises(UserError, match="or only in part"):
            undo(FailingAccess(store, 3, late=late), entry)
        again = Journal(Location.local(store)).interrupted()
        assert again is not None
        assert again.state == "undoing"
        recover(local(store), again, "before")
        assert look(store) == before

    @pytest.mark.parametrize("step", range(1, 18))
    def test_cancelled_at_any_step_leaves_no_trace(self, store: Path, step: int) -> None:
        before = look(store)
        steps = itertools.count(1)
        work = Work(cancelled=lambda: next(steps) == step)
        with pytest.raises(Cancelled):
            apply_plan(local(store), fill(local(store), ""), work)
        assert look(store) == before
        assert Journal(Location.local(store)).last_applied() is None

    def test_a_journal_that_cannot_be_written_changes_nothing(
        self, store: Path, hermetic: Path
    ) -> None:
        (hermetic / ".local").mkdir()
        (hermetic / ".local" / "state").write_text("in the way")
        before = look(store)
        with pytest.raises(UserError, match="The journal of edits cannot be written"):
            apply_plan(local(store), fill(local(store), ""))
        assert look(store) == before

    @pytest.mark.parametrize("nth", [1, 4, 9])
    @pytest.mark.parametrize("late", [False, True])
    def test_a_program_that_is_killed_is_put_back_after_it(
        self, store: Path, nth: int, late: bool
    ) -> None:
        before = look(store)
        program = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from editing import *
from omezarr_tui.edit.apply import apply_plan

class Killed(LocalAccess):
    writes = 0

    def put(self, key, value, *, mode=None, version=None):
        self.writes += 1
        if self.writes == {nth} and not {late}:
            os._exit(9)
        super().put(key, value, mode=mode, version=version)
        if self.writes == {nth}:
            os._exit(9)

access = Killed(Location.local(Path({str(store)!r})))
apply_plan(access, fill(access, ""))
"""
        ended = subprocess.run([sys.executable, "-c", program], check=False)
        assert ended.returncode == 9
        entry = Journal(Location.local(store)).interrupted()
        assert entry is not None
        recover(local(store), entry, "before")
        assert look(store) == before


def _key(value: str, nth: int) -> str:
    """Which chunk the n-th write of a fill of the whole array goes to."""
    count = 6 if value == "7" else 9  # the last three are missing, and stay so, if they are 7
    return [f"a/c/{y}/{x}" for y in range(3) for x in range(3)][:count][nth - 1]


class TestConflict:
    def test_a_chunk_that_was_changed_after_planning_is_left_alone(self, store: Path) -> None:
        plan = fill(local(store), "")
        zarr.open_group(store, mode="r+")["a"][3, 7] = 1  # type: ignore[index]
        before = look(store)
        with pytest.raises(UserError, match="a was not changed") as caught:
            apply_plan(local(store), plan)
        assert caught.value.why.startswith("a/c/1/2 has been changed by another program")
        assert look(store) == before
        assert Journal(Location.local(store)).entries() == []

    def test_a_chunk_that_appears_after_planning_is_left_alone(self, store: Path) -> None:
        plan = fill(local(store), "")
        zarr.open_group(store, mode="r+")["a"][5, 7] = 1  # type: ignore[index]
        before = look(store)
        with pytest.raises(UserError, match="a was not changed"):
            apply_plan(local(store), plan)
        assert look(store) == before

    def test_a_chunk_that_is_changed_while_others_are_written(self, store: Path) -> None:
        class Rival(LocalAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                super().put(key, value, mode=mode, version=version)
                if key == "a/c/0/2":
                    (store / "a/c/1/1").write_bytes(b"theirs")

        before = look(store)
        with pytest.raises(UserError, match="a was not changed") as caught:
            apply_plan(Rival(Location.local(store)), fill(local(store), ""))
        assert caught.value.why.startswith("a/c/1/1 has been changed by another program")
        assert changed(before, look(store)) == {"a/c/1/1"}

    def test_what_a_rival_wrote_over_the_edit_is_kept_when_it_is_put_back(
        self, store: Path
    ) -> None:
        class Rival(FailingAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                if key == "a/c/0/2":
                    (store / "a/c/0/0").write_bytes(b"theirs")
                super().put(key, value, mode=mode, version=version)

        before = look(store)
        with pytest.raises(UserError, match="a was put back, but not everywhere") as caught:
            apply_plan(Rival(store, 4), fill(local(store), ""))
        assert "; a/c/0/0 was changed by another program; what was there" in caught.value.why
        after = look(store)
        assert changed(before, after) == {"a/c/0/0"}
        assert after["a/c/0/0"][1] == b"theirs"
        (entry,) = Journal(Location.local(store)).entries()
        kept = Path(caught.value.why.rpartition(" ")[2]) / "a/c/0/0"
        assert (entry.state, kept.read_bytes()) == ("put back in part", before["a/c/0/0"][1])

    def test_an_interrupted_edit_is_put_back_but_for_what_a_rival_wrote(self, store: Path) -> None:
        before = look(store)
        access = FailingAccess(store, 4, late=True, forever=True)
        with pytest.raises(UserError, match="a is changed in part"):
            apply_plan(access, fill(access, ""))
        (store / "a/c/0/1").write_bytes(b"theirs")
        entry = Journal(Location.local(store)).interrupted()
        assert entry is not None
        with pytest.raises(UserError, match="was undone, but not everywhere") as caught:
            recover(local(store), entry, "before")
        assert caught.value.why.startswith("a/c/0/1 was changed by another program; what was")
        assert changed(before, look(store)) == {"a/c/0/1"}
        assert Journal(Location.local(store)).interrupted() is None

    def test_a_disk_that_does_not_keep_what_is_written_is_noticed(self, store: Path) -> None:
        class Forgetful(LocalAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                short = value[:-1] if value and key == "a/c/0/1" else value
                super().put(key, short, mode=mode, version=version)

        before = look(store)
        with pytest.raises(UserError, match="a was put back, but not everywhere") as caught:
            apply_plan(Forgetful(Location.local(store)), fill(local(store), ""))
        assert caught.value.why.startswith("a/c/0/1 does not read back as it was written; ")
        assert changed(before, look(store)) == {"a/c/0/1"}
        kept = Path(caught.value.why.rpartition(" ")[2]) / "a/c/0/1"
        assert kept.read_bytes() == before["a/c/0/1"][1]

    def test_an_array_whose_document_was_changed_after_planning(self, store: Path) -> None:
        plan = fill(local(store), "")
        zarr.open_group(store, mode="r+")["a"].resize((6, 9))  # type: ignore[union-attr]
        before = look(store)
        with pytest.raises(UserError, match="a was not changed") as caught:
            apply_plan(local(store), plan)
        assert caught.value.why.startswith("a/zarr.json has been changed")
        assert look(store) == before

    @pytest.mark.parametrize("key", ["a/c/0/0", "a/c/2/2"])
    @pytest.mark.parametrize("theirs", [b"theirs", None])
    def test_undo_refuses_what_was_changed_since(
        self, store: Path, key: str, theirs: bytes | None
    ) -> None:
        entry = apply_plan(local(store), fill(local(store), ""))
        local(store).put(key, theirs)
        after = look(store)
        with pytest.raises(UserError, match="was not undone") as caught:
            undo(local(store), entry)
        assert caught.value.why.startswith(f"{key} was changed by another program")
        assert look(store) == after

    def test_undo_goes_back_many_steps(self, store: Path) -> None:
        trees = [look(store)]
        for value in "123":
            apply_plan(local(store), fill(local(store), "1:5, 2:4", value))
            trees.append(look(store))
        first = Journal(Location.local(store)).entries()[-1]
        with pytest.raises(UserError, match="was not undone"):
            undo(local(store), first)
        for tree in reversed(trees[:-1]):
            last = Journal(Location.local(store)).last_applied()
            assert last is not None
            undo(local(store), last)
            assert look(store) == tree

    def test_an_edit_is_undone_once(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        undo(local(store), entry)
        with pytest.raises(UserError) as caught:
            undo(local(store), entry)
        assert caught.value.why == "it is undone"

    def test_two_programs_do_not_edit_one_store_at_once(self, store: Path) -> None:
        inside, leave = threading.Event(), threading.Event()

        class Slow(LocalAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                inside.set()
                assert leave.wait(30)
                super().put(key, value, mode=mode, version=version)

        plan = fill(local(store), "0, 0")
        other = fill(local(store), "3, 7")
        done: list[Entry] = []
        slow = Slow(Location.local(store))
        worker = threading.Thread(target=lambda: done.append(apply_plan(slow, plan)))
        worker.start()
        try:
            assert inside.wait(30)
            with pytest.raises(UserError, match="Another program is editing this store"):
                apply_plan(local(store), other)
            assert Journal(Location.local(store)).interrupted() is None
        finally:
            leave.set()
            worker.join()
        assert [entry.state for entry in done] == ["applied"]
        apply_plan(local(store), other)
