"""Stores that other programs wrote, or that nobody should have written, to test against.

Each is made by a function that takes an empty folder and gives a ``Made``: where the store lies
and what must be found in it. Tests get them, written once, from the fixture ``foreign``.
"""

from collections.abc import Callable
from pathlib import Path

from .acquisitions import ome_writers_05, ome_writers_plate_05, ome_writers_positions_05
from .bioio import bioio_04, bioio_05, bioio_zyx_05
from .broken_data import (
    UNPICKLED,
    bad_chunks,
    escaping_paths,
    missing_level_04,
    missing_level_05,
    pickle_codec,
    v2_undeclared_nesting,
)
from .broken_documents import (
    unknown_codec,
    v2_bad_consolidated,
    v2_bad_documents,
    v2_stale_consolidated,
    v3_bad_consolidated,
    v3_bad_documents,
    v3_stale_consolidated,
)
from .codecs import v2_codecs, v3_codecs, v3_sharded
from .dtypes import v2_types, v3_types
from .hierarchies import (
    folder_of_stores,
    v2_consolidated,
    v2_names,
    v2_nested,
    v2_root_array,
    v3_backslash,
    v3_consolidated,
    v3_names,
    v3_nested,
    v3_root_array,
)
from .iohub import iohub_04, iohub_05, iohub_plate_04, iohub_plate_05
from .large import TOTAL_BYTES, WIDTH, huge_array, wide_group
from .made import Array, Image, Made, Plate
from .ngff import (
    ngff_zarr_04,
    ngff_zarr_05,
    ngff_zarr_06,
    ngff_zarr_plate_04,
    ngff_zarr_plate_05,
)
from .ome import (
    bioformats2raw_04,
    ome_zarr_py_04,
    ome_zarr_py_05,
    ome_zarr_py_plate_04,
    ome_zarr_py_plate_05,
)
from .others import (
    tensorstore_v2,
    tensorstore_v3,
    tensorstore_v3_sharded,
    xarray_v2,
    xarray_v3,
)

__all__ = [
    "BROKEN",
    "HEALTHY",
    "OME",
    "STORES",
    "TOTAL_BYTES",
    "UNLISTED",
    "UNPICKLED",
    "WIDTH",
    "Array",
    "Foreign",
    "Image",
    "Made",
    "Plate",
    "Writer",
]

Writer = Callable[[Path], Made]
Foreign = Callable[[str], Made]


def _by_name(*writers: Writer) -> dict[str, Writer]:
    """Key each writer by the name of its function."""
    return {writer.__name__: writer for writer in writers}


OME = _by_name(
    ome_zarr_py_04,
    ome_zarr_py_05,
    ome_zarr_py_plate_04,
    ome_zarr_py_plate_05,
    bioformats2raw_04,
    ngff_zarr_04,
    ngff_zarr_05,
    ngff_zarr_06,
    ngff_zarr_plate_04,
    ngff_zarr_plate_05,
    bioio_04,
    bioio_05,
    bioio_zyx_05,
    iohub_04,
    iohub_05,
    iohub_plate_04,
    iohub_plate_05,
    ome_writers_05,
    ome_writers_positions_05,
    ome_writers_plate_05,
)
"""Sound OME-Zarr; the last digit of each name is that of its version."""

HEALTHY = OME | _by_name(
    v2_codecs,
    v3_codecs,
    v3_sharded,
    v2_types,
    v3_types,
    v2_names,
    v3_names,
    v2_nested,
    v3_nested,
    v2_consolidated,
    v3_consolidated,
    v2_root_array,
    v3_root_array,
    tensorstore_v2,
    tensorstore_v3,
    tensorstore_v3_sharded,
    xarray_v2,
    xarray_v3,
)
"""Sound stores that zarr-python lists and reads whole."""

UNLISTED = _by_name(wide_group, huge_array, folder_of_stores, v3_backslash)
"""Sound stores that zarr-python cannot list, or that nobody should list or read whole."""

BROKEN = _by_name(
    v2_bad_documents,
    v3_bad_documents,
    v2_bad_consolidated,
    v3_bad_consolidated,
    v2_stale_consolidated,
    v3_stale_consolidated,
    unknown_codec,
    bad_chunks,
    pickle_codec,
    v2_undeclared_nesting,
    missing_level_04,
    missing_level_05,
    escaping_paths,
)
"""Stores in which something is wrong beside things that work."""

STORES = HEALTHY | UNLISTED | BROKEN
