"""Edits of stores on servers, and taking them back."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from edit_kinds import KINDS, image_store
from editing import plan_fill, small_store
from layouts import read_region
from places import Remote, each_way
from servers.faults import Answer, Fault, Lost, Reset
from servers.requests import Request

from omezarr_tui.edit.apply import apply_plan, recover, redo, undo
from omezarr_tui.edit.entry import Side
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import UserError
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
from omezarr_tui.store.objects import RETRIES
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.root import store_root

WRITABLE = ("s3-private", "gs-private", "az-private", "sftp")


def keys_in(access: Access) -> dict[str, bytes | None]:
    return {key: access.get(key) for key, _ in access.keys_below("")}


def array_of(access: Access) -> Array:
    node = find_node(access, "a")
    assert isinstance(node, Array)
    return node


def values_in(access: Access) -> np.ndarray:
    return read_region(Reader(access), array_of(access), (slice(0, 6), slice(0, 8)))


def filled(access: Access, text: str) -> Plan:
    node = array_of(access)
    selection = parse_selection(text, node.shape, ["y", "x"])
    return plan_fill(access, node, selection, parse_value("5", node.dtype))


@each_way(*WRITABLE)
class TestEditing:
    def test_a_plane_and_back(self, place: Remote, tmp_path: Path) -> None:
        access = place.open(small_store(tmp_path / "s.zarr"))
        before = keys_in(access)
        old = values_in(access)
        plan = filled(access, "2:5,1:4")
        assert keys_in(access) == before
        entry = apply_plan(access, plan)
        wanted = old.copy()
        wanted[2:5, 1:4] = 5
        np.testing.assert_array_equal(values_in(access), wanted)
        after = keys_in(access)
        changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
        assert changed == set(plan.keys)
        assert set(after) > set(before)  # a chunk that was missing was written

        again = place.at(access.location.url)  # as the program does after a restart
        restarted = Journal(again.location).last_applied()
        assert restarted == entry
        undone = undo(again, restarted)
        assert keys_in(again) == before
        redo(again, undone)
        assert keys_in(again) == after

    def test_what_someone_else_changed_stays(self, place: Remote, tmp_path: Path) -> None:
        access = place.open(small_store(tmp_path / "s.zarr"))
        plan = filled(access, "0,0")
        (key,) = plan.keys
        other = place.at(access.location.url)
        raw = other.get(key)
        assert raw is not None
        other.put(key, raw + b"x")
        with pytest.raises(UserError):
            apply_plan(access, plan)
        assert access.get(key) == raw + b"x"

    def test_the_root_is_found_from_inside(self, place: Remote, tmp_path: Path) -> None:
        url = place.put(small_store(tmp_path / "s.zarr"))
        root, path = store_root(place.at(f"{url}/a"), "")
        assert (root.location.url, path) == (url, "a")
        assert root.location.identity == place.at(url).location.identity


@each_way("s3-public", "az-public", "plain")
def test_who_may_not_write_is_told(place: Remote, tmp_path: Path) -> None:
    access = place.open(small_store(tmp_path / "s.zarr"))
    why = access.why_read_only()
    assert why
    with pytest.raises(UserError, match=r"cannot be edited|was not changed") as told:
        apply_plan(access, filled(access, "0,0"))
    assert why in told.value.why


@each_way("s3-private")
def test_a_write_that_fails_is_put_back(
    place: Remote, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    proxy = request.getfixturevalue("proxy_to")(request.getfixturevalue("s3").endpoint)
    url = place.put(small_store(tmp_path / "s.zarr"))
    place.endpoint = proxy.url
    access = place.at(url)
    before = keys_in(access)
    plan = filled(access, "0:4,0:8")
    assert len(plan.keys) > 2
    written: list[object] = []

    def is_third_write(asked: Request) -> bool:
        written.extend([asked] if asked.method == "PUT" else [])
        return asked.method == "PUT" and len(written) == 3

    proxy.fail(Answer(403), times=1, where=is_third_write)
    with pytest.raises(UserError):
        apply_plan(access, plan)
    assert [asked.method for asked in proxy.settled()].count("PUT") > 3
    assert keys_in(access) == before


@each_way("s3-private")
@pytest.mark.parametrize(
    ("fault", "side"), [(Reset(), "before"), (Lost(), "after"), (Answer(503), "after")]
)
def test_a_connection_that_is_lost(
    fault: Fault,
    side: Side,
    place: Remote,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = {"init_backoff": timedelta(milliseconds=1), "max_backoff": timedelta(milliseconds=2)}
    monkeypatch.setitem(RETRIES, "backoff", {"base": 2, **soon})
    proxy = request.getfixturevalue("proxy_to")(request.getfixturevalue("s3").endpoint)
    url = place.put(image_store(tmp_path / "s.zarr", 3))
    place.endpoint = proxy.url
    access = place.at(url)
    plan = plan_edit(access, KINDS["condition"](access, Random(0)))
    trees: dict[Side, dict[str, bytes | None]] = {"before": keys_in(access)}
    entry = apply_plan(access, plan)
    trees["after"] = keys_in(access)
    undo(access, entry)
    written: list[Request] = []

    def is_behind_the_third_write(asked: Request) -> bool:
        written.extend([asked] if asked.method == "PUT" else [])
        return len(written) > 2

    proxy.fail(fault, where=is_behind_the_third_write)
    with pytest.raises(UserError, match="image/s0 is changed in part") as told:
        apply_plan(access, plan)
    assert "Put it back, or finish it, when that is mended" in told.value.why
    proxy.heal()

    again = place.at(url)  # as the program does after a restart
    left = Journal(again.location).interrupted()
    assert left is not None
    recover(again, left, side)
    assert keys_in(again) == trees[side]


@each_way("s3-private", "sftp")
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("kind", ["fill", "metadata", "move", "delete", "swap channels"])
def test_a_store_that_fails_at_any_write(
    kind: str, zarr_format: int, place: Remote, tmp_path: Path
) -> None:
    access = place.open(image_store(tmp_path / "s.zarr", zarr_format))
    plan = plan_edit(access, KINDS[kind](access, Random(0)))
    trees: dict[Side, dict[str, bytes | None]] = {"before": keys_in(access)}
    entry = apply_plan(access, plan)
    trees["after"] = keys_in(access)
    undo(access, entry)
    assert keys_in(access) == trees["before"]
    journal = Journal(access.location)
    for nth in (1, 2, 5, 14, 41, 122):
        failing = place.at(access.location.url)
        lost = lose_from(failing, nth)
        with suppress(UserError):
            apply_plan(failing, plan)
            assert not lost
        side: Side = "before" if journal.last_applied() is None else "after"
        if (left := journal.interrupted()) is not None:
            assert lost
            side = "after" if nth in (2, 14) else "before"
            recover(access, left, side)
        assert keys_in(access) == trees[side]
        if side == "after":
            undo(access, journal.entries()[0])
            assert keys_in(access) == trees["before"]
        if not lost:
            break
    assert nth > 1


def lose_from(access: Access, nth: int) -> list[str]:
    """Let the connection be lost right behind the n-th write, or right before; tell the writes."""
    lost: list[str] = []
    writes = itertools.count(1)

    def losing(real: Callable[..., None]) -> Callable[..., None]:
        def call(*words: Any, **options: Any) -> None:
            at = next(writes)
            if at < nth or (at == nth and nth % 2):
                real(*words, **options)
            if at >= nth:
                lost.append(words[0])
                raise ConnectionError("the connection was lost")

        return call

    for name in ("put", "rename_folder"):
        setattr(access, name, losing(getattr(access, name)))
    return lost
