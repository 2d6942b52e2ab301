"""Checking metadata and showing what was found: what the screen of findings stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content

from omezarr_tui.ome.validate.finding import Finding, Severity, counted, is_valid
from omezarr_tui.text import format_count, listed, plural, visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import CHECKING, remapped
from omezarr_tui.tui.check_workers import CheckWorkers
from omezarr_tui.tui.screens.writing import WritingScreen
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar, TrafficBar
from omezarr_tui.tui.widgets.finding_view import FindingView, Way
from omezarr_tui.tui.widgets.findings import FindingsList
from omezarr_tui.tui.widgets.nothing import Nothing

if TYPE_CHECKING:
    from omezarr_tui.ome.validate.store import Report
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node

_GROWN = 1.2  # times as many findings as are shown, until those that came are shown
_RULES = (
    "What the attributes say, by the version of OME-Zarr that they name; whether levels, label "
    "images, wells and fields are there and fit; and Zarr's own documents."
)


class CheckedScreen(WritingScreen[str | None]):
    """The part of the screen that checks a node and all below it, and shows what was found.

    It ends with the path of the node that the user wants to go to, or with None.

    Parameters
    ----------
    access
        The store.
    node
        Where to begin.
    settings
        The user's settings.
    documents_changed
        Is told the nodes whose documents were changed from here.
    """

    work: CheckWorkers

    def __init__(
        self,
        access: Access,
        node: Node,
        settings: Settings,
        documents_changed: Callable[[Sequence[str]], None],
    ) -> None:
        super().__init__()
        self.access = access
        self.node = node
        self.actions = remapped(settings.keys, CHECKING)
        self.work = CheckWorkers(self, access)
        self.documents_changed = documents_changed
        self.found: list[Finding] = []
        self.hidden: set[Severity] = set()
        self._report: Report | None = None
        self._state: Literal["checking", "done", "stopped", "failed"] = "checking"
        self._number = 0  # of the newest check
        self._count = 0
        self._fresh: list[Finding] = []  # of the check that runs
        self._failure = "", ""

    def compose(self) -> ComposeResult:
        """Title, findings, the chosen one in full, keys."""
        yield TitleBar()
        with Container(id="check"):
            yield Nothing(id="nothing")
            yield FindingsList(self.access.location.name)
            yield FindingView(self.access.location.name)
        with Horizontal(id="bottom"):
            yield KeyBar()
            if self.access.traffic is not None:
                yield TrafficBar(self.access.traffic)

    def on_mount(self) -> None:
        """Begin at once."""
        self.show_title()
        self.action_check()

    def show_title(self) -> None:
        """Say what is checked, and whether it can be edited."""
        location = self.access.location
        where = f"{location.name}/{self.node.path}" if self.node.path else location.name
        words = ["metadata check", location.place, self.can_be_edited()]
        self.query_one(TitleBar).show(visible(where), words)

    def on_unmount(self) -> None:
        """Let a server that hangs keep nobody from leaving."""
        self.work.leave()

    @property
    def findings(self) -> FindingsList:
        """The findings."""
        return self.query_one(FindingsList)

    @property
    def view(self) -> FindingView:
        """The one that is chosen."""
        return self.query_one(FindingView)

    # -- checking -------------------------------------------------------------------------

    def action_check(self) -> None:
        """Check, or check again; what was found before stands until then."""
        self._state, self._count, self._report = "checking", 0, None
        self._fresh = []
        self._number += 1
        self.work.check(self.node, self._number)
        self.work.find_edits(self.node.path)
        self.show_findings()

    @on(messages.Checking)
    def _checking(self, event: messages.Checking) -> None:
        if event.number != self._number:
            return
        self._count = event.nodes
        self._fresh += event.findings
        # Those of the check before stay in place until there are as many again; and to lay
        # out thousands again and again would take longer than to find them.
        if len(self._fresh) > _GROWN * len(self.found):
            self.found = list(self._fresh)
            self.show_findings()
        else:
            self._entitle()

    @on(messages.Checked)
    def _checked(self, event: messages.Checked) -> None:
        if event.number != self._number:
            return
        self._state, self._report = "done", event.report
        self._count, self.found = event.report.nodes, list(event.report.findings)
        self.show_findings()

    @on(messages.NotChecked)
    def _not_checked(self, event: messages.NotChecked) -> None:
        if event.number != self._number:
            return
        self._state = "stopped" if event.error is None else "failed"
        self.found = list(self._fresh)
        if event.error is not None:
            self._failure = event.error.what, event.error.why
            if self.found:
                self.tell(str(event.error), "error")
        self.show_findings()

    # -- looks ----------------------------------------------------------------------------

    def show_findings(self) -> None:
        """Show what was found, but what is hidden."""
        self.findings.show_findings(self.found, self.hidden)
        self._entitle()
        self.refresh_keys()

    def _entitle(self) -> None:
        counts = counted(self.found)
        nodes = plural(self._count, "node")
        so_far = [f"{nodes} so far", *counts] if self._count else ["…"]
        title, style, words = "Checking", "", so_far
        if self._state == "done":
            valid = is_valid(self.found)
            title, style = ("Valid", "b $success") if valid else ("Not valid", "b $error")
            words = counts or ["nothing is wrong"]
        elif self._state == "stopped":
            title, style = "Stopped", "b $warning"
        elif self._state == "failed":
            title, style, words = "Cannot be checked", "b $error", counts
        titled = Content.assemble((title, style), *(f" · {w}" for w in words))
        shown = counted(f for f in self.found if f.severity in self.hidden)
        is_empty, nothing = not self.findings.count, self.query_one(Nothing)
        for pane in (self.findings, nothing):
            pane.border_title = titled
            pane.border_subtitle = f"hidden: {listed(shown)}" if shown else ""
        self.set_class(is_empty, "-empty")
        if is_empty:
            nothing.say(*self._words())
        elif nothing.has_focus or self.focused is None:
            self.findings.focus()

    def _words(self) -> tuple[str, str]:
        """What is said where there is no finding to be seen."""
        nodes = plural(self._count, "node")
        if self._state == "checking":
            return "Checking…", f"{nodes} so far. Esc stops." if self._count else "Esc stops."
        if self._state == "stopped":
            return "The check was stopped.", f"Nothing was found in {nodes}. r checks again."
        if self.found:
            return "All that was found is hidden.", "1 shows errors, 2 warnings, 3 advice."
        if self._report is None:
            return self._failure
        formats = [f"Zarr v{number}" for number in self._report.zarr_formats]
        versions = [f"OME-Zarr {visible(version)}" for version in self._report.versions]
        were = "was" if self._count == 1 else "were"
        kinds = f" ({', '.join([*versions, *formats])})" if formats else ""
        told = [f"{nodes} {were} checked{kinds}.", _RULES, *self._report.unchecked]
        if not versions:
            told[1] = "There is no OME-Zarr here, so only Zarr's own documents count."
        return "✓ Nothing is wrong.", " ".join(told)

    @on(FindingsList.Pointed)
    def _pointed(self) -> None:
        finding = self.findings.finding
        self.view.show(finding, self._ways(finding))
        if finding is not None and finding.pointer:
            self.work.find_value(finding)
        self.refresh_keys()

    @on(messages.ValueFound)
    def _value_found(self, event: messages.ValueFound) -> None:
        self.view.show_value(event.finding, event.lines)

    def _ways(self, finding: Finding | None) -> list[Way]:
        if finding is None or finding.fix is None:
            return []
        if reason := self.access.why_read_only():
            return [("", f"It cannot be mended here: {reason}.")]
        ways = [("e", "mends it, once you have seen what changes")]
        if (count := len(self.alike(finding))) > 1:
            ways.append(("A", f"mends all {format_count(count)} of this kind, as one edit"))
        return ways

    def alike(self, finding: Finding) -> list[Finding]:
        """The findings that the same fix mends, wherever they are."""
        return [f for f in self.found if f.rule == finding.rule and f.fix is not None]

    @on(messages.Failed)
    def _failed(self, event: messages.Failed) -> None:
        self.tell(str(event.error), "error")
