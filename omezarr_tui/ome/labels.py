"""The label images of an image, and the image that a label image labels."""

from __future__ import annotations

from omezarr_tui.errors import UserError
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.read import kind_of, ome_attributes
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import child_names, read_node, read_nodes
from omezarr_tui.store.node import Array, Broken, Group, join_path
from omezarr_tui.text import visible

LABELS = "labels"
_WHOLE = ("int", "uint", "bool")


def label_images(access: Access, image: Image) -> list[str]:
    """The paths of an image's label images, in the order in which its group ``labels`` lists them.

    Parameters
    ----------
    access
        The store.
    image
        An image. One that is an array by itself has none.

    Returns
    -------
    paths
        From the location. Where no list is there, the images that lie in the group, in
        natural order ("labels" metadata: "The value of the labels key MUST be an array of
        paths to the labeled multiscale image(s)").

    Raises
    ------
    OSError
        The group cannot be listed.
    """
    top = image.multiscale.path
    if any(isinstance(level, Array) and level.path == top for level in image.levels):
        return []
    above = join_path(top, LABELS)
    group = read_node(access, above)
    if isinstance(group, Broken):
        raise UserError(f"{visible(above)} {group.reason}", group.detail)
    attributes = group.attributes if group is not None else {}
    listed = ome_attributes(attributes).get(LABELS)
    if isinstance(listed, list):
        # A path that leads out of the group is not followed; validation tells of it.
        inside = [resolved("", name) for name in listed]
        return list(dict.fromkeys(join_path(above, name) for name in inside if name))
    if not access.can_list:
        return []
    folder = group if isinstance(group, Group) else Group(above, None)
    paths = [join_path(above, name) for name in child_names(access, folder)]
    found = read_nodes(access, paths, folder.zarr_format)
    return [
        node.path
        for node in found
        if isinstance(node, Group) and kind_of(node.attributes) in ("image", "label-image")
    ]


def label_image(access: Access, path: str) -> Image:
    """Read a label image that shall lie over an image.

    Parameters
    ----------
    access
        The store.
    path
        Of the label image, from the location.

    Raises
    ------
    UserError
        There is none, it is broken, or its values are no labels.
    """
    return as_labels(_image_at(access, path), path)


def as_labels(image: Image, name: str) -> Image:
    """The image itself, if its values can be labels: whole numbers, or true and false.

    Parameters
    ----------
    image
        A label image.
    name
        What it is called in an error.

    Raises
    ------
    UserError
        They cannot, or no level can be read.
    """
    if not image.readable:
        why = "; ".join(image.multiscale.notes)
        raise UserError(f"No level of {visible(name)} can be read", why)
    for level in image.levels:
        if isinstance(level, Array) and not level.dtype.name.startswith(_WHOLE):
            raise UserError(
                f"{visible(name)} cannot lie over an image",
                f"labels are whole numbers, and {level.name or 'it'} has {level.dtype.name}",
            )
    return image


def source_image(access: Access, labels: Image) -> Image:
    """The image that a label image labels.

    Parameters
    ----------
    access
        The store.
    labels
        The label image.

    Returns
    -------
    image
        What ``image-label.source.image`` names; where that is no image, the one whose group
        ``labels`` it lies in ("Default value is ../../").

    Raises
    ------
    UserError
        Neither is an image of this store.
    """
    path = labels.multiscale.path
    named = labels.multiscale.label.source if labels.multiscale.label is not None else None
    usual = _above_labels(path)
    tried = [place for place in dict.fromkeys((named, usual)) if place not in (None, path)]
    for place in tried:
        node = read_node(access, place or "")
        image = image_of(access, node) if isinstance(node, Group) else None
        if image is not None and image.readable and not image.multiscale.is_label:
            return image
    name = visible(path) or "this label image"
    if not tried:
        raise UserError(f"The image that {name} labels is not in this store", "open the image")
    told = " nor at ".join(visible(place or "the root") for place in tried)
    raise UserError(
        f"The image that {name} labels is not found",
        f"there is no image that can be read at {told}",
    )


def _above_labels(path: str) -> str | None:
    """The image whose group ``labels`` a path lies in, however deep; None where it is in none."""
    parts = path.split("/")
    if LABELS not in parts[:-1]:
        return None
    at = len(parts) - 2 - parts[:-1][::-1].index(LABELS)
    return "/".join(parts[:at])


def _image_at(access: Access, path: str) -> Image:
    node = read_node(access, path)
    if node is None:
        raise UserError(f"There is no label image at {visible(path)}", "its list names it")
    if isinstance(node, Broken):
        raise UserError(f"{visible(path)} {node.reason}", node.detail)
    image = image_of(access, node)
    if image is None:
        raise UserError(f"{visible(path)} is no image", "so it cannot lie over one")
    return image
