"""What the picture pane says in words: its title, what is waited for, why there is no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from omezarr_tui.text import format_bytes
from omezarr_tui.tui.themes import KEY, QUIET
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.picture import PictureView

if TYPE_CHECKING:
    from textual.timer import Timer

    from omezarr_tui.errors import UserError

SLOW = 0.15  # seconds after which a picture that is still on its way is told of


class WordedPane(Vertical):
    """A pane of a picture and a bar, as far as it speaks."""

    def __init__(self) -> None:
        super().__init__(id="right")
        self._entitled = ""
        self.entitle("Picture")
        self._timer: Timer | None = None
        self._note = ""

    @property
    def view(self) -> PictureView:
        """The picture itself."""
        return self.query_one(PictureView)

    def entitle(self, title: str) -> None:
        """Set the title: text, never markup. Setting it paints the whole pane anew."""
        if title != self._entitled:
            self._entitled = title
            self.border_title = Content(title)

    # -- waiting --------------------------------------------------------------------------

    def begin_to_wait(self) -> None:
        """Say that something is being read, unless `settle` comes soon."""
        if self._timer is None:
            self._timer = self.set_timer(SLOW, self._tell_slow)

    @property
    def is_waiting(self) -> bool:
        """Whether something is being read."""
        return self._timer is not None

    def settle(self) -> None:
        """Nothing is being read any more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.border_subtitle != self._note:  # setting it paints the whole pane anew
            self.border_subtitle = self._note

    def note(self, words: str) -> None:
        """Say what goes on for longer than a picture takes to read; nothing ends it."""
        self._note = self.border_subtitle = words

    def _tell_slow(self) -> None:
        if self._note and not self.view.is_empty:
            return  # pictures come one after another, each as soon as it can
        self.border_subtitle = "reading… Esc stops"
        if self.view.is_empty:
            self.view.show_words(Content("reading…"))
        else:
            self.view.show_stale()

    # -- why there is no picture ----------------------------------------------------------

    def tell_stopped(self) -> None:
        """Say that the user stopped the reading."""
        self.view.show_words(Content("Reading was stopped. r reads again."))

    def tell_large(self, name: str, nbytes: int, *ways: tuple[str, str]) -> None:
        """Ask before so much is read.

        Parameters
        ----------
        name, nbytes
            What is to be read, safe to print, and how much that is.
        ways
            Keys that lead on otherwise, with what they do.
        """
        self.settle()
        size = format_bytes(nbytes)
        self.entitle(name)
        lines = [("r", "read it anyway (Esc stops it)"), *ways]
        self.view.show_words(
            Content.assemble(
                ("This is a lot to read.\n\n", "b"),
                f"What can be seen of {name} at a time lies in {size} of chunks.\n",
                *(part for key, does in lines for part in ("\n", (key, KEY), f"  {does}")),
            )
        )
        self.query_one(AxisBar).show_words(f"{name}: {size} to read, not read yet")

    def tell_failed(self, what: str, error: UserError, hint: str = "") -> None:
        """Say why something cannot be shown, in its place."""
        self.settle()
        self.view.show_words(
            Content.assemble(
                (f"{what}\n\n", "b $text-error"), f"{error.what}\n{error.why}\n\n", (hint, QUIET)
            )
        )
        self.query_one(AxisBar).show_words(f"{error.what}: {error.why}")

    def tell_lost(self, seconds: float) -> None:
        """Say that the network failed; what was seen stays."""
        self.settle()
        self.view.show_stale()
        self.border_subtitle = f"no connection: tried again in {seconds:.0f} s, r tries now"
