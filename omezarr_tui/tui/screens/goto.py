"""The dialog that goes to a plane by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.steering import placed
from omezarr_tui.text import listed, visible
from omezarr_tui.tui.screens.dialog import Dialog

Steer = Callable[[PictureRequest], PictureRequest]


class GotoScreen(Dialog[Steer | None]):
    """Asks for ``12`` or ``z=12, c=1``; answers with the step to take.

    Parameters
    ----------
    request
        What is shown now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Back")]

    def __init__(self, request: PictureRequest) -> None:
        super().__init__()
        self._request = request

    def compose(self) -> ComposeResult:
        """One line to type in, and the bounds."""
        view, axes = self._request.view, self._request.image.multiscale.axes
        bounds = [f"{visible(axes[a].name)} 0 to {self._bound(a) - 1}" for a in view.fixed]
        moving = visible(axes[view.moving].name) if view.moving is not None else ""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Go to a plane"
            yield Input(placeholder=f"a position on {moving}, or {moving}=12 and so on")
            yield Static(
                f"{listed(bounds)}.  Enter goes there, Esc leaves.", classes="hint", markup=False
            )
            yield Static("", classes="problem", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        problem = self._understood(event.value)
        text = problem if isinstance(problem, str) and event.value.strip() else ""
        self.query_one(".problem", Static).update(text)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        steer = self._understood(event.value)
        if not isinstance(steer, str):
            self.leave(steer)

    def _bound(self, axis: int) -> int:
        """Positions count as in the bar: of the level that was chosen, else of the finest."""
        if self._request.level is None:
            return self._request.view.extent[axis]
        return self._request.sampling().array.shape[axis]

    def _understood(self, text: str) -> Steer | str:
        """What to do, or why the text cannot be understood."""
        view, multiscale = self._request.view, self._request.image.multiscale
        steps: list[tuple[int, int]] = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, equals, number = (piece.strip() for piece in part.rpartition("="))
            axis = multiscale.axis_index(name) if equals else view.moving
            if axis is None or axis not in view.fixed:
                return f"there is no axis {name!r} to step along"
            try:
                position = int(number)
            except ValueError:
                return f"{number!r} is not a whole number"
            size = self._bound(axis)
            if not 0 <= position < size:
                label = multiscale.axes[axis].name
                return f"{label} is 0 to {size - 1}; {position} is outside"
            steps.append((axis, position))
        if not steps:
            return "type a number"

        def steer(request: PictureRequest) -> PictureRequest:
            for axis, position in steps:
                request = placed(request, axis, position, self._bound(axis))
            return request

        return steer
