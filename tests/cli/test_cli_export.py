"""`export` writes exact values, or nothing."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from foreign import Foreign
from running import failed, process


class TestExport:
    @pytest.mark.parametrize("store", ["v2_types", "v3_types", "v2_codecs", "v3_sharded"])
    def test_exact_values_of_every_type(
        self, run: Any, foreign: Foreign, tmp_path: Path, store: str
    ) -> None:
        made = foreign(store)
        for node, values in made.arrays.items():
            out = tmp_path / "out.npy"
            code, told, _ = run("export", made.path, node or "/", out, "--force")
            assert code == 0, node
            assert "out.npy: " in told
            got = np.load(out, allow_pickle=False)
            assert values is not None
            assert got.shape == values.shape
            assert got.dtype == values.dtype or values.dtype == object
            assert got.tolist() == values.tolist() or np.array_equal(got, values, equal_nan=True)
        assert [path.name for path in tmp_path.iterdir()] == ["out.npy"]

    @pytest.mark.parametrize(
        ("words", "index"),
        [
            (["--at", "z=3"], np.s_[:, 3]),
            (["--at", "c=1", "--at", "z=2"], np.s_[1, 2]),
            (["--at", "c=1,z=2:6:3,x=-1"], np.s_[1, 2:6:3, :, -1]),
            (["--select", "0,3,:,2:5"], np.s_[0, 3, :, 2:5]),
            (["--select", "-1,...,-2:"], np.s_[-1, ..., -2:]),
            (["--select", "1,2,3,4"], np.s_[1, 2, 3, 4]),
            (["--select", "...,4"], np.s_[..., 4]),
        ],
    )
    @pytest.mark.parametrize("block_bytes", [1, 2**25])
    def test_selections_mean_what_they_mean_in_numpy(
        self,
        run: Any,
        volume: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        words: list[str],
        index: Any,
        block_bytes: int,
    ) -> None:
        monkeypatch.setattr("omezarr_tui.image.export_blocks.BLOCK_BYTES", block_bytes)
        assert run("export", volume, "/", tmp_path / "out.npy", *words)[0] == 0
        wanted = np.asarray(zarr.open_array(volume, path="s0", mode="r")[:])[index]
        got = np.load(tmp_path / "out.npy")
        assert got.shape == wanted.shape
        assert np.array_equal(got, wanted)

    def test_levels(self, run: Any, volume: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.npy"
        assert run("export", volume, "/", out, "--level", "1", "--at", "z=3")[0] == 0
        assert np.array_equal(
            np.load(out), np.asarray(zarr.open_array(volume, path="s1", mode="r")[:, 3])
        )
        failed(run("export", volume, "/", out, "--level", "1", "--at", "z=4", "--force"), 2)
        failed(run("export", volume, "s0", out, "--level", "1", "--force"), 2, "array")

    def test_no_other_level_in_place_of_the_finest(
        self, run: Any, foreign: Foreign, tmp_path: Path
    ) -> None:
        made = foreign("missing_level_05").copy(tmp_path)
        (made.path / "s0" / "zarr.json").unlink()
        failed(run("export", made.path, "/", tmp_path / "o.npy"), 3, "finest", "--level")
        assert run("export", made.path, "/", tmp_path / "o.npy", "--level", "2")[0] == 0

    def test_files_that_are_there_stay(self, run: Any, volume: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.npy"
        out.write_text("mine")
        failed(run("export", volume, "s0", out), 2, "--force")
        assert out.read_text() == "mine"
        assert run("export", volume, "s0", out, "--force")[0] == 0
        assert np.load(out).shape == (2, 8, 6, 8)

    def test_places_that_cannot_be_written(self, run: Any, volume: Path, tmp_path: Path) -> None:
        failed(run("export", volume, "s0", tmp_path / "none" / "out.npy"), 3, "folder")
        failed(run("export", volume, "s0", tmp_path / "out.hdf5"), 2, ".npy")
        (tmp_path / "folder.npy").mkdir()
        failed(run("export", volume, "s0", tmp_path / "folder.npy", "--force"), 2, "folder")

    def test_a_full_disk(
        self, run: Any, volume: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = type("Usage", (), {"free": 100})
        monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
        failed(run("export", volume, "s0", tmp_path / "out.npy"), 3, "1.5 KiB", "100 B")
        assert not list(tmp_path.iterdir())

    def test_nothing_is_left_of_a_failure(self, foreign: Foreign, tmp_path: Path) -> None:
        made = foreign("bad_chunks")
        for node in made.broken:
            done = process("export", made.path, node, tmp_path / "out.npy")
            result = done.returncode, done.stdout.decode(), done.stderr.decode()
            failed(result, 3, f"{node} cannot be read")
        for node, part, values in made.samples:
            text = ",".join(f"{axis.start}:{axis.stop}" for axis in part)
            out = tmp_path / f"{node}.npy"
            assert process("export", made.path, node, out, "--select", text).returncode == 0
            assert np.array_equal(np.load(out), values)
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {f"{node}.npy" for node, *_ in made.samples}

    @pytest.mark.parametrize("node", ["filter", "compressor"])
    def test_pickles_are_refused(
        self, run: Any, foreign: Foreign, tmp_path: Path, node: str
    ) -> None:
        failed(run("export", foreign("pickle_codec").path, node, tmp_path / "out.npy"), 3, node)
        assert not list(tmp_path.iterdir())

    def test_texts_that_a_file_cannot_keep(self, run: Any, tmp_path: Path) -> None:
        array = zarr.create_array(tmp_path / "a.zarr", shape=(2,), dtype="string")
        array[:] = np.array(["fine", "ends in nothing\0"], dtype=object)
        failed(run("export", tmp_path / "a.zarr", "/", tmp_path / "o.npy"), 3, "null character")
        assert not (tmp_path / "o.npy").exists()


class TestTiff:
    def test_values_axes_sizes_and_names(self, run: Any, volume: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.ome.tif"
        assert run("export", volume, "/", out, "--at", "y=1:5,x=::2")[0] == 0
        with tifffile.TiffFile(out) as opened:
            (series,) = opened.series
            assert series.axes == "CZYX"
            wanted = np.asarray(zarr.open_array(volume, path="s0", mode="r")[:])[:, :, 1:5, ::2]
            assert series.dtype == wanted.dtype
            np.testing.assert_array_equal(series.asarray(), wanted)
            pixels = tifffile.xml2dict(opened.ome_metadata)["OME"]["Image"]["Pixels"]
        assert (pixels["PhysicalSizeZ"], pixels["PhysicalSizeZUnit"]) == (0.5, "µm")
        # Of every second pixel.
        assert (pixels["PhysicalSizeY"], pixels["PhysicalSizeX"]) == (1, 2)
        assert [channel["Name"] for channel in pixels["Channel"]] == ["DAPI", "esc ␛[31m"]

    def test_planes_are_those_of_y_and_x_wherever_they_stand(
        self, run: Any, tmp_path: Path
    ) -> None:
        values = np.arange(2 * 5 * 7 * 3, dtype=">u2").reshape(2, 5, 7, 3)
        zarr.create_array(
            tmp_path / "a.zarr", data=values, chunks=(1, 2, 3, 2),
            dimension_names=["t", "y", "x", "c"],
        )  # fmt: skip
        assert run("export", tmp_path / "a.zarr", "/", tmp_path / "a.tif")[0] == 0
        with tifffile.TiffFile(tmp_path / "a.tif") as opened:
            assert opened.series[0].axes == "TCYX"
            np.testing.assert_array_equal(opened.series[0].asarray(), values.transpose(0, 3, 1, 2))

    @pytest.mark.parametrize("block_bytes", [1, 2**25])
    @pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64", ">u4"])
    def test_types(
        self, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str,
        block_bytes: int,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("omezarr_tui.image.export_blocks.BLOCK_BYTES", block_bytes)
        values = np.arange(4 * 9 * 11).reshape(4, 9, 11).astype(dtype)
        zarr.create_array(tmp_path / "a.zarr", data=values, chunks=(3, 4, 5))
        assert run("export", tmp_path / "a.zarr", "/", tmp_path / "a.tiff")[0] == 0
        got = tifffile.imread(tmp_path / "a.tiff")
        assert got.dtype == values.dtype.newbyteorder("=")
        np.testing.assert_array_equal(got, values)

    def test_what_it_cannot_hold(self, run: Any, volume: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.tif"
        failed(run("export", volume, "/", out, "--at", "z=1,c=0,y=2"), 3, "two axes")
        zarr.create_array(tmp_path / "a.zarr", data=np.arange(12).reshape(3, 4))
        failed(run("export", tmp_path / "a.zarr", "/", out), 3, "int64", ".npy")
        shape = (1, 2, 1, 2, 3, 4)
        zarr.create_array(tmp_path / "b.zarr", data=np.zeros(shape, "uint8"))
        failed(run("export", tmp_path / "b.zarr", "/", out), 3, "6 axes")
        assert not out.exists()

    def test_without_tifffile_the_extra_is_named(
        self, run: Any, volume: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("omezarr_tui.image.export_tiff.find_spec", lambda name: None)
        out = tmp_path / "out.tif"
        failed(run("export", volume, "/", out), 3, "pip install 'omezarr-tui[tiff]'")


class TestCsv:
    @pytest.mark.parametrize("block_bytes", [1, 100, 2**25])
    def test_a_plane(
        self,
        run: Any,
        volume: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        block_bytes: int,
    ) -> None:
        monkeypatch.setattr("omezarr_tui.image.export_blocks.BLOCK_BYTES", block_bytes)
        out = tmp_path / "out.csv"
        assert run("export", volume, "/", out, "--at", "c=0,z=3,y=1:6,x=2:")[0] == 0
        wanted = np.asarray(zarr.open_array(volume, path="s0", mode="r")[0, 3, 1:6, 2:])
        np.testing.assert_array_equal(np.loadtxt(out, delimiter=",", dtype="uint16"), wanted)

    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "bool"])
    def test_values_are_exact_to_the_last_digit(self, run: Any, tmp_path: Path, dtype: str) -> None:
        noise = np.random.default_rng(1).normal(size=(5, 3)) * 1e3
        values = noise.astype(dtype)
        zarr.create_array(tmp_path / "a.zarr", data=values, chunks=(2, 2))
        assert run("export", tmp_path / "a.zarr", "/", tmp_path / "a.csv")[0] == 0
        with (tmp_path / "a.csv").open(newline="") as stream:
            texts = list(csv.reader(stream))
        if dtype == "bool":
            assert texts == [[str(value) for value in row] for row in values.tolist()]
        else:
            np.testing.assert_array_equal(np.array(texts).astype(dtype), values)

    def test_one_axis_is_a_column(self, run: Any, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=np.arange(5), chunks=(2,))
        assert run("export", tmp_path / "a.zarr", "/", tmp_path / "a.csv")[0] == 0
        assert (tmp_path / "a.csv").read_text() == "0\n1\n2\n3\n4\n"

    def test_texts_and_records(self, run: Any, foreign: Foreign, tmp_path: Path) -> None:
        made, out = foreign("v2_types"), tmp_path / "out.csv"
        assert run("export", made.path, "structured", out)[0] == 0
        with out.open(newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows == [["x", "id", "tag"], ["0.5", "1099511627776", "a"], ["-2.25", "-1", "xyz"]]
        words = np.array(["a,b", 'with "quotes"', "two\nlines", ""], dtype=object)
        array = zarr.create_array(tmp_path / "a.zarr", shape=(4,), dtype="string")
        array[:] = words
        assert run("export", tmp_path / "a.zarr", "/", out, "--force")[0] == 0
        with out.open(newline="") as stream:
            assert [row[0] for row in csv.reader(stream) if row] == words.tolist()

    def test_more_axes_than_two(self, run: Any, volume: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.csv"
        failed(run("export", volume, "/", out, "--at", "c=0"), 3, "3 axes", ".npy")
        assert not out.exists()
