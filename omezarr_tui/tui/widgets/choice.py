"""One of a few words on a line: arrows choose, and so does the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from omezarr_tui.tui.themes import QUIET

_GAP = 2


class Choice(Static, can_focus=True):
    """Words, of which one is chosen.

    Parameters
    ----------
    words
        Safe to print.
    id
        Of the widget.
    at
        The one that is chosen first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left", "step(-1)", "The one before"),
        ("right", "step(1)", "The next"),
    ]

    @dataclass
    class Changed(Message):
        """Another word was chosen."""

        choice: Choice

    def __init__(self, words: Sequence[str], *, id: str, at: int = 0) -> None:
        super().__init__("", id=id, markup=False)
        self.words = tuple(words)
        self.at = at

    def on_mount(self) -> None:
        """Draw it."""
        self._draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The chosen word stands out more, or less."""
        super().watch_has_focus(has_focus)
        if self.is_attached:
            self._draw()

    def choose(self, at: int) -> None:
        """Choose one of the words."""
        if at != self.at and 0 <= at < len(self.words):
            self.at = at
            self._draw()
            self.post_message(self.Changed(self))

    def action_step(self, steps: int) -> None:
        """Choose the next of the words."""
        self.choose((self.at + steps) % len(self.words))

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        if (offset := event.get_content_offset(self)) is None:
            return
        left = 0
        for at, word in enumerate(self.words):
            width = len(word or "—") + 2
            if left <= offset.x < left + width:
                self.choose(at)
            left += width + _GAP

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = []
        for at, word in enumerate(self.words):
            style = ("b reverse" if self.has_focus else "b") if at == self.at else QUIET
            parts += [(f"{'●' if at == self.at else '○'} {word or '—'}", style), " " * _GAP]
        self.update(Content.assemble(*parts), layout=False)
