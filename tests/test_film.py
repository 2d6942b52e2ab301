"""A film: the clock says which plane comes next, however long the last one took."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import image, request_of

from omezarr_tui.image.film import RATES, Film, begun
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.steering import level_changed, moving_along, placed, stepped

SIZE = 12


def request_at(z: int = 0) -> PictureRequest:
    return placed(request_of(image("czyx", (2, SIZE, 30, 40))), 1, z, SIZE)


def film_of(request: PictureRequest, rate: int = 10, now: float = 0.0) -> Film:
    film = begun(request, rate, now)
    assert film is not None
    return film


def plane(film: Film) -> int:
    return film.request.view.index[1]


@given(
    st.integers(0, SIZE - 1),
    st.sampled_from(RATES),
    st.lists(st.floats(0, 5), min_size=1, max_size=9),
    st.floats(0, 1e6),
)
def test_the_clock_alone_says_which_plane_it_is(
    first: int, rate: int, waits: list[float], start: float
) -> None:
    film, now = film_of(request_at(first), rate, start), start
    for wait in waits:  # so long a picture took, and planes were dropped
        now += wait
        film = film.next(film.request, now)
    assert plane(film) == (first + round((now - start) * rate)) % SIZE


def test_it_goes_round() -> None:
    film = film_of(request_at(SIZE - 1))
    assert plane(film.next(film.request, 0.1)) == 0


def test_nothing_changes_before_it_is_time() -> None:
    film = film_of(request_at(3))
    assert film.next(film.request, 0.04).request is film.request


def test_zoom_and_contrast_may_change_while_it_plays() -> None:
    film = film_of(request_at())
    shown = replace(film.request, view=film.request.view.zoomed(2), maximum=True)
    assert film.goes_on(shown)
    after = film.next(shown, 0.5)
    assert (plane(after), after.request.view.zoom, after.request.maximum) == (5, 2, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: stepped(r, 1),
        lambda r: moving_along(r, "c"),
        lambda r: replace(r, projection="maximum"),
        lambda r: request_of(image("czyx", (2, SIZE, 30, 41))),
    ],
)
def test_another_plane_axis_or_image_ends_it(change: object) -> None:
    film = film_of(request_at())
    assert callable(change)
    assert film.goes_on(film.request)
    assert not film.goes_on(change(film.request))


def test_a_level_with_fewer_planes_goes_on_from_where_it_is() -> None:
    request = placed(
        request_of(image("zyx", (SIZE, 30, 40), (SIZE // 2, 15, 20)), level=0), 0, 4, 12
    )
    film = film_of(request)
    film = film.next(level_changed(film.request, 1), 0.4)
    sampling = film.request.sampling()
    assert (sampling.level, sampling.position[0]) == (1, 2)
    after = film.next(film.request, 0.5)
    assert after.request.sampling().position[0] == 3


def test_it_takes_projections_away() -> None:
    assert film_of(replace(request_at(), projection="mean")).request.projection is None


@pytest.mark.parametrize(("names", "shape"), [("yx", (30, 40)), ("zyx", (1, 30, 40))])
def test_one_plane_is_no_film(names: str, shape: tuple[int, ...]) -> None:
    assert begun(request_of(image(names, shape)), 10, 0.0) is None
