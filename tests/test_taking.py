"""Texts to take away: Python that reads the same values, links, commands, paths."""

import json
import shlex
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from looking import array_in, image, image_in, local, request_of
from places import Remote, each_way
from servers.s3 import KEY_ID, SECRET
from servers.web import PASSWORD

from omezarr_tui.image.cursor import Cursor
from omezarr_tui.image.links import (
    NEUROGLANCER,
    Refusal,
    napari_command,
    neuroglancer_link,
    shell_word,
)
from omezarr_tui.image.overlay import Overlay
from omezarr_tui.image.part import Part, part_of, part_of_array
from omezarr_tui.image.picture import Painter, Picture
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.region import Region
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.image.taking import path_text, python_lines
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node

SHAPE = (2, 5, 30, 40)


def values() -> np.ndarray[Any, Any]:
    return np.arange(np.prod(SHAPE), dtype="uint16").reshape(SHAPE)


def write_image(path: Path, zarr_format: Any = 3) -> Path:
    """An image of two levels, of 0.5 × 0.25 × 0.25 µm; the first pixel lies at z 10 µm."""
    axes = [
        {"name": "c", "type": "channel"},
        *({"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"),
    ]
    datasets = [
        {
            "path": f"s{n}",
            "coordinateTransformations": [
                {"type": "scale", "scale": [1, 0.5, 0.25 * 2**n, 0.25 * 2**n]},
                {"type": "translation", "translation": [0, 10, 0, 0]},
            ],
        }
        for n in range(2)
    ]
    version = "0.4" if zarr_format == 2 else "0.5"
    multiscale = {"name": "cells", "version": version, "axes": axes, "datasets": datasets}
    channels = [{"label": "LaminB1", "color": "00FF00"}, {"label": "Dapi", "color": "0000FF"}]
    told: dict[str, Any] = {"multiscales": [multiscale], "omero": {"channels": channels}}
    attributes = told if zarr_format == 2 else {"ome": told | {"version": version}}
    root = zarr.create_group(path, attributes=attributes, zarr_format=zarr_format)
    for n in range(2):
        data = values()[..., :: 2**n, :: 2**n]
        root.create_array(f"s{n}", data=data, chunks=(1, 2, 10, 10))
    return path


def painted(access: Access, **changes: Any) -> Picture:
    from omezarr_tui.ome.discover import image_of

    found = image_of(access, find_node(access, ""))
    assert found is not None
    changes = {"composed": False} | changes
    return Painter(Reader(access)).paint(request_of(found, (40, 80), **changes))


def run(lines: str) -> np.ndarray[Any, Any]:
    """What the lines read."""
    found: dict[str, Any] = {}
    exec(lines, found)
    return np.asarray(found["values"])


def state(link: str | Refusal) -> dict[str, Any]:
    assert isinstance(link, str)
    assert link.startswith(NEUROGLANCER)
    assert link.isascii()
    assert not set(link) & set(" \"'<>`\\|")
    told: dict[str, Any] = json.loads(unquote(link.removeprefix(NEUROGLANCER)))
    return told


class TestPython:
    @pytest.mark.parametrize("zarr_format", [2, 3])
    @pytest.mark.parametrize(
        "name",
        ["plain.zarr", "with blanks 'and' \"quotes\".zarr", "細胞 µ \\n.zarr", "a::b://c.zarr"],
    )
    def test_it_reads_the_same_values(self, tmp_path: Path, name: str, zarr_format: int) -> None:
        path = write_image(tmp_path.joinpath(*name.split("//")), zarr_format)
        access = local(path)
        part = part_of(painted(access, level=1), "seen")
        text = python_lines(access, part)
        assert "level 1" in text
        np.testing.assert_array_equal(run(text), values()[0, 2, ::2, ::2])

    def test_it_has_the_indices_of_the_region(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "a.zarr"))
        picture = painted(access, level=0)
        region = Region(2, 3, (30, 40), 5, 9, 30, 33)
        text = python_lines(access, part_of(picture, "region", region))
        assert text.endswith("values = array[0, 2, 5:9, 30:33]  # c, z, y, x of level 0")
        np.testing.assert_array_equal(run(text), values()[0, 2, 5:9, 30:33])
        on_coarser = part_of(painted(access, level=1), "region", region)
        np.testing.assert_array_equal(
            run(python_lines(access, on_coarser)), values()[0, 2, ::2, ::2][2:5, 15:17]
        )

    def test_composed_channels_and_projected_planes_are_all_read(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "a.zarr"))
        picture = painted(access, rendering="half", composed=True, level=0)
        np.testing.assert_array_equal(
            run(python_lines(access, part_of(picture, "plane"))), values()[:, 2]
        )
        picture = painted(access, projection="maximum", level=0)
        np.testing.assert_array_equal(
            run(python_lines(access, part_of(picture, "plane"))), values()[0]
        )

    @pytest.mark.parametrize("top", ["", "image.zarr/", "a b/細胞.zarr/"])
    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_zips(self, tmp_path: Path, top: str, zarr_format: int) -> None:
        folder = write_image(tmp_path / "folder", zarr_format)
        file = tmp_path / "it's.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{top}{path.relative_to(folder)}")
        # One folder that holds everything need not be named; the store in it must be.
        inside = top if top.count("/") > 1 else ""
        access = open_access(parse_location(f"{file}/{inside}"))
        picture = painted(access, level=0)
        text = python_lines(access, part_of(picture, "seen"))
        np.testing.assert_array_equal(run(text), values()[0, 2])

    @each_way("s3-public", "s3-private", "plain", "listing")
    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_remote_places(self, place: Remote, tmp_path: Path, zarr_format: int) -> None:
        access = place.open(write_image(tmp_path / "cells.zarr", zarr_format))
        text = python_lines(access, part_of(painted(access, level=1), "seen"))
        np.testing.assert_array_equal(run(text), values()[0, 2, ::2, ::2])
        assert not any(secret in text for secret in (KEY_ID, SECRET, "access_key"))

    @each_way("secret")
    def test_no_password_is_in_it(self, place: Remote, tmp_path: Path) -> None:
        access = place.open(write_image(tmp_path / "cells.zarr"))
        text = python_lines(access, part_of(painted(access), "seen"))
        assert "# and with credentials, which are not copied" in text
        assert PASSWORD not in text
        assert isinstance(neuroglancer_link(access, painted(access)), Refusal)

    def test_a_profile_is_named(self, tmp_path: Path) -> None:
        far = _Far(parse_location("s3://bucket/a b.zarr"), "profile lab")
        text = python_lines(far, _part_far())  # type: ignore[arg-type]
        assert "zarr.open_array('s3://bucket/a b.zarr/s0', mode='r', zarr_format=3, " in text
        assert "storage_options={'profile': 'lab'})" in text

    def test_anonymous_buckets(self) -> None:
        wanted = {
            "s3://b/x": ["'s3://b/x/s0'", "{'anon': True}"],
            "gs://b/x": ["'gs://b/x/s0'", "{'token': 'anon'}"],
            "az://c@lab.blob.core.windows.net/x": [
                "'az://c/x/s0'", "{'account_name': 'lab', 'anon': True}",
            ],
        }  # fmt: skip
        for url, pieces in wanted.items():
            far = _Far(parse_location(url), "anonymously, as no credentials are found")
            text = python_lines(far, _part_far())  # type: ignore[arg-type]
            assert all(piece in text for piece in pieces), text

    def test_arrays_that_are_no_images(self, tmp_path: Path) -> None:
        data = np.arange(12).reshape(3, 4) * 1j
        zarr.create_array(tmp_path / "a.zarr", data=data)
        zarr.create_array(tmp_path / "b.zarr", data=np.array(7))
        node = array_in(tmp_path / "a.zarr")
        part = part_of_array(node, parse_selection("1:, ::2", node.shape, ["y", "x"]))
        np.testing.assert_array_equal(
            run(python_lines(local(tmp_path / "a.zarr"), part)), data[1:, ::2]
        )
        part = part_of_array(array_in(tmp_path / "b.zarr"))
        assert run(python_lines(local(tmp_path / "b.zarr"), part)) == 7


