"""What all dialogs share."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A dialog that can be left once, however often a key is pressed."""

    def leave(self, answer: Answer) -> None:
        """Close the dialog with an answer; keys that were pressed too much are forgotten."""
        # `is_current` is also true of a screen that others stand before.
        if self.app.screen is self:
            self.dismiss(answer)
