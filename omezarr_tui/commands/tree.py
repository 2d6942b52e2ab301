"""``tree``: the hierarchy, printed while it is walked, or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from omezarr_tui.commands.arguments import add_access, add_place, count
from omezarr_tui.commands.output import Output
from omezarr_tui.commands.places import Place, open_place
from omezarr_tui.errors import ExitCode, explain
from omezarr_tui.ome.describe import format_line
from omezarr_tui.ome.discover import mark, named_children
from omezarr_tui.ome.read import kind_of
from omezarr_tui.store.hierarchy import read_ahead
from omezarr_tui.store.listing import Listing, is_complete, list_page
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.text import cell_width, format_shape, padded, visible

DETAILS = """\
Of each array stand its shape and data type, of each group what it is: image, label image,
labels, plate, well, or a plain group. A node that cannot be read has a cross and the reason.

JSON: one object per node, with the keys path, kind ("group", "array" or "broken"),
zarr_format (null of a plain folder), ome (null, "image", "label-image", "labels", "plate",
"well", "bioformats2raw" or "series-list"), shape, dtype, chunks, shards, error, children.
Children are a list, empty where there are none; null where they were not listed, because of
--depth or because of the error.

examples:
  omezarr-tui tree image.ome.zarr
  omezarr-tui tree plate.ome.zarr A/1 --depth 1
  omezarr-tui tree image.ome.zarr --json | jq '.children[].path'
"""

_UNLISTED = "Only what the metadata name is shown: this place cannot be listed."
_PAGE_ROWS = 200  # children that are read, and aligned, at a time
_WIDEST = 40  # cells that a column takes; one longer name does not push all others away
_BOLD, _QUIET, _NAMED, _WRONG = "1", "2", "36", "31"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser)
    add_access(parser)
    parser.add_argument(
        "--depth", type=count, metavar="N", help="generations below the node; without it all"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return tree(open_place(args), args.depth, as_json=args.json)


def tree(place: Place, depth: int | None, *, as_json: bool) -> ExitCode:
    """Print a node and all below it.

    Parameters
    ----------
    place
        What is asked for.
    depth
        How many generations below the node; None for all.
    as_json
        Print JSON, else lines for people.

    Returns
    -------
    code
        `ExitCode.PROBLEMS` where something is broken.
    """
    output = Output()
    read_ahead(place.access, place.node, depth, named_children)
    if as_json:
        top, problems = _as_json(place, place.node, depth)
        output.json(top | {"complete": is_complete(place.access)})
    else:
        problems = _Printer(place, output).run(depth)
        if not is_complete(place.access):
            output.line(output.styled(_UNLISTED, _QUIET))
    return ExitCode.PROBLEMS if problems else ExitCode.DONE


def _pages(place: Place, group: Group) -> Iterator[tuple[Node, ...]]:
    """The children of a group, page by page.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    page: Listing | None = None
    while page is None or page.stop < len(page.names):
        page = list_page(place.access, group, _PAGE_ROWS, named_children, page)
        if page.nodes:
            yield page.nodes


def _as_json(place: Place, node: Node, depth: int | None) -> tuple[dict[str, Any], int]:
    """A node with all below it, and how many of them are broken."""
    told: dict[str, Any] = {
        "path": node.path,
        "kind": "broken",
        "zarr_format": None,
        "ome": None,
        "shape": None,
        "dtype": None,
        "chunks": None,
        "shards": None,
        "error": None,
        "children": [],
    }
    if isinstance(node, Broken):
        told["error"] = ": ".join(filter(None, [node.reason, node.detail]))
        return told, 1
    if isinstance(node, Array):
        return told | {
            "kind": "array",
            "zarr_format": node.zarr_format,
            "shape": node.shape,
            "dtype": node.dtype.name,
            "chunks": node.chunks,
            "shards": node.shards,
        }, 0
    told |= {"kind": "group", "zarr_format": node.zarr_format, "ome": kind_of(node.attributes)}
    if depth == 0:
        return told | {"children": None}, 0
    problems = 0
    try:
        for page in _pages(place, node):
            for child in page:
                inner, found = _as_json(place, child, None if depth is None else depth - 1)
                told["children"].append(inner)
                problems += found
    except OSError as error:
        told |= {"error": f"cannot be listed: {explain(error)}", "children": None}
        problems += 1
    return told, problems


class _Printer:
    """Prints a hierarchy as lines; names, shapes and data types aligned within a page."""

    def __init__(self, place: Place, output: Output) -> None:
        self._place = place
        self._output = output
        self._problems = 0

    def run(self, depth: int | None) -> int:
        """Print all, and tell how many nodes are broken."""
        node, output = self._place.node, self._output
        title = output.styled(self._place.name, _BOLD)
        details = [output.styled(mark(node), _NAMED)]
        if isinstance(node, Array):
            details += _shape_and_type(node)
        if node.zarr_format is not None:
            details.append(output.styled(format_line(node), _QUIET))
        output.line("  ".join([title, *details]))
        self._below(node, "", depth)
        return self._problems

    def _below(self, node: Node, lead: str, depth: int | None) -> None:
        if not isinstance(node, Group) or depth == 0:
            return
        deeper = None if depth is None else depth - 1
        try:
            for page, is_last_page in _with_last(_pages(self._place, node)):
                columns = [self._columns(child, deeper) for child in page]
                widths = [
                    min(_WIDEST, max(map(cell_width, column)))
                    for column in zip(*columns, strict=True)
                ]
                for at, child in enumerate(page):
                    is_last = is_last_page and at == len(page) - 1
                    self._print(child, lead + ("└─ " if is_last else "├─ "), columns[at], widths)
                    self._below(child, lead + ("   " if is_last else "│  "), deeper)
        except OSError as error:
            self._problems += 1
            self._output.line(self._wrong(f"{lead}└─ ✗ cannot be listed: {explain(error)}"))

    def _columns(self, node: Node, deeper: int | None) -> tuple[str, str, str]:
        """Name, shape and data type."""
        name = visible(node.name)
        if isinstance(node, Array):
            shape, dtype = _shape_and_type(node)
            return name, shape, dtype
        if isinstance(node, Broken):
            return f"✗ {name}", "", ""
        return name + (" …" if deeper == 0 else ""), "", ""

    def _print(
        self, node: Node, lead: str, columns: tuple[str, str, str], widths: list[int]
    ) -> None:
        name, shape, dtype = map(padded, columns, widths)
        if isinstance(node, Broken):
            self._problems += 1
            why = ": ".join(filter(None, [visible(node.reason), visible(node.detail)]))
            self._output.line(lead + self._wrong(f"{name}  {why}"))
        elif isinstance(node, Array):
            self._output.line(f"{lead}{name}  {shape}  {dtype}".rstrip())
        else:
            self._output.line(f"{lead}{name}  {self._output.styled(mark(node), _NAMED)}")

    def _wrong(self, text: str) -> str:
        return self._output.styled(text, _WRONG)


def _shape_and_type(node: Array) -> list[str]:
    return [format_shape(node.shape), visible(node.dtype.name, 60)]


def _with_last(
    pages: Iterator[tuple[Node, ...]],
) -> Iterator[tuple[tuple[Node, ...], bool]]:
    """Each page with whether it is the last one: a branch's last line looks different."""
    held: tuple[Node, ...] | None = None
    for page in pages:
        if held is not None:
            yield held, False
        held = page
    if held is not None:
        yield held, True
