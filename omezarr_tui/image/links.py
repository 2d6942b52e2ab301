"""The same place in other programs: addresses that they understand, napari, Neuroglancer."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from omezarr_tui.image.channels import channel_axis, channel_color, channel_name, is_opacity
from omezarr_tui.image.cursor import Cursor, cursor_in_middle
from omezarr_tui.image.picture import Layer, Picture
from omezarr_tui.image.sampling import METRES
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.store.access import Access
from omezarr_tui.store.location import WEB, Location
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

NEUROGLANCER = "https://neuroglancer-demo.appspot.com/#!"
ANONYMOUSLY = "anonymously"  # as whom servers are asked, in the words of `Access.as_whom`
# OME-Zarr that Neuroglancer reads as such; of others it reads the arrays.
_OME_VERSIONS = ("0.4", "0.5", "0.6")
_SECONDS = {
    "nanosecond": 1e-9, "microsecond": 1e-6, "millisecond": 1e-3, "second": 1.0,
    "minute": 60.0, "hour": 3600.0, "day": 86400.0,
}  # fmt: skip
_SCREEN = 1000  # pixels of a browser's window that a view is taken to fill


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no such text, and what to do about it."""

    why: str


def web_address(access: Access, path: str) -> str | Refusal:
    """The address at which a browser, or any other program, finds a node without credentials."""
    location = access.location
    if location.is_local:
        folder = shell_word(str(location.path.parent))
        return Refusal(
            "it lies on this disk, which a browser does not see; to serve it: "
            f"npx http-server --cors {folder}, and open it here from that address"
        )
    if location.protocol not in (*WEB, "s3", "gs", "az"):
        return Refusal(f"a browser does not read {location.place}")
    if not access.as_whom.startswith(ANONYMOUSLY):
        return Refusal("it is read with credentials, which no link may hold")
    return _address(location.archive or location.below(path))


def _address(location: Location) -> str | Refusal:
    if location.protocol in WEB:
        return location.url
    bucket, _, key = location.address.partition("/")
    key = quote(key, "/")
    if location.protocol == "az":
        container, _, host = bucket.partition("@")
        server = location.endpoint or (host and f"https://{host.replace('.dfs.', '.blob.')}")
        if not server:
            return Refusal("its address does not say in which storage account it lies")
        return f"{server}/{container}/{key}"
    if location.endpoint:
        return f"{location.endpoint}/{bucket}/{key}"
    if location.protocol == "gs":
        return f"https://storage.googleapis.com/{bucket}/{key}"
    if "." in bucket:  # no certificate covers such a host
        return f"https://s3.amazonaws.com/{bucket}/{key}"
    return f"https://{bucket}.s3.amazonaws.com/{key}"


def shell_word(text: str) -> str:
    """A text as one word of a shell: in quotes where it must be, and without odd signs."""
    if text.isprintable():
        return shlex.quote(text)
    signs = (
        "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))
        if not sign.isprintable() or sign in "'\\"
        else sign
        for sign in text
    )
    return f"$'{''.join(signs)}'"


def napari_command(access: Access, picture: Picture | None) -> str | Refusal:
    """What opens the image in napari, with the plugin that reads OME-Zarr."""
    multiscale = picture.request.image.multiscale if picture else None
    if multiscale is None or multiscale.version is None:
        return Refusal("napari-ome-zarr opens images that OME-Zarr metadata describe")
    location = access.location
    if location.inside is not None:
        return Refusal("napari-ome-zarr opens no zips")
    place: str | Refusal = str(location.below(multiscale.path).path) if location.is_local else ""
    if not location.is_local:
        place = web_address(access, multiscale.path)
    if isinstance(place, Refusal):
        return place
    return f"napari --plugin napari-ome-zarr {shell_word(place)}"


def neuroglancer_link(
    access: Access, picture: Picture | None, cursor: Cursor | None = None
) -> str | Refusal:
    """What shows the same place in Neuroglancer, in the same windows and colours.

    Parameters
    ----------
    access
        The store.
    picture
        What is shown.
    cursor
        The pixel in the middle; None for the middle of what is seen.
    """
    if picture is None:
        return Refusal("there is no plane to show")
    sampling, image = picture.sampling, picture.request.image
    if _is_ome(image) and channel_axis(image) in (sampling.rows, sampling.columns):
        return Refusal("Neuroglancer shows no plane across channels")
    if isinstance(sources := neuroglancer_sources(access, picture), Refusal):
        return sources
    state = neuroglancer_state(picture, cursor or cursor_in_middle(sampling), sources)
    return NEUROGLANCER + quote(json.dumps(state, separators=(",", ":")), "")


