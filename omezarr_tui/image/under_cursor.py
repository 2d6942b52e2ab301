"""What lies under the cursor: where it is, its value, its label and what is known of it.

Plain texts, safe to print, out of the samples that were read for the picture.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from omezarr_tui.image.channels import channel_axis, channel_count, channel_name
from omezarr_tui.image.cursor import Cursor
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.plotted import Counting, of_channel
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.ome.sizes import sizes_text
from omezarr_tui.store.node import Array
from omezarr_tui.text import compact_json, format_number, visible

_NAME_WIDTH, _VALUE_WIDTH = 24, 40  # of what a store says
_EXACT = 2.0**53  # below it doubles hold every whole number
_MEAN_WIDTH = 6
_NOT_FINITE = "not finite"
_UNREADABLE = "cannot be read"


def place_texts(picture: Picture, row: int, column: int, *, brief: int = 0) -> list[str]:
    """Where a sample of a picture is, and its value.

    Parameters
    ----------
    picture
        What is shown.
    row, column
        Of the sample.
    brief
        1 leaves out how many pixels the value is of, 2 also the level.

    Returns
    -------
    texts
        The pixels of the level that is shown that the sample stands for; their value or mean,
        unless it is a label.
    """
    sampling = picture.sampling
    axes = picture.request.image.multiscale.axes
    covered = (
        _covered(sampling, 0, sampling.top, row, sampling.rows),
        _covered(sampling, 1, sampling.left, column, sampling.columns),
    )
    where = "  ".join(
        _pixels(visible(axes[axis].name, _NAME_WIDTH), pixels, sampling.array.shape[axis])
        for axis, pixels in zip((sampling.rows, sampling.columns), covered, strict=True)
    )
    # The axes above count in pixels of the finest level.
    is_finest = sampling.array.shape == picture.request.view.extent
    texts = [where if is_finest or brief > 1 else f"{where} of level {sampling.level}"]
    if not picture.is_labels:
        counts = [len(pixels) for pixels in covered]
        texts.append(_value(picture, row, column, counts, brief=brief > 0))
    return texts


def label_texts(picture: Picture, row: int, column: int) -> list[str]:
    """The label at a sample of a picture, and each property of it; empty where none is shown."""
    request, unreadable = picture.request, picture.samples.unreadable
    if picture.is_labels and unreadable is not None and unreadable[row, column]:
        return [f"label {_UNREADABLE}"]
    if picture.is_labels:
        label, value = request.image.multiscale.label, int(picture.samples.values[row, column])
    elif picture.labels is not None and request.overlay is not None:
        label = request.overlay.labels.multiscale.label
        value = int(picture.labels[row, column])
    else:
        return []
    properties: Mapping[str, Any] = label.properties.get(value, {}) if label else {}
    if value == 0 and not properties:
        return ["no label"]
    told = (f"{visible(key, _NAME_WIDTH)} {_property(it)}" for key, it in properties.items())
    return [f"label {value}", *told]


def _covered(sampling: Sampling, number: int, start: float, at: int, axis: int) -> range:
    """The pixels along an axis that a sample stands for."""
    step = sampling.pixels_per_sample[number]
    if sampling.method == "nearest":
        pixel = min(int(start + (at + 0.5) * step), sampling.array.shape[axis] - 1)
        return range(pixel, pixel + 1)
    first = math.floor(start + at * step + 1e-9)
    return range(first, max(first + 1, math.ceil(start + (at + 1) * step - 1e-9)))


def _pixels(name: str, pixels: range, size: int) -> str:
    width = len(str(size - 1))
    if len(pixels) == 1:
        return f"{name} {pixels[0]:>{width}}"
    return f"{name} {pixels[0]:>{width}}–{pixels[-1]:<{width}}"


def _value(picture: Picture, row: int, column: int, counts: list[int], *, brief: bool) -> str:
    """The value of a sample, and what it is of its pixels; of each channel that is shown."""
    sampling, image = picture.sampling, picture.request.image
    is_pixel, projection = max(counts) == 1, sampling.projection
    size = "" if brief else f" of {_size(sampling, counts)}"
    what, of = ("value", "") if is_pixel else (sampling.method, size)
    is_exact = is_pixel or what == "maximum"
    if projection is not None:
        over = f"{projection.method} over {_name(picture, projection.axis)}"
        what, of = (over, "") if is_pixel else (what, f"{of} of the {over}")
        is_exact = is_exact and projection.method == "maximum"
    told = []
    for layer in picture.layers:
        samples, dtype = layer.samples, layer.sampling.array.dtype.name
        value = samples.values[row, column]
        if samples.unreadable is not None and samples.unreadable[row, column]:
            text = _UNREADABLE
        else:
            text = _exact(value, dtype) if is_exact else _rounded(value.item())
        if len(picture.layers) > 1:
            text = f"{channel_name(image, layer.channel)} {text.strip()}"
        told.append(text)
    return f"{what} {', '.join(told)}{of}"


def _size(sampling: Sampling, counts: list[int]) -> str:
    """How many pixels a sample is made of, down and across."""
    sizes = sampling.pixels_per_sample
    if max(sizes) <= 1:  # it lies on the edge of pixels
        sizes = (counts[0], counts[1])
    return f"{format_number(sizes[0], 3)} × {format_number(sizes[1], 3)} px"


def _name(picture: Picture, axis: int) -> str:
    return visible(picture.request.image.multiscale.axes[axis].name, _NAME_WIDTH)


def _rounded(value: float) -> str:
    return f"{format_number(value, 5) if math.isfinite(value) else _NOT_FINITE:>{_MEAN_WIDTH}}"


def _exact(value: Any, dtype: str) -> str:
    """A pixel's value (a NumPy scalar) in full, as its data type has it."""
    import numpy as np

    if value.dtype.kind in "iub":
        return str(int(value))
    if not math.isfinite(value):
        return _NOT_FINITE
    if dtype.startswith("float"):
        return str(np.dtype(dtype).type(value))
    if not dtype.startswith(("int", "uint", "bool")):
        return format_number(float(value), 9)
    return str(round(value)) if abs(value) < _EXACT else f"about {value:.10g}"