class _Far:
    """A place that nobody asks."""

    def __init__(self, location: Location, as_whom: str) -> None:
        self.location, self.as_whom = location, as_whom


def _part_far() -> Part:
    found = image("yx", (4, 4))
    array = found.levels[0]
    assert isinstance(array, Array)
    return part_of_array(array)


class TestNeuroglancer:
    def link(self, picture: Picture, url: str, cursor: Cursor | None = None) -> dict[str, Any]:
        far = _Far(parse_location(url), "anonymously")
        return state(neuroglancer_link(far, picture, cursor))  # type: ignore[arg-type]

    def test_it_is_at_the_same_place(self, tmp_path: Path) -> None:
        picture = painted(local(write_image(tmp_path / "a.zarr")), level=1)
        cursor = Cursor({2: (7 + 0.5) / 30, 3: (33 + 0.5) / 40})
        told = self.link(picture, "https://lab.org/my cells/a.zarr", cursor)
        assert told["dimensions"] == {
            "x": [0.25e-6, "m"], "y": [0.25e-6, "m"], "z": [0.5e-6, "m"],
        }  # fmt: skip
        # Positions are counted in pixels of the finest level; z begins at 10 µm.
        assert told["position"] == [33, 7, 2 + 10 / 0.5]
        assert told["crossSectionScale"] == pytest.approx(40 / 1000)
        (layer,) = told["layers"]
        assert layer["source"] == "https://lab.org/my%20cells/a.zarr/|zarr3:"
        assert layer["localDimensions"] == {"c'": [1, ""]}
        assert layer["localPosition"] == [0]
        window = picture.layer.window
        assert layer["shaderControls"]["normalized"]["range"] == [window.start, window.end]
        assert told["layout"] == "xy"

    def test_v2_is_read_as_such(self, tmp_path: Path) -> None:
        picture = painted(local(write_image(tmp_path / "a.zarr", 2)))
        told = self.link(picture, "http://localhost:8000/a.zarr")
        assert told["layers"][0]["source"] == "http://localhost:8000/a.zarr/|zarr2:"

    def test_another_plane_runs_across_and_down_as_here(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "a.zarr"))
        view = painted(access).request.view.displaying(1, 3)
        told = self.link(painted(access, view=view), "https://lab.org/a.zarr")
        assert list(told["dimensions"]) == ["x", "z", "y"]

    def test_composed_channels_are_layers_in_their_colours(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "a.zarr"))
        picture = painted(access, rendering="half", composed=True)
        layers = self.link(picture, "https://lab.org/a.zarr")["layers"]
        assert [layer["localPosition"] for layer in layers] == [[0], [1]]
        assert [layer["name"] for layer in layers] == ["cells LaminB1", "cells Dapi"]
        assert "vec3(0.000, 1.000, 0.000)" in layers[0]["shader"]
        assert {layer["blend"] for layer in layers} == {"additive"}

    @pytest.mark.parametrize(
        ("url", "source"),
        [
            ("s3://bucket/a.zarr", "https://bucket.s3.amazonaws.com/a.zarr/|zarr3:"),
            ("s3://my.bucket/a.zarr", "https://s3.amazonaws.com/my.bucket/a.zarr/|zarr3:"),
            ("gs://bucket/a.zarr", "https://storage.googleapis.com/bucket/a.zarr/|zarr3:"),
            (
                "az://c@lab.blob.core.windows.net/a.zarr",
                "https://lab.blob.core.windows.net/c/a.zarr/|zarr3:",
            ),
        ],
    )
    def test_buckets(self, tmp_path: Path, url: str, source: str) -> None:
        picture = painted(local(write_image(tmp_path / "a.zarr")))
        assert self.link(picture, url)["layers"][0]["source"] == source

    def test_another_server_than_the_usual(self, tmp_path: Path) -> None:
        picture = painted(local(write_image(tmp_path / "a.zarr")))
        location = parse_location("s3://bucket/a.zarr").with_endpoint("https://s3.lab.org")
        told = state(neuroglancer_link(_Far(location, "anonymously"), picture))  # type: ignore[arg-type]
        assert told["layers"][0]["source"] == "https://s3.lab.org/bucket/a.zarr/|zarr3:"

    def test_an_array_by_itself(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=values()[0], chunks=(1, 10, 10))
        picture = painted(local(tmp_path / "a.zarr"))
        told = self.link(picture, "https://lab.org/a.zarr", Cursor({1: 0.5, 2: 0.0}))
        assert told["dimensions"] == {"d2": [1, ""], "d1": [1, ""], "d0": [1, ""]}
        assert told["position"] == [0.5, 15.5, 0.5]

    def test_labels_are_segments(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "a.zarr"))
        over = image_in(write_image(tmp_path / "l.zarr"))
        over = replace(over, multiscale=replace(over.multiscale, path="labels/l"))
        picture = painted(access)
        picture = replace(picture, request=replace(picture.request, overlay=Overlay(over, 50)))
        layer = self.link(picture, "https://lab.org/a.zarr")["layers"][-1]
        assert layer["type"] == "segmentation"
        assert layer["source"] == "https://lab.org/a.zarr/labels/l/|zarr3:"

    @pytest.mark.parametrize(
        ("url", "whom", "why"),
        [
            ("s3://bucket/a.zarr", "profile lab", "credentials"),
            ("sftp://host/a.zarr", "as the ssh configuration and agent say", "SSH"),
            ("az://container/a.zarr", "anonymously", "storage account"),
        ],
    )
    def test_what_no_browser_can_read(self, tmp_path: Path, url: str, whom: str, why: str) -> None:
        picture = painted(local(write_image(tmp_path / "a.zarr")))
        refused = neuroglancer_link(_Far(parse_location(url), whom), picture)  # type: ignore[arg-type]
        assert isinstance(refused, Refusal)
        assert why in refused.why

    def test_how_a_local_folder_is_served(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "with blanks" / "a.zarr"))
        refused = neuroglancer_link(access, painted(access))
        assert isinstance(refused, Refusal)
        assert f"npx http-server --cors '{tmp_path}/with blanks'" in refused.why


