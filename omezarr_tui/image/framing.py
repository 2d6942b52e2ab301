"""Samples of channels and labels -> the frame of a picture: brightness, colours, cells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.cells import Frame, color_frame, glyph_frame, label_frame
from omezarr_tui.image.channels import channel_color, is_opacity
from omezarr_tui.image.colormaps import blended, color_table, colored
from omezarr_tui.image.composite import Tints, label_tints, laid_over
from omezarr_tui.image.contrast import intensities
from omezarr_tui.image.look import GREY
from omezarr_tui.image.states import paint_states, states_of_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from omezarr_tui.image.picture import Layer, PictureRequest


def framed(
    request: PictureRequest, layers: Sequence[Layer], labels: np.ndarray[Any, Any] | None
) -> Frame:
    """The frame of a picture.

    Parameters
    ----------
    request
        What was asked for.
    layers
        The channels that are shown, with their samples and windows.
    labels
        The label that lies over each sample (rows, columns); None for none.
    """
    look, label = request.look, request.image.multiscale.label
    values = layers[0].samples.values
    states = states_of_all([layer.samples for layer in layers])
    if label is not None and values.dtype.kind in "iub":
        return label_frame(
            values,
            look.rendering,
            label.colors,
            look.depth,
            look.cell_pixels,
            dark=look.dark,
            states=states,
        )
    tints = _tints(request, labels)
    single = len(layers) == 1
    lights = _lights(request, layers)
    glyph = partial(
        glyph_frame,
        rendering=look.rendering,
        depth=look.depth,
        dark=look.dark,
        states=states,
        labels=labels,
        tints=tints,
    )
    plain = single and look.colormap == GREY and not request.is_composed
    has_colors = look.depth != "none" or look.rendering == "pixels"  # which can be greys
    if not has_colors or (look.rendering == "ascii" and plain):
        light = lights[0] if single else _luminance(request, layers, lights)
        return glyph(light)
    colors = _colors(request, layers, lights)
    if states is not None:
        paint_states(colors, states)
    if look.rendering == "ascii":
        light = lights[0] if single else colors.max(axis=-1) / 255
        return glyph(light, colors=colors)
    if tints is not None:
        colors = laid_over(colors, tints)
    return color_frame(colors, look.rendering, look.depth, look.cell_pixels, look.steps)


def _lights(request: PictureRequest, layers: Sequence[Layer]) -> list[np.ndarray[Any, Any]]:
    """The brightness of each channel; that of an opacity, which is no brightness, as it is."""
    look, lights = request.look, []
    for layer in layers:
        values, window = layer.samples.values, layer.window
        if request.is_composed and is_opacity(request.image, layer.channel):
            lights.append(intensities(values, window))
        else:
            lights.append(intensities(values, window, gamma=look.gamma, invert=look.invert))
    return lights


def _colors(
    request: PictureRequest, layers: Sequence[Layer], lights: list[np.ndarray[Any, Any]]
) -> np.ndarray[Any, Any]:
    look, image = request.look, request.image
    own = [channel_color(image, look, layer.channel) for layer in layers]
    if request.is_composed:
        lit = [
            (light, color)
            for layer, light, color in zip(layers, lights, own, strict=True)
            if not is_opacity(image, layer.channel)
        ]
        if len(lit) < len(lights):  # over black, as nothing lies below
            lit = [(light * lights[-1], color) for light, color in lit]
        return blended(lit, look.steps)
    return colored(lights[0], color_table(look.colormap, own[0]), look.steps)


def _luminance(
    request: PictureRequest, layers: Sequence[Layer], lights: list[np.ndarray[Any, Any]]
) -> np.ndarray[Any, Any]:
    """Channels one over another where there are no colours: the brightest part of the light."""
    light: np.ndarray[Any, Any] = _colors(request, layers, lights).max(axis=-1) / 255
    return light


def _tints(request: PictureRequest, labels: np.ndarray[Any, Any] | None) -> Tints | None:
    if labels is None or request.overlay is None:
        return None
    told = request.overlay.labels.multiscale.label
    return label_tints(labels, told.colors if told else {}, request.overlay.opacity)
