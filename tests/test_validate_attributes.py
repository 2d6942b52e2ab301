"""The validator over attributes: the official suites, versions, fixes, and any JSON at all."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from ome_documents import document, edited

from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.documents import validate_document
from omezarr_tui.ome.validate.finding import REMOVED, Change, Finding, Fix, is_valid
from omezarr_tui.ome.validate.finding_json import finding_json

VERSIONS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6")
KINDS = ("image", "plate", "well", "label", "labels", "layout", "series")
SUITES = Path(__file__).parents[2] / "shared" / "conformance" / "ome_zarr_attributes.json"

# Of the suites, for what reason a document is to be rejected: words of its name, and the rules.
REASONS = {
    "duplicate_axes": {"axes.unique"},
    "missing_space_axes": {"axes.space"},
    "too_many_axes": {"axes.count"},
    "one_space_axes": {"axes.space"},
    "missing_axes_name": {"axes.name"},
    "invalid_axis_type": {"axes.space"},
    "missing_scale": {"datasets.one-scale", "datasets.single"},
    "duplicate_scale": {"datasets.one-scale", "datasets.single"},
    "empty_transformations": {"datasets.transformations"},
    "invalid_channels_color": {"omero.color-text"},
    "invalid_channels_window": {"omero.window-numbers"},
    "invalid_multiscale_transform_input": {"transformation.reference"},
    "missing_coordinate_systems": {"systems.missing"},
    "missing_coordinate_system_name": {"systems.name"},
    "colors_rgba": {"label.rgba"},
    "colors_duplicate": {"label.unique"},
    "no_colors": {"label.no-colors"},
    "well_1group": {"plate.well-path"},
    "well_path_has_column_before_row": {"plate.well-path-order"},
    "missing_well_rowIndex": {"plate.well-index"},
    "acquisition_negative_starttime": {"plate.acquisition-numbers"},
    "zero_field_count": {"plate.field-count"},
    "forbidden_path": {"well.path-name"},
    "bad_mapaxis": {"transformation.map-axis", "transformation.parameters"},
    "bad_rotation": {"transformation.rotation", "transformation.parameters"},
    "bad_projectAxis_insert_too_many": {"transformation.dimensions"},
    "bad_projectAxis_remove": {"transformation.project-axis"},
    "bad_byDimension": {"transformation.by-dimension"},
    "path_not_allowed": {"transformation.parameters"},
    "multiscales_transform_forbidden": {"datasets.single"},
    "scene_missing_scene": {"scene.missing"},
    "scene_missing_version": {"version.missing"},
    "scene_bijection": {"transformation.parameters"},
}


def _suites() -> list[Any]:
    if not SUITES.is_file():
        lacking = pytest.mark.skip(reason="the official suites are not there")
        return [pytest.param({}, id="suites", marks=lacking)]
    rows = json.loads(SUITES.read_text())
    return [pytest.param(row, id=f"{row['version']} {row['id']}") for row in rows]


@pytest.mark.parametrize("known", [True, False], ids=["version told", "document alone"])
@pytest.mark.parametrize("row", _suites())
def test_the_official_suites(row: dict[str, Any], known: bool) -> None:
    version = row["version"] if known else None
    findings = validate_attributes(row["attrs"], version=version)
    assert is_valid(findings, strict=row["strict"]) is row["valid"], findings
    if row["valid"]:
        return
    counting = {"error", "warning"} if row["strict"] else {"error"}
    rules = {finding.rule for finding in findings if finding.severity in counting}
    for word, reasons in REASONS.items():
        if word in row["id"]:
            assert rules & reasons, (word, rules)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_of_good_attributes(kind: str, version: str) -> None:
    assert validate_attributes(document(kind, version)) == []
    assert validate_attributes(document(kind, version), version=version) == []


@pytest.mark.parametrize("version", ["0.6", "0.6rc0", "0.6rc12", "0.6.dev3"])
def test_release_candidates_are_judged_as_what_they_lead_to(version: str) -> None:
    for kind in ("image", "scene"):
        attributes = edited(document(kind, "0.6"), {"/ome/version": version})
        assert validate_attributes(attributes) == []
    [finding] = validate_attributes(edited(document("image", "0.6"), {
        "/ome/version": version, "/ome/multiscales/0/coordinateSystems/0/axes/4/name": "y",
    }))  # fmt: skip
    assert finding.rule == "axes.unique"
    assert finding.section == f'OME-Zarr {version}, "axes"'


def test_drafts_of_0_6_name_systems_by_text() -> None:
    at = "/ome/multiscales/0/datasets/1/coordinateTransformations/0"
    texts = edited(document("image", "0.6"), {f"{at}/input": "1", f"{at}/output": "physical"})
    rules = [finding.rule for finding in validate_attributes(texts)]
    assert rules == ["transformation.reference"] * 2
    assert validate_attributes(edited(texts, {"/ome/version": "0.6.dev3"})) == []


@pytest.mark.parametrize(
    ("kind", "version", "values", "zarr_format", "expected"),
    [
        ("image", "0.5", {"/ome/version": REMOVED}, 3, ["version.missing"]),
        ("image", "0.6", {"/ome/version": REMOVED}, 3, ["version.missing"]),
        ("image", "0.5", {"/ome/version": 0.5}, 3, ["version.value"]),
        ("image", "0.5", {"/ome/version": "0.4"}, 3, ["version.value"]),
        ("image", "0.5", {"/ome/version": "7.1"}, 3, ["version.later"]),
        ("image", "0.5", {}, 2, ["version.zarr-format"]),
        ("image", "0.4", {}, 3, ["version.zarr-format"]),
        ("image", "0.4", {}, 2, []),
        ("image", "0.3", {"/multiscales/0/version": REMOVED}, 2, ["version.recommended"]),
        ("image", "0.4", {"/multiscales/0/version": REMOVED}, 2, ["version.recommended"]),
        ("image", "0.4", {"/multiscales/0/version": 0.4}, 2, ["version.value"]),
        ("image", "0.4", {"/multiscales/0/version": "0.3"}, 2, ["version.value"]),
        ("plate", "0.4", {"/plate/version": "foo"}, 2, ["version.value"]),
        ("plate", "0.4", {"/plate/version": "0.5"}, None, ["version.namespace"]),
    ],
)
def test_versions(
    kind: str,
    version: str,
    values: dict[str, Any],
    zarr_format: int | None,
    expected: list[str],
) -> None:
    attributes = edited(document(kind, version), values)
    findings = validate_attributes(attributes, zarr_format=zarr_format)
    assert [finding.rule for finding in findings] == expected


def test_a_group_above_tells_the_version() -> None:
    attributes = edited(document("plate", "0.4"), {"/plate/version": REMOVED})
    [finding] = validate_attributes(attributes, version="0.3")
    assert finding.section == 'OME-Zarr 0.3, "plate"'
    assert finding.fix == Fix(
        'set "version" to "0.3"', (Change("", "attributes", "/plate/version", "0.3"),)
    )
    [finding] = validate_attributes(document("plate", "0.4"), version="0.3")
    assert (finding.rule, finding.pointer) == ("version.value", "/plate/version")


@pytest.mark.parametrize("kind", ["image", "label", "plate", "well", "labels"])
def test_0_5_wants_its_metadata_below_ome(kind: str) -> None:
    [finding] = validate_attributes(document(kind, "0.5")["ome"], version="0.5")
    assert (finding.rule, finding.pointer) == ("version.namespace", "")
    assert validate_attributes({"ome": 3}, zarr_format=3)[0].rule == "version.namespace"


def test_what_is_not_of_ome_zarr_is_left_alone() -> None:
    for attributes in ({}, {"labels": "mine"}, {"series": 3}, {"spatialdata_attrs": {}}):
        assert validate_attributes(attributes, node="table") == []
    assert validate_attributes({"labels": "mine"}, node="a/labels")[0].rule == "labels.list"
    assert validate_attributes({"series": 3}, node="OME")[0].rule == "bioformats2raw.series"


def test_findings_name_their_node() -> None:
    attributes = edited(document("well", "0.5"), {"/ome/well/images/0/path": 0})
    [finding] = validate_attributes(attributes, node="A/1")
    assert finding.node == "A/1"
    assert finding.pointer == "/ome/well/images/0"
    assert finding.fix is not None
    assert finding.fix.changes == (Change("A/1", "attributes", "/ome/well/images/0/path", "0"),)


def test_text_from_a_store_is_made_visible() -> None:
    attributes = edited(document("image", "0.5"), {"/ome/multiscales/0/axes/0/unit": "a\x1b[31m\n"})
    [finding] = validate_attributes(attributes)
    assert finding.found == 'The unit is "a␛[31m␊", the axis is of time.'


def test_a_plate_of_1536_wells_is_quickly_judged() -> None:
    rows = [{"name": f"R{number}"} for number in range(32)]
    columns = [{"name": str(number)} for number in range(48)]
    wells = [
        {"path": f"R{row}/{column}", "rowIndex": row, "columnIndex": column}
        for row in range(32)
        for column in range(48)
    ]
    attributes = edited(
        document("plate", "0.5"),
        {"/ome/plate/rows": rows, "/ome/plate/columns": columns, "/ome/plate/wells": wells},
    )
    start = time.perf_counter()
    assert validate_attributes(attributes) == []
    assert time.perf_counter() - start < 0.5


# -- documents ----------------------------------------------------------------------------


def test_documents_of_both_formats_and_attributes_alone() -> None:
    old, new = document("image", "0.4"), document("image", "0.5")
    whole = {"zarr_format": 3, "node_type": "group", "attributes": new}
    for good in (old, new, whole):
        assert validate_document(json.dumps(good)) == []
        assert validate_document(json.dumps(good).encode()) == []
    broken = {"zarr_format": 3, "node_type": "group", "attributes": old}
    assert [f.rule for f in validate_document(json.dumps(broken))] == ["version.zarr-format"]
    assert validate_document('{"zarr_format": 3, "node_type": "group"}') == []


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("{", "document.json"),
        ("", "document.json"),
        (b"\xff\xfe\x00", "document.json"),
        ("[" * 100_000, "document.json"),
        ('{"a": ' + "1" * 5000 + "}", "document.json"),
        ("[1]", "document.object"),
        ('{"zarr_format": 3, "node_type": "group", "attributes": 3}', "document.object"),
    ],
    ids=range(7),
)
def test_what_is_no_document(content: str | bytes, rule: str) -> None:
    [finding] = validate_document(content)
    assert (finding.rule, finding.severity) == (rule, "error")


def test_a_finding_as_json() -> None:
    attributes = edited(document("image", "0.5"), {"/ome/multiscales/0/axes/4/unit": ""})
    [finding] = validate_attributes(attributes, node="a")
    assert finding_json(finding) == {
        "rule": "axes.unit",
        "severity": "warning",
        "node": "a",
        "pointer": "/ome/multiscales/0/axes/4/unit",
        "found": 'The unit is "", the axis is of space.',
        "says": finding.says,
        "section": 'OME-Zarr 0.5, "axes"',
        "fix": {
            "title": "take the empty unit away",
            "changes": [
                {
                    "node": "a",
                    "document": "attributes",
                    "pointer": "/ome/multiscales/0/axes/4/unit",
                    "removed": True,
                }
            ],
        },
    }
    plain = Finding("r", "error", "", "", "F.", "S.", "T")
    assert finding_json(plain)["fix"] is None
    set_to = Finding(
        "r", "error", "", "", "F.", "S.", "T", Fix("t", (Change("", "array", "/a", 1),))
    )
    assert finding_json(set_to)["fix"]["changes"][0]["value"] == 1
