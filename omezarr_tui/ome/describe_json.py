"""What there is to tell of a node, for programs: numbers as numbers, nothing rounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import (
    Axis,
    CoordinateSystem,
    LabelImage,
    SeriesList,
    Transformation,
)
from omezarr_tui.ome.read import kind_of, ome_version, version_notes
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.ome.read_systems import read_scene
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.store.stored import Stored


def facts_json(
    node: Node,
    image: Image | None = None,
    stored: Stored | None = None,
    series: SeriesList | None = None,
) -> Any:
    """The same as `facts_of` for programs: numbers as numbers, nothing rounded."""
    if isinstance(node, Broken):
        return {
            "path": node.path,
            "kind": "broken",
            "error": ": ".join(filter(None, [node.reason, node.detail])),
        }
    told: dict[str, Any] = {
        "path": node.path,
        "kind": "group" if isinstance(node, Group) else "array",
        "zarr_format": node.zarr_format,
    }
    if isinstance(node, Group):
        told |= {"ome": kind_of(node.attributes), "ome_version": ome_version(node.attributes)}
        told |= _group_json(node)
    else:
        told |= {
            "shape": list(node.shape),
            "dimension_names": list(node.dimension_names) if node.dimension_names else None,
            "dtype": node.dtype.name,
            "byte_order": node.dtype.byte_order,
            "order": node.order,
            "chunks": list(node.chunks),
            "chunk_count": node.chunk_count,
            "shards": list(node.shards) if node.shards else None,
            "shard_count": node.object_count if node.shards else None,
            "codecs": [
                {"name": c.name, "kind": c.kind, "configuration": dict(c.configuration)}
                for c in node.codecs
            ],
            "fill_value": node.fill_value,
            "nbytes": node.nbytes,
        }
    if series:
        told["series"] = [{"path": one.path, "name": one.name} for one in series.series]
        told["notes"] += series.notes
    if image:
        told["image"] = _image_json(image)
    if stored:
        told["stored"] = {
            "chunks": stored.chunks,
            "chunk_count": stored.chunk_count,
            "objects": stored.objects,
            "object_count": stored.object_count,
            "nbytes": stored.nbytes,
            "ratio": stored.ratio,
            "strays": list(stored.strays),
            "damaged": list(stored.damaged),
        }
    told["attributes"] = dict(node.attributes)
    return told


def _group_json(group: Group) -> dict[str, Any]:
    """Plate, well and scene, where the group is one, and what is odd about it."""
    told: dict[str, Any] = {}
    notes = version_notes(group.attributes, group.zarr_format)
    if plate := read_plate(group.path, group.attributes):
        told["plate"] = {
            "name": plate.name,
            "rows": list(plate.rows),
            "columns": list(plate.columns),
            "wells": [{"path": w.path, "row": w.row, "column": w.column} for w in plate.wells],
            "acquisitions": [
                {"id": a.id, "name": a.name, "description": a.description, "fields": a.fields}
                for a in plate.acquisitions
            ],
            "fields": plate.fields,
        }
        notes += plate.notes
    if well := read_well(group.path, group.attributes):
        told["well"] = {
            "fields": [{"path": f.path, "acquisition": f.acquisition} for f in well.fields]
        }
        notes += well.notes
    if scene := read_scene(group.path, group.attributes):
        told["scene"] = _systems_json(scene.systems, scene.transformations)
        notes += scene.notes
    return {**told, "notes": notes}


def _systems_json(
    systems: tuple[CoordinateSystem, ...], transformations: tuple[Transformation, ...]
) -> dict[str, Any]:
    return {
        "systems": [{"name": s.name, "axes": _axes_json(s.axes)} for s in systems],
        "transformations": [
            {"type": t.type, "input": t.input, "output": t.output, "name": t.name}
            | {"matrix": [list(row) for row in t.matrix] if t.matrix else None}
            for t in transformations
        ],
    }


def _axes_json(axes: tuple[Axis, ...]) -> list[dict[str, Any]]:
    return [{"name": a.name, "type": a.type, "unit": a.unit} for a in axes]


def _label_json(label: LabelImage) -> dict[str, Any]:
    return {
        "source": label.source,
        "colors": [{"value": v, "rgba": list(rgba)} for v, rgba in label.colors.items()],
        "properties": [{"value": v, **told} for v, told in label.properties.items()],
    }


def _image_json(image: Image) -> Any:
    multiscale = image.multiscale
    return {
        "path": multiscale.path,
        "name": multiscale.name,
        "version": multiscale.version,
        "axes": _axes_json(multiscale.axes),
        "levels": [
            {
                "path": level.path,
                "shape": list(array.shape) if isinstance(array, Array) else None,
                "scale": list(level.scale),
                "translation": list(level.translation),
                "matrix": [list(row) for row in level.matrix] if level.matrix else None,
                "error": array.reason if isinstance(array, Broken) else None,
            }
            for level, array in zip(multiscale.levels, image.levels, strict=True)
        ],
        "channels": [
            {
                "label": c.label,
                "color": c.color,
                "window": [c.window.start, c.window.end] if c.window else None,
                "active": c.active,
            }
            for c in multiscale.channels
        ],
        "rendering": asdict(multiscale.rendering) if multiscale.rendering else None,
        "method": asdict(multiscale.method) if multiscale.method else None,
        "label": _label_json(multiscale.label) if multiscale.label else None,
        **_systems_json(multiscale.systems, multiscale.transformations),
        "notes": list(multiscale.notes),
    }
