"""Attributes edited as JSON text: faults and where they are, changes, completion, validation."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ome_documents import document, edited

from omezarr_tui.edit.json_completion import Completions, completions_at
from omezarr_tui.edit.json_editing import EditedTextError, json_changes, parse_edited, text_of
from omezarr_tui.edit.json_text import change_values
from omezarr_tui.edit.judging import judged_against
from omezarr_tui.edit.known_keys import known_names
from omezarr_tui.ome.validate.finding import REMOVED

VERSIONS = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]
NAMES = st.text('ab/~"\\µ -0', max_size=3)
ALIKE = st.sampled_from([0, 1, 0.0, 1.0, -0.0, False, True, "1"])
PLAIN = st.none() | st.integers() | st.floats() | ALIKE | st.text(max_size=4)
VALUES = st.recursive(
    PLAIN, lambda some: st.lists(some, max_size=5) | st.dictionaries(NAMES, some, max_size=4)
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Attributes, and what became of them by few edits (or by writing them anew)."""
    before = draw(OBJECTS)
    if draw(st.booleans()):
        return before, draw(OBJECTS)
    after = json.loads(json.dumps(before))
    for _ in range(draw(st.integers(1, 3))):
        at: Any = after
        while at:
            key = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            if not isinstance(at[key], dict | list) or draw(st.booleans()):
                break
            at = at[key]
        if isinstance(at, dict):
            if draw(st.booleans()):
                at.clear()
            at |= draw(OBJECTS)
        elif draw(st.booleans()) or not at:
            at.insert(draw(st.integers(0, len(at))), draw(VALUES))
        else:
            del at[draw(st.integers(0, len(at) - 1))]
    return before, after


def made(raw: bytes, before: Any, after: Any) -> bytes:
    """A document after the changes that an edit of its values comes to."""
    changes = json_changes(before, after, node="a")
    assert all((change.node, change.document) == ("a", "attributes") for change in changes)
    return change_values(raw, [(change.pointer, change.value) for change in changes])


def written(value: Any) -> str:
    """A value so that 1, 1.0 and true differ, and NaN is itself."""
    return json.dumps(value, sort_keys=True)


class TestChanges:
    @given(pairs(), st.sampled_from([None, 1, 4, "\t"]))
    @settings(max_examples=300, deadline=None)
    def test_made_they_give_what_was_typed(self, some: Any, indent: Any) -> None:
        before, after = some
        raw = json.dumps(before, indent=indent, ensure_ascii=False).encode()
        assert written(json.loads(made(raw, before, after))) == written(after)
        assert made(raw, before, json.loads(raw)) == raw

    @given(OBJECTS)
    @settings(max_examples=60, deadline=None)
    def test_what_is_shown_and_not_edited_changes_nothing(self, before: Any) -> None:
        after = parse_edited(text_of(before), before)
        assert json_changes(before, after, node="") == ()

    @pytest.mark.parametrize(
        ("before", "after", "changes"),
        [
            ({"a": 1}, {"a": 1.0}, {"/a": 1.0}),
            ({"a": 1}, {"a": True}, {"/a": True}),
            ({"a": [1, 2, 3]}, {"a": [1, 3]}, {"/a/1": REMOVED}),
            ({"a": [1, 2, 3]}, {"a": []}, {"/a/2": REMOVED, "/a/1": REMOVED, "/a/0": REMOVED}),
            ({"a": [1, 2]}, {"a": [1, 5, 6]}, {"/a/1": 5, "/a/-": 6}),
            ({"a": [{"b": 1, "c": 2}]}, {"a": [{"c": 2, "b": 3}]}, {"/a/0/b": 3}),
            ({"a": {"b": {}}}, {"a": {"c": {}}}, {"/a/b": REMOVED, "/a/c": {}}),
            ({"a~/b": 1}, {"a~/b": 2}, {"/a~0~1b": 2}),
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {}),
            ({"a": {}}, {"a": []}, {"/a": []}),
            ({"a": [[1], [2]]}, {"a": [[3, 4]]}, {"/a/1": REMOVED, "/a/0/0": 3, "/a/0/-": 4}),
        ],
    )  # fmt: skip
    def test_they_are_the_least(self, before: Any, after: Any, changes: dict[str, Any]) -> None:
        found = json_changes(before, after, node="")
        assert {change.pointer: written_or_gone(change.value) for change in found} == {
            pointer: written_or_gone(value) for pointer, value in changes.items()
        }

    def test_every_other_byte_stays(self) -> None:
        raw = b'{ "n" :[1.50,2e3, {"k":null}],\n\t"x": "\\u00e9", "x":7 , "y":{"z" : 1.0}}\n'
        before = json.loads(raw)
        after = json.loads(raw)
        after["n"][2]["k"] = 5
        after["y"]["z"] = 2
        assert made(raw, before, after) == raw.replace(b"null", b"5").replace(b": 1.0", b": 2")


