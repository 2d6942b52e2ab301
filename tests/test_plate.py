"""Plates: where a node lies on one, what wells are coloured by, and how their grid is drawn."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from foreign import Foreign
from foreign.made import write_json
from hypothesis import given
from hypothesis import strategies as st
from looking import files_read, image_in, local
from wells import coarsest, row_names, write_group, write_image, write_plate

from omezarr_tui.errors import UserError
from omezarr_tui.image.plate import (
    BATCH,
    Statistics,
    Trouble,
    WellFacts,
    measure_words,
    measured_wells,
    statistics_of,
)
from omezarr_tui.image.plate_grid import (
    block_width,
    colour_of,
    column_headings,
    glyph_of,
    grid_shape,
    ink_on,
    lay_out,
    part_of,
    scale_of,
    short_number,
)
from omezarr_tui.ome.model import Acquisition, Field, Plate, PlateWell, Well
from omezarr_tui.ome.plate import (
    Known,
    Place,
    find_place,
    in_order,
    node_at,
    place_in,
    place_title,
    well_beside,
)
from omezarr_tui.ome.read_plate import read_plate
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Broken, Group
from omezarr_tui.store.waiting import Cancelled

MIB = 1 << 20


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plate of 3 × 4 places and 10 wells, some of them unsound. Read it only."""
    path = tmp_path_factory.mktemp("plates") / "screen.ome.zarr"
    wells = [(r, c) for r in range(3) for c in range(4) if (r, c) not in ((0, 3), (2, 0))]
    write_plate(path, 3, 4, wells=wells, fields=lambda r, c: 0 if (r, c) == (2, 3) else 2,
                acquisitions=2)  # fmt: skip
    (path / "A/2/zarr.json").unlink()
    (path / "A/3/zarr.json").write_text("{")
    (path / "B/1/0/zarr.json").unlink()
    (path / "B/2/0/s1/c/0/0/0").write_bytes(b"too short")
    write_group(path / "B/3", {"well": {"images": [{"path": "../../../../outside"}]}})
    for name in ("nuclei", "cells"):
        write_image(path / "A/1/1/labels" / name, coarsest(0, 0)[0], label=True)
    write_group(path / "A/1/1/labels", {"labels": ["nuclei", "cells"]})
    write_group(path / "A/1/1/tables/regions")
    return path


def plate_in(path: Path, at: str = "") -> tuple[Group, Plate]:
    group = read_node(local(path), at)
    assert isinstance(group, Group)
    plate = read_plate(group.path, group.attributes)
    assert plate is not None
    return group, plate


def measured(path: Path, channel: int | None, most_bytes: int = MIB) -> dict[str, WellFacts]:
    group, plate = plate_in(path)
    found: dict[str, WellFacts] = {}
    for facts in measured_wells(local(path), group, plate, plate.wells, {}, channel, most_bytes):
        found |= facts
    return found


