"""Connections lost midway, and other machines at the same keys: never half, never overwritten."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from places import Remote, each_way
from remote_edits import KINDS, Keys, fill_plane, keys_in, pixel_size, write_image
from servers.faults import Fault, Lost, Reset
from servers.proxy import Proxy
from servers.requests import Request
from servers.sftp import SFTPServer, sftp_server

from omezarr_tui.edit.apply import apply_plan, recover, redo, undo
from omezarr_tui.edit.entry import Entry, Side
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.store import objects, ssh
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.location import parse_location

SIDES = pytest.mark.parametrize("side", ["before", "after"])


@pytest.fixture
def proxy(request: pytest.FixtureRequest, place: Remote, monkeypatch: pytest.MonkeyPatch) -> Proxy:
    """Put a proxy before the place's server, and wait for it as shortly as can be."""
    short = {"init_backoff": timedelta(milliseconds=5), "max_backoff": timedelta(milliseconds=20)}
    monkeypatch.setitem(objects.RETRIES, "backoff", {**short, "base": 2})
    proxy: Proxy = request.getfixturevalue("proxy_to")(request.getfixturevalue("s3").endpoint)
    place.endpoint = proxy.url
    return proxy


def lose(proxy: Proxy, nth: int, fault: Fault) -> None:
    """Lose the connection with the n-th request that changes something, and all after it."""
    seen: list[Request] = []

    def is_lost(asked: Request) -> bool:
        if asked.method not in ("GET", "HEAD"):
            seen.append(asked)
        return len(seen) >= nth

    proxy.fail(fault, where=is_lost)


def interrupted(access: Access) -> Entry:
    entry = Journal(access.location).interrupted()
    assert entry is not None
    return entry


def both_sides(access: Access, kind: str) -> dict[Side, Keys]:
    """All keys before an edit and after it; it was made, and taken back."""
    before = keys_in(access)
    entry = apply_plan(access, plan_edit(access, KINDS[kind](access)))
    after = keys_in(access)
    undo(access, entry)
    return {"before": before, "after": after}


@each_way("s3-private")
class TestLost:
    """The server does what it was asked last, or does not, and nobody is told."""

    @pytest.mark.parametrize(
        ("kind", "nth", "fault"),
        [("fill", 2, Lost()), ("attr", 1, Reset()), ("rename", 9, Lost()), ("delete", 2, Reset())],
    )
    @SIDES
    def test_an_edit_is_put_back_or_finished_later(
        self,
        place: Remote,
        proxy: Proxy,
        kind: str,
        side: Side,
        nth: int,
        fault: Fault,
        tmp_path: Path,
    ) -> None:
        access = place.open(write_image(tmp_path / "s.zarr", 2))
        wanted = both_sides(access, kind)
        plan = plan_edit(access, KINDS[kind](access))
        lose(proxy, nth, fault)
        with pytest.raises(UserError, match="is changed in part") as told:
            apply_plan(access, plan)
        assert "Put it back, or finish it" in told.value.why
        with pytest.raises(UserError, match="was not put right") as told:
            recover(place.at(access.location.url), interrupted(access), side)
        assert "it can be asked for again" in told.value.why
        proxy.heal()
        again = place.at(access.location.url)  # as after a restart
        recover(again, interrupted(again), side)
        assert keys_in(again) == wanted[side]
        assert (Journal(again.location).last_applied() is not None) == (side == "after")

    @SIDES
    def test_an_undo_too(self, place: Remote, proxy: Proxy, side: Side, tmp_path: Path) -> None:
        access = place.open(write_image(tmp_path / "s.zarr", 2))
        wanted = both_sides(access, "rename")
        entry = apply_plan(access, plan_edit(access, KINDS["rename"](access)))
        lose(proxy, 2, Lost())
        with pytest.raises(UserError, match="was not undone, or only in part"):
            undo(access, entry)
        proxy.heal()
        again = place.at(access.location.url)
        assert interrupted(again).state == "undoing"
        recover(again, interrupted(again), side)
        assert keys_in(again) == wanted[side]

    def test_a_server_that_is_down_changes_nothing(
        self, place: Remote, proxy: Proxy, tmp_path: Path
    ) -> None:
        """Every step is told in words, and can be asked for again."""
        access = place.open(write_image(tmp_path / "s.zarr"))
        before = keys_in(access)
        edit = fill_plane(access)
        plan = plan_edit(access, edit)
        proxy.down()
        with pytest.raises(UserError, match="s0 cannot be edited"):
            plan_edit(access, edit)
        with pytest.raises(UserError, match="s0 was not changed"):
            apply_plan(access, plan)
        proxy.up()
        assert keys_in(access) == before
        entry = apply_plan(access, plan)
        after = keys_in(access)
        proxy.down()
        with pytest.raises(UserError, match="was not undone"):
            undo(access, entry)
        proxy.up()
        assert keys_in(access) == after
        entry = undo(access, entry)
        proxy.down()
        with pytest.raises(UserError, match="was not made again"):
            redo(access, entry)
        proxy.up()
        assert keys_in(access) == before
        redo(access, entry)
        assert keys_in(access) == after

    @pytest.mark.parametrize("kind", ["fill", "rename"])
    def test_answers_that_are_lost_do_no_harm(
        self, place: Remote, proxy: Proxy, kind: str, tmp_path: Path
    ) -> None:
        """Of the first request for each key, and of some that delete: what is asked is done."""
        access = place.open(write_image(tmp_path / "s.zarr", 2))
        wanted = both_sides(access, kind)
        put: list[str] = []

        def is_first(asked: Request) -> bool:
            if asked.method != "PUT" or asked.path in put:
                return False
            put.append(asked.path)
            return True

        proxy.fail(Lost(), where=is_first)
        proxy.fail(Lost(), times=3, where=lambda asked: asked.method in ("POST", "DELETE"))
        entry = apply_plan(access, plan_edit(access, KINDS[kind](access)))
        assert keys_in(access) == wanted["after"]
        undo(access, entry)
        assert keys_in(access) == wanted["before"]
        assert put