def written_or_gone(value: Any) -> str:
    return "gone" if value is REMOVED else written(value)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "line", "column", "told"),
        [
            ('{\n  "a": 1\n  "b": 2\n}', 3, 3, "a comma, or a closing bracket, is missing"),
            ("{'a': 1}", 1, 2, "JSON has no single quotes"),
            ('{"a": True}', 1, 7, "JSON spells True as true"),
            ('{"a": 1', 1, 8, "it ends in the middle: a closing bracket"),
            ("  ", 1, 1, "there is nothing: attributes are an object"),
            ("[1]", 1, 1, "holds a list, not an object"),
            ('{"a": {"b": 1,\n "c": 2, "b": 3}}', 2, 10, "'b' stands twice"),
            ('{"a": [{"b": 1}, {"b": 1, "b": 1}]}', 1, 27, "'b' stands twice"),
            ('{"NaN": "NaN",\n"b": NaN}', 2, 6, "JSON has no NaN"),
            ('{"a": [1, "\\"", -Infinity]}', 1, 17, "JSON has no -Infinity"),
            ("[" * 100_000, 1, 1, "nested too deeply"),
        ],
    )
    def test_where_and_what(self, text: str, line: int, column: int, told: str) -> None:
        with pytest.raises(EditedTextError) as error:
            parse_edited(text, {"a": 1})
        assert told in str(error.value)
        assert (error.value.line, error.value.column) == (line, column)

    def test_a_comma_too_many(self) -> None:
        with pytest.raises(EditedTextError, match="a comma stands before the closing }") as error:
            parse_edited('{\n  "a": 1,\n}')
        # Python tells of the comma since 3.13, and of the bracket before.
        assert (error.value.line, error.value.column) in ((2, 9), (3, 1))

    def test_numbers_that_are_none_may_stay(self) -> None:
        before = {"fill": float("nan"), "a": 1}
        after = parse_edited(text_of(before).replace("1", "2"), before)
        assert written(after) == written({"fill": float("nan"), "a": 2})
        assert [c.pointer for c in json_changes(before, after, node="")] == ["/a"]


def completed(text: str, version: str = "0.5") -> Completions | None:
    """What may be typed where ``|`` stands."""
    at = text.index("|")
    return completions_at(text.replace("|", ""), at, version)


def words(text: str, version: str = "0.5") -> tuple[str, ...]:
    found = completed(text, version)
    return found.words if found else ()