class TestPlace:
    @pytest.mark.parametrize(
        ("path", "field", "inner"),
        [
            ("A/1", None, ""),
            ("A/1/0", 0, ""),
            ("A/1/1", 1, ""),
            ("A/1/1/s0", 1, "s0"),
            ("A/1/1/labels/nuclei", 1, "labels/nuclei"),
            ("A/1/1/labels/nuclei/s1", 1, "labels/nuclei/s1"),
            ("A/1/notes", None, ""),
        ],
    )
    def test_of_what_lies_on_a_plate(
        self, screen: Path, path: str, field: int | None, inner: str
    ) -> None:
        place = find_place(local(screen), path, {})
        assert place is not None
        assert (place.plate.name, place.listed.path) == ("screen", "A/1")
        assert (place.field, place.inner) == (field, inner)
        assert len(place.well.fields) == 2

    @pytest.mark.parametrize("path", ["", "A", "C/1", "nowhere/at/all"])
    def test_of_what_lies_in_no_well(self, screen: Path, path: str) -> None:
        assert find_place(local(screen), path, {}) is None

    def test_a_plate_below_other_groups(self, tmp_path: Path) -> None:
        write_group(tmp_path / "zarr.json".removesuffix("zarr.json"))
        write_plate(tmp_path / "screens/one.ome.zarr", 2, 2)
        place = find_place(local(tmp_path), "screens/one.ome.zarr/B/2/0", {})
        assert place is not None
        assert place.group.path == "screens/one.ome.zarr"
        assert place.path == "screens/one.ome.zarr/B/2/0"

    def test_documents_are_read_once(self, screen: Path) -> None:
        known: Known = {}
        find_place(local(screen), "A/1/0", known)
        with files_read(screen) as read:
            find_place(local(screen), "A/1/1", known)
        assert [name for name in read if not name.startswith("A/1/1")] == []

    def test_a_document_that_failed_is_read_again(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p.zarr", 1, 1)
        good = (path / "zarr.json").read_text()
        (path / "zarr.json").write_text("{")
        known: Known = {}
        assert find_place(local(path), "A/1/0", known) is None
        (path / "zarr.json").write_text(good)
        assert find_place(local(path), "A/1/0", known) is not None

    def test_of_version_04(self, foreign: Foreign) -> None:
        place = find_place(local(foreign("ome_zarr_py_plate_04").path), "A/3/1/s1", {})
        assert place is not None
        assert (place.plate.well_name(place.listed), place.field, place.inner) == ("A3", 1, "s1")

    def test_the_field_of_a_well_or_its_last_one(self, screen: Path) -> None:
        group, plate = plate_in(screen)
        well = plate.wells[0]
        assert place_in(local(screen), group, plate, well, 1).path == "A/1/1"
        assert place_in(local(screen), group, plate, well, 9).path == "A/1/1"

    @pytest.mark.parametrize(
        ("well", "what", "why"),
        [
            ("A/2", "Well A2 cannot be opened", "nothing is at A/2, the plate lists it"),
            ("A/3", "Well A3 cannot be opened", "zarr.json"),
            ("C/4", "Well C4 cannot be opened", "it lists no fields"),
            ("B/3", "Well B3 cannot be opened", "leads out of the store"),
        ],
    )
    def test_a_well_that_cannot_be_opened(
        self, screen: Path, well: str, what: str, why: str
    ) -> None:
        group, plate = plate_in(screen)
        listed = next(w for w in plate.wells if w.path == well)
        with pytest.raises(UserError) as told:
            place_in(local(screen), group, plate, listed, 0)
        assert told.value.what == what
        assert why in told.value.why

    def test_the_same_node_in_another_field_or_the_field_itself(self, screen: Path) -> None:
        access = local(screen)
        place = find_place(access, "A/1/1/labels/nuclei", {})
        assert place is not None
        assert node_at(access, place).path == "A/1/1/labels/nuclei"
        assert node_at(access, replace(place, field=0)).path == "A/1/0"
        broken = find_place(access, "B/1/0", {})
        assert broken is not None
        assert isinstance(node_at(access, broken), Broken)


class TestOrder:
    def test_wells_follow_row_by_row_whatever_the_document_says(self) -> None:
        places = [(1, 0), (0, 11), (0, 2), (-1, -1), (1, -1)]
        wells = tuple(PlateWell(f"w{n}", *place) for n, place in enumerate(places))
        plate = Plate("", "", ("A", "B"), tuple("123456789"), wells)
        assert [w.path for w in in_order(plate)] == ["w2", "w1", "w0", "w3", "w4"]
        assert well_beside(plate, wells[2], 1) == wells[1]
        assert well_beside(plate, wells[2], -1) is None
        assert well_beside(plate, wells[4], 1) is None


def title_of(room: int, plate: str = "Drug screen 7", more: str = "s0 · 2 × 3") -> str:
    acquisitions = (Acquisition(1, "first run"),)
    listed = PlateWell("B/3", 1, 2)
    told = Plate("", plate, ("A", "B"), ("1", "2", "3"), (listed,), acquisitions)
    well = Well("B/3", (Field("0", 1), Field("1", 1)))
    return place_title(Place(Group("", 3), told, listed, well, 1), more, room)


class TestTitle:
    @pytest.mark.parametrize(
        ("room", "title"),
        [
            (
                99,
                "plate Drug screen 7 · B3 · field 2 of 2 · acquisition 1 (first run) · s0 · 2 × 3",
            ),
            (75, "plate Drug screen 7 · B3 · field 2 of 2 · acquisition 1 (first run) · s0"),
            (70, "plate Drug screen 7 · B3 · field 2 of 2 · acquisition 1 (first run)"),
            (62, "Drug screen 7 · B3 · field 2 of 2 · acquisition 1 (first run)"),
            (56, "plate Drug screen 7 · B3 · field 2 of 2 · acquisition 1"),
            (54, "Drug screen 7 · B3 · field 2 of 2 · acquisition 1"),
            (42, "Drug… · B3 · field 2 of 2 · acquisition 1"),
            (20, "B3 · field 2 of 2 · acquisition 1"),
        ],
    )
    def test_it_loses_what_matters_least(self, room: int, title: str) -> None:
        assert title_of(room) == title

    @given(st.integers(0, 120), st.text(max_size=60), st.text(max_size=40))
    def test_it_always_tells_the_well_and_the_field(self, room: int, plate: str, more: str) -> None:
        title = title_of(room, plate, more)
        assert "B3 · field 2 of 2" in title
        assert "acquisition 1" in title
        assert len(title) <= max(room, len("xxx… · B3 · field 2 of 2 · acquisition 1"))


class TestMeasuring:
    def test_fields_are_counted(self, screen: Path) -> None:
        facts = measured(screen, None)
        counts = {path: held.value("fields", 0) for path, held in facts.items()}
        assert counts["A/1"] == counts["B/4"] == 2
        assert counts["C/4"] == 0
        assert isinstance(counts["A/2"], Trouble)
        assert isinstance(counts["A/3"], Trouble)
        assert len(counts) == 10

    @pytest.mark.parametrize("channel", [0, 1])
    def test_values_are_those_of_the_coarsest_level_of_the_first_field(
        self, screen: Path, channel: int
    ) -> None:
        facts = measured(screen, channel)
        for path, row, column in (("A/1", 0, 0), ("B/4", 1, 3), ("C/2", 2, 1), ("C/3", 2, 2)):
            expected = coarsest(row, column)[channel]
            assert facts[path].value("mean", channel) == pytest.approx(expected.mean())
            assert facts[path].value("maximum", channel) == expected.max()
            assert facts[path].value("mean", 1 - channel) is None
            assert facts[path].channels == ("DAPI", "GFP")

    def test_why_a_well_has_no_value(self, screen: Path) -> None:
        facts = measured(screen, 0)
        troubles = {
            path: value
            for path, held in facts.items()
            if isinstance(value := held.value("mean", 0), Trouble)
        }
        assert {path: trouble.broken for path, trouble in troubles.items()} == {
            "A/2": True,
            "A/3": True,
            "B/1": True,
            "B/2": True,
            "B/3": True,
            "C/4": False,
        }
        assert "nothing is at A/2" in troubles["A/2"].why
        assert "no image is at B/1/0" in troubles["B/1"].why
        assert "B/2/0/s1 cannot be read at c/0/0/0" in troubles["B/2"].why
        assert "out of the store" in troubles["B/3"].why
        assert "no fields" in troubles["C/4"].why

    def test_a_channel_that_there_is_not(self, screen: Path) -> None:
        value = measured(screen, 2)["A/1"].value("mean", 2)
        assert value == Trouble("its first field has 2 channels", broken=False)

    def test_what_takes_too_much_is_left_out(self, screen: Path) -> None:
        size = coarsest(0, 0).nbytes
        assert isinstance(measured(screen, 0, size)["A/1"].value("mean", 0), float)
        with files_read(screen) as read:
            value = measured(screen, 0, size - 1)["A/1"].value("mean", 0)
        assert isinstance(value, Trouble)
        assert not value.broken
        assert not any("/c/" in name for name in read)

    def test_only_what_is_not_known_is_read(self, screen: Path) -> None:
        group, plate = plate_in(screen)
        well = plate.wells[0]
        first = next(measured_wells(local(screen), group, plate, [well], {}, None, MIB))
        with files_read(screen) as read:
            second = next(measured_wells(local(screen), group, plate, [well], first, 0, MIB))
        assert sorted(read) == ["A/1/0/s1/c/0/0/0", "A/1/0/s1/zarr.json", "A/1/0/zarr.json"]
        with files_read(screen) as read:
            next(measured_wells(local(screen), group, plate, [well], second, 0, MIB))
        assert read == []

    def test_no_folder_is_listed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write_plate(tmp_path / "p.zarr", 16, 24, images=False)
        group, plate = plate_in(path)
        access = local(path)
        monkeypatch.setattr(type(access), "entries", None)
        with files_read(path) as read:
            batches = list(measured_wells(access, group, plate, plate.wells, {}, None, MIB))
        assert len(read) == 384
        assert [len(facts) for facts in batches] == [BATCH] * 8

    def test_it_can_be_stopped(self, screen: Path) -> None:
        group, plate = plate_in(screen)
        asked = 0

        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked > 3

        with pytest.raises(Cancelled):
            list(measured_wells(local(screen), group, plate, plate.wells, {}, 0, MIB, cancelled))

    def test_of_version_04(self, foreign: Foreign) -> None:
        made = foreign("ome_zarr_py_plate_04")
        facts = measured(made.path, 0)
        for well in ("A/1", "A/3", "B/2"):
            data = made.arrays[f"{well}/0/s1"]
            assert data is not None
            assert facts[well].value("mean", 0) == pytest.approx(data.mean())
            assert facts[well].channels == ("",)

    @given(st.lists(st.lists(st.floats(width=32), max_size=9), max_size=4))
    def test_values_that_are_not_finite_do_not_count(self, blocks: list[list[float]]) -> None:
        found = statistics_of(np.array(block, "float32") for block in blocks)
        finite = [value for block in blocks for value in block if np.isfinite(value)]
        if not finite:
            assert isinstance(found, Trouble)
            return
        assert isinstance(found, Statistics)
        assert found.maximum == max(finite)
        assert found.mean == pytest.approx(np.mean(finite), rel=1e-6, abs=1e-30)

    @pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "uint64", "float16"])
    def test_any_kind_of_number(self, dtype: str) -> None:
        assert statistics_of([np.ones((3, 4), dtype)]) == Statistics(1.0, 1.0)

    def test_words_tell_what_a_number_is_of(self) -> None:
        assert measure_words("fields", 1, ("a", "b")) == "number of fields"
        assert measure_words("mean", 0, ("",)) == "mean of the coarsest level of field 1"
        assert measure_words("maximum", 1, ("a", "b")).endswith("of field 1, c 1 (b)")


