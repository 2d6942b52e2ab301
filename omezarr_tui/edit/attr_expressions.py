"""What is typed on a command line to change attributes: ``pixel-size.z=0.5``.

``FIELD=TEXT``
    A field of the form: ``pixel-size.z=0.5``, ``unit.z=micrometer``, ``channel.0.label=DNA``,
    ``name=cells``. An empty text takes away what need not be there (``unit.z=``).
``/POINTER=VALUE``
    A value in the attributes by its JSON pointer: ``/ome/multiscales/0/name="x"``. ``-`` as
    the last part adds to a list.
``KEY.KEY=VALUE``
    The same with dots between names and numbers: ``ome.multiscales.0.name=x``. What is a field
    as well is the field; a pointer is never one.
``-FIELD``, ``-/POINTER``, ``-KEY.KEY``
    Take it away.

A VALUE is JSON; what is no JSON is a text if it is a bare word: it does not begin with
``{``, ``[`` or ``"``. With nothing behind the ``=`` it is refused, as it might be meant as an
empty text (``""``) or as taking away (``-``). The first ``=`` counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from omezarr_tui.edit.described import Described
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.fields import changes_for, field_named, fields_of
from omezarr_tui.edit.json_editing import EditedTextError, parse_edited
from omezarr_tui.edit.json_spans import PointerError, parse_pointer, value_at
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.text import listed, visible

_NAMED = 8  # names that an error tells
_HEADS = ("pixel-size.", "translation.", "axis-name.", "axis-type.", "unit.", "rdefs.", "channel.")


def attr_edit(node: Described, expressions: Sequence[str]) -> DocumentsEdit:
    """The edit that expressions ask for, made one after the other.

    Parameters
    ----------
    node
        As it is.
    expressions
        As this module tells; at least one.

    Raises
    ------
    UserError
        One cannot be understood, or cannot be done: which, why, and what to do.
    """
    if not expressions:
        raise UserError("nothing was asked for", "say what to change, as pixel-size.z=0.5")
    made: list[Change] = []
    for expression in expressions:
        try:
            changes = _changes(node, expression)
            node = node.after(changes)
        except (ValueError, PointerError) as error:
            what = f"{visible(expression, 120)} cannot be done"
            raise UserError(what, str(error)) from error
        made += changes
    title = f"Set {listed([visible(some, 80) for some in expressions])}"
    return DocumentsEdit(tuple(made), title, node.path)


def _changes(node: Described, expression: str) -> tuple[Change, ...]:
    """The changes of one expression; `ValueError` or `PointerError` where there are none."""
    left, equals, right = expression.partition("=")
    left = left.strip()
    removes = not equals and left.startswith("-")
    if not equals and not removes:
        raise ValueError("it has no =: write what to change, = and the new value, or -KEY")
    if removes:
        left = left[1:]
    if not left:
        raise ValueError("it does not say what to change")
    fields = fields_of(node)
    is_key = left.partition(".")[0] in node.attributes
    if any(field.id == left for field in fields) or (left.startswith(_HEADS) and not is_key):
        return changes_for(field_named(fields, left), "" if removes else right)
    parts = parse_pointer(left) if left.startswith("/") else tuple(left.split("."))
    pointer = _checked(node, parts, removes)
    value = REMOVED if removes else _value(right, pointer)
    return (Change(node.path, "attributes", pointer, value),)


def _checked(node: Described, parts: tuple[str, ...], removes: bool) -> str:
    """The pointer of a value, where what it lies in is there."""
    for depth in range(len(parts)):
        above = pointer_to(*parts[:depth])
        value = value_at(node.attributes, above)
        last = depth == len(parts) - 1
        part = parts[depth]
        if isinstance(value, dict):
            if part in value or (last and not removes):
                continue
        elif isinstance(value, list):
            is_place = part.isdecimal() and part.isascii() and str(int(part)) == part
            if (is_place and int(part) < len(value)) or (last and part == "-" and not removes):
                continue
        where = visible(above, 80) or "the attributes"
        raise ValueError(f"there is no {visible(part, 60)} in {where}: {_inside(value)}")
    return pointer_to(*parts)


def _inside(value: Any) -> str:
    if isinstance(value, dict):
        names = [visible(name, 40) for name in value]
        more = ["more"] if len(names) > _NAMED else []
        return f"there are {listed(names[:_NAMED] + more)}" if names else "nothing is there"
    if isinstance(value, list):
        return f"it is a list of {len(value):,}; - as the place adds to its end"
    return "it is no object and no list"


def _value(text: str, pointer: str) -> Any:
    bare = text.strip()
    if not bare:
        raise ValueError(
            f'nothing stands behind the =: write "" for an empty text, or -{visible(pointer, 80)} '
            "to take it away"
        )
    if bare[0] in '{["':
        try:
            held = parse_edited('{"":' + bare + "}")
        except EditedTextError as error:
            raise ValueError(f"the value is no JSON: {error}") from error
        if len(held) > 1:
            raise ValueError("the value is no JSON: something follows where it ends")
        return held[""]
    try:
        value = json.loads(bare)
    except ValueError:
        return bare
    return bare if isinstance(value, float) and value - value != 0 else value
