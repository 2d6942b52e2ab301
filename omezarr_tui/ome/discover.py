"""What the metadata name: children that must exist, and the image that a node shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from omezarr_tui.ome.colour_guess import with_colors
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.model import LabelImage, Multiscale
from omezarr_tui.ome.read import (
    kind_of,
    multiscale_of_array,
    ome_attributes,
    read_multiscale,
    version_notes,
)
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.ome.read_systems import read_scene, scene_images
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node, read_nodes
from omezarr_tui.store.misplaced import encodings_found
from omezarr_tui.store.node import Array, Broken, Group, Node, parent_path
from omezarr_tui.text import plural

# ngff-zarr keeps its levels one folder deeper (scale0/image), so more than the parent counts.
_GENERATIONS_ABOVE = 3
_SERIES = 16  # of a file that bioformats2raw converted, which are looked for unlisted


def named_children(group: Group) -> dict[str, bool]:
    """The names directly below a group that its OME-Zarr metadata tell.

    Returns
    -------
    names
        True for those that must be there; False for those that no metadata name, yet are
        found as a rule: an image's labels, and the group OME of bioformats2raw's layout with
        the series beside it.
    """
    ome = ome_attributes(group.attributes)
    paths: list[Any] = []
    if multiscale := read_multiscale("", group.attributes):
        paths += [level.path for level in multiscale.levels]
    if plate := read_plate(group.path, group.attributes):
        paths += [w.path for w in plate.wells]
    if well := read_well(group.path, group.attributes):
        paths += [field.path for field in well.fields]
    # The series that a group OME lists lie beside it, not in it ("bioformats2raw.layout").
    if scene := read_scene(group.path, group.attributes):
        paths += scene_images(scene)
    if isinstance(listed := ome.get("labels"), list):
        paths += listed
    # What leads out of the group is not followed; validation tells of it.
    names = ((resolved("", path) or "").partition("/")[0] for path in paths)
    sure = {name: True for name in names if name}
    may_be: list[str] = []
    if multiscale:
        may_be = ["labels"]
    elif ome.get("bioformats2raw.layout") is not None:
        may_be = ["OME", *map(str, range(_SERIES))]
    return dict.fromkeys(may_be, False) | sure


def mark(node: Node) -> str:
    """What a node is, in one word for people: image, label image, plate, well, array and so on."""
    if isinstance(node, Broken):
        return "broken"
    if isinstance(node, Array):
        return "array"
    kind = kind_of(node.attributes)
    if kind == "image" and _is_among_labels(node.path):
        kind = "label-image"
    words = {"label-image": "label image", "series-list": "OME"}
    return words.get(kind, kind) if kind else "group" if node.zarr_format else "folder"


@dataclass(frozen=True, slots=True)
class Image:
    """An image with the documents of its levels.

    Parameters
    ----------
    multiscale
        What the metadata say.
    levels
        The array of each level of `multiscale`, or why there is none.
    pinned
        The level that the user chose by choosing its array; None for the whole image.
    """

    multiscale: Multiscale
    levels: tuple[Array | Broken, ...]
    pinned: int | None = None

    @property
    def readable(self) -> tuple[int, ...]:
        """The levels that can be read."""
        return tuple(i for i, level in enumerate(self.levels) if isinstance(level, Array))


def image_of(access: Access, node: Node) -> Image | None:
    """The image that choosing a node shows.

    Parameters
    ----------
    access
        The store.
    node
        An image, a label image, an array that is a level of one, or any array.

    Returns
    -------
    image
        None for what has no pixels of its own.
    """
    if isinstance(node, Group):
        return _whole(access, node)
    if isinstance(node, Broken):
        return None
    above = node.path
    for _ in range(_GENERATIONS_ABOVE if node.path else 0):
        above = parent_path(above)
        group = read_node(access, above)
        if isinstance(group, Group) and (image := read_multiscale(above, group.attributes)):
            paths = [level.path for level in image.levels]
            whole = _whole(access, group) if node.path in paths else None
            pinned = paths.index(node.path) if whole else 0
            if whole and pinned in whole.readable:
                return replace(whole, pinned=pinned)
        if not above:
            break
    notes = tuple(_misplaced(access, [node]))
    return Image(with_colors(replace(multiscale_of_array(node), notes=notes), node), (node,))


def _whole(access: Access, group: Group) -> Image | None:
    """The image that a group is; where no level has the axes that it describes, theirs count."""
    multiscale = read_multiscale(group.path, group.attributes)
    if multiscale is None:
        return None
    found = _read_levels(access, multiscale, group.zarr_format)
    arrays = [level for level in found if isinstance(level, Array)]
    if arrays and all(len(array.shape) != len(multiscale.axes) for array in arrays):
        multiscale = read_multiscale(group.path, group.attributes, arrays[0]) or multiscale
    odd = version_notes(group.attributes, group.zarr_format)
    multiscale = replace(multiscale, notes=(*odd, *multiscale.notes))
    return _with_levels(access, multiscale, [_checked(level, multiscale) for level in found])


def _read_levels(
    access: Access, multiscale: Multiscale, zarr_format: int | None
) -> list[Array | Broken]:
    levels: list[Array | Broken] = []
    inside = [level.path for level in multiscale.levels if resolved("", level.path) == level.path]
    found = dict(zip(inside, read_nodes(access, inside, zarr_format), strict=True))
    for level in multiscale.levels:
        node = found.get(level.path)
        if level.path not in found:
            node = Broken(level.path, "leads out of the store", "only what lies in it is read")
        elif not isinstance(node, Array | Broken):
            node = Broken(level.path, "is no array", "the image's metadata name it as a level")
        levels.append(node)
    return levels


def _checked(level: Array | Broken, multiscale: Multiscale) -> Array | Broken:
    """A level, or why its array cannot be one of the image."""
    if isinstance(level, Broken) or len(level.shape) == len(multiscale.axes):
        return level
    return Broken(level.path, f"has {len(level.shape)} axes, the image has {len(multiscale.axes)}")


def _with_levels(access: Access, multiscale: Multiscale, levels: list[Array | Broken]) -> Image:
    notes = [f"level {level.path}: {level.reason}" for level in levels if isinstance(level, Broken)]
    notes += _misplaced(access, [level for level in levels if isinstance(level, Array)])
    multiscale = _as_label(multiscale, levels, notes)
    notes += _channel_notes(multiscale, levels)
    return Image(replace(multiscale, notes=(*multiscale.notes, *notes)), tuple(levels))


def _is_among_labels(path: str) -> bool:
    """Whether an image lies in a group of labels, at any depth ("labels" metadata)."""
    return "labels" in path.split("/")[:-1]


def _as_label(multiscale: Multiscale, levels: list[Array | Broken], notes: list[str]) -> Multiscale:
    """An image of whole numbers among labels is a label image, also if it does not say so."""
    names = {level.dtype.name for level in levels if isinstance(level, Array)}
    if multiscale.is_label or not _is_among_labels(multiscale.path):
        return multiscale
    if not names or not all(name.startswith(("int", "uint", "bool")) for name in names):
        return multiscale
    notes.append("it has no image-label metadata; it lies among labels, so it is taken for one")
    source = multiscale.path[: multiscale.path.rfind("labels/")].rstrip("/")
    return replace(multiscale, label=LabelImage(source))


def _channel_notes(multiscale: Multiscale, levels: list[Array | Broken]) -> list[str]:
    """A note where more or fewer channels are described than there are."""
    axis = next((a for a, x in enumerate(multiscale.axes) if x.type == "channel"), None)
    sizes = [level.shape[axis] for level in levels if isinstance(level, Array) and axis is not None]
    told = len(multiscale.channels)
    if not told or not sizes or sizes[0] == told:
        return []
    return [f"{plural(told, 'channel')} described, the image has {sizes[0]}"]


def _misplaced(access: Access, arrays: Sequence[Array]) -> list[str]:
    """A note for each array whose first chunk lies under another key than its document declares.

    Such a v2 array reads as fill values without a word: its ``dimension_separator`` is
    missing, or wrong.
    """
    # Over a network, two requests for each level are too much to pay for what is rare.
    if access.traffic is not None:
        return []
    arrays = [array for array in arrays if array.zarr_format == 2]
    notes = []
    for array, other in zip(arrays, encodings_found(access, arrays), strict=True):
        if other is None:
            continue
        first, name = (0,) * len(array.shape), array.name or "the array"
        notes.append(
            f"the chunks of {name} are not found: they lie at {other.key(first)} and so on, its "
            f"document says {array.key_encoding.key(first)}; what is shown is the fill value"
        )
    return notes
