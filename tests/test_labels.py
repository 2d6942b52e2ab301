"""Label images: which an image has, what each labels, their colours, and what the cursor tells."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import image as flat
from looking import image_in, is_harmless, local, request_of, values_of, view_of

from omezarr_tui.errors import UserError
from omezarr_tui.image.bar import overlay_note, overlay_text
from omezarr_tui.image.cells import RAMP, Depth, Frame, color_frame, glyph_frame, label_frame
from omezarr_tui.image.composite import (
    inks,
    label_colors,
    label_tints,
    laid_over,
    outlines,
)
from omezarr_tui.image.cursor import Cursor, cursor_at, cursor_in_middle, cursor_moved, sample_of
from omezarr_tui.image.overlay import Overlay
from omezarr_tui.image.picture import Painter, Picture
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import choose_sampling
from omezarr_tui.image.states import NOT_A_NUMBER, STATE_GLYPHS
from omezarr_tui.image.under_cursor import label_texts, place_texts
from omezarr_tui.ome.labels import label_image, label_images, source_image

Values = np.ndarray[Any, Any]
LABELS = hnp.arrays(
    "int16", hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(-2, 3)
)


def image_attributes(rank: int = 2, scale: float = 0.5, **more: Any) -> dict[str, Any]:
    axes = [{"name": name, "type": "space"} for name in "zyx"[-rank:]]
    steps = [{"type": "scale", "scale": [scale] * rank}]
    told = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": steps}]}
    return {"ome": {"version": "0.5", "multiscales": [told], **more}}


def write_image(path: Path, values: Values, name: str = "", **more: Any) -> None:
    attributes = image_attributes(values.ndim, **more)
    group = zarr.open_group(path, mode="a")
    where = group.require_group(name) if name else group
    where.attrs.update(attributes)
    where.create_array("0", data=values)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An image with two label images, which are listed against their order."""
    path = tmp_path / "s.zarr"
    write_image(path, values_of((6, 8), "uint16"))
    for name in ("b", "a"):
        write_image(path, np.eye(6, 8, dtype="uint8"), f"labels/{name}", **{"image-label": {}})
    list_labels(path, ["b", "a"])
    return path


def list_labels(path: Path, names: Any) -> None:
    zarr.open_group(path / "labels", mode="a").attrs["ome"] = {"version": "0.5", "labels": names}


class TestWhichThereAre:
    def test_those_that_are_listed_in_their_order(self, store: Path) -> None:
        assert label_images(local(store), image_in(store)) == ["labels/b", "labels/a"]

    def test_a_level_has_those_of_its_image(self, store: Path) -> None:
        assert label_images(local(store), image_in(store, "0")) == ["labels/b", "labels/a"]

    def test_without_a_list_those_that_lie_there(self, store: Path) -> None:
        zarr.open_group(store / "labels", mode="a").attrs.clear()
        zarr.open_group(store / "labels", mode="a").require_group("c")  # no image
        assert label_images(local(store), image_in(store)) == ["labels/a", "labels/b"]

    def test_a_folder_that_is_no_group(self, store: Path) -> None:
        (store / "labels" / "zarr.json").unlink()
        assert label_images(local(store), image_in(store)) == ["labels/a", "labels/b"]

    def test_none(self, store: Path) -> None:
        assert label_images(local(store), image_in(store, "labels/a")) == []

    def test_an_array_by_itself_has_none(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=np.ones((3, 3)))
        assert label_images(local(tmp_path / "a.zarr"), image_in(tmp_path / "a.zarr")) == []

    def test_names_that_lead_out_are_left_out(self, store: Path) -> None:
        list_labels(store, ["../..", "../../x", "a", 3, None, "a", "./b", ""])
        assert label_images(local(store), image_in(store)) == ["labels/a", "labels/b"]

    def test_nested_ones(self, store: Path) -> None:
        list_labels(store, ["deep/er"])
        write_image(store, np.eye(6, 8, dtype="int32"), "labels/deep/er")
        assert label_images(local(store), image_in(store)) == ["labels/deep/er"]
        labels = label_image(local(store), "labels/deep/er")
        assert source_image(local(store), labels).multiscale.path == ""

    def test_a_broken_group_is_told_of(self, store: Path) -> None:
        (store / "labels" / "zarr.json").write_text("{")
        with pytest.raises(UserError, match="labels"):
            label_images(local(store), image_in(store))


