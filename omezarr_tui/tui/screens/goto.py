"""The dialog that goes to a plane, a pixel or a physical position."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from omezarr_tui.image.channels import channel_axis, channel_name
from omezarr_tui.image.goto import Going, counted, going
from omezarr_tui.text import format_unit, listed, visible
from omezarr_tui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest


class GotoScreen(Dialog[Going | None]):
    """Asks for a line such as ``12`` or ``z=7.5um c=DAPI``, and tells below it what it means.

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
        """One line to type in, what it means, and what else can be typed."""
        request = self._request
        view, axes = request.view, request.image.multiscale.axes
        bounds = [f"{visible(a.name)} 0–{counted(request, at) - 1}" for at, a in enumerate(axes)]
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Go to a plane, a pixel or a place"
            # A number alone goes along the stepped axis.
            first = "100,250" if view.moving is None else f"a position on {axes[view.moving].name}"
            yield Input(placeholder=f"{visible(first)}, or {self._examples()}")
            yield Static("", classes="meaning", markup=False)
            yield Static("", classes="problem", markup=False)
            yield Static(
                f"{listed(bounds)}.  Two numbers are {self._displayed()}.  "
                f"Also: two axes ({self._pair()}), level=1, zoom=4.  "
                "Enter goes there, Esc leaves.",
                classes="hint",
                markup=False,
            )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        found = self._understood(event.value) if event.value.strip() else ""
        problem, meaning = (found, "") if isinstance(found, str) else ("", " · ".join(found.told))
        self.query_one(".problem", Static).update(problem)
        self.query_one(".meaning", Static).update(meaning)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        found = self._understood(event.value)
        if not isinstance(found, str):
            self.leave(found)

    def _understood(self, text: str) -> Going | str:
        """Where the line leads, or why it cannot be understood."""
        try:
            return going(self._request, text)
        except ValueError as error:
            return str(error)

    def _examples(self) -> str:
        """Ways to name a place that this image knows."""
        image, view = self._request.image, self._request.view
        axes, channels = image.multiscale.axes, channel_axis(image)
        down, across = axes[view.rows].name, axes[view.columns].name
        examples = [f"{down}=100 {across}=250"]
        measured = [a for a in axes if a.unit and a.type == "space"]
        examples += [f"{a.name}=7.5{format_unit(a.unit)}" for a in measured[:1]]
        if channels is not None:
            examples.append(f"{axes[channels].name}={channel_name(image, 0)}")
        return ", ".join(examples)

    def _displayed(self) -> str:
        view, axes = self._request.view, self._request.image.multiscale.axes
        return listed([visible(axes[at].name) for at in (view.rows, view.columns)])

    def _pair(self) -> str:
        image, view = self._request.image, self._request.view
        shown = (view.rows if view.moving is None else view.moving, view.columns)
        first, second = (image.multiscale.axes[at].name for at in sorted(shown))
        return visible(f"{first}{second}" if len(first + second) == 2 else f"{first}:{second}")
