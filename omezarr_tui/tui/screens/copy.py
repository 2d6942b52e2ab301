"""The dialog that copies a text through the terminal: one key for each, and what it would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.image.links import Refusal
from omezarr_tui.text import visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET

_HINT = "A key, or ↑ ↓ and Enter, copies it through the terminal (OSC 52) · Esc leaves"


@dataclass(frozen=True, slots=True)
class Copied:
    """A text that can be copied.

    Parameters
    ----------
    key
        Of the dialog.
    what
        In words.
    text
        The text, or why there is none.
    """

    key: str
    what: str
    text: str | Refusal


class CopyScreen(Dialog[Copied | None]):
    """Asks which text to copy.

    Parameters
    ----------
    texts
        What there is.
    """

    CSS_PATH = ["../styles/copy.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [("escape,y", "dismiss(None)", "Back")]

    def __init__(self, texts: Sequence[Copied]) -> None:
        super().__init__()
        self.texts = list(texts)

    def compose(self) -> ComposeResult:
        """The texts, and that on which the cursor stands in full."""
        with Vertical(classes="dialog", id="copy") as dialog:
            dialog.border_title = "Copy"
            yield OptionList(*map(self._option, self.texts), markup=False)
            yield Static("", id="copy-preview", markup=False)
            yield Static(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin with the first."""
        self.query_one(OptionList).highlighted = 0

    def renew(self, key: str, text: str | Refusal) -> None:
        """Show another text: it is known only now."""
        options = self.query_one(OptionList)
        at = next(at for at, one in enumerate(self.texts) if one.key == key)
        self.texts[at] = replace(self.texts[at], text=text)
        options.replace_option_prompt_at_index(at, self._option(self.texts[at]).prompt)
        if options.highlighted == at:
            self._preview(at)

    def on_key(self, event: object) -> None:
        """Copy the text of a key."""
        from textual.events import Key

        if isinstance(event, Key):
            for one in self.texts:
                if event.character == one.key:
                    event.stop()
                    self._choose(one)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._preview(event.option_index)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(self.texts[event.option_index])

    def _choose(self, one: Copied) -> None:
        if isinstance(one.text, Refusal):
            self._preview(self.texts.index(one))
            self.query_one(OptionList).highlighted = self.texts.index(one)
        else:
            self.leave(one)

    def _preview(self, at: int) -> None:
        text = self.texts[at].text
        shown = self.query_one("#copy-preview", Static)
        if isinstance(text, Refusal):
            shown.update(Content.styled(f"Not here: {text.why}.", QUIET))
        else:
            shown.update(Content("\n".join(visible(line) for line in text.split("\n"))))

    @staticmethod
    def _option(one: Copied) -> Option:
        is_there = not isinstance(one.text, Refusal)
        words = Content.assemble(
            (f" {one.key} ", "b" if is_there else QUIET),
            (f" {one.what}", "" if is_there else QUIET),
            ("" if is_there else "  not here", QUIET),
        )
        return Option(words)
