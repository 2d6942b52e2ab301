"""What the program shows first: a store, or the screen on which one is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from omezarr_tui.errors import UserError
from omezarr_tui.ome.discover import named_children
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import DEFAULTS, Access, Options, open_access
from omezarr_tui.store.listing import Listing, list_page
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Group, Node
from omezarr_tui.store.opening import find_node, open_root


@dataclass(frozen=True, slots=True)
class Opening:
    """A store as it is at the first frame: its root and the first page of children.

    Parameters
    ----------
    path
        The node that the cursor shall stand on.
    options
        How it was opened.
    problem
        Why the node that was named is not shown; None where it is.
    """

    access: Access
    root: Node
    listing: Listing | None
    path: str = ""
    options: Options = DEFAULTS
    problem: UserError | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it is no store but a plain folder of stores, of which one is to be chosen."""
        return not self.path and isinstance(self.root, Group) and self.root.zarr_format is None


@dataclass(frozen=True, slots=True)
class Choosing:
    """How the open screen begins.

    Parameters
    ----------
    folder
        Whose stores are shown.
    options
        What was said on the command line; it counts for all that is opened.
    name
        The name in the folder that the cursor shall stand on.
    asked
        The place to open at once, over a network; None where the user is to choose.
    node
        The node to show of it.
    """

    folder: Location
    options: Options = DEFAULTS
    name: str = ""
    asked: Location | None = None
    node: str = ""


def open_store(location: Location, options: Options, node: str, settings: Settings) -> Opening:
    """Read what the first frame shows.

    Parameters
    ----------
    location
        Where the store lies.
    options
        How it is opened.
    node
        A node's path; empty for the root.
    settings
        Says how many children are read at first.

    Raises
    ------
    UserError
        There is no store, or no such node in it.
    """
    return look_at_store(open_access(location, options), options, node, settings)


def look_at_store(access: Access, options: Options, node: str, settings: Settings) -> Opening:
    """Read what the first frame shows of a store whose access is there.

    Parameters
    ----------
    access
        The store.
    options, node, settings
        As for `open_store`.

    Raises
    ------
    UserError
        There is no store; or no such node in it, where that is found out without a network.
    """
    root = open_root(access)
    path, problem = "", None
    if node:
        try:
            path = find_node(access, node).path
        except UserError as error:
            if access.traffic is None:
                raise
            problem = error  # it took long to come so far: the store is shown without it
    listing = None
    if isinstance(root, Group):
        listing = list_page(access, root, settings.page_rows, named_children)
    return Opening(access, root, listing, path, options, problem)
