"""An edit of pixels as users mean it: the level that they name, and the pyramid that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from omezarr_tui.edit.box import around
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.planes import Interpolate
from omezarr_tui.edit.pyramid import follow, pyramid_steps
from omezarr_tui.edit.scratch import Box
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, Broken
from omezarr_tui.store.opening import find_node
from omezarr_tui.text import listed, plural, visible


class StagedPixels(Protocol):
    """What came of an edit of one array."""

    @property
    def facts(self) -> Facts:
        """For the dialog."""

    @property
    def changed(self) -> Sequence[Box]:
        """The boxes in which values change."""


class PixelsEdit(Protocol):
    """An edit of the values of one array."""

    @property
    def title(self) -> str:
        """What it does."""

    @property
    def expression(self) -> str:
        """What is done and where, on one line."""

    @property
    def path(self) -> str:
        """The array."""

    def stage_pixels(self, staged: Staged, work: Work) -> StagedPixels:
        """Put the stored objects of the array in which values change."""


@dataclass(frozen=True, slots=True)
class ImageEdit:
    """An edit of one level of an image, with the coarser levels brought up to date.

    Parameters
    ----------
    pixels
        What is done to the level.
    levels
        The arrays of the image, from fine to coarse, by paths from the root of the store.
    level
        Which of them is edited.
    alone
        Leave the other levels as they are, because the user says so.
    method
        How the coarser levels are to be made, by its name; None for how they were made.
    is_label
        Whether values are labels.
    """

    pixels: PixelsEdit
    levels: tuple[Array, ...]
    level: int = 0
    alone: bool = False
    method: str | None = None
    is_label: bool = False

    @property
    def title(self) -> str:
        """What it does."""
        return self.pixels.title

    @property
    def expression(self) -> str:
        """What is done and where, on one line."""
        return self.pixels.expression

    @property
    def path(self) -> str:
        """The array."""
        return self.pixels.path

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Put the level, then every coarser one over just what the edit concerns."""
        if self.level and not self.alone:
            name = visible(self.levels[self.level].name)
            raise UserError(
                f"{name} is a coarser level of an image, made from {visible(self.levels[0].name)}",
                "edit the finest level, and this one follows; "
                "or ask for this level alone (--alone)",
                exit_code=ExitCode.USAGE,
            )
        done = self.pixels.stage_pixels(staged, work)
        facts = list(done.facts)
        if self.alone and len(self.levels) > 1:
            others = listed([visible(a.name) for i, a in enumerate(self.levels) if i != self.level])
            return [*facts, ("pyramid", f"not brought up to date, as asked: {others}")]
        if not done.changed or len(self.levels) < 2:
            return facts
        steps = pyramid_steps(
            staged.access,
            self.levels,
            self.level,
            work,
            near=around(done.changed),
            is_label=self.is_label,
            chosen=self.method,
        )
        followed = follow(staged, self.levels, self.level, done.changed, steps, work)
        return [*facts, *followed.facts]


def edited_image(access: Access, path: str, level: int | None = None) -> tuple[Image, int]:
    """The image whose pixels are edited where a node is named, and the level that is meant.

    Parameters
    ----------
    access
        The store, at its root.
    path
        An image, a level of one, or any array.
    level
        The level that is asked for; None for the one that the node is, else the finest.

    Raises
    ------
    UserError
        The node has no pixels, or the level cannot be read.
    """
    image = image_of(access, find_node(access, path))
    name = visible(path) or access.location.name
    if image is None:
        raise UserError(f"{name} has no pixels of its own", "name an image or an array")
    if level is None:
        level = image.pinned or 0
    if not 0 <= level < len(image.levels):
        raise UserError(
            f"{name} has no level {level}",
            f"it has {plural(len(image.levels), 'level')}, 0 to {len(image.levels) - 1}",
            exit_code=ExitCode.USAGE,
        )
    if isinstance(broken := image.levels[level], Broken):
        raise UserError(f"{_level(broken)} of {name} cannot be read", broken.reason)
    return image, level


def _level(level: Array | Broken) -> str:
    return f"Level {visible(level.name)}"


def image_edit(
    image: Image,
    level: int,
    pixels: PixelsEdit,
    *,
    alone: bool = False,
    method: str | None = None,
) -> ImageEdit:
    """The edit of an image that `edited_image` found.

    Raises
    ------
    UserError
        It would invent labels, or a level that is to follow cannot be read.
    """
    arrays = tuple(level for level in image.levels if isinstance(level, Array))
    broken = [level for level in image.levels if isinstance(level, Broken)]
    if broken and not alone:
        raise UserError(
            f"{_level(broken[0])} of this image cannot be read, and so cannot follow",
            f"{visible(broken[0].path)}: {broken[0].reason}; drop that level first, or edit "
            f"{visible(image.levels[level].name)} alone (--alone)",
        )
    is_label = image.multiscale.is_label
    if is_label and isinstance(pixels, PixelEdit) and isinstance(pixels.change, Interpolate):
        raise UserError(
            f"{visible(pixels.path)} holds labels: between two there is none",
            "copy a plane instead",
            exit_code=ExitCode.USAGE,
        )
    edited = image.readable.index(level)
    return ImageEdit(pixels, arrays, edited, alone, method, is_label)
