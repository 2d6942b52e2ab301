"""Swatches of channels: in their own colours, and seen on any background."""

from __future__ import annotations

import pytest

from omezarr_tui.tui.widgets.swatch import swatch


@pytest.mark.parametrize(
    ("color", "lost_on_dark", "lost_on_light"),
    [
        ((255, 255, 255), False, True),
        ((255, 255, 0), False, True),
        ((0, 0, 0), True, False),
        ((0, 0, 255), False, False),
        ((255, 128, 0), False, False),
    ],
)
def test_what_would_be_lost_lies_on_grey(
    color: tuple[int, int, int], lost_on_dark: bool, lost_on_light: bool
) -> None:
    for dark, is_lost in ((True, lost_on_dark), (False, lost_on_light)):
        made = swatch(color, dark=dark)
        assert made.plain == "■ "
        (span,) = made.spans
        assert str(span.style).startswith("#{:02x}{:02x}{:02x}".format(*color))
        assert ("on #808080" in str(span.style)) == is_lost
