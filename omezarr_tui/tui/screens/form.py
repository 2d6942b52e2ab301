"""A dialog with a few lines to fill in, each checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static

from omezarr_tui.text import cell_width, visible
from omezarr_tui.tui.screens.dialog import Dialog

Values = Mapping[str, str]
Check = Callable[[Values], Mapping[str, str]]
"""From what is typed, by the lines' ids, to what is wrong with it, by the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a form.

    Parameters
    ----------
    id
        Names it in what the form answers with.
    label
        What stands above it.
    value
        What it begins with.
    hint
        What may be typed, in a few words.
    completions
        What is proposed while typing, and taken with the right arrow.
    locked
        Whether it cannot be changed; the hint says why.
    """

    id: str
    label: str
    value: str = ""
    hint: str = ""
    completions: Sequence[str] = ()
    locked: bool = False


class FormScreen(Dialog[dict[str, str] | None]):
    """Asks for a few values; answers with what was typed, by the lines' ids.

    Parameters
    ----------
    title
        What it is about.
    lines
        What is asked.
    check
        Tells what is wrong, after each key.
    button
        What the button says that goes on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Back")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(
        self, title: str, lines: Sequence[Line], check: Check, *, button: str = "Look…"
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._check_values = check
        self._button = button

    def compose(self) -> ComposeResult:
        """The lines, each with what it allows and what is wrong with it."""
        with Vertical(classes="dialog", id="form") as dialog:
            dialog.border_title = Content(visible(self._title))
            with VerticalScroll(can_focus=False, id="form-lines"):
                for at, line in enumerate(self._lines):
                    with Horizontal(classes="form-line"):
                        yield Label(visible(line.label), markup=False)
                        yield self._input(at, line)
                    if line.hint:
                        yield Static(line.hint, classes="hint", markup=False)
                    yield Static("", id=f"problem-{at}", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._button, id="go", variant="primary", compact=True)

    def _input(self, at: int, line: Line) -> Input:
        suggester = SuggestFromList(line.completions) if line.completions else None
        return Input(
            line.value,
            id=f"line-{at}",
            select_on_focus=False,
            suggester=suggester,
            compact=True,
            disabled=line.locked,
        )

    def on_mount(self) -> None:
        """What must be typed first: the first line that is empty."""
        open_lines = [at for at, line in enumerate(self._lines) if not line.locked]
        empty = [at for at in open_lines if not self._lines[at].value]
        first = (empty if len(empty) == 1 else open_lines) or [0]
        self.query_one(f"#line-{first[0]}", Input).focus()
        width = max(cell_width(visible(line.label)) for line in self._lines) + 2
        for label in self.query(".form-line Label"):
            label.styles.width = width
        self._check()

    @property
    def values(self) -> dict[str, str]:
        """What is typed, by the lines' ids."""
        return {
            line.id: self.query_one(f"#line-{at}", Input).value
            for at, line in enumerate(self._lines)
        }

    @on(Input.Changed)
    def _check(self) -> None:
        problems = self._check_values(self.values)
        for at, line in enumerate(self._lines):
            problem = visible(problems.get(line.id, ""))
            typed = self.query_one(f"#line-{at}", Input)
            # What is empty yet is no mistake, though it does not do.
            shown = problem if typed.value else ""
            self._tell(at, shown)
            typed.set_class(bool(shown), "-invalid")
        self.query_one("#go", Button).disabled = any(problems.values())

    def _tell(self, at: int, problem: str) -> None:
        told = self.query_one(f"#problem-{at}", Static)
        told.update(problem)
        told.display = bool(problem)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        problems = self._check_values(self.values)
        for at, line in enumerate(self._lines):
            if problem := problems.get(line.id):
                self.query_one(f"#line-{at}", Input).focus()
                self._tell(at, visible(problem))
                return
        self.leave(self.values)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.leave(None)
