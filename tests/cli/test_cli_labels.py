"""`show --labels` lays the label image over the image, as the program does."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from running import failed, process

SIZE = ("--size", "16x6")


@pytest.fixture
def labelled(volume: Path, tmp_path: Path) -> Path:
    """The volume with a label image y, x: a box of label 3 in the middle, and a float one."""
    path = shutil.copytree(volume, tmp_path / "labelled.ome.zarr")
    root = zarr.open_group(path, mode="a")
    box = np.zeros((6, 8), "uint8")
    box[1:5, 2:6] = 3
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"]
    for name, values in (("box", box), ("depth", box.astype("float32"))):
        scale = [{"type": "scale", "scale": [1, 1]}]
        datasets = [{"path": "0", "coordinateTransformations": scale}]
        told = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
        group = root.create_group(f"labels/{name}", attributes={"ome": {**told, "image-label": {}}})
        group.create_array("0", data=values)
    root["labels"].attrs["ome"] = {"version": "0.5", "labels": ["box", "depth"]}
    return path


@pytest.mark.parametrize("name", ["box", "labels/box", "/labels/box"])
def test_outlines_in_a_pipe(run: Any, labelled: Path, name: str) -> None:
    code, out, _ = run("show", labelled, "--level", "0", "--at", "z=0", *SIZE, "--labels", name)
    assert code == 0
    assert out.splitlines()[:6] == [
        "@@              ",
        "@@  /------\\    ",
        "@@  |      |    ",
        "@@  |      |    ",
        "@@  \\------/    ",
        "@@              ",
    ]
    assert "labels box outlines" in out


def test_half_blocks_in_colour(run: Any, labelled: Path) -> None:
    words = ("show", labelled, "--level", "0", "--size", "8x3", "--glyphs", "half")
    bare = run(*words)[1]
    shown = {
        opacity: run(*words, "--labels", "box", "--opacity", opacity)[1] for opacity in (0, 40)
    }
    assert bare != shown[0] != shown[40] != bare
    assert "labels box outlines" in shown[0]
    assert "labels box 40 %" in shown[40]
    assert run(*words, "--labels", "box")[1].count("labels box 50 %") == 1


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--labels", "bo"), 3, ("has no label image bo", "there are: box and depth")),
        (("--labels", "depth"), 3, ("cannot lie over an image", "0 has float32")),
        (("--labels", "box", "--opacity", "101"), 2, ("--opacity is 101 %",)),
        (("--opacity", "50"), 2, ("--opacity says nothing", "--labels")),
        (("labels/box", "--labels", "box"), 3, ("has no label image box", "it has none")),
    ],
)
def test_what_cannot_be_is_told(
    run: Any, labelled: Path, words: tuple[str, ...], code: int, told: tuple[str, ...]
) -> None:
    failed(run("show", labelled, *words), code, *told)


def test_labels_that_cannot_be_read(run: Any, labelled: Path) -> None:
    (labelled / "labels" / "box" / "0" / "c" / "0" / "0").write_bytes(b"no")
    code, out, error = run("show", labelled, *SIZE, "--labels", "box")
    assert "labels box cannot be read" in out  # below the picture without them
    failed((code, "", error), 3, "labels/box/0 cannot be read at c/0/0")


def test_colours_stay_out_of_pipes(labelled: Path) -> None:
    done = process("show", labelled, *SIZE, "--labels", "box")
    assert (done.returncode, b"\x1b" in done.stdout) == (0, False)
