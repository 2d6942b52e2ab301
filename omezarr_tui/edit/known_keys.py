"""The names that OME-Zarr has for members of its objects, by place and version.

Those of the texts and schemas of 0.1 to 0.6; ``*`` stands for every item of a list.
"""

from __future__ import annotations

from omezarr_tui.edit.json_cursor import pattern_of
from omezarr_tui.ome.validate.rules import Place, version_key
from omezarr_tui.ome.validate.units import SPACE, TIME

# A name may have the first and the last version that has it: "axes 0.3 0.5".
_OBJECTS: dict[str, tuple[str, ...]] = {
    "": (
        "version 0.5", "multiscales", "omero", "labels", "image-label", "plate", "well",
        "bioformats2raw.layout", "series", "scene 0.6",
    ),
    "multiscales/*": (
        "name", "version 0.1 0.4", "axes 0.3 0.5", "coordinateSystems 0.6", "datasets",
        "coordinateTransformations 0.4", "type", "metadata",
    ),
    "multiscales/*/axes/*": ("name", "type", "unit"),
    "multiscales/*/datasets/*": ("path", "coordinateTransformations 0.4"),
    "multiscales/*/metadata": ("method", "version", "description", "args", "kwargs"),
    "coordinateSystems/*": ("name", "axes"),
    "coordinateSystems/*/axes/*": ("name", "type", "unit", "discrete", "longName"),
    "coordinateTransformations/*": (
        "type", "scale", "translation", "path", "input 0.6", "output 0.6", "name 0.6",
        "affine 0.6", "rotation 0.6", "mapAxis 0.6", "transformations 0.6", "forward 0.6",
        "inverse 0.6", "interpolation 0.6",
    ),
    "transformations/*": ("type", "scale", "translation", "affine", "rotation", "mapAxis", "path"),
    "coordinateTransformations/*/input": ("name", "path"),
    "coordinateTransformations/*/output": ("name", "path"),
    "omero": ("channels", "rdefs", "id", "name", "version 0.1 0.4"),
    "omero/channels/*": (
        "label", "color", "window", "active", "family", "coefficient", "inverted",
    ),
    "omero/channels/*/window": ("start", "end", "min", "max"),
    "omero/rdefs": ("model", "defaultZ", "defaultT"),
    "plate": (
        "name", "rows", "columns", "wells", "acquisitions", "field_count", "version 0.1 0.4",
    ),
    "plate/rows/*": ("name",),
    "plate/columns/*": ("name",),
    "plate/wells/*": ("path", "rowIndex 0.4", "columnIndex 0.4"),
    "plate/acquisitions/*": (
        "id", "name", "maximumfieldcount", "description", "starttime", "endtime",
    ),
    "well": ("images", "version 0.1 0.4"),
    "well/images/*": ("path", "acquisition"),
    "image-label": ("colors", "properties", "source", "version 0.1 0.4"),
    "image-label/colors/*": ("label-value", "rgba"),
    "image-label/properties/*": ("label-value",),
    "image-label/source": ("image",),
    "scene": ("coordinateSystems", "coordinateTransformations"),
}  # fmt: skip

_TRANSFORMATIONS = (
    "scale", "translation", "identity 0.6", "sequence 0.6", "affine 0.6", "rotation 0.6",
    "mapAxis 0.6", "projectAxis 0.6", "byDimension 0.6", "bijection 0.6", "displacements 0.6",
    "coordinates 0.6",
)  # fmt: skip
_TEXTS: dict[str, tuple[str, ...]] = {
    "axes/*/type": ("space", "time", "channel", "array 0.6"),
    "axes/*/name": ("t", "c", "z", "y", "x"),
    "axes/*/unit": (*sorted(SPACE), *sorted(TIME)),
    "coordinateTransformations/*/type": _TRANSFORMATIONS,
    "transformations/*/type": _TRANSFORMATIONS,
    "omero/rdefs/model": ("color", "greyscale"),
}


def known_names(place: Place, version: str) -> tuple[str, ...]:
    """The names that an object may have for its members.

    Parameters
    ----------
    place
        Of the object in the attributes.
    version
        Of OME-Zarr. Since 0.5 all lies under ``ome``.
    """
    nested = version_key(version) >= (0, 5)
    if nested and not place:
        return ("ome",)
    if nested and place[0] != "ome":
        return ()
    return _found(_OBJECTS, place[1:] if nested else place, version)


def known_texts(place: Place, version: str) -> tuple[str, ...]:
    """The texts that a value may be; none where it may be any."""
    nested = version_key(version) >= (0, 5)
    if nested and place[:1] != ("ome",):
        return ()
    return _found(_TEXTS, place[1:] if nested else place, version)


def _found(table: dict[str, tuple[str, ...]], place: Place, version: str) -> tuple[str, ...]:
    """What a table has for a place, or for the longest end of it."""
    parts = [str(part) for part in pattern_of(place)]
    for first in range(len(parts) + 1):
        listed = table.get("/".join(parts[first:])) if parts[first:] or not first else None
        if listed is not None:
            return tuple(name for name, *span in map(str.split, listed) if _holds(span, version))
    return ()


def _holds(span: list[str], version: str) -> bool:
    keys = [version_key(end) for end in span]
    now = version_key(version)
    return (not keys or keys[0] <= now) and (len(keys) < 2 or now <= keys[1])
