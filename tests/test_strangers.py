"""What is no Zarr store is named for what it is, with what can be done."""

import gzip
import io
import json
import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from foreign.made import array_document, need, write_json
from looking import local

from omezarr_tui.store.standins import name_link, stand_in, why_chunk_fails
from omezarr_tui.store.strange_folders import name_folder
from omezarr_tui.store.strangers import HEAD_BYTES, name_file

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 1048576\n"
HDF5 = b"\x89HDF\r\n\x1a\n"
LIF = bytes([0x70, 0, 0, 0, 9, 0, 0, 0, 0x2A, 9, 0, 0, 0]) + "<LMSDataContainer".encode("utf-16-le")


def tiff() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((4, 4), "uint8"))
    return file.getvalue()


def big_tiff() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((4, 4), "uint8"), bigtiff=True)
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(4))
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("zarr.json"), "{}")  # of no day
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("zarr.json"))
    return file.getvalue()


def database(folder: Path) -> bytes:
    with sqlite3.connect(folder / "x.db") as connection:
        connection.execute("create table a (b)")
    return (folder / "x.db").read_bytes()


def nifti(at: int = 344, magic: bytes = b"n+1\0") -> bytes:
    return bytes(at) + magic + bytes(8)


FILES = [
    ("x.h5", HDF5 + bytes(100), "an HDF5 file", "h5py"),
    ("x.h5", bytes(512) + HDF5, "an HDF5 file", "h5py"),
    ("x", HDF5, "an HDF5 file", "h5py"),
    ("x.ims", HDF5, "an Imaris image", "bioformats2raw x.ims x.ome.zarr"),
    ("x.nc", HDF5, "a NetCDF file", "xarray"),
    ("x.nc", b"CDF\x01", "a NetCDF file", "xarray"),
    ("x.tif", tiff(), "a TIFF image", "bioformats2raw x.tif x.ome.zarr"),
    ("x.btf", big_tiff(), "a TIFF image", "bioformats2raw"),
    ("my cells.ome.tiff", tiff(), "an OME-TIFF image", "'my cells.ome.tiff' 'my cells.ome.zarr'"),
    ("x.svs", tiff(), "a microscope's TIFF image", "bioformats2raw"),
    ("x", tiff(), "a TIFF image", "bioformats2raw"),
    ("x.czi", b"ZISRAWFILE\0", "a Zeiss CZI image", "bioformats2raw x.czi x.ome.zarr"),
    ("x.nd2", b"\xda\xce\xbe\x0a", "a Nikon ND2 image", "bioformats2raw"),
    ("x.nd2", b"\0\0\0\x0cjP  \r\n", "a Nikon ND2 image", "bioformats2raw"),
    ("x.jp2", b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 image", "bioformats2raw"),
    ("x.lif", LIF, "a Leica image", "bioformats2raw"),
    ("X.OIR", b"OLYMPUSRAWFORMAT", "a microscope's image", "bioformats2raw X.OIR X.ome.zarr"),
    ("x.nii", nifti(), "a NIfTI image", "ngff-zarr -i x.nii -o x.ome.zarr"),
    ("x.nii.gz", gzip.compress(nifti(), mtime=0), "a NIfTI image", "-o x.ome.zarr"),
    ("x.nii", nifti(4, b"n+2\0"), "a NIfTI image", "ngff-zarr"),
    ("x.mrc", bytes(208) + b"MAP ", "an MRC image", "ngff-zarr"),
    ("x.dcm", bytes(128) + b"DICM", "a DICOM image", "bioformats2raw"),
    ("x.png", b"\x89PNG\r\n\x1a\n", "a PNG image", "ngff-zarr"),
    ("x.jpg", b"\xff\xd8\xff\xe0", "a JPEG image", "ngff-zarr"),
    ("x.npy", npy(), "a NumPy array", "numpy.load"),
    ("x.npz", zipped(), "an archive of NumPy arrays", "numpy.load"),
    ("x", zipped(), "a zip archive", "a name that ends in .zip"),
    ("x.parquet", b"PAR1", "a Parquet table", "table"),
    ("x.json.gz", gzip.compress(b"{}", mtime=0), "gzip-compressed data", "unpack"),
    ("x", gzip.compress(b"{}", mtime=0), "gzip-compressed data", "unpack"),
    ("x.tar", tarred(), "a tar archive", "unpack"),
    ("x.pdf", b"%PDF-1.7", "a PDF document", "PDF reader"),
    ("x.zarr", LFS, "a Git LFS pointer to 1.0 MiB", "git lfs pull"),
    ("x.zip", b"/annex/objects/MD5E-s3--a.zip\n", "a git-annex pointer", "git annex get"),
    ("x", b"../.git/annex/objects/a/b/MD5E-s3--a", "a git-annex pointer", "git annex get"),
    ("x.zip", b"\n<!DOCTYPE html><html>", "a web page", "sign-in"),
    ("x", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code>", "AccessDenied", "credentials"),
    ("x.ome", b"<?xml version='1.0'?><OME xmlns='...'>", "an OME-XML document", "images"),
    ("x.xml", b"<?xml version='1.0'?><a/>", "an XML document", "no Zarr store"),
    ("zarr.json", b'{"zarr_format": 3}', "a document of a Zarr store", "folder that it lies in"),
    (".zattrs", b"{}", "a document of a Zarr store", "folder that it lies in"),
    ("attributes.json", b'{"n5": "4.0.0"}', "a document of an N5 container", "Fiji"),
    ("refs.json", b'{"version": 1, "refs": {".zgroup": "{}"}}', "a kerchunk reference", "xarray"),
    ("x.json", b'{"a": 1}', "a JSON document", "folder of a Zarr store"),
    ("notes.txt", "Zellen, 3 µm".encode(), "a text file", "folder of a Zarr store"),
    ("x.zarr", b"", "an empty file", "fetch it again"),
    ("x.zip", b"PK\0\0 not", "named like a zip archive, but does not begin like one", "damaged"),
    ("x.tif", bytes(100), "named like a TIFF image, but does not begin like one", "damaged"),
]


class TestFiles:
    @pytest.mark.parametrize(("name", "raw", "what", "do"), FILES)
    def test_each_is_named(self, name: str, raw: bytes, what: str, do: str) -> None:
        told = name_file(name, raw[:HEAD_BYTES])
        assert told is not None
        assert what in told[0]
        assert do in told[1]
        assert "\n" not in told[0] + told[1]
        assert not told[1].endswith(".") or told[1].endswith(" .")

    def test_a_database(self, tmp_path: Path) -> None:
        told = name_file("x.db", database(tmp_path)[:HEAD_BYTES])
        assert told is not None
        assert told[0] == "an SQLite database"

    @pytest.mark.parametrize("raw", [b"\x80\x81\x82" * 20, b"abc\0def", b"\x02\x01" * 40])
    def test_what_nothing_tells_is_not_guessed(self, raw: bytes) -> None:
        assert name_file("x.bin", raw) is None

    def test_text_that_is_cut_inside_of_a_character(self) -> None:
        raw = ("µ" * HEAD_BYTES).encode()[: HEAD_BYTES - 1]
        told = name_file("notes", raw)
        assert told is not None
        assert told[0] == "a text file"


class TestStandIns:
    def test_links(self) -> None:
        what, do = name_link("../.git/annex/objects/zQ/x1/MD5E-s3--a.zip/MD5E-s3--a.zip")
        assert what == "a git-annex link to a file that is not here"
        assert "git annex get" in do
        what, do = name_link("/mnt/scratch/\x1b[31mx.zarr")
        assert what == "a link to /mnt/scratch/␛[31mx.zarr, where nothing is"
        assert "mount" in do

    @pytest.mark.parametrize("raw", [b"{}", b"", b"version 1", b"<svg>", b"annex/objects/"])
    def test_what_is_none(self, raw: bytes) -> None:
        assert stand_in(raw) is None

    def test_chunks(self) -> None:
        assert why_chunk_fails(LFS) == (
            "it is a Git LFS pointer to 1.0 MiB; fetch the files themselves: git lfs pull"
        )
        assert "empty" in (why_chunk_fails(b"") or "")
        assert "zero bytes" in (why_chunk_fails(bytes(1024)) or "")
        assert why_chunk_fails(b"(\xb5/\xfd" + bytes(30)) is None


def lay(folder: Path, files: dict[str, Any]) -> Path:
    """Write files: documents as JSON, texts and bytes as they are; a name with / at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        elif isinstance(value, bytes):
            path.write_bytes(value)
        else:
            write_json(path, value)
    return folder


N5 = {"dimensions": [4, 4], "blockSize": [2, 2], "dataType": "uint8", "compression": {}}
ARRAY = array_document((4,), (2,))
FOLDERS = {
    "n5": ({"attributes.json": {"n5": "4.0.0"}, "a/0/0": b"x"}, "an N5 container", "Fiji"),
    "n5 dataset": ({"attributes.json": N5, "0/0": b"x"}, "an N5 dataset", "tensorstore"),
    "n5 no root": ({"a/attributes.json": N5, "a/0/0": b"x"}, "N5 datasets", "Fiji"),
    "icechunk 1": (
        {"refs/branch.main/ref.json": {}, "snapshots/A": b"ICE", "manifests/": None},
        "an Icechunk repository",
        "icechunk package",
    ),
    "icechunk 2": (
        {"repo": b"ICE", "snapshots/A": b"ICE", "transactions/": None},
        "an Icechunk repository",
        "icechunk package",
    ),
    "empty": ({}, "an empty folder", "check the path"),
    "zattrs": ({".zattrs": {}}, "has .zattrs but neither .zgroup nor .zarray", ".zgroup"),
    "zmetadata": ({".zmetadata": {"metadata": {}}}, "(.zmetadata) but no .zgroup", "copy it anew"),
    "precomputed": (
        {"info": {"@type": "neuroglancer_multiscale_volume"}, "1_1_1/0-64_0-64": b"x"},
        "a Neuroglancer precomputed volume",
        "cloud-volume",
    ),
    "old precomputed": ({"info": {"scales": []}}, "a Neuroglancer precomputed", "tensorstore"),
    "tiledb": ({"__schema/x": b"x", "__fragments/": None}, "a TileDB array", "tiledb package"),
    "delta": ({"_delta_log/0.json": {}, "a.parquet": b"PAR1"}, "a Delta Lake table", "deltalake"),
    "parquet": ({"a.parquet": b"PAR1", "b.parquet": b"PAR1"}, "2 Parquet tables", "pandas"),
    "kerchunk": (
        {"all.json": {"version": 1, "refs": {}}},
        "a folder with all.json in it, a kerchunk reference file",
        "xarray",
    ),
    "zipped": ({"b.ozx": b"PK", "a.zarr.zip": b"PK"}, "a.zarr.zip and 1 more", "a.zarr.zip"),
    "dicom": ({"a.dcm": b"", "b.dcm": b"", "notes.txt": b"x"}, "2 DICOM images", "bioformats2raw"),
    "bare dicom": ({"1": bytes(128) + b"DICM", "2": b""}, "first is a DICOM", "bioformats2raw"),
    "tiffs": (
        {f"z{z}.tif": b"" for z in range(1200)},
        "a folder with 1,200 TIFF images",
        "bioformats2raw z0.tif z0.ome.zarr",
    ),
    "one czi": ({"a.czi": b"x"}, "a folder with a Zeiss CZI image", "bioformats2raw a.czi"),
    "unpacked": ({"zarr.json.gz": b"x"}, "the name of zarr.json.gz", "unpack it as zarr.json"),
    "texts": ({"zarr.json.txt": b"{}"}, "the name of zarr.json.txt", "name it zarr.json"),
    "no dot": ({"zarray": b"{}", "0": b"x"}, "the name of zarray", "name it .zarray"),
    "twice": ({"zarr (1).json": b"{}", "zarr.json (1)": b"{}"}, "zarr.json (1)", "name it zarr.js"),
    "chunks v2": ({"0.0": b"x", "0.1": b"x"}, "chunks of an array without", ".zarray"),
    "chunks nested": ({"0/0/0": b"x", "1/0/0": b"x"}, "chunks of an array without", "copy it"),
    "chunks deep": ({"0/0/0/0/0/0": b"x"}, "chunks of an array without", "copy it"),
    "chunks v3": ({"c/0/0": b"x"}, "chunks of an array without", "zarr.json"),
    "pointer": ({"zarr.json": LFS}, "a Zarr store whose zarr.json is a Git LFS", "git lfs pull"),
}


class TestFolders:
    @pytest.mark.parametrize("name", FOLDERS)
    def test_each_is_named(self, name: str, tmp_path: Path) -> None:
        files, what, do = FOLDERS[name]
        told = name_folder(local(lay(tmp_path / "it", files)))
        assert told is not None
        assert what in told[0]
        assert do in told[1]

    @pytest.mark.parametrize(
        "files",
        [
            {"notes.txt": b"x"},
            {"a/b/c.txt": b"x", "info": b"not JSON"},
            {"2024/cells/x.txt": b"x"},
            {"a.tif": b"x", "b.txt": b"x", "c.txt": b"x"},
            {"attributes.json": {"a": 1}},
            {"c/x": b"x"},
        ],
    )
    def test_what_nothing_tells_is_not_guessed(self, files: Any, tmp_path: Path) -> None:
        assert name_folder(local(lay(tmp_path / "it", files))) is None

    def test_a_folder_inside(self, tmp_path: Path) -> None:
        lay(tmp_path, {"a/b/attributes.json": {"n5": "4.0.0"}})
        assert (name_folder(local(tmp_path), "a/b") or "")[0] == "an N5 container"

    @pytest.mark.parametrize("document", ["zarr.json", ".zarray", ".zgroup"])
    def test_a_document_that_is_a_link_to_nothing(self, document: str, tmp_path: Path) -> None:
        (tmp_path / document).symlink_to("../.git/annex/objects/a/b/K/K")
        what, do = name_folder(local(tmp_path)) or ("", "")
        assert what == f"a Zarr store whose {document} is a link to a file that is not here"
        assert "git annex get ." in do

    def test_few_requests(self, tmp_path: Path) -> None:
        files = {f"d{i}/x.txt": b"x" for i in range(50)} | {f"{i}.json": {} for i in range(50)}
        access = local(lay(tmp_path / "it", files))
        with counted(access) as count:
            assert name_folder(access) is None
        assert count["entries"] == 1
        assert sum(count.values()) <= 10


@contextmanager
def counted(access: Any) -> Iterator[dict[str, int]]:
    """Count what is asked of an access."""
    count = dict.fromkeys(("entries", "get", "get_range"), 0)
    real = {name: getattr(type(access), name) for name in count}

    def counting(name: str) -> Any:
        def ask(self: Any, *given: Any) -> Any:
            count[name] += 1
            return real[name](self, *given)

        return ask

    with pytest.MonkeyPatch.context() as patch:
        for name in count:
            patch.setattr(type(access), name, counting(name))
        yield count


def test_an_n5_of_tensorstore(tmp_path: Path) -> None:
    tensorstore = need("tensorstore")
    spec = {
        "driver": "n5",
        "kvstore": {"driver": "file", "path": os.fspath(tmp_path / "x.n5/a")},
        "metadata": {"dimensions": [4, 4], "blockSize": [2, 2], "dataType": "uint8"},
    }
    tensorstore.open(spec, create=True).result().write(np.ones((4, 4), "uint8")).result()
    assert (name_folder(local(tmp_path / "x.n5/a")) or "")[0] == "an N5 dataset"
    assert (name_folder(local(tmp_path / "x.n5")) or "")[0] == "a folder with N5 datasets"


def test_chunks_that_zarr_wrote_without_their_document(tmp_path: Path) -> None:
    for zarr_format, document in ((2, ".zarray"), (3, "zarr.json")):
        folder = tmp_path / str(zarr_format)
        array = zarr.create_array(
            folder, shape=(4, 4), chunks=(2, 2), dtype="uint8", zarr_format=zarr_format
        )
        array[:] = 1
        for name in (document, ".zattrs"):
            (folder / name).unlink(missing_ok=True)
        assert "chunks of an array without" in (name_folder(local(folder)) or [""])[0]


def test_json_that_python_writes_is_a_document() -> None:
    raw = json.dumps(ARRAY).encode()
    assert (name_file("zarr.json", raw) or "")[0].startswith("a document of a Zarr store")
