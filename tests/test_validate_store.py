"""The validator over a store: a good one broken one rule at a time, and just that is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import HEALTHY, Foreign
from foreign.made import group_document, quiet, write_json
from good_stores import WRITERS, Mutation, change, write_array, write_good, write_group, write_image

from omezarr_tui.demo import write_demo
from omezarr_tui.ome.validate.closing import closing_sentence
from omezarr_tui.ome.validate.finding import Finding, Fix, is_valid
from omezarr_tui.ome.validate.store import Report, validate_store
from omezarr_tui.store.access import Access, Entry, open_access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import parse_location
from omezarr_tui.store.node import Broken
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.waiting import Cancelled

SHARED = Path(__file__).parents[2] / "shared" / "data"

Expected = tuple[str, str, str, str]  # rule, severity, node, pointer


def judge(access: Access | Path, node: str = "", **how: Any) -> Report:
    """Judge a store, as the command does."""
    if isinstance(access, Path):
        access = open_access(parse_location(str(access)))
    found = read_node(access, node)
    return validate_store(
        access, found if isinstance(found, Broken) else find_node(access, node), **how
    )


def told(report: Report) -> list[Expected]:
    """What a report tells, without its words."""
    return [(f.rule, f.severity, f.node, f.pointer) for f in report.findings]


# -- what is done to the stores ------------------------------------------------------------


def edit(document: str, *keys: str | int, to: Any) -> Mutation:
    """Set a value of a document."""

    def mutate(root: Path) -> None:
        def one(value: Any) -> None:
            for key in keys[:-1]:
                value = value[key]
            value[keys[-1]] = to

        change(root / document, one)

    return mutate


def take(document: str, *keys: str | int) -> Mutation:
    """Take a value of a document away."""

    def mutate(root: Path) -> None:
        def one(value: Any) -> None:
            for key in keys[:-1]:
                value = value[key]
            del value[keys[-1]]

        change(root / document, one)

    return mutate


def remove(*paths: str) -> Mutation:
    """Take nodes away."""
    return lambda root: [shutil.rmtree(root / path) for path in paths] and None


def both(*mutations: Mutation) -> Mutation:
    """Do one after the other."""

    def mutate(root: Path) -> None:
        for each in mutations:
            each(root)

    return mutate


def array_as_group(path: str) -> Mutation:
    """Make a group of an array."""
    return lambda root: write_json(root / path / "zarr.json", group_document())


def group_as_array(path: str) -> Mutation:
    """Make an array of a group."""

    def mutate(root: Path) -> None:
        shutil.rmtree(root / path)
        write_array(root / path, "0.5", (4, 4), "yx", "uint8")

    return mutate


def chunk(path: str) -> Mutation:
    """Write a chunk's key."""

    def mutate(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(bytes(512))

    return mutate


def write(document: str, text: str) -> Mutation:
    """Write a file."""

    def mutate(root: Path) -> None:
        (root / document).parent.mkdir(parents=True, exist_ok=True)
        (root / document).write_text(text)

    return mutate


def add_image(path: str, version: str, **how: Any) -> Mutation:
    """Write one more image."""
    return lambda root: write_image(root / path, version, "yx", **how)


def v2_level(path: str) -> Mutation:
    """Write an array of Zarr v2 where one of v3 is."""

    def mutate(root: Path) -> None:
        shutil.rmtree(root / path)
        write_array(root / path, "0.4", (2, 8, 8), "cyx", "uint16")

    return mutate


S0, S1, ROOT = "s0/zarr.json", "s1/zarr.json", "zarr.json"
LEVELS = ("attributes", "ome", "multiscales", 0, "datasets")
NUCLEI = "labels/nuclei/zarr.json"
P5, P4 = "/ome/multiscales/0/datasets", "/multiscales/0/datasets"
WELL = ("attributes", "ome", "well", "images")

IMAGES: dict[str, tuple[str, Mutation, list[Expected]]] = {
    "level missing": ("image_05", remove("s1"), [("level.missing", "error", "", f"{P5}/1/path")]),
    "level missing 04": (
        "image_04",
        remove("s1"),
        [("level.missing", "error", "", f"{P4}/1/path")],
    ),
    "level is a group": (
        "image_05",
        array_as_group("s1"),
        [("level.no-array", "error", "", f"{P5}/1/path")],
    ),
    "level out of the store": (
        "image_05",
        edit(ROOT, *LEVELS, 1, "path", to="../outside"),
        [("path.outside", "error", "", f"{P5}/1/path")],
    ),
    "level at the root of the disk": (
        "image_05",
        edit(ROOT, *LEVELS, 1, "path", to="/etc"),
        [("path.outside", "error", "", f"{P5}/1/path")],
    ),
    "broken level": (
        "image_05",
        write(S1, '{"zarr_format": 3'),
        [("zarr.document", "error", "s1", "")],
    ),
    "rank": (
        "image_05",
        lambda root: (
            [write_array(root / f"s{n}", "0.5", (16 // 2**n,) * 2, "yx", "uint16") for n in (0, 1)]
            and None
        ),
        [("level.rank", "error", "", "/ome/multiscales/0/axes")],
    ),
    "data types": (
        "image_05",
        edit(S1, "data_type", to="int32"),
        [("level.data-type", "warning", "", P5)],
    ),
    "from coarse to fine": (
        "image_05",
        both(
            edit(ROOT, *LEVELS, 0, "path", to="s1"),
            edit(ROOT, *LEVELS, 1, "path", to="s0"),
            edit(ROOT, *LEVELS, 0, "coordinateTransformations", 0, "scale", to=[1, 1, 1]),
            edit(ROOT, *LEVELS, 1, "coordinateTransformations", 0, "scale", to=[1, 0.5, 0.5]),
            remove("labels"),
        ),
        [("level.order", "error", "", P5)],
    ),
    "from coarse to fine without scales": (
        "image_05",
        both(
            edit(ROOT, *LEVELS, 0, "path", to="s1"),
            edit(ROOT, *LEVELS, 1, "path", to="s0"),
            edit(ROOT, *LEVELS, 1, "coordinateTransformations", 0, "scale", to=[1, 0.5, 0.5]),
            edit(ROOT, *LEVELS, 0, "coordinateTransformations", 0, "scale", to=[1, 0.5, 0.5]),
            remove("labels"),
        ),
        [
            ("level.order", "error", "", P5),
            ("advice.scale", "advice", "", f"{P5}/1/coordinateTransformations"),
        ],
    ),
    "dimension names": (
        "image_05",
        edit(S0, "dimension_names", to=["c", "x", "y"]),
        [("level.dimension-names", "error", "s0", "/dimension_names")],
    ),
    "no dimension names": (
        "image_05",
        take(S0, "dimension_names"),
        [("level.dimension-names", "warning", "s0", "/dimension_names")],
    ),
    "no dimension names 06": ("image_06", take(S0, "dimension_names"), []),
    "level of another Zarr": (
        "image_05",
        v2_level("s1"),
        [("level.format", "error", "", P5)],
    ),
    "data types 06": (
        "image_06",
        edit(S1, "data_type", to="int32"),
        [("level.data-type", "error", "", P5)],
    ),
    "group of another Zarr": (
        "image_05",
        lambda root: write_group(root / "tables", "0.4", {}),
        [("zarr.mixed-formats", "warning", "tables", "")],
    ),
    "version of the list of labels": (
        "image_05",
        take("labels/zarr.json", "attributes", "ome", "version"),
        [("version.missing", "warning", "labels", "/ome")],
    ),
    "version of the list of labels 06": (
        "image_06",
        take("labels/zarr.json", "attributes", "ome", "version"),
        [("version.missing", "error", "labels", "/ome")],
    ),
    "version of the image": (
        "image_05",
        take(ROOT, "attributes", "ome", "version"),
        [("version.missing", "error", "", "/ome")],
    ),
    "flat chunks": (
        "image_04",
        take("s0/.zarray", "dimension_separator"),
        [("level.separator", "warning", "", P4)],
    ),
    "channels": (
        "image_05",
        edit(ROOT, "attributes", "ome", "omero", "channels", to=[]),
        [("omero.channels", "warning", "", "/ome/omero/channels")],
    ),
    "scale": (
        "image_05",
        edit(ROOT, *LEVELS, 1, "coordinateTransformations", 0, "scale", to=[1, 0.5, 0.5]),
        [("advice.scale", "advice", "", f"{P5}/1/coordinateTransformations")],
    ),
    "scale 06": (
        "image_06",
        edit(ROOT, *LEVELS, 1, "coordinateTransformations", 0, "scale", to=[1, 0.5, 0.5]),
        [("advice.scale", "advice", "", f"{P5}/1/coordinateTransformations")],
    ),
    "no pyramid": (
        "image_05",
        both(
            remove("labels", "s1"),
            take(ROOT, *LEVELS, 1),
            edit(S0, "shape", to=[2, 5000, 5000]),
            edit(S0, "chunk_grid", "configuration", "chunk_shape", to=[1, 500, 500]),
        ),
        [("advice.pyramid", "advice", "", P5)],
    ),
    "versions": (
        "image_06",
        edit(NUCLEI, "attributes", "ome", "version", to="0.6rc0"),
        [("version.consistent", "error", "labels/nuclei", "/ome/version")],
    ),
}

LABELS: dict[str, tuple[str, Mutation, list[Expected]]] = {
    "label missing": (
        "image_05",
        remove("labels/nuclei"),
        [("labels.missing", "error", "labels", "/ome/labels/0")],
    ),
    "label out of the store": (
        "image_05",
        edit("labels/zarr.json", "attributes", "ome", "labels", to=["nuclei", "../../x"]),
        [("path.outside", "error", "labels", "/ome/labels/1")],
    ),
    "label is an array": (
        "image_05",
        group_as_array("labels/nuclei"),
        [("labels.no-image", "error", "labels", "/ome/labels/0")],
    ),
    "label unlisted": (
        "image_05",
        edit("labels/zarr.json", "attributes", "ome", "labels", to=[]),
        [("labels.unlisted", "warning", "labels", "/ome/labels")],
    ),
    "label unlisted 04": (
        "image_04",
        edit("labels/.zattrs", "labels", to=[]),
        [("labels.unlisted", "advice", "labels", "/labels")],
    ),
    "no list": (
        "image_05",
        edit("labels/zarr.json", "attributes", to={}),
        [("labels.no-list", "error", "labels", "")],
    ),
    "labels are no integers": (
        "image_05",
        both(
            edit("labels/nuclei/s0/zarr.json", "data_type", to="float32"),
            edit("labels/nuclei/s1/zarr.json", "data_type", to="float32"),
        ),
        [("label.data-type", "error", "labels/nuclei", P5)],
    ),
    "levels of the label": (
        "image_05",
        both(remove("labels/nuclei/s1"), take(NUCLEI, *LEVELS, 1)),
        [("label.levels", "error", "labels/nuclei", P5)],
    ),
    "levels of the label 04": (
        "image_04",
        both(
            remove("labels/nuclei/s1"),
            take("labels/nuclei/.zattrs", "multiscales", 0, "datasets", 1),
        ),
        [("label.levels", "error", "labels/nuclei", P4)],
    ),
    "shape of the label": (
        "image_05",
        edit("labels/nuclei/s0/zarr.json", "shape", to=[16, 15]),
        [("label.shape", "warning", "labels/nuclei", P5)],
    ),
    "source of the label": (
        "image_05",
        edit(NUCLEI, "attributes", "ome", "image-label", "source", "image", to="../other"),
        [
            (
                "label.source",
                "error",
                "labels/nuclei",
                "/ome/image-label/source/image",
            )
        ],
    ),
    "no image-label": (
        "image_05",
        take(NUCLEI, "attributes", "ome", "image-label"),
        [("label.no-image-label", "warning", "labels/nuclei", "/ome")],
    ),
}

COLLECTIONS: dict[str, tuple[str, Mutation, list[Expected]]] = {
    "well missing": (
        "plate",
        remove("A/2"),
        [("plate.well-missing", "error", "", "/ome/plate/wells/1/path")],
    ),
    "row missing": (
        "plate",
        remove("A"),
        [("plate.well-missing", "error", "", f"/ome/plate/wells/{n}/path") for n in (0, 1)],
    ),
    "well out of the plate": (
        "plate",
        edit(ROOT, "attributes", "ome", "plate", "wells", 1, "path", to="../A/2"),
        [
            ("path.outside", "error", "", "/ome/plate/wells/1/path"),
            ("plate.unlisted", "advice", "A/2", "/ome/well"),
        ],
    ),
    "field out of the well": (
        "plate",
        edit("A/2/zarr.json", *WELL, 1, "path", to="../1/1"),
        [("path.outside", "error", "A/2", "/ome/well/images/1/path")],
    ),
    "image of a scene out of the store": (
        "scene",
        edit(
            ROOT,
            *("attributes", "ome", "scene", "coordinateTransformations", 0, "input", "path"),
            to="/left",
        ),
        [("path.outside", "error", "", "/ome/scene/coordinateTransformations/0/input/path")],
    ),
    "row is no group": (
        "plate",
        lambda root: (root / "A/zarr.json").unlink(),
        [("plate.row", "error", "", "/ome/plate/rows")],
    ),
    "well without metadata": (
        "plate",
        both(remove("A/2"), lambda root: write_group(root / "A/2", "0.5", {})),
        [("plate.no-well", "error", "", "/ome/plate/wells/1/path")],
    ),
    "well unlisted": (
        "plate",
        take(ROOT, "attributes", "ome", "plate", "wells", 1),
        [("plate.unlisted", "advice", "A/2", "/ome/well")],
    ),
    "field missing": (
        "plate",
        remove("A/2/1"),
        [("well.field-missing", "error", "A/2", "/ome/well/images/1/path")],
    ),
    "field is an array": (
        "plate",
        group_as_array("A/2/1"),
        [("well.no-image", "error", "A/2", "/ome/well/images/1/path")],
    ),
    "acquisition unknown": (
        "plate",
        edit("A/1/zarr.json", *WELL, 0, "acquisition", to=7),
        [("well.unknown-acquisition", "error", "A/1", "/ome/well/images/0/acquisition")],
    ),
    "acquisition not named": (
        "plate",
        take("A/1/zarr.json", *WELL, 0, "acquisition"),
        [("well.no-acquisition", "error", "A/1", "/ome/well/images/0")],
    ),
    "broken label in a plate": (
        "plate",
        write("A/2/1/labels/nuclei/s1/zarr.json", "{}"),
        [("zarr.document", "error", "A/2/1/labels/nuclei/s1", "")],
    ),
    "no OME-XML": (
        "series",
        lambda root: (root / "OME/METADATA.ome.xml").unlink(),
        [("bioformats2raw.xml", "warning", "", "/ome/bioformats2raw.layout")],
    ),
    "series missing": (
        "series",
        remove("1"),
        [("bioformats2raw.series-missing", "error", "OME", "/ome/series/1")],
    ),
    "series out of the store": (
        "series",
        edit("OME/zarr.json", "attributes", "ome", "series", 1, to="../1"),
        [("path.outside", "error", "OME", "/ome/series/1")],
    ),
    "a gap in the numbers": (
        "series",
        both(remove("0", "OME"), write("OME/METADATA.ome.xml", "<OME><Image/></OME>")),
        [("bioformats2raw.numbers", "error", "", "/ome/bioformats2raw.layout")],
    ),
    "images of the OME-XML": (
        "series",
        write("OME/METADATA.ome.xml", "<OME><ome:Image ID='0'/></OME>"),
        [("bioformats2raw.images", "error", "", "/ome/bioformats2raw.layout")],
    ),
    "image of a scene": (
        "scene",
        remove("left"),
        [
            (
                "scene.image",
                "error",
                "",
                "/ome/scene/coordinateTransformations/0/input/path",
            )
        ],
    ),
    "system of a scene": (
        "scene",
        edit(
            ROOT,
            *("attributes", "ome", "scene", "coordinateTransformations", 0, "input", "name"),
            to="stage",
        ),
        [
            (
                "scene.system",
                "error",
                "",
                "/ome/scene/coordinateTransformations/0/input/path",
            )
        ],
    ),
}

ARRAYS: dict[str, tuple[str, Mutation, list[Expected]]] = {
    "key missing": (
        "image_05",
        take(S0, "fill_value"),
        [("zarr.missing-key", "error", "s0", "")],
    ),
    "key missing v2": (
        "image_04",
        take("s0/.zarray", "order"),
        [("zarr.missing-key", "error", "s0", "")],
    ),
    "key unknown v2": (
        "image_04",
        edit("s0/.zarray", "note", to="x"),
        [("zarr.unknown-key", "warning", "s0", "/note")],
    ),
    "key unknown of a group": (
        "image_05",
        edit(ROOT, "a/b", to={"must_understand": True}),
        [("zarr.unknown-key", "error", "", "/a~1b")],
    ),
    "key to be ignored": ("image_05", edit(ROOT, "note", to={"must_understand": False}), []),
    "rank of chunks": (
        "image_05",
        edit(S0, "chunk_grid", "configuration", "chunk_shape", to=[16, 16]),
        [("zarr.document", "error", "s0", "")],
    ),
    "chunks of no length": (
        "image_04",
        edit("s0/.zarray", "chunks", to=[2, 0, 16]),
        [("zarr.document", "error", "s0", "")],
    ),
    "node type": (
        "image_05",
        edit(S0, "node_type", to="table"),
        [("zarr.document", "error", "s0", "")],
    ),
    "number of dimension names": (
        "image_06",
        edit(S0, "dimension_names", to=["y", "x"]),
        [("zarr.dimension-names", "error", "s0", "/dimension_names")],
    ),
    "fill value": (
        "image_05",
        edit(S0, "fill_value", to=70_000),
        [("zarr.fill-value", "error", "s0", "/fill_value")],
    ),
    "fill value v2": (
        "image_04",
        edit("s0/.zarray", "fill_value", to="NaN"),
        [("zarr.fill-value", "error", "s0", "/fill_value")],
    ),
    "no fill value v2": ("image_04", edit("s0/.zarray", "fill_value", to=None), []),
    "byte order": (
        "image_05",
        edit(S0, "codecs", to=[{"name": "bytes"}]),
        [("zarr.byte-order", "error", "s0", "/codecs")],
    ),
    "codecs that do not fit": (
        "image_05",
        edit(S0, "codecs", to=[{"name": "crc32c"}]),
        [("zarr.codec-chain", "error", "s0", "/codecs")],
    ),
    "unknown codec": (
        "image_05",
        edit(
            S0,
            "codecs",
            to=[
                {"name": "bytes", "configuration": {"endian": "little"}},
                {"name": "example.squeeze"},
            ],
        ),
        [("zarr.codec", "advice", "s0", "/codecs")],
    ),
    "both formats": (
        "image_05",
        write("s0/.zarray", "{}"),
        [("zarr.two-formats", "warning", "s0", "")],
    ),
    "array and group": (
        "image_04",
        write("s0/.zgroup", '{"zarr_format": 2}'),
        [("zarr.two-kinds", "error", "s0", "")],
    ),
    "nested chunks undeclared": (
        "image_04",
        both(take("s1/.zarray", "dimension_separator"), chunk("s1/0/0/0")),
        [
            ("zarr.chunk-keys", "error", "s1", "/dimension_separator"),
            ("level.separator", "warning", "", P4),
        ],
    ),
    "chunks of v3 at keys of v2": (
        "image_05",
        chunk("s0/0.0.0"),
        [("zarr.chunk-keys", "error", "s0", "/chunk_key_encoding")],
    ),
    "chunks at their keys": ("image_05", chunk("s0/c/0/0/0"), []),
    "huge chunks": (
        "plate",
        lambda root: write_array(root / "big", "0.5", (20_000, 20_000), "yx", "uint16"),
        [("advice.huge-chunks", "advice", "big", "/chunk_grid")],
    ),
    "tiny chunks": (
        "plate",
        both(
            lambda root: write_array(root / "tiny", "0.5", (2_000, 2_000), "yx", "uint8"),
            edit("tiny/zarr.json", "chunk_grid", "configuration", "chunk_shape", to=[10, 10]),
        ),
        [("advice.tiny-chunks", "advice", "tiny", "/chunk_grid")],
    ),
    "folder of chunks without a document": (
        "image_05",
        both(chunk("lost/c/0/0"), lambda root: None),
        [("zarr.document", "error", "lost", "")],
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_good_stores_keep_every_rule(tmp_path: Path, kind: str) -> None:
    report = judge(write_good(tmp_path, kind))
    assert told(report) == []
    assert report.unchecked == ()
    assert closing_sentence(report, strict=True).startswith("Valid OME-Zarr 0.")


@pytest.mark.parametrize("name", IMAGES | LABELS | COLLECTIONS | ARRAYS)
def test_what_is_broken_is_told_and_nothing_else(tmp_path: Path, name: str) -> None:
    kind, mutate, expected = (IMAGES | LABELS | COLLECTIONS | ARRAYS)[name]
    path = write_good(tmp_path, kind)
    mutate(path)
    report = judge(path)
    assert sorted(told(report)) == sorted(expected)
    for finding in report.findings:
        assert finding.found.endswith(".")
        assert finding.says.endswith(".")
        assert finding.section


def test_what_is_broken_is_told_by_the_same_words_once(tmp_path: Path) -> None:
    """No rule says of a level that is missing that it does not fit either."""
    path = write_good(tmp_path, "plate")
    for column in ("1", "2"):
        shutil.rmtree(path / "A" / column / "0" / "s0")
    assert {f.rule for f in judge(path).findings} == {"level.missing"}


class TestFixes:
    """What a fix would change."""

    def changes(self, path: Path, rule: str) -> dict[tuple[str, str, str], Any]:
        """All changes of the fixes of a rule."""
        fixes = [f.fix for f in judge(path).findings if f.rule == rule]
        assert fixes
        assert all(isinstance(fix, Fix) for fix in fixes)
        return {
            (c.node, c.document, c.pointer): c.value for fix in fixes if fix for c in fix.changes
        }

    def test_dimension_names(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        take(S0, "dimension_names")(path)
        assert self.changes(path, "level.dimension-names") == {
            ("s0", "array", "/dimension_names"): ["c", "y", "x"]
        }

    def test_separator(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_04")
        ARRAYS["nested chunks undeclared"][1](path)
        assert self.changes(path, "zarr.chunk-keys") == {
            ("s1", "array", "/dimension_separator"): "/"
        }

    def test_list_of_labels(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        LABELS["label unlisted"][1](path)
        assert self.changes(path, "labels.unlisted") == {
            ("labels", "attributes", "/ome/labels/-"): "nuclei"
        }
        LABELS["no list"][1](path)
        assert self.changes(path, "labels.no-list") == {
            ("labels", "attributes", "/ome"): {"version": "0.5", "labels": ["nuclei"]}
        }

    @pytest.mark.parametrize(("zarr_format", "document"), [(2, "consolidated"), (3, "group")])
    def test_consolidated(
        self, foreign: Foreign, tmp_path: Path, zarr_format: int, document: str
    ) -> None:
        made = foreign(f"v{zarr_format}_stale_consolidated").copy(tmp_path)
        report = judge(made.path)
        assert [(f.rule, f.severity, f.node) for f in report.findings] == [
            ("consolidated.stale", "warning", "")
        ]
        found = report.findings[0].found
        assert "1 changed (changed), 1 missing from them (added), 1 no longer there (gone)" in found
        fix = report.findings[0].fix
        assert fix is not None
        assert {change.document for change in fix.changes} == {document}
        # What the changes say, done by hand, leaves nothing to be told.
        name = ".zmetadata" if zarr_format == 2 else "zarr.json"

        def mend(whole: Any) -> None:
            for one in fix.changes:
                target = whole
                *above, last = [
                    part.replace("~1", "/").replace("~0", "~")
                    for part in one.pointer.split("/")[1:]
                ]
                for part in above:
                    target = target[part]
                if repr(one.value) == "REMOVED":
                    del target[last]
                else:
                    target[last] = one.value

        change(made.path / name, mend)
        assert told(judge(made.path)) == []
        with quiet():
            group = zarr.open_consolidated(made.path, zarr_format=zarr_format)
        assert {name for name, _ in group.members()} == {"kept", "changed", "added"}
        assert group["changed"].attrs["edition"] == "new"


class TestConsolidated:
    """Copies of documents."""

    @pytest.mark.parametrize("kind", ["image_04", "image_05"])
    def test_fresh_ones_are_fine(self, tmp_path: Path, kind: str) -> None:
        path = write_good(tmp_path, kind)
        with quiet():
            zarr.consolidate_metadata(path, zarr_format=2 if kind == "image_04" else 3)
        assert told(judge(path)) == []

    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_broken_ones(self, foreign: Foreign, zarr_format: int) -> None:
        report = judge(foreign(f"v{zarr_format}_bad_consolidated").path)
        assert [(f.rule, f.severity) for f in report.findings] == [
            ("consolidated.document", "error")
        ]

    def test_only_what_was_seen_is_gone(self, foreign: Foreign) -> None:
        assert told(judge(foreign("v3_stale_consolidated").path, recursive=False)) == []


class TestForeign:
    """What others wrote is judged rightly."""

    @pytest.mark.parametrize("name", HEALTHY)
    def test_no_errors_in_what_others_write(self, foreign: Foreign, name: str) -> None:
        made = foreign(name)
        report = judge(made.path)
        # iohub names its label images in the image, where the specification wants it in "labels".
        unlisted = name == "iohub_05" and made.images[""].labels
        expected = ["labels.no-list"] if unlisted else []
        assert [f.rule for f in report.findings if f.severity == "error"] == expected

    def test_the_demo_is_valid(self, tmp_path: Path) -> None:
        report = judge(write_demo(tmp_path / "demo"))
        assert is_valid(list(report.findings))
        # The pixel size of the plate was not recorded, and no colours were chosen for labels.
        assert {f.rule for f in report.findings} <= {"axes.no-unit", "label.no-colors"}
        assert report.versions == ("0.4", "0.5")

    @pytest.mark.skipif(not SHARED.is_dir(), reason="the sample stores are not here")
    def test_sample_stores(self) -> None:
        for path in sorted(SHARED.glob("*.zarr")):
            assert [f for f in judge(path).findings if f.severity == "error"] == []

    def test_escaping_paths_are_not_followed(
        self, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = foreign("escaping_paths")
        asked: list[str] = []
        real = LocalAccess.get
        monkeypatch.setattr(
            LocalAccess, "get", lambda access, key: asked.append(key) or real(access, key)
        )
        report = judge(made.path)
        assert [f.rule for f in report.findings].count("path.outside") == 3
        assert not any("outside" in key for key in asked)

    def test_broken_documents_each_by_its_cause(self, foreign: Foreign) -> None:
        made = foreign("v3_bad_documents")
        errors = [f for f in judge(made.path).findings if f.severity == "error"]
        assert {f.node for f in errors} == set(made.broken)
        assert {f.rule for f in errors} == {"zarr.document"}


class TestWalk:
    """How a store is gone through."""

    def test_not_recursive(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "plate")
        (path / "A" / "2" / "1" / "labels" / "nuclei" / "s1" / "zarr.json").write_text("{}")
        assert not is_valid(list(judge(path).findings))
        report = judge(path, recursive=False)
        assert told(report) == []
        assert report.nodes == 1
        assert len(report.unchecked) == 1
        shutil.rmtree(path / "A" / "1")
        assert [f.rule for f in judge(path, recursive=False).findings] == ["plate.well-missing"]

    def test_from_a_node_downwards(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "plate")
        shutil.rmtree(path / "A" / "1" / "0" / "s0")
        assert told(judge(path, "A/2")) == []
        assert [f.node for f in judge(path, "A/1").findings] == ["A/1/0"]
        assert judge(path, "A/2/0/labels/nuclei/s0").nodes == 1

    def test_a_label_alone_is_held_against_its_image(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        LABELS["levels of the label"][1](path)
        assert [f.rule for f in judge(path, "labels/nuclei").findings] == ["label.levels"]

    def test_a_broken_root(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        (path / "zarr.json").write_text('{"zarr_format": 3,')
        assert told(judge(path)) == [("zarr.document", "error", "", "")]

    def test_a_circle_of_links(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        (path / "again").symlink_to(path)
        assert told(judge(path)) == [("zarr.circle", "warning", "again", "")]

    def test_what_cannot_be_listed_or_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write_good(tmp_path, "image_05")
        entries, get = LocalAccess.entries, LocalAccess.get

        def no_entries(access: LocalAccess, folder: str) -> list[Entry]:
            if folder == "labels":
                raise PermissionError(13, "Permission denied", folder)
            return entries(access, folder)

        def no_bytes(access: LocalAccess, key: str) -> bytes | None:
            if key == "s1/zarr.json":
                raise PermissionError(13, "Permission denied", key)
            return get(access, key)

        monkeypatch.setattr(LocalAccess, "entries", no_entries)
        monkeypatch.setattr(LocalAccess, "get", no_bytes)
        report = judge(path)
        assert {(f.rule, f.node) for f in report.findings} == {
            ("zarr.unreadable", "s1"),
            ("zarr.unreadable", "labels"),
        }
        assert all("ermission denied" in f.found for f in report.findings)

    def test_progress_and_cancel(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "plate")
        shutil.rmtree(path / "A" / "1" / "0" / "s0")
        counts: list[int] = []
        came: list[Finding] = []

        def progress(nodes: int, findings: Any) -> None:
            counts.append(nodes)
            came.extend(findings)

        report = judge(path, progress=progress)
        assert counts == sorted(counts)
        assert len(set(counts)) > 3
        assert counts[-1] == report.nodes == 31
        assert tuple(came) == report.findings
        with pytest.raises(Cancelled):
            judge(path, progress=progress, cancelled=lambda: len(counts) > 3)

    @pytest.mark.parametrize("damage", ["[]", "7", "null", '{"a": 1}', '["x"]', '[{"path": 3}]'])
    @pytest.mark.parametrize("kind", ["image_04", "image_05", "image_06", "plate", "series"])
    def test_no_attributes_make_it_stumble(self, tmp_path: Path, kind: str, damage: str) -> None:
        """Each value of the attributes of the root is replaced in its turn."""
        path = write_good(tmp_path, kind)
        document = path / (".zattrs" if kind == "image_04" else "zarr.json")
        whole = json.loads(document.read_text())

        def places(value: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            found = [keys] if keys else []
            if isinstance(value, dict | list):
                for key, below in inner:
                    found += (
                        places(below, (*keys, key))
                        if isinstance(below, dict | list)
                        else [(*keys, key)]
                    )
            return found

        for keys in places(whole):
            edit(document.name, *keys, to=json.loads(damage))(path)
            judge(path)
            document.write_text(json.dumps(whole))
