"""Levels of a pyramid added at its coarse end, and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from omezarr_tui.edit.bringing import brought_along, stage_changes
from omezarr_tui.edit.coarser import coarser_dataset, coarser_factors, coarser_shape, next_path
from omezarr_tui.edit.consolidated_nodes import follow_nodes
from omezarr_tui.edit.downsampling import Downsampling
from omezarr_tui.edit.downsampling_candidates import chosen_method
from omezarr_tui.edit.json_text import change_values
from omezarr_tui.edit.nodes import DeleteNode
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.pyramid import Step, follow
from omezarr_tui.edit.pyramid_method import detect_method
from omezarr_tui.edit.relocation import Relocation
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.validity import with_validity
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.ome.labels import label_images
from omezarr_tui.ome.validate.finding import Change, pointer_to
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Array, Group, join_path, parent_path
from omezarr_tui.text import format_shape, plural, visible

_NEW_GROUPS = {
    3: (ZARR_JSON, b'{\n  "zarr_format": 3,\n  "node_type": "group",\n  "attributes": {}\n}'),
    2: (ZGROUP, b'{\n  "zarr_format": 2\n}'),
}


@dataclass(frozen=True, slots=True)
class DropLevel:
    """A level of an image taken away: an `Edit`.

    Parameters
    ----------
    path
        Of the image, from the root of the store.
    level
        Which, from 0, the finest.
    with_labels
        Whether it goes in label images of as many levels too, which belong to those of the
        image one by one.
    """

    path: str
    level: int
    with_labels: bool = True
    title: str = field(default="Drop a level", init=False)

    @property
    def expression(self) -> str:
        """Which level of what."""
        return f"{visible(self.path) or 'the root'}: drop level {self.level}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Take the array and its entry away.

        Raises
        ------
        UserError
            There is no such level, or no other.
        Cancelled
            The user wants it to stop.
        """
        what = f"Level {self.level} of {visible(self.path) or 'the root'} cannot be dropped"
        image = image_at(staged, self.path, what)
        levels = image.multiscale.levels
        if not 0 <= self.level < len(levels):
            raise UserError(what, f"it has {plural(len(levels), 'level')}, counted from 0")
        if len(levels) == 1:
            raise UserError(what, "it is the only one: delete the image instead")
        dropped = levels[self.level].path
        facts = [*_deleted(staged, dropped, work)]
        for other in labels_with(staged, image) if self.with_labels else ():
            path = other.multiscale.levels[self.level].path
            facts += _deleted(staged, path, work)
        sentence = " ".join(text for name, text in facts if not name)
        facts = [("", sentence), *(fact for fact in facts if fact[0])]
        return with_validity(facts, staged, self.path, work)


