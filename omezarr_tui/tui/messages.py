"""What workers answer with. Handlers change the screen; nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from textual.message import Message

if TYPE_CHECKING:
    from omezarr_tui.edit.described import Described as DescribedNode
    from omezarr_tui.edit.differences import Difference
    from omezarr_tui.edit.entry import Entry
    from omezarr_tui.edit.plan import Plan
    from omezarr_tui.errors import UserError
    from omezarr_tui.image.frames import Words
    from omezarr_tui.image.picture import Picture, PictureRequest
    from omezarr_tui.image.plate import WellFacts
    from omezarr_tui.image.sampling import Sampling
    from omezarr_tui.image.tables import Table
    from omezarr_tui.ome.discover import Image
    from omezarr_tui.ome.model import Plate, PlateWell, SeriesList
    from omezarr_tui.ome.plate import Place
    from omezarr_tui.ome.validate.finding import Finding
    from omezarr_tui.ome.validate.store import Report
    from omezarr_tui.store.folders import Folder
    from omezarr_tui.store.listing import Listing
    from omezarr_tui.store.location import Location
    from omezarr_tui.store.node import Array, Group, Node
    from omezarr_tui.store.recent import Recent
    from omezarr_tui.store.search import Found
    from omezarr_tui.store.stored import Stored
    from omezarr_tui.tui.opening import Opening


Did = Literal["made", "undone", "made again", "put right"]


@dataclass
class Failed(Message):
    """Something that the user asked for did not work."""

    error: UserError


@dataclass
class Listed(Message):
    """A page of children was read."""

    listing: Listing


@dataclass
class NotListed(Message):
    """A group's children cannot be listed."""

    group: Group
    why: str


@dataclass
class OpenedBelow(Message):
    """All groups below one were listed, up to the bound."""

    listings: list[Listing]
    complete: bool


@dataclass
class Searched(Message):
    """A search by name ended."""

    text: str
    found: Found


@dataclass
class Described(Message):
    """A node was looked at more closely, and read again where `before` is not None.

    How its image was looked at when the store was left the last time is told in `left`.
    """

    node: Node
    image: Image | None
    before: Node | None = None
    series: SeriesList | None = None
    place: Place | None = None
    left: Mapping[str, Any] | None = None
    encoded: Table | Words | None = None


@dataclass
class NotDescribed(Message):
    """A node cannot be looked at."""

    node: Node
    error: UserError


@dataclass
class PlaceOpened(Message):
    """A field of a plate was looked at, to be shown as another one was (None: as by itself).

    Wells that cannot be opened were passed over; which well and field was asked for is told.
    """

    asked: tuple[PlateWell, int]
    node: Node
    image: Image | None
    place: Place
    like: PictureRequest | None
    skipped: list[UserError]


@dataclass
class PlaceNotOpened(Message):
    """A well or a field of a plate cannot be opened."""

    asked: tuple[PlateWell, int]
    error: UserError


@dataclass
class WellsMeasured(Message):
    """Some wells of a plate were looked at; of the last of them `is_last` is true."""

    plate: Plate
    facts: Mapping[str, WellFacts]
    is_last: bool


@dataclass
class WellsNotMeasured(Message):
    """Wells of a plate could not be looked at; the user stopped it where there is no error."""

    plate: Plate
    error: UserError | None


@dataclass
class LabelsFound(Message):
    """A label image to lay over an image; None for none. `chosen` is what it was asked for.

    `opacity` in per cent; None for that of the label image before it.
    """

    chosen: Image
    image: Image
    labels: Image | None
    opacity: int | None = None


@dataclass
class LabelsNotFound(Message):
    """There is none, or the one at `path` cannot be used."""

    chosen: Image
    path: str | None
    error: UserError


@dataclass
class Painted(Message):
    """A picture is ready."""

    picture: Picture


class RegionDrawn(Message):
    """The region is another one, or there is none any more."""


