"""Build ``stores.zip``: real images, cut and packed small. For maintainers; not used at run time.

Run it as ``python -m omezarr_tui.demo.build SOURCES_DIR``, with Pillow installed and this in
SOURCES_DIR:

- ``ez_zarr-0.4.2.tar.gz``, the source package: level 2 and all labels of IDR image 6001240;
- ``cells_v05.ome.zarr``: planes 104 to 135 of level 0 of the same image, at ``s0``;
- ``nilearn-0.14.1-py3-none-any.whl``: the MNI152 T1 template;
- ``stardist-0.9.2-*.whl``: nuclei of the 2018 Data Science Bowl, with their labels.

The same sources give the same stores. What was changed on the way is told in ``NOTICE.md``.
"""

import gzip
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import zarr
from numcodecs import BZ2, Blosc, Zlib, Zstd
from PIL import Image
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

from omezarr_tui.demo.build_image import Grid, Pixels, Storage, pyramid, write_group, write_image

# IDR image 6001240: pixel size of level 0 along z, y, x in micrometer; first plane at hand.
IDR_PIXEL = (0.5002025531914894, 0.3603981534640209, 0.3603981534640209)
IDR_FIRST = 104
IDR_SOURCE = {
    "source": "IDR image 6001240, study idr0062, Blin et al., PLoS Biology 2019",
    "license": "CC-BY-4.0",
}
BRAIN_SOURCE = {
    "source": "ICBM 152 nonlinear symmetric template 2009a, Fonov et al., NeuroImage 2009",
    "license": "free to use, copy, modify and distribute: see NOTICE.md",
}
NUCLEI_SOURCE = {
    "source": "2018 Data Science Bowl, Caicedo et al., Nature Methods 2019; from StarDist 0.9.2",
    "license": "BSD-3-Clause",
}
# The path is relative to the label image (OME-Zarr, image-label).
LABEL_SOURCE = {"source": {"image": "../../"}}


def read_idr(sources: Path) -> tuple[Pixels, Pixels, Pixels]:
    """Read the three pieces of IDR image 6001240, and prove that they belong together.

    Returns
    -------
    tuple of arrays
        Level 0, planes 104 to 135 (c, z, y, x); level 2, all planes (c, z, y, x); labels
        at level 0, all planes (z, y, x).
    """
    with TemporaryDirectory() as folder:
        with tarfile.open(sources / "ez_zarr-0.4.2.tar.gz") as package:
            package.extractall(folder, filter="data")
        image = Path(folder, "ez_zarr-0.4.2/tests/example_data_zarr3/6001240_labels_v0.5.zarr")
        coarse = _pixels(image / "2")
        labels = _pixels(image / "labels/0/0")[0].astype(np.uint8)
    fine = _pixels(sources / "cells_v05.ome.zarr/s0")
    # Level 2 in the IDR is every fourth pixel of level 0, from the fourth on.
    planes = slice(IDR_FIRST, IDR_FIRST + fine.shape[1])
    if not np.array_equal(fine[:, :, 3::4, 3::4], coarse[:, planes]):
        raise ValueError("cells_v05.ome.zarr is not planes 104 to 135 of IDR image 6001240")
    return fine, coarse, labels


def read_brain(sources: Path) -> Pixels:
    """Read the MNI152 T1 template (z, y, x; 1 mm), the top and the front of the head first."""
    name = "nilearn/datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
    with ZipFile(sources / "nilearn-0.14.1-py3-none-any.whl") as wheel:
        nifti = gzip.decompress(wheel.read(name))
    # NIfTI-1: a header of 352 bytes, then x fastest, all axes growing to the right, the
    # front and the top. On a screen y and z run downwards, so both are turned.
    return np.frombuffer(nifti, np.uint8, offset=352).reshape(189, 233, 197)[::-1, ::-1]


def read_nuclei(sources: Path) -> tuple[Pixels, Pixels]:
    """Read the nuclei and their labels (y, x), as uint8 since no value is above 255."""
    (path,) = sources.glob("stardist-0.9.2-*.whl")
    with ZipFile(path) as wheel:
        image, labels = (
            np.asarray(Image.open(BytesIO(wheel.read(f"stardist/data/images/{name}2d.tif"))))
            for name in ("img", "mask")
        )
    return image.astype(np.uint8), labels.astype(np.uint8)


