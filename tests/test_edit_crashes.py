"""Killed at any step of any edit, or out of disk: the store is as before, or as after.

``OMEZARR_TUI_CRASHES=20`` makes twenty times as many random edits.
"""

import errno
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import pytest
from crashing import Action, count_steps, failing, killed
from edit_kinds import KINDS, image_store
from editing import Tree, local, look

from omezarr_tui.edit import staged
from omezarr_tui.edit.apply import apply_plan, recover, redo, undo
from omezarr_tui.edit.entry import Side
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    # Python 3.12 warns of forks beside threads: what is forked here needs none of them.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

SIDES: tuple[Side, Side] = ("before", "after")
FOLDERS = ("rename", "delete", "drop a level")
STEPS_BEFORE, STEPS_AFTER = 7, 1  # until an edit is under way, and when it no longer is
TIMES = int(os.environ.get("OMEZARR_TUI_CRASHES", "1"))


class KeyByKey(LocalAccess):
    """A store that cannot move folders, as those in clouds cannot."""

    can_rename = False


@pytest.fixture(autouse=True)
def no_disk_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(scope="module", autouse=True)
def forks_are_cheap() -> Iterator[None]:
    gc.collect()
    gc.freeze()  # else the collector writes to all memory, of which each process gets a copy
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("templates")
    return {number: image_store(folder / f"v{number}", number) for number in (2, 3)}


@pytest.fixture(params=[2, 3], ids=["v2", "v3"])
def store(request: pytest.FixtureRequest, templates: dict[int, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(templates[request.param], tmp_path / "store"))


@dataclass
class Edited:
    """An edit of a store that was planned, and what the store is on both sides of it.

    Attributes
    ----------
    steps
        In how many it is made, where the journal is empty.
    """

    access: Access
    plan: Plan
    journal: Journal = field(init=False)
    trees: dict[Side, Tree] = field(init=False)
    steps: int = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.access.location)
        self.journal.folder.mkdir(parents=True)
        before = self.look()
        self.steps = count_steps(self.apply)
        self.trees = {"before": before, "after": self.look()}
        assert self.trees["after"] != before
        self.bring("before")
        assert self.look() == before

    def look(self) -> Tree:
        return look(Path(self.access.location.path))

    def apply(self) -> None:
        apply_plan(self.access, self.plan)

    def recover(self, side: Side) -> None:
        entry = self.journal.interrupted()
        assert entry is not None
        recover(self.access, entry, side)

    def settle(self, side: Side) -> Side:
        """Open it again, bring what was interrupted to an end, and tell where it ended."""
        if self.journal.interrupted() is not None:
            self.recover(side)
        else:
            side = "before" if self.journal.last_applied() is None else "after"
        assert self.journal.interrupted() is None
        assert self.look() == self.trees[side]
        return side

    def bring(self, side: Side) -> None:
        """Bring the store to a side."""
        applied, undone = self.journal.last_applied(), self.journal.last_undone()
        if side == "before" and applied is not None:
            undo(self.access, applied)
        elif side == "after" and applied is None:
            if undone is None:
                self.apply()
            else:
                redo(self.access, undone)

    def forget(self) -> None:
        """Forget what can be made again."""
        for entry in self.journal.entries():
            self.journal.discard(entry)


@pytest.fixture(params=KINDS)
def edited(request: pytest.FixtureRequest, store: Path) -> Edited:
    access = local(store)
    return Edited(access, plan_edit(access, KINDS[request.param](access, Random(0))))


def steps_of(edited: Edited, every: int = 8) -> Iterator[int]:
    """Some steps to be killed at, not the same for each edit; all where more is asked for."""
    first = 1 + len(edited.plan.edit.expression) % every
    return count(first, every) if TIMES == 1 else count(1)


def check_each_step(edited: Edited, steps: Iterator[int], first: Side, action: Action) -> int:
    """Kill what turns a store, brought to a side, at some of its steps; give the last."""
    for at in steps:
        edited.bring(first)
        assert edited.look() == edited.trees[first]
        is_over = not killed(action, at)
        edited.settle(SIDES[at % 2])
        if is_over:
            return at
    raise AssertionError("steps have no end")


