"""Values of JSON documents are changed in their text: every other byte stays as it is."""

import codecs
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.edit.json_spans import PointerError, parse_pointer, value_at
from omezarr_tui.edit.json_text import change_members, change_values
from omezarr_tui.ome.validate.finding import REMOVED, pointer_to

V2 = b"""{
    "multiscales": [
        {
            "axes": [{"name": "y"}, {"name": "x", "unit":  "\\u00b5m"}],
            "scale": [1.50, 1e0, 0.36],
            "omero" : {}
        }
    ],
    "NaN": NaN
}
"""

NAMES = st.text(st.sampled_from('ab/~0"\\µ\n-'), max_size=4)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | NAMES
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(NAMES, v, max_size=4), max_leaves=9
)
LAYOUTS: list[dict[str, Any]] = [
    {"separators": (",", ":")},
    {},
    {"indent": 2},
    {"indent": 4, "ensure_ascii": False},
    {"indent": "\t", "separators": (",", " : ")},
    {"indent": 0},
]


def same(a: Any, b: Any) -> bool:
    """Equal, also where there are NaNs; 1, 1.0 and true are three things."""
    return json.dumps(a) == json.dumps(b)


def places(document: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where a document has values, from the outside in."""
    found = [above]
    items: Any = ()
    if isinstance(document, dict):
        items = document.items()
    elif isinstance(document, list):
        items = enumerate(document)
    for name, value in items:
        found += places(value, (*above, name))
    return found


def changed(document: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """What a change means, made of the parsed document."""
    if not place:
        return value
    made = json.loads(json.dumps(document))
    inner = made
    for name in place[:-1]:
        inner = inner[name]
    if value is REMOVED:
        del inner[place[-1]]
    elif place[-1] == "-" and isinstance(inner, list):
        inner.append(value)
    else:
        inner[place[-1]] = value
    return made


@given(VALUES, VALUES, st.sampled_from(LAYOUTS), st.booleans(), st.data())
def test_it_means_what_the_change_means(
    document: Any, value: Any, layout: dict[str, Any], windows: bool, data: st.DataObject
) -> None:
    text = json.dumps(document, **layout)
    raw = (text.replace("\n", "\r\n") if windows else text).encode("utf-8", "surrogatepass")
    place = data.draw(st.sampled_from(places(document)))
    at = document
    for name in place:
        at = at[name]
    if isinstance(at, dict) and data.draw(st.booleans()):
        place = (*place, data.draw(NAMES))
    elif isinstance(at, list) and data.draw(st.booleans()):
        place = (*place, "-")
    new = change_values(raw, [(pointer_to(*place), value)])
    assert same(json.loads(new), changed(document, place, value))


@given(VALUES, st.sampled_from(LAYOUTS), st.data())
def test_what_is_taken_away_is_away_and_all_else_is_there(
    document: Any, layout: dict[str, Any], data: st.DataObject
) -> None:
    raw = json.dumps(document, **layout).encode("utf-8", "surrogatepass")
    inside = [place for place in places(document) if place]
    if not inside:
        return
    place = data.draw(st.sampled_from(inside))
    new = change_values(raw, [(pointer_to(*place), REMOVED)])
    assert same(json.loads(new), changed(document, place, REMOVED))
    # Nothing but one stretch, the member with its comma, is cut out of the text.
    start = next((at for at, (a, b) in enumerate(zip(raw, new, strict=False)) if a != b), len(new))
    assert raw.endswith(new[start:])


@given(VALUES, VALUES, st.sampled_from(LAYOUTS), st.data())
def test_what_is_added_and_taken_away_again_leaves_every_byte(
    document: Any, value: Any, layout: dict[str, Any], data: st.DataObject
) -> None:
    raw = json.dumps(document, **layout).encode("utf-8", "surrogatepass")
    place = data.draw(st.sampled_from(places(document)))
    at = document
    for name in place:
        at = at[name]
    if isinstance(at, dict) and at and "new" not in at:
        add, gone = (*place, "new"), (*place, "new")
    elif isinstance(at, list) and at:
        add, gone = (*place, "-"), (*place, len(at))
    else:
        return
    there = change_values(raw, [(pointer_to(*add), value)])
    assert change_values(there, [(pointer_to(*gone), REMOVED)]) == raw


@given(VALUES, VALUES, st.sampled_from(LAYOUTS), st.data())
def test_a_value_is_replaced_in_its_own_span(
    document: Any, value: Any, layout: dict[str, Any], data: st.DataObject
) -> None:
    # The spelling of all the others is one that no writer would choose by itself.
    inside = {"first": ["@", "\u00e9"], "document": document, "last": "@"}
    text = json.dumps(inside, **layout).replace('"@"', "-1.50E+0")
    raw = text.encode("utf-8", "surrogatepass")
    place = data.draw(st.sampled_from(places(document)))
    new = change_values(raw, [(pointer_to("document", *place), value)])
    begin = text.index('"document"')
    head, tail = text[:begin].encode(), text[text.rindex('"last"') :].encode()
    assert new.startswith(head)
    assert new.endswith(tail)


def test_indented_documents_stay_so() -> None:
    new = change_values(
        V2,
        [
            ("/multiscales/0/axes/0/type", "space"),
            ("/multiscales/0/version", "0.4"),
            ("/multiscales/0/scale/-", 2),
            ("/multiscales/0/omero/channels", [{"label": "µ", "window": [0, 1]}]),
        ],
    )
    assert new == V2.replace(b'{"name": "y"}', b'{"name": "y", "type": "space"}').replace(
        b"0.36]", b"0.36, 2]"
    ).replace(
        b'"omero" : {}',
        b""""omero" : {
                "channels": [
                    {
                        "label": "\\u00b5",
                        "window": [0, 1]
                    }
                ]
            },
            "version": "0.4\"""",
    )


