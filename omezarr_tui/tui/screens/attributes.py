"""The dialog in which any attributes are edited as JSON, judged while they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import commonprefix
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.document._document import Document
from textual.widgets import Button, Static, TextArea

from omezarr_tui.edit.json_completion import completions_at
from omezarr_tui.edit.json_editing import EditedTextError, parse_edited, text_of
from omezarr_tui.edit.judging import judged_against
from omezarr_tui.ome.validate.finding import counted
from omezarr_tui.text import listed, visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET

_JUDGED = 200_000  # characters above which the rules are asked once, when the user goes on
_OFFERED = 8  # names that are offered
_HINT = "Ctrl+N completes a name   Ctrl+S looks at what changes   Esc back, and the text is kept"


class AttributesScreen(Dialog[dict[str, Any] | None]):
    """Edits attributes as text; answers with them as they are to be.

    Parameters
    ----------
    name
        The node.
    attributes
        As they are.
    zarr_format
        2 or 3.
    version
        Of OME-Zarr.
    text
        What was typed before, where the user comes back to it.

    Attributes
    ----------
    text
        What is typed now.
    is_kept
        Whether it is to be there the next time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", priority=True),  # the text would take it first
        ("ctrl+s", "go", "Look"),
        ("ctrl+n", "complete", "Complete the name"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, Any],
        zarr_format: int,
        version: str,
        text: str | None = None,
    ) -> None:
        super().__init__()
        self.text = text_of(attributes) if text is None else text
        self.is_kept = False
        self._version = version
        self._name = name
        self._before = attributes
        self._zarr_format = zarr_format
        self._after: dict[str, Any] | None = None

    def compose(self) -> ComposeResult:
        """The text, what is wrong with it, and the buttons."""
        with Vertical(classes="dialog", id="attributes-dialog") as dialog:
            dialog.border_title = Content(f"Attributes of {visible(self._name)}")
            yield TextArea(self.text, id="attributes-text", tab_behavior="indent", compact=True)
            yield Static("", id="verdict", markup=False)
            yield Static(_HINT, id="attributes-hint", classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Look…", id="go", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Ready to type."""
        self._text.focus()
        self._judge()

    @property
    def _text(self) -> TextArea:
        return self.query_one(TextArea)

    @on(TextArea.Changed)
    def _judge(self) -> None:
        """Say whether it is JSON, and what the rules say of it."""
        self.text = text = self._text.text
        self._after = None
        try:
            self._after = parse_edited(text, self._before)
        except EditedTextError as error:
            self._say(f"line {error.line}, column {error.column}: {error}", "$text-error")
        else:
            if len(text) <= _JUDGED:
                self._say_judged(self._after)
            else:
                self._say("it is JSON", QUIET)
        self.query_one("#go", Button).disabled = self._after is None
        self.query_one("#attributes-hint", Static).update(_HINT)

    def _say_judged(self, after: Mapping[str, Any]) -> None:
        judged = judged_against(self._before, after, zarr_format=self._zarr_format)
        if judged.new:
            first = judged.new[0]
            more = f" ({listed(counted(judged.new))} in all)" if len(judged.new) > 1 else ""
            self._say(f"{first.pointer or '/'}: {first.found}{more}", "$text-warning")
        elif judged.gone:
            self._say(f"mends {listed(counted(judged.gone))}", "$text-success")
        elif judged.kept:
            self._say(f"as before: {listed(counted(judged.kept))}", QUIET)
        else:
            self._say("valid", QUIET)

    def _say(self, words: str, style: str) -> None:
        self.query_one("#verdict", Static).update(Content.styled(visible(words), style))

    def action_complete(self) -> None:
        """Complete what is typed, as far as it is clear; else say what there is."""
        text, document = self._text, self._text.document
        assert isinstance(document, Document)
        at = document.get_index_from_location(text.cursor_location)
        found = completions_at(text.text, at, self._version)
        if found is None:
            self._offer("Nothing is known that could stand here.")
            return
        typed = text.text[found.start : found.end].strip('"')
        common = commonprefix(found.words)  # noqa: RUF071 - words, no paths
        if len(found.words) > 1 and len(common) <= len(typed):
            more = ", …" if len(found.words) > _OFFERED else ""
            self._offer(", ".join(found.words[:_OFFERED]) + more)
            return
        is_whole = len(found.words) == 1
        new = found.written(found.words[0]) if is_whole else f'"{common}'
        ends = [document.get_location_from_index(place) for place in (found.start, found.end)]
        text.replace(new, *ends)

    def _offer(self, words: str) -> None:
        """Say what could stand there, until the next key; the verdict stays."""
        self.query_one("#attributes-hint", Static).update(visible(words))

    def action_back(self) -> None:
        """Leave it for now: what was typed is there the next time."""
        self.is_kept = self.text != text_of(self._before)
        self.leave(None)

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Look at what would change."""
        if self._after is not None:
            self.leave(self._after)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.leave(None)
