"""Where a node lies on a plate: its well and field, and the wells and fields beside it."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, replace

from omezarr_tui.errors import UserError
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.model import Field, Plate, PlateWell, Well
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node, read_nodes
from omezarr_tui.store.node import Broken, Group, Node, join_path, parent_path
from omezarr_tui.text import visible

# A level of a label image lies six below its plate: row, column, field, labels, name, level.
_GENERATIONS = 8
_SHORTEST_NAME = 4  # characters of a plate's name that a narrow title keeps

# Plates and wells by their paths; None where a node is neither.
Known = MutableMapping[str, Group | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A well of a plate, a field of it, or a node in that field.

    Parameters
    ----------
    group
        The plate's node.
    plate
        What it says.
    listed
        The well as the plate lists it.
    well
        What the well itself says.
    field
        Which of its fields, from 0; None for the well, and for what is in no field.
    inner
        The path below the field: of a label image, say; empty for the field itself.
    """

    group: Group
    plate: Plate
    listed: PlateWell
    well: Well
    field: int | None = None
    inner: str = ""

    @property
    def path(self) -> str:
        """The path of the field, or of the well, from the location."""
        if self.field is None:
            return self.well.path
        return join_path(self.well.path, self.well.fields[self.field].path)


def find_place(access: Access, path: str, known: Known) -> Place | None:
    """The place of a node on a plate; None where it lies on none.

    Parameters
    ----------
    access
        The store.
    path
        The node's path.
    known
        What was found before; what is found now is added. The documents of the groups above
        the node that it lacks are read together.
    """
    above = [path]
    while above[-1] and len(above) < _GENERATIONS:
        above.append(parent_path(above[-1]))
    unread = [one for one in above if one not in known]
    for one, node in zip(unread, read_nodes(access, unread), strict=True):
        if not isinstance(node, Broken):  # which may be whole the next time
            known[one] = node if isinstance(node, Group) and _is_place(node) else None
    groups = [group for one in above if (group := known.get(one)) is not None]
    wells = [w for group in groups if (w := read_well(group.path, group.attributes))]
    plates = [(group, p) for group in groups if (p := read_plate(group.path, group.attributes))]
    if not wells or not plates:
        return None
    (group, plate), well = plates[0], wells[0]
    listed = next((w for w in plate.wells if join_path(plate.path, w.path) == well.path), None)
    if listed is None:
        return None
    place = Place(group, plate, listed, well)
    for at in range(len(well.fields)):
        inside = replace(place, field=at)
        if path == inside.path or path.startswith(f"{inside.path}/"):
            return replace(inside, inner=path[len(inside.path) :].strip("/"))
    return place


def _is_place(group: Group) -> bool:
    return (
        read_plate(group.path, group.attributes) or read_well(group.path, group.attributes)
    ) is not None


def place_in(access: Access, group: Group, plate: Plate, listed: PlateWell, field: int) -> Place:
    """A field of a well, or the last one where the well has fewer.

    Parameters
    ----------
    access
        The store.
    group, plate, listed
        As in `Place`.
    field
        Which field, from 0.

    Raises
    ------
    UserError
        The well cannot be read, or lists no field that lies in the store.
    """
    path = join_path(plate.path, listed.path)
    name = f"Well {visible(plate.well_name(listed))}"
    found = well_of(path, read_nodes(access, [path], group.zarr_format)[0])
    if isinstance(found, Broken):
        why = ", ".join(filter(None, [found.reason, found.detail]))
        raise UserError(f"{name} cannot be opened", why)
    if not found.fields:
        raise UserError(f"{name} cannot be opened", "it lists no fields")
    place = Place(group, plate, listed, found, max(0, min(field, len(found.fields) - 1)))
    if resolved("", place.path) != place.path:
        raise UserError(f"{name} cannot be opened", "the path of its field leads out of the store")
    return place


def well_of(path: str, node: Node | None) -> Well | Broken:
    """The well that a node is, or why it is none.

    Parameters
    ----------
    path
        Where the well was looked for.
    node
        What was found there.
    """
    if isinstance(node, Broken):
        return node
    if node is None:
        return Broken(path, f"nothing is at {path}", "the plate lists it")
    well = read_well(path, node.attributes) if isinstance(node, Group) else None
    return well or Broken(path, "is no well", "its document has no metadata of one")


def node_at(access: Access, place: Place) -> Node:
    """The node of a place; the field itself where the field has nothing at `Place.inner`."""
    for path in dict.fromkeys((join_path(place.path, place.inner), place.path)):
        node = read_node(access, path)
        if node is not None and not isinstance(node, Broken):
            return node
    return node or Broken(place.path, f"nothing is at {place.path}", "the well lists it")


def in_order(plate: Plate) -> tuple[PlateWell, ...]:
    """The wells row by row; those without a place in the grid come last."""
    return tuple(sorted(plate.wells, key=lambda w: (w.row < 0 or w.column < 0, w.row, w.column)))


def well_beside(plate: Plate, listed: PlateWell, steps: int) -> PlateWell | None:
    """The well some steps on (back, when below zero) row by row; None past the first or last."""
    wells = in_order(plate)
    at = wells.index(listed) + steps
    return wells[at] if 0 <= at < len(wells) else None


def plate_name(plate: Plate) -> str:
    """A plate's name, or that of its group, safe to print; ``plate`` where it has neither."""
    return visible(plate.name or plate.path.rpartition("/")[2] or "plate")


def acquisition_words(plate: Plate, field: Field, *, named: bool = True) -> str:
    """The acquisition that a field belongs to, in words; empty where it is not told."""
    if field.acquisition is None:
        return ""
    name = next((a.name for a in plate.acquisitions if a.id == field.acquisition), None)
    told = f" ({visible(name)})" if name and named else ""
    return f"acquisition {field.acquisition}{told}"


def place_title(place: Place, more: str, room: int) -> str:
    """Plate, well, field and acquisition in one line, and as much more as there is room for.

    Parameters
    ----------
    place
        What the title is of.
    more
        What is told besides, in parts with ``·`` between; the last parts go first.
    room
        Cells. Where it is too short, the acquisition's name is left out, then the plate's is cut.
    """
    plate, name = place.plate, plate_name(place.plate)
    where, acquisition, bare = [visible(plate.well_name(place.listed))], "", ""
    if place.field is not None:
        field = place.well.fields[place.field]
        where.append(f"field {place.field + 1} of {len(place.well.fields)}")
        acquisition = acquisition_words(plate, field)
        bare = acquisition_words(plate, field, named=False)
    inner = visible(place.inner)
    rest = [part for part in more.split(" · ") if part]
    heads = [f"plate {name}", name]
    cut = [name[: size - 1].rstrip() + "…" for size in range(len(name) - 1, _SHORTEST_NAME - 1, -1)]
    first = [heads[0], *where, acquisition, inner]
    for shown in range(len(rest), -1, -1):
        if len(title := _joined([*first, *rest[:shown]])) <= room:
            return title
    shorter = [(head, told) for told in (acquisition, bare) for head in heads]
    for head, told in [*shorter, *((head, bare) for head in cut)]:
        if len(title := _joined([head, *where, told, inner])) <= room:
            return title
    return _joined([*where, bare, inner])


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)
