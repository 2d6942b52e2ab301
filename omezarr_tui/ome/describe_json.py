"""What there is to tell of a node, for programs: numbers as numbers, nothing rounded."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.read import kind_of, ome_version
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.store.stored import Stored


def facts_json(node: Node, image: Image | None = None, stored: Stored | None = None) -> Any:
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


def _image_json(image: Image) -> Any:
    multiscale = image.multiscale
    return {
        "path": multiscale.path,
        "name": multiscale.name,
        "version": multiscale.version,
        "axes": [{"name": a.name, "type": a.type, "unit": a.unit} for a in multiscale.axes],
        "levels": [
            {
                "path": level.path,
                "shape": list(array.shape) if isinstance(array, Array) else None,
                "scale": list(level.scale),
                "translation": list(level.translation),
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
        "notes": list(multiscale.notes),
    }
