"""Rules of the levels of a multiscale: their paths, and what leads from each to the axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_number, repeated, shown
from omezarr_tui.ome.validate.systems import SYSTEM, judge_reference
from omezarr_tui.ome.validate.transformations import LIST, judge_transformation
from omezarr_tui.text import plural, visible

_SECTION = "multiscales"

# "MUST contain the field datasets, which is a list of dictionaries describing the arrays storing
# the individual resolution levels." The schemas want one at least.
DATASETS = Rule(
    "datasets.list",
    "error",
    '"datasets" is a list of objects, one for each level, with one at least.',
    _SECTION,
)
# "Each dictionary in datasets MUST contain the field path, whose value contains the path to the
# array for this resolution"; an empty one leads to the group itself.
PATH = Rule("datasets.path", "error", "A level has a path, a text that is not empty.", _SECTION)
# "Each datasets dictionary MUST have the same number of dimensions and MUST NOT have more than 5
# dimensions." (0.4 to 0.6)
DIMENSIONS = Rule(
    "datasets.dimensions",
    "error",
    "All scales and translations of levels have as many numbers as one another, two to five.",
    _SECTION,
    since="0.4",
)
# Nothing forbids it, and readers show a level twice.
UNIQUE = Rule("datasets.unique-path", "advice", "Each level is an array of its own.", _SECTION)
# "Each dictionary in datasets MUST contain the field coordinateTransformations"
TRANSFORMED = Rule(
    "datasets.transformations",
    "error",
    'Each level has a list "coordinateTransformations", with one at least.',
    _SECTION,
    since="0.4",
)
# In 0.4, 0.5: "The transformation MUST only be of type translation or scale."
ALLOWED = Rule(
    "datasets.allowed-types",
    "error",
    "Only scales and translations stand here.",
    _SECTION,
    since="0.4",
    until="0.5",
)
# In 0.4, 0.5: "They MUST contain exactly one scale transformation"
ONE_SCALE = Rule(
    "datasets.one-scale", "error", "There is exactly one scale.", _SECTION, since="0.4", until="0.5"
)
# In 0.4, 0.5: "It MAY contain exactly one translation."
ONE_TRANSLATION = Rule(
    "datasets.one-translation",
    "error",
    "There is one translation at most.",
    _SECTION,
    since="0.4",
    until="0.5",
)
# In 0.4, 0.5: "If translation is given it MUST be listed after scale"
SCALE_FIRST = Rule(
    "datasets.scale-first",
    "error",
    "The translation comes after the scale.",
    _SECTION,
    since="0.4",
    until="0.5",
)
# "The transformation MUST be one of the following: A single scale or identity transformation; a
# sequence transformation containing one scale and one translation transformation." (0.6)
SINGLE = Rule(
    "datasets.single",
    "error",
    "A level has one transformation: a scale, an identity, or a sequence of a scale and a "
    "translation.",
    _SECTION,
    since="0.6",
)
# "The value of input MUST equal the value of path, implementations should always treat the value
# of input as if it were equal to the value of path." The suite holds up an image as valid under
# the strict reading whose path is "1" and whose input "s1".
SAME_PATH = Rule(
    "datasets.input-path",
    "advice",
    "The input of a level's transformation is the path of the level.",
    _SECTION,
    since="0.6",
)
# "The value of the transformation's output coordinate system MUST be the same for every dataset"
ONE_OUTPUT = Rule(
    "datasets.one-output",
    "error",
    "The transformations of all levels lead to the same coordinate system.",
    _SECTION,
    since="0.6",
)
# "The paths MUST be ordered from largest (i.e. highest resolution) to smallest." The arrays tell
# whether they are; the scales only whether they may be.
ORDER = Rule(
    "datasets.order",
    "advice",
    "The levels go from fine to coarse, and their scales with them.",
    _SECTION,
    since="0.4",
)


def judge_datasets(
    judged: Judged,
    image: dict[str, Any],
    place: Place,
    rank: int | None,
    systems: Mapping[str, int | None],
) -> str | None:
    """Judge the levels of an image.

    Parameters
    ----------
    judged
        Where findings go.
    image, place
        The multiscale, and where it stands.
    rank
        How many axes it has, up to 0.5.
    systems
        How many axes each of its coordinate systems has, from 0.6 on.

    Returns
    -------
    intrinsic
        The coordinate system that the levels lead to (0.6); None where it is not known.
    """
    datasets = image.get("datasets")
    at = (*place, "datasets")
    if not isinstance(datasets, list) or not datasets:
        where, found = (at, f"It is {shown(datasets)}.")
        if "datasets" not in image:
            where, found = place, 'There are no "datasets".'
        judged.tell(DATASETS, where, found)
        return None
    levels = list(judged.each(DATASETS, datasets, at))
    intrinsic: str | None = None
    for where, level in levels:
        if not isinstance(level.get("path"), str) or not level["path"]:
            found = f"The path is {shown(level['path'])}." if "path" in level else "It has no path."
            judged.tell(PATH, where, found)
        steps = level.get("coordinateTransformations")
        if judged.since("0.4") and (not isinstance(steps, list) or not steps):
            found = "They are missing." if steps is None else f"It is {shown(steps)}."
            judged.tell(TRANSFORMED, where, found)
        elif judged.since("0.6"):
            output = _judge_single(judged, level, steps or [], where, systems)
            intrinsic = intrinsic if intrinsic is not None else output
            if output is not None and output != intrinsic:
                found = f"It leads to {shown(output)}, the others to {visible(intrinsic, 30)}."
                judged.tell(ONE_OUTPUT, where, found)
        elif judged.since("0.4"):
            where_to = (*where, "coordinateTransformations")
            judge_simple_list(judged, steps, where_to, rank)
    for number, path in repeated(level.get("path") for _, level in levels):
        judged.tell(UNIQUE, levels[number][0], f"Another level has the path {shown(path)} too.")
    _judge_lengths(judged, levels)
    _judge_order(judged, [level for _, level in levels], at)
    return intrinsic


def judge_simple_list(judged: Judged, value: Any, place: Place, rank: int | None) -> None:
    """Judge a list of one scale and maybe one translation (OME-Zarr 0.4 and 0.5)."""
    items = list(judged.each(LIST, value, place))
    kinds = []
    for at, item in items:
        kind = item.get("type")
        kinds.append(kind)
        if kind == "identity":
            judged.tell(ALLOWED, at, "It is an identity.")
        else:
            judge_transformation(judged, item, at, rank, rank)
    if not isinstance(value, list):
        return
    scales, translations = kinds.count("scale"), kinds.count("translation")
    if scales != 1:
        judged.tell(ONE_SCALE, place, f"There are {scales or 'no'} scales.")
    if translations > 1:
        judged.tell(ONE_TRANSLATION, place, f"There are {translations} translations.")
    elif scales == 1 and translations and kinds.index("translation") < kinds.index("scale"):
        judged.tell(SCALE_FIRST, place, "The translation comes first.")


def _judge_single(
    judged: Judged,
    level: dict[str, Any],
    steps: list[Any],
    place: Place,
    systems: Mapping[str, int | None],
) -> str | None:
    """OME-Zarr 0.6: the one transformation of a level; told is what it leads to."""
    at = (*place, "coordinateTransformations")
    if len(steps) != 1:
        judged.tell(SINGLE, at, f"There are {len(steps)} transformations.")
    output = None
    for where, step in judged.each(LIST, steps, at):
        path = level.get("path")
        source = judge_reference(
            judged, step, "input", where, "path", path if isinstance(path, str) else ""
        )
        if source and isinstance(path, str) and source.path != path:
            found = f"The input is {shown(source.path)}, the path of the level {shown(path)}."
            judged.tell(SAME_PATH, (*where, "input"), found)
        target = judge_reference(judged, step, "output", where, "name", systems)
        if target and target.name not in systems:
            found = f"There is no coordinate system {shown(target.name)}."
            judged.tell(SYSTEM, (*where, "output"), found)
        output = target.name if target and output is None else output
        rank = systems.get(target.name or "") if target else None
        _judge_allowed(judged, step, where)
        judge_transformation(judged, step, where, rank, rank)
    return output


def _judge_allowed(judged: Judged, step: dict[str, Any], place: Place) -> None:
    kind = step.get("type")
    if kind == "sequence":
        inner = step.get("transformations")
        items = inner if isinstance(inner, list) else []
        kinds = [item.get("type") if isinstance(item, dict) else None for item in items]
        if kinds not in (["scale", "translation"], ["translation", "scale"]):
            named = [kind if isinstance(kind, str) else None for kind in kinds]
            judged.tell(SINGLE, place, f"It is a sequence of {shown(named)}.")
        # In 0.6, "coordinateTransformations": "a sequence of a scale followed by a translation"
        elif kinds[0] == "translation":
            judged.tell(SINGLE, place, "The translation comes before the scale.")
    elif isinstance(kind, str) and kind not in ("scale", "identity"):
        judged.tell(SINGLE, place, f"It is of the type {shown(kind)}.")


def _judge_lengths(judged: Judged, levels: list[tuple[Place, dict[str, Any]]]) -> None:
    """Tell of the first level whose numbers are not as many as those of the others."""
    first: int | None = None
    for place, level in levels:
        for numbers in _vectors(level):
            first = len(numbers) if first is None else first
            if not 2 <= len(numbers) <= 5 or len(numbers) != first:
                others = f", others have {first}" if len(numbers) != first else ""
                found = f"{shown(numbers)} has {plural(len(numbers), 'number')}{others}."
                judged.tell(DIMENSIONS, place, found[:1].upper() + found[1:])
                return


def _judge_order(judged: Judged, levels: list[dict[str, Any]], place: Place) -> None:
    """Tell of a level whose scale is finer than that of the one before."""
    scales = [_scale(level) for level in levels]
    for number, (finer, coarser) in enumerate(pairwise(scales), start=1):
        if not finer or not coarser or len(finer) != len(coarser):
            continue
        pairs = list(zip(finer, coarser, strict=True))
        if any(b < a for a, b in pairs) and not any(b > a for a, b in pairs):
            found = f"The scale is {shown(coarser)}, that of the level before {shown(finer)}."
            judged.tell(ORDER, (*place, number), found)


def _scale(level: dict[str, Any]) -> list[float]:
    """The scale of a level, where it has one that can be read."""
    return next(_vectors(level, ("scale",)), [])


def _vectors(
    level: dict[str, Any], kinds: tuple[str, ...] = ("scale", "translation")
) -> Iterator[list[float]]:
    """The scales and translations of a level that can be read, also those in a sequence."""
    steps = level.get("coordinateTransformations")
    for step in steps if isinstance(steps, list) else ():
        inner = step.get("transformations") if isinstance(step, dict) else None
        for item in [step, *(inner if isinstance(inner, list) else ())]:
            kind = item.get("type") if isinstance(item, dict) else None
            if kind not in kinds:
                continue
            numbers = item.get(kind)
            if isinstance(numbers, list) and all(is_number(number) for number in numbers):
                yield numbers