ROOMS = st.tuples(st.integers(3, 60), st.integers(8, 200))


class TestGrid:
    @pytest.mark.parametrize(
        ("shape", "room", "well"),
        [
            ((8, 12), (36, 98), (4, 8)),  # beside the other panes of 160 × 45
            ((16, 24), (36, 98), (2, 4)),
            ((32, 48), (36, 98), (1, 2)),
            ((8, 12), (17, 78), (2, 4)),  # 80 × 24
            ((16, 24), (17, 78), (1, 3)),
        ],
    )
    def test_known_plates_fit_whole(
        self, shape: tuple[int, int], room: tuple[int, int], well: tuple[int, int]
    ) -> None:
        layout = lay_out(*shape, row_names(shape[0]), room)
        assert layout.is_whole
        assert (layout.height, layout.width) == well

    @given(st.integers(1, 60), st.integers(1, 60), ROOMS, st.data())
    def test_it_stays_in_its_room_with_the_cursor_in_sight(
        self, rows: int, columns: int, room: tuple[int, int], data: st.DataObject
    ) -> None:
        layout = lay_out(rows, columns, row_names(rows), room)
        blank = layout.width - block_width(layout)
        assert layout.size[0] <= room[0]
        assert layout.size[1] - blank <= room[1]
        for _ in range(3):
            row = data.draw(st.integers(0, rows - 1))
            column = data.draw(st.integers(0, columns - 1))
            before, layout = layout, layout.showing(row, column)
            assert row in layout.rows_in_view
            assert column in layout.columns_in_view
            assert len(layout.rows_in_view) == layout.shown[0]
            assert len(layout.columns_in_view) == layout.shown[1]
            if row in before.rows_in_view:
                assert layout.top == before.top
            line = 1 + (row - layout.top) * layout.height
            cell = layout.heading + (column - layout.left) * layout.width
            assert layout.place_at(line, cell) == (row, column)
            assert layout.place_at(0, cell) is None
            assert layout.place_at(line, layout.heading - 1) is None

    @given(st.integers(1, 60), ROOMS, st.data())
    def test_headings_stand_above_their_columns_and_apart(
        self, columns: int, room: tuple[int, int], data: st.DataObject
    ) -> None:
        names = [str(number + 1) for number in range(columns)]
        cursor = data.draw(st.integers(0, columns - 1))
        layout = lay_out(8, columns, row_names(8), room).showing(0, cursor)
        headings = column_headings(layout, names, cursor)
        assert [name for _, name, at_cursor in headings if at_cursor] == [names[cursor]]
        end = -1
        for start, name, _ in headings:
            assert start > end
            end = start + len(name)
            column = layout.place_at(1, start)
            assert column is not None
            assert names[column[1]] == name

    def test_wells_beyond_the_names_have_a_place(self) -> None:
        wells = (PlateWell("a", 2, 5), PlateWell("b", -1, -1), PlateWell("c", 10**9, 0))
        assert grid_shape(Plate("", "", ("A",), ("1",), wells)) == (3, 6)
        assert grid_shape(Plate("", "", (), (), ())) == (0, 0)


