"""Facts in two columns: labels at the left, values that go on below their own start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.ome.fact import Fact
from omezarr_tui.tui.themes import QUIET, WARNING
from omezarr_tui.tui.widgets.swatch import swatch

_NO_BREAK = "\u00a0"
_TORN = re.compile(r" × |(?<=\d) (?=[^\s\d]{1,3}$)")  # gaps inside sizes, and before a unit
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")  # between columns
_LEAST = 12  # cells for the values


class FactsView(Static):
    """Shows labelled facts, broken for the width that there is."""

    def __init__(self, facts: Sequence[Fact] = (), *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._facts = list(facts)

    def show(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        self._facts = list(facts)
        self._lay_out()

    def on_mount(self) -> None:
        """Wear the colours of the theme that is chosen."""
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._lay_out())

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max((len(fact.label) for fact in self._facts), default=0)
        room = max(_LEAST, self.size.width - width - 2)
        lines = []
        for fact in self._facts:
            mark = self._swatch(fact.color) if fact.color else Content("")
            if fact.warning and not fact.value.startswith("✗"):
                mark = Content.styled("! ", WARNING)
            style = WARNING if fact.warning else ""
            first, *rest = _lines(fact.value, room - mark.cell_length)
            label = (f"{fact.label:<{width}}  ", QUIET)
            lines.append(Content.assemble(label, mark, (first, style)))
            lines += [Content.assemble(" " * (width + 2), (line, style)) for line in rest]
        self.update(Content("\n").join(lines))

    def _swatch(self, color: str) -> Content:
        return swatch(Color.parse(f"#{color}").rgb, dark=self.app.current_theme.dark)


def _nearer(text: str, by: int) -> str:
    """A text without so many of the blanks between its columns; as it is where too few are."""
    gaps = [*_GAP.finditer(text)]
    if by <= 0 or sum(len(gap[0]) - 1 for gap in gaps) < by:
        return text
    for gap in reversed(gaps):
        fewer = min(by, len(gap[0]) - 1)
        text = text[: gap.start()] + text[gap.start() + fewer :]
        by -= fewer
    return text


def _lines(text: str, width: int) -> list[str]:
    """A text in lines; sizes such as ``2 × 32 × 275 µm`` are torn apart only where they must.

    Columns come nearer to one another, the last ones first, where that saves a line.
    """
    text = _nearer(text, len(text) - width)
    whole = _TORN.sub(lambda gap: gap[0].replace(" ", _NO_BREAK), text)
    if max(map(len, whole.split(" ")), default=0) > width:
        whole = text.replace("× ", f"×{_NO_BREAK}")  # before a sign, never inside a number
    lines = wrap(whole, max(1, width), replace_whitespace=False) or [""]
    return [line.replace(_NO_BREAK, " ") for line in lines]
