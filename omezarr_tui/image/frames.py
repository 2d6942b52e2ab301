"""Data frames and sparse matrices as AnnData writes them: groups that are tables, or tell what.

The attribute ``encoding-type`` of a group says what it is. A data frame names its columns in
``column-order`` and its index in ``_index``; each column is an array, or a group of categories
or of values with missing ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omezarr_tui.image.tables import Column, Table
from omezarr_tui.ome.loose import integer, resolved
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.node import Array, Group, Node
from omezarr_tui.text import format_bytes, format_count, format_shape, plural, visible

_MOST_COLUMNS = 1000
_PARTS = {"categorical": ("codes", "categories")}
_NULLABLE = ("nullable-integer", "nullable-boolean", "nullable-string-array")
_SPARSE = {"csr_matrix": "row by row (CSR)", "csc_matrix": "column by column (CSC)"}
_ANNDATA_PARTS = ("X", "obs", "var", "obsm", "varm", "obsp", "varp", "layers", "uns", "raw")


@dataclass(frozen=True, slots=True)
class Words:
    """What a group is, in words, where it is no table.

    Parameters
    ----------
    title, lines
        Safe to print.
    """

    title: str
    lines: tuple[str, ...]


def encoded(access: Access, group: Group) -> Table | Words | None:
    """What AnnData's encoding says that a group is.

    Parameters
    ----------
    access
        The store, whose documents of columns are read; no values are.
    group
        Any group.

    Returns
    -------
    table
        None where it says nothing that is known.
    """
    kind = group.attributes.get("encoding-type")
    title = visible(group.name or access.location.name)
    if kind == "dataframe":
        return _frame(access, group, title)
    if kind == "categorical" or kind in _NULLABLE:
        (column,) = _columns(access, group, [("value", group.path, group)])
        return Table(group.path, title, _length(column), columns=(column,))
    if kind in _SPARSE:
        return _sparse(access, group, title, str(kind))
    if kind == "anndata":
        return _anndata(access, group, title)
    return None


def _frame(access: Access, group: Group, title: str) -> Table:
    order = group.attributes.get("column-order")
    names = [name for name in order if isinstance(name, str)] if isinstance(order, list) else []
    index = group.attributes.get("_index")
    if isinstance(index, str):
        names = [index, *(name for name in names if name != index)]
    shown = names[:_MOST_COLUMNS]
    paths = [resolved(group.path, name) for name in shown]
    known = [path for path in paths if path and path.startswith(_below(group))]
    nodes = dict(zip(known, read_nodes(access, known, group.zarr_format), strict=True))
    told = [
        (name, path or "", nodes.get(path or "")) for name, path in zip(shown, paths, strict=True)
    ]
    columns = tuple(_columns(access, group, told))
    count = max((_length(column) for column in columns), default=0)
    left = len(names) - len(shown)
    note = f"{plural(left, 'more column')} not shown" if left > 0 else ""
    return Table(group.path, title, count, columns=columns, note=note)


def _columns(
    access: Access, group: Group, told: Sequence[tuple[str, str, Node | None]]
) -> list[Column]:
    """The columns of a frame; what their groups are made of is asked for together."""
    wanted: list[str] = []
    for _, path, node in told:
        if isinstance(node, Group):
            names = _PARTS.get(str(node.attributes.get("encoding-type")), ("values", "mask"))
            wanted += [f"{path}/{name}" if path else name for name in names]
        elif isinstance(node, Array) and (old := _old_categories(group, node)):
            wanted.append(old)
    parts = dict(zip(wanted, read_nodes(access, wanted, group.zarr_format), strict=True))
    return [_column(group, visible(name, 60), path, node, parts) for name, path, node in told]


def _column(
    group: Group, name: str, path: str, node: Node | None, parts: Mapping[str, Node | None]
) -> Column:
    def part(name: str) -> Array | None:
        found = parts.get(f"{path}/{name}" if path else name)
        return found if isinstance(found, Array) and len(found.shape) == 1 else None

    if isinstance(node, Array):
        if len(node.shape) != 1:
            return Column(name, None, problem=f"has {len(node.shape)} axes")
        old = parts.get(_old_categories(group, node) or "")
        return Column(name, node, categories=old if isinstance(old, Array) else None)
    if isinstance(node, Group):
        kind = node.attributes.get("encoding-type")
        if kind == "categorical" and (codes := part("codes")):
            return Column(name, codes, categories=part("categories"))
        if kind in _NULLABLE and (values := part("values")):
            return Column(name, values, mask=part("mask"))
        return Column(name, None, problem=f"encoded as {visible(kind, 40)}, which is not known")
    if node is None:
        return Column(name, None, problem="is missing")
    return Column(name, None, problem=node.reason)


def _old_categories(group: Group, node: Array) -> str | None:
    """Where the names of categories lie that AnnData wrote before version 0.8."""
    path = resolved(group.path, node.attributes.get("categories"))
    return path if path and path.startswith(_below(group)) else None


def _below(group: Group) -> str:
    return f"{group.path}/" if group.path else ""


def _length(column: Column) -> int:
    return column.array.shape[0] if column.array is not None else 0


def _sparse(access: Access, group: Group, title: str, kind: str) -> Words:
    shape = group.attributes.get("shape")
    sizes = [integer(size) for size in shape] if isinstance(shape, list) else []
    lines = [f"A sparse matrix, stored {_SPARSE[kind]}."]
    told = [size for size in sizes if size is not None]
    if len(told) == len(sizes) == 2:
        lines.append(f"shape         {format_shape(told)}")
    names = ["data", "indices", "indptr"]
    paths = [f"{_below(group)}{name}" for name in names]
    for name, node in zip(names, read_nodes(access, paths, group.zarr_format), strict=True):
        if not isinstance(node, Array):
            lines.append(f"{name:<12}  {'is missing' if node is None else 'cannot be read'}")
            continue
        size = format_bytes(node.nbytes) if node.nbytes is not None else ""
        text = f"{format_count(node.size)} × {visible(node.dtype.name)}, {size}"
        if name == "data" and len(told) == 2 and (whole := told[0] * told[1]):
            text += f": {100 * node.size / whole:.3g} % of all values"
        lines.append(f"{name:<12}  {text}")
    lines += ["", "Choose data, indices or indptr to see their numbers."]
    return Words(title, tuple(lines))


def _anndata(access: Access, group: Group, title: str) -> Words:
    paths = [f"{_below(group)}{name}" for name in _ANNDATA_PARTS]
    nodes = read_nodes(access, paths, group.zarr_format)
    lines = ["AnnData: observations in rows, variables in columns.", ""]
    for name, node in zip(_ANNDATA_PARTS, nodes, strict=True):
        if node is not None:
            lines.append(f"{name:<8}{_part_text(node)}")
    lines += ["", "Choose obs or var to see their tables, X or a layer to see values."]
    return Words(title, tuple(lines))


def _part_text(node: Node) -> str:
    if isinstance(node, Array):
        return f"{format_shape(node.shape)} {visible(node.dtype.name)}"
    if not isinstance(node, Group):
        return node.reason
    told: Any = node.attributes.get("encoding-type")
    order, shape = node.attributes.get("column-order"), node.attributes.get("shape")
    if told == "dataframe" and isinstance(order, list):
        return f"table of {plural(len(order), 'column')}"
    if told in _SPARSE and isinstance(shape, list):
        return f"{visible(' × '.join(map(str, shape)), 60)}, sparse"
    return "group"
