"""The validator over real servers: the same findings, few requests, and what it could not see."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import zarr
from foreign.made import quiet
from good_stores import write_good
from places import Remote, each_way

from omezarr_tui.ome.validate.store import Report, validate_store
from omezarr_tui.store.access import Access
from omezarr_tui.store.opening import find_node


def judge(access: Access) -> Report:
    """Judge a whole store."""
    return validate_store(access, find_node(access, ""))


def rules(report: Report) -> set[tuple[str, str]]:
    """The rules that are broken, and where."""
    return {(finding.rule, finding.node) for finding in report.findings}


@each_way("s3-private", "s3-unlisted", "plain", "sftp")
def test_the_same_is_found(place: Remote, tmp_path: Path) -> None:
    path = write_good(tmp_path, "plate")
    shutil.rmtree(path / "A" / "1" / "1" / "s0")
    shutil.rmtree(path / "A" / "2" / "0")
    report = judge(place.open(path))
    assert rules(report) == {("level.missing", "A/1/1"), ("well.field-missing", "A/2")}
    assert report.nodes == 32 - 8
    assert bool(report.unchecked) is not place.can_list
    assert all("cannot be listed" in sentence for sentence in report.unchecked)


@each_way("plain")
def test_an_unlisted_label_is_not_seen_where_nothing_is_listed(
    place: Remote, tmp_path: Path
) -> None:
    path = write_good(tmp_path, "image_05")
    (path / "labels" / "zarr.json").write_text(
        '{"zarr_format": 3, "node_type": "group", "attributes": '
        '{"ome": {"version": "0.5", "labels": []}}}'
    )
    report = judge(place.open(path))
    assert ("labels.unlisted", "labels") not in rules(report)
    assert len(report.unchecked) == 1


@each_way("s3-private")
@pytest.mark.parametrize("kind", ["image_04", "image_05"])
def test_copies_are_believed_and_that_is_said(place: Remote, tmp_path: Path, kind: str) -> None:
    path = write_good(tmp_path, kind)
    with quiet():
        zarr.consolidate_metadata(path, zarr_format=2 if kind == "image_04" else 3)
    shutil.rmtree(path / "s1")
    report = judge(place.open(path))
    assert rules(report) == set()
    assert len(report.unchecked) == 1
    assert "consolidated" in report.unchecked[0]


@each_way("s3-private")
def test_undeclared_nesting_is_found_with_few_requests(place: Remote, tmp_path: Path) -> None:
    path = write_good(tmp_path, "image_04")
    for level in ("s0", "s1"):
        document = path / level / ".zarray"
        document.write_text(
            document.read_text().replace('"dimension_separator": "/"', '"order": "C"')
        )
        chunk = path / level / "0" / "0" / "0"
        chunk.parent.mkdir(parents=True)
        chunk.write_bytes(bytes(512))
    access = place.open(path)
    report = judge(access)
    assert ("zarr.chunk-keys", "s0") in rules(report)
    assert access.traffic is not None
    # Three for each of seven nodes, a listing of each of three groups, and the chunks.
    assert access.traffic.requests < 45
