"""Waiting for a place to open: what is waited for, and the key that gives it up."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from omezarr_tui.errors import UserError
from omezarr_tui.ome.fact import Fact
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.location import Location
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import format_bytes, plural, visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.lane import IsCancelled, Lane, told
from omezarr_tui.tui.opening import Opening, look_at_store
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.widgets.facts import FactsView

_QUICK = 0.15  # seconds: what opens within is not told of
_LOOK = 0.1  # seconds
_CLOCK = 6  # cells for the seconds, so that what stands behind them keeps its place
_SLOW = 5.0  # seconds after which it is told that an answer is late

Answer = Opening | UserError | None


class ConnectScreen(Dialog[Answer]):
    """Opens a place; answers with what it is, why it cannot be opened, or None if given up.

    Parameters
    ----------
    location, options, node, settings
        As for `open_store`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "give_up", "Give up"), ("q", "app.quit")]

    def __init__(self, location: Location, options: Options, node: str, settings: Settings) -> None:
        super().__init__()
        self._location = location
        self._options = options
        self._node = node
        self._settings = settings
        self._opening = Lane(self, "open")
        self._access: Access | None = None
        self._answer: Answer = None
        self._since = time.monotonic()

    def compose(self) -> ComposeResult:
        """What is waited for."""
        with Vertical(classes="dialog", id="connect") as dialog:
            dialog.border_title = "Opening" if self._location.is_local else "Connecting"
            yield FactsView(id="connect-facts")
            yield Static("Esc gives up", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin; tell of it where it is not done at once."""
        self._opening.run(self._open)
        if self._location.is_local:
            self.set_timer(_QUICK, self._appear)
        else:
            self._appear()

    def on_unmount(self) -> None:
        """Let a server that hangs keep nobody from leaving."""
        self._opening.stop()

    def _appear(self) -> None:
        self.add_class("-late")
        self._look()
        self.set_interval(_LOOK, self._look)

    def _open(self, cancelled: IsCancelled) -> Message:
        try:
            access = self._access = open_access(self._location, self._options)
            opening = look_at_store(access, self._options, self._node, self._settings)
            return messages.Opened(opening)
        except Cancelled:
            if self._access is not None:
                self._access.forget()  # and what was asked for, but not waited for yet
            raise
        except Exception as error:  # whatever it is, the user is told, and can correct the place
            return messages.NotOpened(told(error))

    def _look(self) -> None:
        """Tell how far it has come."""
        facts = [Fact("place", visible(self._location.url))]
        if self._location.endpoint:
            facts.append(Fact("server", visible(self._location.endpoint)))
        if self._node:
            facts.append(Fact("node", visible(self._node)))
        if self._access is not None and self._access.as_whom:
            facts.append(Fact("as", visible(self._access.as_whom)))
        seconds = time.monotonic() - self._since
        so_far = [f"{seconds:.1f} s".ljust(_CLOCK)]
        late = ""
        if self._access is not None and (traffic := self._access.traffic) is not None:
            so_far.append(plural(traffic.requests, "request"))
            so_far.append(format_bytes(traffic.nbytes))
            count, waited = traffic.waiting()
            if waited >= _SLOW:
                late = f"no answer to {plural(count, 'request')} for {waited:.0f} s"
        facts.append(Fact("so far", " · ".join(so_far)))
        facts.append(Fact("late" if late else "", late, warning=bool(late)))
        self.query_one(FactsView).show(facts)

    @on(messages.Opened)
    def _opened(self, event: messages.Opened) -> None:
        self._done(event.opening)

    @on(messages.NotOpened)
    def _not_opened(self, event: messages.NotOpened) -> None:
        self._done(event.error)

    def _done(self, answer: Answer) -> None:
        self._answer = answer
        self._leave_answered()

    def on_screen_resume(self) -> None:
        """Leave with an answer that came while another screen stood before this one."""
        self._leave_answered()

    def _leave_answered(self) -> None:
        # Where the command palette stands before it, the answer waits until that is closed.
        if self._answer is not None and self.app.screen is self:
            answer, self._answer = self._answer, None
            self.leave(answer)

    def action_give_up(self) -> None:
        """Wait no longer."""
        self._opening.stop()
        self.leave(None)