class TestOne:
    def test_it_is_read(self, store: Path) -> None:
        labels = label_image(local(store), "labels/a")
        assert (labels.multiscale.path, labels.multiscale.is_label) == ("labels/a", True)

    @pytest.mark.parametrize(
        ("path", "what", "why"),
        [
            ("labels/none", "There is no label image at labels/none", "its list names it"),
            ("labels/group", "labels/group is no image", "so it cannot lie over one"),
            (
                "labels/float",
                "labels/float cannot lie over an image",
                "labels are whole numbers, and 0 has float32",
            ),
            ("labels/empty", "No level of labels/empty can be read", "level labels/empty/0: "),
            ("labels/cut", "labels/cut", ""),
        ],
    )
    def test_what_is_none_is_told(self, store: Path, path: str, what: str, why: str) -> None:
        group = zarr.open_group(store, mode="a")
        group.create_group("labels/group")
        group.create_group("labels/empty", attributes=image_attributes())
        write_image(store, np.ones((3, 3), "float32"), "labels/float", **{"image-label": {}})
        (store / "labels" / "cut").mkdir()
        (store / "labels" / "cut" / "zarr.json").write_text('{"zarr_format": 3')
        with pytest.raises(UserError) as caught:
            label_image(local(store), path)
        assert caught.value.what.startswith(what)
        assert caught.value.why.startswith(why)


class TestWhatItLabels:
    def source(self, store: Path, path: str, **label: Any) -> str:
        document = json.loads((store / path / "zarr.json").read_text())
        document["attributes"]["ome"]["image-label"] = label
        (store / path / "zarr.json").write_text(json.dumps(document))
        found = source_image(local(store), image_in(store, path))
        assert not found.multiscale.is_label
        return found.multiscale.path

    def test_the_image_around_it(self, store: Path) -> None:
        assert self.source(store, "labels/a") == ""

    def test_what_it_names(self, store: Path) -> None:
        write_image(store, np.ones((6, 8)), "other")
        assert self.source(store, "labels/a", source={"image": "../../other"}) == "other"

    @pytest.mark.parametrize("named", ["../../no", "../../../..", "../b", "..", ".", "s3://x/y"])
    def test_where_it_names_no_image_the_one_around_it(self, store: Path, named: str) -> None:
        assert self.source(store, "labels/a", source={"image": named}) == ""

    def test_it_may_lie_elsewhere(self, store: Path) -> None:
        write_image(store, np.ones((6, 8), "u1"), "x/nuclei", **{"image-label": {}})
        source = {"image": "../.."}
        assert self.source(store, "x/nuclei", source=source) == ""

    def test_none_is_told(self, store: Path) -> None:
        write_image(store, np.ones((6, 8), "u1"), "x/y/nuclei", **{"image-label": {}})
        with pytest.raises(UserError) as caught:
            self.source(store, "x/y/nuclei", source={"image": "../no"})
        assert caught.value.what == "The image that x/y/nuclei labels is not found"
        assert caught.value.why == "there is no image that can be read at x/y/no"

    def test_a_store_that_is_a_label_image(self, store: Path) -> None:
        alone = store / "labels" / "a"
        with pytest.raises(UserError, match="is not in this store"):
            source_image(local(alone), image_in(alone))


# -- colours ------------------------------------------------------------------------------


