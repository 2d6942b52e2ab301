"""Planes of label images are copied, and never interpolated."""

from pathlib import Path

import pytest
from edit_kinds import LABELS, image_store
from editing import local

from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.planes import Interpolate
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array


def test_labels_between_two_are_not_invented(tmp_path: Path) -> None:
    store = tmp_path / "image.zarr"
    image_store(store, 3)
    image, level = edited_image(local(store), LABELS)
    array = image.levels[level]
    assert isinstance(array, Array)
    parts = (slice(1, 2, 1), *(slice(0, size, 1) for size in array.shape[1:]))
    pixels = PixelEdit(array, Selection(parts, array.shape), Interpolate(0, 0, 2, "z"))
    with pytest.raises(UserError, match="holds labels") as caught:
        image_edit(image, level, pixels)
    assert caught.value.why == "copy a plane instead"