def test_a_list_that_was_on_one_line_stays_there() -> None:
    new = change_values(V2, [("/multiscales/0/scale", [1, 2]), ("/multiscales/0/axes", [{"a": 1}])])
    assert b'"scale": [1, 2],' in new
    assert b'"axes": [{"a": 1}],' in new


def test_minified_documents_stay_so() -> None:
    raw = b'{"a":{"b":[1,2]},"c":{}}'
    new = change_values(raw, [("/a/b/-", {"x": [1, 2]}), ("/c/d", 1), ("/e", "f")])
    assert new == b'{"a":{"b":[1,2,{"x":[1,2]}]},"c":{"d":1},"e":"f"}'


@pytest.mark.parametrize(
    ("raw", "pointer", "value", "new"),
    [
        (b'{\n\t"a": [],\n\t"b": 1\n}', "/a/-", 5, b'{\n\t"a": [\n\t\t5\n\t],\n\t"b": 1\n}'),
        (b'{"a": 1}\n', "/b", 2, b'{"a": 1, "b": 2}\n'),
        (b"{ }", "/a", 1, b'{\n  "a": 1\n}'),
        (b'{ "a": 1 }', "/a", REMOVED, b"{}"),
        (b'{"a": 1,\n "b": 2}', "/c", 3, b'{"a": 1,\n "b": 2,\n "c": 3}'),
        (b'{\r\n  "a": 1\r\n}', "/b", 2, b'{\r\n  "a": 1,\r\n  "b": 2\r\n}'),
        (b'{\n  "a": 1,\n\n  "b": 2\n}', "/a", REMOVED, b'{\n  "b": 2\n}'),
        (b'  {"a":0.50}  ', "", {"b": 1}, b'  {"b":1}  '),
        (b'{"a": "\xc2\xb5"}', "/b", "\u00e9", '{"a": "µ", "b": "é"}'.encode()),
        (b'{"a": "\xc2\xb5"}', "/b", "\ud800", b'{"a": "\xc2\xb5", "b": "\\ud800"}'),
        (b'{"a": "\\ud800", "b": NaN}', "/b", math.inf, b'{"a": "\\ud800", "b": Infinity}'),
        (b'{"a": "\xed\xa0\x80", "b": 1}', "/b", 2, b'{"a": "\xed\xa0\x80", "b": 2}'),
        (codecs.BOM_UTF8 + b'{"a":1}', "/a", 2, codecs.BOM_UTF8 + b'{"a":2}'),
    ],
)
def test_layouts(raw: bytes, pointer: str, value: Any, new: bytes) -> None:
    assert change_values(raw, [(pointer, value)]) == new


def test_of_names_that_stand_twice_the_last_counts() -> None:
    raw = b'{"a": {"x": 1}, "b": 0, "a": {"x": 2}, "c": 3}'
    assert change_values(raw, [("/a/x", 5)]) == raw.replace(b'"x": 2', b'"x": 5')
    assert change_values(raw, [("/a", 7)]) == b'{"a": {"x": 1}, "b": 0, "a": 7, "c": 3}'
    assert change_values(raw, [("/a", REMOVED)]) == b'{"b": 0, "c": 3}'


def test_brackets_in_strings_are_letters() -> None:
    raw = b'{\n  "a]": "[1, \\"{",\n  "b": ["}"]\n}'
    new = change_values(raw, [("/b/-", "]"), ("/c", [1])])
    assert new == b'{\n  "a]": "[1, \\"{",\n  "b": ["}", "]"],\n  "c": [1]\n}'


