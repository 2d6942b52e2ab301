"""What there is to tell of a group: its format, and the plate, well, series or scene that it is."""

from __future__ import annotations

from collections import Counter

from omezarr_tui.ome.describe_image import image_facts, system_facts
from omezarr_tui.ome.discover import Image, mark
from omezarr_tui.ome.fact import Fact
from omezarr_tui.ome.model import Plate, SeriesList, Well
from omezarr_tui.ome.read import ome_attributes, version_notes
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.ome.read_systems import read_scene
from omezarr_tui.store.node import Group
from omezarr_tui.text import format_count, listed, plural, visible

_SERIES_SHOWN = 20
_NAMES_SHOWN = 12


def group_facts(
    group: Group, formats: str, image: Image | None, series: SeriesList | None
) -> list[Fact]:
    """All that is told of a group.

    Parameters
    ----------
    group
        The group.
    formats
        Of Zarr and OME-Zarr, in words.
    image
        The image that it is.
    series
        The images of a store in bioformats2raw's layout.
    """
    facts = [Fact("type", mark(group))]
    if group.zarr_format is None:
        return [*facts, Fact("", "a plain folder that holds stores")]
    facts.append(Fact("format", formats))
    if image:
        return facts + image_facts(image)  # its notes have the version's
    if plate := read_plate(group.path, group.attributes):
        facts += _plate_facts(plate)
    if well := read_well(group.path, group.attributes):
        facts += _well_facts(well)
    if series:
        facts += _series_facts(series)
    if scene := read_scene(group.path, group.attributes):
        facts += system_facts(scene.systems, scene.transformations)
    labels = ome_attributes(group.attributes).get("labels")
    if isinstance(labels, list):
        facts.append(Fact("labels", _names(labels)))
    notes = version_notes(group.attributes, group.zarr_format)
    return facts + [Fact("note", note, warning=True) for note in map(visible, notes)]


def _plate_facts(plate: Plate) -> list[Fact]:
    facts = [Fact("name", visible(plate.name))] if plate.name else []
    grid = f"{plural(len(plate.rows), 'row')} × {plural(len(plate.columns), 'column')}"
    facts.append(Fact("plate", f"{grid}, {plural(len(plate.wells), 'well')}"))
    if plate.fields is not None:
        facts.append(Fact("fields", f"up to {format_count(plate.fields)} in a well"))
    for number, run in enumerate(plate.acquisitions):
        told = [str(run.id), visible(run.name or ""), visible(run.description or "", 60)]
        if run.fields is not None:
            told.append(f"up to {plural(run.fields, 'field')} in a well")
        facts.append(Fact("" if number else "runs", "  ".join(part for part in told if part)))
    return facts + [Fact("note", visible(note), warning=True) for note in plate.notes]


def _well_facts(well: Well) -> list[Fact]:
    runs = Counter(field.acquisition for field in well.fields)
    told = format_count(len(well.fields))
    if len(runs) > 1:
        parts = (
            f"{count} {'of no run' if run is None else f'of run {run}'}"
            for run, count in runs.items()
        )
        told += f": {listed(list(parts))}"
    facts = [Fact("fields", told)]
    return facts + [Fact("note", visible(note), warning=True) for note in well.notes]


def _series_facts(told: SeriesList) -> list[Fact]:
    facts = [Fact("series", plural(len(told.series), "image"))]
    for one in told.series[:_SERIES_SHOWN]:
        name = f"  {visible(one.name, 60)}" if one.name else ""
        facts.append(Fact("", f"{visible(one.path.rpartition('/')[2])}{name}"))
    if (more := len(told.series) - _SERIES_SHOWN) > 0:
        facts.append(Fact("", f"… {plural(more, 'more', 'more')}"))
    return facts + [Fact("note", visible(note), warning=True) for note in told.notes]


def _names(items: list[object]) -> str:
    named = [visible(item, 30) for item in items[:_NAMES_SHOWN]]
    more = [f"{format_count(len(items) - _NAMES_SHOWN)} more"] if len(items) > _NAMES_SHOWN else []
    return listed([*named, *more]) or "none"
