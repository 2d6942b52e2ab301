"""What all dialogs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual.screen import ModalScreen

if TYPE_CHECKING:
    from omezarr_tui.image.picture import Picture

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A dialog that can be left once, however often a key is pressed."""

    def leave(self, answer: Answer) -> None:
        """Close the dialog with an answer; keys that were pressed too much are forgotten."""
        # `is_current` is also true of a screen that others stand before.
        if self.app.screen is self:
            self.dismiss(answer)


class Following(Dialog[None]):
    """A dialog beside the picture, which stays in sight and changes at once."""

    def follow(self, picture: Picture) -> None:
        """A new picture is shown behind the dialog."""
        raise NotImplementedError
