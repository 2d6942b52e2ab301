"""Any edit, staged over a store: read as it will be, made, undone, made again, interrupted."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from editing import Tree, local, look
from hypothesis import given, settings
from hypothesis import strategies as st

from omezarr_tui.edit.apply import apply_plan, recover, redo, undo
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.waiting import Cancelled

Step = tuple[Literal["put", "copy", "move", "remove"], str, str]
Keys = dict[str, bytes]

FOLDERS = ["a", "a/b", "c", "d/e"]
KEYS = [f"{folder}/{name}" for folder in FOLDERS for name in "xy"] + ["z"]


@dataclass
class Steps:
    """An edit of any keys."""

    steps: list[Step]
    title = expression = "Change keys"
    path = ""

    def stage(self, staged: Staged, work: Work) -> list[tuple[str, str]]:
        for number, (verb, one, other) in enumerate(self.steps):
            work.step(number, len(self.steps))
            if verb == "put":
                staged.put(one, other.encode() if other else None)
            elif verb == "copy":
                staged.copy(one, other)
            elif verb == "move":
                staged.move(one, other)
            else:
                staged.remove(one)
        return []


def expected(keys: Keys, steps: list[Step]) -> Keys:
    """What the keys are after an edit, by a dictionary."""
    before, now = dict(keys), dict(keys)
    for verb, one, other in steps:
        if verb == "put":
            now.pop(one, None)
            if other:
                now[one] = other.encode()
        elif verb == "copy":
            now.pop(other, None)
            if one in before:
                now[other] = before[one]
        else:
            inside = [key for key in now if key.startswith(f"{one}/")]
            taken = {key: now.pop(key) for key in inside}
            if verb == "move":
                now |= {other + key.removeprefix(one): raw for key, raw in taken.items()}
                before |= {other + k.removeprefix(one): before[k] for k in inside if k in before}
    return now


def write(folder: Path, keys: Keys) -> LocalAccess:
    folder.mkdir()
    for key, raw in keys.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(raw)
    return local(folder)


def held(folder: Path) -> Keys:
    return {name: raw for name, (_, raw) in look(folder).items() if raw is not None}


@contextmanager
def store_of(keys: Keys) -> Iterator[tuple[Path, LocalAccess]]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "store"
        yield folder, write(folder, keys)


STORES = st.dictionaries(
    st.sampled_from(KEYS), st.sampled_from([b"1", b"22", b"", b"333"]), min_size=3
)
PUTS = st.tuples(st.just("put"), st.sampled_from(KEYS), st.sampled_from(["", "new", "1"]))
COPIES = st.tuples(st.just("copy"), st.sampled_from(KEYS), st.sampled_from(KEYS))
KEY_STEPS = st.lists(PUTS | COPIES, max_size=6)
FOLDER_STEPS = st.lists(
    st.sampled_from(
        [
            ("move", "a", "n"),
            ("move", "a/b", "b"),
            ("move", "d/e", "d/f"),
            ("remove", "c", ""),
            ("remove", "a", ""),
            ("put", "n/x", "later"),
            ("put", "d/f/y", "later"),
        ]
    ),
    max_size=3,
    unique=True,
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[Keys, list[Step]]:
    keys = draw(STORES)
    folders: list[Step] = []
    now = dict(keys)
    for step in draw(FOLDER_STEPS):  # only what makes sense: the store refuses nothing here
        verb, one, other = step
        is_there = any(key.startswith(f"{one}/") for key in now)
        taken = any(key.startswith(f"{other}/") for key in now)
        if verb == "put" or (is_there and not (verb == "move" and taken)):
            folders.append(step)
            now = expected(now, [step])
    return keys, folders or draw(KEY_STEPS)


class TestAnyEdit:
    @given(edits())
    @settings(max_examples=60, deadline=None)
    def test_it_reads_as_it_will_be_and_goes_back_and_forth(
        self, edit: tuple[Keys, list[Step]]
    ) -> None:
        keys, steps = edit
        wanted = expected(keys, steps)
        with store_of(keys) as (folder, access):
            before = look(folder)
            plan = plan_edit(access, Steps(steps))
            assert look(folder) == before
            check_reading(plan.staged, wanted)
            if plan.is_empty:
                assert wanted == keys
                return
            entry = apply_plan(access, plan)
            assert held(folder) == wanted
            after = look(folder)
            for _ in range(2):
                entry = undo(access, entry)
                assert look(folder) == before
                entry = redo(access, entry)
                assert look(folder) == after

    @given(edits(), st.data())
    @settings(max_examples=60, deadline=None)
    def test_killed_at_any_write_it_goes_back_or_is_finished(
        self, edit: tuple[Keys, list[Step]], data: st.DataObject
    ) -> None:
        keys, steps = edit
        with store_of(keys) as (folder, access):
            before = look(folder)
            plan = plan_edit(access, Steps(steps))
            if plan.is_empty:
                return
            after = self._after(keys, steps)
            writes = len(plan.keys) + len(plan.staged.moves)
            doing = data.draw(st.sampled_from(["apply", "undo", "redo"]), "doing")
            self._interrupt(folder, plan, doing, data.draw(st.integers(0, 2 * writes), "at"))
            side = data.draw(st.sampled_from(["before", "after"]), "side")
            entry = Journal(access.location).interrupted()
            if entry is None:
                assert look(folder) in (before, after)
                return
            recover(access, entry, side)
            assert look(folder) == (before if side == "before" else after)
            assert Journal(access.location).interrupted() is None

    def _after(self, keys: Keys, steps: list[Step]) -> Tree:
        with store_of(keys) as (folder, access):
            apply_plan(access, plan_edit(access, Steps(steps)))
            return look(folder)

    def _interrupt(self, folder: Path, plan: Plan, doing: str, at: int) -> None:
        """Do something, and be killed before or after a write, by its number."""
        sound = local(folder)
        if doing == "apply":
            with killed(folder, at) as access:
                apply_plan(access, plan)
            return
        entry = apply_plan(sound, plan)
        if doing == "redo":
            entry = undo(sound, entry)
        with killed(folder, at) as access:
            (undo if doing == "undo" else redo)(access, entry)


class Killed(BaseException):
    """As a signal that nothing can catch: what it passes must not clean up."""


@contextmanager
def killed(folder: Path, at: int) -> Iterator[LocalAccess]:
    """A store that nothing can be written to any more after so many half writes."""
    steps = itertools.count()

    class Dying(LocalAccess):
        def put(
            self,
            key: str,
            value: bytes | None,
            *,
            mode: int | None = None,
            version: str | None = None,
        ) -> None:
            self._step(lambda: LocalAccess.put(self, key, value, mode=mode, version=version))

        def rename_folder(self, old: str, new: str) -> None:
            self._step(lambda: LocalAccess.rename_folder(self, old, new))

        def _step(self, write: Callable[[], None]) -> None:
            for half in (lambda: None, write):
                if next(steps) >= at:
                    raise Killed
                half()

    with suppress(Killed, UserError):
        yield Dying(Location.local(folder))


def check_reading(staged: Staged, wanted: Keys) -> None:
    """See that what is read through it is what will be there."""
    assert {key: staged.get(key) for key in KEYS} == {key: wanted.get(key) for key in KEYS}
    assert dict(staged.keys_below("")) == {key: len(raw) for key, raw in wanted.items()}
    for folder in ["", *FOLDERS, "n", "d", "d/f"]:
        head = f"{folder}/" if folder else ""
        inside = {key.removeprefix(head) for key in wanted if key.startswith(head)}
        names = {(key.partition("/")[0], "/" in key) for key in inside}
        found = {(e.name, e.is_folder) for e in staged.entries(folder)}
        empty = found - names  # a folder out of which all was moved stays
        assert names <= found
        assert all(is_folder for _, is_folder in empty)
        for key in inside:
            raw = wanted[head + key]
            assert staged.size(head + key) == len(raw)
            assert staged.has(head + key)
            assert staged.get_range(head + key, -1, 1) == raw[-1:]
    for key in set(KEYS) - set(wanted):
        assert not staged.has(key)
        with pytest.raises(FileNotFoundError):
            staged.size(key)


def test_planning_can_be_stopped(tmp_path: Path) -> None:
    access = write(tmp_path / "store", {"a": b"1"})
    with pytest.raises(Cancelled):
        plan_edit(access, Steps([("put", "a", "2")]), Work(cancelled=lambda: True))
