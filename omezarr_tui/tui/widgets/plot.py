"""What plots in the terminal share: a pane for them, and lines of styled characters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from omezarr_tui.image.plotted import ShownChannel, ink
from omezarr_tui.text import format_bytes
from omezarr_tui.tui.themes import KEY, QUIET

_LEAST_ROWS = 2


class Plot(Static, can_focus=True):
    """A plot with its numbers, drawn anew whenever it has more or less room."""

    def __init__(self, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self.channels: list[ShownChannel] = []
        self.at = 0  # which of them keys change
        self._words: Content | None = Content("")
        self.is_old = False  # what is drawn is not what is asked for

    def on_resize(self) -> None:
        """Draw it anew."""
        self.draw()

    def draw(self) -> None:
        """Draw the plot, or the words in its place."""
        width, height = self.content_size
        if width < 1 or height < 1:
            return
        content = self._words if self._words is not None else self._drawn(width, height)
        self.update(content.stylize("dim") if self.is_old else content, layout=False)

    def _drawn(self, width: int, height: int) -> Content:
        raise NotImplementedError

    # -- words in its place ---------------------------------------------------------------

    def show_words(self, words: str | Content) -> None:
        """Show words in the place of the plot."""
        self._words = words if isinstance(words, Content) else Content(words)
        self.is_old = False
        self.draw()

    def ask(self, nbytes: int, what: str) -> None:
        """Ask before so much is read."""
        self.show_words(
            Content.assemble(
                ("This is a lot to read.\n", "b"),
                f"{what} lies in {format_bytes(nbytes)} of chunks.\n\n",
                ("Enter", KEY),
                "  read it (Esc stops it)",
            )
        )

    def wait(self) -> None:
        """Dim what is drawn: other values are being read."""
        if self._words is not None:
            self.show_words(Content.styled("reading… Esc stops", QUIET))
        elif not self.is_old:
            self.is_old = True
            self.draw()

    def show(self) -> None:
        """Show the plot, which is what was asked for."""
        self._words, self.is_old = None, False
        self.draw()

    @property
    def shows_words(self) -> bool:
        """Whether words stand in the place of the plot."""
        return self._words is not None

    # -- channels -------------------------------------------------------------------------

    @property
    def channel(self) -> ShownChannel:
        """The channel that keys change."""
        return self.channels[min(self.at, len(self.channels) - 1)]

    def ink(self, channel: ShownChannel) -> str:
        """The style of a channel's bars or curve."""
        if channel.color == (255, 255, 255) or self.app.no_color:
            return "$foreground"
        red, green, blue = ink(channel.color, dark=self.app.current_theme.dark)
        return f"rgb({red},{green},{blue})"

    def action_next_channel(self, steps: int) -> None:
        """The next of the channels that are shown."""
        if self.channels:
            self.at = (self.at + steps) % len(self.channels)
            self.draw()


class PlotPane(Vertical):
    """The place of plots: beside the picture, or below it where room is scarce."""

    def __init__(self, *plots: Plot) -> None:
        super().__init__(id="plot")
        self._plots = plots

    def compose(self) -> ComposeResult:
        """The plots, of which one is shown at a time, and a line to type numbers in."""
        yield from self._plots
        yield Input(id="edges", placeholder="low high, as 7 918")

    def choose(self, plot: Plot, title: str) -> None:
        """Show one of the plots."""
        for one in self._plots:
            one.display = one is plot
        self.border_title = Content(title)

    @property
    def chosen(self) -> Widget | None:
        """The plot that is shown."""
        return next((plot for plot in self._plots if plot.display), None)


def runs(text: str, styles: Sequence[str]) -> Content:
    """Characters, each in its own style."""
    parts = groupby(zip(text, styles, strict=True), key=lambda pair: pair[1])
    return Content.assemble(
        *(("".join(letter for letter, _ in pairs), style) for style, pairs in parts)
    )


def with_marker(line: str, styles: Sequence[str], at: int, plain: str) -> Content:
    """A row of a plot with the marker's line in a column, behind what the plot shows there.

    Parameters
    ----------
    line, styles
        Characters, each with its style.
    at
        The column.
    plain
        The style of the line where nothing else is.
    """
    letters, inks = list(line), list(styles)
    if letters[at] == " ":
        letters[at], inks[at] = "│", plain
    else:  # a curve, whose dots stay in sight
        inks[at] = f"b {inks[at]} on $secondary"
    return runs("".join(letters), inks)


def flowed(parts: Sequence[Content], width: int, most: int | None = None) -> list[Content]:
    """Parts one after another, none of them broken, on as many lines as they take.

    Parameters
    ----------
    most
        Lines at the most; how many parts are left out stands after the last.
    """
    lines: list[Content] = []
    for at, part in enumerate(parts):
        joined = Content("  ").join([*lines[-1:], part])
        if lines and joined.cell_length <= width:
            lines[-1] = joined
        elif most is None or len(lines) < most:
            lines.append(part)
        else:
            lines[-1] = Content.assemble(lines[-1], (f" +{len(parts) - at}", QUIET))
            break
    return lines


def clipped(content: Content, width: int) -> Content:
    """A line that is no longer than the room there is."""
    return content if content.cell_length <= width else content.truncate(width, ellipsis=True)


def rows_left(height: int, others: int) -> int:
    """Rows for the plot itself when so many lines of text stand around it."""
    return max(_LEAST_ROWS, height - others)
