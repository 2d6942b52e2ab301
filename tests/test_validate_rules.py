"""Each rule of attributes has a document that breaks it, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from ome_documents import document, edited

import omezarr_tui.ome.validate
from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Severity
from omezarr_tui.ome.validate.rules import Rule

IMAGE4, IMAGE5 = "/multiscales/0", "/ome/multiscales/0"
STEPS4 = f"{IMAGE4}/datasets/0/coordinateTransformations"
LEVEL = f"{IMAGE5}/datasets/1/coordinateTransformations/0"
WHOLE = f"{IMAGE5}/coordinateTransformations/0"
CHANNEL = "/ome/omero/channels/0"
PLATE, WELL, LABEL = "/ome/plate", "/ome/well", "/ome/image-label"
SCALE = {"type": "scale", "scale": [1, 1, 1, 1, 1]}
SHIFT = {"type": "translation", "translation": [0, 0, 0, 0, 0]}
ENDS = {"input": {"name": "physical"}, "output": {"name": "stage"}}
TURN = [[float(i == j) for j in range(5)] for i in range(5)]
MIRROR = [[-1.0, 0, 0, 0, 0], *TURN[1:]]
SPACE = {"type": "space", "unit": "micrometer"}
PARTS = [
    {"inputAxes": [0, 1], "outputAxes": [1, 0], "transformation": {"type": "identity"}},
    {"inputAxes": [2, 3, 4], "outputAxes": [2, 3, 4], "transformation": {"type": "identity"}},
]

Broken = tuple[str, str, str, dict[str, Any]]

# The rule, then a good document by its kind and version, and what is made of it.
BROKEN: list[Broken] = [
    ("axes.missing", "image", "0.3", {f"{IMAGE4}/axes": REMOVED}),
    ("axes.missing", "image", "0.4", {f"{IMAGE4}/axes": REMOVED}),
    ("axes.missing", "image", "0.5", {f"{IMAGE5}/axes": 5}),
    ("axes.count", "image", "0.3", {f"{IMAGE4}/axes": ["x"]}),
    ("axes.count", "image", "0.4", {f"{IMAGE4}/axes": [{"name": "x", **SPACE}]}),
    ("axes.letters", "image", "0.3", {f"{IMAGE4}/axes/0": "v"}),
    ("axes.letters-order", "image", "0.3", {f"{IMAGE4}/axes": ["x", "y"]}),
    ("axes.object", "image", "0.5", {f"{IMAGE5}/axes/1": "c"}),
    ("axes.name", "image", "0.4", {f"{IMAGE4}/axes/1/name": REMOVED}),
    ("axes.name", "image", "0.5", {f"{IMAGE5}/axes/1/name": 3}),
    ("axes.unique", "image", "0.3", {f"{IMAGE4}/axes": ["x", "x"]}),
    ("axes.unique", "image", "0.5", {f"{IMAGE5}/axes/1/name": "t"}),
    ("axes.type", "image", "0.5", {f"{IMAGE5}/axes/1/type": REMOVED}),
    ("axes.type-text", "image", "0.5", {f"{IMAGE5}/axes/1/type": 3}),
    ("axes.space", "image", "0.4", {f"{IMAGE4}/axes/1": {"name": "w", **SPACE}}),
    ("axes.time", "image", "0.4",
     {f"{IMAGE4}/axes/1": {"name": "u", "type": "time", "unit": "day"}}),
    ("axes.channel", "image", "0.5", {f"{IMAGE5}/axes/0": {"name": "v", "type": "angle"}}),
    ("axes.array", "image", "0.6",
     {f"{IMAGE5}/coordinateSystems/0/axes/0": {"name": "d", "type": "array"}}),
    ("axes.order", "image", "0.5", {f"{IMAGE5}/axes/0": {"name": "c", "type": "channel"},
                                    f"{IMAGE5}/axes/1": {"name": "t", "type": "time",
                                                         "unit": "day"}}),
    ("axes.zyx", "image", "0.5", {f"{IMAGE5}/axes/2/name": "x", f"{IMAGE5}/axes/4/name": "z"}),
    ("axes.unit", "image", "0.5", {f"{IMAGE5}/axes/0/unit": "micrometer"}),
    ("axes.no-unit", "image", "0.4", {f"{IMAGE4}/axes/2/unit": REMOVED}),
    ("axes.no-unit-of-time", "image", "0.4", {f"{IMAGE4}/axes/0/unit": REMOVED}),
    ("axes.unit-text", "image", "0.4", {f"{IMAGE4}/axes/0/unit": 1}),
    ("axes.discrete", "image", "0.6", {f"{IMAGE5}/coordinateSystems/0/axes/0/discrete": "no"}),
    ("axes.long-name", "image", "0.6", {f"{IMAGE5}/coordinateSystems/0/axes/0/longName": 1}),
    ("multiscales.list", "image", "0.1", {"/multiscales/-": 1}),
    ("multiscales.list", "label", "0.5", {"/ome/multiscales": []}),
    ("multiscales.list", "image", "0.5", {"/ome/multiscales/0": 1}),
    ("multiscales.name", "image", "0.3", {f"{IMAGE4}/name": REMOVED}),
    ("multiscales.name-text", "image", "0.5", {f"{IMAGE5}/name": 1}),
    ("multiscales.type", "image", "0.4", {f"{IMAGE4}/type": REMOVED}),
    ("multiscales.type", "image", "0.5", {f"{IMAGE5}/type": 1}),
    ("multiscales.metadata", "image", "0.5", {f"{IMAGE5}/metadata": REMOVED}),
    ("datasets.list", "image", "0.1", {f"{IMAGE4}/datasets": REMOVED}),
    ("datasets.list", "image", "0.2", {f"{IMAGE4}/datasets": []}),
    ("datasets.path", "image", "0.2", {f"{IMAGE4}/datasets/0/path": 0}),
    ("datasets.unique-path", "image", "0.5", {f"{IMAGE5}/datasets/0/path": "1"}),
    ("datasets.dimensions", "image", "0.4", {f"{STEPS4}/1/translation": [0, 0]}),
    ("datasets.dimensions", "image", "0.6", {f"{LEVEL}/scale": [2, 2]}),
    ("datasets.transformations", "image", "0.4", {STEPS4: []}),
    ("datasets.allowed-types", "image", "0.4", {f"{STEPS4}/1": {"type": "identity"}}),
    ("datasets.one-scale", "image", "0.4", {STEPS4: [SHIFT]}),
    ("datasets.one-scale", "image", "0.5", {f"{IMAGE5}/coordinateTransformations": [SCALE, SCALE]}),
    ("datasets.one-translation", "image", "0.4", {f"{STEPS4}/-": SHIFT}),
    ("datasets.scale-first", "image", "0.4",
     {STEPS4: [SHIFT, SCALE | {"scale": [1, 1, 0.5, 0.2, 0.2]}]}),
    ("datasets.order", "image", "0.4", {f"{STEPS4}/0/scale": [1, 1, 0.5, 0.8, 0.8]}),
    ("datasets.single", "image", "0.6", {f"{LEVEL}/type": "rotation", f"{LEVEL}/rotation": TURN}),
    ("datasets.input-path", "image", "0.6", {f"{LEVEL}/input": {"path": "s1"}}),
    ("datasets.one-output", "image", "0.6", {f"{LEVEL}/output": {"name": "stage"}}),
    ("transformations.list", "image", "0.4", {f"{IMAGE4}/coordinateTransformations": [SCALE, 1]}),
    ("transformation.type", "image", "0.5",
     {f"{IMAGE5}/coordinateTransformations": [SCALE, {"type": "affine"}]}),
    ("transformation.type", "image", "0.6", {f"{WHOLE}/type": "shear"}),
    ("transformation.parameters", "image", "0.6",
     {f"{WHOLE}/translation": REMOVED, f"{WHOLE}/path": "a"}),
    ("transformation.parameters", "image", "0.6", {WHOLE: {"type": "displacements", **ENDS}}),
    ("transformation.numbers", "image", "0.4",
     {f"{STEPS4}/1/translation": [0, 0, 0, 0, float("nan")]}),
    ("transformation.length", "image", "0.4", {f"{IMAGE4}/coordinateTransformations":
        [{"type": "scale", "scale": [1]}]}),
    ("transformation.length", "image", "0.5",
     {f"{IMAGE5}/coordinateTransformations": [{"type": "scale", "scale": [1]}]}),
    ("transformation.positive", "image", "0.5",
     {f"{IMAGE5}/coordinateTransformations": [SCALE | {"scale": [0, 1, 1, 1, 1]}]}),
    ("transformation.dimensions", "image", "0.6",
     {WHOLE: {"type": "projectAxis", "droppedInputs": [0], **ENDS}}),
    ("transformation.name", "image", "0.6", {f"{IMAGE5}/coordinateTransformations/-":
        SHIFT | ENDS | {"name": "to the stage"}}),
    ("transformation.name-text", "image", "0.6", {f"{WHOLE}/name": 7}),
    ("transformation.sequence", "image", "0.6",
     {WHOLE: {"type": "sequence", "transformations": [], **ENDS}}),
    ("transformation.by-dimension", "image", "0.6",
     {WHOLE: {"type": "byDimension", **ENDS, "transformations":
        [PARTS[0] | {"outputAxes": [0, 5]}, PARTS[1]]}}),
    ("transformation.by-dimension", "image", "0.6",
     {WHOLE: {"type": "byDimension", **ENDS, "transformations":
        [PARTS[0], PARTS[1], PARTS[1]]}}),
    ("transformation.every-axis", "image", "0.6",
     {WHOLE: {"type": "byDimension", **ENDS, "transformations": PARTS[:1]}}),
    ("transformation.interpolation", "image", "0.6",
     {WHOLE: {"type": "coordinates", "path": "f", "interpolation": "sinc", **ENDS}}),
    ("transformation.map-axis", "image", "0.6",
     {WHOLE: {"type": "mapAxis", "mapAxis": [0, 1, 2, 3, 3], **ENDS}}),
    ("transformation.map-axis", "image", "0.6",
     {WHOLE: {"type": "mapAxis", "mapAxis": [0, 1], **ENDS}}),
    ("transformation.project-axis", "image", "0.6", {WHOLE: {"type": "projectAxis", **ENDS}}),
    ("transformation.affine", "image", "0.6", {WHOLE: {"type": "affine", "affine": TURN, **ENDS}}),
    ("transformation.rotation", "image", "0.6",
     {WHOLE: {"type": "rotation", "rotation": TURN[1:], **ENDS}}),
    ("transformation.rotation-turns", "image", "0.6",
     {WHOLE: {"type": "rotation", "rotation": MIRROR, **ENDS}}),
    ("transformation.rotation-turns", "image", "0.6",
     {WHOLE: {"type": "rotation", **ENDS, "rotation":
        [[2, 0, 0, 0, 0], *TURN[1:]]}}),
    ("transformation.reference", "image", "0.6", {f"{WHOLE}/output": "stage"}),
    ("transformation.reference", "image", "0.6", {f"{LEVEL}/input": REMOVED}),
    ("transformation.system", "image", "0.6", {f"{IMAGE5}/coordinateTransformations/-":
        SHIFT | ENDS | {"output": {"name": "nowhere"}}}),
    ("transformation.system", "scene", "0.6",
     {"/ome/scene/coordinateTransformations/0/output": {"name": "nowhere"}}),
    ("transformation.input-system", "image", "0.6", {f"{IMAGE5}/coordinateTransformations/-":
        SHIFT | ENDS | {"input": {"name": "nowhere"}}}),
    ("transformation.intrinsic", "image", "0.6",
     {f"{WHOLE}/input/name": "stage", f"{WHOLE}/output/name": "physical"}),
    ("transformation.path", "image", "0.6", {f"{IMAGE5}/coordinateTransformations/-":
        SHIFT | ENDS | {"output": {"name": "a", "path": "../other"}}}),
    ("systems.missing", "image", "0.6", {f"{IMAGE5}/coordinateSystems": []}),
    ("systems.object", "image", "0.6", {f"{IMAGE5}/coordinateSystems/-": 4}),
    ("systems.name", "image", "0.6",
     {f"{IMAGE5}/coordinateSystems/-": {"axes": [{"name": "y", **SPACE}, {"name": "x", **SPACE}]}}),
    ("systems.unique", "image", "0.6", {f"{IMAGE5}/coordinateSystems/-":
        {"name": "stage", "axes": [{"name": "y", **SPACE}, {"name": "x", **SPACE}]}}),
    ("systems.axes", "image", "0.6", {f"{IMAGE5}/coordinateSystems/1/axes": REMOVED}),
    ("systems.connected", "image", "0.6", {f"{IMAGE5}/coordinateTransformations": REMOVED}),
    ("scene.missing", "scene", "0.6", {"/ome/scene": REMOVED, "/ome/coordinateSystems": []}),
    ("scene.object", "scene", "0.6", {"/ome/scene": 4}),
    ("scene.transformations", "scene", "0.6", {"/ome/scene/coordinateTransformations": REMOVED}),
    ("omero.object", "image", "0.4", {"/omero": []}),
    ("omero.channels-list", "image", "0.4", {"/omero/channels": REMOVED}),
    ("omero.channels-list", "image", "0.5", {CHANNEL: 1}),
    ("omero.no-color", "image", "0.5", {f"{CHANNEL}/color": REMOVED}),
    ("omero.color-text", "image", "0.5", {f"{CHANNEL}/color": 255}),
    ("omero.color", "image", "0.4", {"/omero/channels/0/color": "green"}),
    ("omero.no-window", "image", "0.4", {"/omero/channels/0/window": REMOVED}),
    ("omero.window", "image", "0.5", {f"{CHANNEL}/window": [0, 1]}),
    ("omero.window-keys", "image", "0.5", {f"{CHANNEL}/window/max": REMOVED}),
    ("omero.window-numbers", "image", "0.5", {f"{CHANNEL}/window/max": None}),
    ("omero.window-order", "image", "0.5", {f"{CHANNEL}/window/start": 9000}),
    ("omero.channel-types", "image", "0.5", {f"{CHANNEL}/active": "yes"}),
    ("plate.object", "plate", "0.5", {PLATE: 3}),
    ("plate.name", "plate", "0.4", {"/plate/name": REMOVED}),
    ("plate.name-text", "plate", "0.5", {f"{PLATE}/name": 12}),
    ("plate.field-count", "plate", "0.5", {f"{PLATE}/field_count": 0}),
    ("plate.lines", "plate", "0.2", {"/plate/rows": REMOVED}),
    ("plate.lines", "plate", "0.5", {f"{PLATE}/rows": []}),
    ("plate.line-name", "plate", "0.3", {"/plate/rows/0": {"note": 1}}),
    ("plate.line-name", "plate", "0.5", {f"{PLATE}/rows/0": {}}),
    ("plate.line-characters", "plate", "0.5", {f"{PLATE}/rows/0/name": "A-1"}),
    ("plate.unique-lines", "plate", "0.5", {f"{PLATE}/rows/-": {"name": "A"}}),
    ("plate.case", "plate", "0.5", {f"{PLATE}/rows/0/name": "b"}),
    ("plate.acquisitions", "plate", "0.5", {f"{PLATE}/acquisitions": 1}),
    ("plate.acquisition-id", "plate", "0.5", {f"{PLATE}/acquisitions/0/id": REMOVED}),
    ("plate.acquisition-name", "plate", "0.5", {f"{PLATE}/acquisitions/0/name": REMOVED}),
    ("plate.acquisition-maximum", "plate", "0.5",
     {f"{PLATE}/acquisitions/0/maximumfieldcount": REMOVED}),
    ("plate.acquisition-numbers", "plate", "0.5", {f"{PLATE}/acquisitions/0/endtime": 1.5}),
    ("plate.acquisition-texts", "plate", "0.5", {f"{PLATE}/acquisitions/0/description": 1}),
    ("plate.unique-acquisitions", "plate", "0.5", {f"{PLATE}/acquisitions/-":
        {"id": 1, "name": "second", "maximumfieldcount": 1}}),
    ("plate.wells", "plate", "0.3", {"/plate/wells": {}}),
    ("plate.no-well-path", "plate", "0.3", {"/plate/wells/0/path": REMOVED}),
    ("plate.well-path", "plate", "0.5", {f"{PLATE}/wells/0/path": "today/B/1"}),
    ("plate.well-path", "plate", "0.5", {f"{PLATE}/wells/0/path": "C/1"}),
    ("plate.well-path-order", "plate", "0.5", {f"{PLATE}/wells/0/path": "1/B"}),
    ("plate.well-path-order", "plate", "0.4", {"/plate/wells/0/path": "1/B"}),
    ("plate.unique-wells", "plate", "0.5",
     {f"{PLATE}/wells/-": {"path": "B/1", "rowIndex": 1, "columnIndex": 0}}),
    ("plate.well-index", "plate", "0.4", {"/plate/wells/0/rowIndex": -1}),
    ("plate.well-same", "plate", "0.4", {"/plate/wells/0/rowIndex": 0}),
    ("plate.well-same", "plate", "0.5", {f"{PLATE}/wells/0/rowIndex": 2}),
    ("well.object", "well", "0.5", {WELL: []}),
    ("well.images", "well", "0.5", {f"{WELL}/images": []}),
    ("well.path", "well", "0.2", {"/well/images/0/path": REMOVED}),
    ("well.path-characters", "well", "0.5", {f"{WELL}/images/0/path": "a_b"}),
    ("well.path-name", "well", "0.6", {f"{WELL}/images/0/path": "__a"}),
    ("well.unique-path", "well", "0.4", {"/well/images/1/path": "0"}),
    ("well.acquisition", "well", "0.5", {f"{WELL}/images/0/acquisition": "first"}),
    ("labels.list", "labels", "0.4", {"/labels": [1]}),
    ("label.object", "label", "0.5", {LABEL: "cells"}),
    ("label.multiscales", "label", "0.5", {"/ome/multiscales": REMOVED}),
    ("label.no-colors", "label", "0.4", {"/image-label/colors": REMOVED}),
    ("label.colors", "label", "0.2", {"/image-label/colors": None}),
    ("label.label-value", "label", "0.5", {f"{LABEL}/properties/0/label-value": 0.5}),
    ("label.unique", "label", "0.1", {"/image-label/colors/-": {"label-value": 1}}),
    ("label.rgba", "label", "0.5", {f"{LABEL}/colors/0/rgba": [0, 0, 0]}),
    ("label.properties", "label", "0.5", {f"{LABEL}/properties": {}}),
    ("label.source-object", "label", "0.5", {f"{LABEL}/source": "../.."}),
    ("label.source-image", "label", "0.5", {f"{LABEL}/source/image": 1}),
    ("bioformats2raw.layout", "layout", "0.4", {"/bioformats2raw.layout": 2}),
    ("bioformats2raw.series", "series", "0.5", {"/ome/series/0": ["0"]}),
    ("version.value", "image", "0.5", {"/ome/version": "zero five"}),
    ("version.later", "scene", "0.6", {"/ome/version": "0.9.dev2"}),
    ("version.missing", "image", "0.5", {"/ome/version": REMOVED}),
    ("version.recommended", "well", "0.4", {"/well/version": REMOVED}),
]  # fmt: skip

# What comes with a broken rule, because it cannot be otherwise.
ALSO = {
    "axes.count": {"transformation.length"},
    "datasets.dimensions": {"transformation.length"},
    "datasets.one-output": {"transformation.intrinsic"},
    "transformation.by-dimension": {"transformation.every-axis"},
    "systems.missing": {"transformation.system", "transformation.input-system"},
}
# These need to be told more than the attributes: tests of versions break them.
TOLD = {"version.namespace", "version.no-namespace", "version.zarr-format"}


def rules() -> dict[str, Rule]:
    """All rules that are declared, by id."""
    package = omezarr_tui.ome.validate
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    found = [v for m in modules for v in vars(m).values() if isinstance(v, Rule)]
    assert len({rule.id for rule in found}) == len(set(map(id, found)))
    return {rule.id: rule for rule in found}


@pytest.mark.parametrize(
    ("rule", "kind", "version", "values"),
    BROKEN,
    ids=[f"{rule} {version} {number}" for number, (rule, _, version, _) in enumerate(BROKEN)],
)
def test_a_document_that_breaks_a_rule_breaks_no_other(
    rule: str, kind: str, version: str, values: dict[str, Any]
) -> None:
    findings = validate_attributes(edited(document(kind, version), values))
    told = {finding.rule for finding in findings}
    assert rule in told, findings
    assert told - {rule} <= ALSO.get(rule, set()), findings
    declared = rules()[rule]
    expected: Severity = declared.eased.get(version, declared.severity)
    for finding in findings:
        if finding.rule == rule:
            assert finding.severity == expected
            assert finding.says == declared.says
            assert finding.section == f'OME-Zarr {version}, "{finding.section.split(chr(34))[1]}"'


def test_every_rule_is_broken_by_a_document() -> None:
    assert {rule for rule, *_ in BROKEN} | TOLD == set(rules())


def test_rules_are_whole_sentences() -> None:
    for rule in rules().values():
        assert rule.says[0].isupper() or rule.says[0] == '"'
        assert rule.says.endswith(".")


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        ("0.1", None, {"0.1", "0.3", "0.4", "0.5", "0.6rc0", "0.6.dev3", "0.6"}),
        ("0.4", "0.5", {"0.4", "0.5"}),
        ("0.6", None, {"0.6rc0", "0.6.dev3", "0.6"}),
        ("0.1", "0.3", {"0.1", "0.3"}),
    ],
)
def test_rules_hold_from_a_version_to_another(
    since: str, until: str | None, holds: set[str]
) -> None:
    rule = Rule("a.b", "error", "S.", "T", since=since, until=until)
    versions = ("0.1", "0.3", "0.4", "0.5", "0.6rc0", "0.6.dev3", "0.6")
    assert {version for version in versions if rule.holds(version)} == holds
