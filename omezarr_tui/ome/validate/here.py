"""One group with what stands around it: what the rules across nodes are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omezarr_tui.ome.loose import objects, resolved
from omezarr_tui.ome.read import ome_attributes, ome_version
from omezarr_tui.ome.validate.finding import Finding, Fix, Severity, pointer_to
from omezarr_tui.ome.validate.rules import version_key
from omezarr_tui.ome.validate.version import judged_version
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.node import Array, Group, Node, join_path

_REMEMBERED = 20_000  # nodes
_KEYS = ("multiscales", "plate", "well", "image-label", "bioformats2raw.layout", "scene")


class Relatives:
    """Nodes by path: those that were read lately, and any other that a rule asks for.

    Parameters
    ----------
    access
        The store.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._nodes: dict[str, Node | None] = {}
        self._facts: dict[tuple[str, str], Any] = {}

    def learn(self, nodes: Iterable[Node]) -> None:
        """Keep nodes that were read."""
        if len(self._nodes) > _REMEMBERED:
            self._nodes.clear()
            self._facts.clear()
        self._nodes.update((node.path, node) for node in nodes)

    def read(self, paths: Sequence[str], zarr_format: int | None) -> list[Node | None]:
        """The nodes at paths; None where there is none. What is not known is read together."""
        unknown = [path for path in dict.fromkeys(paths) if path not in self._nodes]
        found = dict(zip(unknown, read_nodes(self.access, unknown, zarr_format), strict=True))
        known = {path: found.get(path, self._nodes.get(path)) for path in paths}
        self._nodes.update(found)
        return [known[path] for path in paths]

    def fact(self, kind: str, path: str, make: Callable[[], Any]) -> Any:
        """What was once found out about a node, so that its many relatives need not."""
        if (kind, path) not in self._facts:
            self._facts[kind, path] = make()
        return self._facts[kind, path]


@dataclass(frozen=True, slots=True)
class Here:
    """A group that is judged.

    Parameters
    ----------
    group
        The group.
    children
        What lies directly in it, by name.
    complete
        Whether `children` are all; else only those are known that metadata name.
    inherited
        The OME-Zarr version that a group above declares; None where none does.
    relatives
        Reads what lies elsewhere.
    """

    group: Group
    children: Mapping[str, Node]
    complete: bool
    inherited: str | None
    relatives: Relatives

    @property
    def ome(self) -> Mapping[str, Any]:
        """The part of the attributes that OME-Zarr speaks of."""
        return ome_attributes(self.group.attributes)

    @property
    def declared(self) -> str | None:
        """The version that the group itself declares, where it looks like one."""
        version = ome_version(self.group.attributes)
        return version if version and version_key(version) > (0, 0) else None

    @property
    def version(self) -> str:
        """The version that counts here: declared, or of a group above, or else the likeliest."""
        return judged_version(self.group.attributes, self.expected, self.group.zarr_format)

    @property
    def expected(self) -> str | None:
        """The version that a group above tells, where the group itself tells none."""
        return None if self.declared else self.inherited

    @property
    def has_ome(self) -> bool:
        """Whether OME-Zarr speaks of the group."""
        attributes = self.group.attributes
        if "ome" in attributes or any(key in attributes for key in _KEYS):
            return True
        # Words that others use too count only where OME-Zarr puts them.
        by_name = {"labels": "labels", "OME": "series"}
        return by_name.get(self.group.name, "") in attributes

    def pointer(self, *parts: str | int) -> str:
        """A JSON pointer into the group's attributes, by what OME-Zarr speaks of."""
        nested = isinstance(self.group.attributes.get("ome"), dict)
        return pointer_to(*(("ome", *parts) if nested else parts))

    def read(self, paths: Sequence[str]) -> list[Node | None]:
        """Nodes by their paths from the location."""
        return self.relatives.read(paths, self.group.zarr_format)

    def since(self, version: str) -> bool:
        """Whether the version that counts here is a certain one or a later one."""
        return version_key(self.version) >= version_key(version)

    def section(self, title: str) -> str:
        """How a section of the version that counts here is named."""
        return f'OME-Zarr {self.version}, "{title}"'

    def finding(
        self,
        rule: str,
        severity: Severity,
        pointer: str,
        found: str,
        says: str,
        section: str,
        *,
        node: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this group, or of another node, by the section of a title."""
        at = self.group.path if node is None else node
        return Finding(rule, severity, at, pointer, found, says, self.section(section), fix)


def leads_out(path: str, relative: str) -> bool:
    """Whether a path in a node's metadata leads out of where it may: up, or to a root."""
    if relative.startswith("/") or "://" in relative or "\\" in relative or "\0" in relative:
        return True
    depth = 0
    for part in join_path(relative).split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < -len([p for p in path.split("/") if p]):
            return True
    return False


def what_is_there(relatives: Relatives, path: str, zarr_format: int | None) -> str:
    """In words, what there is at the path of a node that is missing."""
    document = "zarr.json" if zarr_format == 3 else ".zarray or .zgroup"
    try:
        folder = relatives.access.can_list and bool(relatives.access.entries(path))
    except OSError:
        folder = False
    return f"the folder is there, its {document} is not" if folder else "nothing is there"


def arrays_of(nodes: Sequence[Node | None]) -> list[Array]:
    """Those of some nodes that are arrays."""
    return [node for node in nodes if isinstance(node, Array)]


def named_paths(here: Here) -> Iterator[str]:
    """The paths below a group that its metadata name, and that lie in it."""
    plate, well = here.ome.get("plate"), here.ome.get("well")
    listed = [d for m in objects(here.ome.get("multiscales")) for d in objects(m.get("datasets"))]
    listed += objects(plate.get("wells")) if isinstance(plate, dict) else []
    listed += objects(well.get("images")) if isinstance(well, dict) else []
    labels = here.ome.get("labels")
    paths = [item.get("path") for item in listed] + (labels if isinstance(labels, list) else [])
    for path in paths:
        if isinstance(path, str) and not leads_out("", path) and (inside := resolved("", path)):
            yield inside
