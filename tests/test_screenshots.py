"""The pictures of the README: what draws them works, the same each time, with nothing at hand."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

ImageFont = pytest.importorskip("PIL.ImageFont", reason="pillow is not here to paint with")
from PIL import Image  # noqa: E402

SCRIPT = Path(__file__).parents[1] / "screenshots" / "make.py"
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture(autouse=True)
def needs() -> None:
    """Skip where the script or the font is missing."""
    if not SCRIPT.exists():
        pytest.skip("screenshots/ is not part of the source distribution")
    try:
        ImageFont.truetype("DejaVuSansMono.ttf")
    except OSError:
        pytest.skip("the font DejaVu Sans Mono is not installed")


def draw(name: str, folder: Path) -> tuple[bytes, bytes]:
    """The SVG and the PNG of one picture."""
    done = subprocess.run(
        [sys.executable, SCRIPT, name, "--to", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {file.name for file in folder.iterdir()} == {f"{name}.svg", f"{name}.png"}
    return (folder / f"{name}.svg").read_bytes(), (folder / f"{name}.png").read_bytes()


def test_a_picture_is_whole_and_the_same_each_time(tmp_path: Path, hermetic: Path) -> None:
    svg, png = draw("small", tmp_path / "first")

    with Image.open(tmp_path / "first" / "small.png") as image:
        assert image.size == (80 * 12, 24 * 24)
        red, _, blue = np.moveaxis(np.asarray(image, int), -1, 0)
    shades = np.unique(blue[blue > red + 99])
    assert shades.size > 30, "a channel's own colour, in many shades"

    text = svg.decode()
    assert "http" not in text.replace(NAMESPACE, "")
    assert "font-face" not in text
    assert "▀" not in text, "half-blocks are drawn without seams, whatever the font"
    shown = "".join(ElementTree.fromstring(text).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    assert "omezarr-demo/cells.ome.zarr" in shown
    assert "Dapi" in shown

    assert draw("small", tmp_path / "second") == (svg, png)
    assert list(hermetic.rglob("*")) == [], "the user's own settings and journal are not touched"


def test_the_open_screen_shows_no_place_of_this_machine(tmp_path: Path) -> None:
    svg, _ = draw("open", tmp_path / "first")
    shown = "".join(ElementTree.fromstring(svg.decode()).itertext())
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Recent", "plate_07.ome.zarr", "3 h ago", "Folder  omezarr-demo", "cells.ome"):
        assert words in shown
    assert str(Path.home().parent) not in shown


def test_a_name_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "nothing", "--to", tmp_path / "new"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no picture nothing" in done.stderr
    assert not (tmp_path / "new").exists()
