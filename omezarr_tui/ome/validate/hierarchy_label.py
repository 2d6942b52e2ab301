"""Label images against the image that was labelled, and the list of them in ``labels``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from omezarr_tui.ome.loose import objects, resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import Change, Finding, Fix
from omezarr_tui.ome.validate.here import Here, leads_out, what_is_there
from omezarr_tui.ome.validate.hierarchy_image import Pyramid, pyramids
from omezarr_tui.store.node import Array, Broken, Group, Node, join_path, parent_path
from omezarr_tui.text import format_shape, listed, plural, visible

_LABELS = "labels"


def is_image(node: Node | None) -> bool:
    """Whether a node says of itself that it is an image."""
    if not isinstance(node, Group):
        return False
    return bool(objects(ome_attributes(node.attributes).get("multiscales")))


def list_findings(here: Here) -> Iterator[Finding]:
    """Hold the list in a group ``labels`` against what lies in it."""
    above = None
    if here.group.name == _LABELS and here.group.path:
        above = here.read([parent_path(here.group.path)])[0]
    listed = here.ome.get(_LABELS)
    images = [name for name, node in here.children.items() if is_image(node)]
    pointer = here.pointer(_LABELS)
    if not isinstance(listed, list):
        if is_image(above) and _LABELS not in here.ome:
            yield _no_list(here, images)
        return
    yield from _listed(here, listed)
    told = {join_path(name) for name in listed if isinstance(name, str)}
    for name in images:
        if name not in told:
            # "All label images SHOULD be listed" since 0.5; before that, "Unlisted groups MAY be
            # labels."
            yield here.finding(
                "labels.unlisted",
                "warning" if here.since("0.5") else "advice",
                pointer,
                f"The label image {visible(name, 60)} is not listed.",
                "All label images are listed, so that they are found.",
                "labels",
                fix=Fix(
                    f"list {visible(name, 60)}",
                    (Change(here.group.path, "attributes", f"{pointer}/-", name),),
                ),
            )


def _no_list(here: Here, images: list[str]) -> Finding:
    """The list itself.

    "The OME-Zarr Metadata ... associated with the "labels" group MUST contain a JSON object
    with the key labels" (0.5); before, it "contains the key labels".
    """
    pointer = here.pointer()
    changes = (Change(here.group.path, "attributes", here.pointer(_LABELS), images),)
    nested = isinstance(here.group.attributes.get("ome"), dict)
    if here.since("0.5") and not nested:
        ome = {"version": here.version, _LABELS: images}
        changes = (Change(here.group.path, "attributes", "/ome", ome),)
    return here.finding(
        "labels.no-list",
        "error" if here.since("0.5") else "warning",
        pointer,
        "The group labels of an image does not list its label images.",
        "The group labels has the key labels, a list of the paths of its label images.",
        "labels",
        fix=Fix("list the label images that are there", changes) if images else None,
    )


def _listed(here: Here, listed: list[Any]) -> Iterator[Finding]:
    names = [(at, name) for at, name in enumerate(listed) if isinstance(name, str)]
    says = "The list has the paths of label images that lie in the group."
    inside = [(at, name) for at, name in names if not leads_out("", name) and join_path(name)]
    for at, name in names:
        if (at, name) not in inside:
            found = (
                f"A listed path leads out of the group: {visible(name, 60)}. It was not followed."
            )
            pointer = here.pointer(_LABELS, at)
            yield here.finding("path.outside", "error", pointer, found, says, "labels")
    paths = [resolved(here.group.path, name) or "" for _, name in inside]
    for (at, name), path, node in zip(inside, paths, here.read(paths), strict=True):
        pointer, shown = here.pointer(_LABELS, at), visible(name, 60)
        if node is None:
            why = what_is_there(here.relatives, path, here.group.zarr_format)
            found = f"The label image {shown} is listed, but {why}."
            yield here.finding("labels.missing", "error", pointer, found, says, "labels")
        elif not is_image(node) and not isinstance(node, Broken):
            kind = "an array" if isinstance(node, Array) else "a group without multiscales"
            found = f"{shown} is listed as a label image, and is {kind}."
            yield here.finding("labels.no-image", "error", pointer, found, says, "labels")
        elif isinstance(node, Group) and here.since("0.5"):
            # "... this image-level zarr.json file SHOULD contain another key, image-label"
            inner = node.attributes.get("ome")
            if isinstance(inner, dict) and "image-label" not in inner:
                yield here.finding(
                    "label.no-image-label",
                    "warning",
                    "/ome",
                    "It is listed as a label image, and has no image-label.",
                    "A label image has the key image-label beside multiscales.",
                    "labels",
                    node=path,
                    fix=Fix(
                        "add an empty image-label",
                        (Change(path, "attributes", "/ome/image-label", {}),),
                    ),
                )


def label_findings(here: Here) -> Iterator[Finding]:
    """Hold a label image against its image: data type, levels, shapes."""
    declared = here.ome.get("image-label")
    if not isinstance(declared, dict) and not _is_among_labels(here):
        return
    labels = pyramids(here)
    if not labels:
        return
    yield from _integers(here, labels[0])
    source = declared.get("source") if isinstance(declared, dict) else None
    given = source.get("image") if isinstance(source, dict) else None
    image = _image(here, given)
    if image is not None:
        yield from _against(here, labels[0], image)
    elif isinstance(given, str) and (path := resolved(here.group.path, given)) is not None:
        node = here.read([path])[0]
        if not isinstance(node, Broken):
            is_there = "there is nothing" if node is None else "it is no image"
            yield here.finding(
                "label.source",
                "error",
                here.pointer("image-label", "source", "image"),
                f"The image that was labelled is said to be at {visible(given, 60)}: {is_there}.",
                "The source is the relative path of the group of an image.",
                "labels",
            )


def _is_among_labels(here: Here) -> bool:
    """Whether it lies in a group labels that lists label images."""
    parts = here.group.path.split("/")[:-1]
    if _LABELS not in parts:
        return False
    last = len(parts) - parts[::-1].index(_LABELS)
    node = here.read(["/".join(parts[:last])])[0]
    return isinstance(node, Group) and isinstance(
        ome_attributes(node.attributes).get(_LABELS), list
    )


def _integers(here: Here, label: Pyramid) -> Iterator[Finding]:
    """Integers only.

    "The pixels of the label images MUST be integer data types" (0.5); "only integer values are
    supported" (before, in the layout).
    """
    odd = [a for a in label.arrays if not a.dtype.name.startswith(("int", "uint"))]
    if odd:
        found = f"The labels are of type {visible(odd[0].dtype.name, 40)}."
        pointer = here.pointer("multiscales", 0, "datasets")
        says = "The pixels of a label image are integers."
        yield here.finding("label.data-type", "error", pointer, found, says, "labels")


def _image(here: Here, given: Any) -> Here | None:
    """The image that was labelled: as it is said, or else the one around the group labels."""
    if isinstance(given, str):
        paths = [resolved(here.group.path, given)]
    else:
        # 'The default value is "../../"'; label images may lie deeper than that, though.
        paths = [resolved(here.group.path, "../../")]
        parts = here.group.path.split("/")[:-1]
        if _LABELS in parts:
            last = len(parts) - 1 - parts[::-1].index(_LABELS)
            paths.append("/".join(parts[:last]))
    for path in paths:
        node = here.read([path])[0] if path is not None else None
        if isinstance(node, Group) and is_image(node) and node.path != here.group.path:
            return Here(node, {}, False, here.inherited, here.relatives)
    return None


def _against(here: Here, label: Pyramid, image: Here) -> Iterator[Finding]:
    about = f"the image {visible(image.group.path, 60)}" if image.group.path else "its image"
    found_image = here.relatives.fact("pyramid", image.group.path, lambda: pyramids(image))
    if not found_image:
        return
    other: Pyramid = found_image[0]
    pointer = here.pointer("multiscales", 0, "datasets")
    # 'the two "datasets" series MUST have the same number of entries'
    if len(label.nodes) != len(other.nodes):
        yield here.finding(
            "label.levels",
            "error",
            pointer,
            f"It has {plural(len(label.nodes), 'level')}, {about} has {len(other.nodes)}.",
            "A label image has as many levels as the image that was labelled.",
            "labels",
        )
    if label.axes is None or other.axes is None:
        return
    # "Each dimension of the label should be either the same as the corresponding dimension of
    # the image, or 1 if that dimension of the label is irrelevant."
    for mine, theirs in zip(label.nodes, other.nodes, strict=False):
        if not isinstance(mine, Array) or not isinstance(theirs, Array):
            continue
        if len(mine.shape) != len(label.axes) or len(theirs.shape) != len(other.axes):
            continue
        of_image = dict(zip(other.axes, theirs.shape, strict=True))
        wrong = [
            name
            for name, size in zip(label.axes, mine.shape, strict=True)
            if size not in (1, of_image.get(name, size))
        ]
        if wrong:
            yield here.finding(
                "label.shape",
                "warning",
                pointer,
                f"Level {visible(mine.name, 40)} is {format_shape(mine.shape)}, {about} is "
                f"{format_shape(theirs.shape)} there; they differ along "
                f"{listed([visible(name, 20) for name in wrong])}.",
                "Each dimension is as long as that of the image, or 1.",
                "labels",
            )
            return
