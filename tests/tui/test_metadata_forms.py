"""Metadata and structure changed by keys: the menu, the form, the JSON, and taking it back."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from driver import Program, opened
from editing import changed, look
from foreign.made import quiet
from textual.screen import Screen
from textual.widgets import Button, OptionList, Static, TextArea

from omezarr_tui.tui.screens.attributes import AttributesScreen
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.edit_menu import EditMenu
from omezarr_tui.tui.screens.form import FormScreen

AXES, SHAPE = "czyx", (3, 2, 8, 12)
UNUSUAL = '"lab": {"note":  "caf\\u00e9", "kept": [1.50, 2e3]}'  # as no writer would write it


class Store:
    """A small image with two label images, in one version of OME-Zarr."""

    def __init__(self, path: Path, version: str, *, consolidated: bool = False) -> None:
        self.path, self.version = path, version
        self.zarr_format = 2 if version == "0.4" else 3
        group = zarr.create_group(path, zarr_format=self.zarr_format)  # type: ignore[arg-type]
        values = np.arange(np.prod(SHAPE), dtype="uint16").reshape(SHAPE)
        self._arrays(group, values)
        self._describe(group, self._image("picture") | {"omero": self._omero()})
        labels = group.create_group("labels")
        self._describe(labels, {"labels": ["cells", "nuclei"]})
        for name in ("cells", "nuclei"):
            label = labels.create_group(name)
            self._arrays(label, values % 5)
            self._describe(label, self._image(name) | {"image-label": {}})
        group.attrs["lab"] = "here"
        if consolidated:
            with quiet():
                zarr.consolidate_metadata(path, zarr_format=self.zarr_format)  # type: ignore[arg-type]
        # By another hand than zarr's: spaces, escapes and digits that are to stay.
        text = json.dumps(self.document(), indent=3).replace('"lab": "here"', UNUSUAL)
        self.document_file().write_text(text + "\n\n")

    def _arrays(self, group: zarr.Group, values: Any) -> None:
        names = tuple(AXES) if self.zarr_format == 3 else None
        for level in range(2):
            data = values[..., :: 2**level, :: 2**level]
            group.create_array(f"s{level}", data=data, chunks=(1, 1, 8, 8), dimension_names=names)

    def _image(self, name: str) -> dict[str, Any]:
        datasets = [
            {
                "path": f"s{level}",
                "coordinateTransformations": [
                    {"type": "scale", "scale": [1.0, 0.5, 0.25 * 2**level, 0.25 * 2**level]}
                ],
            }
            for level in range(2)
        ]
        axes = [{"name": "c", "type": "channel"}] + [
            {"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"
        ]
        image = {"name": name, "axes": axes, "datasets": datasets}
        return {"multiscales": [image | ({"version": "0.4"} if self.zarr_format == 2 else {})]}

    def _omero(self) -> dict[str, Any]:
        window = {"min": 0, "max": 600, "start": 10, "end": 500}
        channels = [
            {"label": label, "color": color, "active": True, "window": dict(window)}
            for label, color in (("Lamin", "00FF00"), ("Dapi", "0000FF"), ("Actin", "FF0000"))
        ]
        return {"channels": channels, "rdefs": {"model": "color", "defaultZ": 0}}

    def _describe(self, group: zarr.Group, words: dict[str, Any]) -> None:
        ome = words if self.zarr_format == 2 else {"ome": {"version": "0.5"} | words}
        group.attrs.update(ome)

    def document_file(self, node: str = "") -> Path:
        """The file that holds the attributes of a node."""
        return self.path / node / (".zattrs" if self.zarr_format == 2 else "zarr.json")

    def text(self, node: str = "") -> str:
        return self.document_file(node).read_bytes().decode()

    def document(self, node: str = "") -> Any:
        return json.loads(self.text(node))

    def ome(self, node: str = "") -> Any:
        """What a node says of OME-Zarr, as it is stored."""
        return ome_in(self.document(node))

    def consolidated(self, node: str = "") -> Any:
        """What the consolidated copy says of a node below the root."""
        if self.zarr_format == 2:
            copy = json.loads((self.path / ".zmetadata").read_text())["metadata"]
            return copy[f"{node}/.zattrs".lstrip("/")]
        copy = self.document()["consolidated_metadata"]["metadata"]
        return ome_in(copy[node])

    @property
    def has_consolidated(self) -> bool:
        return (self.path / ".zmetadata").exists() or (
            self.zarr_format == 3 and "consolidated_metadata" in self.document()
        )


def ome_in(document: Any) -> Any:
    return document["attributes"]["ome"] if "attributes" in document else document


@pytest.fixture(params=["0.4", "0.5"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    return Store(tmp_path / "picture.ome.zarr", request.param)


@pytest.fixture(params=["0.4", "0.5"])
def consolidated(tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    return Store(tmp_path / "picture.ome.zarr", request.param, consolidated=True)


@asynccontextmanager
async def shown(store: Store, node: str = "") -> AsyncIterator[Program]:
    """Open the program, in a terminal that is quickly painted, on a store that it only reads."""
    before = look(store.path)
    async with opened(store.path, node, size=(100, 30)) as p:
        assert look(store.path) == before
        yield p


def in_front(p: Program) -> type[Screen[Any]]:
    """What kind of screen is shown."""
    return type(p.screen)


def level_count(p: Program) -> int:
    """Of how many levels the image is that the picture shows."""
    return len(p.request.image.levels)


async def choose(p: Program, item: str) -> None:
    """Choose an edit from the menu by its keys."""
    await p.press("E")
    assert in_front(p) is EditMenu
    options = p.screen.query_one(OptionList)
    wanted, at = options.get_option_index(item), options.highlighted or 0
    can = [not options.get_option_at_index(each).disabled for each in range(wanted + 1)]
    assert can[wanted], f"{item} cannot be done here"
    await p.press(*["down"] * sum(can[at + 1 :]), "enter")


async def go_to(p: Program, line: str) -> None:
    """Press Tab until a line of the form has the focus."""
    chain = [widget.id for widget in p.screen.focus_chain]
    here = chain.index(p.app.focused.id if p.app.focused else None)
    there = chain.index(line.replace(".", "_"))
    await p.hold(*["tab"] * ((there - here) % len(chain)))
    assert p.app.focused is p.screen.query_one(f"#{chain[there]}")


async def write(p: Program, line: str, text: str) -> None:
    """Type another text into a line of the form."""
    await go_to(p, line)
    await p.hold("end", "ctrl+u")
    await p.type(text)


async def fill_in(p: Program, lines: dict[str, str]) -> None:
    """Open the form, type, and go as far as the dialog that says what would change."""
    await choose(p, "fields")
    assert in_front(p) is FormScreen
    for line, text in lines.items():
        await write(p, line, text)
    await p.press("enter")
    assert in_front(p) is ConfirmScreen, p.told or p.dialog_text()


async def confirm(p: Program) -> None:
    """Write it: Cancel has the focus first."""
    assert in_front(p) is ConfirmScreen
    assert p.app.focused is p.screen.query_one("#cancel")
    await p.press("right", "enter")
    assert in_front(p) is BrowseScreen
    assert p.told[-1].startswith("Done: ")


class TestForm:
    async def test_names_and_channels_change_only_their_own_bytes(self, store: Store) -> None:
        before, expected = look(store.path), store.text()
        typed = {
            "name": ("renamed", '"name": "picture"', '"name": "renamed"'),
            "channel.0.label": ("DNA stain", '"label": "Lamin"', '"label": "DNA stain"'),
            "channel.1.color": ("#ff8800", '"color": "0000FF"', '"color": "FF8800"'),
            "rdefs.default-z": ("1", '"defaultZ": 0', '"defaultZ": 1'),
        }
        for _, old, new in typed.values():
            assert expected.count(old) == 1
            expected = expected.replace(old, new)
        async with shown(store) as p:
            await fill_in(p, {line: text for line, (text, _, _) in typed.items()})
            assert look(store.path) == before
            await confirm(p)
            assert store.text() == expected
            assert changed(before, look(store.path)) == {store.document_file().name}
            assert "DNA stain" in p.facts
            await p.press("u")
            assert "Lamin" in p.facts
        assert look(store.path) == before

    async def test_axes_get_sizes_units_names_and_types(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await fill_in(p, {"pixel-size.x": "0.3", "unit.x": "nm", "unit.y": "millimeter"})
            await confirm(p)
            [image] = store.ome()["multiscales"]
            scales = [d["coordinateTransformations"][0]["scale"] for d in image["datasets"]]
            assert scales == [[1.0, 0.5, 0.25, 0.3], [1.0, 0.5, 0.5, 0.6]]
            assert [axis.get("unit") for axis in image["axes"]] == [
                None,
                "micrometer",
                "millimeter",
                "nanometer",
            ]
            await fill_in(p, {"axis-name.1": "t", "axis-type.z": "time", "unit.z": "second"})
            await confirm(p)
            [image] = store.ome()["multiscales"]
            assert image["axes"][1] == {"name": "t", "type": "time", "unit": "second"}
            if store.zarr_format == 3:
                for level in ("s0", "s1"):
                    assert store.document(level)["dimension_names"] == ["c", "t", "y", "x"]
            assert [axis.name for axis in p.request.image.multiscale.axes] == list("ctyx")
            await p.press_each("u", "u")
            assert [axis.name for axis in p.request.image.multiscale.axes] == list("czyx")
        assert look(store.path) == before

    @pytest.mark.parametrize("store", ["0.5"], indirect=True)
    async def test_windows_are_typed_and_words_are_chosen_by_arrows(self, store: Store) -> None:
        before, written = look(store.path), store.text()
        async with shown(store) as p:
            await choose(p, "fields")
            await write(p, "channel.2.window", "20 900")
            await go_to(p, "rdefs.model")
            await p.press("right", "enter")
            await confirm(p)
            omero = store.ome()["omero"]
            assert omero["rdefs"] == {"model": "greyscale", "defaultZ": 0}
            wider = {"min": 0, "max": 900, "start": 20, "end": 900}
            assert omero["channels"][2]["window"] == wider
            assert [c["window"]["end"] for c in omero["channels"][:2]] == [500, 500]
            assert UNUSUAL in store.text()
            await p.press("u")
        assert store.text() == written
        assert look(store.path) == before

    @pytest.mark.parametrize("store", ["0.4"], indirect=True)
    async def test_what_is_wrong_is_said_while_it_is_typed_and_escape_goes_back(
        self, store: Store
    ) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "fields")
            await write(p, "channel.0.color", "green")
            go = p.screen.query_one("#go", Button)
            assert go.disabled
            assert "six hexadecimal digits" in p.dialog_text()
            await p.press("enter")
            assert in_front(p) is FormScreen
            await write(p, "channel.0.color", "FF00FF")
            assert not go.disabled
            await p.press("enter")
            assert in_front(p) is ConfirmScreen
            await p.press("escape")  # one step back: what was typed stands
            assert in_front(p) is FormScreen
            assert p.screen.values["channel.0.color"] == "FF00FF"
            await p.press("enter", "enter")  # Cancel has the focus
            assert look(store.path) == before
            await p.press("escape", "escape")
            assert in_front(p) is BrowseScreen
            await p.press("u")
            assert "no edit of this store" in p.told[-1]
        assert look(store.path) == before

    @pytest.mark.parametrize("store", ["0.4"], indirect=True)
    async def test_the_windows_on_the_screen_are_taken(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "windows")
            assert p.told[-1] == "The metadata have the contrast that is on the screen."
            await p.press("left_parenthesis")
            assert p.panel.picture is not None
            [window] = {layer.window for layer in p.panel.picture.layers if layer.channel == 0}
            assert (window.start, window.end) != (10, 500)
            await choose(p, "windows")
            assert look(store.path) == before
            await confirm(p)
            written = store.ome()["omero"]["channels"][0]["window"]
            assert written["start"] == pytest.approx(window.start, rel=1e-5)
            assert written["end"] == pytest.approx(window.end, rel=1e-5)
            await p.press("u")
        assert look(store.path) == before


async def put_cursor(p: Program, after: str) -> None:
    """Move the cursor of the text behind some words, by arrows."""
    area = p.screen.query_one(TextArea)
    at = area.text.index(after) + len(after)
    row, column = area.text.count("\n", 0, at), at - (area.text.rfind("\n", 0, at) + 1)
    here = area.cursor_location[0]
    await p.hold(*["down" if row > here else "up"] * abs(row - here), "home")
    step = column - area.cursor_location[1]
    await p.press(*["right" if step > 0 else "left"] * abs(step))
    assert area.cursor_location == (row, column)


def verdict(p: Program) -> str:
    assert in_front(p) is AttributesScreen
    return str(p.screen.query_one("#verdict", Static).render())


class TestJson:
    async def test_names_are_completed_and_all_other_bytes_stay(self, store: Store) -> None:
        before, written = look(store.path), store.text()
        async with shown(store) as p:
            await choose(p, "attributes")
            await put_cursor(p, '"label": "Dapi",')
            await p.type(' "coe')
            await p.press("ctrl+n")
            assert '"label": "Dapi", "coefficient": ' in p.screen.text
            await p.type("0.5,")
            await put_cursor(p, '"note": "café')
            await p.type("s")
            await p.press("ctrl+s")
            assert look(store.path) == before
            await confirm(p)
            expected = written.replace("caf\\u00e9", "cafés")
            assert store.ome()["omero"]["channels"][1].pop("coefficient") == 0.5
            rest = store.text().splitlines()
            added = [line for line in rest if line not in expected.splitlines()]
            kept = [line for line in expected.splitlines() if line not in rest]
            assert sum("coefficient" in line for line in added) == 1
            assert "".join(added).count("caf") == "".join(kept).count("caf") <= 1
            assert '"kept": [1.50, 2e3]' in store.text()
            assert store.text().endswith("\n\n")
            await p.press("u")
        assert look(store.path) == before

    @pytest.mark.parametrize("store", ["0.4"], indirect=True)
    async def test_the_rules_judge_while_it_is_typed(self, store: Store) -> None:
        async with shown(store) as p:
            await choose(p, "attributes")
            assert verdict(p)
            start = verdict(p)
            await put_cursor(p, '"color": "00FF')
            await p.press("x")
            assert "/omero/channels/0/color" in verdict(p)
            await p.press("backspace")
            assert verdict(p) == start

    @pytest.mark.parametrize("store", ["0.5"], indirect=True)
    async def test_what_is_no_json_is_told_by_its_place_and_kept(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "attributes")
            await put_cursor(p, '"name": "picture"')
            row = p.screen.query_one(TextArea).cursor_location[0] + 1
            await p.type(" oops")
            assert verdict(p).startswith(f"line {row}, column ")
            assert p.screen.query_one("#go", Button).disabled
            await p.press("ctrl+s")
            assert in_front(p) is AttributesScreen
            await p.press("escape")
            assert in_front(p) is BrowseScreen
            await choose(p, "attributes")
            assert '"name": "picture" oops' in p.screen.text
            await put_cursor(p, '"name": "picture" oops')
            await p.press(*["backspace"] * 5)
            assert not p.screen.query_one("#go", Button).disabled
            await p.press("ctrl+s")
            assert p.told[-1]  # nothing would change
            await p.press("escape")
        assert look(store.path) == before

    async def test_the_consolidated_copy_follows(self, consolidated: Store) -> None:
        store, node = consolidated, "labels/cells"
        before = look(store.path)
        async with shown(store, node) as p:
            await choose(p, "attributes")
            await put_cursor(p, '"name": "cells')
            await p.type("!")
            await p.press("ctrl+s")
            await confirm(p)
            for told in (store.ome(node), store.consolidated(node)):
                assert told["multiscales"][0]["name"] == "cells!"
            assert UNUSUAL in store.text()
            await p.press("u")
        assert look(store.path) == before


class TestStructure:
    async def test_a_label_image_is_renamed_in_the_list_of_labels(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store, "labels/cells") as p:
            await choose(p, "rename")
            await p.press("ctrl+u", "enter")
            assert in_front(p) is FormScreen  # no name is no name
            await p.type("grains")
            await p.press("enter", "escape")
            assert p.screen.values == {"name": "grains"}
            assert look(store.path) == before
            await p.press("enter")
            await confirm(p)
            assert store.ome("labels")["labels"] == ["grains", "nuclei"]
            assert p.node.path == "labels/grains"
            assert any("grains" in row for row in p.rows)
            assert not any("cells" in row for row in p.rows)
            await p.press("u")
            assert any("cells" in row for row in p.rows)
        assert look(store.path) == before

    async def test_a_label_image_is_copied(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store, "labels/cells") as p:
            await choose(p, "copy-node")
            await p.type("2")
            await p.press("enter")
            assert look(store.path) == before
            await confirm(p)
            after = look(store.path)
            assert store.ome("labels")["labels"] == ["cells", "nuclei", "cells2"]
            inside = {k: v for k, v in after.items() if k.startswith("labels/cells2/")}
            assert inside == {
                key.replace("labels/cells/", "labels/cells2/"): value
                for key, value in before.items()
                if key.startswith("labels/cells/")
            }
            assert any("cells2" in row for row in p.rows)
            await p.press("u")
        assert look(store.path) == before

    async def test_a_label_image_is_deleted_with_its_place_in_the_list(
        self, consolidated: Store
    ) -> None:
        store, before = consolidated, look(consolidated.path)
        async with shown(store, "labels/cells") as p:
            await choose(p, "delete")
            await p.press("escape")
            assert in_front(p) is BrowseScreen
            assert look(store.path) == before
            await choose(p, "delete")
            await confirm(p)
            assert not (store.path / "labels/cells").exists()
            for told in (store.ome("labels"), store.consolidated("labels")):
                assert told["labels"] == ["nuclei"]
            with pytest.raises(KeyError):
                store.consolidated("labels/cells")
            assert p.node.path == "labels"
            await p.press("right")
            assert any("nuclei" in row for row in p.rows)
            assert not any("cells" in row for row in p.rows)
            await p.press("u")
            await p.press("right")
            assert any("cells" in row for row in p.rows)
        assert look(store.path) == before

    async def test_a_level_is_dropped(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "drop")
            await p.press("enter", "escape", "escape")
            assert look(store.path) == before
            await choose(p, "drop")
            await p.press("enter")
            await confirm(p)
            assert [d["path"] for d in store.ome()["multiscales"][0]["datasets"]] == ["s0"]
            assert not (store.path / "s1").exists()
            assert UNUSUAL in store.text()
            assert level_count(p) == 1
            assert not any("s1" in row for row in p.rows)
            await p.press("u")
            assert level_count(p) == 2
        assert look(store.path) == before

    async def test_a_coarser_level_is_added(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "add")
            assert look(store.path) == before
            await confirm(p)
            [*_, added] = store.ome()["multiscales"][0]["datasets"]
            scale = added["coordinateTransformations"][0]["scale"]
            assert (added["path"], scale) == ("s2", [1.0, 0.5, 1.0, 1.0])
            made = np.asarray(zarr.open_array(store.path, path="s2", mode="r")[...])
            s1 = np.asarray(zarr.open_array(store.path, path="s1", mode="r")[...])
            np.testing.assert_array_equal(made, s1[..., ::2, ::2])  # as s1 was made
            assert level_count(p) == 3
            assert any("s2" in row for row in p.rows)
            await p.press("u")
        assert look(store.path) == before

    async def test_channels_are_put_in_another_order_and_one_is_deleted(self, store: Store) -> None:
        before = look(store.path)
        old = np.asarray(zarr.open_array(store.path, path="s0", mode="r")[...])
        async with shown(store) as p:
            await choose(p, "channels")
            await p.press("ctrl+u")
            await p.type("2,9")
            assert "channels are 0 to 2" in p.dialog_text()
            await p.press("backspace", "0", "enter")
            assert look(store.path) == before
            await confirm(p)
            labels = [channel["label"] for channel in store.ome()["omero"]["channels"]]
            assert labels == ["Actin", "Lamin"]
            new = np.asarray(zarr.open_array(store.path, path="s0", mode="r")[...])
            np.testing.assert_array_equal(new, old[[2, 0]])
            assert UNUSUAL in store.text()
            assert "Actin" in p.facts
            assert "Dapi" not in p.facts
            await p.press("u")
        assert look(store.path) == before

    async def test_metadata_are_consolidated_and_no_longer(self, store: Store) -> None:
        before = look(store.path)
        async with shown(store) as p:
            await choose(p, "consolidate")
            await p.press("escape")
            assert look(store.path) == before
            await choose(p, "consolidate")
            await confirm(p)
            assert store.consolidated("labels")["labels"] == ["cells", "nuclei"]
            with_copy = look(store.path)
            await choose(p, "unconsolidate")
            await confirm(p)
            assert not store.has_consolidated
            await p.press("u")
            assert look(store.path) == with_copy
            await p.press("u")
        assert look(store.path) == before


@pytest.mark.parametrize("store", ["0.5"], indirect=True)
async def test_the_menu_says_why_something_cannot_be_done(store: Store) -> None:
    async with shown(store) as p:
        await p.press("E")
        options = p.screen.query_one(OptionList)
        rename = options.get_option("rename")
        assert rename.disabled
        assert "this is the root" in str(rename.prompt)
        assert not options.get_option("channels").disabled
        await p.press("escape")
        assert in_front(p) is BrowseScreen
