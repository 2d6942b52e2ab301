"""What stands under a picture: its place on each axis, its level, the values that it shows.

Plain texts, safe to print. The TUI and ``show`` draw them, each with its own means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from omezarr_tui.errors import UserError
from omezarr_tui.image.channels import channel_axis, channel_name, is_rgb_by_guess
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.placing import is_pixel_by_pixel
from omezarr_tui.image.states import (
    BRIEF_NAMES,
    STATE_GLYPHS,
    STATE_NAMES,
    UNREADABLE,
    VALUE,
    states_of_all,
)
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.sizes import pixel_size
from omezarr_tui.text import format_length, format_number, format_shape, plural, visible

_NAME_WIDTH = 24  # of a label image


@dataclass(frozen=True, slots=True)
class AxisPlace:
    """Where a picture stands on an axis, in parts of which the least important can be left out.

    Parameters
    ----------
    name
        The axis.
    place
        An index, or the first and the last pixel in sight.
    bounds
        What there is: `` of 0–274``; empty where all of it is in sight.
    suffix
        Which way it runs on the screen, `` ↓`` or `` →``; of channels `` together``.
    note
        `` (7.5 µm)``: the physical place, the channel; empty where there is nothing to say.
    """

    name: str
    place: str
    bounds: str = ""
    suffix: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """All of it, but the name."""
        return f"{self.place}{self.bounds}{self.suffix}{self.note}"


def axis_positions(picture: Picture) -> list[tuple[str, str]]:
    """Where a picture stands on each axis.

    Positions count from 0: in pixels of the level where the user chose one, otherwise in
    pixels of the finest level (`View.extent`), whichever level is shown. So does ``--at``.

    Parameters
    ----------
    picture
        What is shown.

    Returns
    -------
    positions
        For each axis, in the order of the array, its name and its position: ``15 of 0–31
        (7.5 µm)`` on an axis that is not displayed, with as many characters whatever the
        index is; ``0–274 ↓`` or ``100–150 of 0–270 →`` on the two that are.
    """
    return [(place.name, place.text) for place in axis_places(picture)]


def axis_places(picture: Picture) -> list[AxisPlace]:
    """Where a picture stands on each axis, in the order of the array; see `axis_positions`."""
    return [_place(picture, at) for at in range(len(picture.request.image.multiscale.axes))]


def level_text(picture: Picture) -> str:
    """The level with its shape, pixel size and data type: ``level 1 of 0–4 · s1 · 2 × 32 …``."""
    image, number = picture.request.image, picture.sampling.level
    array, level = picture.sampling.array, image.multiscale.levels[number]
    parts = []
    if len(image.levels) > 1:
        parts += [f"level {number} of 0–{len(image.levels) - 1}", visible(array.name)]
    parts += [format_shape(array.shape), pixel_size(level, image.multiscale.axes)]
    return " · ".join(part for part in [*parts, visible(array.dtype.name)] if part)


def window_text(picture: Picture) -> str:
    """The values that are shown as darkest and brightest, and where these two come from."""
    if told := no_range_text(picture):
        return told
    ranges = [
        f"{name} {format_number(layer.window.start)} to {format_number(layer.window.end)}"
        for name, layer in zip(layer_names(picture) or ["values"], picture.layers, strict=True)
    ]
    return f"{', '.join(ranges)} ({how_shown(picture)})"


def layer_names(picture: Picture) -> list[str]:
    """The channels that are shown one over another; empty where one is shown."""
    if not picture.request.is_composed:
        return []
    return [channel_name(picture.request.image, layer.channel) for layer in picture.layers]


def how_shown(picture: Picture) -> str:
    """Where windows come from, and what else was done to the brightness."""
    look = picture.request.look
    sources = list(dict.fromkeys(layer.source for layer in picture.layers))
    if picture.sampling.array.dtype.kind == "complex":
        sources.insert(0, "magnitude")
    image, fixed = picture.request.image, picture.request.view.fixed
    if channel_axis(image) in fixed and is_rgb_by_guess(image):
        sources.insert(0, "taken for RGB")
    gamma = "" if look.gamma == 1 else f"gamma {look.gamma:g}"
    inverted = "inverted" if look.invert else ""
    return ", ".join(filter(None, [*sources, gamma, inverted]))


def others_seen(picture: Picture, *, brief: bool = False) -> list[tuple[int, str]]:
    """What is seen besides values, and what is left out of them.

    Parameters
    ----------
    brief
        In as few words as can be.

    Returns
    -------
    told
        Places in `STATE_NAMES`, each with what to say of it. The last may be `VALUE`, of which
        nothing is seen: how many pixels are not finite, and left out of means or maxima.
    """
    layers = [layer.samples for layer in picture.layers]
    states = states_of_all(layers)
    found = set() if states is None else set(states.reshape(-1).tolist()) - {VALUE}
    names = BRIEF_NAMES if brief else STATE_NAMES
    told = [(at, names[at]) for at in sorted(found - {UNREADABLE})]
    if failures := {error.what for samples in layers for error in samples.failures}:
        told.append((UNREADABLE, f"{plural(len(failures), 'chunk')} {names[UNREADABLE]}"))
    left_out = sum(samples.left_out for samples in layers)
    if left_out and max(picture.sampling.pixels_per_sample) > 1 + 1e-9:
        what = "NaN" if picture.sampling.method == "maximum" else "NaN or infinite"
        told.append((VALUE, f"{left_out:,} px {'NaN/inf' if brief else f'{what}, left out'}"))
    return told


def not_values_text(picture: Picture) -> str:
    """What is seen besides values in words, with its glyphs where there are such."""
    signs = picture.request.look.rendering == "ascii"
    return ", ".join(
        f"{STATE_GLYPHS[at]} {text}" if signs and at != VALUE else text
        for at, text in others_seen(picture)
    )


def failures_of(picture: Picture) -> list[UserError]:
    """What of a picture cannot be read, and why: one for each cause, which counts the others."""
    causes: dict[str, dict[str, None]] = {}
    for layer in picture.layers:
        for error in layer.samples.failures:
            causes.setdefault(error.why, {})[error.what] = None
    return [
        UserError(f"{first}{f' and {len(others):,} more' if others else ''}", why)
        for why, (first, *others) in causes.items()
    ]


def no_range_text(picture: Picture) -> str:
    """What is seen where it has no range: labels, nothing finite, one value; else nothing."""
    if picture.is_labels:
        return "labels, each in a look of its own; 0 is left empty"
    if all(not layer.samples.known.size for layer in picture.layers):
        return "each cell needs a chunk that cannot be read: zoom in"
    if _has_no_number(picture):
        return "no finite values"
    if len(picture.layers) == 1 and (only := picture.only_value) is not None:
        return f"every value seen is {format_number(only)}"
    return ""


def overlay_text(picture: Picture) -> str:
    """The label image that lies over a picture, and how densely: ``labels nuclei 50 %``."""
    overlay = picture.request.overlay
    if overlay is None:
        return ""
    name = f"labels {labels_name(overlay.labels)}"
    if picture.no_labels is not None:
        return f"{name} cannot be read"
    has_fill = picture.request.look.depth != "none"
    return f"{name} {f'{overlay.opacity} %' if overlay.opacity and has_fill else 'outlines'}"


def overlay_note(picture: Picture) -> str:
    """What is odd of where the label image over a picture lies; else nothing."""
    overlay, sampling = picture.request.overlay, picture.request.label_sampling()
    if overlay is None or sampling is None:
        return ""
    if sampling.position is None:
        return "none lies here: this plane is outside of it"
    if sampling.region is None:
        return "none lies here: what is seen is outside of it"
    if is_pixel_by_pixel(picture.request.image, overlay.labels):
        return "placed pixel by pixel: it tells no pixel size"
    return ""


def labels_name(labels: Image) -> str:
    """What a label image is called: the last part of its path, or its name where it is a root."""
    path = labels.multiscale.path.rpartition("/")[2]
    return visible(path or labels.multiscale.name, _NAME_WIDTH)


def _has_no_number(picture: Picture) -> bool:
    import numpy as np

    return all(not np.isfinite(layer.samples.known).any() for layer in picture.layers)


def _place(picture: Picture, axis: int) -> AxisPlace:
    request, sampling = picture.request, picture.sampling
    name = visible(request.image.multiscale.axes[axis].name)
    size = sampling.array.shape[axis]
    counted = size if request.level is not None else request.view.extent[axis]
    if axis in (sampling.rows, sampling.columns):
        return _displayed(picture, axis, name, counted / size, counted)
    if request.projection is not None and axis == request.view.moving:
        return AxisPlace(name, str(request.projection), f" of 0–{counted - 1}")
    if request.is_composed and axis == channel_axis(request.image):
        return AxisPlace(name, str(len(picture.layers)), f" of {counted}", " together")
    here = sampling.position[axis]
    index = here if request.level is not None else request.view.index[axis]
    notes = [_physical(picture, axis), _channel(picture, axis)]
    if counted != size:
        notes.append(f"{here} at this level")
    joined = ", ".join(note for note in notes if note)
    return AxisPlace(
        name,
        f"{index:>{len(str(counted - 1))}}",
        f" of 0–{counted - 1}",
        note=f" ({joined})" if joined else "",
    )


def _displayed(picture: Picture, axis: int, name: str, factor: float, counted: int) -> AxisPlace:
    sampling = picture.sampling
    if axis == sampling.rows:
        first, last, arrow = sampling.top, sampling.bottom, "↓"
    else:
        first, last, arrow = sampling.left, sampling.right, "→"
    low = math.floor(first * factor + 1e-9)
    high = min(counted, math.ceil(last * factor - 1e-9)) - 1
    bounds = "" if (low, high) == (0, counted - 1) else f" of 0–{counted - 1}"
    return AxisPlace(name, f"{low}–{high}", bounds, f" {arrow}")


def _physical(picture: Picture, axis: int) -> str:
    multiscale = picture.request.image.multiscale
    unit, level = multiscale.axes[axis].unit, multiscale.levels[picture.sampling.level]
    if unit is None:
        return ""
    place = picture.sampling.position[axis] * level.scale[axis] + level.translation[axis]
    return format_length(place, unit)


def _channel(picture: Picture, axis: int) -> str:
    multiscale, at = picture.request.image.multiscale, picture.sampling.position[axis]
    if multiscale.axes[axis].type != "channel" or at >= len(multiscale.channels):
        return ""
    return visible(multiscale.channels[at].label, 40)
