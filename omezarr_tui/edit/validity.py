"""What becomes invalid of an image, or valid, by an edit of which nodes there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from omezarr_tui.edit.consolidated_nodes import groups_above
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.ome.labels import label_images
from omezarr_tui.ome.read import kind_of
from omezarr_tui.ome.validate.finding import Finding, counted
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Group
from omezarr_tui.text import listed, visible

NEWS = ("validation", "mended")  # the headings of such facts
_GRAVEST_FIRST = ("error", "warning", "advice")


def news_of(new: Sequence[Finding], gone: Sequence[Finding], path: str) -> Facts:
    """What the validator says more, and what it says no longer, of the node at a path."""
    facts = []
    if new:
        first = min(new, key=lambda finding: _GRAVEST_FIRST.index(finding.severity))
        where = f"{visible(first.node)}: " if first.node != path else ""
        which = ": " if len(new) == 1 else "; the first: "
        facts.append(
            ("validation", f"{listed(counted(new))} more than now{which}{where}{first.found}")
        )
    if gone:
        facts.append(("mended", listed(counted(gone))))
    return facts


def with_validity(facts: Facts, staged: Staged, path: str, work: Work) -> Facts:
    """The facts of an edit, and what it does to the image that a node belongs to.

    Parameters
    ----------
    facts
        Of the edit; what they say of single documents gives way.
    staged, work
        As of an `Edit`, when all is staged.
    path
        The node that is concerned.
    """
    top = _image_around(staged.access, path)
    after = None if top is None else read_node(staged, top.path)
    if top is None or after is None:
        return facts
    old, new = (
        [
            finding
            for finding in validate_store(access, node, cancelled=work.cancelled).findings
            if finding.severity != "advice"
        ]
        for access, node in ((staged.access, top), (staged, after))
    )
    others = [fact for fact in facts if fact[0] not in NEWS]
    return [*others, *news_of(_more(new, old), _more(old, new), top.path)]


def _image_around(access: Access, path: str) -> Group | None:
    """The outermost image that a node is, or lies in: its label images belong to it."""
    for above in (*sorted(groups_above(path), key=len), path):
        node = read_node(access, above)
        if isinstance(node, Group) and kind_of(node.attributes) in ("image", "label-image"):
            return node
    return None


def _more(some: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """What is found more often of a rule than elsewhere: nodes may have other names there."""
    left = Counter(finding.rule for finding in others)
    found = []
    for finding in some:
        if left[finding.rule]:
            left[finding.rule] -= 1
        else:
            found.append(finding)
    return found


def labels_left_behind(staged: Staged, path: str) -> Facts:
    """Which label images had the pixel size of their image, and after the edit have not.

    Parameters
    ----------
    staged
        With the edit.
    path
        The node whose metadata change.
    """
    images = [_image_at(access, path) for access in (staged.access, staged)]
    if images[0] is None or images[1] is None:
        return []
    before, after = (_sizes(image) for image in images if image is not None)
    changed = {name for name, size in after.items() if before.get(name) != size}
    if not changed:
        return []
    left = []
    for label_path in label_images(staged, images[1]):
        label = _image_at(staged, label_path)
        own = {} if label is None else _sizes(label)
        if any(name in own and own[name] == before.get(name) for name in changed):
            left.append(visible(label_path))
    if not left:
        return []
    keep = "keeps its" if len(left) == 1 else "keep their"
    return [("labels", f"{listed(left)} {keep} pixel size: change it too, or they lie elsewhere")]


def _image_at(access: Access, path: str) -> Image | None:
    node = read_node(access, path)
    return image_of(access, node) if isinstance(node, Group) else None


def _sizes(image: Image) -> dict[str, float]:
    """The pixel sizes of the finest level by the names of the axes."""
    multiscale = image.multiscale
    scale = multiscale.levels[0].scale if multiscale.levels else ()
    return {axis.name: size for axis, size in zip(multiscale.axes, scale, strict=False)}