def test_names_with_slashes_and_tildes() -> None:
    raw = b'{"a/b": 1, "m~n": 2, "": 3}'
    new = change_values(raw, [("/a~1b", 4), ("/m~0n", 5), ("/", 6)])
    assert new == b'{"a/b": 4, "m~n": 5, "": 6}'


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/x/y", 1),
        ("/a/2", 1),
        ("/a/01", 1),
        ("/a/-1", 1),
        ("/a/-/b", 1),
        ("/s/0", 1),
        ("a", 1),
        ("/x", REMOVED),
        ("/a/-", REMOVED),
        ("", REMOVED),
    ],
)
def test_pointers_that_lead_nowhere_are_refused(pointer: str, value: Any) -> None:
    with pytest.raises(PointerError):
        change_values(b'{"a": [0, 1], "s": "text"}', [(pointer, value)])


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"{'a': 1}", b"\xff\xfe{\x00}\x00", b'{"a": 1} 2', b"[" * 100_000]
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        change_values(raw, [("", 1)])


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5), st.sampled_from(LAYOUTS), st.data())
def test_many_members_change_as_each_would_alone(
    members: dict[str, Any], layout: dict[str, Any], data: st.DataObject
) -> None:
    raw = json.dumps({"metadata": members, "kind": 1}, **layout).encode("utf-8", "surrogatepass")
    names = data.draw(st.lists(st.sampled_from(sorted(members)), unique=True))
    changes = {name: [("", {"new": name}), ("/more", [1, {"x": 2}])] for name in names}
    one_by_one = raw
    for name, some in changes.items():
        at = pointer_to("metadata", name)
        one_by_one = change_values(one_by_one, [(at + inner, value) for inner, value in some])
    assert change_members(raw, "/metadata", changes) == one_by_one


def test_many_members_must_be_there() -> None:
    with pytest.raises(PointerError):
        change_members(b'{"metadata": {}}', "/metadata", {"a": [("", 1)]})
    with pytest.raises(PointerError):
        change_members(b"{}", "/metadata", {})


def test_an_empty_document_looks_like_its_neighbour() -> None:
    like = b'{\n    "zarr_format": 2\n}\n'
    assert change_values(b"{}", [("/a", [1])], like) == b'{\n    "a": [\n        1\n    ]\n}'
    assert change_values(b"{}", [("/a", [1])], b'{"zarr_format":2}') == b'{"a":[1]}'
    assert change_values(b'{"b":1}', [("/a", 1)], like) == b'{"b":1,"a":1}'


@given(
    st.dictionaries(NAMES, VALUES, max_size=6),
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.sampled_from(LAYOUTS),
    st.data(),
)
def test_members_of_one_object_change_together(
    members: dict[str, Any], new: dict[str, Any], layout: dict[str, Any], data: st.DataObject
) -> None:
    raw = json.dumps({"in": members, "n": 1}, **layout).encode("utf-8", "surrogatepass")
    gone = set(data.draw(st.lists(st.sampled_from(sorted(members))))) if members else set()
    wanted = {**dict.fromkeys(gone - new.keys(), REMOVED), **new}
    changes = [(pointer_to("in", name), value) for name, value in wanted.items()]
    left = {n: v for n, v in members.items() if n not in gone or n in new} | new
    made = json.loads(change_values(raw, changes))
    assert same(made, {"in": left, "n": 1})
    one_by_one = raw
    for change in changes:
        one_by_one = change_values(one_by_one, [change])
    assert same(json.loads(one_by_one), made)


def test_thousands_of_members_of_one_object() -> None:
    members = {f"g{n}/zarr.json": {"text": "x" * 300} for n in range(4000)}
    raw = json.dumps({"metadata": members}, indent=1).encode()
    changes: list[tuple[str, Any]] = [
        (pointer_to("metadata", name), REMOVED if n % 3 else n) for n, name in enumerate(members)
    ]
    changes += [(pointer_to("metadata", f"new{n}"), n) for n in range(1000)]
    made = json.loads(change_values(raw, changes))["metadata"]
    assert len(made) == 1334 + 1000
    assert made["g3/zarr.json"] == 3


def test_values_are_found_by_pointer() -> None:
    document = {"a/b": [{"x": None}], "-": 1}
    assert value_at(document, "") is document
    assert value_at(document, "/a~1b/0/x") is None
    assert value_at(document, "/-") == 1
    for pointer in ("/a~1b/1", "/a~1b/0/x/y", "/a~1b/-", "/c", "c"):
        with pytest.raises(PointerError):
            value_at(document, pointer)
    assert parse_pointer(pointer_to("a/b", 0, "~1")) == ("a/b", "0", "~1")
