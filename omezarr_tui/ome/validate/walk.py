"""How a store is gone through: each node by itself, and what it says of others.

Groups are taken a page at a time, nearest first, so that over a network the documents of many
are asked for together, and findings can be shown while the rest is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from omezarr_tui.errors import explain
from omezarr_tui.ome.discover import named_children
from omezarr_tui.ome.read import ome_version
from omezarr_tui.ome.validate.advice import array_advice
from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.consolidated import Consolidated, read_consolidated
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.here import Here, Relatives, named_paths
from omezarr_tui.ome.validate.hierarchy import hierarchy_findings
from omezarr_tui.ome.validate.hierarchy_label import is_image, list_findings
from omezarr_tui.ome.validate.zarr_rules import (
    beside_findings,
    broken_finding,
    document_findings,
    misplaced_finding,
    mixed_findings,
)
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZGROUP
from omezarr_tui.store.hierarchy import child_names, read_children, read_nodes
from omezarr_tui.store.listing import is_complete
from omezarr_tui.store.misplaced import encodings_found
from omezarr_tui.store.node import Array, Broken, Group, Node, join_path, parent_path
from omezarr_tui.store.remembered import ZMETADATA

_PAGE = 200  # groups that are read together
# What attributes let one guess need not be told where the arrays make it sure.
_SURE = {"datasets.order": "level.order"}


@dataclass
class Walk:
    """Goes down a hierarchy, and gathers what is found.

    Parameters
    ----------
    access, top, recursive
        As for `validate_store`.

    Attributes
    ----------
    findings, nodes, versions, formats
        What a report has.
    """

    access: Access
    top: Node
    recursive: bool
    findings: list[Finding] = field(default_factory=list)
    nodes: int = 0
    versions: set[str] = field(default_factory=set)
    formats: set[int] = field(default_factory=set)
    unlisted: int = 0
    believed: bool = False
    missed: bool = False
    consolidated: list[Consolidated] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.relatives = Relatives(self.access)

    def steps(self) -> Iterator[None]:
        """Judge a group at a time."""
        self.believed = self.access.known_names(self.top.path) is not None
        self.relatives.learn([self.top])
        self._judge([self.top], None)
        pending: deque[tuple[Group, str | None]] = deque()
        if isinstance(self.top, Group):
            pending.append((self.top, self._version_above()))
        while pending:
            page = [pending.popleft() for _ in range(min(_PAGE, len(pending)))]
            self._read_together([group for group, _ in page])
            for group, inherited in page:
                yield
                here = self._here(group, inherited)
                if here is None:
                    continue
                if here.has_ome:
                    self._judge_ome(here)
                elif group.name == "labels":
                    self.findings += list_findings(here)
                if self.recursive:
                    below = here.declared or inherited
                    pending.extend(
                        (child, below)
                        for child in here.children.values()
                        if isinstance(child, Group)
                    )

    def _version_above(self) -> str | None:
        """The version that the nearest group above the top declares, where one does."""
        paths = [self.top.path]
        while paths[-1]:
            paths.append(parent_path(paths[-1]))
        for node in self.relatives.read(paths[1:], None):
            if isinstance(node, Group) and (version := ome_version(node.attributes)):
                return version
        return None

    def end(self) -> None:
        """Tell of what is known only once all was seen."""
        complete = not self.unlisted and not self.missed
        for consolidated in self.consolidated if self.recursive else ():
            if finding := consolidated.finding(complete=complete):
                self.findings.append(finding)

    def unchecked(self) -> Iterator[str]:
        """What was not looked at."""
        if not self.recursive:
            yield "What lies below was not checked, only whether what the metadata name is there."
        if self.unlisted:
            yield "Only nodes that metadata name were checked: this place cannot be listed."
        if self.believed:
            yield (
                "Documents were taken from the consolidated metadata, not held against them: "
                "over a network that takes long."
            )

    # -- reading --------------------------------------------------------------------------

    def _read_together(self, groups: Sequence[Group]) -> None:
        """Ask for what is about to be needed over a network, all at once."""
        if self.access.traffic is None:
            return
        for group in groups:
            if self.access.known_names(group.path) is None:
                self.access.list_soon(group.path)
        wanted: dict[int | None, list[str]] = {}
        for group in groups:
            with suppress(OSError):  # it is told when its turn comes
                names = child_names(self.access, group, self._maybe(group))
                paths = [join_path(group.path, name) for name in names]
                wanted.setdefault(group.zarr_format, []).extend(paths)
        for zarr_format, paths in wanted.items():
            read_nodes(self.access, paths, zarr_format)

    def _maybe(self, group: Group) -> dict[str, bool]:
        """The names that a group's metadata tell, none of which must be there for its sake."""
        if self.recursive and self.access.traffic is None:
            return {}  # all are listed
        names = self.named.get(group.path, set()) | named_children(group).keys()
        return dict.fromkeys(names, False)

    def _name_below(self, here: Here) -> None:
        """Remember the children of children that metadata name: their parents do not know them.

        A row of a plate says nothing of its wells, for one.
        """
        for path in named_paths(here):
            parts = path.split("/")
            for depth in range(1, len(parts)):
                parent = join_path(here.group.path, *parts[:depth])
                self.named.setdefault(parent, set()).add(parts[depth])

    def _here(self, group: Group, inherited: str | None) -> Here | None:
        """A group with its children, which are judged by themselves."""
        maybe = self._maybe(group)
        try:
            names = child_names(self.access, group, maybe)
        except OSError as error:
            self.missed = True
            self.findings.append(
                broken_finding(
                    Broken(group.path, "cannot be listed", explain(error)), leads_back=False
                )
            )
            return None
        children = read_children(self.access, group, names, maybe)
        complete = is_complete(self.access, group.path)
        if group.zarr_format is not None:
            self.unlisted += not complete
            self.believed |= self.access.known_names(group.path) is not None
        self.relatives.learn(children)
        if not self.recursive:
            children = [c for c in children if not isinstance(c, Broken) or c.name in maybe]
        here = Here(group, {c.name: c for c in children}, complete, inherited, self.relatives)
        if not complete:
            self._name_below(here)
        if self.recursive:
            self._judge(children, group)
        else:
            self._judge([c for c in children if isinstance(c, Broken)], group)
        return here

    # -- judging --------------------------------------------------------------------------

    def _judge(self, nodes: Sequence[Node], parent: Group | None) -> None:
        """Judge nodes by themselves, as Zarr."""
        whole = [n for n in nodes if isinstance(n, Broken) or n.zarr_format is not None]
        self.nodes += len(whole)
        sound = [n for n in whole if not isinstance(n, Broken)]
        zarr_format = parent.zarr_format if parent else None
        found = self.access.documents([n.path for n in sound], zarr_format)
        documents = {
            node.path: raw
            for node, raw in zip(sound, found, strict=True)
            if not isinstance(raw, OSError)
        }
        for node in whole:
            if isinstance(node, Broken):
                self.findings.append(
                    broken_finding(node, leads_back=self.access.leads_back(node.path))
                )
                for consolidated in self.consolidated:
                    consolidated.compare(node, {})
                continue
            self.formats.add(node.zarr_format or 0)
            raw = documents.get(node.path, {})
            # Of the levels of an image its own rules tell.
            if parent and (isinstance(node, Group) or not is_image(parent)):
                self.findings += mixed_findings(node, parent)
            self.findings += document_findings(node, raw)
            self.findings += beside_findings(node, self._beside(node, raw))
            if isinstance(node, Array):
                self.findings += array_advice(node)
            if not self.believed:
                for consolidated in self.consolidated:
                    consolidated.compare(node, raw)
                self._consolidated(node, raw)
        self._misplaced([n for n in sound if isinstance(n, Array)])

    def _judge_ome(self, here: Here) -> None:
        group = here.group
        if here.declared:
            self.versions.add(here.declared)
        own = validate_attributes(
            group.attributes,
            node=group.path,
            version=here.expected,
            zarr_format=group.zarr_format,
        )
        across = list(hierarchy_findings(here))
        told = {finding.rule for finding in across}
        # A path that leads out need not be told of once more for its form.
        outside = {finding.pointer for finding in across if finding.rule == "path.outside"}
        self.findings += [
            _eased(finding, here)
            for finding in own
            if _SURE.get(finding.rule) not in told and finding.pointer not in outside
        ]
        self.findings += across

    def _beside(self, node: Group | Array, documents: Mapping[str, bytes]) -> list[str]:
        """Documents beside the one that counts: on a disk they are passed over."""
        others = (ZARRAY, ZGROUP) if node.zarr_format == 3 else (ZGROUP,)
        if isinstance(node, Group) and node.zarr_format == 2:
            return []
        if self.access.traffic is not None:  # more requests for each node take too long
            return [name for name in others if name in documents]
        return [name for name in others if self.access.has(join_path(node.path, name))]

    def _consolidated(self, node: Group | Array, documents: Mapping[str, bytes]) -> None:
        """Begin to hold the copies that a group keeps against what comes below it."""
        if not isinstance(node, Group):
            return
        raw = documents.get(ZARR_JSON)
        if node.zarr_format == 2 and self.access.traffic is None:
            with suppress(OSError):
                raw = self.access.get(join_path(node.path, ZMETADATA))
        if raw is None or (node.zarr_format == 3 and not node.consolidated):
            return
        kept = read_consolidated(node, raw)
        if isinstance(kept, Finding):
            self.findings.append(kept)
        elif kept is not None and kept.copies:
            self.consolidated.append(kept)

    def _misplaced(self, arrays: Sequence[Array]) -> None:
        """Look for first chunks under other keys than declared (they read as fill values)."""
        if self.access.traffic is not None:
            # Siblings are of one writer: one of each group tells, with a request or two.
            arrays = [array for array in arrays if array.zarr_format == 2][:1]
        for array, encoding in zip(arrays, encodings_found(self.access, arrays), strict=True):
            if encoding is not None:
                self.findings.append(misplaced_finding(array, encoding))


def _eased(finding: Finding, here: Here) -> Finding:
    """A finding of attributes, as grave as it is where they stand.

    0.5 has no MUST for the version of each group, as 0.6 has; what a group above declares
    "MUST be consistent within a hierarchy", so that it is known.
    """
    if finding.rule == "version.missing" and here.inherited and not here.since("0.6"):
        return replace(finding, severity="warning")
    return finding
