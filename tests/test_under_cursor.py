"""What is told of the sample under the cursor: what it is of which pixels, and how exactly."""

import numpy as np
import pytest
import zarr
from looking import image_in, local, request_of

from omezarr_tui.image.cursor import Cursor, cursor_at
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.under_cursor import pixel_texts, pixel_under, place_texts

ROOM = (6, 8)


def stored(folder, values, names):
    zarr.create_array(folder, data=values, dimension_names=list(names))
    return image_in(folder)


def painted(folder, image, **changes):
    request = request_of(image, changes.pop("room", ROOM), rendering="half", **changes)
    return Painter(Reader(local(folder))).paint(request)


@pytest.fixture
def stack(tmp_path):
    values = np.random.default_rng(3).integers(0, 60000, (5, 24, 32)).astype("uint16")
    return tmp_path / "a", values, stored(tmp_path / "a", values, "zyx")


def test_a_maximum_is_named_and_exact(stack):
    folder, values, image = stack
    picture = painted(folder, image, maximum=True)
    down, across = (int(size) for size in picture.sampling.pixels_per_sample)
    assert down > 1
    part = values[2, down : 2 * down, 3 * across : 4 * across]
    told = place_texts(picture, 1, 3)[1]
    assert told == f"maximum {part.max()} of {down} × {across} px"


@pytest.mark.parametrize("projection", ["maximum", "mean"])
def test_of_a_projection_it_is_told_what_it_is_over(stack, projection):
    folder, values, image = stack
    exact = painted(folder, image, room=(12, 32), projection=projection)
    assert exact.sampling.pixels_per_sample == (1, 1)
    along = values[:, 4, 7]
    where, told = place_texts(exact, 4, 7)
    assert where == "y  4  x  7"
    if projection == "maximum":
        assert told == f"maximum over z {along.max()}"
    else:
        assert told.startswith("mean over z ")
        assert float(told.split()[-1]) == pytest.approx(along.mean(), rel=1e-4)
    coarse = place_texts(painted(folder, image, projection=projection), 1, 3)[1]
    assert coarse.startswith("mean ")
    assert coarse.endswith(f" px of the {projection} over z")


@pytest.mark.parametrize("dtype", ["uint64", "int64"])
@pytest.mark.parametrize("is_maximum", [False, True])
def test_long_integers_are_exact(tmp_path, dtype, is_maximum):
    values = np.full((2, 6, 8), np.iinfo(dtype).max - 7, dtype)
    values[0, 2, 3] = np.iinfo(dtype).max - 2
    image = stored(tmp_path / "a", values, "zyx")
    view = request_of(image).view.at(0, 0, 2)
    picture = painted(tmp_path / "a", image, view=view, maximum=is_maximum, room=(3, 8))
    assert place_texts(picture, 2, 3) == ["y 2  x 3", f"value {np.iinfo(dtype).max - 2}"]
    over = painted(
        tmp_path / "a", image, view=view, maximum=is_maximum, room=(3, 8), projection="maximum"
    )
    assert place_texts(over, 2, 3)[1] == f"maximum over z {np.iinfo(dtype).max - 2}"


def test_channels_that_are_shown_together_are_all_told(tmp_path):
    values = np.arange(2 * 6 * 8, dtype="uint16").reshape(2, 6, 8)
    image = stored(tmp_path / "a", values, "cyx")
    picture = painted(tmp_path / "a", image, composed=True, room=(3, 8))
    assert len(picture.layers) == 2
    one, two = values[:, 2, 3]
    names = [told.rpartition(" ")[0] for told in place_texts(picture, 2, 3)[1][6:].split(", ")]
    assert place_texts(picture, 2, 3)[1] == f"value {names[0]} {one}, {names[1]} {two}"
    assert len(set(names)) == 2
    cursor = cursor_at(Cursor(), picture.sampling, 2, 3)
    pixel = pixel_under(picture, cursor)
    read = {channel: values[channel, 2, 3] for channel, _ in pixel.regions}
    texts = pixel_texts(picture, pixel, read)
    assert texts[0] == "pixel y 2 x 3"
    assert [text.rpartition(" ")[2] for text in texts[1:3]] == [str(one), str(two)]
