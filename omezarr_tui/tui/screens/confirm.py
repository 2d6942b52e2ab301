"""The dialog that says exactly what an edit will change. Nothing is written before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from omezarr_tui.ome.fact import Fact
from omezarr_tui.text import visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.facts import FactsView
from omezarr_tui.tui.widgets.picture import PictureView

if TYPE_CHECKING:
    from omezarr_tui.edit.differences import Difference
    from omezarr_tui.edit.plan import Plan
    from omezarr_tui.image.picture import Picture


_TALL = 32  # of a terminal in which the dialog has room around its words
_AROUND = 6  # lines of the dialog that do not scroll: borders, room, buttons
_LEAST_HEIGHT = 28  # of a terminal in which there is room for pictures in the dialog
_STYLES = {"-": "$text-error", "+": "$text-success", " ": QUIET, "@": QUIET}


def preview_room(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of each of the two pictures, in a terminal of a size.

    What is left when all the words stand.
    """
    words = 24 if height >= _TALL else 23
    return max(3, min(16, height - words)), max(12, min(40, (width - 14) // 2))


class ConfirmScreen(Dialog[bool | None]):
    """Shows the plan of an edit; True when the user wants it made, None to go one step back.

    Cancel has the focus.

    Parameters
    ----------
    plan
        The edit.
    pictures
        The plane before and after; None where there is no plane.
    differences
        How the first documents change.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Back"),
        ("left", "app.focus_previous", "Other button"),
        ("right", "app.focus_next", "Other button"),
        ("up", "scroll(-1)", "Up"),
        ("down", "scroll(1)", "Down"),
        ("pageup", "scroll(-10)", "A page up"),
        ("pagedown", "scroll(10)", "A page down"),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]

    def __init__(
        self,
        plan: Plan,
        pictures: tuple[Picture, Picture] | None,
        differences: Sequence[Difference] = (),
    ) -> None:
        super().__init__()
        self._plan = plan
        self._pictures = pictures
        self._differences = [each for each in differences if each.lines]

    def compose(self) -> ComposeResult:
        """One sentence, the facts, the difference, two buttons."""
        plan = self._plan
        with Vertical(classes="dialog", id="confirm") as dialog:
            dialog.border_title = Content(visible(plan.edit.title))
            with VerticalScroll(id="plan", can_focus=False) as body:
                body.styles.max_height = self.app.size.height - _AROUND
                yield Static(Content(plan.sentence), classes="sentence")
                yield FactsView([Fact(*fact) for fact in plan.facts()], id="facts-of-edit")
                if self._pictures is not None and self.app.size.height >= _LEAST_HEIGHT:
                    yield from self._difference(self._pictures)
                elif self._pictures is not None:
                    lines = f"A terminal of {_LEAST_HEIGHT} lines shows it before and after."
                    yield Static(Content.styled(lines, QUIET), id="no-room")
                if self._differences:
                    yield Static(self._changes(), id="changes")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Write it", id="write", variant="warning", compact=True)

    def _difference(self, pictures: tuple[Picture, Picture]) -> ComposeResult:
        with Horizontal(id="difference") as difference:
            difference.styles.height = max(p.frame.size[0] for p in pictures) + 2
            for title, picture in zip(("before", "after"), pictures, strict=True):
                with Vertical() as box:  # a picture draws no border of its own
                    box.border_title = title
                    view = PictureView(id=title)
                    view.can_focus = False
                    view.show_frame(picture.frame)
                    yield view

    def on_mount(self) -> None:
        """The safe button first."""
        self.query_one("#cancel", Button).focus()
        # The facts know only once they have a width how many lines they take.
        facts = self.query_one(FactsView)
        self.call_after_refresh(facts.refresh, layout=True)

    def action_scroll(self, lines: int) -> None:
        """Move what is told; the buttons keep the focus."""
        self.query_one("#plan").scroll_relative(y=lines, animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.leave(event.button.id == "write")

    def _changes(self) -> Content:
        lines: list[Content] = []
        for document in self._differences:
            told = " (new)" if document.is_new else " (removed)" if document.is_gone else ""
            told += " (on one line there, laid out here)" if document.laid_out else ""
            lines.append(Content.assemble((visible(document.key), "b"), (told, QUIET)))
            for line in document.lines:
                text = "  ⋯" if line.sign == "@" else f"{line.sign} {line.text}"
                lines.append(Content.styled(text, _STYLES[line.sign]))
        if left := self._plan.documents - len(self._differences):
            what = "more document" if left == 1 else "more documents"
            lines.append(Content.styled(f"and {left:,} {what}", QUIET))
        return Content("\n").join(lines)