def write_cells(store: Path, fine: Pixels, labels: Pixels) -> None:
    """Write ten planes of the embryo at full resolution, with its nuclei: OME-Zarr 0.5."""
    # Every third plane, so that each step of 1.5 µm shows something new.
    planes = slice(1, 31, 3)
    first, pixel = IDR_FIRST + planes.start, (3 * IDR_PIXEL[0], *IDR_PIXEL[1:])
    origin = (first * IDR_PIXEL[0], 0.0, 0.0)
    blosc = BloscCodec(cname="zstd", clevel=9, shuffle="shuffle")
    write_image(
        store,
        pyramid(fine[:, planes], (1, 1, 2, 2), 3, labels=False),
        [
            Storage((1, 5, 138, 136), blosc),
            Storage((1, 5, 137, 135), blosc),
            Storage((1, 10, 68, 67), GzipCodec(level=9)),
        ],
        Grid("czyx", (1.0, *pixel), (0.0, *origin), "micrometer"),
        name="Mouse blastocyst, ten planes",
        attributes={"omero": _embryo_channels(default_z=5), **IDR_SOURCE},
    )
    write_group(store / "labels", "0.5", {"labels": ["nuclei"]})
    write_image(
        store / "labels/nuclei",
        pyramid(labels[first : IDR_FIRST + planes.stop : planes.step], (1, 2, 2), 3, labels=True),
        [Storage((10, 275, 271), ZstdCodec(level=19))] * 3,
        Grid("zyx", pixel, origin, "micrometer"),
        name="nuclei",
        attributes={"image-label": LABEL_SOURCE},
    )


def write_embryo(store: Path, coarse: Pixels, labels: Pixels) -> None:
    """Write the whole embryo, coarse in all three axes: OME-Zarr 0.4, consolidated."""
    pixel = (4 * IDR_PIXEL[0], 4 * IDR_PIXEL[1], 4 * IDR_PIXEL[2])
    origin = (0.0, 3 * IDR_PIXEL[1], 3 * IDR_PIXEL[2])
    write_image(
        store,
        pyramid(coarse[:, ::4], (1, 2, 2, 2), 2, labels=False),
        [
            Storage((1, 30, 68, 67), Blosc(cname="zstd", clevel=9, shuffle=Blosc.SHUFFLE)),
            Storage((1, 29, 34, 33), Zlib(level=9)),
        ],
        Grid("czyx", (1.0, *pixel), (0.0, *origin), "micrometer"),
        name="Mouse blastocyst, whole",
        attributes={"omero": {"version": "0.4", **_embryo_channels(default_z=29)}, **IDR_SOURCE},
        version="0.4",
    )
    write_group(store / "labels", "0.4", {"labels": ["nuclei"]})
    write_image(
        store / "labels/nuclei",
        # The labels are taken at the very pixels that the IDR kept for level 2.
        pyramid(labels[::4, 3::4, 3::4], (2, 2, 2), 2, labels=True),
        [Storage((30, 68, 67), Zstd(level=19)), Storage((29, 34, 33), BZ2(level=9))],
        Grid("zyx", pixel, origin, "micrometer"),
        name="nuclei",
        attributes={"image-label": {"version": "0.4", **LABEL_SOURCE}},
        version="0.4",
    )
    zarr.consolidate_metadata(str(store), zarr_format=2)


def write_brain(store: Path, brain: Pixels) -> None:
    """Write the brain at 2 mm, its finest level in shards: OME-Zarr 0.5."""
    write_image(
        store,
        pyramid(brain, (2, 2, 2), 4, labels=False)[1:],
        [
            Storage((32, 32, 32), ZstdCodec(level=19), shards=(64, 64, 64)),
            Storage((24, 32, 32), BloscCodec(cname="lz4hc", clevel=9, shuffle="noshuffle")),
            Storage((23, 29, 24), GzipCodec(level=9)),
        ],
        Grid("zyx", (2.0, 2.0, 2.0), (0.0, 0.0, 0.0), "millimeter"),
        name="MNI152 T1",
        attributes={"omero": {"channels": [_channel("T1", "FFFFFF", 0, 255, 255)]}, **BRAIN_SOURCE},
    )


