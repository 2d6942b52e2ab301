"""`export` writes exact values, or nothing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
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