@dataclass
class NotPainted(Message):
    """A picture failed: a chunk cannot be read or decoded, say."""

    request: PictureRequest
    error: UserError


@dataclass
class PaintingAsks(Message):
    """A picture would take more reading than goes without asking."""

    request: PictureRequest
    sampling: Sampling


@dataclass
class Counting(Message):
    """Stored objects are being counted; so many so far."""

    node: Array
    objects: int
    nbytes: int


@dataclass
class Counted(Message):
    """Stored objects were counted; None where the user stopped it."""

    node: Array
    stored: Stored | None
    is_last: bool


@dataclass
class Planned(Message):
    """An edit was planned: the dialog can say what would change.

    Beside the plan: the plane before and after, where there is one; how the first documents
    change; and the path, from the opened place, of a node in the store.
    """

    plan: Plan
    pictures: tuple[Picture, Picture] | None
    differences: list[Difference]
    path: str


@dataclass
class DescribedForEdit(Message):
    """The metadata of a node as they are, for a form or as JSON."""

    node: DescribedNode
    path: str
    wanted: Literal["fields", "attributes"]


@dataclass
class Edited(Message):
    """An edit was made, undone or made again; the nodes are those whose documents it changed.

    `changed_names` tells that nodes came, went or moved, `moved` from where to where.
    """

    entry: Entry
    did: Did
    nodes: tuple[str, ...] = ()
    changed_names: bool = False
    moved: tuple[tuple[str, str], ...] = ()


@dataclass
class Editing(Message):
    """An edit is being planned or written; so many stored objects of so many are done."""

    doing: str
    done: int
    total: int


@dataclass
class NotEdited(Message):
    """An edit failed, or was stopped by the user (None); the store is as it was."""

    error: UserError | None


@dataclass
class ReadAgain(Message):
    """Nodes whose documents were changed, as they are now."""

    nodes: list[Node]


@dataclass
class Checking(Message):
    """Metadata are being checked: so many nodes so far, and what was found since the last time."""

    nodes: int
    findings: list[Finding]
    number: int


@dataclass
class Checked(Message):
    """Metadata were checked; the number is that of the check."""

    report: Report
    number: int


@dataclass
class NotChecked(Message):
    """Metadata cannot be checked, or the user stopped it (None)."""

    error: UserError | None
    number: int


@dataclass
class ValueFound(Message):
    """The value that a finding speaks of, as lines of JSON; None where there is none."""

    finding: Finding
    lines: list[str] | None


@dataclass
class EditsFound(Message):
    """The edits of a store, the newest first, and what can be undone, made again or put right."""

    entries: tuple[Entry, ...] = ()
    undo: Entry | None = None
    redo: Entry | None = None
    interrupted: Entry | None = None


@dataclass
class Opened(Message):
    """A store was opened, or a folder of stores."""

    opening: Opening


@dataclass
class NotOpened(Message):
    """A place cannot be opened."""

    error: UserError


@dataclass
class Remembered(Message):
    """The stores that were opened before, the last one first."""

    stores: list[Recent]


@dataclass
class FolderListed(Message):
    """The names in a folder."""

    folder: Folder
    name: str


@dataclass
class FolderNotListed(Message):
    """A folder cannot be listed."""

    location: Location
    error: UserError


@dataclass
class LookedAt(Message):
    """What some names in a folder are; None for a plain folder."""

    location: Location
    nodes: dict[str, Node | None]


@dataclass
class Completed(Message):
    """What the text in the line may go on to."""

    text: str
    texts: list[str]


@dataclass
class StoreChosen(Message):
    """A store was opened that shall be shown now; chosen by hand, or named at the start."""

    opening: Opening
    by_hand: bool


@dataclass
class StoreLeft(Message):
    """The user goes back from a store to where it was chosen."""


@dataclass
class ChoosingLeft(Message):
    """The user goes back from the open screen to the store that was shown."""