class TestKilled:
    """Each is killed, the store is opened again, and put back or finished in turns."""

    def test_while_it_is_made(self, edited: Edited) -> None:
        # All steps of one format; of the other, whose files are written the same way, some.
        every = 1 if "zarr.json" in edited.trees["before"] else 4
        last = check_each_step(edited, steps_of(edited, every), "before", edited.apply)
        changes = edited.plan.staged.changes().values()
        assert last > 4 + 3 * sum(staging.nbytes > 0 for _, staging in changes)
        assert edited.look() == edited.trees["after"]

    def test_while_it_is_undone(self, edited: Edited) -> None:
        check_each_step(edited, steps_of(edited), "after", lambda: edited.bring("before"))

    def test_while_it_is_made_again(self, edited: Edited) -> None:
        edited.bring("after")
        edited.bring("before")
        check_each_step(edited, steps_of(edited), "before", lambda: edited.bring("after"))

    @pytest.mark.parametrize("side", SIDES)
    def test_while_it_is_recovered(self, edited: Edited, side: Side) -> None:
        middle = (edited.steps - STEPS_AFTER + 2 * STEPS_BEFORE) // 3
        for at in steps_of(edited):
            edited.bring("before")
            edited.forget()
            assert killed(edited.apply, middle)
            is_over = not killed(lambda: edited.recover(side), at)
            edited.settle(SIDES[at % 2])
            if is_over:
                return


@pytest.mark.parametrize("kind", FOLDERS)
def test_folders_that_are_moved_key_by_key(
    kind: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a cloud, or where the journal is on another disk."""
    monkeypatch.setattr(staged, "is_same_disk", lambda one, other: False)
    access = KeyByKey(Location.local(store))
    edited = Edited(access, plan_edit(access, KINDS[kind](access, Random(0))))
    assert not edited.plan.staged.moves
    check_each_step(edited, count(1), "before", edited.apply)
    check_each_step(edited, steps_of(edited), "after", lambda: edited.bring("before"))


class TestRefused:
    """The disk of the store and the journal is full, or worse, at some step."""

    @pytest.mark.parametrize("forever", [False, True])
    def test_while_it_is_made(self, edited: Edited, forever: bool) -> None:
        ended = set()
        for at in steps_of(edited):
            error = (errno.ENOSPC, errno.EDQUOT, errno.EIO)[at % 3]
            with failing(at, error, forever=forever) as refused:
                try:
                    edited.apply()
                except UserError:
                    assert refused
                else:
                    assert edited.journal.last_applied() is not None
            ended.add(edited.settle(SIDES[at // 8 % 2]))
            edited.bring("before")
            if not refused:
                break
        assert ended == set(SIDES)


class TestRandom:
    """Edits one upon the other, many of them killed; then all are taken back."""

    @pytest.mark.parametrize("seed", range(20 * TIMES))
    def test_a_history(self, seed: int, templates: dict[int, Path], tmp_path: Path) -> None:
        random = Random(seed)
        folder = Path(shutil.copytree(templates[random.choice((2, 3))], tmp_path / "store"))
        access = random.choice((LocalAccess, LocalAccess, KeyByKey))(Location.local(folder))
        journal = Journal(access.location)
        trees = [look(folder)]
        for _ in range(10):
            try:
                plan = plan_edit(access, random.choice(list(KINDS.values()))(access, random))
            except (UserError, ValueError):  # of what an edit before took away, say
                continue
            if plan.is_empty:
                continue
            wanted = {key: plan.staged.get(key) for key, _ in plan.staged.keys_below("")}
            last = journal.last_applied()
            killed(lambda plan=plan: apply_plan(access, plan), random.randrange(4, 40))
            bring_to_an_end(access, random)
            now = look(folder)
            if journal.last_applied() == last:
                assert now == trees[-1]
                continue
            assert {key: raw for key, (_, raw) in now.items() if raw is not None} == wanted
            assert all(now[key][0] == mode for key, (mode, _) in trees[-1].items() if key in now)
            trees.append(now)
        for number in reversed(range(1, len(trees))):
            entry = journal.last_applied()
            assert entry is not None
            killed(lambda entry=entry: undo(access, entry), random.randrange(1, 30))
            bring_to_an_end(access, random)
            if journal.last_applied() == entry:
                assert look(folder) == trees[number]
                undo(access, entry)
            assert look(folder) == trees[number - 1]


def bring_to_an_end(access: Access, random: Random) -> None:
    """Put back or finish what was interrupted, and be killed at that now and then."""
    side = random.choice(SIDES)
    while (entry := Journal(access.location).interrupted()) is not None:
        at = random.choice((random.randrange(1, 40), sys.maxsize))
        killed(lambda entry=entry: recover(access, entry, side), at)