class TestLostOverSFTP:
    @pytest.fixture
    def served(self, tmp_path: Path, hermetic: Path) -> Iterator[SFTPServer]:
        (tmp_path / "keys").mkdir()
        write_image(tmp_path / "served" / "s.zarr")
        with sftp_server(tmp_path / "served", tmp_path / "keys", hermetic) as server:
            yield server

    @pytest.mark.parametrize("kind", ["fill", "rename"])
    @SIDES
    def test_an_edit_is_put_back_or_finished_later(
        self, served: SFTPServer, kind: str, side: Side, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Lost when the last key is written: of a node that moves the folder was moved then."""
        monkeypatch.setattr(ssh, "_WAITS", (0, 0))
        location = parse_location(f"sftp://{served.place}/s.zarr")
        access = open_access(location)
        wanted = both_sides(access, kind)
        plan = plan_edit(access, KINDS[kind](access))
        last, put = plan.keys[-1], access.put

        def put_or_lose(key: str, value: bytes | None, **options: Any) -> None:
            served.drops = 10_000 if key == last else served.drops
            put(key, value, **options)

        monkeypatch.setattr(access, "put", put_or_lose)
        with pytest.raises(UserError, match="is changed in part"):
            apply_plan(access, plan)
        served.drops = 0
        again = open_access(location)
        recover(again, interrupted(again), side)
        assert keys_in(again) == wanted[side]
        names = {path.name for path in served.folder.rglob("*")}
        assert not any("partial" in name for name in names)

    def test_a_folder_that_was_moved_when_the_answer_was_lost(
        self, served: SFTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = open_access(parse_location(f"sftp://{served.place}/s.zarr"))
        wanted = both_sides(access, "rename")
        rename = asyncssh.SFTPServer.rename
        lost: list[tuple[bytes, ...]] = []

        async def rename_and_break_off(files: asyncssh.SFTPServer, *names: bytes) -> None:
            rename(files, *names)
            if not lost:
                lost.append(names)
                served.drops = 1
                await served.arrived("")

        monkeypatch.setattr(asyncssh.SFTPServer, "rename", rename_and_break_off)
        apply_plan(access, plan_edit(access, KINDS["rename"](access)))
        assert len(lost) == 1
        assert keys_in(access) == wanted["after"]


class Meddled:
    """Changes a key from elsewhere, between the last look at it and the write.

    Parameters
    ----------
    access
        Whose `get_with_version` is followed by that.
    other
        The same store, for another machine.
    key
        Which one.
    """

    def __init__(
        self, access: Access, other: Access, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._look = access.get_with_version
        self._other, self._key = other, key
        self.wrote: bytes | None = None
        monkeypatch.setattr(access, "get_with_version", self)

    def __call__(self, key: str) -> tuple[bytes | None, str | None]:
        found = self._look(key)
        if key == self._key and self.wrote is None:
            self.wrote = (found[0] or b"") + b" "
            self._other.put(key, self.wrote)
        return found


@each_way("s3-private", "gs-private", "az-private", "sftp")
class TestAnotherMachine:
    @pytest.mark.parametrize("kind", ["fill", "attr", "delete"])
    def test_between_the_look_and_the_write(
        self, place: Remote, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server itself refuses; all else is as it was."""
        access = place.open(write_image(tmp_path / "s.zarr", 2))
        before = keys_in(access)
        plan = plan_edit(access, KINDS[kind](access))
        key = plan.keys[-1]
        meddled = Meddled(access, place.at(access.location.url), key, monkeypatch)
        with pytest.raises(UserError, match="was not changed") as told:
            apply_plan(access, plan)
        assert key in told.value.why
        assert "another program" in told.value.why
        assert keys_in(access) == before | {key: meddled.wrote}
        assert Journal(access.location).entries() == []

    def test_an_undo_leaves_what_was_changed_meanwhile(
        self, place: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = place.open(write_image(tmp_path / "s.zarr"))
        before = keys_in(access)
        entry = apply_plan(access, plan_edit(access, fill_plane(access)))
        key = entry.records[1].key
        meddled = Meddled(access, place.at(access.location.url), key, monkeypatch)
        with pytest.raises(UserError, match="was undone, but not everywhere") as told:
            undo(access, entry)
        assert key in told.value.why
        assert keys_in(access) == before | {key: meddled.wrote}


@each_way("s3-private", "sftp")
class TestTwoJournals:
    """Of two machines, each of which knows only its own edits."""

    def test_an_edit_of_the_other_one_is_not_overwritten(
        self, place: Remote, hermetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = place.open(write_image(tmp_path / "s.zarr"))
        before = keys_in(access)
        plan = plan_edit(access, fill_plane(access, value=3))
        mine = apply_plan(access, plan_edit(access, fill_plane(access, value=1)))
        sized = apply_plan(access, plan_edit(access, pixel_size(access)))
        with monkeypatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", str(hermetic / "elsewhere"))
            other = place.at(access.location.url)
            assert Journal(other.location).entries() == []
            theirs = apply_plan(other, plan_edit(other, fill_plane(other, value=2)))
        after = keys_in(access)
        with pytest.raises(UserError, match="was not changed"):
            apply_plan(access, plan)
        with pytest.raises(UserError, match="was not undone") as told:
            undo(access, mine)
        assert "changed by another program" in told.value.why
        assert keys_in(access) == after
        undo(access, sized)  # which they did not touch
        with monkeypatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", str(hermetic / "elsewhere"))
            undo(place.at(access.location.url), theirs)
        undo(access, mine)
        assert keys_in(access) == before


@each_way("plain", "s3-public", "az-public", "sftp", "s3-private")
def test_who_may_not_write_is_told_for_every_kind(place: Remote, tmp_path: Path) -> None:
    access = place.open(write_image(tmp_path / "s.zarr"), read_only=True)
    for kind, edit in KINDS.items():
        with pytest.raises(UserError, match="cannot be edited") as told:
            plan_edit(access, edit(access))
        assert told.value.why == "opened with --read-only", kind
    assert Journal(access.location).entries() == []


@each_way("s3-private", "sftp")
def test_nothing_is_undone_where_it_was_opened_read_only(place: Remote, tmp_path: Path) -> None:
    access = place.open(write_image(tmp_path / "s.zarr"))
    entry = apply_plan(access, plan_edit(access, pixel_size(access)))
    after = keys_in(access)
    only = place.at(access.location.url, read_only=True)
    turns: list[Callable[[Access, Entry], Entry]] = [undo, redo]
    for turn in turns:
        with pytest.raises(UserError, match="was not changed") as told:
            turn(only, entry)
        assert told.value.why == "opened with --read-only"
    assert keys_in(access) == after
    undo(access, entry)
