"""The validator over a whole store, and the report that it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.walk import Walk
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Node
from omezarr_tui.store.waiting import Cancelled

Progress = Callable[[int, Sequence[Finding]], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What judging a store came to.

    Parameters
    ----------
    findings
        In the order in which they were found, from the top down.
    nodes
        How many groups and arrays were judged.
    versions
        The versions of OME-Zarr that they declare; empty where there is no OME-Zarr.
    zarr_formats
        The formats of Zarr that they are of.
    unchecked
        What was not looked at, each in a sentence.
    """

    findings: tuple[Finding, ...]
    nodes: int
    versions: tuple[str, ...]
    zarr_formats: tuple[int, ...]
    unchecked: tuple[str, ...] = ()


def validate_store(
    access: Access,
    top: Node,
    *,
    recursive: bool = True,
    progress: Progress = lambda nodes, findings: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """Judge a node, and all that lies below it.

    Paths in metadata that lead out of the location are told of, and never followed.

    Parameters
    ----------
    access
        The store.
    top
        Where to begin; it may be broken.
    recursive
        Judge what lies below too; else only what the node's own metadata name is looked at.
    progress
        Told how many nodes were judged so far, and what was found since it was told last.
    cancelled
        Asked before each group.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    """
    walk = Walk(access, top, recursive)
    told = 0
    for _ in walk.steps():
        if cancelled():
            raise Cancelled
        progress(walk.nodes, walk.findings[told:])
        told = len(walk.findings)
    walk.end()
    progress(walk.nodes, walk.findings[told:])
    return Report(
        tuple(walk.findings),
        walk.nodes,
        tuple(sorted(walk.versions)),
        tuple(sorted(walk.formats)),
        tuple(walk.unchecked()),
    )
