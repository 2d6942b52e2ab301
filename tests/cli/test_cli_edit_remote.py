"""The commands that change stores, on servers: what they say, and what is done."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from places import Remote, each_way
from remote_edits import keys_in, values_in, write_image
from running import failed
from servers.faults import Reset
from servers.proxy import Proxy
from servers.requests import Request
from servers.s3 import KEY_ID

from omezarr_tui.store import objects

EDITS = {
    "set": ("/", "z=1", "--value", "9"),
    "copy-plane": ("/", "z=1", "--from", "0"),
    "attr": ("/", "pixel-size.z=0.5"),
    "rename": ("labels/nuclei", "cells"),
    "delete": ("labels",),
    "consolidate": ("--drop",),
}


@each_way("s3-private", "gs-private", "sftp")
def test_edits_are_made_told_and_taken_back(run: Any, place: Remote, tmp_path: Path) -> None:
    access = place.open(write_image(tmp_path / "s.zarr"))
    url = access.location.url
    options = [f"--storage-option={key}={value}" for key, value in place.storage.items()]
    states = [keys_in(access)]
    for number, (command, words) in enumerate(EDITS.items(), 1):
        dry = run(command, url, *words, *options, "--dry-run")
        assert (dry[0], dry[2]) == (0, ""), dry
        assert dry[1].endswith("A dry run: nothing was changed.\n")
        assert keys_in(access) == states[-1]
        code, out, err = run(command, url, *words, *options, "--yes")
        assert (code, err) == (0, ""), err
        assert f"Edit {number} of this store; undo takes it back." in out
        states.append(keys_in(access))
        assert states[-1] != states[-2]
    code, out, err = run("history", url, *options, "--json")
    assert (code, err) == (0, "")
    assert [entry["number"] for entry in json.loads(out)] == list(range(len(EDITS), 0, -1))
    assert run("undo", url, "2", "--yes", *options)[1].endswith("Done: 2 edits.\n")
    assert keys_in(access) == states[-3]
    assert run("redo", url, "--yes", *options)[1].endswith("Done: 1 edit.\n")
    assert keys_in(access) == states[-2]
    code, out, _ = run("undo", url, "99", "--yes", "--json", *options)
    assert (code, len(json.loads(out)["edits"])) == (0, len(EDITS) - 1)
    assert keys_in(access) == states[0]
    assert run("undo", url, "--yes", *options) == (0, "There is none to do.\n", "")


@pytest.mark.parametrize("command", [*EDITS, "fix"])
@each_way("plain", "s3-public", "az-public")
def test_where_nothing_can_be_written_every_command_says_so(
    run: Any, place: Remote, command: str, tmp_path: Path
) -> None:
    access = place.open(write_image(tmp_path / "s.zarr"))
    endpoint = [f"--endpoint-url={place.endpoint}"] if place.endpoint else []
    words = EDITS.get(command, ())
    result = run(command, access.location.url, *words, *endpoint, "--yes")
    failed(result, 3, "cannot be edited\n", access.why_read_only() or "?")


@each_way("s3-private")
def test_who_is_not_let_in_changes_nothing(
    run: Any, place: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without credentials, or with wrong ones; what the owner edited is not undone either."""
    access = place.open(write_image(tmp_path / "s.zarr"))
    url = access.location.url
    assert run("attr", url, *EDITS["attr"], "--yes")[0] == 0
    after = keys_in(access)
    commands = {"history": (), "recover": ("--back",), "undo": ("--yes",)}
    commands |= {command: (*words, "--yes") for command, words in EDITS.items()}
    for command, words in commands.items():
        failed(run(command, url, *words, "--anon"), 3, f"{url} cannot be read\n", "refuses access")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFSOMEBODYELSE")
    for command, words in commands.items():
        failed(run(command, url, *words), 3, f"{url} cannot be read\n", "refuses access")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    assert keys_in(access) == after


@pytest.mark.parametrize("command", [*EDITS, "fix"])
def test_a_zip_is_not_edited(run: Any, command: str, tmp_path: Path) -> None:
    packed = shutil.make_archive(str(tmp_path / "s.zarr"), "zip", write_image(tmp_path / "s.zarr"))
    before = Path(packed).read_bytes()
    result = run(command, packed, *EDITS.get(command, ()), "--yes")
    failed(result, 3, "cannot be edited\n", "a zip cannot be changed in place")
    assert Path(packed).read_bytes() == before


@each_way("s3-private")
def test_a_folder_of_stores_has_no_history_of_its_own(
    run: Any, place: Remote, tmp_path: Path
) -> None:
    access = place.open(write_image(tmp_path / "s.zarr"))
    above = access.location.url.rpartition("/")[0]
    for command in ("history", "undo", "redo", "recover"):
        failed(run(command, above), 3, "is no store\n", "name a store, or a node inside of one")
    assert run("attr", above, "s.zarr", *EDITS["attr"][1:], "--yes")[0] == 0
    told = run("history", above, "s.zarr/labels")
    assert told[0] == 0
    assert told == run("history", access.location.url)
    assert "pixel-size.z=0.5" in told[1]


@each_way("s3-private")
@pytest.mark.parametrize("side", ["--back", "--finish"])
def test_a_connection_lost_midway_is_told_and_recovered(
    run: Any,
    place: Remote,
    side: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    short = {"init_backoff": timedelta(milliseconds=5), "max_backoff": timedelta(milliseconds=20)}
    monkeypatch.setitem(objects.RETRIES, "backoff", {**short, "base": 2})
    proxy: Proxy = request.getfixturevalue("proxy_to")(request.getfixturevalue("s3").endpoint)
    access = place.open(write_image(tmp_path / "s.zarr"))
    url, before = access.location.url, keys_in(access)
    written: list[str] = []

    def is_lost(asked: Request) -> bool:
        written.extend([asked.path] if asked.method == "PUT" else [])
        return len(written) > 1

    proxy.fail(Reset(), where=is_lost)
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
    result = run("set", url, *EDITS["set"], "--yes", "--json")
    failed(result, 3, "s0 is changed in part", "Put it back, or finish it, when that is mended")
    proxy.down()
    for command in (
        ("history",),
        ("undo", "--yes"),
        ("recover", side),
        ("set", "z=1", "--value=9"),
    ):
        words = run(command[0], url, *command[1:])
        failed(words, 3, f"{url} cannot be read\n", "cannot be reached")
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3").endpoint)
    failed(run("undo", url, "--yes"), 3, "An edit of this store was interrupted: s0[1, :, :] = 9")
    code, out, _ = run("recover", url)
    assert (code, "was interrupted while applying." in out) == (0, True)
    code, out, err = run("recover", url, side)
    assert (code, err) == (0, "")
    assert out == f"The store is as {'before' if side == '--back' else 'after'} s0[1, :, :] = 9.\n"
    assert (keys_in(access) == before) == (side == "--back")
    assert (values_in(access, "s0")[1] == 9).all() == (side == "--finish")
    assert (values_in(access, "s1")[1] == 9).all() == (side == "--finish")
