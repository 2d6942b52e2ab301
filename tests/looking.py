"""What the tests of reading share: ways in, images of nothing but shapes, a watch on files."""

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from omezarr_tui.image.look import Look
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.view import View, first_view
from omezarr_tui.ome.discover import Image, image_of, named_children
from omezarr_tui.ome.model import Axis, LabelImage, Level, Multiscale
from omezarr_tui.store.dtypes import dtype_of_v3
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array, KeyEncoding, Node
from omezarr_tui.store.opening import find_node, open_root

_OF_LOOK = {field.name for field in fields(Look)}
KINDS = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


def local(folder: Path) -> LocalAccess:
    return LocalAccess(Location.local(folder))


def array_in(folder: Path, path: str = "") -> Array:
    node = find_node(local(folder), path)
    assert isinstance(node, Array)
    return node


def image_in(folder: Path, path: str = "") -> Image:
    """The image that choosing a node shows."""
    access = local(folder)
    found = image_of(access, find_node(access, path))
    assert found is not None
    return found


def nodes_of(folder: Path) -> dict[str, Node]:
    """All nodes below the root by path, those too that the metadata promise."""
    access = local(folder)
    nodes = list(walk(access, open_root(access), named=named_children))
    assert len({node.path for node in nodes}) == len(nodes)
    return {node.path: node for node in nodes}


def array(shape: Sequence[int], chunks: Sequence[int] | None = None, **changes: Any) -> Array:
    """An array that lies nowhere."""
    told: dict[str, Any] = {
        "path": "a",
        "zarr_format": 3,
        "dtype": dtype_of_v3("uint16", "little"),
        "shards": None,
        "codecs": (),
        "fill_value": 0,
        "key_encoding": KeyEncoding("default", "/"),
    }
    return Array(shape=tuple(shape), chunks=tuple(chunks or shape), **told | changes)


def image(
    names: str,
    *shapes: Sequence[int],
    scales: Sequence[Sequence[float]] | None = None,
    units: Sequence[str | None] | None = None,
    is_label: bool = False,
) -> Image:
    """An image of axes with names of one letter and levels of some shapes, that lies nowhere."""
    units = units or [None] * len(names)
    axes = [Axis(name, KINDS.get(name), unit) for name, unit in zip(names, units, strict=True)]
    scales = scales or [[1.0] * len(names)] * len(shapes)
    levels = [Level(f"s{n}", tuple(scale), (0.0,) * len(names)) for n, scale in enumerate(scales)]
    arrays = [array(shape, path=f"s{n}") for n, shape in enumerate(shapes)]
    multiscale = Multiscale(
        "", "", "0.5", tuple(axes), tuple(levels), label=LabelImage() if is_label else None
    )
    return Image(multiscale, tuple(arrays))


def is_harmless(text: str) -> bool:
    """Whether a terminal would show a text and obey none of it."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in text)


def view_of(picture: Image) -> View:
    view = first_view(picture)
    assert view is not None
    return view


def request_of(picture: Image, room: tuple[int, int] = (20, 60), **changes: Any) -> PictureRequest:
    """A request, of which changes may name what is of its look as well."""
    request = PictureRequest(picture, changes.pop("view", view_of(picture)), room)
    return changed(request, **changes)


def changed(request: PictureRequest, **changes: Any) -> PictureRequest:
    """A request with something else in it, or in its look."""
    look = {name: changes.pop(name) for name in [*changes] if name in _OF_LOOK}
    return replace(request, look=replace(request.look, **look), **changes)


def values_of(shape: Sequence[int], dtype: str = "float64") -> np.ndarray[Any, Any]:
    """Values of which no two along an axis are equal, as a swapped or flipped axis would be."""
    return np.arange(np.prod(shape), dtype=dtype).reshape(shape)


@cache
def _listeners() -> list[list[str]]:
    """The lists that the path of each file that this process opens is added to."""
    listeners: list[list[str]] = []

    def hear(event: str, given: tuple[Any, ...]) -> None:
        if listeners and event == "open" and isinstance(given[0], str | bytes | os.PathLike):
            for heard in listeners:
                heard.append(os.fsdecode(given[0]))

    sys.addaudithook(hear)
    return listeners


@contextmanager
def files_read(folder: Path) -> Iterator[list[str]]:
    """Watch, whichever library reads: afterwards the list holds each file that was opened.

    Paths are relative to the folder, in order, and as often as they were opened.
    """
    heard: list[str] = []
    seen: list[str] = []
    _listeners().append(heard)
    try:
        yield seen
    finally:
        _listeners().remove(heard)
    top = f"{folder}{os.sep}"
    seen.extend(path.removeprefix(top) for path in heard if path.startswith(top))
