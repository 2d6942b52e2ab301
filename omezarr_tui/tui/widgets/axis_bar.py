"""The bar below the picture: each axis, the values shown, the level. Always three lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import wrap

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from omezarr_tui.errors import explain
from omezarr_tui.image.bar import (
    AxisPlace,
    axis_places,
    failures_of,
    how_shown,
    no_range_text,
    not_values_text,
    others_seen,
    overlay_note,
    overlay_text,
)
from omezarr_tui.image.cells import RAMP
from omezarr_tui.image.channels import channel_color, channel_name
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.picture import Layer, Picture
from omezarr_tui.image.states import STATE_COLORS, VALUE
from omezarr_tui.image.under_cursor import label_texts, place_texts
from omezarr_tui.image.view import View
from omezarr_tui.ome.sizes import pixel_size
from omezarr_tui.text import format_number, format_shape, visible
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.swatch import swatch

_APART = "   "
_STEPS = 16
_LINES = 3


class AxisBar(Static):
    """Tells of the picture that is shown; a click on an arrow steps, on a name chooses."""

    def __init__(self) -> None:
        super().__init__(id="bar", markup=False)
        self._picture: Picture | None = None
        self._mark: tuple[int, int] | None = None
        self._pixel: tuple[list[str], ...] = ()
        self._words = ""

    def show(self, picture: Picture, mark: tuple[int, int] | None = None) -> None:
        """Tell of a picture, and of the sample (row, column) that the cursor is on."""
        self._picture, self._mark, self._pixel = picture, mark, ()
        self._lay_out()

    def show_pixel(self, *choices: list[str]) -> None:
        """Tell exact values of the pixel that the cursor rests on, as fully as there is room."""
        self._pixel = choices
        self._lay_out()

    def show_words(self, words: str) -> None:
        """Tell something in words; the bar stays as high as it is."""
        self._picture, self._words = None, words
        self._lay_out()

    def on_mount(self) -> None:
        """Wear the colours of the theme that is chosen."""
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._lay_out())

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._picture is None:
            words = wrap(
                self._words, max(8, self.content_size.width - 2), max_lines=_LINES, placeholder=" …"
            )
            self.update(Content("\n".join(f" {line}" for line in words)), layout=False)
            return
        room = self.content_size.width
        dark = self.app.current_theme.dark
        lines = (
            _axes(self._picture, room),
            *_values_and_level(self._picture, room, self._mark, self._pixel, dark=dark),
        )
        self.update(Content("\n").join(lines), layout=False)


def _fitting(parts: list[Content], room: int, kept: int = 0, apart: str = _APART) -> Content:
    """The parts that fit, in their order: one that is always kept, and the first ones."""
    shown: list[int] = []
    for at in sorted(range(len(parts)), key=lambda at: at != kept):
        if shown and Content(apart).join(parts[it] for it in (*shown, at)).cell_length > room:
            break
        shown.append(at)
    return Content(apart).join(parts[at] for at in sorted(shown))


def _fits(parts: list[Content], room: int) -> bool:
    return Content(_APART).join(parts).cell_length <= room


def _axes(picture: Picture, room: int) -> Content:
    """Each axis, with all that is to be said of it where there is room."""
    view = picture.request.view
    parts: list[Content] = []
    apart = _APART
    for places, apart in _briefer(view, axis_places(picture)):
        parts = _axis_parts(view, places)
        if Content(apart).join(parts).cell_length <= room:
            break
    moving = 0 if view.moving is None else view.fixed.index(view.moving)
    return _fitting(parts, room, moving, apart)


def _briefer(view: View, places: list[AxisPlace]) -> Iterator[tuple[list[AxisPlace], str]]:
    """The axes in fewer and fewer words, the least important left out first; and what parts them.

    Where the displayed axes are stays always when a part of them is seen; else it is the whole
    plane, and what the moving axis says is worth more.
    """
    others = [axis for axis in view.fixed if axis != view.moving]
    moving = [axis for axis in view.fixed if axis == view.moving]
    yield places, _APART
    places = _without(places, others, note="")
    yield places, _APART
    displayed = [view.rows, view.columns]
    is_part = any(places[axis].bounds for axis in displayed)
    places = _without(places, displayed, bounds="")
    yield places, _APART
    yield places, ""  # the labels of fixed axes begin with a blank, and their arrows end with one
    places = _without(places, others, bounds="")
    yield places, ""
    if is_part:
        places = _without(places, moving, note="")
        yield places, ""
        yield _without(places, moving, bounds=""), ""


def _without(places: list[AxisPlace], axes: list[int], **parts: str) -> list[AxisPlace]:
    return [replace(place, **parts) if at in axes else place for at, place in enumerate(places)]


def _axis_parts(view: View, places: list[AxisPlace]) -> list[Content]:
    fixed, displayed = [], []
    for axis, place in enumerate(places):
        if axis not in view.fixed:
            displayed.append(Content.assemble((f" {place.name}", "b"), " ", (place.text, QUIET)))
            continue
        label = Content.styled(f" {place.name} ", "b reverse" if axis == view.moving else "b")
        fixed.append(
            Content.assemble(
                label.stylize(_click(f"screen.moving_axis({axis})")),
                _arrow("◂", axis, -1),
                place.text,
                _arrow("▸", axis, 1),
            )
        )
    return fixed + displayed


def _arrow(sign: str, axis: int, planes: int) -> Content:
    arrow = Content.styled(f" {sign} ", "$primary")
    return arrow.stylize(_click(f"screen.step_along({axis},{planes})"))


def _values_and_level(
    picture: Picture,
    room: int,
    mark: tuple[int, int] | None,
    pixel: tuple[list[str], ...],
    *,
    dark: bool,
) -> tuple[Content, Content]:
    """What the values look like and the level; with the cursor, what lies under it."""
    if mark is None:
        return _without_cursor(picture, room, dark=dark)
    labels = label_texts(picture, *mark)
    return (
        _one_line([place_texts(picture, *mark, brief=brief) for brief in range(3)], room),
        _one_line(_last_left_out(labels, pixel), room)
        if labels or pixel
        else _fitting(_level(picture), room),
    )


def _without_cursor(picture: Picture, room: int, *, dark: bool) -> tuple[Content, Content]:
    level = _level(picture)
    if failures := failures_of(picture):
        level = [Content.styled(f" {explain(failures[0])}", "b").truncate(room, ellipsis=True)]
    over = []
    if told := overlay_text(picture):
        note = explain(picture.no_labels) if picture.no_labels else overlay_note(picture)
        words = " " + ": ".join(filter(None, [told, note]))
        over = [Content.styled(words, "b").truncate(room, ellipsis=True)]
    how = [] if no_range_text(picture) else [Content.styled(how_shown(picture), QUIET)]
    values = [*_values(picture, dark=dark), *how, *over]
    if not _fits(values, room):
        # Beside the level, whose shape and pixel size stand above the picture as well.
        if failures:
            pass  # which matters more
        elif _fits([level[0], *how], room):
            level = [level[0], *how, *level[1:]]
        else:
            level = [Content.assemble(" ", *how), *level]
        values = [*_values(picture, dark=dark), *over]
    if not _fits(values, room):
        values = [*_values(picture, dark=dark, brief=True), *over]
    return _fitting(values, room, len(values) - 1 if over else 0), _fitting(level, room)


def _last_left_out(labels: list[str], pixel: tuple[list[str], ...]) -> list[list[str]]:
    """The label, the pixel and what is known of the label, of which the last is left out first."""
    full = pixel[0] if pixel else []
    texts = [*labels[:1], *full, *labels[1:]]
    fewest = max(1, len(texts) - len(labels[1:]))
    choices = [texts[:count] for count in range(len(texts), fewest - 1, -1)]
    return [*choices, *([*labels[:1], *brief] for brief in pixel[1:])]


def _one_line(choices: list[list[str]], room: int) -> Content:
    """The first of some choices that fits, each a text with others behind it; else the last."""
    told = Content("")
    for first, *others in choices:
        told = Content.assemble(" ", (first, "b"), *(f" · {text}" for text in others))
        if told.cell_length <= room:
            break
    return told.truncate(room, ellipsis=True)


def _values(picture: Picture, *, dark: bool, brief: bool = False) -> list[Content]:
    others = _not_values(picture, brief=brief)
    if told := no_range_text(picture):
        return [Content.styled(f" {told}", QUIET), *others]
    if picture.request.is_composed:
        scales = [_colored_range(picture, layer, dark=dark) for layer in picture.layers]
    else:
        scales = [_scale(picture)]
    return [*scales, *others]


def _not_values(picture: Picture, *, brief: bool) -> list[Content]:
    """What is seen besides values, each with its glyph or colour."""
    if picture.request.look.rendering == "ascii" or picture.request.look.depth == "none":
        return [Content.styled(told, "b") for told in [not_values_text(picture)] if told]
    return [
        Content.styled(text, QUIET)
        if at == VALUE
        else Content.assemble(("■ ", "rgb({},{},{})".format(*STATE_COLORS[at][0])), (text, "b"))
        for at, text in others_seen(picture, brief=brief)
    ]


def _colored_range(picture: Picture, layer: Layer, *, dark: bool) -> Content:
    """One of the channels that are shown together: its colour, name and values."""
    image, look = picture.request.image, picture.request.look
    square = swatch(channel_color(image, look, layer.channel), dark=dark)
    low, high = format_number(layer.window.start), format_number(layer.window.end)
    name = Content.styled(channel_name(image, layer.channel), "b")
    name = name.stylize(_click("screen.channels"))
    return Content.assemble(" ", square, name, f" {low}–{high}")


def _scale(picture: Picture) -> Content:
    """The values shown as darkest and brightest, with the ramp of glyphs or colours between."""
    look = picture.request.look
    if look.rendering == "ascii" or look.depth == "none":
        ramp = Content(RAMP if look.dark else RAMP[::-1])
    else:
        color = channel_color(picture.request.image, look, picture.layer.channel)
        table = color_table(look.colormap, color)[:: 255 // (_STEPS - 1)]
        ramp = Content.assemble(
            *((" ", "on #{:02x}{:02x}{:02x}".format(*shade)) for shade in table.tolist())
        )
    if look.invert:
        ramp = Content("").join(reversed([ramp[at : at + 1] for at in range(len(ramp))]))
    low, high = format_number(picture.window.start), format_number(picture.window.end)
    return Content.assemble(f" {low} ", ("▕", QUIET), ramp, ("▏", QUIET), f" {high}")


def _level(picture: Picture) -> list[Content]:
    image, number = picture.request.image, picture.sampling.level
    array = picture.sampling.array
    parts = []
    if len(image.levels) > 1:
        how = "auto" if picture.request.level is None else "chosen"
        if picture.preliminary:
            how = f"while level {picture.request.sampling().level} is read"
        parts.append(f"level {number} of 0–{len(image.levels) - 1} {how}")
    parts += [
        picture.reduction,
        format_shape(array.shape),
        pixel_size(image.multiscale.levels[number], image.multiscale.axes),
        visible(array.dtype.name),
    ]
    told = [Content.styled(part, QUIET) for part in parts if part]
    return [Content.assemble(" ", told[0]), *told[1:]]


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})
