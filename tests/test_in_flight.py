"""Edits of far stores work on a few keys at a time, and are as safe as one by one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from editing import FailingAccess, fill, look, small_store
from hypothesis import given, settings
from hypothesis import strategies as st
from test_staged import KEYS, Step, Steps, expected, held, store_of

from omezarr_tui.edit.apply import apply_plan, recover, redo, undo
from omezarr_tui.edit.entry import Side
from omezarr_tui.edit.in_flight import in_flight
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.nodes import CopyNode, DeleteNode, MoveNode
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.traffic import Traffic
from omezarr_tui.store.waiting import Cancelled


class Far(FailingAccess):
    """A store that counts as far. A write may be the last one that it takes.

    Folders can not be moved in one step, as in a bucket.
    """

    can_rename = False
    waits_for_chunks = False

    def __init__(self, folder: Path, nth: int = 1 << 30, **how: bool) -> None:
        super().__init__(folder, nth, **how)
        self.traffic = cast(Traffic, object())  # all that is asked is whether there is any
        self._lock = threading.Lock()
        self.most = self._now = 0
        self.all_here = threading.Event()
        self.all_here.set()

    def get(self, key: str) -> bytes | None:
        """See how many come at a time, as below, where chunks are waited for."""
        if self.waits_for_chunks and "/c/" in key:
            with self._together():
                return super().get(key)
        return super().get(key)

    def get_with_version(self, key: str) -> tuple[bytes | None, str]:
        """See how many come at a time: until `all_here`, which four of them are."""
        with self._together():
            return super().get_with_version(key)

    @contextmanager
    def _together(self) -> Iterator[None]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        if self.most == 4:
            self.all_here.set()
        self.all_here.wait(10)
        yield
        with self._lock:
            self._now -= 1


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return small_store(tmp_path / "image.zarr")


def test_several_keys_are_on_their_way_at_a_time(store: Path) -> None:
    before = look(store)
    access = Far(store)
    plan = fill(access, "")
    access.all_here.clear()
    entry = apply_plan(access, plan)
    assert access.most >= 4
    assert [record.key for record in entry.records] == list(plan.keys)
    after = look(store)
    undo(access, entry)
    assert look(store) == before
    redo(access, entry)
    assert look(store) == after


def test_an_edit_is_planned_with_several_keys_at_a_time(store: Path) -> None:
    alone = fill(FailingAccess(store, 1 << 30), "")
    access = Far(store)
    access.waits_for_chunks = True
    access.all_here.clear()
    plan = fill(access, "")
    assert access.most >= 4
    assert plan.keys == alone.keys
    assert plan.facts() == alone.facts()
    assert plan.staged.read_bytes == alone.staged.read_bytes


@pytest.mark.parametrize("edit", [MoveNode("a", "b"), CopyNode("a", "b"), DeleteNode("a")])
def test_a_node_is_looked_at_with_several_keys_at_a_time(store: Path, edit: Edit) -> None:
    access = Far(store)
    access.waits_for_chunks = True
    access.all_here.clear()
    plan = plan_edit(access, edit)
    if not plan.staged.moves:
        assert access.most >= 4
    access.waits_for_chunks = False
    before = look(store)
    entry = apply_plan(access, plan)
    assert entry.nodes_moved == ((("a", "b"),) if isinstance(edit, MoveNode) else ())
    assert (store / "a").exists() == isinstance(edit, CopyNode)
    assert (store / "b").exists() != isinstance(edit, DeleteNode)
    undo(access, entry)
    assert look(store) == before


@pytest.mark.parametrize("nth", range(1, 10))
@pytest.mark.parametrize("late", [False, True])
def test_a_write_that_fails_leaves_no_trace(store: Path, nth: int, late: bool) -> None:
    before = look(store)
    access = Far(store, nth, late=late)
    with pytest.raises(UserError, match="a was not changed"):
        apply_plan(access, fill(access, ""))
    assert look(store) == before
    assert Journal(access.location).interrupted() is None


@pytest.mark.parametrize("nth", range(1, 10))
@pytest.mark.parametrize("side", ["before", "after"])
def test_where_it_cannot_be_put_back_that_is_done_later(store: Path, nth: int, side: Side) -> None:
    before = look(store)
    access = Far(store, nth, late=True, forever=True)
    with pytest.raises(UserError, match="a is changed in part"):
        apply_plan(access, fill(access, ""))
    entry = Journal(access.location).interrupted()
    assert entry is not None
    recover(Far(store), entry, side)
    assert (look(store) == before) == (side == "before")


@pytest.mark.parametrize("step", range(16))
def test_it_can_be_cancelled_at_every_step(store: Path, step: int) -> None:
    before = look(store)
    access = Far(store)
    plan = fill(access, "")
    asked = iter(range(step + 1))
    with pytest.raises(Cancelled):
        apply_plan(access, plan, Work(cancelled=lambda: next(asked, None) is None))
    assert look(store) == before
    assert Journal(access.location).interrupted() is None


def test_what_somebody_else_changed_meanwhile_stays(store: Path) -> None:
    access = Far(store)
    plan = fill(access, "")
    (store / plan.keys[4]).write_bytes(b"theirs")
    before = look(store)
    with pytest.raises(UserError, match="a was not changed") as caught:
        apply_plan(access, plan)
    assert "changed by another program since" in caught.value.why
    assert look(store) == before


@given(st.dictionaries(st.sampled_from(KEYS), st.binary(max_size=3), min_size=3), st.data())
@settings(max_examples=60, deadline=None)
def test_keys_that_take_their_bytes_from_others_wait_for_them(
    keys: dict[str, bytes], data: st.DataObject
) -> None:
    """Folders moved key by key keep no bytes in the journal: none may go before it is copied."""
    moved = data.draw(st.sampled_from([("a", "n"), ("a/b", "b"), ("d", "f")]))
    puts = data.draw(st.lists(st.sampled_from(["z", "c/x", "n/x", "b/y", "f/e/x"]), max_size=2))
    steps: list[Step] = [("move", *moved), *(("put", key, "new") for key in puts)]
    wanted = expected(keys, steps)
    with store_of(keys) as (folder, _):
        before = look(folder)
        access = Far(folder)
        plan = plan_edit(access, Steps(steps))
        if plan.is_empty:
            return
        at = data.draw(st.integers(1, 2 * len(plan.keys)), "at")
        side: Side = data.draw(st.sampled_from(["before", "after"]), "side")
        try:
            entry = apply_plan(Far(folder, at, late=data.draw(st.booleans()), forever=True), plan)
        except UserError:
            left = Journal(access.location).interrupted()
            if left is None:  # its first write failed, and so nothing was to be put back
                assert look(folder) == before
                return
            recover(access, left, side)
            assert held(folder) == (keys if side == "before" else wanted)
            return
        assert held(folder) == wanted
        undo(access, entry)
        assert held(folder) == keys


def test_one_that_fails_ends_it_when_all_under_way_are_done() -> None:
    begun: list[int] = []
    done: list[int] = []
    together = threading.Barrier(3)

    def work(number: int) -> int:
        begun.append(number)
        together.wait(10)
        if number == 0:
            raise ValueError("no")
        done.append(number)
        return number

    with pytest.raises(ValueError, match="no"):
        in_flight(3, range(9), work, lambda item, result: None)
    assert set(begun) - {0} == set(done)
