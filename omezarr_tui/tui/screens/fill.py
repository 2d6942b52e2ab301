"""The dialog that asks what to fill, and with which value; both are checked while typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from omezarr_tui.image.selection import Selection, parse_selection, whole
from omezarr_tui.store.node import Array
from omezarr_tui.text import plural, visible
from omezarr_tui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.operation import Edit

_OR_QUOTES = ', or "" for an empty text'


@dataclass(frozen=True, slots=True)
class Filling:
    """What the user wants to be filled."""

    node: Array
    selection: Selection
    value: Any

    def edit(self, store: Around) -> Edit:
        """The edit of it, by paths from the root of the store."""
        from omezarr_tui.edit.changes import Fill
        from omezarr_tui.edit.pixels import PixelEdit

        path = store.from_root(self.node.path)
        assert path is not None
        node = replace(self.node, path=path)
        return PixelEdit(node, self.selection, Fill(self.value), name=store.access.location.name)


class FillScreen(Dialog[Filling | None]):
    """Asks for a selection and a value.

    Parameters
    ----------
    node
        The array.
    axes
        Names of its axes; where there are none they are called by number.
    plane
        Where the shown plane lies along the axes that are not displayed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Back")]

    def __init__(self, node: Array, axes: Sequence[str], plane: Mapping[int, int]) -> None:
        super().__init__()
        self._node = node
        rank = len(node.shape)
        self._axes = list(axes) if len(axes) == rank else [f"dim_{at}" for at in range(rank)]
        self._plane = plane

    def compose(self) -> ComposeResult:
        """Two lines to type in, each with what it allows."""
        node = self._node
        at = ", ".join(f"{self._axes[axis]}={position}" for axis, position in self._plane.items())
        sizes = [f"{a} 0–{size - 1}" for a, size in zip(self._axes, node.shape, strict=True)]
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Fill a region of {visible(node.name or 'the array')}")
            yield Label("Where", markup=False)
            yield Input(at, id="where", placeholder="all of it", select_on_focus=False)
            yield Static(
                f"{visible(', '.join(sizes))}; an axis that is not named is whole\n"
                "a range is start:stop, as in Python: y=10:20",
                classes="hint",
                markup=False,
            )
            yield Static("", id="where-problem", classes="problem", markup=False)
            yield Label(f"Value ({visible(node.dtype.name)})", markup=False)
            yield Input(id="value", placeholder='a text, or "" for none' if self._is_text else "0")
            yield Static("", id="value-problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Look…", id="go", variant="primary", disabled=True, compact=True)

    def on_mount(self) -> None:
        """The value is what must be typed."""
        self.query_one("#value", Input).focus()
        self._check()

    @on(Input.Changed)
    def _check(self) -> None:
        problems = {"where": self._selection(), "value": self._value()}
        for name, found in problems.items():
            typed = self.query_one(f"#{name}", Input).value
            problem = found if isinstance(found, _Problem) else None
            shown = "" if problem is None or (name == "value" and not typed) else problem.text
            if name == "where" and isinstance(found, Selection):
                shown = ""
            self.query_one(f"#{name}-problem", Static).update(shown)
            self.query_one(f"#{name}", Input).set_class(bool(shown), "-invalid")
        good = not any(isinstance(found, _Problem) for found in problems.values())
        go = self.query_one("#go", Button)
        go.disabled = not good
        selection = problems["where"]
        if isinstance(selection, Selection):
            go.label = f"Look at {plural(selection.size, 'value')}…"
        else:
            go.label = "Look…"
        go.refresh(layout=True)  # it is as wide as its label

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        selection, value = self._selection(), self._value()
        if isinstance(selection, _Problem):
            self.query_one("#where", Input).focus()
        elif isinstance(value, _Problem):
            self.query_one("#value", Input).focus()
            self.query_one("#value-problem", Static).update(value.text)
        else:
            self.leave(Filling(self._node, selection, value))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.leave(None)

    def _selection(self) -> Selection | _Problem:
        text = self.query_one("#where", Input).value.strip()
        if not text:
            return whole(self._node.shape)
        try:
            return parse_selection(text, self._node.shape, self._axes)
        except ValueError as error:
            return _Problem(visible(error))

    @property
    def _is_text(self) -> bool:
        return self._node.dtype.kind == "string"

    def _value(self) -> Any:
        from omezarr_tui.edit.value import parse_value

        text = self.query_one("#value", Input).value
        if not text.strip():
            return _Problem(f"type a value{_OR_QUOTES if self._is_text else ''}")
        try:
            return parse_value("" if self._is_text and text == '""' else text, self._node.dtype)
        except ValueError as error:
            return _Problem(visible(error))


@dataclass(frozen=True, slots=True)
class _Problem:
    text: str