class TestShell:
    @given(st.text(st.characters(exclude_characters="\0"), min_size=1))
    def test_a_word_is_one_word(self, text: str) -> None:
        word = shell_word(text) if text.isprintable() else None
        assert word is None or shlex.split(word) == [text]

    @pytest.mark.parametrize(
        "text", ["a b", "it's", '"q"', "細胞", "$HOME `x`", "new\nline", "esc\x1b[31m", "\u202egpj",
                 "\udcff", "back\\slash\n'", "a\u200bb9"]
    )  # fmt: skip
    def test_bash_reads_the_same(self, text: str) -> None:
        word = shell_word(text)
        assert word.isprintable()
        done = subprocess.run(
            ["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, timeout=60
        )
        assert done.stdout == text.encode("utf-8", "surrogateescape")

    def test_napari_opens_the_image(self, tmp_path: Path) -> None:
        access = local(write_image(tmp_path / "it's mine.zarr"))
        command = napari_command(access, painted(access))
        assert isinstance(command, str)
        assert shlex.split(command) == [
            "napari", "--plugin", "napari-ome-zarr", str(tmp_path / "it's mine.zarr"),
        ]  # fmt: skip
        far = _Far(parse_location("s3://bucket/x y.zarr"), "anonymously")
        command = napari_command(far, painted(access))  # type: ignore[arg-type]
        assert isinstance(command, str)
        assert command.endswith(" https://bucket.s3.amazonaws.com/x%20y.zarr")

    def test_napari_needs_ome_zarr(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=values()[0])
        access = local(tmp_path / "a.zarr")
        assert isinstance(napari_command(access, painted(access)), Refusal)

    def test_paths(self, tmp_path: Path) -> None:
        assert path_text(local(tmp_path / "a b"), "s0") == f"{tmp_path}/a b/s0"
        odd = path_text(local(tmp_path / "\udcff"), "")
        assert odd == f"$'{tmp_path}/\\xff'"
        far = _Far(parse_location("https://lab.org/a b.zarr"), "")
        assert path_text(far, "s0") == "https://lab.org/a%20b.zarr/s0"  # type: ignore[arg-type]
