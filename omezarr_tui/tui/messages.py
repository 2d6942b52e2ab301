"""What workers answer with. Handlers change the screen; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from omezarr_tui.edit.entry import Entry
    from omezarr_tui.edit.plan import Plan
    from omezarr_tui.errors import UserError
    from omezarr_tui.image.picture import Picture, PictureRequest
    from omezarr_tui.image.sampling import Sampling
    from omezarr_tui.image.values import ValueTable
    from omezarr_tui.ome.discover import Image
    from omezarr_tui.ome.model import SeriesList
    from omezarr_tui.store.folders import Folder
    from omezarr_tui.store.listing import Listing
    from omezarr_tui.store.location import Location
    from omezarr_tui.store.node import Array, Group, Node
    from omezarr_tui.store.recent import Recent
    from omezarr_tui.store.search import Found
    from omezarr_tui.store.stored import Stored
    from omezarr_tui.tui.opening import Opening


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
    """A node was looked at more closely, and read again where `before` is not None."""

    node: Node
    image: Image | None
    before: Node | None = None
    series: SeriesList | None = None


@dataclass
class NotDescribed(Message):
    """A node cannot be looked at."""

    node: Node
    error: UserError


@dataclass
class Painted(Message):
    """A picture is ready."""

    picture: Picture


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
class ValuesRead(Message):
    """The values of an array that is no picture."""

    node: Array
    table: ValueTable


@dataclass
class ValuesNotRead(Message):
    """The values of an array failed, as a picture may."""

    node: Array
    error: UserError


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
    """An edit was planned: the dialog can say what would change."""

    plan: Plan
    pictures: tuple[Picture, Picture] | None
    path: str


@dataclass
class Edited(Message):
    """An edit was applied, or undone."""

    entry: Entry
    undone: bool


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
class UndoFound(Message):
    """The newest edit of this store that can be undone; None where there is none."""

    entry: Entry | None
    interrupted: bool


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
