"""Plates in the program: the grid of wells, and from field to field within the preview."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from doubles import CountingAccess, GatedAccess
from driver import SMALL, SMALLEST, WIDE, Program, frame_of, lines, opened, text_of
from foreign import Foreign
from foreign.made import write_json
from remote import Start, hangs
from servers.buckets import upload
from servers.faults import Hang
from servers.proxy import Proxy
from servers.s3 import S3Server
from wells import coarsest, write_group, write_image, write_plate

from omezarr_tui.image.plate_grid import GLYPHS, colour_of
from omezarr_tui.ome.model import Window
from omezarr_tui.store.node import Group
from omezarr_tui.tui import messages
from omezarr_tui.tui.widgets.picture_pane import PicturePane
from omezarr_tui.tui.widgets.plate_bar import PlateBar
from omezarr_tui.tui.widgets.plate_view import PlateView


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plate of 3 × 4 places, A4 not listed, B2 missing, C4 without a field. Read it only."""
    path = tmp_path_factory.mktemp("plates") / "screen.ome.zarr"
    wells = [(r, c) for r in range(3) for c in range(4) if (r, c) != (0, 3)]
    write_plate(path, 3, 4, wells=wells, fields=lambda r, c: 0 if (r, c) == (2, 3) else 1 + r,
                acquisitions=2)  # fmt: skip
    (path / "B/2/zarr.json").unlink()
    for well, names in (("B/1", ["nuclei", "cells"]), ("B/3", ["nuclei"])):
        write_group(path / well / "1/labels", {"labels": names})
        for name in names:
            write_image(path / well / "1/labels" / name, coarsest(1, 1)[0] // 9, label=True)
    write_group(path / "B/1/1/tables")
    write_group(path / "B/1/1/tables/regions")
    return path


@pytest.fixture(scope="module")
def plate_384(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plate of 16 × 24 wells, with their documents only. Read it only."""
    return write_plate(tmp_path_factory.mktemp("plates") / "p384.zarr", 16, 24, images=False)


class CountingDocuments(CountingAccess):
    """Notes which wells were asked for too."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.wells: list[str] = []

    def documents(self, paths, zarr_format):  # type: ignore[no-untyped-def]
        self.wells += [path for path in paths if path.count("/") == 1]
        return super().documents(paths, zarr_format)


def grid(p: Program) -> str:
    return p.browse.plate_view.plain_text


def bar(p: Program) -> list[str]:
    return [line.strip() for line in lines(p.browse.query_one(PlateBar))]


def title(p: Program) -> str:
    return str(p.panel.border_title)


def over(p: Program) -> tuple[str, int] | None:
    """The label image over the picture, and its opacity."""
    assert p.panel.picture is not None
    assert p.panel.picture.request == p.request
    overlay = p.request.overlay
    assert (p.panel.picture.labels is None) == (overlay is None)
    return overlay and (overlay.labels.multiscale.path, overlay.opacity)


def cells(p: Program, name: str) -> list[str]:
    """What stands in the wells of a row, from left to right, without the cursor's brackets."""
    row = next(line for line in grid(p).splitlines() if line.split()[:1] == [name])
    return row.replace("[", " ").replace("]", " ").split()[1:]


class TestGrid:
    async def test_a_plate_shows_its_wells(self, screen: Path) -> None:
        async with opened(screen) as p:
            assert p.panel.shows_plate
            assert not p.panel.view.display
            head = grid(p).split("\n")
            assert next(line.split() for line in head if "4" in line) == ["1", "2", "3", "4"]
            assert cells(p, "A") == ["1", "1", "1", "·"]
            assert cells(p, "B") == ["2", "✗", "2", "2"]
            assert cells(p, "C") == ["3", "3", "3", "0"]
            assert title(p) == "plate screen · A1 · 1 field"
            assert bar(p) == [
                "A1   1 field   acquisition 1 (run 1)",
                "0 ▕            ▏ 3   A1: 1",
                "number of fields · 10 of 11 wells · 1 broken",
            ]

    async def test_keys_move_the_cursor(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3")
            assert p.browse.where == "plate"
            seen = []
            for key in ("right", "down", "l", "j", "left", "up", "h", "k", "up", "end", "home"):
                await p.press(key)
                seen.append(p.browse.plate_view.cursor_name)
            assert seen == ["A2", "B2", "B3", "C3", "C2", "B2", "B1", "A1", "A1", "A4", "A1"]
            await p.press("pagedown", "end")
            assert title(p) == "plate screen · C4 · 0 fields"
            await p.press("pageup")
            assert bar(p)[0] == "A4   the plate lists no well here"

    async def test_keys_of_wells_move_to_wells_that_are_listed(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("n", "n", "n")
            assert p.browse.plate_view.cursor_name == "B1"
            await p.press("N")
            assert p.browse.plate_view.cursor_name == "A3"
            await p.press("N", "N", "N")
            assert p.told == ["This is the first well of screen."]

    async def test_measures_are_of_what_the_bar_says(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3", "m")
            means = {
                name: coarsest(row, column)[0].mean()
                for name, row, column in (("A1", 0, 0), ("A2", 0, 1), ("C3", 2, 2))
            }
            assert cells(p, "C")[3] == "–"
            assert float(cells(p, "A")[1]) == pytest.approx(means["A2"], rel=1e-3)
            assert f"A1: {means['A1']:.4g}" in bar(p)[1]
            assert bar(p)[2] == (
                "mean of the coarsest level of field 1, c 0 (DAPI) · 9 of 11 wells"
                " · 1 broken · 1 without values"
            )
            await p.press("c")
            assert "c 1 (GFP)" in bar(p)[2]
            assert float(cells(p, "C")[2]) == pytest.approx(coarsest(2, 2)[1].mean(), rel=1e-3)
            await p.press("m")
            assert bar(p)[2].startswith("maximum of the coarsest level of field 1, c 1 (GFP)")
            assert float(cells(p, "A")[0]) == coarsest(0, 0)[1].max()
            await p.press("m")
            assert bar(p)[2].startswith("number of fields")

    async def test_colours_go_from_the_least_to_the_greatest(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3", "m")
            view = p.browse.plate_view
            assert colours(view) >= {colour_of(0), colour_of(1)}
            await p.press("v")
            assert colours(view) == set()
            assert cells(p, "B")[1] == "✗"

    async def test_without_room_for_numbers_there_are_glyphs(self, tmp_path: Path) -> None:
        path = write_plate(
            tmp_path / "p.zarr", 2, 28, fields=lambda row, column: 40 * column, images=False
        )
        async with opened(path, size=(100, 30)) as p:
            assert cells(p, "B") == []
            await p.press("3", "v")
            glyphs = cells(p, "B")[0]
            assert len(glyphs) == 56
            assert "".join(dict.fromkeys(glyphs)) == GLYPHS
            assert sorted(glyphs, key=GLYPHS.index) == list(glyphs)

    @pytest.mark.parametrize("size", [WIDE, (100, 30), SMALL, SMALLEST])
    async def test_headings_stay_where_the_room_is_too_small(
        self, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        path = write_plate(tmp_path / "kilo.zarr", 32, 48, images=False)
        async with opened(path, size=size) as p:
            await p.press("3")
            await p.press(*["pagedown"] * 4, "end")
            rows = [line for line in grid(p).splitlines() if line.strip()]
            assert rows[0].split()[-1] == "48"
            assert rows[-1].split()[0].startswith("AF")
            assert "[]" in rows[-1]
            assert p.browse.plate_view.cursor_name == "AF48"
            whole = size == WIDE
            assert (p.browse.plate_view.in_sight is None) == whole
            assert ("columns" in title(p)) == (size == SMALL)

    async def test_only_wells_in_sight_are_looked_at(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "kilo.zarr", 32, 48, images=False)
        access = CountingDocuments(path)
        async with opened(path, size=SMALL, access=access) as p:
            assert access.wells == []  # the hierarchy has all the room
            await p.press("3")
            assert len(access.wells) == 16 * 37
            assert not any(well.startswith("Q/") for well in access.wells)
            await p.press("pagedown")
            assert len(access.wells) == 17 * 37
            assert len(set(access.wells)) == 17 * 37

    async def test_no_folder_is_listed_but_for_the_hierarchy(self, plate_384: Path) -> None:
        access = CountingDocuments(plate_384)
        async with opened(plate_384, access=access) as p:
            assert "all 384 wells" in bar(p)[2]
            assert access.listed == [""]
            assert len(access.wells) == 384

    async def test_a_click_moves_and_another_opens(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.click(p.browse.plate_view, "3", after="C ")
            assert p.browse.plate_view.cursor_name == "C1"
            await p.click(p.browse.plate_view, "3", after="C ")
            assert p.node.path == "C/1/0"

    async def test_the_wheel_moves_too(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.wheel(p.browse.plate_view, down=True)
            assert p.browse.plate_view.cursor_name == "B1"
            await p.wheel(p.browse.plate_view, down=False)
            assert p.browse.plate_view.cursor_name == "A1"

    async def test_what_is_odd_is_shown_as_plain_text(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p.zarr", 2, 2, images=False, name="[/b]\x1b[31m")
        document = {"name": "[red]x", "rows": [{"name": "\x07[/]"}, {}], "columns": "none"}
        wells = [{"path": "A/1"}, {"path": "../up"}, {"path": "B/2", "rowIndex": 7}]
        write_group(path, {"plate": document | {"wells": wells}})
        async with opened(path) as p:
            assert "[red]x" in title(p)
            assert "\x07" not in grid(p)
            await p.press("3", "down", "down", "right")
            assert "\x1b" not in "".join(bar(p))


def colours(view: PlateView) -> set[tuple[int, int, int]]:
    """The colours that wells stand on."""
    view.plain_text  # noqa: B018 - which gathers what is drawn
    found = set()
    for y in range(view.size.height):
        for segment in view.render_line(y):
            style = segment.style
            if style and style.bgcolor and style.bgcolor.triplet and segment.text.strip(" ░·✗–▀"):
                found.add(tuple(style.bgcolor.triplet))
    ramp = {colour_of(step / 63) for step in range(64)}
    return found & ramp


class TestOpening:
    async def test_a_well_opens_its_first_field(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3", "down", "down", "right", "enter")
            assert p.node.path == p.cursor.path == "C/2/0"
            assert p.browse.where == "picture"
            assert p.picture == "\n".join(frame_of(screen, p.request).lines)
            assert title(p).startswith(
                "plate screen · C2 · field 1 of 3 · acquisition 1 (run 1) · s0 · 2 × 24 × 24"
            )
            await p.press("escape")
            assert p.panel.shows_plate
            assert p.browse.where == "plate"
            assert p.browse.plate_view.cursor_name == "C2"
            assert isinstance(p.node, Group)
            assert p.node.path == p.cursor.path == ""
            await p.press("escape")
            assert p.browse.where == "hierarchy"

    async def test_what_was_measured_is_kept(self, screen: Path) -> None:
        access = CountingDocuments(screen)
        async with opened(screen, access=access) as p:
            await p.press("3", "m", "enter")
            access.wells.clear()
            before = len(p.heard(messages.WellsMeasured))
            await p.press("escape")
            assert "9 of 11 wells" in bar(p)[2]
            assert len(p.heard(messages.WellsMeasured)) == before
            assert access.wells == []

    async def test_why_a_well_does_not_open(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3", "down", "right", "enter")
            assert p.told == ["Well B2 cannot be opened\n  nothing is at B/2, the plate lists it"]
            assert p.browse.where == "plate"
            await p.press("down", "right", "right", "enter")
            assert p.told[1:] == ["Well C4 cannot be opened\n  it lists no fields"]
            assert p.panel.shows_plate

    async def test_a_well_in_the_hierarchy_is_shown_on_its_plate(self, screen: Path) -> None:
        async with opened(screen, "B/3") as p:
            assert p.panel.shows_plate
            assert title(p) == "plate screen · B3 · 2 fields"
            await p.press("3", "enter")
            assert p.node.path == "B/3/0"

    async def test_a_row_that_has_no_document(self, foreign: Foreign, tmp_path: Path) -> None:
        path = shutil.copytree(foreign("ome_zarr_py_plate_04").path, tmp_path / "p.zarr")
        (path / "A/.zgroup").unlink()
        async with opened(path) as p:
            await p.press("3", "enter")
            assert title(p).startswith("plate screen · A1 · field 1 of 2")
            assert p.picture == "\n".join(frame_of(path, p.request).lines)
            assert p.cursor.path == ""

    async def test_a_broken_field_is_shown_as_broken(self, screen: Path, tmp_path: Path) -> None:
        path = shutil.copytree(screen, tmp_path / "p.zarr")
        (path / "A/1/0/zarr.json").write_text("{")
        async with opened(path) as p:
            await p.press("3", "enter")
            assert title(p).startswith("plate screen · A1 · field 1 of 1 · acquisition 1")
            assert "zarr.json" in p.picture
            await p.press("n")
            assert p.node.path == "A/2/0"


class TestFromFieldToField:
    async def test_the_view_is_kept(self, screen: Path) -> None:
        async with opened(screen, "C/1/1") as p:
            await p.press("3", "c", "full_stop", "plus", "right", "v", "i", "w")
            await p.press("right_parenthesis")
            before = p.request
            assert before.view.index[0] == 1
            assert isinstance(before.look.channel(1).window, Window)
            for key, path in (("n", "C/2/1"), ("f", "C/2/2"), ("F", "C/2/1"), ("N", "C/1/1")):
                await p.press(key)
                assert p.node.path == p.cursor.path == path
                request = p.request
                assert (request.view, request.look) == (before.view, before.look)
                assert (request.look.rendering, request.look.invert) == ("half", True)
                assert p.browse.where == "picture"
                assert p.panel.picture is not None
                assert p.panel.picture.request == request

    async def test_as_near_as_the_sizes_allow(self, screen: Path, tmp_path: Path) -> None:
        path = shutil.copytree(screen, tmp_path / "p.zarr")
        shutil.rmtree(path / "A/2/0")
        write_image(path / "A/2/0", coarsest(0, 1)[0])
        async with opened(path, "A/1/0") as p:
            await p.press("3", "c", "full_stop", "right_square_bracket", "n")
            assert p.request.view.index == (11, 11)
            assert p.request.level == 1
            await p.press("n")
            assert p.request.view.index[1:] == (11, 11)

    async def test_the_plate_remembers_how_its_fields_were_seen(self, screen: Path) -> None:
        async with opened(screen) as p:
            await p.press("3", "enter", "c", "full_stop", "escape", "right", "enter")
            assert p.node.path == "A/2/0"
            assert p.request.view.index[0] == 1

    async def test_the_hierarchy_leads_to_the_same(self, screen: Path) -> None:
        async with opened(screen, "B/1/0") as p:
            assert p.browse.where == "hierarchy"
            assert title(p).startswith("plate screen · B1 · field 1 of 2")
            await p.press("f")
            assert p.node.path == p.cursor.path == "B/1/1"
            assert p.browse.where == "hierarchy"
            await p.press("3", "escape")
            assert p.browse.plate_view.cursor_name == "B1"

    async def test_label_images_and_levels_go_along(self, screen: Path) -> None:
        async with opened(screen, "B/1/1/labels/nuclei") as p:
            assert "field 2 of 2 · acquisition 2 (run 2) · labels/nuclei" in title(p)
            await p.press("n")
            assert p.node.path == "B/3/1/labels/nuclei"
            assert p.told[0].startswith("Well B2 cannot be opened")
            await p.press("n")
            assert p.node.path == "B/4/1"  # which has none
            await p.press("N", "N")
            assert p.node.path == "B/1/1"

    async def test_a_label_image_over_one_lies_over_the_next(self, screen: Path) -> None:
        async with opened(screen, "B/3/0") as p:
            await p.press("3", "f", "L", "O")
            assert over(p) == ("B/3/1/labels/nuclei", 25)
            await p.press("n")
            assert (p.node.path, over(p)) == ("B/4/1", None)  # which has none
            await p.press("N")
            assert over(p) == ("B/3/1/labels/nuclei", 25)
            assert p.told == []
            await p.press("N")  # past B2, which is broken
            assert over(p) == ("B/1/1/labels/nuclei", 25)
            assert p.panel.picture is not None
            assert p.picture == "\n".join(frame_of(screen, p.request).lines)
            await p.press("escape", "right", "right", "enter", "f")
            assert over(p) == ("B/3/1/labels/nuclei", 25)

    async def test_it_is_kept_when_keys_come_fast(self, screen: Path) -> None:
        async with opened(screen, "B/1/1") as p:
            await p.press("3", "L", "L")
            assert over(p) == ("B/1/1/labels/cells", 50)
            await p.hold("F", "N", "n", "f")
            await p.settle()
            assert over(p) == ("B/1/1/labels/cells", 50)

    async def test_one_that_was_taken_away_stays_away(self, screen: Path) -> None:
        async with opened(screen, "B/3/1") as p:
            await p.press("3", "L", "n", "N")
            assert over(p) == ("B/3/1/labels/nuclei", 50)
            await p.press("L", "n", "N")
            assert over(p) is None
            await p.press("L", "n", "L", "N")
            assert over(p) is None  # nor where L was pressed with none to see
            await p.press("L", "n")
            p.tree.reveal("B/4/0")  # something else was chosen
            await p.settle()
            await p.press("N", "f")
            assert (p.node.path, over(p)) == ("B/3/1", None)

    async def test_one_that_is_broken_is_left_out(self, screen: Path, tmp_path: Path) -> None:
        path = shutil.copytree(screen, tmp_path / "p.zarr")
        (path / "B/1/1/labels/nuclei/zarr.json").write_text("{")
        async with opened(path, "B/3/1") as p:
            await p.press("3", "L", "N")
            assert (p.node.path, over(p)) == ("B/1/1", None)
            assert [told for told in p.told if "nuclei" in told] == []

    async def test_the_same_field_or_the_last_one(self, screen: Path) -> None:
        async with opened(screen, "B/1/1") as p:
            await p.press("N")
            assert p.node.path == "A/3/0"

    async def test_the_ends_are_told(self, screen: Path) -> None:
        async with opened(screen, "A/1/0") as p:
            await p.press("N", "F", "f")
            assert p.told == [
                "This is the first well of screen.",
                "This is the first field of A1 (1 field).",
                "This is the last field of A1 (1 field).",
            ]
            assert p.node.path == "A/1/0"
        async with opened(screen, "C/3/0") as p:
            await p.press("n")  # C4 has no field
            assert p.node.path == "C/3/0"
            assert p.told == ["Well C4 cannot be opened\n  it lists no fields"]
            await p.press("N")
            assert p.node.path == "C/2/0"

    async def test_elsewhere_the_keys_do_nothing(self, volume: Path) -> None:
        async with opened(volume) as p:
            before = p.request
            await p.press("n", "N", "f", "F")
            assert p.request == before
            assert p.told == []
            assert "well" not in p.keys

    async def test_the_newest_request_wins(self, screen: Path) -> None:
        access = GatedAccess(screen)
        async with opened(screen, "C/1/0", access=access) as p:
            asked = len(p.heard(PicturePane.Wanted))
            access.hold_documents = True
            access.gate.clear()
            await p.hold("n", "n")
            access.gate.set()
            await p.settle()
            assert p.node.path == p.cursor.path == "C/3/0"
            assert len(p.heard(PicturePane.Wanted)) == asked + 1

    async def test_what_is_chosen_meanwhile_stays(self, screen: Path) -> None:
        access = GatedAccess(screen)
        async with opened(screen, "C/1/0", access=access) as p:
            access.hold_documents = True
            access.gate.clear()
            await p.hold("n")
            await p.hold("p")
            access.gate.set()
            await p.settle()
            assert p.node.path == "C/1"


class TestStopping:
    async def test_measuring_stops_and_goes_on(self, screen: Path) -> None:
        access = GatedAccess(screen)
        async with opened(screen, access=access) as p:
            await p.press("3")
            access.gate.clear()
            await p.hold("m")
            await p.until(lambda: access.asked)
            await p.until(lambda: "reading" in str(p.panel.border_subtitle))
            assert "░" in grid(p)
            await p.hold("escape")
            assert p.browse.where == "plate"
            access.gate.set()
            await p.settle()
            assert str(p.panel.border_subtitle) == ""
            assert "0 of 11 wells" in bar(p)[2]
            await p.press("r")
            assert "9 of 11 wells" in bar(p)[2]

    async def test_opening_a_field_stops_it(self, screen: Path) -> None:
        access = GatedAccess(screen)
        async with opened(screen, access=access) as p:
            await p.press("3")
            access.gate.clear()
            await p.hold("m")
            await p.until(lambda: access.asked)
            await p.hold("enter")
            await p.until(lambda: p.node.path == "A/1/0")
            access.gate.set()
            await p.settle()
            assert p.picture == "\n".join(frame_of(screen, p.request).lines)
            assert p.browse.plate_view.counts[0] == 0

    async def test_what_was_mended_is_seen_after_reading_again(
        self, screen: Path, tmp_path: Path
    ) -> None:
        path = shutil.copytree(screen, tmp_path / "p.zarr")
        async with opened(path) as p:
            await p.press("3")
            assert cells(p, "B")[1] == "✗"
            write_group(path / "B/2", {"well": {"images": [{"path": "0"}]}})
            await p.press("r")
            assert cells(p, "B")[1] == "1"


async def test_a_plate_that_was_changed_is_read_again(screen: Path, tmp_path: Path) -> None:
    path = shutil.copytree(screen, tmp_path / "p.zarr")
    async with opened(path, "A/1/0") as p:
        assert title(p).startswith("plate screen · A1")
        document = json.loads((path / "zarr.json").read_text())
        document["attributes"]["ome"]["plate"]["name"] = "renamed"
        write_json(path / "zarr.json", document)
        p.browse.work.read_again([""])
        await p.settle()
        assert title(p).startswith("plate renamed · A1")


class TestOverANetwork:
    @pytest.fixture
    def url(self, screen: Path, uploaded: S3Server) -> str:
        upload(uploaded.bucket("public"), screen, "plates/screen.ome.zarr/")
        return "s3://public/plates/screen.ome.zarr"

    async def test_each_document_is_asked_for_once(
        self, url: str, start: Start, proxy: Proxy, screen: Path
    ) -> None:
        async with start(url) as p:
            assert cells(p, "B") == ["2", "✗", "2", "2"]
            await p.press("3", "m")
            assert "9 of 11 wells" in bar(p)[2]
            asked = Counter(r.path for r in proxy.requests if r.path.endswith("/zarr.json"))
            assert [path for path, count in asked.items() if count > 1] == []
            chunks = [r.path for r in proxy.requests if "/c/" in r.path]
            assert len(chunks) == 9
            before = len(proxy.requests)
            await p.press("enter")
            assert p.node.path == p.cursor.path == "A/1/0"
            assert p.picture == "\n".join(frame_of(screen, p.request).lines)
            assert len(proxy.requests) - before < 12

    async def test_a_server_that_hangs_keeps_nobody(
        self, url: str, start: Start, proxy: Proxy
    ) -> None:
        async with start(url) as p:
            await p.press("3")
            proxy.fail(Hang(), where=lambda request: "/c/" in request.path)
            await p.hold("m")
            await p.until(lambda: hangs(proxy))
            await p.hold("right", "down")
            assert p.browse.plate_view.cursor_name == "B2"
            await p.hold("escape")
            await p.until(lambda: not hangs(proxy))
            await p.settle()
            assert p.browse.where == "plate"
            assert "0 of 11 wells" in bar(p)[2]
            proxy.heal()
            await p.press("r")
            assert "9 of 11 wells" in bar(p)[2]


async def test_the_keys_here_are_told(screen: Path) -> None:
    async with opened(screen) as p:
        await p.press("3")
        for word in ("move", "open", "measure", "channel", "view"):
            assert word in p.keys
        assert "level" not in p.keys
        await p.press("question_mark")
        assert "On the plate" in text_of(p.screen.query_one("#help-keys"))


async def test_sparse_and_empty_plates(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "sparse.zarr", 8, 12, wells=[(7, 11)], images=False)
    async with opened(path) as p:
        assert p.browse.plate_view.cursor_name == "H12"
        assert grid(p).count("·") == 95
    write_json(path / "zarr.json", {"zarr_format": 3, "node_type": "group",
               "attributes": {"ome": {"version": "0.5", "plate": {}}}})  # fmt: skip
    async with opened(path) as p:
        assert p.panel.shows_plate
        await p.press("3", "right", "enter", "m", "n")
        assert p.panel.shows_plate
