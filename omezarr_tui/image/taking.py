"""Texts to take away: Python that opens a region, paths, values. None of them holds a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.image.channels import channel_name
from omezarr_tui.image.links import ANONYMOUSLY, Refusal, shell_word
from omezarr_tui.image.part import Part
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.plotted import Counting
from omezarr_tui.image.values import value_text
from omezarr_tui.store.access import Access
from omezarr_tui.store.location import Location
from omezarr_tui.text import listed, visible

_PROFILE = "profile "  # whose credentials count, in the words of `Access.as_whom`
_LIBRARIES = {  # that fsspec reads with
    "http": "aiohttp", "https": "aiohttp", "s3": "s3fs", "gs": "gcsfs", "az": "adlfs",
    "sftp": "paramiko",
}  # fmt: skip


def python_lines(access: Access, part: Part) -> str:
    """Python that reads the very values of a part with zarr.

    What stands in it: the array's address, its format, and NumPy's own indices. Where
    credentials are used it names the profile, or leaves them to the environment.

    Parameters
    ----------
    access
        The store.
    part
        Which values.
    """
    from omezarr_tui.store.archive import ArchiveAccess

    node, location = part.array, access.location
    head, given = ["import zarr"], ["mode='r'", f"zarr_format={node.zarr_format}"]
    if isinstance(access, ArchiveAccess):
        path = access.path_in_zip(node.path)
        place = f"zarr.storage.ZipStore({location.address!r})"
        given[:0] = [f"path={path!r}"] if path else []
        if not location.is_local:
            file = location.archive or location
            place, given = f"{'zip://' + path + '::' + _url(file)!r}", given[-2:]
    elif location.is_local:
        path = str(location.below(node.path).path)
        place = repr(path)
        if "://" in path or "::" in path:  # which zarr would take for a URL
            head, place = ["from pathlib import Path", "", *head], f"Path({path!r})"
    else:
        place = repr(_url(location.below(node.path)))
    if not location.is_local:
        needed = ["zarr", "fsspec", _LIBRARIES.get(location.protocol, "")]
        told = [f"# with {listed([*filter(None, needed)])} installed"]
        if access.as_whom and not access.as_whom.startswith((ANONYMOUSLY, _PROFILE)):
            told.append("# and with credentials, which are not copied")
        head = [*told, *head]
        if options := _options(access):
            # Of a zip, those of the place that it lies in.
            inner = {location.protocol: options} if location.inside is not None else options
            given.append(f"storage_options={inner!r}")
    names = ", ".join(visible(axis.name, 24) for axis in part.about.axes)
    note = "" if part.level is None else f"  # {names} of level {part.level}"
    return "\n".join(
        [
            *head,
            "",
            f"array = zarr.open_array({', '.join([place, *given])})",
            f"values = array[{part.selection.numpy_text}]{note}",
        ]
    )


def _url(location: Location) -> str:
    """As fsspec understands it."""
    if location.protocol == "az":
        bucket, slash, key = location.address.partition("/")
        return f"az://{bucket.partition('@')[0]}{slash}{key}"
    return location.url


def _options(access: Access) -> dict[str, Any]:
    """How fsspec must ask, without secrets."""
    location, whom = access.location, access.as_whom
    is_anonymous = whom.startswith(ANONYMOUSLY)
    if location.protocol == "s3":
        told: dict[str, Any] = {"anon": True} if is_anonymous else {}
        if whom.startswith(_PROFILE) and whom != f"{_PROFILE}default":
            told["profile"] = whom.removeprefix(_PROFILE)
        return told | ({"endpoint_url": location.endpoint} if location.endpoint else {})
    if location.protocol == "gs":
        told = {"token": "anon"} if is_anonymous else {}
        return told | ({"endpoint_url": location.endpoint} if location.endpoint else {})
    if location.protocol == "az":
        account = location.address.partition("/")[0].partition("@")[2].partition(".")[0]
        told = {"account_name": account} if account else {}
        return told | {"anon": is_anonymous}
    return {}


def path_text(access: Access, path: str) -> str:
    """The path or URL of a node, as it can be opened again."""
    location = access.location.below(path)
    text = location.url
    try:
        text.encode()
    except UnicodeEncodeError:  # a name of bytes that are no text: a shell can spell it
        return shell_word(text)
    return text


def value_text_at(
    picture: Picture, pixel: Counting | None, values: Mapping[int, Any] | None
) -> str | Refusal:
    """The exact values of the pixel under the cursor; of several channels one in a line.

    Parameters
    ----------
    picture
        What is shown.
    pixel
        The pixel of the finest level; None where there is no cursor.
    values
        NumPy scalars by the positions of their channels; None as long as they are not read.
    """
    if pixel is None:
        return Refusal("x puts a cursor on the picture")
    if not values:
        return Refusal("it is not read yet")
    if len(values) == 1:
        return value_text(next(iter(values.values())))
    image = picture.request.image
    return "\n".join(f"{channel_name(image, at)}\t{value_text(v)}" for at, v in values.items())
