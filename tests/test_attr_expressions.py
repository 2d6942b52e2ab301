"""What is typed to change attributes: fields, pointers, keys, values, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from foreign.made import group_document, write_json
from ome_documents import document, edited

from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.described import Described, describe_node
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import REMOVED
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location

VERSIONS = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]
PLAIN = {"a": {"b": [1, {"c": 2}], "d.e": 3, "": 4}, "name": "x", "f/g": 5}


def plain(**attributes: Any) -> Described:
    """A node that is no image."""
    return Described("node", 3, {**PLAIN, **attributes})


def made(node: Described, *expressions: str) -> Any:
    """The attributes after expressions."""
    return node.after(attr_edit(node, expressions).changes).attributes


class TestValues:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("5", 5),
            ("-2.50", -2.5),
            ("true", True),
            ("null", None),
            ('"5"', "5"),
            ('""', ""),
            ("bare word", "bare word"),
            (" µm ", "µm"),
            ("[1, 2.0]", [1, 2.0]),
            ('{"k": {"l": []}}', {"k": {"l": []}}),
            ("a=b=c", "a=b=c"),
            ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
            ("1e999", "1e999"),
            ("007", "007"),
        ],
    )
    def test_a_value_is_json_or_a_bare_word(self, typed: str, value: Any) -> None:
        new = made(plain(), f"/new={typed}")["new"]
        assert (new, type(new)) == (value, type(value))

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ("[1, 2", "the value is no JSON"),
            ('{"a": 1,}', "take the comma away"),
            ('"open', "the value is no JSON"),
            ('{"a": 1}, "b": 2', "something follows"),
            ('{"a": 1, "a": 2}', "'a' stands twice"),
            ("[NaN]", "JSON has no NaN"),
            ("", 'write "" for an empty text, or -/new'),
        ],
    )
    def test_a_value_that_is_none(self, typed: str, told: str) -> None:
        with pytest.raises(UserError) as error:
            attr_edit(plain(), [f"/new={typed}"])
        assert told in error.value.why
        assert error.value.what.startswith("/new=")


class TestPlaces:
    @pytest.mark.parametrize(
        ("expression", "at", "value"),
        [
            ("/a/b/0=7", "/a/b/0", 7),
            ("a.b.1.c=7", "/a/b/1/c", 7),
            ("/a/d.e=7", "/a/d.e", 7),
            ("/f~1g=7", "/f~1g", 7),
            ("/a/b/-=7", "/a/b/-", 7),
            ("a.b.-=7", "/a/b/-", 7),
            ("a.new=7", "/a/new", 7),
            ("/a/=7", "/a/", 7),
            ("name=y", "/name", "y"),
            ("-a.b.1", "/a/b/1", REMOVED),
            ("-/f~1g", "/f~1g", REMOVED),
            ("-name", "/name", REMOVED),
        ],
    )
    def test_what_a_place_means(self, expression: str, at: str, value: Any) -> None:
        changes = attr_edit(plain(), [expression]).changes
        assert [(c.node, c.document, c.pointer) for c in changes] == [("node", "attributes", at)]
        assert changes[0].value is value or changes[0].value == value

    @pytest.mark.parametrize(
        ("expression", "told"),
        [
            ("/b/c=1", "there is no b in the attributes: there are a, name and f/g"),
            ("a.x.y=1", "there is no x in /a: there are b, d.e"),
            ("a.b.2=1", "a list of 2; - as the place adds"),
            ("a.b.01=1", "no 01 in /a/b"),
            ("name.x=1", "no object and no list"),
            ("-nothing", "no nothing in the attributes"),
            ("-/a/b/-", "no - in /a/b"),
            ("a.b", "it has no ="),
            ("=5", "does not say what"),
            ("-", "does not say what"),
            ("pixel-size.z=1", "no image and no plate"),
        ],
    )
    def test_a_place_that_is_not_there(self, expression: str, told: str) -> None:
        with pytest.raises(UserError) as error:
            attr_edit(plain(), [expression])
        assert told in error.value.why

    def test_nothing_asked_for(self) -> None:
        with pytest.raises(UserError, match="nothing was asked for"):
            attr_edit(plain(), [])


class TestFields:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_field_is_meant_before_a_key(self, version: str) -> None:
        node = Described("", 3, {**document("image", version), "name": "mine"})
        root = "ome." if version >= "0.5" else ""
        new = made(node, "name=y", "/name=z", f"{root}multiscales.0.more=5")
        image = (new["ome"] if root else new)["multiscales"][0]
        assert (image["name"], new["name"], image["more"]) == ("y", "z", 5)

    def test_several_at_once_follow_one_another(self) -> None:
        node = Described("", 2, edited(document("image", "0.4"), {"/omero": REMOVED}))
        edit = attr_edit(
            node,
            [
                "pixel-size.z=0.25",
                "unit.z=nm",
                "unit.t=",
                "-name",
                "channel.0.label=a = b",
                "channel.0.active=false",
                "/omero/channels/0/family=linear",
                "-omero.channels.0.active",
            ],
        )
        new = node.after(edit.changes).attributes
        image = new["multiscales"][0]
        assert [d["coordinateTransformations"][0]["scale"][2] for d in image["datasets"]] == [
            0.25
        ] * 2
        assert image["axes"][2]["unit"] == "nanometer"
        assert "unit" not in image["axes"][0]
        assert "name" not in image
        assert new["omero"]["channels"][0] | {"color": "", "window": ""} == {
            "label": "a = b", "family": "linear", "color": "", "window": "",
        }  # fmt: skip
        assert edit.title.startswith("Set pixel-size.z=0.25, unit.z=nm")

    @pytest.mark.parametrize(
        ("expression", "told"),
        [
            ("pixel-size.q=1", "there are pixel-size.t, pixel-size.z"),
            ("pixel-size.z=x", "is no number"),
            ("-pixel-size.z", "is no number"),
            ("rdefs.mode=color", "rdefs.model"),
            ("channel.7.label=x", "there are channel.0.label"),
        ],
    )
    def test_a_field_that_cannot_be(self, expression: str, told: str) -> None:
        with pytest.raises(UserError) as error:
            attr_edit(Described("", 2, document("image", "0.4")), [expression])
        assert told in error.value.why

    def test_as_an_edit_of_a_store(self, tmp_path: Path) -> None:
        write_json(tmp_path / "zarr.json", group_document(document("image", "0.5")))
        access = LocalAccess(Location.local(tmp_path))
        edit = attr_edit(describe_node(access, ""), ["pixel-size.x=0.25", "/note=[1]"])
        assert edit.expression == "Set pixel-size.x=0.25 and /note=[1] (the root)"
        plan = plan_edit(access, edit)
        old = (tmp_path / "zarr.json").read_bytes()
        new = plan.staged.get("zarr.json") or b""
        assert json.loads(new)["attributes"]["note"] == [1]
        assert new.replace(b', "note": [1]', b"") == old.replace(b"0.2]", b"0.25]").replace(
            b"0.4]", b"0.5]"
        )
        plan.staged.close()
