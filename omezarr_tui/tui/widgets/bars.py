"""The title bar above, and the keys below: one line each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from omezarr_tui.store.traffic import Traffic
from omezarr_tui.text import format_bytes, plural
from omezarr_tui.tui.actions import Action
from omezarr_tui.tui.themes import KEY, QUIET, WARNING

_LOOK = 0.25  # seconds
_SLOW = 1.0  # seconds after which an answer is late
_WIDE = 28  # cells that whole words of the traffic take


class TitleBar(Static):
    """The store at the left; its format, place and whether it can be edited at the right."""

    def __init__(self) -> None:
        super().__init__(id="title", markup=False)
        self._left = ""
        self._right: list[str] = []
        self._busy = ""

    def show(self, left: str, right: list[str]) -> None:
        """Show a name and the facts beside it."""
        self._left, self._right = left, right
        self._lay_out()

    def show_busy(self, words: str) -> None:
        """Show what is going on in place of the facts, until it has ended."""
        self._busy = words
        self._lay_out()

    def on_resize(self) -> None:
        """Lay the line out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.size.width
        right = [self._busy] if self._busy else list(self._right)
        # The least important words stand first, and go first.
        while right and len(self._left) + 3 + len(" · ".join(right)) > room:
            right.pop(0)
        told = " · ".join(right)
        left = self._left if len(self._left) <= room else "…" + self._left[-(room - 1) :]
        gap = " " * max(1, room - len(left) - len(told))
        self.update(
            Content.assemble((left, "b"), gap, (told, WARNING if self._busy else QUIET)),
            layout=False,
        )


class KeyBar(Static):
    """The keys that matter here and now; a click presses them."""

    def __init__(self) -> None:
        super().__init__(id="keys", markup=False)
        self._actions: list[Action] = []

    def show(self, actions: list[Action], works: Callable[[Action], bool]) -> None:
        """Show the keys of those actions that work."""
        shown = [action for action in actions if works(action)]
        if shown != self._actions:
            self._actions = shown
            self._lay_out()

    def on_resize(self) -> None:
        """Lay the line out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        groups = [(word, list(some)) for word, some in groupby(self._actions, lambda a: a.short)]
        room = self.size.width
        chosen: list[int] = []
        for at in sorted(range(len(groups)), key=lambda at: groups[at][1][0].rank):
            word, actions = groups[at]
            width = len(word) + sum(len(a.display) + 1 for a in actions) + 2
            if width <= room:
                room -= width
                chosen.append(at)
        parts: list[str | tuple[str, str] | Content] = []
        for at in sorted(chosen):
            word, actions = groups[at]
            for action in actions:
                keys = Content.styled(action.display, KEY)
                if action.keys:
                    press = {"@click": f"app.simulate_key({action.keys[0]!r})"}
                    keys = keys.stylize(Style.from_meta(press))
                parts += [keys, " "]
            parts += [(word, QUIET), "  "]
        self.update(Content.assemble(*parts), layout=False)


class TrafficBar(Static):
    """What has gone over the network, and what is waited for; it keeps its place and width.

    Parameters
    ----------
    traffic
        What is told.
    """

    def __init__(self, traffic: Traffic) -> None:
        super().__init__(id="traffic", markup=False)
        self._traffic = traffic
        self._told: tuple[str, str] = ("", "")

    def on_resize(self) -> None:
        """Tell it in the room that there is now."""
        self.look()

    def on_mount(self) -> None:
        """Look now and then."""
        self.set_interval(_LOOK, self.look)

    def look(self) -> None:
        """Tell it anew, if it has changed."""
        count, seconds = self._traffic.waiting()
        if seconds >= _SLOW:
            waits = f"waiting {seconds:.0f} s"
            words = [f"{waits} for {plural(count, 'answer')} · Esc", f"{waits} · Esc", waits]
        else:
            requests, size = self._traffic.requests, format_bytes(self._traffic.nbytes)
            words = [f"{plural(requests, 'request')}  {size}", f"{requests} req {size}"]
        room = self.content_size.width
        if room < _WIDE:  # the same words there whatever the numbers
            del words[0]
        fitting = next((some for some in words if len(some) <= room), words[-1])
        told = (fitting, WARNING if seconds >= _SLOW else QUIET)
        if told != self._told:
            self._told = told
            self.update(Content.assemble(told), layout=False)
