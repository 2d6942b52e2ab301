"""File formats that people mistake for Zarr, or convert to it: how each is recognised and cured."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from omezarr_tui.text import visible

_BIOFORMATS = "convert it with bioformats2raw: bioformats2raw {file} {out}"
_NGFF_ZARR = "convert it with ngff-zarr: ngff-zarr -i {file} -o {out}"
_XARRAY = "xarray writes it as Zarr: xarray.open_dataset, then to_zarr"
_UNPACK = "unpack it, and open the Zarr store in it where there is one"
_H5PY = "h5py reads it; to open it here, write its datasets into a Zarr store"

Magic = tuple[int, bytes]  # where, and what stands there


@dataclass(frozen=True, slots=True)
class Kind:
    """A file format.

    Parameters
    ----------
    one, many
        What a file of it is called, with its article, and several of them.
    do
        What the user can do, with places for ``{file}`` and ``{out}``, the store to make.
    endings
        Of the names of its files, in small letters.
    magic
        Any of these marks it; a format without them goes by its name alone.
    """

    one: str
    many: str
    do: str
    endings: tuple[str, ...]
    magic: tuple[Magic, ...] = ()

    def is_named(self, name: str) -> bool:
        """Whether files of this format are named like this."""
        return name.lower().endswith(self.endings)

    def begins(self, head: bytes) -> bool:
        """Whether files of this format begin like this."""
        return any(head.startswith(mark, at) for at, mark in self.magic)


# A file may have up to a few thousand bytes of its own before HDF5's signature.
_HDF5 = tuple((at, b"\x89HDF\r\n\x1a\n") for at in (0, 512, 1024, 2048))
_TIFF = ((0, b"II*\0"), (0, b"MM\0*"), (0, b"II+\0"), (0, b"MM\0+"))
_ZIP = ((0, b"PK\x03\x04"), (0, b"PK\x05\x06"))
_GZIP = ((0, b"\x1f\x8b"),)
_JPEG2000 = (0, b"\0\0\0\x0cjP  ")

# Those that are kept inside of another format come after it: then the name decides.
KINDS = (
    Kind("an HDF5 file", "HDF5 files", _H5PY, (".h5", ".hdf5", ".he5", ".hdf"), _HDF5),
    Kind("an Imaris image", "Imaris images", _BIOFORMATS, (".ims",), _HDF5),
    Kind(
        "a NetCDF file",
        "NetCDF files",
        _XARRAY,
        (".nc", ".nc4", ".cdf"),
        (*_HDF5, (0, b"CDF\x01"), (0, b"CDF\x02"), (0, b"CDF\x05")),
    ),
    Kind(
        "an AnnData file",
        "AnnData files",
        "anndata writes it as Zarr: anndata.read_h5ad, then write_zarr",
        (".h5ad",),
        _HDF5,
    ),
    Kind("a TIFF image", "TIFF images", _BIOFORMATS, (".tif", ".tiff", ".btf", ".tf8"), _TIFF),
    Kind(
        "an OME-TIFF image",
        "OME-TIFF images",
        _BIOFORMATS,
        (".ome.tif", ".ome.tiff", ".ome.btf", ".ome.tf8"),
        _TIFF,
    ),
    Kind(
        "a microscope's TIFF image",
        "microscopes' TIFF images",
        _BIOFORMATS,
        (".lsm", ".svs", ".ndpi", ".scn", ".flex", ".stk", ".qptiff"),
        _TIFF,
    ),
    Kind("a Zeiss CZI image", "Zeiss CZI images", _BIOFORMATS, (".czi",), ((0, b"ZISRAWFILE"),)),
    Kind(
        "a Leica image",
        "Leica images",
        _BIOFORMATS,
        (".lif", ".lof"),
        ((13, "<LMSData".encode("utf-16-le")), (13, "LMS_Object".encode("utf-16-le"))),
    ),
    Kind(
        "a microscope's image",
        "microscopes' images",
        _BIOFORMATS,
        (".oib", ".zvi", ".oif", ".oir", ".vsi", ".ets", ".dv", ".dm3", ".dm4", ".sld", ".xlef"),
    ),
    Kind("an MRC image", "MRC images", _NGFF_ZARR, (".mrc", ".mrcs", ".rec"), ((208, b"MAP "),)),
    Kind("an NRRD image", "NRRD images", _NGFF_ZARR, (".nrrd", ".nhdr"), ((0, b"NRRD000"),)),
    Kind("a MetaImage", "MetaImages", _NGFF_ZARR, (".mha", ".mhd")),
    Kind("a DICOM image", "DICOM images", _BIOFORMATS, (".dcm", ".dicom"), ((128, b"DICM"),)),
    Kind("a PNG image", "PNG images", _NGFF_ZARR, (".png",), ((0, b"\x89PNG\r\n\x1a\n"),)),
    Kind("a JPEG image", "JPEG images", _NGFF_ZARR, (".jpg", ".jpeg"), ((0, b"\xff\xd8\xff"),)),
    Kind(
        "a JPEG 2000 image",
        "JPEG 2000 images",
        _BIOFORMATS,
        (".jp2", ".j2k", ".jpx"),
        (_JPEG2000, (0, b"\xff\x4f\xff\x51")),
    ),
    Kind(
        "a Nikon ND2 image",
        "Nikon ND2 images",
        _BIOFORMATS,
        (".nd2",),
        ((0, b"\xda\xce\xbe\x0a"), _JPEG2000),
    ),
    Kind(
        "a NumPy array",
        "NumPy arrays",
        "numpy.load reads it; zarr.create_array(..., data=...) makes it Zarr",
        (".npy",),
        ((0, b"\x93NUMPY"),),
    ),
    Kind(
        "a Parquet table",
        "Parquet tables",
        "pandas.read_parquet reads it; it is a table, not a Zarr store",
        (".parquet", ".parq"),
        ((0, b"PAR1"),),
    ),
    Kind(
        "an SQLite database",
        "SQLite databases",
        "sqlite3 reads it; it is not a Zarr store",
        (".sqlite", ".sqlite3", ".db"),
        ((0, b"SQLite format 3\0"),),
    ),
    Kind("a FITS image", "FITS images", "astropy reads it", (".fits",), ((0, b"SIMPLE  ="),)),
    Kind(
        "a PDF document", "PDF documents", "open it with a PDF reader", (".pdf",), ((0, b"%PDF-"),)
    ),
    Kind(
        "a zip archive",
        "zip archives",
        "give it a name that ends in .zip, and open that, if a Zarr store is in it",
        (".zip", ".ozx"),
        _ZIP,
    ),
    Kind(
        "an archive of NumPy arrays",
        "archives of NumPy arrays",
        "numpy.load reads it; zarr.create_array(..., data=...) makes its arrays Zarr",
        (".npz",),
        _ZIP,
    ),
    Kind("a tar archive", "tar archives", _UNPACK, (".tar",), ((257, b"ustar"),)),
    Kind("gzip-compressed data", "gzip-compressed files", _UNPACK, (".gz", ".tgz"), _GZIP),
    Kind(
        "a NIfTI image",
        "NIfTI images",
        _NGFF_ZARR,
        (".nii", ".nii.gz", ".hdr"),
        ((344, b"n+1\0"), (344, b"ni1\0"), (4, b"n+2\0"), (4, b"ni2\0"), *_GZIP),
    ),
    Kind("a 7-Zip archive", "7-Zip archives", _UNPACK, (".7z",), ((0, b"7z\xbc\xaf\x27\x1c"),)),
    Kind("bzip2-compressed data", "bzip2-compressed files", _UNPACK, (".bz2",), ((4, b"1AY&SY"),)),
    Kind("xz-compressed data", "xz-compressed files", _UNPACK, (".xz",), ((0, b"\xfd7zXZ\0"),)),
    Kind(
        "zstd-compressed data", "zstd-compressed files", _UNPACK, (".zst",), ((0, b"(\xb5/\xfd"),)
    ),
)


def kind_of(name: str, head: bytes = b"") -> Kind | None:
    """The format of a file: what both its bytes and its name say, else its bytes, else its name."""
    begun = [kind for kind in KINDS if kind.begins(head)]
    # The longest ending counts: .ome.tif before .tif.
    named = sorted(
        (kind for kind in KINDS if kind.is_named(name)),
        key=lambda kind: -max(len(end) for end in kind.endings if name.lower().endswith(end)),
    )
    both = [kind for kind in named if kind in begun or not kind.magic]
    return next(iter(both + begun + named), None)


def what_to_do(kind: Kind, name: str) -> str:
    """What the user can do with a file of a format."""
    file = visible(name)
    ending = max((end for end in kind.endings if file.lower().endswith(end)), key=len, default="")
    stem = file[: len(file) - len(ending)]
    return kind.do.format(file=shlex.quote(file), out=shlex.quote(f"{stem}.ome.zarr"))
