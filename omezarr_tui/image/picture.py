"""One picture from end to end: view -> samples -> window -> cells. The TUI and `show` share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError, is_lost
from omezarr_tui.image.cells import Frame, sample_aspect, sample_room
from omezarr_tui.image.channels import (
    channel_axis,
    composed_channels,
    is_composed,
    is_rgb,
    told_window,
    whole_range,
)
from omezarr_tui.image.contrast import PERCENTILES, percentiles_of, same, window_of
from omezarr_tui.image.framing import framed
from omezarr_tui.image.level_window import LevelWindow, level_window
from omezarr_tui.image.long_integers import is_long
from omezarr_tui.image.look import Look
from omezarr_tui.image.overlay import LabelSampling, Overlay, label_sampling, read_labels
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.reducing import Samples, nothing_of
from omezarr_tui.image.sampling import ProjectionMethod, Sampling, choose_sampling
from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Window
from omezarr_tui.text import format_number

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """What is to be shown, and how.

    Parameters
    ----------
    room
        Cells that there are: rows and columns.
    look
        How it is shown.
    level
        The level to show; None for the coarsest that fills the cells.
    ask_above
        Uncompressed bytes above which reading must be allowed first; None allows all.
    overlay
        A label image that lies over the image; None for none.
    maximum
        Whether a sample is the maximum of its pixels, so that small bright spots survive,
        rather than their mean.
    projection
        Show the maximum or the mean along the axis that keys step along; None for one plane.
    """

    image: Image
    view: View
    room: tuple[int, int]
    look: Look = field(default_factory=Look)
    level: int | None = None
    ask_above: int | None = None
    overlay: Overlay | None = None
    maximum: bool = False
    projection: ProjectionMethod | None = None

    @property
    def channel(self) -> int:
        """The channel that the view stands on; 0 where there is no axis of channels."""
        axis = channel_axis(self.image)
        return 0 if axis is None else self.view.index[axis]

    @property
    def is_composed(self) -> bool:
        """Whether channels are shown one over another."""
        axis = channel_axis(self.image)
        if self.projection is not None and axis == self.view.moving:
            return False  # they are one already
        return axis in self.view.fixed and is_composed(self.image, self.look)

    def sampling(self) -> Sampling:
        """What is read of the channel that the view stands on: level, region, samples."""
        return self._sampling_of(self.view)

    def samplings(self) -> list[tuple[int, Sampling]]:
        """What is read of each channel that is shown, by their positions."""
        axis = channel_axis(self.image)
        if axis is None or not self.is_composed:
            return [(self.channel, self.sampling())]
        count = self.view.extent[axis]
        shown = composed_channels(self.image, self.look)
        return [(at, self._sampling_of(self.view.at(axis, at, count))) for at in shown]

    def label_sampling(self) -> LabelSampling | None:
        """What is read of the label image that lies over it."""
        if self.overlay is None:
            return None
        return label_sampling(self.sampling(), self.image, self.overlay.labels)

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it, of labels as well."""
        labels = self.label_sampling()
        return self.image_bytes + (labels.decoded_bytes if labels else 0)

    @property
    def image_bytes(self) -> int:
        """Uncompressed bytes of the image's own chunks; those that hold many channels once."""
        axis, samplings = channel_axis(self.image), self.samplings()
        each = max((sampling.decoded_bytes for _, sampling in samplings), default=0)
        if axis is None:
            return each
        return each * len({s.position[axis] // s.array.chunks[axis] for _, s in samplings})

    def _sampling_of(self, view: View) -> Sampling:
        return choose_sampling(
            self.image,
            view,
            sample_room(self.look.rendering, *self.room, self.look.cell_pixels),
            sample_aspect(self.look.rendering),
            self.level,
            method="maximum" if self.maximum else "mean",
            projection=self.projection,
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One channel of a picture.

    Parameters
    ----------
    channel
        By position; 0 of an image without channels.
    samples
        Its values.
    window
        The values shown as darkest and brightest.
    source
        Where the window comes from, in words.
    """

    channel: int
    sampling: Sampling
    samples: Samples
    window: Window
    source: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown, and what is true of it.

    Parameters
    ----------
    layers
        The channels that are shown; one where they are shown one at a time.
    labels
        The label that lies over each sample; None where no label image does.
    no_labels
        Why the label image that should lie over it could not be read.
    only_value
        The value that everything seen of the first layer has; None where values differ, or
        there is none.
    preliminary
        Whether it is of a coarser level, while the one that is wanted is read.
    """

    request: PictureRequest
    layers: tuple[Layer, ...]
    frame: Frame
    labels: np.ndarray[Any, Any] | None = None
    no_labels: UserError | None = None
    only_value: float | None = None
    preliminary: bool = False

    @property
    def layer(self) -> Layer:
        """The channel that the view stands on, or the first that is shown."""
        own = (layer for layer in self.layers if layer.channel == self.request.channel)
        return next(own, self.layers[0])

    @property
    def sampling(self) -> Sampling:
        """What was read of that channel."""
        return self.layer.sampling

    @property
    def samples(self) -> Samples:
        """The values of that channel."""
        return self.layer.samples

    @property
    def window(self) -> Window:
        """The values of that channel that are shown as darkest and brightest."""
        return self.layer.window

    @property
    def is_labels(self) -> bool:
        """Whether its own samples are labels."""
        return self.request.image.multiscale.is_label and self.samples.values.dtype.kind in "iub"

    @property
    def reduction(self) -> str:
        """What a sample is of the level's pixels: exact, a mean, a maximum, or one of many."""
        down, across = self.sampling.pixels_per_sample
        if max(down, across) <= 1 + 1e-9:
            return "every pixel shown"
        size = f"{format_number(down, 3)} × {format_number(across, 3)}"
        if self.sampling.method == "nearest":
            return f"one pixel of {size}"
        return f"{'maximum' if self.sampling.method == 'maximum' else 'mean'} of {size} px"


class TooLarge(Exception):
    """Reading would take more than was allowed without asking.

    Parameters
    ----------
    sampling
        What would be read.
    """

    def __init__(self, sampling: Sampling) -> None:
        super().__init__(f"{sampling.decoded_bytes} bytes")
        self.sampling = sampling


class Painter:
    """Makes pictures, and keeps the last samples: a new window needs no new reading.

    Parameters
    ----------
    reader
        Reads the pixels.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last: list[tuple[Sampling, Samples]] = []
        self._last_labels: list[tuple[LabelSampling, np.ndarray[Any, Any]]] = []
        self._windows: dict[tuple[str, int], LevelWindow | None] = {}

    def forget(self) -> None:
        """Read everything anew the next time: something was changed."""
        # A thread that paints just now may still fill the old ones.
        self._last, self._last_labels, self._windows = [], [], {}
        self._reader.forget()

    def paint(
        self, request: PictureRequest, cancelled: Callable[[], bool] = lambda: False
    ) -> Picture:
        """Make the picture that is asked for.

        Raises
        ------
        TooLarge
            It takes more bytes than `PictureRequest.ask_above`.
        UserError
            A chunk cannot be read.
        Cancelled
            `cancelled` said True.
        """
        samplings, last = request.samplings(), self._last
        over, last_labels = request.label_sampling(), self._last_labels
        known = [_kept(last, sampling) for _, sampling in samplings]
        labels = last_labels[0][1] if last_labels and last_labels[0][0] == over else None
        needed = 0 if all(samples is not None for samples in known) else request.image_bytes
        needed += 0 if over is None or labels is not None else over.decoded_bytes
        if request.ask_above is not None and needed > request.ask_above:
            raise TooLarge(samplings[0][1])
        layers = []
        failed: list[UserError] = []
        for (channel, sampling), samples in zip(samplings, known, strict=True):
            if samples is None:
                try:
                    samples = self._reader.sample(sampling, cancelled, with_gaps=True)
                except UserError as error:
                    failed.append(error)
                    if is_lost(error) or len(failed) == len(samplings):
                        raise
                    samples = nothing_of(sampling, error)  # other channels can be seen
            window, source = self._window(request, channel, samples, cancelled)
            layers.append(Layer(channel, sampling, samples, window, source))
        last[:] = [(layer.sampling, layer.samples) for layer in layers]
        no_labels = None
        if over is not None and labels is None:
            try:
                labels = read_labels(self._reader, over, cancelled)
                last_labels[:] = [(over, labels)]
            except UserError as error:
                if is_lost(error):  # it may well come when the picture is tried again
                    raise
                no_labels = error
        frame = framed(request, layers, labels)
        only = _only_value(layers[0])
        return Picture(request, tuple(layers), frame, labels, no_labels, only)

    def _window(
        self,
        request: PictureRequest,
        channel: int,
        samples: Samples,
        cancelled: Callable[[], bool],
    ) -> tuple[Window, str]:
        """The window of a channel, and where it comes from in words."""
        image, look = request.image, request.look
        if (own := look.channel(channel).window) is not None:
            return own, "set by hand"
        if image.multiscale.is_label:
            return window_of(samples.values), ""
        if look.source == "told" and (told := told_window(image, channel)) is not None:
            return told, "as the metadata say"  # also of stains that are red, green and blue
        if request.sampling().array.dtype.kind == "boolean":
            return Window(0.0, 1.0), "false to true"
        if is_rgb(image) and (whole := whole_range(request.sampling().array.dtype.name)):
            return whole, "all values of a colour"
        if look.source != "seen":
            taken = self._level_window(image, channel, cancelled)
            is_maxima = request.maximum or request.projection == "maximum"
            if taken is not None and taken.suits(_written(samples), is_maxima=is_maxima):
                part = "a sample of " if taken.is_sample else ""
                return taken.window, _source(f"{part}level {taken.level}", taken.background)
        seen = percentiles_of(_written(samples))
        return seen.window, _source("what is seen", seen.background)

    def _level_window(
        self, image: Image, channel: int, cancelled: Callable[[], bool]
    ) -> LevelWindow | None:
        windows, key = self._windows, (image.multiscale.path, channel)
        if key not in windows:
            try:
                windows[key] = level_window(self._reader, image, channel, cancelled)
            except UserError as error:
                if is_lost(error):
                    raise
                windows[key] = None  # what is seen can be told all the same
        return windows[key]


def _source(of: str, background: float | None) -> str:
    """What percentiles were taken of; a background is shown as well, but was left out of them."""
    percent = "{:g}–{:g} %".format(*PERCENTILES)
    if background is None:
        return f"{percent} of {of}"
    return f"{format_number(background)} and {percent} of the rest of {of}"


def _written(samples: Samples) -> np.ndarray[Any, Any]:
    """The values of what was ever written; where nothing was, all that could be read."""
    unwritten, unreadable = samples.unwritten, samples.unreadable
    if unwritten is None or unwritten.all():
        return samples.known
    absent = unwritten if unreadable is None else unwritten | unreadable
    written: np.ndarray[Any, Any] = samples.values[~absent]
    return written if written.size else samples.known


def _only_value(layer: Layer) -> float | None:
    import numpy as np

    known = layer.samples.known
    seen = known[np.isfinite(known)]
    if seen.size == 0:
        return None
    low, high = seen.min().item(), seen.max().item()
    # Only sums of doubles come out a rounding apart where all pixels are equal.
    is_rounded = seen.dtype.kind == "f" and not is_long(layer.sampling.array.dtype.name)
    is_one = same(low, high) if is_rounded else low == high
    first: float = seen.flat[0].item()
    return first if is_one else None


def _kept(last: list[tuple[Sampling, Samples]], wanted: Sampling) -> Samples | None:
    return next((samples for sampling, samples in last if sampling == wanted), None)
