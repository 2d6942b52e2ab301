"""Label images by their names, so that the next field of a plate shows the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omezarr_tui.errors import UserError
from omezarr_tui.image.overlay import Overlay
from omezarr_tui.ome.labels import LABELS, label_image
from omezarr_tui.store.node import join_path

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.ome.discover import Image
    from omezarr_tui.store.access import Access


@dataclass(frozen=True, slots=True)
class NamedOverlay:
    """Which label image lies over an image.

    Parameters
    ----------
    name
        Its path from the image's group ``labels``.
    opacity
        As of `Overlay`.
    """

    name: str
    opacity: int


def named_overlay(request: PictureRequest) -> NamedOverlay | None:
    """The name of the label image over a picture; None without one among the image's own."""
    overlay = request.overlay
    if overlay is None:
        return None
    above = join_path(request.image.multiscale.path, LABELS) + "/"
    path = overlay.labels.multiscale.path
    if not path.startswith(above):
        return None
    return NamedOverlay(path.removeprefix(above), overlay.opacity)


def overlay_named(
    access: Access, image: Image | None, named: NamedOverlay | None
) -> Overlay | None:
    """The label image of a name over another image; None where that has none that can be read.

    Parameters
    ----------
    access
        The store.
    image
        The other image. A label image has none over it.
    named
        What lay over the image that was seen before.
    """
    if image is None or named is None or image.multiscale.is_label:
        return None
    try:
        labels = label_image(access, join_path(image.multiscale.path, LABELS, named.name))
    except (UserError, OSError):  # nobody asked for this one: the picture comes without it
        return None
    return Overlay(labels, named.opacity)
