"""An image against the arrays of its levels: they exist, and fit its axes and one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from omezarr_tui.ome.loose import objects, resolved
from omezarr_tui.ome.model import Multiscale
from omezarr_tui.ome.read import read_multiscale
from omezarr_tui.ome.validate.advice import pyramid_advice
from omezarr_tui.ome.validate.finding import Change, Finding, Fix, Severity
from omezarr_tui.ome.validate.here import Here, arrays_of, leads_out, what_is_there
from omezarr_tui.ome.validate.rules import version_key
from omezarr_tui.store.node import Array, Group, Node
from omezarr_tui.text import format_count, format_shape, listed, plural, visible


@dataclass(frozen=True, slots=True)
class Pyramid:
    """One multiscale with the nodes that its levels came to.

    Parameters
    ----------
    multiscale
        As it is read, guesses and all.
    axes
        The names of its axes; None where none are declared, so that nothing can be held
        against them.
    nodes
        Of each level; None where there is none, or its path leads out of the store.
    """

    multiscale: Multiscale
    axes: tuple[str, ...] | None
    nodes: tuple[Node | None, ...]

    @property
    def arrays(self) -> list[Array]:
        """The levels that can be judged."""
        return arrays_of(self.nodes)


def pyramids(here: Here) -> list[Pyramid]:
    """The multiscales of a group, in their order."""
    return list(_pyramids(here))


def image_findings(here: Here) -> Iterator[Finding]:
    """Hold the multiscales of a group against the arrays that they name."""
    for number, pyramid in enumerate(_pyramids(here)):
        entry = objects(here.ome.get("multiscales"))[number]
        yield from _missing(here, number, entry, pyramid)
        yield from _fitting(here, number, pyramid)
        yield from pyramid_advice(
            here, number, pyramid.multiscale, pyramid.nodes, scaled=_is_scaled(entry)
        )
        if number == 0:
            yield from _channels(here, pyramid)


def _pyramids(here: Here) -> Iterator[Pyramid]:
    for entry in objects(here.ome.get("multiscales")):
        multiscale = read_multiscale(here.group.path, {**here.ome, "multiscales": [entry]})
        if multiscale is None:
            continue
        declared = [str(d["path"]) for d in _datasets(entry)]
        paths = [
            None if _is_out(here, path) else resolved(here.group.path, path) for path in declared
        ]
        found = iter(here.read([path for path in paths if path is not None]))
        nodes = tuple(None if path is None else next(found) for path in paths)
        # Before 0.3 the axes were fixed (OME-Zarr 0.1 and 0.2, "On-disk layout").
        old = version_key(here.version) < (0, 3)
        known = old or entry.get("axes") or entry.get("coordinateSystems")
        names = tuple(axis.name for axis in multiscale.axes)
        yield Pyramid(
            multiscale, ("t", "c", "z", "y", "x") if old else names if known else None, nodes
        )


def _datasets(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [d for d in objects(entry.get("datasets")) if isinstance(d.get("path"), str)]


def _is_out(here: Here, path: str) -> bool:
    return leads_out(here.group.path, path)


def _is_scaled(entry: Mapping[str, Any]) -> bool:
    datasets = objects(entry.get("datasets"))
    return all(objects(d.get("coordinateTransformations")) for d in datasets)


def _missing(
    here: Here, number: int, entry: Mapping[str, Any], pyramid: Pyramid
) -> Iterator[Finding]:
    """Levels that are not there, or are no arrays.

    "Each dictionary in "datasets" MUST contain the field "path", whose value contains the
    path to the array for this resolution relative to the current zarr group."
    """
    says = "The path of each dataset is the path of the array of that resolution."
    datasets = [
        (at, d["path"])
        for at, d in enumerate(objects(entry.get("datasets")))
        if isinstance(d.get("path"), str)
    ]
    for (at, path), node in zip(datasets, pyramid.nodes, strict=True):
        pointer = here.pointer("multiscales", number, "datasets", at, "path")
        name = visible(path, 60)
        if _is_out(here, path):
            found = f"The path of a level leads out of the store: {name}. It was not followed."
            yield here.finding("path.outside", "error", pointer, found, says, "multiscales")
        elif node is None:
            place = resolved(here.group.path, path) or ""
            why = what_is_there(here.relatives, place, here.group.zarr_format)
            found = f"Level {name} is missing: {why}."
            yield here.finding("level.missing", "error", pointer, found, says, "multiscales")
        elif isinstance(node, Group):
            found = f"Level {name} is a group, not an array."
            yield here.finding("level.no-array", "error", pointer, found, says, "multiscales")


def _fitting(here: Here, number: int, pyramid: Pyramid) -> Iterator[Finding]:
    pointer = here.pointer("multiscales", number, "datasets")
    arrays = pyramid.arrays
    yield from _formats(here, pointer, arrays)
    yield from _ranks(here, number, pyramid)
    yield from _types(here, pointer, arrays)
    yield from _order(here, pointer, arrays)
    yield from _names(here, pyramid)
    yield from _separators(here, pointer, arrays)


def _formats(here: Here, pointer: str, arrays: Sequence[Array]) -> Iterator[Finding]:
    """Readers look for the documents of one format only, that of the group."""
    others = [a.name for a in arrays if a.zarr_format != here.group.zarr_format]
    if others:
        found = (
            f"The group is Zarr v{here.group.zarr_format}, its "
            f"{_levels(others)} Zarr v{5 - (here.group.zarr_format or 2)}."
        )
        says = "All nodes of a hierarchy are of one Zarr format."
        yield here.finding("level.format", "error", pointer, found, says, "Storage format")


def _ranks(here: Here, number: int, pyramid: Pyramid) -> Iterator[Finding]:
    """Dimensions against axes.

    "The length of "axes" ... MUST be equal to the dimensionality of the zarr arrays storing
    the image data." 0.1 and 0.2 know five-dimensional images only.
    """
    if pyramid.axes is None:
        return
    rank = len(pyramid.axes)
    wrong = [a for a in pyramid.arrays if len(a.shape) != rank]
    if not wrong:
        return
    systems = "coordinateSystems" if pyramid.multiscale.systems else "axes"
    pointer = here.pointer("multiscales", number, systems)
    if not here.since("0.3"):
        pointer = here.pointer("multiscales", number)
    has = f"{format_shape(wrong[0].shape)} ({plural(len(wrong[0].shape), 'dimension')})"
    axes = ", ".join(map(visible, pyramid.axes))
    found = f"There are {rank} axes ({axes}), but {_name(wrong[0])} is {has}"
    others = f", and {plural(len(wrong) - 1, 'more level does', 'more levels do')} not fit"
    says = "There are as many axes as the arrays of the levels have dimensions."
    found += f"{others if len(wrong) > 1 else ''}."
    yield here.finding("level.rank", "error", pointer, found, says, "multiscales")


def _types(here: Here, pointer: str, arrays: Sequence[Array]) -> Iterator[Finding]:
    """One data type.

    0.6 "constrained datatype of multiscales datasets to be the same across all resolutions"
    (version history); before, it went without saying.
    """
    types = list(dict.fromkeys(array.dtype.name for array in arrays))
    if len(types) > 1:
        found = f"The levels have different data types: {listed([visible(t, 40) for t in types])}."
        says = "The levels are one image at several resolutions, all of one data type."
        severity: Severity = "error" if here.since("0.6") else "warning"
        yield here.finding("level.data-type", severity, pointer, found, says, "multiscales")


def _order(here: Here, pointer: str, arrays: Sequence[Array]) -> Iterator[Finding]:
    """From fine to coarse.

    "The "path"s MUST be ordered from largest (i.e. highest resolution) to smallest."
    """
    for finer, coarser in pairwise(arrays):
        if len(finer.shape) != len(coarser.shape):
            continue
        if coarser.size > finer.size:
            found = (
                f"Level {visible(coarser.name)} ({format_shape(coarser.shape)}) is larger than "
                f"{visible(finer.name)} before it ({format_shape(finer.shape)})."
            )
            says = (
                "The levels are ordered from the largest, of highest resolution, to the smallest."
            )
            yield here.finding("level.order", "error", pointer, found, says, "multiscales")
            return


def _names(here: Here, pyramid: Pyramid) -> Iterator[Finding]:
    """Names of dimensions against names of axes.

    "The "dimension_names" attribute in the zarr.json of the Zarr array of a multiscale level
    MUST match the names in the "axes" metadata." Only 0.5 says so. That it "MUST be included"
    came with 0.5.2, and no store says whether it is older than that: so to lack it is a warning.
    """
    if version_key(here.version) != (0, 5) or not pyramid.axes:
        return
    says = "The dimension_names of the array of a level match the names of the axes."
    for array in pyramid.arrays:
        if array.zarr_format != 3 or len(array.shape) != len(pyramid.axes):
            continue
        names = array.dimension_names
        if names == pyramid.axes:
            continue
        fix = Fix(
            "set dimension_names to the names of the axes",
            (Change(array.path, "array", "/dimension_names", list(pyramid.axes)),),
        )
        wanted = ", ".join(map(visible, pyramid.axes))
        told = ", ".join("none" if n is None else visible(n, 40) for n in names or ())
        found = (
            f"The dimensions are called {told}; the image's axes are {wanted}."
            if names
            else f"The dimensions have no names; the image's axes are {wanted}."
        )
        yield here.finding(
            "level.dimension-names",
            "error" if names else "warning",
            "/dimension_names",
            found,
            says,
            "axes",
            node=array.path,
            fix=fix,
        )


def _separators(here: Here, pointer: str, arrays: Sequence[Array]) -> Iterator[Finding]:
    """Since 0.2 "Chunks are stored with the nested directory layout", as long as it was v2."""
    if not (0, 2) <= version_key(here.version) <= (0, 4):
        return
    flat = [
        a.name
        for a in arrays
        if a.zarr_format == 2 and len(a.shape) > 1 and a.key_encoding.separator == "."
    ]
    if flat:
        found = f"The chunks of {_levels(flat, '')} lie side by side (0.0), not nested (0/0)."
        says = "Chunks are stored with the nested directory layout."
        yield here.finding("level.separator", "warning", pointer, found, says, "On-disk layout")


def _channels(here: Here, pyramid: Pyramid) -> Iterator[Finding]:
    """``channels`` is an "Array matching the c dimension size"."""
    omero = here.ome.get("omero")
    channels = omero.get("channels") if isinstance(omero, dict) else None
    if not isinstance(channels, list) or not pyramid.axes or not pyramid.arrays:
        return
    finest, axes = pyramid.arrays[0], pyramid.multiscale.axes
    if len(finest.shape) != len(axes):
        return
    at = next((i for i, a in enumerate(axes) if a.type == "channel" or a.name == "c"), None)
    count = 1 if at is None else finest.shape[at]
    if count != len(channels):
        along = "there is no channel axis" if at is None else f"the image has {format_count(count)}"
        found = f"{plural(len(channels), 'channel')} described, but {along}."
        pointer = here.pointer("omero", "channels")
        says = "The list of channels matches the size of the channel axis."
        yield here.finding("omero.channels", "warning", pointer, found, says, "omero")


def _levels(names: Sequence[str], verb: str = " is; are") -> str:
    one, _, many = verb.partition(";")
    shown = listed([visible(name, 40) for name in names])
    return f"level {shown}{one}" if len(names) == 1 else f"levels {shown}{many}"


def _name(array: Array) -> str:
    return f"level {visible(array.name or 'at the root', 60)}"
