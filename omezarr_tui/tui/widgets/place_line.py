"""The line for a path or URL, and below it what its text may go on to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from omezarr_tui.text import plural, visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.rows import Part, Rows

_MOST = 8  # rows that are in sight


class PlaceLine(Input):
    """One line to type a place into. Tab completes it; the arrows choose from what fits."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("line")

    @dataclass
    class Wanted(Message):
        """What a text may go on to is wanted."""

        text: str

    class Left(Message):
        """There is nothing to complete: the next pane is wanted."""

    def __init__(self) -> None:
        super().__init__(id="line", placeholder="a path or URL: ~/data, s3://bucket/…, https://…")
        self.select_on_focus = False
        self._completed: str | None = None  # the text that what fits belongs to

    @property
    def fitting(self) -> Fitting:
        """What the text may go on to."""
        return self.screen.query_one(Fitting)

    def put(self, text: str) -> None:
        """Show a text that was not typed: nothing is asked about it."""
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)
        self.close()

    def on_input_changed(self) -> None:
        """Ask what the text may go on to."""
        if self.value.strip():
            self.post_message(self.Wanted(self.value))
        else:
            self.close()

    def on_blur(self) -> None:
        """What fits is shown while one types."""
        self.close()

    def show_fitting(self, text: str, texts: list[str]) -> None:
        """Show what the text may go on to."""
        if text == self.value and self.has_focus:
            self._completed = text
            self.fitting.show_texts(texts)

    def close(self) -> bool:
        """Show no longer what fits; whether it was shown."""
        was = bool(self.fitting.count)
        self._completed = None
        self.fitting.show_texts([])
        return was

    async def action_submit(self) -> None:
        """Take what was chosen of what fits; else open what stands in the line."""
        chosen = self.fitting.chosen
        if chosen is not None and chosen != self.value:
            self.take(chosen)
        else:
            await super().action_submit()

    def action_fitting(self, steps: int) -> None:
        """Choose the next of what fits."""
        self.fitting.step(steps)

    def action_complete(self) -> None:
        """Complete the text as far as it is certain, then by the next that fits."""
        texts = [text for text in self.fitting.texts if text.startswith(self.value)]
        common = _common_start(texts)
        if self._completed != self.value or not self.fitting.texts:
            self.post_message(self.Left())
        elif self.fitting.chosen is not None:
            self.take(self.fitting.chosen)
        elif len(common) > len(self.value):
            self.take(common)
        else:
            self.fitting.step(1)

    def take(self, text: str) -> None:
        """Go on with a text."""
        self.close()
        self.value = text
        self.cursor_position = len(text)


class Fitting(Rows, can_focus=False):
    """What the text in the line may go on to."""

    def __init__(self) -> None:
        super().__init__(id="fitting")
        self.texts: list[str] = []
        self.is_chosen = False

    @property
    def chosen(self) -> str | None:
        """What was chosen; None before the arrows were used."""
        return self.texts[self.cursor] if self.texts and self.is_chosen else None

    def show_texts(self, texts: list[str]) -> None:
        """Show other texts, none of which is chosen."""
        self.texts = texts
        self.is_chosen = False
        self.display = bool(texts)
        self.styles.height = min(len(texts), _MOST) + 2
        more = len(texts) - _MOST
        self.border_subtitle = f"{plural(len(texts), 'place')}" if more > 0 else ""
        self.set_class(not self.is_chosen, "-none")
        self.show(len(texts))

    def step(self, steps: int) -> None:
        """Choose the next, or the first."""
        if self.is_chosen:
            self.cursor += steps
        self.is_chosen = bool(self.texts)
        self.set_class(not self.is_chosen, "-none")
        self.refresh()

    def left(self, at: int, line: int) -> list[Part]:
        """The text."""
        return [(visible(self.texts[at]), "rows--plain")]

    def right(self, at: int, line: int) -> list[Part]:
        """Nothing."""
        return []


def _common_start(texts: list[str]) -> str:
    """What all texts begin with, letter by letter."""
    first, last = min(texts, default=""), max(texts, default="")
    same = (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(same, min(len(first), len(last)))]