class TestColours:
    def test_lightness_only_grows(self) -> None:
        shades = [np.array(colour_of(step / 63)) for step in range(64)]
        lightness = [float(shade @ [0.299, 0.587, 0.114]) for shade in shades]
        assert all(a < b + 1 for a, b in pairwise(lightness))
        assert lightness[-1] - lightness[0] > 130
        assert len({tuple(shade) for shade in shades}) == 64

    def test_what_is_written_on_a_colour_can_be_read(self) -> None:
        for step in range(64):
            colour = colour_of(step / 63)
            assert contrast(colour, ink_on(colour)) > 4.5

    def test_parts_of_a_scale(self) -> None:
        assert scale_of([]) is None
        assert scale_of([3, 1.5]) == (1.5, 3)
        assert [part_of(value, (1, 3)) for value in (1, 2, 3)] == [0, 0.5, 1]
        assert part_of(7, (7, 7)) == 1
        assert glyph_of(0) != glyph_of(1) == "@"
        assert " " not in glyph_of(0)

    @given(st.floats(-1e12, 1e15), st.integers(0, 12))
    def test_a_number_takes_no_more_room_than_there_is(self, value: float, room: int) -> None:
        text = short_number(value, room)
        assert len(text) <= room
        if text:
            factor = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(text[-1], 1)
            assert float(text.rstrip("kMGT")) * factor == pytest.approx(value, rel=0.51)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How well two colours can be told apart, as WCAG 2 has it."""

    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_level_that_does_not_fit_its_image_is_told(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "p.zarr", 1, 4)
    changed: dict[str, Callable[[dict[str, object]], object]] = {
        "A/1/0/s1": lambda document: document.update(shape=[12, 12]),
        "A/2/0/s1": lambda document: document.update(data_type="complex64", fill_value=[0, 0]),
        "A/3/0/s1": lambda document: document.update(node_type="group"),
    }
    for node, change in changed.items():
        file = path / node / "zarr.json"
        document = json.loads(file.read_text())
        change(document)
        write_json(file, document)
    facts = measured(path, 0)
    told = {well: facts[well].value("mean", 0) for well in ("A/1", "A/2", "A/3")}
    assert all(isinstance(value, Trouble) for value in told.values())
    assert "A/1/0/s1" in str(told["A/1"])
    assert told["A/2"] == Trouble("the values of A/2/0/s1 are no intensities", broken=False)
    assert told["A/3"] == Trouble("no array is at A/3/0/s1")
    assert isinstance(facts["A/4"].value("mean", 0), float)


def test_many_label_images_and_tables_are_reached(screen: Path) -> None:
    assert image_in(screen, "A/1/1/labels/cells").multiscale.is_label
    assert image_in(screen, "A/1/1/labels/nuclei").multiscale.is_label
    assert isinstance(read_node(local(screen), "A/1/1/tables/regions"), Group)
