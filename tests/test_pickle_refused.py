"""A chunk is data: a store that names the pickle codec must never get code run.

Unpickling runs whatever the bytes say, and Zarr v2 metadata may name the pickle codec. The
lower bounds of zarr and numcodecs in ``pyproject.toml`` are chosen so that they refuse it; the
program refuses it even where the environment tells both to allow it.
"""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numcodecs.errors import UnsafeDecodeError

PICKLE = {"id": "pickle", "protocol": 5}
VLEN = {"id": "vlen-utf8"}
ALLOW = {
    "NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE": "1",
    "ZARR_ARRAY__ALLOW_UNSAFE_PICKLE_DECODE": "True",
}


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, crater: Path) -> None:
        self.crater = crater

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.crater,)


def v2(dtype: str = "<i4", **codecs: Any) -> dict[str, Any]:
    """Document of a v2 array of one value in one chunk."""
    return {
        "zarr_format": 2,
        "shape": [1],
        "chunks": [1],
        "dtype": dtype,
        "order": "C",
        "fill_value": "" if dtype == "|O" else 0,
        "compressor": None,
        "filters": None,
    } | codecs


def v3(*codecs: str) -> dict[str, Any]:
    """Document of a v3 array of one value in one chunk."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [1],
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [{"name": name, "configuration": {}} for name in codecs],
    }


# zarr-python takes a v2 array for one of pickled objects by its first object codec: behind
# vlen-utf8 the pickle codec passes that check, and would be the first to decode the chunk.
EVIL = {
    "v2-filter": v2(filters=[PICKLE]),
    "v2-compressor": v2(compressor=PICKLE),
    "v2-object": v2("|O", filters=[PICKLE]),
    "v2-filter-behind-vlen": v2("|O", filters=[VLEN, PICKLE]),
    "v2-compressor-behind-vlen": v2("|O", filters=[VLEN], compressor=PICKLE),
    "v3-numcodecs.pickle-after-bytes": v3("bytes", "numcodecs.pickle"),
    "v3-numcodecs.pickle": v3("numcodecs.pickle"),
    "v3-pickle": v3("bytes", "pickle"),
}


def write(array: Path, document: dict[str, Any], chunk: bytes) -> None:
    """Write an array of one chunk, without zarr-python."""
    name, key = (".zarray", "0") if document["zarr_format"] == 2 else ("zarr.json", "c/0")
    (array / key).parent.mkdir(parents=True)
    (array / key).write_bytes(chunk)
    (array / name).write_text(json.dumps(document))


def export(array: Path, out: Path) -> "subprocess.CompletedProcess[str]":
    """Run ``omezarr-tui export`` where the environment allows unpickling."""
    return subprocess.run(
        [sys.executable, "-m", "omezarr_tui", "export", array.parent, array.name, out],
        env=os.environ | ALLOW,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def crater(tmp_path: Path) -> Path:
    """Where a bomb that went off leaves its mark."""
    return tmp_path / "crater"


def test_bomb_is_live(crater: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(crater)))
    assert crater.exists()


@pytest.mark.parametrize("document", EVIL.values(), ids=EVIL.keys())
def test_zarr_refuses(document: dict[str, Any], tmp_path: Path, crater: Path) -> None:
    write(tmp_path / "evil", document, pickle.dumps(Bomb(crater)))
    with pytest.raises((UnsafeDecodeError, ValueError, KeyError)):
        zarr.open_array(tmp_path / "evil", mode="r", zarr_format=document["zarr_format"])[...]
    assert not crater.exists()


@pytest.mark.parametrize("document", EVIL.values(), ids=EVIL.keys())
def test_program_refuses_whatever_the_environment_says(
    document: dict[str, Any], tmp_path: Path, crater: Path
) -> None:
    write(tmp_path / "evil", document, pickle.dumps(Bomb(crater)))
    done = export(tmp_path / "evil", tmp_path / "out.npy")
    assert not crater.exists()
    assert not (tmp_path / "out.npy").exists()
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr


def test_program_reads_the_like_without_pickle(tmp_path: Path) -> None:
    write(tmp_path / "good", v2(), b"\x07\0\0\0")
    done = export(tmp_path / "good", tmp_path / "out.npy")
    assert done.returncode == 0, done.stderr
    assert np.load(tmp_path / "out.npy").tolist() == [7]
