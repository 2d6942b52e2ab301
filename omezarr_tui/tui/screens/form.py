"""A dialog with a few lines to fill in, each checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from omezarr_tui.tui.widgets.choice import Choice

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
    placeholder
        What stands there, quietly, while nothing does.
    completions
        What is proposed while typing, and taken with the right arrow.
    words
        All that it may be, where one is chosen and none typed.
    needed
        Whether it is typed first.
    locked
        Whether it cannot be changed; the hint says why.
    """

    id: str
    label: str
    value: str = ""
    hint: str = ""
    placeholder: str = ""
    completions: Sequence[str] = ()
    words: Sequence[str] = ()
    needed: bool = False
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
    typed
        What was typed before, where the user comes back to it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Back"),
        ("enter", "go", "Look"),  # also from where words are chosen
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(
        self,
        title: str,
        lines: Sequence[Line],
        check: Check,
        *,
        button: str = "Look…",
        typed: Values | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        before = typed or {}
        # Who comes back goes on where something was typed.
        self._begins = [line.id for line in lines if before.get(line.id, line.value) != line.value]
        self._lines = [replace(line, value=before.get(line.id, line.value)) for line in lines]
        self._check_values = check
        self._button = button

    def compose(self) -> ComposeResult:
        """The lines, each with what it allows and what is wrong with it."""
        with Vertical(classes="dialog", id="form") as dialog:
            dialog.border_title = Content(visible(self._title))
            with VerticalScroll(can_focus=False, id="form-lines"):
                for line in self._lines:
                    with Horizontal(classes="form-line"):
                        yield Label(visible(line.label), markup=False)
                        yield _asked(line)
                    if line.hint:
                        yield Static(line.hint, classes="hint", markup=False)
                    yield Static("", id=f"{_id(line)}-problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._button, id="go", variant="primary", compact=True)

    def on_mount(self) -> None:
        """What must be typed first."""
        width = max(cell_width(visible(line.label)) for line in self._lines) + 2
        for label in self.query(".form-line Label"):
            label.styles.width = width
        open_lines = [line for line in self._lines if not line.locked]
        first = [line for line in open_lines if line.id in self._begins[:1]]
        first = first or [line for line in open_lines if line.needed] or open_lines
        if first:
            self.query_one(f"#{_id(first[0])}").focus()
        self._check()

    @property
    def values(self) -> dict[str, str]:
        """What is typed or chosen, by the lines' ids."""
        found = {}
        for line in self._lines:
            asked = self.query_one(f"#{_id(line)}")
            if isinstance(asked, Input):
                found[line.id] = asked.value
            elif isinstance(asked, Choice):
                found[line.id] = asked.words[asked.at]
        return found

    @on(Input.Changed)
    @on(Choice.Changed)
    def _check(self) -> None:
        values = self.values
        problems = self._check_values(values)
        for line in self._lines:
            problem = problems.get(line.id, "")
            # What nobody typed yet is no mistake, though it does not do.
            shown = problem if values[line.id] not in ("", line.value) else ""
            self._tell(line, shown)
            self.query_one(f"#{_id(line)}").set_class(bool(shown), "-invalid")
        go = self.query_one("#go", Button)
        go.disabled = any(problems.values())
        go.label = self.go_label(values)
        go.refresh(layout=True)  # it is as wide as its label

    def go_label(self, values: Values) -> str:
        """What the button says that goes on."""
        return self._button

    def _tell(self, line: Line, problem: str) -> None:
        told = self.query_one(f"#{_id(line)}-problem", Static)
        told.update(visible(problem))
        told.display = bool(problem)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Go on, if nothing that is typed is wrong."""
        values = self.values
        problems = self._check_values(values)
        for line in self._lines:
            if problem := problems.get(line.id):
                asked = self.query_one(f"#{_id(line)}")
                asked.focus()
                asked.set_class(True, "-invalid")
                self._tell(line, problem)
                return
        self.leave(values)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.leave(None)


def _asked(line: Line) -> Input | Choice:
    """What a line is filled in with."""
    if line.words:
        at = line.words.index(line.value) if line.value in line.words else 0
        return Choice(line.words, id=_id(line), at=at)
    return Input(
        line.value,
        id=_id(line),
        placeholder=line.placeholder,
        select_on_focus=False,
        suggester=SuggestFromList(line.completions) if line.completions else None,
        compact=True,
        disabled=line.locked,
    )


def _id(line: Line) -> str:
    """What the widget of a line is called."""
    return line.id.replace(".", "_")