def _property(value: Any) -> str:
    if isinstance(value, str):
        return visible(value, _VALUE_WIDTH)
    if isinstance(value, float):
        return format_number(value, 6)
    return compact_json(value, _VALUE_WIDTH)


def pixel_under(picture: Picture, cursor: Cursor) -> Counting:
    """The pixel of the finest level that the cursor lies on, in every channel."""
    image, view, sampling = picture.request.image, picture.request.view, picture.sampling
    level = image.readable[0]
    array = image.levels[level]
    assert isinstance(array, Array)
    pixel = [view.position(axis, size) for axis, size in enumerate(array.shape)]
    for axis in (sampling.rows, sampling.columns):
        pixel[axis] = min(array.shape[axis] - 1, int(cursor.along(axis, view) * array.shape[axis]))
    region = tuple(slice(at, at + 1) for at in pixel)
    channels = channel_axis(image)
    if channels in (sampling.rows, sampling.columns):
        channels = None  # they lie side by side in the plane
    numbers = [picture.request.channel] if channels is None else range(channel_count(image))
    regions = tuple((at, of_channel(region, channels, at)) for at in numbers)
    plane = sampling.rows, sampling.columns
    return Counting("seen", level, array, channels, regions, plane)


def pixel_texts(
    picture: Picture, pixel: Counting, values: Mapping[int, Any], *, brief: bool = False
) -> list[str]:
    """Which pixel that is, where it lies, and its value in each channel.

    Parameters
    ----------
    values
        NumPy scalars by the positions of their channels.
    brief
        Values of many channels stand in their order, without their names.
    """
    image, sampling = picture.request.image, picture.sampling
    axes, level = image.multiscale.axes, image.multiscale.levels[pixel.level]
    region = pixel.regions[0][1]
    indices: list[str] = []
    lengths: list[tuple[float, str | None]] = []
    for axis in (sampling.rows, sampling.columns):
        name, at = visible(axes[axis].name, _NAME_WIDTH), region[axis].start
        indices.append(f"{name} {at:>{len(str(pixel.array.shape[axis] - 1))}}")
        if (unit := axes[axis].unit) is not None:
            place = at * level.scale[axis] + level.translation[axis]
            lengths.append((place, unit))
    texts = [" ".join(["pixel", *indices])]
    if brief and len(values) > 1:
        texts.append(", ".join(str(value) for value in values.values()))
    else:
        for channel, value in values.items():
            name = "value" if pixel.axis is None else channel_name(image, channel)
            texts.append(f"{name} {value}")
    return [*texts, *([sizes_text(lengths)] if lengths else [])]
