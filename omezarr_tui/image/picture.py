"""One picture from end to end: view -> samples -> window -> cells. The TUI and `show` share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError, is_lost
from omezarr_tui.image.cells import (
    Frame,
    Rendering,
    ascii_frame,
    color_frame,
    half_block_frame,
    label_frame,
    sample_aspect,
    sample_room,
)
from omezarr_tui.image.composite import composed, label_tints
from omezarr_tui.image.contrast import PERCENTILES, intensities, same, window_of
from omezarr_tui.image.overlay import LabelSampling, Overlay, label_sampling, read_labels
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Sampling, choose_sampling
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
    level
        The level to show; None for the coarsest that fills the cells.
    window
        Values shown as darkest and brightest; None for percentiles of what is seen.
    dark
        Whether the terminal's background is dark.
    tint
        Red, green and blue of the brightest value in half-blocks.
    ask_above
        Uncompressed bytes above which reading must be allowed first; None allows all.
    overlay
        A label image that lies over the image; None for none.
    color
        Whether the terminal has colours; ASCII does without them.
    """

    image: Image
    view: View
    room: tuple[int, int]
    rendering: Rendering = "ascii"
    level: int | None = None
    window: Window | None = None
    invert: bool = False
    dark: bool = True
    tint: tuple[int, int, int] = (255, 255, 255)
    ask_above: int | None = None
    overlay: Overlay | None = None
    color: bool = True

    def sampling(self) -> Sampling:
        """What is read for it: the level, the region and the grid of samples."""
        return choose_sampling(
            self.image,
            self.view,
            sample_room(self.rendering, *self.room),
            sample_aspect(self.rendering),
            self.level,
        )

    def label_sampling(self) -> LabelSampling | None:
        """What is read of the label image that lies over it."""
        if self.overlay is None:
            return None
        return label_sampling(self.sampling(), self.image, self.overlay.labels)

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it, of labels as well."""
        labels = self.label_sampling()
        return self.sampling().decoded_bytes + (labels.decoded_bytes if labels else 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown, and what is true of it.

    Parameters
    ----------
    samples
        Values of the image (rows, columns).
    labels
        The label that lies over each sample; None where no label image does.
    no_labels
        Why the label image that should lie over it could not be read.
    """

    request: PictureRequest
    sampling: Sampling
    samples: np.ndarray[Any, Any]
    window: Window
    frame: Frame
    labels: np.ndarray[Any, Any] | None = None
    no_labels: UserError | None = None

    @property
    def is_labels(self) -> bool:
        """Whether its own samples are labels."""
        return self.request.image.multiscale.is_label and self.samples.dtype.kind in "iub"

    @property
    def only_value(self) -> float | None:
        """The value that everything seen has; None where values differ, or there is none."""
        import numpy as np

        seen = self.samples[np.isfinite(self.samples)]
        if seen.size == 0 or not same(float(seen.min()), float(seen.max())):
            return None
        return float(seen.flat[0])

    @property
    def window_source(self) -> str:
        """Where the window comes from, in words."""
        if self.request.window is not None:
            return "set by hand"
        return "{:g}–{:g} % of what is seen".format(*PERCENTILES)

    @property
    def reduction(self) -> str:
        """What a sample is of the level's pixels: exact, a mean, or one pixel of many."""
        down, across = self.sampling.pixels_per_sample
        if self.sampling.nearest:
            if max(down, across) <= 1:
                return "every pixel shown"
            return f"one pixel of {format_number(down, 3)} × {format_number(across, 3)}"
        if max(down, across) <= 1 + 1e-9:
            return "every pixel shown"
        return f"mean of {format_number(down, 3)} × {format_number(across, 3)} px"


class TooLarge(Exception):
    """Reading would take more than was allowed without asking.

    Parameters
    ----------
    sampling
        What would be read; `Sampling.decoded_bytes` of it.
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
        self._last: list[tuple[Sampling, np.ndarray[Any, Any]]] = []
        self._last_labels: list[tuple[LabelSampling, np.ndarray[Any, Any]]] = []

    def forget(self) -> None:
        """Read everything anew the next time: something was changed."""
        # A thread that paints just now may still fill the old ones.
        self._last, self._last_labels = [], []
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
        sampling, last = request.sampling(), self._last
        over, last_labels = request.label_sampling(), self._last_labels
        samples = last[0][1] if last and last[0][0] == sampling else None
        labels = last_labels[0][1] if last_labels and last_labels[0][0] == over else None
        needed = 0 if samples is not None else sampling.decoded_bytes
        needed += 0 if over is None or labels is not None else over.decoded_bytes
        if request.ask_above is not None and needed > request.ask_above:
            raise TooLarge(sampling)
        if samples is None:
            samples = self._reader.sample(sampling, cancelled)
            last[:] = [(sampling, samples)]
        no_labels = None
        if over is not None and labels is None:
            try:
                labels = read_labels(self._reader, over, cancelled)
                last_labels[:] = [(over, labels)]
            except UserError as error:
                if is_lost(error):  # it may well come when the picture is tried again
                    raise
                no_labels = error
        window = request.window or window_of(samples)
        frame = _frame(request, samples, window, labels)
        return Picture(request, sampling, samples, window, frame, labels, no_labels)


def _frame(
    request: PictureRequest,
    samples: np.ndarray[Any, Any],
    window: Window,
    labels: np.ndarray[Any, Any] | None,
) -> Frame:
    label = request.image.multiscale.label
    rendering, dark, color = request.rendering, request.dark, request.color
    if label is not None and samples.dtype.kind in "iub":
        return label_frame(samples, rendering, label.colors, dark=dark, color=color)
    brightness = intensities(samples, window, invert=request.invert)
    tints = None
    if labels is not None and request.overlay is not None:
        told = request.overlay.labels.multiscale.label
        tints = label_tints(labels, told.colors if told else {}, request.overlay.opacity)
    if rendering == "ascii":
        return ascii_frame(brightness, dark=dark, labels=labels, tints=tints, color=color)
    if tints is None:
        return half_block_frame(brightness, request.tint)
    return color_frame(composed(brightness, request.tint, tints))
