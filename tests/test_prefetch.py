"""What is read before it is asked for, and what is shown before it is read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr
from layouts import chunks_read
from looking import files_read, image, image_in, local, request_of, view_of

from omezarr_tui.image import progressive
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.prefetch import STEPS, read_ahead, views_ahead
from omezarr_tui.image.progressive import coarser_first
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.view import View
from omezarr_tui.store.waiting import Cancelled


@pytest.fixture
def view() -> View:
    return view_of(image("tzyx", (5, 40, 20, 30))).at(1, 20, 40)


class TestDirection:
    @pytest.mark.parametrize("step", [1, -1, 3, -4])
    def test_a_step_leads_on(self, view: View, step: int) -> None:
        ahead = list(views_ahead(view, view.at(1, 20 + step, 40)))
        places = [20 + (2 + n) * step for n in range(STEPS)]
        assert [v.index[1] for v in ahead] == [at for at in places if 0 <= at < 40]
        assert all(replace(v, index=view.index) == view for v in ahead)

    def test_of_another_axis(self, view: View) -> None:
        ahead = views_ahead(view, view.at(0, 1, 5))
        assert [v.index[0] for v in ahead] == [2, 3, 4]

    def test_nothing_else_does(self, view: View) -> None:
        after = view.at(1, 21, 40)
        for other in (
            view,
            view.at(1, 39, 40),  # a jump
            after.at(0, 1, 5),
            after.zoomed(2),
            view.zoomed(2).panned(0.5, 0),
            after.displaying(1, 3),
        ):
            assert list(views_ahead(view, other)) == []


class TestReadAhead:
    def stack(self, folder: Path, depth: int = 1) -> PictureRequest:
        """A stack of 32 planes of 4 chunks of 800 bytes each and more."""
        data = np.arange(32 * 20 * 40, dtype="uint16").reshape(32, 20, 40)
        zarr.create_array(folder, data=data, chunks=(depth, 20, 10), dimension_names=list("zyx"))
        return request_of(image_in(folder))

    def test_the_next_planes_need_no_reading(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        reader = Reader(local(tmp_path / "s"))
        views = list(views_ahead(request.view.at(0, 3, 32), request.view.at(0, 4, 32)))
        read_ahead(reader, request, views, 10**6)
        for view in views:
            with files_read(tmp_path / "s") as seen:
                reader.sample(replace(request, view=view).sampling())
            assert seen == []

    def test_a_budget_in_bytes(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        views = list(views_ahead(request.view.at(0, 3, 32), request.view.at(0, 4, 32)))
        with files_read(tmp_path / "s") as seen:
            read_ahead(Reader(local(tmp_path / "s")), request, views, 3 * 4 * 400 - 1)
        assert sorted({key.split("/")[1] for key in chunks_read(seen)}) == ["5", "6"]

    def test_of_deep_chunks_the_next_ones_only_when_they_are_near(self, tmp_path: Path) -> None:
        request, deep = self.stack(tmp_path / "s", 16), (tmp_path / "s")
        for at, layers in ((4, {"0"}), (10, {"0", "1"})):
            views = views_ahead(request.view.at(0, at - 1, 32), request.view.at(0, at, 32))
            with files_read(deep) as seen:
                read_ahead(Reader(local(deep)), request, views, 10**6)
            assert {key.split("/")[1] for key in chunks_read(seen)} == layers

    def test_it_stops_between_chunks(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        views = views_ahead(request.view.at(0, 3, 32), request.view.at(0, 4, 32))
        answers = iter([False, False, True])
        with files_read(tmp_path / "s") as seen, pytest.raises(Cancelled):
            read_ahead(Reader(local(tmp_path / "s")), request, views, 10**6, lambda: next(answers))
        assert chunks_read(seen) == ["c/5/0/0", "c/5/0/1"]

    def test_what_is_damaged_is_left_to_whoever_goes_there(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        (tmp_path / "s" / "c" / "5" / "0" / "0").write_bytes(b"damaged")
        views = views_ahead(request.view.at(0, 3, 32), request.view.at(0, 4, 32))
        read_ahead(Reader(local(tmp_path / "s")), request, views, 10**6)


class TestCoarserFirst:
    @pytest.fixture
    def pyramid(self, tmp_path: Path) -> PictureRequest:
        sizes = [(1, 256, 256), (1, 128, 128), (1, 64, 64), (1, 32, 32)]
        group = zarr.create_group(tmp_path / "p", attributes={"ome": _ome(len(sizes))})
        for number, size in enumerate(sizes):
            made = group.create_array(f"s{number}", shape=size, chunks=(1, 32, 32), dtype="uint16")
            made[...] = number + 1
        return request_of(image_in(tmp_path / "p"), level=0)

    def test_the_finest_that_comes_soon(
        self, pyramid: PictureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader = Reader(local(tmp_path / "p"))
        assert coarser_first(pyramid, reader, is_far=False) is None  # it is quick itself
        monkeypatch.setattr(progressive, "_SOON_BYTES", 16 * 2048)
        first = coarser_first(pyramid, reader, is_far=False)
        assert first == replace(pyramid, level=2)  # an eighth of 64 chunks is 8
        reader.sample(replace(pyramid, level=1).sampling())
        assert coarser_first(pyramid, reader, is_far=False) == replace(pyramid, level=1)
        reader.sample(pyramid.sampling())
        assert coarser_first(pyramid, reader, is_far=False) is None

    def test_not_before_it_was_asked_for(
        self, pyramid: PictureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(progressive, "_SOON_BYTES_FAR", 16 * 2048)
        asked = replace(pyramid, ask_above=1000)
        reader = Reader(local(tmp_path / "p"))
        assert coarser_first(pyramid, reader, is_far=True) is not None
        assert coarser_first(asked, reader, is_far=True) is None


def _ome(levels: int) -> dict[str, object]:
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    datasets = [
        {
            "path": f"s{n}",
            "coordinateTransformations": [{"type": "scale", "scale": [1.0, 2.0**n, 2.0**n]}],
        }
        for n in range(levels)
    ]
    return {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
