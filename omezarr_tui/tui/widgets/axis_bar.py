"""The bar below the picture: each axis, the values shown, the level. Always three lines."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from omezarr_tui.image.bar import axis_positions, level_text, window_text
from omezarr_tui.image.cells import RAMP
from omezarr_tui.image.picture import Picture

_APART = "   "
_STEPS = 12


class AxisBar(Static):
    """Tells of the picture that is shown; a click on an arrow steps, on a name chooses."""

    def __init__(self) -> None:
        super().__init__(id="bar", markup=False)
        self.show_words("")

    def show(self, picture: Picture) -> None:
        """Tell of a picture."""
        lines = [_axes(picture), _values(picture), _level(picture)]
        self.update(Content("\n").join(lines))

    def show_words(self, words: str) -> None:
        """Tell something in words; the bar stays as high as it is."""
        self.update(Content(f"{words}\n\n"))


def _axes(picture: Picture) -> Content:
    view = picture.request.view
    parts: list[Content] = []
    for axis, (name, told) in enumerate(axis_positions(picture)):
        if axis not in view.fixed:
            parts.append(Content.assemble((name, "b"), " ", (told, "$text-muted")))
            continue
        chosen = axis == view.moving
        label = Content.styled(f" {name} ", "b reverse" if chosen else "b")
        parts.append(
            Content.assemble(
                label.stylize(_click(f"screen.moving({axis})")),
                _arrow("◂", axis, -1),
                told,
                _arrow("▸", axis, 1),
            )
        )
    return Content(_APART).join(parts)


def _arrow(sign: str, axis: int, planes: int) -> Content:
    arrow = Content.styled(f" {sign} ", "$primary")
    return arrow.stylize(_click(f"screen.step_along({axis},{planes})"))


def _values(picture: Picture) -> Content:
    request = picture.request
    told = window_text(picture)
    if request.image.multiscale.is_label:
        return Content.assemble((f"{told}{_APART}{picture.reduction}", "$text-muted"))
    if request.rendering == "ascii":
        ramp = Content(RAMP if request.dark else RAMP[::-1])
    else:
        shades = [round(step * 255 / (_STEPS - 1)) for step in range(_STEPS)]
        colours = [tuple(shade * part // 255 for part in request.tint) for shade in shades]
        ramp = Content.assemble(
            *((" ", "on #{:02x}{:02x}{:02x}".format(*colour)) for colour in colours)
        )
    if request.invert:
        ramp = Content("").join(reversed([ramp[at : at + 1] for at in range(len(ramp))]))
    return Content.assemble(
        ("▕", "$text-muted"),
        ramp,
        ("▏", "$text-muted"),
        f" {told}",
        (f"{_APART}{picture.reduction}", "$text-muted"),
    )


def _level(picture: Picture) -> Content:
    request = picture.request
    how = ""
    if len(request.image.levels) > 1:
        how = " · automatic" if request.level is None else " · chosen (= automatic)"
    return Content.assemble((level_text(picture) + how, "$text-muted"))


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})
