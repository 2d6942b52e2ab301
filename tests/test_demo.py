"""The sample stores: what is in them, that it is real, and how they come into a folder."""

import json
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import zarr

from omezarr_tui.demo import write_demo

STORES = {"cells.ome.zarr", "embryo-0.4.ome.zarr", "brain.ome.zarr", "plate.ome.zarr"}
FIELDS = [f"{row}/{column}/{field}" for row in "AB" for column in "123" for field in "01"]
IMAGES = [
    "cells.ome.zarr",
    "cells.ome.zarr/labels/nuclei",
    "embryo-0.4.ome.zarr",
    "embryo-0.4.ome.zarr/labels/nuclei",
    "brain.ome.zarr",
    *(f"plate.ome.zarr/{field}" for field in FIELDS),
    *(f"plate.ome.zarr/{field}/labels/nuclei" for field in FIELDS),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores that the tests below only read."""
    return write_demo(tmp_path_factory.mktemp("demo") / "samples")


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def ome(path: Path) -> dict[str, Any]:
    """The OME attributes as they lie on the disk, of either version."""
    if (path / ".zattrs").exists():
        return dict(json.loads((path / ".zattrs").read_text()))
    return dict(json.loads((path / "zarr.json").read_text())["attributes"]["ome"])


def pixels(path: Path) -> Any:
    return np.asarray(zarr.open_array(str(path), mode="r")[...])


def transformation(dataset: dict[str, Any]) -> tuple[Any, Any]:
    scale, translation = dataset["coordinateTransformations"]
    return np.array(scale["scale"]), np.array(translation["translation"])


class TestFolder:
    def test_holds_the_stores_and_their_notice(self, demo: Path) -> None:
        assert {path.name for path in demo.iterdir()} == STORES | {"NOTICE.md"}

    def test_missing_parents_are_made(self, tmp_path: Path) -> None:
        folder = tmp_path / "new" / "samples"
        assert write_demo(folder) == folder
        assert (folder / "cells.ome.zarr" / "zarr.json").is_file()

    def test_an_empty_folder_is_filled_in_place(self, tmp_path: Path) -> None:
        before = tmp_path.stat().st_ino
        write_demo(tmp_path)
        assert tmp_path.stat().st_ino == before
        assert {path.name for path in tmp_path.iterdir()} == STORES | {"NOTICE.md"}

    def test_a_second_call_leaves_everything_as_it_is(self, tmp_path: Path) -> None:
        write_demo(tmp_path)
        zarr.open_array(str(tmp_path / "brain.ome.zarr/2"), mode="r+")[0] = 200
        before = snapshot(tmp_path)
        assert write_demo(tmp_path) == tmp_path
        assert snapshot(tmp_path) == before

    @pytest.mark.parametrize("name", ["mine.txt", "cells.ome.zarr", ".hidden"])
    def test_a_folder_of_the_users_is_refused_untouched(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("mine")
        before = snapshot(tmp_path)
        with pytest.raises(FileExistsError, match="is not empty"):
            write_demo(tmp_path)
        assert snapshot(tmp_path) == before

    def test_a_demo_with_something_of_the_users_is_refused(self, tmp_path: Path) -> None:
        write_demo(tmp_path)
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(FileExistsError, match="is not empty"):
            write_demo(tmp_path)

    def test_a_file_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "samples"
        file.write_text("mine")
        with pytest.raises(FileExistsError, match="is a file"):
            write_demo(file)
        assert file.read_text() == "mine"

    def test_a_call_that_fails_leaves_whole_stores_and_the_next_completes_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unpack = ZipFile.extractall
        calls: list[Any] = []

        def full_disk(self: ZipFile, path: Any, members: list[str]) -> None:
            calls.append(members)
            if len(calls) == 3:
                unpack(self, path, members[: len(members) // 2])
                raise OSError(28, "No space left on device")
            unpack(self, path, members)

        with monkeypatch.context() as patch:
            patch.setattr(ZipFile, "extractall", full_disk)
            with pytest.raises(OSError, match="No space left"):
                write_demo(tmp_path)
        assert len({path.name for path in tmp_path.iterdir()} & STORES) == 2

        # A process that was killed could not even tidy up.
        (tmp_path / ".unpacking-old" / "brain.ome.zarr").mkdir(parents=True)
        write_demo(tmp_path)
        whole = write_demo(tmp_path / ".." / f"{tmp_path.name}-whole")
        for store in STORES:
            stored = {name: content for name, (_, content) in snapshot(tmp_path / store).items()}
            other = {name: content for name, (_, content) in snapshot(whole / store).items()}
            assert stored == other


class TestArchive:
    def test_is_below_three_megabytes(self) -> None:
        assert len((files("omezarr_tui.demo") / "stores.zip").read_bytes()) < 3_000_000

    def test_holds_only_the_stores(self) -> None:
        with (files("omezarr_tui.demo") / "stores.zip").open("rb") as stream:
            members = [PurePosixPath(name) for name in ZipFile(stream).namelist()]
        assert {member.parts[0] for member in members} == STORES
        assert not any(".." in member.parts for member in members)

    @pytest.mark.parametrize("store", sorted(STORES))
    def test_notice_and_attributes_name_source_and_licence(self, demo: Path, store: str) -> None:
        notice = (demo / "NOTICE.md").read_text(encoding="utf-8")
        assert store in notice
        attributes = zarr.open_group(str(demo / store), mode="r").attrs
        author = str(attributes["source"]).partition(" et al.")[0].split()[-1]
        assert author in notice
        assert attributes["license"]

    def test_is_imported_and_used_without_numpy_and_zarr(self, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from omezarr_tui.demo import write_demo;"
            "write_demo(Path(sys.argv[1]) / 'samples');"
            "print([name for name in ('numpy', 'zarr', 'textual') if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


class TestMetadata:
    @pytest.mark.parametrize("image", IMAGES)
    def test_levels_agree_with_what_is_said_about_them(self, demo: Path, image: str) -> None:
        (multiscale,) = ome(demo / image)["multiscales"]
        names = [axis["name"] for axis in multiscale["axes"]]
        finest = pixels(demo / image / "0")
        pixel, origin = transformation(multiscale["datasets"][0])
        for dataset in multiscale["datasets"]:
            array = zarr.open_array(str(demo / image / dataset["path"]), mode="r")
            scale, translation = transformation(dataset)
            factor = np.rint(scale / pixel).astype(int)
            np.testing.assert_allclose(scale, pixel * factor)
            assert array.shape == tuple(np.array(finest.shape) // factor)
            # A coarse pixel's centre is the centre of the fine ones below it.
            np.testing.assert_allclose(translation, origin + (factor - 1) / 2 * pixel)
            if array.metadata.zarr_format == 3:
                assert list(array.metadata.dimension_names or ()) == names

    @pytest.mark.parametrize("image", [name for name in IMAGES if "labels" not in name])
    def test_coarser_levels_are_local_means(self, demo: Path, image: str) -> None:
        (multiscale,) = ome(demo / image)["multiscales"]
        levels = [
            (pixels(demo / image / d["path"]), *transformation(d)) for d in multiscale["datasets"]
        ]
        for (fine, scale, _), (coarse, coarser, _) in pairwise(levels):
            factor = np.rint(coarser / scale).astype(int)
            mean = np.zeros(coarse.shape)
            for offset in np.ndindex(*factor):
                part = fine[tuple(slice(o, None, f) for o, f in zip(offset, factor, strict=True))]
                mean += part[tuple(slice(size) for size in coarse.shape)]
            assert np.abs(coarse - mean / factor.prod()).max() <= 0.5

    @pytest.mark.parametrize("image", [name for name in IMAGES if "labels" not in name])
    def test_channels_have_windows_that_fit(self, demo: Path, image: str) -> None:
        described = ome(demo / image)
        channels = described["omero"]["channels"]
        finest = pixels(demo / image / "0")
        planes = finest if described["multiscales"][0]["axes"][0]["name"] == "c" else finest[None]
        assert len(channels) == len(planes)
        for channel, values in zip(channels, planes, strict=True):
            window = channel["window"]
            assert window["min"] <= values.min()
            assert values.max() <= window["max"]
            shown = (values > window["start"]) & (values < window["end"])
            assert shown[values > 0].mean() > 0.9

    def test_versions_and_units(self, demo: Path) -> None:
        cells, embryo = ome(demo / "cells.ome.zarr"), ome(demo / "embryo-0.4.ome.zarr")
        assert cells["version"] == "0.5"
        assert embryo["multiscales"][0]["version"] == "0.4"
        assert (demo / "embryo-0.4.ome.zarr/.zmetadata").is_file()
        assert [c["label"] for c in cells["omero"]["channels"]] == ["LaminB1", "Dapi"]
        assert [a.get("unit") for a in cells["multiscales"][0]["axes"]] == [None] + [
            "micrometer"
        ] * 3
        brain = ome(demo / "brain.ome.zarr")["multiscales"][0]["axes"]
        assert [axis["unit"] for axis in brain] == ["millimeter"] * 3

    def test_one_level_is_sharded_and_compressors_differ(self, demo: Path) -> None:
        arrays = {
            name: zarr.open_array(str(demo / name), mode="r")
            for name in ("cells.ome.zarr/0", "cells.ome.zarr/2", "brain.ome.zarr/0")
        }
        assert arrays["brain.ome.zarr/0"].shards == (64, 64, 64)
        assert arrays["brain.ome.zarr/0"].chunks == (32, 32, 32)
        assert len({type(array.compressors[0]) for array in arrays.values()}) == 3

    def test_plate_has_the_wells_that_it_names(self, demo: Path) -> None:
        plate = ome(demo / "plate.ome.zarr")["plate"]
        assert len(plate["wells"]) == len(plate["rows"]) * len(plate["columns"]) == 6
        found = []
        for well in plate["wells"]:
            row, column = plate["rows"][well["rowIndex"]], plate["columns"][well["columnIndex"]]
            assert well["path"] == f"{row['name']}/{column['name']}"
            images = ome(demo / "plate.ome.zarr" / well["path"])["well"]["images"]
            assert len(images) == plate["field_count"]
            assert {image["acquisition"] for image in images} == {plate["acquisitions"][0]["id"]}
            found += [f"{well['path']}/{image['path']}" for image in images]
        assert found == FIELDS

    @pytest.mark.parametrize("image", [name for name in IMAGES if "labels" in name])
    def test_labels_are_listed_and_lead_to_their_image(self, demo: Path, image: str) -> None:
        assert ome(demo / image).keys() >= {"image-label", "multiscales"}
        assert ome((demo / image).parent)["labels"] == ["nuclei"]
        source = demo / image / ome(demo / image)["image-label"]["source"]["image"]
        assert pixels(source / "0").shape[-2:] == pixels(demo / image / "0").shape[-2:]


class TestPixels:
    def test_shapes(self, demo: Path) -> None:
        shapes = {
            "cells.ome.zarr/0": (2, 10, 275, 271),
            "cells.ome.zarr/labels/nuclei/0": (10, 275, 271),
            "embryo-0.4.ome.zarr/0": (2, 59, 68, 67),
            "brain.ome.zarr/0": (94, 116, 98),
            "plate.ome.zarr/B/2/1/0": (128, 128),
        }
        assert {name: pixels(demo / name).shape for name in shapes} == shapes

    @pytest.mark.parametrize("level", "012")
    def test_nuclei_of_the_cells_are_bright_in_dapi(self, demo: Path, level: str) -> None:
        dapi = pixels(demo / "cells.ome.zarr" / level)[1].astype(float)
        labels = pixels(demo / "cells.ome.zarr/labels/nuclei" / level)
        assert len(np.unique(labels)) == 27
        for plane, nuclei in zip(dapi, labels > 0, strict=True):
            assert plane[nuclei].mean() > 5 * plane[~nuclei].mean()
        # Were the labels off by a few pixels, they would fit worse.
        fit = np.corrcoef((labels > 0).ravel(), dapi.ravel())[0, 1]
        for axis in (1, 2):
            moved = np.roll(labels > 0, 4, axis)
            assert fit > np.corrcoef(moved.ravel(), dapi.ravel())[0, 1] + 0.02

    def test_lamin_is_at_the_rim_of_the_nuclei(self, demo: Path) -> None:
        lamin = pixels(demo / "cells.ome.zarr/0")[0].astype(float)
        nuclei = pixels(demo / "cells.ome.zarr/labels/nuclei/0") > 0
        inner = nuclei.copy()
        for axis in (1, 2):
            for step in range(-6, 7):
                inner &= np.roll(nuclei, step, axis)
        assert lamin[nuclei & ~inner].mean() > 1.3 * lamin[inner].mean()

    @pytest.mark.parametrize("level", "01")
    def test_embryo_has_all_its_nuclei(self, demo: Path, level: str) -> None:
        dapi = pixels(demo / "embryo-0.4.ome.zarr" / level)[1].astype(float)
        labels = pixels(demo / "embryo-0.4.ome.zarr/labels/nuclei" / level)
        # The smallest of the 61 is outvoted at the coarse level.
        assert len(np.unique(labels)) - 1 == {"0": 61, "1": 60}[level]
        assert dapi[labels > 0].mean() > 5 * dapi[labels == 0].mean()

    def test_cells_and_embryo_have_the_same_values_at_the_same_places(self, demo: Path) -> None:
        cells, embryo = demo / "cells.ome.zarr", demo / "embryo-0.4.ome.zarr"
        fine, coarse = (
            transformation(ome(store)["multiscales"][0]["datasets"][0]) for store in (cells, embryo)
        )
        image, labels = pixels(cells / "0"), pixels(cells / "labels/nuclei/0")
        compared = 0
        for z, plane in enumerate(pixels(embryo / "0").swapaxes(0, 1)):
            place = (coarse[1] + coarse[0] * [0, z, 0, 0] - fine[1]) / fine[0]
            _, at, y, x = np.rint(place).astype(int)
            if abs(place[1] - at) < 1e-6 and 0 <= at < image.shape[1]:
                np.testing.assert_array_equal(plane, image[:, at, y::4, x::4])
                nuclei = pixels(embryo / "labels/nuclei/0")[z]
                np.testing.assert_array_equal(nuclei, labels[at, y::4, x::4])
                compared += 1
        assert compared == 3

    @pytest.mark.parametrize("level", "012")
    def test_brain_is_a_head_upright(self, demo: Path, level: str) -> None:
        brain = pixels(demo / "brain.ome.zarr" / level).astype(float)
        inside = brain > 60
        assert 0.15 < inside.mean() < 0.3
        z, y, x = (axis / size for axis, size in zip(np.nonzero(inside), brain.shape, strict=True))
        # Left mirrors right; the cerebellum and the stem are at the bottom, at the back.
        assert x.mean() == pytest.approx(0.5, abs=0.02)
        lowest, highest = z > np.quantile(z, 0.9), z < np.quantile(z, 0.1)
        assert y[lowest].mean() > y.mean() + 0.08
        assert y[highest].mean() < y.mean() + 0.08

    @pytest.mark.parametrize("field", FIELDS)
    def test_each_field_has_nuclei_of_its_own(self, demo: Path, field: str) -> None:
        image = pixels(demo / "plate.ome.zarr" / field / "0").astype(float)
        labels = pixels(demo / "plate.ome.zarr" / field / "labels/nuclei/0")
        assert len(np.unique(labels)) > 6
        assert image[labels > 0].mean() > 2 * image[labels == 0].mean()
