"""What a plate's wells are coloured by: fields counted, and values of the coarsest level."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from omezarr_tui.errors import UserError
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.model import Multiscale, Plate, PlateWell, Well
from omezarr_tui.ome.plate import well_of
from omezarr_tui.ome.read import read_multiscale
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.node import Array, Broken, Group, join_path
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import format_bytes, plural

if TYPE_CHECKING:
    import numpy as np

Measure = Literal["fields", "mean", "maximum"]
MEASURES: tuple[Measure, ...] = ("fields", "mean", "maximum")
# Wells whose documents are asked for together, and which are told of at a time.
BATCH = 48
# Wells whose values are asked for at the same time over a network.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the finite values of one channel of the coarsest level of a well's first field."""

    mean: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a well has no value.

    Parameters
    ----------
    why
        In a few words.
    broken
        Whether something is wrong with the store; else there is nothing to measure.
    """

    why: str
    broken: bool = True


@dataclass(frozen=True, slots=True)
class WellFacts:
    """What is known of a well.

    Parameters
    ----------
    well
        What it says, or why it cannot be read.
    channels
        Names of the channels of its first field, as far as that was looked at.
    measured
        By channel, what was measured of its first field.
    """

    well: Well | Trouble
    channels: tuple[str, ...] = ()
    measured: Mapping[int, Statistics | Trouble] = field(default_factory=dict)

    def value(self, measure: Measure, channel: int) -> float | Trouble | None:
        """The value of a measure; None where it was not measured yet."""
        if isinstance(self.well, Trouble):
            return self.well
        if measure == "fields":
            return len(self.well.fields)
        found = self.measured.get(channel)
        if isinstance(found, Statistics):
            return found.mean if measure == "mean" else found.maximum
        return found


def measure_words(measure: Measure, channel: int, channels: Sequence[str]) -> str:
    """What a measure is of, in words."""
    if measure == "fields":
        return "number of fields"
    name = channels[channel] if channel < len(channels) else ""
    told = f", c {channel}{f' ({name})' if name else ''}" if len(channels) > 1 else ""
    return f"{measure} of the coarsest level of field 1{told}"


def measured_wells(
    access: Access,
    group: Group,
    plate: Plate,
    wells: Sequence[PlateWell],
    known: Mapping[str, WellFacts],
    channel: int | None,
    most_bytes: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[dict[str, WellFacts]]:
    """Look at wells, some at a time; their documents are asked for together.

    Parameters
    ----------
    access
        The store.
    group, plate
        The plate's node, and what it says.
    wells
        Which wells, the first ones first.
    known
        What is known of wells already, by their paths in the plate.
    channel
        Which channel of the first field is measured; None where only fields are counted.
    most_bytes
        A well whose coarsest level takes more uncompressed bytes to read is left out.
    cancelled
        Asked before each read.

    Yields
    ------
    facts
        What is known of some wells now, by their paths in the plate.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    """
    for start in range(0, len(wells), BATCH):
        if cancelled():
            raise Cancelled
        batch = wells[start : start + BATCH]
        facts = _read_wells(access, group, plate, batch, known)
        if channel is not None:
            facts = _measure(access, group.zarr_format, facts, channel, most_bytes, cancelled)
        yield facts


def _read_wells(
    access: Access,
    group: Group,
    plate: Plate,
    wells: Iterable[PlateWell],
    known: Mapping[str, WellFacts],
) -> dict[str, WellFacts]:
    facts = {well.path: known.get(well.path) for well in wells}
    paths = {path: join_path(plate.path, path) for path, held in facts.items() if held is None}
    nodes = read_nodes(access, list(paths.values()), group.zarr_format)
    read = {
        path: WellFacts(_well_or_trouble(well_of(paths[path], node)))
        for path, node in zip(paths, nodes, strict=True)
    }
    return {path: held or read[path] for path, held in facts.items()}


def _well_or_trouble(found: Well | Broken) -> Well | Trouble:
    return Trouble(found.reason) if isinstance(found, Broken) else found


def _measure(
    access: Access,
    zarr_format: int | None,
    facts: dict[str, WellFacts],
    channel: int,
    most_bytes: int,
    cancelled: Callable[[], bool],
) -> dict[str, WellFacts]:
    """Measure the first fields of wells, as far as they are not measured yet."""
    left = {
        path: held.well
        for path, held in facts.items()
        if isinstance(held.well, Well) and channel not in held.measured
    }
    images = _first_fields(access, zarr_format, left)
    arrays = _coarsest_levels(access, zarr_format, images)
    reader = Reader(access)

    def measure(path: str) -> Statistics | Trouble:
        if cancelled():
            raise Cancelled
        image, array = images[path], arrays[path]
        if isinstance(image, Trouble):
            return image
        if isinstance(array, Trouble):
            return array
        region = _region(image, array, channel)
        if isinstance(region, Trouble):
            return region
        if (size := _decoded_bytes(array, region)) > most_bytes:
            return Trouble(f"{format_bytes(size)} would have to be read", broken=False)
        try:
            blocks = reader.blocks(array, region, cancelled)
            return statistics_of(block.values for block in blocks)
        except UserError as error:
            return Trouble(str(error))

    with ThreadPoolExecutor(1 if access.traffic is None else _AT_ONCE) as pool:
        # Each thread takes on what gives up the waiting of this one.
        jobs = {path: pool.submit(copy_context().run, measure, path) for path in left}
        found = {path: job.result() for path, job in jobs.items()}
    return {
        path: replace(
            held,
            channels=_channel_names(images[path], arrays[path]) or held.channels,
            measured={**held.measured, channel: found[path]},
        )
        if path in found
        else held
        for path, held in facts.items()
    }


def _first_fields(
    access: Access, zarr_format: int | None, wells: Mapping[str, Well]
) -> dict[str, Multiscale | Trouble]:
    paths = {
        path: resolved("", join_path(well.path, well.fields[0].path))
        for path, well in wells.items()
        if well.fields
    }
    inside = [path for path in paths.values() if path is not None]
    nodes = dict(zip(inside, read_nodes(access, inside, zarr_format), strict=True))

    def image(path: str) -> Multiscale | Trouble:
        if path not in paths:
            return Trouble("the well lists no fields", broken=False)
        place = paths[path]
        if place is None:
            return Trouble("the path of its first field leads out of the store")
        node = nodes[place]
        if isinstance(node, Broken):
            return Trouble(f"{place}: {node.reason}")
        found = read_multiscale(place, node.attributes) if isinstance(node, Group) else None
        if found is None or not found.levels:
            return Trouble(f"no image is at {place}")
        return found

    return {path: image(path) for path in wells}


def _coarsest_levels(
    access: Access, zarr_format: int | None, images: Mapping[str, Multiscale | Trouble]
) -> dict[str, Array | Trouble]:
    paths = {
        path: image.levels[-1].path
        for path, image in images.items()
        if isinstance(image, Multiscale)
    }
    inside = [path for path in paths.values() if resolved("", path) == path]
    nodes = dict(zip(inside, read_nodes(access, inside, zarr_format), strict=True))

    def array(path: str) -> Array | Trouble:
        image = images[path]
        if isinstance(image, Trouble):
            return image
        node = nodes.get(paths[path])
        if isinstance(node, Broken):
            return Trouble(f"{node.path}: {node.reason}")
        if not isinstance(node, Array):
            return Trouble(f"no array is at {paths[path]}")
        if len(node.shape) != len(image.axes):
            has = plural(len(node.shape), "axis", "axes")
            return Trouble(f"{node.path} has {has}, the image has {len(image.axes)}")
        if not node.dtype.is_pixel:
            return Trouble(f"the values of {node.path} are no intensities", broken=False)
        return node

    return {path: array(path) for path in images}


def _channel_axis(image: Multiscale) -> int | None:
    return next((at for at, axis in enumerate(image.axes) if axis.type == "channel"), None)


def _channel_names(image: Multiscale | Trouble, array: Array | Trouble) -> tuple[str, ...]:
    """A name for each channel that there is; empty where that is not known."""
    if isinstance(image, Trouble) or isinstance(array, Trouble):
        return ()
    axis = _channel_axis(image)
    count = 1 if axis is None else array.shape[axis]
    names = [channel.label for channel in image.channels[:count]]
    return (*names, *[""] * min(count - len(names), 1000))


def _region(image: Multiscale, array: Array, channel: int) -> tuple[slice, ...] | Trouble:
    region = [slice(0, size) for size in array.shape]
    axis = _channel_axis(image)
    if axis is not None:
        if channel >= array.shape[axis]:
            has = plural(array.shape[axis], "channel")
            return Trouble(f"its first field has {has}", broken=False)
        region[axis] = slice(channel, channel + 1)
    return tuple(region)


def _decoded_bytes(array: Array, region: tuple[slice, ...]) -> int:
    """Uncompressed bytes of the chunks that a region touches."""
    chunks: int = math.prod(
        -(-part.stop // step) - part.start // step
        for part, step in zip(region, array.chunks, strict=True)
    )
    return chunks * math.prod(array.chunks) * (array.dtype.itemsize or 1)


def statistics_of(blocks: Iterable[np.ndarray[Any, Any]]) -> Statistics | Trouble:
    """Mean and maximum of the finite values of some blocks, in double precision.

    Parameters
    ----------
    blocks
        Numbers or booleans, of any shape.
    """
    import numpy as np

    total, count, maximum = 0.0, 0, -math.inf
    for block in blocks:
        values = block[np.isfinite(block)] if block.dtype.kind == "f" else block
        if values.size:
            total += float(values.sum(dtype=np.float64))
            count += values.size
            maximum = max(maximum, float(values.max()))
    if not count:
        return Trouble("it has no finite value", broken=False)
    return Statistics(total / count, maximum)