class TestColours:
    def test_declared_ones_by_value(self) -> None:
        declared = {7: (1, 2, 3, 255), 0: (9, 9, 9, 128), 5: (4, 4, 4, 0)}
        colors = label_colors(np.array([0, 5, 6, 7]), declared)
        assert colors[[0, 1, 3]].tolist() == [[9, 9, 9, 128], [4, 4, 4, 0], [1, 2, 3, 255]]
        assert colors[2].tolist() == label_colors(np.array([6]), {})[0].tolist()
        assert colors[2, 3] == 255

    @pytest.mark.parametrize("value", [2**64 - 1, 2**63, -(2**63), -1, True])
    def test_of_values_at_the_ends_of_their_types(self, value: int) -> None:
        dtype = "bool" if value is True else "uint64" if value > 0 else "int64"
        labels = np.array([[value, 0]], dtype)
        tints = label_tints(labels, {int(value): (10, 20, 30, 255)}, 50)
        assert tints.colors[0, 0].tolist() == [10, 20, 30]
        assert tints.alpha.tolist() == [[0.5, 0.0]]

    @given(LABELS)
    @settings(deadline=None, max_examples=60)
    def test_outlines_are_where_neighbours_differ(self, labels: Values) -> None:
        rows, columns = labels.shape
        for (row, column), edge in np.ndenumerate(outlines(labels)):
            beside = [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
            around = [labels[r, c] for r, c in beside if 0 <= r < rows and 0 <= c < columns]
            assert edge == any(label != labels[row, column] for label in around)

    @given(LABELS, st.sampled_from([0, 25, 50, 75, 100]), st.data())
    @settings(deadline=None, max_examples=80)
    def test_a_picture_shows_through_by_the_opacity(
        self, labels: Values, opacity: int, data: st.DataObject
    ) -> None:
        declared = {1: (200, 100, 0, 255), 2: (0, 0, 255, 51), 3: (7, 7, 7, 0)}
        picture = data.draw(hnp.arrays("uint8", (*labels.shape, 3)))
        shown = laid_over(picture, label_tints(labels, declared, opacity)).astype(int)
        edge = outlines(labels)
        for at, label in np.ndenumerate(labels):
            *color, own = label_colors(np.array([label]), declared)[0].tolist()
            alpha = own / 255 * (opacity / 100 if opacity else edge[at])
            shades = max(1, round(47 * (1 - alpha))) if alpha else 255
            for part in range(3):
                wanted = (1 - alpha) * picture[(*at, part)] + alpha * color[part]
                # Half a shade of what shows through, and half of a whole number.
                assert abs(shown[(*at, part)] - wanted) <= (1 - alpha) * 128 / shades + 0.51

    def test_where_less_shows_through_there_are_fewer_shades(self) -> None:
        grey = np.arange(200, dtype=np.uint8).reshape(2, 100)
        picture = np.repeat(grey[..., None], 3, axis=2)
        labels = np.ones((2, 100), "u1")
        counts = [
            len(color_frame(laid_over(picture, label_tints(labels, {}, opacity))).palette or ())
            for opacity in (100, 75, 50, 25)
        ]
        assert counts == sorted(counts)
        assert counts[0] == 1
        assert counts[-1] < 40

    @pytest.mark.parametrize("dark", [True, False])
    def test_ink_can_be_read_on_the_background(self, dark: bool) -> None:
        declared = {
            1: (255, 255, 0, 255),
            2: (255, 255, 255, 255),
            3: (0, 0, 0, 255),
            4: (0, 0, 90, 255),
        }
        colors = inks(label_tints(np.array([[1, 2, 3, 4]]), declared, 100), dark=dark)
        light = colors[0] @ np.array([0.2126, 0.7152, 0.0722]) / 255
        assert (light >= 0.39).all() if dark else (light <= 0.46).all()


class TestGlyphs:
    LABELS = np.array(
        [
            [0, 0, 0, 0, 0, 0, 0],
            [0, 4, 4, 4, 4, 0, 0],
            [0, 4, 4, 4, 4, 0, 7],
            [0, 4, 4, 4, 4, 0, 0],
            [0, 0, 0, 0, 0, 0, 0],
        ]
    )
    OUTLINES = ("       ", " /--\\  ", " |  | o", " \\--/  ", "       ")

    def frame(self, opacity: int, *, color: bool = True, dark: bool = True) -> Frame:
        tints = label_tints(self.LABELS, {}, opacity)
        light = np.full(self.LABELS.shape, 0.0 if dark else 1.0)
        depth: Depth = "true" if color else "none"
        return glyph_frame(light, "ascii", depth, dark=dark, labels=self.LABELS, tints=tints)

    @pytest.mark.parametrize("opacity", [0, 50])
    def test_without_colours_outlines_are_lines(self, opacity: int) -> None:
        frame = self.frame(opacity, color=False)
        assert (frame.lines, frame.fg, frame.palette) == (self.OUTLINES, None, None)

    def test_outlines_in_colour(self) -> None:
        frame = self.frame(0)
        assert frame.lines == self.OUTLINES
        assert frame.fg is not None
        drawn = np.array([[glyph != " " for glyph in line] for line in frame.lines])
        np.testing.assert_array_equal(frame.fg >= 0, drawn)
        assert len(set(frame.fg[drawn].tolist())) == 2

    @pytest.mark.parametrize("dark", [True, False])
    def test_filled_ones_keep_the_ink_and_are_no_blanks(self, dark: bool) -> None:
        frame = self.frame(50, dark=dark)
        assert frame.lines == tuple(
            "".join(RAMP[1] if label else " " for label in row) for row in self.LABELS
        )
        brightness = np.linspace(0, 1, 35).reshape(5, 7)
        tints = label_tints(self.LABELS, {}, 100)
        inked = glyph_frame(
            brightness, "ascii", "true", dark=dark, labels=self.LABELS, tints=tints
        ).lines
        plain = glyph_frame(brightness, dark=dark).lines
        assert inked == tuple(
            "".join(RAMP[1] if g == " " and label else g for g, label in zip(*pair, strict=True))
            for pair in zip(plain, self.LABELS, strict=True)
        )

    def test_what_is_no_value_stays(self) -> None:
        labels = np.ones((1, 2), int)
        states = np.array([[NOT_A_NUMBER, 0]], np.uint8)
        light = np.array([[np.nan, 1.0]])
        frame = glyph_frame(
            light, "ascii", "true", states=states, labels=labels, tints=label_tints(labels, {}, 50)
        )
        assert frame.lines == (STATE_GLYPHS[NOT_A_NUMBER] + RAMP[-1],)

    @pytest.mark.parametrize("rendering", ["ascii", "half"])
    def test_alone_in_their_own_colours(self, rendering: Any) -> None:
        declared = {4: (250, 200, 40, 255), 7: (1, 1, 1, 0)}
        frame = label_frame(self.LABELS, rendering, declared)
        assert frame.palette is not None
        if rendering == "half":
            assert set(frame.palette) == {(0, 0, 0), (250, 200, 40)}
            return
        assert frame.fg is not None
        assert [frame.palette[ink] for ink in frame.fg[2] if ink >= 0] == [(250, 200, 40)] * 4
        assert frame.lines[2][6] == " "  # it is transparent
        colorless = label_frame(self.LABELS, rendering, declared, "none")
        assert (colorless.lines, colorless.fg) == (frame.lines, None)


# -- the cursor ---------------------------------------------------------------------------


class TestCursor:
    def test_it_stays_in_its_sample(self, store: Path) -> None:
        image = image_in(store)
        sampling = choose_sampling(image, view_of(image), (5, 7), 1.0)
        for row, column in np.ndindex(*sampling.grid):
            cursor = cursor_at(Cursor(), sampling, row, column)
            assert sample_of(cursor, sampling, view_of(image)) == (row, column)

    @given(
        st.lists(st.tuples(st.integers(-10, 10), st.integers(-10, 10)), max_size=12),
        st.sampled_from([1.0, 2.0, 5.0]),
    )
    @settings(deadline=None, max_examples=60)
    def test_moves_pan_and_end_at_the_edges(
        self, moves: list[tuple[int, int]], zoom: float
    ) -> None:
        image = flat("yx", (60, 90))
        view = replace(view_of(image), zoom=zoom)
        room = (20, 30)
        sampling = choose_sampling(image, view, room, 1.0)
        cursor = cursor_in_middle(sampling)
        step = 3 / zoom  # pixels to a sample
        at = [place * size for place, size in zip(cursor.places.values(), (60, 90), strict=True)]
        for down, across in moves:
            cursor, view = cursor_moved(cursor, sampling, view, down, across)
            sampling = choose_sampling(image, view, room, 1.0)
            for axis, (by, size) in enumerate(((down, 60), (across, 90))):
                at[axis] = min(max(at[axis] + by * step, step / 2), size - step / 2)
            row, column = sample_of(cursor, sampling, view)
            found = (
                sampling.top + (row + 0.5) * step,
                sampling.left + (column + 0.5) * step,
            )
            # At an edge of the plane the window may come to lie between two of its samples.
            assert found == pytest.approx(at, abs=step + 1e-6)
            at = [cursor.places[axis] * size for axis, size in ((0, 60), (1, 90))]

    def test_of_an_axis_that_was_not_displayed(self) -> None:
        image = flat("zyx", (10, 60, 90))
        view = replace(view_of(image), index=(7, 0, 0))
        cursor = cursor_at(Cursor(), choose_sampling(image, view, (60, 90), 1.0), 3, 45)
        turned = replace(view, rows=0, columns=2)
        sampling = choose_sampling(image, turned, (10, 90), 1.0)
        assert sample_of(cursor, sampling, turned) == (7, 45)


def painted(path: Path, room: tuple[int, int], **changes: Any) -> Picture:
    request = request_of(image_in(path), room, **changes)
    return Painter(Reader(local(path))).paint(request)


class TestUnderCursor:
    @pytest.mark.parametrize(
        ("dtype", "value", "told"),
        [
            ("uint16", 65535, "65535"),
            ("int8", -128, "-128"),
            ("float32", 0.1, "0.1"),
            ("float64", 1 / 3, "0.3333333333333333"),
            ("uint64", 2**64 - 1, str(2**64 - 1)),
            ("float64", np.nan, "not finite"),
            ("float32", np.inf, "not finite"),
        ],
    )
    def test_one_pixel_is_exact(self, tmp_path: Path, dtype: str, value: Any, told: str) -> None:
        values = np.zeros((4, 4), dtype)
        values[2, 1] = value
        zarr.create_array(tmp_path / "a.zarr", data=values)
        picture = painted(tmp_path / "a.zarr", (2, 4), rendering="half")
        where, text = place_texts(picture, 2, 1)
        assert where == "dim_0 2  dim_1 1"
        assert text.split(maxsplit=1) == ["value", told]

    def test_a_part_of_a_pixel_is_exact(self, tmp_path: Path) -> None:
        values = values_of((4, 4), "uint16") * 1013
        zarr.create_array(tmp_path / "a.zarr", data=values)
        picture = painted(tmp_path / "a.zarr", (7, 14), rendering="half")
        assert picture.sampling.grid == (14, 14)
        for row, column in np.ndindex(14, 14):
            pixels = [{*range(a * 4 // 14, -(-(a + 1) * 4 // 14))} for a in (row, column)]
            where, text = place_texts(picture, row, column)
            if all(len(p) == 1 for p in pixels):
                y, x = (p.pop() for p in pixels)
                assert where == f"dim_0 {y}  dim_1 {x}"
                assert text.split() == ["value", str(values[y, x])]
            else:
                rows, columns = map(len, pixels)
                assert text.endswith(f"of {rows} × {columns} px")

    def test_many_pixels_are_a_mean(self, store: Path) -> None:
        picture = painted(store, (3, 4), rendering="half")
        assert picture.sampling.grid == (3, 4)
        where, text = place_texts(picture, 1, 2)
        assert where == "y 2–3  x 4–5"
        assert text == "mean   24.5 of 2 × 2 px"

    def test_the_level_is_told_where_it_is_not_the_finest(self, shared_data: Path) -> None:
        picture = painted(shared_data / "dsb2d_v05.ome.zarr", (32, 64), rendering="half")
        assert picture.sampling.level == 3
        assert place_texts(picture, 5, 6)[0] == "y  5  x  6 of level 3"

    def test_labels_and_their_properties(self, store: Path) -> None:
        properties: Mapping[str, Any] = {
            "area": 120.25,
            "class": "nu\x1b[31mcleus",
            "n": 3,
            "box": [1, 2],
            "ok": None,
        }
        label = {"properties": [{"label-value": 1, **properties}]}
        write_image(store, np.eye(6, 8, dtype="uint8"), "labels/c", **{"image-label": label})
        overlay = Overlay(label_image(local(store), "labels/c"))
        picture = painted(store, (3, 8), rendering="half", overlay=overlay)
        told = ["label 1", "area 120.25", "class nu␛[31mcleus", "n 3", "box [1, 2]", "ok null"]
        assert label_texts(picture, 2, 2) == told
        assert all(map(is_harmless, told))
        assert label_texts(picture, 2, 3) == ["no label"]
        assert overlay_text(picture) == "labels c 50 %"
        alone = painted(store, (3, 8), rendering="half")
        assert label_texts(alone, 2, 2) == []
        assert overlay_text(alone) == ""

    def test_of_a_label_image_by_itself(self, store: Path) -> None:
        request = request_of(image_in(store, "labels/a"), (3, 8), rendering="half")
        picture = Painter(Reader(local(store))).paint(request)
        assert place_texts(picture, 2, 2) == ["y 2  x 2"]
        assert label_texts(picture, 2, 2) == ["label 1"]

    def test_what_lies_over_it(self, store: Path) -> None:
        overlay = Overlay(label_image(local(store), "labels/a"), 0)
        assert overlay_text(painted(store, (6, 8), overlay=overlay)) == "labels a outlines"
        filled = replace(overlay, opacity=75)
        assert overlay_text(painted(store, (6, 8), overlay=filled)) == "labels a 75 %"
        # Without colours glyphs show the outlines, whatever the opacity.
        colorless = painted(store, (6, 8), overlay=filled, depth="none")
        assert overlay_text(colorless) == "labels a outlines"

    def test_that_it_tells_no_pixel_size(self, store: Path) -> None:
        values = np.eye(6, 8, dtype="uint8")
        write_image(store, values, "labels/c", scale=1.0, **{"image-label": {}})
        for name, note in (("a", ""), ("c", "placed pixel by pixel: it tells no pixel size")):
            overlay = Overlay(label_image(local(store), f"labels/{name}"))
            picture = painted(store, (6, 8), overlay=overlay)
            assert overlay_note(picture) == note
            assert picture.labels is not None
            np.testing.assert_array_equal(np.unique(picture.labels), [0, 1])

    def test_that_none_lies_here(self, tmp_path: Path) -> None:
        path = tmp_path / "s.zarr"
        write_image(path, values_of((3, 6, 8), "uint16"))
        write_image(path, np.ones((2, 6, 4), "uint8"), "labels/part", **{"image-label": {}})
        overlay = Overlay(label_image(local(path), "labels/part"))
        view = view_of(image_in(path))
        told = {
            (0, 1.0): "",
            (2, 1.0): "none lies here: this plane is outside of it",
            (1, 4.0): "none lies here: what is seen is outside of it",
        }
        for (z, zoom), note in told.items():
            at = replace(view, index=(z, 0, 0), zoom=zoom, centre=(0.5, 1.0)).panned(0, 0)
            picture = painted(path, (6, 8), view=at, overlay=overlay)
            assert picture.labels is not None
            assert picture.labels.any() == (not note)
            assert (overlay_text(picture), overlay_note(picture)) == ("labels part 50 %", note)
        assert overlay_note(painted(path, (6, 8))) == ""
