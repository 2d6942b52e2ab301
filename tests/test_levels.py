"""Levels added and dropped: the rest of the pyramid, its sizes and its labels stay right."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from editing import local, look
from foreign import Foreign
from foreign.made import quiet
from good_stores import change, write_good
from structure import findings, make, rules, told, values

from omezarr_tui.edit.levels import AddLevel, DropLevel
from omezarr_tui.edit.nodes import MoveNode
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.ome.read import ome_attributes

IMAGES = ["ome_zarr_py_04", "ome_zarr_py_05", "ngff_zarr_04", "ngff_zarr_05", "ngff_zarr_06"]


def datasets(folder: Path, node: str = "") -> list[dict[str, Any]]:
    group = zarr.open_group(folder, path=node, mode="r", use_consolidated=False)
    found: list[dict[str, Any]] = ome_attributes(group.attrs.asdict())["multiscales"][0]["datasets"]
    return found


def numbers(dataset: dict[str, Any], kind: str) -> list[float]:
    """The scale or the translation of a level, wherever it stands."""

    def inside(step: dict[str, Any]) -> list[float]:
        for inner in step.get("transformations", []):
            if found := inside(inner):
                return found
        return step.get(kind, [])

    return next(filter(None, map(inside, dataset["coordinateTransformations"])), [])


def write_image(
    folder: Path, side: int, levels: int, *, zarr_format: int = 3, shift: bool = True
) -> Path:
    """Write an image (c, y, x) whose coarser levels are means of two by two."""
    version = "0.5" if zarr_format == 3 else "0.4"
    data = np.random.default_rng(3).integers(0, 60000, (2, side, side), dtype="uint16")
    listed = []
    with quiet():
        root = zarr.create_group(folder, zarr_format=zarr_format)
        for level in range(levels):
            array = root.create_array(
                f"s{level}",
                shape=data.shape,
                chunks=(1, 8, 8),
                dtype="uint16",
                fill_value=7,
                dimension_names="cyx" if zarr_format == 3 else None,
            )
            array[:] = data
            steps: list[dict[str, Any]] = [
                {"type": "scale", "scale": [1.0, 0.5 * 2**level, 0.5 * 2**level]}
            ]
            if shift and level:
                moved = 0.25 * (2**level - 1)
                steps.append({"type": "translation", "translation": [0.0, moved, moved]})
            listed.append({"path": f"s{level}", "coordinateTransformations": steps})
            data = mean(data)
    axes = [{"name": "c", "type": "channel"}]
    axes += [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"]
    image = {"name": "i", "axes": axes, "datasets": listed}
    if zarr_format == 2:
        root.attrs["multiscales"] = [{**image, "version": version}]
    else:
        root.attrs["ome"] = {"version": version, "multiscales": [image]}
    return folder


def mean(data: np.ndarray) -> np.ndarray:
    """Half of it, by the mean of two by two, rounded half to even."""
    _, height, width = data.shape
    whole = data[:, : height // 2 * 2, : width // 2 * 2].astype("f8")
    blocks = whole.reshape(len(data), height // 2, 2, width // 2, 2)
    return np.rint(blocks.mean(axis=(2, 4))).astype(data.dtype)


class TestAdding:
    @pytest.mark.parametrize("zarr_format", [2, 3])
    @pytest.mark.parametrize("side", [32, 37])
    def test_it_goes_on_as_the_others(self, tmp_path: Path, zarr_format: int, side: int) -> None:
        path = write_image(tmp_path / "i", side, 2, zarr_format=zarr_format)
        before, arrays = findings(path), values(path)
        plan = make(path, AddLevel(""))
        found = values(path)
        assert found.keys() == {*arrays, "s2"}
        assert np.array_equal(found["s2"], mean(arrays["s1"]))
        new = datasets(path)[2]
        assert new["path"] == "s2"
        assert numbers(new, "scale") == [1.0, 2.0, 2.0]
        assert numbers(new, "translation") == [0.0, 0.75, 0.75]
        assert findings(path) == before
        array = zarr.open_array(path, path="s2", mode="r")
        like = zarr.open_array(path, path="s1", mode="r")
        assert (array.dtype, array.chunks, array.fill_value) == (like.dtype, like.chunks, 7)
        assert any("mean" in line for line in told(plan, "pyramid"))

    def test_of_one_level_pixels_lie_in_the_middle_of_those_they_are_made_of(
        self, tmp_path: Path
    ) -> None:
        path = write_image(tmp_path / "i", 20, 1)
        arrays = values(path)
        make(path, AddLevel(""))
        new = datasets(path)[1]
        assert np.array_equal(values(path)["s1"], mean(arrays["s0"]))
        assert numbers(new, "scale") == [1.0, 1.0, 1.0]
        assert numbers(new, "translation") == [0.0, 0.25, 0.25]

    def test_by_stride_they_lie_on_the_first(self, tmp_path: Path) -> None:
        path = write_image(tmp_path / "i", 20, 1)
        arrays = values(path)
        make(path, AddLevel("", "stride"))
        assert np.array_equal(values(path)["s1"], arrays["s0"][:, ::2, ::2])
        assert numbers(datasets(path)[1], "translation") == []

    def test_without_translations_none_is_added(self, tmp_path: Path) -> None:
        path = write_image(tmp_path / "i", 32, 2, shift=False)
        make(path, AddLevel(""))
        assert numbers(datasets(path)[2], "translation") == []

    @pytest.mark.parametrize("name", IMAGES)
    def test_to_images_of_other_writers(self, foreign: Foreign, tmp_path: Path, name: str) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays, listed = rules(path), values(path), datasets(path)
        make(path, AddLevel(""))
        found, now = values(path), datasets(path)
        assert now[:-1] == listed
        fine, coarse = arrays[listed[-1]["path"]], found[now[-1]["path"]]
        assert [a // b if a > 1 else 1 for a, b in zip(fine.shape, coarse.shape, strict=True)] == [
            round(a / b)
            for a, b in zip(numbers(now[-1], "scale"), numbers(now[-2], "scale"), strict=True)
        ]
        assert coarse.size < fine.size
        assert np.abs(coarse.mean() - fine.mean()) < 0.3 * fine.mean() + 1
        assert all(np.array_equal(found[path], data) for path, data in arrays.items())
        assert rules(path) <= before

    @pytest.mark.parametrize("name", ["image_04", "image_05", "image_06"])
    def test_label_images_get_one_too(self, tmp_path: Path, name: str) -> None:
        path = write_good(tmp_path, name)
        before = findings(path)
        make(path, AddLevel(""))
        assert len(datasets(path)) == len(datasets(path, "labels/nuclei")) == 3
        assert findings(path) == before

    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_levels_may_lie_deeper(self, tmp_path: Path, zarr_format: int) -> None:
        path = write_image(tmp_path / "i", 32, 2, zarr_format=zarr_format)
        zarr.create_group(path / "levels", zarr_format=zarr_format)
        with quiet():
            zarr.consolidate_metadata(path)
        for name in ("s0", "s1"):
            make(path, MoveNode(name, f"levels/{name}"))
        (path / "levels" / "s2").mkdir()
        (path / "levels" / "s2" / "notes.txt").write_text("not ours")
        make(path, AddLevel(""))
        assert [d["path"] for d in datasets(path)] == [f"levels/s{n}" for n in (0, 1, 3)]
        assert values(path, consolidated=True).keys() == {f"levels/s{n}" for n in (0, 1, 3)}
        assert "consolidated.stale" not in rules(path)

    def test_consolidated_metadata_follow(self, tmp_path: Path) -> None:
        path = write_image(tmp_path / "i", 32, 2)
        with quiet():
            zarr.consolidate_metadata(path)
        make(path, AddLevel(""))
        assert values(path, consolidated=True).keys() == {"s0", "s1", "s2"}
        assert "consolidated.stale" not in rules(path)

    def test_it_is_refused_where_pixels_cannot_be_fewer(self, tmp_path: Path) -> None:
        path = write_image(tmp_path / "i", 1, 1)
        with pytest.raises(UserError, match="one pixel"):
            plan_edit(local(path), AddLevel(""))

    def test_it_is_refused_where_sizes_are_not_told(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")

        def turn(document: dict[str, Any]) -> None:
            dataset = document["attributes"]["ome"]["multiscales"][0]["datasets"][0]
            dataset["coordinateTransformations"] = [{"type": "affine", "affine": []}]

        change(path / "zarr.json", turn)
        before = look(path)
        with pytest.raises(UserError, match="as JSON"):
            plan_edit(local(path), AddLevel(""))
        assert look(path) == before


class TestDropping:
    @pytest.mark.parametrize("name", IMAGES)
    @pytest.mark.parametrize("level", [0, 1])
    def test_the_rest_stays(self, foreign: Foreign, tmp_path: Path, name: str, level: int) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays, listed = rules(path), values(path), datasets(path)
        make(path, DropLevel("", level, with_labels=True))
        found = values(path)
        gone = listed[level]["path"]
        assert datasets(path) == [each for each in listed if each["path"] != gone]
        assert gone not in found
        assert all(np.array_equal(arrays[path], data) for path, data in found.items())
        assert rules(path) <= before

    def test_label_images_lose_theirs(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_05")
        make(path, DropLevel("", 1))
        assert [d["path"] for d in datasets(path, "labels/nuclei")] == ["s0"]
        assert findings(path) == set()

    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_one_that_is_not_there_is_named_no_longer(
        self, tmp_path: Path, zarr_format: int
    ) -> None:
        path = write_image(tmp_path / "i", 32, 3, zarr_format=zarr_format)
        shutil.rmtree(path / "s1")
        plan = make(path, DropLevel("", 1))
        assert [each["path"] for each in datasets(path)] == ["s0", "s2"]
        assert plan.sentence == "s1, where nothing is, will not be named any more."

    @pytest.mark.parametrize(("level", "why"), [(2, "2 levels"), (-1, "2 levels")])
    def test_there_is_no_such_level(self, tmp_path: Path, level: int, why: str) -> None:
        path = write_good(tmp_path, "image_05")
        with pytest.raises(UserError, match=why):
            plan_edit(local(path), DropLevel("", level))

    def test_the_only_level_stays(self, tmp_path: Path) -> None:
        path = write_image(tmp_path / "i", 8, 1)
        with pytest.raises(UserError, match="only one"):
            plan_edit(local(path), DropLevel("", 0))

    def test_what_is_no_image_has_none(self, tmp_path: Path) -> None:
        zarr.create_group(tmp_path / "g")
        with pytest.raises(UserError, match="no image"):
            plan_edit(local(tmp_path / "g"), DropLevel("", 0))


@pytest.mark.parametrize("is_by_size", [True, False])
def test_sizes_that_do_not_divide_are_told_as_in_the_other_levels(
    tmp_path: Path, is_by_size: bool
) -> None:
    path = write_image(tmp_path / "i", 37, 2)
    factor = 37 / 18 if is_by_size else 2.0

    def scale(document: dict[str, Any]) -> None:
        coarse = document["attributes"]["ome"]["multiscales"][0]["datasets"][1]
        steps = coarse["coordinateTransformations"]
        steps[0]["scale"][1:] = [0.5 * factor] * 2
        steps[1]["translation"][1:] = [0.25 * (factor - 1)] * 2

    change(path / "zarr.json", scale)
    make(path, AddLevel(""))
    make(path, AddLevel(""))
    shape = values(path)["s3"].shape
    assert shape == (2, 4, 4)
    size = 0.5 * (37 / 4 if is_by_size else 8)
    new = datasets(path)[3]
    assert numbers(new, "scale") == pytest.approx([1.0, size, size])
    # The first pixel lies in the middle of those that it stands for.
    assert numbers(new, "translation") == pytest.approx([0.0] + [(size - 0.5) / 2] * 2)
