"""One finding in full: what, where, by which sentence of the specification, and how to mend it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.text import visible
from omezarr_tui.tui.themes import KEY, QUIET
from omezarr_tui.tui.widgets.findings import SIGNS

if TYPE_CHECKING:
    from omezarr_tui.ome.validate.finding import Finding

STYLES = {"error": "b $error", "warning": "b $warning", "advice": "b $primary"}
_LABEL = 7  # cells for the labels at the left
_LEAST = 12  # cells for what they label

Way = tuple[str, str]  # a key, and what it does; or no key, and why nothing can be done


class FindingView(VerticalScroll):
    """Tells all of the finding that is chosen.

    Parameters
    ----------
    root
        What the location is called.
    """

    def __init__(self, root: str) -> None:
        super().__init__(id="finding")
        self.border_title = "Finding"
        self._root = root
        self._finding: Finding | None = None
        self._ways: list[Way] = []
        self._value: list[str] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="finding-text", markup=False)

    def show(self, finding: Finding | None, ways: list[Way]) -> None:
        """Show another finding, and the ways to mend it; its value comes by `show_value`."""
        if finding != self._finding:
            self._value = None
            self.scroll_home(animate=False)
        self._finding, self._ways = finding, ways
        self._lay_out()

    def show_value(self, finding: Finding, lines: list[str] | None) -> None:
        """Show the value that the finding speaks of, unless another one is chosen by now."""
        if finding == self._finding:
            self._value = lines
            self._lay_out()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        finding = self._finding
        lines: list[Content] = []
        if finding is not None:
            sign = f"{SIGNS[finding.severity]} {finding.severity}"
            lines.append(
                Content.assemble((sign, STYLES[finding.severity]), (f"  {finding.rule}", QUIET))
            )
            lines += self._told("found", visible(finding.found), "b")
            place = [visible(finding.node) or self._root, visible(finding.pointer)]
            lines += self._told("where", "  ".join(filter(None, place)))
            lines += self._told("spec", visible(finding.says))
            lines += self._told("", visible(finding.section), QUIET)
            lines += self._fix(finding)
            if self._value is not None:  # the last, as it may be long
                labels = ["value", *[""] * len(self._value)]
                lines += [
                    self._line(label, Content.styled(line, "$accent"))
                    for label, line in zip(labels, self._value, strict=False)
                ]
        self.query_one("#finding-text", Static).update(Content("\n").join(lines))

    def _fix(self, finding: Finding) -> list[Content]:
        if finding.fix is None:
            return self._told("fix", "This takes a person to decide.", QUIET)
        lines = self._told("fix", sentence(finding.fix.title))
        for key, does in self._ways:
            if key:
                lines.append(self._line("", Content.assemble((key, KEY), "  ", does)))
            else:
                lines += self._told("", does, QUIET)
        return lines

    def _told(self, label: str, text: str, style: str = "") -> list[Content]:
        """A text beside its label, in as many lines as it takes."""
        width = max(_LEAST, self.scrollable_content_region.width - _LABEL)
        lines = wrap(text, width, break_on_hyphens=False) or [""]
        labels = [label, *[""] * len(lines)]
        return [
            self._line(beside, Content.styled(line, style))
            for beside, line in zip(labels, lines, strict=False)
        ]

    def _line(self, label: str, content: Content) -> Content:
        return Content.assemble((f"{label:<{_LABEL}}", QUIET), content)


def sentence(title: str) -> str:
    """What a fix does, as the beginning of a sentence."""
    return visible(title[:1].upper() + title[1:])