def write_plate(store: Path, image: Pixels, labels: Pixels) -> None:
    """Write tiles of one image of nuclei as 2 × 3 wells of two fields: OME-Zarr 0.5."""
    rows, columns, fields, tile = "AB", "123", 2, 128
    wells = [
        (r, c, f"{row}/{column}") for r, row in enumerate(rows) for c, column in enumerate(columns)
    ]
    plate = {
        "name": "Nuclei",
        "rows": [{"name": row} for row in rows],
        "columns": [{"name": column} for column in columns],
        "wells": [{"path": path, "rowIndex": r, "columnIndex": c} for r, c, path in wells],
        "field_count": fields,
        "acquisitions": [{"id": 0, "name": "one", "maximumfieldcount": fields}],
    }
    write_group(store, "0.5", {"plate": plate, **NUCLEI_SOURCE})
    for row in rows:
        write_group(store / row, "0.5", {})
    for r, c, path in wells:
        images = [{"path": str(field), "acquisition": 0} for field in range(fields)]
        write_group(store / path, "0.5", {"well": {"images": images}})
        for field in range(fields):
            # Neighbours stay neighbours: a well's fields lie one above the other.
            y, x = (fields * r + field) * tile, c * tile
            cut = np.s_[y : y + tile, x : x + tile]
            name = f"{path}, field {field}"
            _write_field(store / path / str(field), name, image[cut], labels[cut])


def _write_field(path: Path, name: str, image: Pixels, labels: Pixels) -> None:
    # The pixel size was not recorded, so no unit is claimed.
    grid = Grid("yx", (1.0, 1.0), (0.0, 0.0), None)
    write_image(
        path,
        pyramid(image, (2, 2), 2, labels=False),
        [Storage((128, 128), ZstdCodec(level=19)), Storage((64, 64), GzipCodec(level=9))],
        grid,
        name=name,
        attributes={"omero": {"channels": [_channel("nuclei", "FFFFFF", 5, 120, 255)]}},
    )
    write_group(path / "labels", "0.5", {"labels": ["nuclei"]})
    write_image(
        path / "labels/nuclei",
        pyramid(labels, (2, 2), 2, labels=True),
        [Storage((128, 128), ZstdCodec(level=19))] * 2,
        grid,
        name="nuclei",
        attributes={"image-label": LABEL_SOURCE},
    )


def _embryo_channels(default_z: int) -> dict[str, Any]:
    # Orange and azure add up to white, and are told apart by the colour-blind.
    channels = [
        _channel("LaminB1", "FF8000", 0, 1500, 4095),
        _channel("Dapi", "0080FF", 0, 1100, 4095),
    ]
    return {"channels": channels, "rdefs": {"defaultT": 0, "defaultZ": default_z, "model": "color"}}


def _channel(label: str, color: str, start: int, end: int, largest: int) -> dict[str, Any]:
    window = {"min": 0, "max": largest, "start": start, "end": end}
    return {"label": label, "color": color, "active": True, "window": window}


def _pixels(path: Path) -> Pixels:
    return np.asarray(zarr.open_array(str(path), mode="r")[...])


def pack(folder: Path, archive: Path) -> None:
    """Zip a folder's files in the order of their names, without times or owners."""
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = ZipInfo(path.relative_to(folder).as_posix())
            member.external_attr = 0o644 << 16
            content = path.read_bytes()
            if content.startswith(b"\x1f\x8b"):
                # A gzip stream tells when it was made: a second build would differ.
                content = content[:4] + bytes(4) + content[8:]
            packed.writestr(member, content, ZIP_DEFLATED, compresslevel=9)


def main(sources: Path) -> None:
    """Build the archive beside this file."""
    fine, coarse, labels = read_idr(sources)
    archive = Path(__file__).with_name("stores.zip")
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_cells(folder / "cells.ome.zarr", fine, labels)
        write_embryo(folder / "embryo-0.4.ome.zarr", coarse, labels)
        write_brain(folder / "brain.ome.zarr", read_brain(sources))
        write_plate(folder / "plate.ome.zarr", *read_nuclei(sources))
        pack(folder, archive)
    print(f"{archive}: {archive.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