@dataclass(frozen=True, slots=True)
class AddLevel:
    """A level added that is coarser than the coarsest: an `Edit`.

    It has the coarsest level's type, chunks, codecs and fill value, and is made from it.

    Parameters
    ----------
    path
        Of the image, from the root of the store.
    method
        Its name (`pyramid_method.METHODS`); None for the one that made the coarsest level, or
        where none is found the one that is used for such values as a rule.
    with_labels
        Whether label images of as many levels get one too.
    """

    path: str
    method: str | None = None
    with_labels: bool = True
    title: str = field(default="Add a level", init=False)

    @property
    def expression(self) -> str:
        """To what."""
        how = f" by {self.method}" if self.method else ""
        return f"{visible(self.path) or 'the root'}: add a coarser level{how}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Put the documents and the stored objects of the new array, and its entry.

        Raises
        ------
        UserError
            A level cannot be read, is one pixel already, or the image's sizes are not told so
            that they could go on; or the method does not fit.
        Cancelled
            The user wants it to stop.
        """
        what = f"No level can be added to {visible(self.path) or 'the root'}"
        image = image_at(staged, self.path, what)
        arrays = [level for level in image.levels if isinstance(level, Array)]
        if len(arrays) < len(image.levels):
            raise UserError(what, "; ".join(image.multiscale.notes) or "a level cannot be read")
        labels = labels_with(staged, image) if self.with_labels else []
        factors = coarser_factors(image.multiscale.axes, arrays)
        if max(factors, default=1) == 1:
            raise UserError(what, "its coarsest level has one pixel along each axis that is halved")
        shape = coarser_shape(factors, arrays)
        paths = [level.path.removeprefix(f"{self.path}/") for level in arrays]
        path = next_path(staged, self.path, paths)
        new, top = _put_documents(staged, self.path, join_path(self.path, path), arrays[-1], shape)
        how, told = self._method(staged, arrays, new, factors, image.multiscale.is_label, work)
        whole = tuple((0, size) for size in arrays[-1].shape)
        made = follow(staged, [arrays[-1], new], 0, [whole], [Step(1, 0, how, told)], work)
        geometry, entry = coarser_dataset(
            staged,
            self.path,
            path,
            factors,
            shape,
            is_centred=how.method.name != "stride",
        )
        place = pointer_to(*geometry.place, "datasets", "-")
        copies = follow_nodes(staged, None, top, work)
        change = Change(self.path, "attributes", place, entry)
        news = stage_changes(staged, [change], work, with_copies=not copies)
        facts = [
            ("", f"Level {visible(new.path)} ({format_shape(shape)}) will be added."),
            *made.facts,
            *copies,
            *news,
        ]
        for other in labels:
            more = AddLevel(other.multiscale.path, with_labels=False).stage(staged, work)
            where = visible(other.multiscale.path)
            facts += [
                ("labels", f"{where}: {text}") for name, text in more if name in ("", "pyramid")
            ]
        return with_validity(facts, staged, self.path, work)

    def _method(
        self,
        staged: Staged,
        levels: Sequence[Array],
        new: Array,
        factors: tuple[int, ...],
        is_label: bool,
        work: Work,
    ) -> tuple[Downsampling, str]:
        """How it is to be made, and that in words."""
        if self.method is not None:
            return chosen_method(self.method, levels[-1], new), f"{self.method}, as chosen"
        if len(levels) == 1:
            usual = "nearest" if is_label else "mean"
            return chosen_method(usual, levels[-1], new), f"{usual}, as no other level tells"
        found = detect_method(staged, levels[-2], levels[-1], work, is_label=is_label)
        how = replace(found.method, fine=levels[-1].shape, coarse=new.shape, factors=factors)
        return how, f"as {found.told}"


def _deleted(staged: Staged, path: str, work: Work) -> Facts:
    """A level that goes; one that is not there is just named no longer."""
    if read_node(staged, path) is not None:
        return DeleteNode(path).stage(staged, work)
    brought = brought_along(staged, Relocation(path, None), None, work)
    facts = brought.stage(staged, [], work)
    return [("", f"{visible(path)}, where nothing is, will not be named any more."), *facts]


def image_at(access: Access, path: str, what: str) -> Image:
    """The image that a group is.

    Raises
    ------
    UserError
        It is none; `what` says what therefore fails.
    """
    node = read_node(access, path)
    image = image_of(access, node) if isinstance(node, Group) else None
    if image is None:
        raise UserError(what, "it is no image: choose the group that lists the levels")
    return image


def labels_with(access: Access, image: Image) -> list[Image]:
    """The label images of an image that have as many levels as it has."""
    found = []
    for path in label_images(access, image):
        node = read_node(access, path)
        label = image_of(access, node) if isinstance(node, Group) else None
        if label is not None and len(label.levels) == len(image.levels):
            found.append(label)
    return found


def _put_documents(
    staged: Staged, image: str, path: str, like: Array, shape: tuple[int, ...]
) -> tuple[Array, str]:
    """Put the documents of an array like another, of another shape.

    Returns
    -------
    array, top
        The array, and the topmost node that is new: a group above it, where there was none.
    """
    top, above = path, parent_path(path)
    while above != image and read_node(staged, above) is None:
        name, raw = _NEW_GROUPS[like.zarr_format]
        staged.put(join_path(above, name), raw)
        top, above = above, parent_path(above)
    for name in (ZARR_JSON, ZARRAY, ZATTRS):
        document = staged.get(join_path(like.path, name))
        if document is not None:
            changes = [] if name == ZATTRS else [("/shape", list(shape))]
            mode = staged.mode(join_path(like.path, name))
            staged.put(join_path(path, name), change_values(document, changes), mode=mode)
    node = read_node(staged, path)
    assert isinstance(node, Array)
    return node, top
