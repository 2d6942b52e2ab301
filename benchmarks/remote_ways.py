"""To the tree and to the first plane of a store behind a URL: each contender in its own words.

`remote.py` runs these in a process for each contender, which has imported what it needs
before. Each run makes new objects and connections: nothing is known of the store.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.ome.discover import Image
    from omezarr_tui.store.access import Access

# The cells that the picture has: rows and columns.
ROOM = (40, 140)
PAGE = 200  # rows of the tree
Tree = dict[str, tuple[int, ...] | None]
"""The root's children by name, with the shapes of those that are arrays."""


@dataclass(frozen=True)
class Place:
    """What is looked at.

    Parameters
    ----------
    url
        Of the store.
    is_plate
        Whether the image is the first field of the first well.
    level
        The array in the image that is read, and the region of it.
    """

    url: str
    is_plate: bool
    level: str
    region: tuple[slice, ...]


@dataclass(frozen=True)
class Way:
    """A contender.

    Parameters
    ----------
    needs
        The module without which it does not run.
    tree, plane
        What it does with a place; None where it cannot.
    """

    needs: str
    tree: Callable[[Place], Tree | None]
    plane: Callable[[Place], np.ndarray[Any, Any]] | None

    @property
    def is_here(self) -> bool:
        """Whether it is installed."""
        return find_spec(self.needs) is not None


def run(name: str, goal: str, place: Place) -> tuple[float, Any]:
    """Do it from nothing, and give the seconds and what was found, or why it failed."""
    work = getattr(WAYS[name], goal)
    _forget()
    start = time.perf_counter()
    try:
        found = work(place)
    except Exception as error:  # some can do nothing with some places
        found = error if _can_be_sent(error) else RuntimeError(f"{type(error).__name__}: {error}")
    return time.perf_counter() - start, found


def _can_be_sent(error: Exception) -> bool:
    return type(error).__module__ == "builtins"


def _forget() -> None:
    """Drop fsspec's file systems, which keep connections and what they listed."""
    import fsspec
    from fsspec.implementations.http import HTTPFileSystem

    HTTPFileSystem.clear_instance_cache()
    if find_spec("s3fs"):
        fsspec.get_filesystem_class("s3").clear_instance_cache()


def get_ready(name: str) -> None:
    """Import what a contender needs."""
    import_module(WAYS[name].needs)
    logging.disable()  # asyncio complains of the connections of s3fs that `_forget` drops


# -- the program ----------------------------------------------------------------------------


def _opened(url: str) -> Access:
    from omezarr_tui.store.access import Options, open_access
    from omezarr_tui.store.location import parse_location

    return open_access(parse_location(url), Options(read_only=True))


def _program_tree(place: Place) -> Tree:
    from omezarr_tui.ome.discover import named_children
    from omezarr_tui.store.listing import list_page
    from omezarr_tui.store.node import Array, Group
    from omezarr_tui.store.opening import open_root

    access = _opened(place.url)
    root = open_root(access)
    assert isinstance(root, Group)
    page = list_page(access, root, PAGE, named_children)
    return {node.name: node.shape if isinstance(node, Array) else None for node in page.nodes}


def _program_plane(place: Place) -> np.ndarray[Any, Any]:
    from omezarr_tui.image.picture import Painter, PictureRequest
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.view import first_view

    access = _opened(place.url)
    image = program_image(access, is_plate=place.is_plate)
    view = first_view(image)
    assert view is not None
    return Painter(Reader(access)).paint(PictureRequest(image, view, ROOM)).samples


def program_image(access: Access, *, is_plate: bool) -> Image:
    """The image at the root; of a plate, the first field of the first well."""
    from omezarr_tui.ome.discover import image_of
    from omezarr_tui.ome.read import read_plate, read_well
    from omezarr_tui.store.hierarchy import read_nodes
    from omezarr_tui.store.node import Group, Node, join_path
    from omezarr_tui.store.opening import open_root

    node: Node | None = open_root(access)
    if is_plate:
        assert isinstance(node, Group)
        plate = read_plate(node.attributes)
        assert plate is not None
        (node,) = read_nodes(access, [plate.wells[0]], node.zarr_format)
        assert isinstance(node, Group)
        well = read_well(node.attributes)
        assert well is not None
        (node,) = read_nodes(access, [join_path(node.path, well.fields[0])], node.zarr_format)
    assert node is not None
    image = image_of(access, node)
    assert image is not None
    return image


# -- zarr-python ----------------------------------------------------------------------------


def _over_obstore(url: str) -> Any:
    from obstore.store import HTTPStore, S3Store
    from zarr.storage import ObjectStore

    client: Any = {"allow_http": True}
    if url.startswith("s3:"):
        store: Any = S3Store.from_url(url, client_options=client)  # the rest: the environment's
    else:
        store = HTTPStore.from_url(url, client_options=client)
    return ObjectStore(store, read_only=True)


def _over_fsspec(url: str) -> Any:
    from zarr.storage import FsspecStore

    return FsspecStore.from_url(url, read_only=True)


def _zarr_tree(group: Any) -> Tree:
    return {name: getattr(member, "shape", None) for name, member in group.members()}


def _zarr_plane(group: Any, place: Place) -> np.ndarray[Any, Any]:
    if place.is_plate:
        group = group[_first_well(group.attrs)]
        group = group[_first_field(group.attrs)]
    values: np.ndarray[Any, Any] = group[place.level][place.region]
    return values


def _first_well(attributes: Any) -> str:
    path: str = attributes.get("ome", attributes)["plate"]["wells"][0]["path"]
    return path


def _first_field(attributes: Any) -> str:
    path: str = attributes.get("ome", attributes)["well"]["images"][0]["path"]
    return path


def _zarr_way(needs: str, store: Callable[[str], Any]) -> Way:
    def opened(place: Place) -> Any:
        import zarr

        return zarr.open_group(store(place.url), mode="r")

    return Way(
        needs,
        lambda place: _zarr_tree(opened(place)),
        lambda place: _zarr_plane(opened(place), place),
    )


# -- ome-zarr-py and yaozarrs ---------------------------------------------------------------


def _ome_zarr_tree(place: Place) -> None:
    from ome_zarr.utils import info

    with redirect_stdout(io.StringIO()):
        assert list(info(place.url))


def _ome_zarr_plane(place: Place) -> np.ndarray[Any, Any]:
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    found = parse_url(place.url)
    if place.is_plate:
        found = found.create(_first_well(found.root_attrs))
        found = found.create(_first_field(found.root_attrs))
    node = next(iter(Reader(found)()))
    levels = [dataset["path"] for dataset in found.root_attrs["multiscales"][0]["datasets"]]
    values: np.ndarray[Any, Any] = node.data[levels.index(place.level)][place.region].compute()
    return values


def _yaozarrs_tree(place: Place) -> None:
    from yaozarrs import open_group

    # Of a plate it shows the wells, which its metadata name, right below the root.
    assert open_group(place.url).tree(depth=1)


PROGRAM = "omezarr-tui"
OBSTORE, FSSPEC = "zarr, obstore", "zarr, s3fs"
OME_ZARR, YAOZARRS = "ome_zarr info", "yaozarrs tree"
WAYS = {
    PROGRAM: Way("omezarr_tui", _program_tree, _program_plane),
    OBSTORE: _zarr_way("obstore", _over_obstore),
    FSSPEC: _zarr_way("s3fs", _over_fsspec),
    OME_ZARR: Way("ome_zarr.utils", _ome_zarr_tree, _ome_zarr_plane),
    YAOZARRS: Way("yaozarrs", _yaozarrs_tree, None),
}
