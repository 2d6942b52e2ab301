"""The form for metadata: what people change most about an image, for every OME-Zarr version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from omezarr_tui.edit.axis_fields import axis_fields
from omezarr_tui.edit.channel_fields import channel_fields
from omezarr_tui.edit.described import Described
from omezarr_tui.edit.field import Field
from omezarr_tui.edit.geometry import geometry_of
from omezarr_tui.edit.size_fields import size_fields
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import kind_of, ome_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.ome.validate.rules import Place
from omezarr_tui.text import listed, visible

_NAMED = 12  # fields that an error tells by name


def fields_of(node: Described) -> tuple[Field, ...]:
    """The fields of a node's form, in the order of the form.

    Parameters
    ----------
    node
        An image, a label image or a plate. Other nodes have none.

    Returns
    -------
    fields
        ``name``; for each axis ``pixel-size.z``, ``translation.z``, ``axis-name.0``,
        ``axis-type.z`` and ``unit.z``; and, of what is no label image, for each channel
        ``channel.0.label``, ``.color``, ``.window`` and ``.active``, and ``rdefs.model``,
        ``rdefs.default-z`` and ``rdefs.default-t``. An axis whose name is no word, or that
        another has too, is called by its number instead.
    """
    kind = kind_of(node.attributes)
    if kind == "plate":
        return (_name_field(node, (*node.root, "plate")),)
    geometry = geometry_of(node)
    if geometry is None:
        return ()
    keys = _keys(geometry.axes)
    fields = [
        _name_field(node, geometry.place),
        *size_fields(geometry, node.path, keys),
        *axis_fields(node, geometry, keys),
    ]
    if kind == "image" or "omero" in ome_attributes(node.attributes):
        fields += channel_fields(node, geometry.axes)
    return tuple(fields)


def field_named(fields: Iterable[Field], name: str) -> Field:
    """The field of an id.

    Raises
    ------
    ValueError
        There is none; it says which there are that begin as it does, or any.
    """
    found = {field.id: field for field in fields}
    if name in found:
        return found[name]
    if not found:
        raise ValueError(
            f"there is no field {visible(name, 60)}: the node is no image and no plate"
        )
    head = name.partition(".")[0] + "."
    near = [known for known in found if known.startswith(head)] or [*found]
    more = [f"{len(near) - _NAMED} more"] if len(near) > _NAMED else []
    which = listed([*near[:_NAMED], *more])
    raise ValueError(f"there is no field {visible(name, 60)}; there are {which}")


def changes_for(field: Field, text: str) -> tuple[Change, ...]:
    """The changes that bring a field to what was typed; none where it is so already.

    Parameters
    ----------
    field
        Of a node as it is.
    text
        What was typed; where a thing need not be there, an empty text takes it away.

    Raises
    ------
    ValueError
        It cannot be that; the message is a plain sentence.
    """
    if field.locked:
        raise ValueError(field.locked)
    return field.change(text)


def changes_of(node: Described, typed: Iterable[tuple[str, str]]) -> tuple[Change, ...]:
    """The changes of several fields, one after the other.

    Parameters
    ----------
    node
        As it is.
    typed
        The id of each field, and what was typed. Ids count for the node as the changes
        before have left it.

    Raises
    ------
    ValueError
        There is no such field, or it cannot be that; the message begins with the id.
    """
    made: list[Change] = []
    for name, text in typed:
        field = field_named(fields_of(node), name)
        try:
            changes = changes_for(field, text)
        except ValueError as error:
            raise ValueError(f"{visible(name, 60)}: {error}") from error
        node = node.after(changes)
        made += changes
    return tuple(made)


def window_from_screen(channel: int, low: float, high: float) -> tuple[str, str]:
    """The window of a channel that is on the screen, as `changes_of` takes it.

    Parameters
    ----------
    channel
        Its number, from 0.
    low, high
        What is shown darkest and brightest. Six digits of each are kept, as no eye sees more.
    """
    return f"channel.{channel}.window", f"{_short(low)} {_short(high)}"


def _short(value: float) -> float:
    """Six digits of a number; all of a whole one."""
    if float(value).is_integer():
        return int(value)
    short = float(f"{value:.6g}")
    return int(short) if short.is_integer() else short


def _keys(axes: tuple[Axis, ...]) -> tuple[str, ...]:
    """What each axis is called in ids."""
    counts = Counter(axis.name for axis in axes)
    return tuple(
        axis.name
        if counts[axis.name] == 1 and axis.name.isidentifier() and axis.name.isprintable()
        else str(number)
        for number, axis in enumerate(axes)
    )


def _name_field(node: Described, place: Place) -> Field:
    at = node.attributes
    for part in place:
        at = at[part]  # type: ignore[index]
    value = at.get("name")
    return Field(
        "name",
        "name",
        value if isinstance(value, str) else "",
        "text",
        partial(_named, node.path, (*place, "name"), value),
    )


def _named(path: str, place: Place, old: object, text: str) -> tuple[Change, ...]:
    if text == (old or ""):
        return ()
    return (Change(path, "attributes", pointer_to(*place), text or REMOVED),)
