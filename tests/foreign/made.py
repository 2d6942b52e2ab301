"""What a foreign store holds, told by whoever wrote it, and the small tools its writers share."""

import importlib
import json
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest

Array = npt.NDArray[Any]
OLD_NUMPY = np.lib.NumpyVersion(np.__version__) < "2.1.0"
"""Whether numpy is older than some of the writing libraries, or pandas below them, can bear."""
Selection = tuple[slice, ...]


@dataclass(frozen=True)
class Image:
    """What the writer was asked to say about one multiscale image; axes in array order.

    Attributes
    ----------
    axes, units
        Name and unit of each axis; None where the axis has no unit.
    levels
        Paths of the levels below the image's group, the finest first.
    pixel_sizes
        For each level the scale along each axis, in the units above.
    channels, colors
        Channel labels, and their RRGGBB colours.
    labels
        Names of the label images below ``labels/``.
    """

    axes: tuple[str, ...]
    units: tuple[str | None, ...]
    levels: tuple[str, ...]
    pixel_sizes: tuple[tuple[float, ...], ...]
    channels: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plate:
    """Rows, columns, wells (``A/2``) and fields (below each well) that a plate names."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A store on disk and what must be found in it. A node's path is "" for the root.

    Attributes
    ----------
    path
        The folder of the store.
    kind
        What the root is. A "folder" is no Zarr node but holds stores.
    zarr_format
        2 or 3; None for a folder that holds both.
    arrays
        Every readable array with its exact values, or None where it is too large to hold.
        Text and bytes of variable length stand as arrays of objects.
    groups
        Every readable group, the root too.
    broken
        Every node that cannot be opened, read whole, or read rightly, with the reason.
    images, plates
        OME-Zarr facts by node.
    dimensions
        Dimension names of arrays that have them outside of OME-Zarr.
    samples
        Parts that can be read of arrays that cannot as a whole: node, selection, values.
    """

    path: Path
    kind: Literal["group", "array", "image", "plate", "bioformats2raw", "folder"]
    zarr_format: Literal[2, 3] | None
    arrays: Mapping[str, Array | None]
    groups: tuple[str, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    plates: Mapping[str, Plate] = field(default_factory=dict)
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    samples: tuple[tuple[str, Selection, Array], ...] = ()

    def copy(self, folder: Path) -> "Made":
        """Copy the store into a folder, for a test that writes."""
        path = folder / self.path.name
        shutil.copytree(self.path, path, symlinks=True)
        return replace(self, path=path)


def ramp(shape: tuple[int, ...], dtype: str = "uint16") -> Array:
    """Values that tell their own C-order index, so that a swapped or flipped axis shows.

    An 8-bit type repeats after a prime number of values, which no axis length divides.
    """
    period = 127 if np.dtype(dtype).itemsize == 1 else np.prod(shape, dtype=int) + 1
    index = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    return (index % period).astype(dtype)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence writers: that a format is unstable or a metadata key is unusual is the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def need(module: str) -> Any:
    """Import a library now, or skip the test that asked for it; in CI, fail it."""
    try:
        with quiet():
            return importlib.import_module(module)
    except ImportError as error:
        words = f"{module} cannot be imported: {error}"
        if os.environ.get("CI") and not OLD_NUMPY:
            pytest.fail(words, pytrace=False)
        pytest.skip(words)


def write_json(path: Path, document: object) -> None:
    """Write a Zarr document by hand, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def group_document(attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the smallest v3 group document."""
    return {"zarr_format": 3, "node_type": "group", "attributes": dict(attributes or {})}


def array_document(
    shape: tuple[int, ...], chunks: tuple[int, ...], **changes: Any
) -> dict[str, Any]:
    """Give an uncompressed uint16 v3 array document; ``changes`` replace its keys."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "attributes": {},
    } | changes


def v2_array_document(
    shape: tuple[int, ...], chunks: tuple[int, ...], **changes: Any
) -> dict[str, Any]:
    """Give an uncompressed uint16 v2 array document; ``changes`` replace its keys."""
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(chunks),
        "dtype": "<u2",
        "fill_value": 0,
        "order": "C",
        "filters": None,
        "compressor": None,
    } | changes