def neuroglancer_sources(access: Access, picture: Picture) -> list[str] | Refusal:
    """Where Neuroglancer finds the pixels, and the labels over them: addresses and formats."""
    image, overlay = picture.request.image, picture.request.overlay
    paths = [image.multiscale.path if _is_ome(image) else picture.sampling.array.path]
    if overlay is not None and _is_ome(overlay.labels):
        paths.append(overlay.labels.multiscale.path)
    from omezarr_tui.store.archive import ArchiveAccess

    reads = f"|zarr{picture.sampling.array.zarr_format}:"
    sources = []
    for path in paths:
        address = web_address(access, path)
        if isinstance(address, Refusal):
            return address
        if isinstance(access, ArchiveAccess):
            sources.append(f"{address}|zip:{quote(access.path_in_zip(path), '/')}/{reads}")
        else:
            sources.append(f"{address.rstrip('/')}/{reads}")
    return sources


def neuroglancer_state(picture: Picture, cursor: Cursor, sources: list[str]) -> dict[str, Any]:
    """The state of Neuroglancer that shows a place.

    Dimensions are pixels of the finest level. The view's columns come first and its rows
    second, so that they run across and down there too. Positions are those of pixels' centres,
    as OME-Zarr has it; those of an array by itself count from its corner.

    Parameters
    ----------
    picture
        What is shown.
    cursor
        The pixel in the middle.
    sources
        As `neuroglancer_sources` gives them.
    """
    sampling, view, image = picture.sampling, picture.request.view, picture.request.image
    first = image.readable[0]
    array = image.levels[first]
    assert isinstance(array, Array)
    others = [axis for axis in view.fixed if axis != _channels(image)]
    others.sort(key=lambda axis: axis != view.moving)
    dimensions: dict[str, tuple[float, str]] = {}
    position = []
    for axis in (view.columns, view.rows, *others):
        pixel = min(array.shape[axis] - 1, int(cursor.along(axis, view) * array.shape[axis]))
        name = image.multiscale.axes[axis].name
        if _is_ome(image):
            level = image.multiscale.levels[first]
            size, (factor, unit) = level.scale[axis], _unit(image.multiscale.axes[axis])
            dimensions[name] = (size * factor, unit)
            position.append(pixel + level.translation[axis] / size)
        else:  # it knows no axes but those that the array itself names
            dimensions[name if array.dimension_names else f"d{axis}"] = (1.0, "")
            position.append(pixel + 0.5)
    across, *_ = sizes = [size for size, _ in dimensions.values()][:3]
    seen = (sampling.right - sampling.left) * (
        array.shape[view.columns] / sampling.array.shape[view.columns]
    )
    labels = [{"type": "segmentation", "source": one, "name": "labels"} for one in sources[1:]]
    layers = picture.layers if _channels(image) is not None else (picture.layer,)
    return {
        "dimensions": {name: list(told) for name, told in dimensions.items()},
        "position": position,
        "crossSectionScale": seen * across / min(sizes) / _SCREEN,
        "layers": [*(_layer(picture, layer, sources[0]) for layer in layers), *labels],
        "layout": "xy",
    }


def _layer(picture: Picture, layer: Layer, source: str) -> dict[str, Any]:
    image, look = picture.request.image, picture.request.look
    name = visible(image.multiscale.name or image.multiscale.path or "image", 60)
    if image.multiscale.is_label:
        return {"type": "segmentation", "source": source, "name": name}
    told: dict[str, Any] = {"type": "image", "source": source, "name": name}
    emit = "emitGrayscale(normalized())"
    if (channels := _channels(image)) is not None:
        axis, level = image.multiscale.axes[channels], image.multiscale.levels[0]
        told["name"] = f"{name} {channel_name(image, layer.channel)}"
        # Along a dimension with a prime no common position goes: each layer has its own.
        told["localDimensions"] = {f"{axis.name}'": [level.scale[channels], ""]}
        told["localPosition"] = [layer.channel]
    if len(picture.layers) > 1 and channels is not None:
        red, green, blue = (part / 255 for part in channel_color(image, look, layer.channel))
        emit = f"emitRGB(normalized() * vec3({red:.3f}, {green:.3f}, {blue:.3f}))"
        told |= {"blend": "additive", "visible": not is_opacity(image, layer.channel)}
    window = [layer.window.start, layer.window.end]
    told["shader"] = f"#uicontrol invlerp normalized\nvoid main() {{ {emit}; }}"
    told["shaderControls"] = {"normalized": {"range": window[:: -1 if look.invert else 1]}}
    return told


def _is_ome(image: Image) -> bool:
    """Whether Neuroglancer reads an image as OME-Zarr; else it reads an array."""
    version = image.multiscale.version
    return version is not None and version.startswith(_OME_VERSIONS)


def _channels(image: Image) -> int | None:
    """The axis of channels, as far as Neuroglancer knows of it."""
    return channel_axis(image) if _is_ome(image) else None


def _unit(axis: Axis) -> tuple[float, str]:
    if axis.unit in METRES:
        return METRES[axis.unit], "m"
    if axis.unit in _SECONDS:
        return _SECONDS[axis.unit], "s"
    return 1.0, ""
