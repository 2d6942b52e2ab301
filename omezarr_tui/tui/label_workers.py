"""What the screen on a store asks for about label images, in threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.ome.discover import Image
    from omezarr_tui.store.access import Access


class LabelWorkers(EditWorkers):
    """The part of the workers that finds what labels what.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._labelling = Lane(screen, "labels")

    def next_labels(self, image: Image, after: str | None) -> None:
        """Ask for the next of an image's label images: `LabelsFound` or `LabelsNotFound`.

        Parameters
        ----------
        image
            The image.
        after
            The path of the label image before it; None for the first. After the last one
            none comes.
        """

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.ome.labels import label_image, label_images

            path = None
            try:
                paths = label_images(self._access, image)
                if not paths:
                    name = visible(image.multiscale.path) or self._access.location.name
                    raise UserError(
                        f"{name} has no label images", "they are what its group labels lists"
                    )
                at = paths.index(after) + 1 if after in paths else 0
                path = paths[at] if at < len(paths) else None
                labels = None if path is None else label_image(self._access, path)
            except Cancelled:
                raise
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.LabelsNotFound(image, path, told(error))
            return messages.LabelsFound(image, image, labels)

        self._labelling.run(job)

    def kept_labels(self, image: Image, path: str, opacity: int) -> None:
        """Ask for the label image that lay over an image: `LabelsFound` or `LabelsNotFound`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.ome.labels import label_image

            try:
                labels = label_image(self._access, path)
            except Cancelled:
                raise
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.LabelsNotFound(image, None, told(error))
            return messages.LabelsFound(image, image, labels, opacity)

        self._labelling.run(job)

    def labelled_image(self, labels: Image) -> None:
        """Ask for the image that a label image labels: `LabelsFound` or `LabelsNotFound`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.ome.labels import as_labels, source_image

            try:
                image = source_image(self._access, labels)
                over = as_labels(labels, labels.multiscale.path or self._access.location.name)
            except Cancelled:
                raise
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.LabelsNotFound(labels, None, told(error))
            return messages.LabelsFound(labels, image, over)

        self._labelling.run(job)