class TestCompletion:
    @pytest.mark.parametrize(
        ("text", "version", "first"),
        [
            ("{|", "0.5", "ome"),
            ("{|}", "0.4", "multiscales"),
            ('{"ome": {"|', "0.5", "version"),
            ('{"ome": {"multiscales": [{"da|"}]}}', "0.5", "datasets"),
            ('{"multiscales": [{"axes": [], |', "0.4", "name"),
            ('{"multiscales": [{"ax|', "0.3", "axes"),
            ('{"multiscales": [{"coordinateT|', "0.4", "coordinateTransformations"),
            ('{"ome": {"multiscales": [{"coordinateS|', "0.6", "coordinateSystems"),
            ('{"ome": {"multiscales": [{}, {"axes": [{"name": "z", "u|"}]}]}}', "0.5", "unit"),
            ('{"ome": {"multiscales": [{"coordinateSystems": [{"axes": [{"l|', "0.6", "longName"),
            ('{"omero": {"channels": [{"window": {"m|', "0.4", "min"),
            ('{"ome": {"plate": {"wells": [{"r|', "0.5", "rowIndex"),
            ('{"ome": {"multiscales": [{"datasets": [{"coordinateTransformations": [{"sc|', "0.5",
             "scale"),
        ],
    )  # fmt: skip
    def test_names_of_the_specification(self, text: str, version: str, first: str) -> None:
        assert words(text, version)[0] == first

    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ('{"multiscales": [{"ax|', "0.2"),
            ('{"multiscales": [{"coordinateS|', "0.5"),
            ('{"other": {"|', "0.5"),
            ('{"ome": 5|', "0.5"),
            ('{"ome": {}} |', "0.5"),
            ("|", "0.5"),
            ('{"ome"| : 1}', "0.5"),
            ('{"ome": {"version|": 1}}', "0.5"),
            ('{"ome": {"multiscales": [{"name": "na|"}]}}', "0.5"),
        ],
    )
    def test_where_there_is_nothing_to_say(self, text: str, version: str) -> None:
        assert words(text, version) == ()

    def test_names_that_are_there_are_left_out(self) -> None:
        text = '{"omero": {"channels": [{"label": "a", "|", "color": "FF0000"}]}}'
        assert words(text, "0.4")[:2] == ("window", "active")

    def test_names_of_other_objects_in_such_a_place(self) -> None:
        text = '{"a": [{"mine": 1, "our": 2}, {"our": 5, |}], "b": [{"not": 1}]}'
        assert words(text, "0.4") == ("mine",)
        known = '{"omero": {"channels": [{"laser": 1}, {"la|"}]}}'
        assert words(known, "0.4") == ("label", "laser")

    @pytest.mark.parametrize(
        ("text", "word", "after"),
        [
            ('{"ome": {|}}', "version", '{"ome": {"version": }}'),
            ('{"ome": {"ver|}}', "version", '{"ome": {"version": }}'),
            ('{"ome": {"v|sion" : "0.5"}}', "version", '{"ome": {"version" : "0.5"}}'),
            ('{"ome": {"multiscales": [{"axes": [{"type": "s|"}]}]}}', "space",
             '{"ome": {"multiscales": [{"axes": [{"type": "space"}]}]}}'),
            ('{"ome": {"multiscales": [{"axes": [{"unit": |}]}]}}', "micrometer",
             '{"ome": {"multiscales": [{"axes": [{"unit": "micrometer"}]}]}}'),
        ],
    )  # fmt: skip
    def test_what_it_is_put_in_place_of(self, text: str, word: str, after: str) -> None:
        found = completed(text)
        assert found is not None
        assert word in found.words
        plain = text.replace("|", "")
        assert plain[: found.start] + found.written(word) + plain[found.end :] == after

    @given(st.sampled_from(VERSIONS), st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_cut_of_a_document(self, version: str, data: Any) -> None:
        text = text_of(document("image", version))
        end = data.draw(st.integers(0, len(text)))
        at = data.draw(st.integers(0, end))
        found = completions_at(text[:end], at, version)
        assert found is None or 0 <= found.start <= at <= found.end <= end

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("kind", ["image", "plate", "well", "label"])
    def test_names_of_good_documents_are_known(self, kind: str, version: str) -> None:
        for place, name in _names((), document(kind, version)):
            assert name in known_names(place, version) or name == "area", (place, name)


def _names(place: tuple[Any, ...], value: Any) -> Any:
    """Every name in a document, and where."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield place, name
            yield from _names((*place, name), part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _names((*place, number), part)


class TestJudging:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_what_is_new_is_told_apart(self, version: str) -> None:
        root = "/ome" if version >= "0.5" else ""
        good = document("image", version)
        old = edited(good, {f"{root}/omero/channels/0/color": "red"})
        now = edited(old, {f"{root}/multiscales/0/name": 5})
        judged = judged_against(old, now)
        assert [f.rule for f in judged.new] == ["multiscales.name-text"]
        assert [f.rule for f in judged.kept] == ["omero.color"]
        assert judged.gone == ()
        mended = judged_against(now, good)
        assert {f.rule for f in mended.gone} == {"multiscales.name-text", "omero.color"}
        assert (mended.new, mended.kept) == ((), ())

    def test_what_moved_in_a_list_is_no_news(self) -> None:
        good = document("image", "0.4")
        bad = {"color": 5, "window": {"min": 0, "max": 1, "start": 0, "end": 1}}
        fine = good["omero"]["channels"][0]
        old = edited(good, {"/omero/channels": [bad, fine]})
        judged = judged_against(old, edited(good, {"/omero/channels": [fine, bad]}))
        assert (judged.new, judged.gone) == ((), ())
        assert [f.pointer for f in judged.kept] == ["/omero/channels/1/color"]
        twice = judged_against(old, edited(good, {"/omero/channels": [bad, bad]}))
        assert [f.pointer for f in twice.new] == ["/omero/channels/1/color"]

    def test_what_no_rule_speaks_of(self) -> None:
        judged = judged_against({}, {"mine": 5}, zarr_format=3)
        assert (judged.new, judged.kept, judged.gone) == ((), (), ())
