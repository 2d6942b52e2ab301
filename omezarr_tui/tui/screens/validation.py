"""The screen that tells what is wrong with metadata, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from omezarr_tui.edit.together import together
from omezarr_tui.ome.validate.finding import Finding, Severity
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Action, Where, bindings, footer_actions
from omezarr_tui.tui.screens.checked import CheckedScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.writing import WRITING
from omezarr_tui.tui.widgets.bars import KeyBar
from omezarr_tui.tui.widgets.finding_view import sentence
from omezarr_tui.tui.widgets.rows import Rows


class ValidationScreen(CheckedScreen):
    """Tells what is wrong at and below a node, and mends what can be mended.

    It ends with the path of the node that the user wants to go to, or with None.
    """

    BINDINGS = bindings("checking")
    CSS_PATH = "../styles/validation.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-wide")]

    # -- mending --------------------------------------------------------------------------

    def action_mend(self) -> None:
        """Show what would change, and ask."""
        finding = self.findings.finding
        if finding is None or finding.fix is None:
            self.tell("Nothing can be mended here by itself: this takes a person.")
        else:
            self._mend([finding])

    def action_mend_all(self) -> None:
        """The same for all findings of the rule."""
        finding = self.findings.finding
        if finding is None or finding.fix is None:
            self.tell("Nothing can be mended here by itself: this takes a person.")
        else:
            self._mend(self.alike(finding))

    def _mend(self, findings: Sequence[Finding]) -> None:
        if why := self.why_not_now():
            self.tell(why, "warning")
            return
        fix = together([finding.fix for finding in findings if finding.fix is not None])
        self.show_busy("looking at what would change… Esc stops")
        self.work.plan_changes(fix.changes, sentence(fix.title))

    def edited(self, event: messages.Edited) -> None:
        """Check anew; the main screen reads anew what was changed."""
        self.documents_changed(event.nodes)
        self.action_check()

    # -- getting around -------------------------------------------------------------------

    @on(Rows.Chosen, "#findings")
    def _go_there(self) -> None:
        finding = self.findings.finding
        if finding is not None and self._may_leave():
            self.dismiss(finding.node)

    def action_show_or_hide(self, severity: Severity) -> None:
        """Show the findings of a severity, or hide them."""
        self.hidden ^= {severity}
        self.show_findings()

    def action_next_pane(self, steps: int) -> None:
        """From the list to the finding, and back."""
        if self.findings.count:
            (self.view if self.focused is self.findings else self.findings).focus()

    def on_descendant_focus(self) -> None:
        """Other keys work here."""
        self.refresh_keys()

    def action_back(self) -> None:
        """Stop what runs, or go back."""
        if self.work.stop() is None:
            if self.focused is self.view:
                self.findings.focus()
            else:
                self.dismiss(None)

    def action_leave(self) -> None:
        """Leave the program, but not in the middle of an edit."""
        if self._may_leave():
            self.app.exit()

    def _may_leave(self) -> bool:
        if self.work.is_writing:
            self.tell(WRITING, "warning")
        return not self.work.is_writing

    @property
    def where(self) -> Where:
        """The part that has the focus."""
        return "checking" if self.focused is self.view else "findings"

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(self.actions, self.where, self.works))

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        self.query_one(KeyBar).show(footer_actions(self.actions, self.where), self.works)

    def works(self, action: Action) -> bool:
        """Whether an action can do anything at the moment."""
        finding = self.findings.finding
        can_write = self.access.why_read_only() is None and not self.work.is_writing
        match action.needs:
            case "findings":
                return bool(self.found)
            case "finding":
                return finding is not None
            case "fix":
                return can_write and finding is not None and finding.fix is not None
            case "fixes":
                return can_write and finding is not None and len(self.alike(finding)) > 1
            case "undo":
                return can_write and self.edits.undo is not None
            case "redo":
                return can_write and self.edits.redo is not None
        return True

    def do(self, action: Action) -> None:
        """Do what an action's key does: for the command palette."""
        pane = self.findings if action.where == "findings" else self
        self.call_later(pane.run_action, action.run)
