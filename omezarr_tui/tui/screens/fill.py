"""The dialog that asks which pixels to change, and how; all is checked while it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omezarr_tui.image.selection import parse_selection, whole
from omezarr_tui.store.node import Array
from omezarr_tui.text import plural, visible
from omezarr_tui.tui.screens.form import FormScreen, Line, Values

if TYPE_CHECKING:
    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.conditions import LabelsBelow
    from omezarr_tui.edit.operation import Edit
    from omezarr_tui.edit.pixel_form import Operation

FOLLOW, ALONE = "brought up to date", "left as they are"
TITLES: dict[Operation, str] = {
    "fill": "Fill a region of",
    "arithmetic": "Add to, or multiply, values of",
    "clip": "Limit values of",
    "replace": "Replace values, or labels, of",
    "copy": "Copy a plane of",
    "interpolate": "Interpolate planes of",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What the dialog is about.

    Parameters
    ----------
    node
        The array that is edited.
    axes
        Names of its axes.
    plane
        Where the shown plane lies along the axes that are not displayed, and the region that
        was drawn on it, if any.
    moving
        The axis that plane keys step along; None where there is none.
    level
        Its number among the levels of its image.
    levels
        How many levels there are.
    overlay
        The path of the label image that is shown over it; None for none.
    """

    node: Array
    axes: Sequence[str]
    plane: Mapping[int, int | slice]
    moving: int | None = None
    level: int = 0
    levels: int = 1
    overlay: str | None = None

    @property
    def names(self) -> list[str]:
        """Names of the axes; where there are none they are called by number."""
        rank = len(self.node.shape)
        known = len(self.axes) == rank
        return list(self.axes) if known else [f"dim_{at}" for at in range(rank)]


class FillScreen(FormScreen):
    """Asks which pixels to change, and how.

    Parameters
    ----------
    target
        What is edited.
    operation
        What is to be done.
    typed
        As of a `FormScreen`.
    """

    def __init__(self, target: Target, operation: Operation, typed: Values | None = None) -> None:
        self._target = target
        self._operation = operation
        name = visible(target.node.name or "the array")
        super().__init__(f"{TITLES[operation]} {name}", self._asks(), self._wrong, typed=typed)

    def go_label(self, values: Values) -> str:
        """How many values are selected, as far as that is clear."""
        target = self._target
        text = values["where"].strip()
        shape = target.node.shape
        try:
            selection = parse_selection(text, shape, target.names) if text else whole(shape)
        except ValueError:
            return "Look…"
        return f"Look at {plural(selection.size, 'value')}…"

    def _asks(self) -> list[Line]:
        target = self._target
        names, node = target.names, target.node
        at = ", ".join(f"{names[axis]}={_spelled(part)}" for axis, part in target.plane.items())
        sizes = [f"{axis} 0–{size - 1}" for axis, size in zip(names, node.shape, strict=True)]
        where = Line(
            "where",
            "Where",
            at,
            f"{visible(', '.join(sizes))}; an axis that is not named is whole\n"
            "a range is start:stop, as in Python: y=10:20",
            placeholder="all of it",
        )
        example = "value > 4000" if target.overlay is None else "label == 7"
        only = Line("only", "Only where", placeholder=f"any value; or as {example}")
        lines = [where, *self._own_lines(), only]
        if target.levels > 1:
            follow = FOLLOW if target.level == 0 else ALONE
            words = (FOLLOW, ALONE) if target.level == 0 else ("not chosen", ALONE)
            lines.append(
                Line("levels", "Other levels", words[0], self._of_levels(follow), words=words)
            )
        if target.levels > 1 and target.level == 0:
            from omezarr_tui.edit.downsampling_candidates import METHODS

            made = Line(
                "method",
                "Made by",
                placeholder=f"as they were made; or {', '.join([*METHODS][:3])}, …",
                completions=tuple(METHODS),
            )
            lines.append(made)
        return lines

    def _of_levels(self, follow: str) -> str:
        if follow == FOLLOW:
            return ""
        name = visible(self._target.node.name)
        return f"{name} is made from finer levels: edit the finest, or choose this one alone"

    def _own_lines(self) -> list[Line]:
        node = self._target.node
        kind = visible(node.dtype.name)
        along = self._target.moving
        axis = "" if along is None else self._target.names[along]
        axes = self._target.names
        match self._operation:
            case "fill":
                text = 'a text, or "" for none' if node.dtype.kind == "string" else "0"
                return [Line("value", f"Value ({kind})", placeholder=text, needed=True)]
            case "arithmetic":
                return [
                    Line("multiply", "Multiply by", placeholder="1", needed=True),
                    Line("add", "Then add", placeholder="0"),
                    Line(
                        "ends",
                        f"Beyond {kind}",
                        words=("are refused", "stop at the ends"),
                    ),
                ]
            case "clip":
                return [
                    Line("low", "Lowest", placeholder="no limit", needed=True),
                    Line("high", "Highest", placeholder="no limit"),
                ]
            case "replace":
                return [
                    Line(
                        "pairs",
                        "Replace",
                        hint="7=3 makes every 7 a 3; labels are merged so, and deleted by 7=0",
                        placeholder="7=3, 9=0",
                        needed=True,
                    )
                ]
            case "copy":
                return [
                    Line("along", "Along axis", axis, completions=axes),
                    Line("source", "From index", needed=True),
                ]
        return [
            Line("along", "Along axis", axis, completions=axes),
            Line(
                "between",
                "Between",
                placeholder="the planes beside it; or two indices, as 14 17",
                needed=True,
            ),
        ]

    def _wrong(self, values: Values) -> dict[str, str]:
        from omezarr_tui.edit.pixel_form import LineError, understand

        if values.get("levels") == "not chosen":
            return {"levels": "choose this level alone, or edit the finest"}
        method = values.get("method", "").strip()
        if method:
            from omezarr_tui.edit.downsampling_candidates import METHODS

            if method not in METHODS:
                return {"method": f"there is {', '.join(METHODS)}"}
        try:
            understand(
                self._operation,
                values,
                self._target.node,
                self._target.names,
                has_labels=self._target.overlay is not None,
            )
        except LineError as error:
            return {error.line: str(error)}
        return {}


def _spelled(part: int | slice) -> str:
    return f"{part.start}:{part.stop}" if isinstance(part, slice) else str(part)


def pixel_edit(store: Around, target: Target, operation: Operation, values: Values) -> Edit:
    """The edit that was asked for, by paths from the root of the store. It reads documents."""
    from omezarr_tui.edit.image_edit import edited_image, image_edit
    from omezarr_tui.edit.labels_below import LabelsOver
    from omezarr_tui.edit.pixel_form import understand
    from omezarr_tui.edit.pixels import PixelEdit

    path = store.from_root(target.node.path)
    assert path is not None
    image, level = edited_image(store.access, path)
    array = image.levels[level]
    assert isinstance(array, Array)
    labels: LabelsBelow | None = None
    overlay = None if target.overlay is None else store.from_root(target.overlay)
    if overlay is not None:
        labels = LabelsOver(image, level, edited_image(store.access, overlay)[0])
    found = understand(
        operation, values, array, target.names, labels, has_labels=labels is not None
    )
    pixels = PixelEdit(
        array, found.selection, found.change, found.where, store.access.location.name
    )
    alone = values.get("levels") == ALONE
    method = values.get("method", "").strip() or None
    return image_edit(image, level, pixels, alone=alone, method=method)
