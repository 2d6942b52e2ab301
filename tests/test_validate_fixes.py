"""Fixes of attributes mend what they are offered for, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from ome_documents import changed, document, edited

from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import REMOVED

FIXED = [
    ("image", "0.5", {"/ome/version": 0.5}),
    ("image", "0.5", {"/ome/version": "0.4"}),
    ("image", "0.5", {"/ome/version": REMOVED}),
    ("image", "0.4", {"/multiscales/0/version": REMOVED}),
    ("image", "0.4", {"/multiscales/0/version": 0.4}),
    ("image", "0.4", {"/multiscales/0/version": "0.2"}),
    ("image", "0.4", {"/multiscales/0/axes/4/unit": "micron"}),
    ("image", "0.4", {"/multiscales/0/axes/4/unit": "µm"}),
    ("image", "0.4", {"/multiscales/0/axes/4/unit": "Micrometers"}),
    ("image", "0.4", {"/multiscales/0/axes/0/unit": "s"}),
    ("image", "0.4", {"/multiscales/0/axes/1/type": REMOVED}),
    ("image", "0.4", {f"/multiscales/0/axes/{n}/type": REMOVED for n in range(5)}),
    ("image", "0.4", {"/multiscales/0/datasets/0/coordinateTransformations/0/scale":
                      ["1", "1", "0.5", "0.2", "0.2"]}),
    ("image", "0.5", {"/ome/omero/channels/0/color": "#00FF00"}),
    ("image", "0.5", {"/ome/omero/channels/0/window/start": REMOVED,
                      "/ome/omero/channels/0/window/end": REMOVED}),
    ("image", "0.5", {"/ome/omero/channels/0/window/end": "100"}),
    ("image", "0.5", {"/ome/omero/channels/0/label": 405}),
    ("image", "0.5", {"/ome/omero/channels/0/active": 1}),
    ("image", "0.6", {"/ome/multiscales/0/coordinateTransformations/0/input": "physical"}),
    ("label", "0.5", {"/ome/image-label/colors/0/label-value": "1"}),
    ("plate", "0.5", {"/ome/plate/wells/0/rowIndex": REMOVED,
                      "/ome/plate/wells/0/columnIndex": 9}),
    ("plate", "0.5", {"/ome/plate/wells/0/rowIndex": 0}),
    ("plate", "0.5", {"/ome/plate/columns/0/name": 1}),
    ("plate", "0.5", {"/ome/plate/acquisitions/0/id": "1"}),
    ("well", "0.5", {"/ome/well/images/0/path": 0}),
    ("well", "0.5", {"/ome/well/images/0/acquisition": "1"}),
    ("layout", "0.5", {"/ome/bioformats2raw.layout": "3"}),
    ("series", "0.5", {"/ome/series/0": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "version", "values"), FIXED, ids=str)
def test_fixes_mend_what_they_are_for(kind: str, version: str, values: dict[str, Any]) -> None:
    attributes = edited(document(kind, version), values)
    findings = validate_attributes(attributes)
    assert findings
    for finding in findings:
        assert finding.fix is not None, finding
        attributes = changed(attributes, finding.fix.changes)
    assert validate_attributes(attributes) == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("image", {"/ome/omero/channels/0/color": "#00FF0080"}),
        ("image", {"/ome/omero/channels/0/window/min": REMOVED}),
        ("image", {"/ome/multiscales/0/axes/4/unit": "pixel"}),
        ("image", {"/ome/multiscales/0/axes/1/type": REMOVED,
                   "/ome/multiscales/0/axes/1/name": "v"}),
        ("plate", {"/ome/plate/wells/0/rowIndex": REMOVED,
                   "/ome/plate/rows/1/name": "C"}),
        ("plate", {"/ome/plate/acquisitions/0/id": "first"}),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_fixed(kind: str, values: dict[str, Any]) -> None:
    findings = validate_attributes(edited(document(kind, "0.5"), values))
    assert findings
    assert not any(finding.fix for finding in findings)
