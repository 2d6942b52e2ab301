"""All that can be changed at the node that is chosen, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.text import visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be changed.

    Parameters
    ----------
    id
        What the menu answers with.
    group
        What it stands under.
    title
        What it does.
    why_not
        Why it cannot be done here; empty where it can.
    """

    id: str
    group: str
    title: str
    why_not: str = ""


class EditMenu(Dialog[str | None]):
    """Lists what can be changed; answers with the id of what was chosen.

    Parameters
    ----------
    name
        The node.
    items
        What there is, group by group. What cannot be done here is shown, with its reason.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Back")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, name: str, items: Sequence[Item]) -> None:
        super().__init__()
        self._name = name
        self._items = items

    def compose(self) -> ComposeResult:
        """The list, and why the one under the cursor cannot be done."""
        with Vertical(classes="dialog", id="edit-menu") as dialog:
            dialog.border_title = Content(f"Edit {visible(self._name)}")
            yield OptionList(*self._options(), markup=False)
            yield Static("Enter chooses   Esc back", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Ready to choose."""
        self.query_one(OptionList).focus()

    def _options(self) -> list[Option]:
        options: list[Option] = []
        group = ""
        for item in self._items:
            if item.group != group:
                group = item.group
                options.append(Option(Content.styled(group, QUIET), disabled=True))
            text = Content(f"  {item.title}")
            if item.why_not:
                text = Content.assemble((f"  {item.title}", QUIET), (f"  {item.why_not}", QUIET))
            options.append(Option(text, id=item.id, disabled=bool(item.why_not)))
        return options

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.leave(event.option_id)
