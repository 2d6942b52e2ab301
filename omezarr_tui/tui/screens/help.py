"""All keys, from the table of actions; those that do nothing at the moment are dimmed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from omezarr_tui.tui.actions import WHERE_TITLES, Action, Where, is_detail
from omezarr_tui.tui.themes import DIM, KEY

_COLUMN = 50


class HelpScreen(ModalScreen[None]):
    """The keys, those of the focused pane first.

    Parameters
    ----------
    actions
        The table of actions.
    where
        The pane that has the focus.
    works
        Whether an action can do anything at the moment.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark", "dismiss", "Back")]

    def __init__(
        self, actions: tuple[Action, ...], where: Where, works: Callable[[Action], bool]
    ) -> None:
        super().__init__()
        self._actions = actions
        self._where = where
        self._works = works

    def compose(self) -> ComposeResult:
        """The table, in two columns where there is room."""
        with VerticalScroll(classes="dialog", id="help") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "Esc"
            yield Static(id="help-keys", markup=False)

    def on_resize(self) -> None:
        """Lay the table out for the room that there is."""
        sections = [self._section(where) for where in self._order()]
        columns = 2 if self.app.size.width >= 2 * _COLUMN + 14 else 1
        self.query_one("#help").styles.width = columns * _COLUMN + 8
        lines = [line for section in sections[:1] for line in section]
        others = [line for section in sections[1:] for line in [*section, Content("")]]
        if columns == 2:
            # The longest section has a column of its own.
            rows = zip_longest(others, lines, fillvalue=Content(""))
            joined = [Content.assemble(a, " " * (_COLUMN - a.cell_length), b) for a, b in rows]
        else:
            joined = [*others, *lines]
        self.query_one("#help-keys", Static).update(Content("\n").join(joined))

    def _order(self) -> list[Where]:
        """What is told of everywhere first; of the panes the one that has the focus."""
        parts = dict.fromkeys(action.where for action in self._actions)
        at = list(WHERE_TITLES)
        first = ("everywhere", "opening", "checking")
        return sorted(parts, key=lambda w: (w not in first, w != self._where, at.index(w)))

    def _section(self, where: Where) -> list[Content]:
        lines = [Content.styled(WHERE_TITLES[where], "b $accent")]
        for action in self._actions:
            if action.where != where or is_detail(action):
                continue
            works = self._works(action)
            key = (f"{action.display:>9}  ", KEY if works else DIM)
            lines.append(Content.assemble(key, (action.title, "" if works else DIM)))
        return lines
