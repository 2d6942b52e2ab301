"""Edits of stores on servers, and taking them back."""

from pathlib import Path

import numpy as np
import pytest
from editing import small_store
from layouts import read_region
from places import Remote, each_way
from servers.faults import Answer
from servers.requests import Request

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import Plan, plan_fill
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import UserError
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
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
        assert changed == {touched.key for touched in plan.touched}
        assert set(after) > set(before)  # a chunk that was missing was written

        again = place.at(access.location.url)  # as the program does after a restart
        restarted = Journal(again.location).last_applied()
        assert restarted == entry
        undo(again, restarted)
        assert keys_in(again) == before

    def test_what_someone_else_changed_stays(self, place: Remote, tmp_path: Path) -> None:
        access = place.open(small_store(tmp_path / "s.zarr"))
        plan = filled(access, "0,0")
        (touched,) = plan.touched
        other = place.at(access.location.url)
        raw = other.get(touched.key)
        assert raw is not None
        other.put(touched.key, raw + b"x")
        with pytest.raises(UserError):
            apply_plan(access, plan)
        assert access.get(touched.key) == raw + b"x"

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
    assert len(plan.touched) > 2
    written: list[object] = []

    def is_third_write(asked: Request) -> bool:
        written.extend([asked] if asked.method == "PUT" else [])
        return asked.method == "PUT" and len(written) == 3

    proxy.fail(Answer(403), times=1, where=is_third_write)
    with pytest.raises(UserError):
        apply_plan(access, plan)
    assert [asked.method for asked in proxy.settled()].count("PUT") > 3
    assert keys_in(access) == before
