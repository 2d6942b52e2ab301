"""What the program says of a store is what the library that wrote it says when it reads it back."""

import sys
from pathlib import Path

import numpy as np
import pytest
from foreign import OME, Foreign, Made
from foreign.bioio import write as write_by_bioio
from foreign.readers import IMAGES, LABELS, PLATES, Facts
from layouts import read_region
from looking import local

from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.ome.labels import label_images
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.location import parse_location
from omezarr_tui.store.node import Array, Group
from omezarr_tui.store.opening import find_node

ALWAYS_TOLD = {"axes", "types", "units", "values"}
UNTOLD = {
    "ome_zarr_py": {"name"},
    "ngff_zarr": {"active", "label_colors", "labels"},
    "bioio": {"active", "label_colors", "labels", "levels", "translations", "windows"},
    "iohub": set(),
    "ome_writers": {"active", "label_colors", "labels", "name"},
}
"""What the reader of each library does not tell of images."""


def library(name: str) -> str:
    """The library that wrote the store of a name."""
    return next(begin for begin in IMAGES if name.startswith(begin))


def image_at(access: Access, path: str) -> Image:
    """The image at a path."""
    found = image_of(access, find_node(access, path))
    assert found is not None
    return found


def said_of_image(access: Access, path: str) -> Facts:
    """What the program says, in the words of ``foreign.readers``, but for the values."""
    told = image_at(access, path).multiscale
    windows = [channel.window for channel in told.channels]
    return {
        "name": told.name,
        "axes": tuple(axis.name for axis in told.axes),
        "types": tuple(axis.type for axis in told.axes),
        "units": tuple(axis.unit for axis in told.axes),
        "levels": tuple(level.path.removeprefix(f"{path}/") for level in told.levels),
        "pixel_sizes": tuple(level.scale for level in told.levels),
        "translations": tuple(level.translation for level in told.levels),
        "channels": tuple(channel.label for channel in told.channels),
        "colors": tuple(channel.color for channel in told.channels),
        "windows": tuple((window.start, window.end) for window in windows if window),
        "active": tuple(channel.active for channel in told.channels),
        "label_colors": dict(told.label.colors) if told.label else None,
        "labels": label_names(access, path),
    }


def label_names(access: Access, path: str) -> tuple[str, ...]:
    """The label images that the program finds with an image."""
    found = label_images(access, image_at(access, path))
    return tuple(label.rpartition("/")[2] for label in found)


def assert_told(access: Access, path: str, theirs: Facts) -> None:
    """Hold all that a library says of an image against what the program says and reads."""
    assert theirs.keys() >= ALWAYS_TOLD
    ours, values = said_of_image(access, path), theirs.pop("values")
    assert {fact: ours[fact] for fact in theirs} == theirs
    for level, read in zip(image_at(access, path).levels, values, strict=True):
        assert isinstance(level, Array)
        assert level.shape == read.shape
        assert level.dtype.name == read.dtype.name
        everything = tuple(slice(0, size) for size in read.shape)
        np.testing.assert_array_equal(read_region(Reader(access), level, everything), read)


def images_of(made: Made, name: str) -> dict[str, Facts]:
    """What the library that wrote a store says of each image in it."""
    readers = {False: IMAGES[library(name)], True: LABELS[library(name)]}
    return {path: readers[path.startswith("labels/")](made.path, path) for path in made.images}


@pytest.mark.parametrize("name", OME)
def test_images(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    for path, theirs in images_of(made, name).items():
        assert_told(local(made.path), path, theirs)


def test_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "cells.ozx"
    write_by_bioio(file, "0.5", "tczyx", (3, 2, 4, 20, 34))
    assert file.is_file()
    assert_told(open_access(parse_location(str(file))), "", IMAGES["bioio"](file, ""))


def group_at(access: Access, path: str) -> Group:
    """The group at a path."""
    node = find_node(access, path)
    assert isinstance(node, Group)
    return node


def said_of_plate(folder: Path) -> Facts:
    """What the program says of a plate and of its wells, in the words of ``foreign.readers``."""
    access = local(folder)
    told = read_plate("", group_at(access, "").attributes)
    assert told is not None
    wells = {w.path: read_well(w.path, group_at(access, w.path).attributes) for w in told.wells}
    return {
        "name": told.name,
        "rows": told.rows,
        "columns": told.columns,
        "wells": tuple((well.path, well.row, well.column) for well in told.wells),
        "acquisitions": tuple((run.id, run.name) for run in told.acquisitions),
        "field_count": told.fields,
        "fields": {
            path: tuple((field.path, field.acquisition) for field in well.fields)
            for path, well in wells.items()
            if well is not None
        },
    }


@pytest.mark.parametrize("name", [name for name in OME if "plate" in name])
def test_plates(name: str, foreign: Foreign) -> None:
    made = foreign(name)
    theirs = PLATES[library(name)](made.path)
    assert theirs.keys() >= {"name", "rows", "columns", "wells"}
    ours = said_of_plate(made.path)
    assert {fact: ours[fact] for fact in theirs} == theirs


@pytest.mark.parametrize("writer", UNTOLD)
def test_what_is_compared(writer: str, foreign: Foreign) -> None:
    """Or the comparisons above would hold too where a library is asked for nothing."""
    told = {
        fact
        for name in OME
        if library(name) == writer
        for theirs in images_of(foreign(name), name).values()
        for fact in theirs
    }
    untold = said_of_image(local(foreign("ome_zarr_py_05").path), "").keys() - told
    if writer == "iohub" and sys.version_info < (3, 12):  # its releases want that, for labels too
        untold -= {"label_colors"}
    assert untold == UNTOLD[writer]
