"""Sound stores, mostly by zarr-python, of every data type and of shapes that surprise."""

from pathlib import Path
from typing import Literal

import numcodecs
import numpy as np
import zarr

from .made import (
    Array,
    Made,
    quiet,
    ramp,
    v2_array_document,
    write_json,
)

POINT = np.dtype([("x", "<f4"), ("id", "<i8"), ("tag", "S3")])

TYPES: dict[str, Array] = {
    "bool_0d": np.array(True),
    "int_0d": np.array(-42, "int64"),
    "float_0d": np.array(np.nan, "float32"),
    "empty": np.zeros((0,), "float64"),
    "empty_2d": np.zeros((3, 0), "uint8"),
    "one_d": ramp((23,), "int32"),
    "bool": ramp((4, 7)) % 3 == 0,
    "int8": ramp((5, 9), "int8") - np.int8(60),
    "uint64": ramp((4, 6), "uint64") + np.uint64(2**64 - 100),
    "float16": ramp((6, 5), "float16") / np.float16(3),
    "not_finite": np.array([[np.nan, np.inf, -np.inf], [-0.0, 1e-310, 1e308]]),
    "complex64": (ramp((4, 5), "float32") - 1j * ramp((4, 5), "float32")).astype("complex64"),
    "complex128": ramp((3, 4), "float64") * (2 - 1j),
    "datetime": np.array(["2024-02-29", "NaT", "1969-07-20"], "datetime64[s]"),
    "timedelta": ramp((5,), "int64").astype("timedelta64[ms]"),
    "fixed_text": np.array(["nucleus", "", "cellule à", "細胞"], "<U9"),
    "fixed_bytes": np.array([b"GFP", b"", b"DAPI"], "S4"),
    "structured": np.array([(0.5, 2**40, b"a"), (-2.25, -1, b"xyz")], POINT),
    "six_d": ramp((2, 1, 3, 2, 5, 4)),
}
"""Data types and shapes that both formats can hold."""

TEXT = np.array([["DAPI", ""], ["Lamin B1\n", "[/x] 細胞 \x1b[31m"], ["µ", "z" * 300]], object)


def _types(path: Path, zarr_format: Literal[2, 3]) -> dict[str, Array | None]:
    """Write every array of ``TYPES`` into a new group."""
    root = zarr.create_group(path, zarr_format=zarr_format)
    arrays: dict[str, Array | None] = {}
    with quiet():
        for name, data in TYPES.items():
            root.create_array(name, data=data)
            arrays[name] = data
        # In v3 the byte order belongs to the codecs, not to the data type.
        root.create_array("big_endian", data=ramp((3, 8), ">i4"))
        arrays["big_endian"] = ramp((3, 8), ">i4" if zarr_format == 2 else "int32")
        root.create_array("never_written", shape=(5, 3), dtype="float32", fill_value=np.nan)
        arrays["never_written"] = np.full((5, 3), np.nan, "float32")
    return arrays


def v2_types(folder: Path) -> Made:
    """Zarr v2 data types, with a 0-d string, text and ragged arrays of variable length."""
    path = folder / "v2_types.zarr"
    arrays = _types(path, 2)
    root = zarr.open_group(path, mode="r+", zarr_format=2)
    root.create_array("f_order", data=ramp((4, 9)), chunks=(3, 4), order="F")
    arrays["f_order"] = ramp((4, 9))

    # zarr-python itself has no word for these in v2, AnnData and others write them: by hand.
    text = numcodecs.VLenUTF8()
    write_json(
        path / "text" / ".zarray",
        v2_array_document((3, 2), (3, 2), dtype="|O", fill_value="", filters=[text.get_config()]),
    )
    (path / "text" / "0.0").write_bytes(bytes(text.encode(TEXT)))
    arrays["text"] = TEXT
    write_json(
        path / "text_0d" / ".zarray",
        v2_array_document((), (), dtype="|O", fill_value="", filters=[text.get_config()]),
    )
    (path / "text_0d" / "0").write_bytes(bytes(text.encode(np.array(["a 0-d string"], object))))
    arrays["text_0d"] = np.array("a 0-d string", object)
    # A null fill value leaves chunks that were never written without a meaning.
    write_json(path / "no_fill" / ".zarray", v2_array_document((2, 3), (2, 3), fill_value=None))
    (path / "no_fill" / "0.0").write_bytes(ramp((2, 3)).tobytes())
    arrays["no_fill"] = ramp((2, 3))
    return Made(path, "group", 2, arrays, groups=("",))


def v3_types(folder: Path) -> Made:
    """Zarr v3 data types, also those outside of the core specification."""
    path = folder / "v3_types.zarr"
    arrays = _types(path, 3)
    root = zarr.open_group(path, mode="r+", zarr_format=3)
    with quiet():
        for name, values in {"text": TEXT, "text_0d": np.array("a 0-d string", object)}.items():
            made = root.create_array(name, shape=values.shape, dtype="string")
            made[...] = values
            arrays[name] = values
        blobs = np.array([b"\x00\xff", b"", b"GIF89a"], object)
        made = root.create_array("blobs", shape=blobs.shape, dtype="variable_length_bytes")
        made[...] = blobs
        arrays["blobs"] = blobs
    return Made(path, "group", 3, arrays, groups=("",))
