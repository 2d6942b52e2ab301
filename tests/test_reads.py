"""What is read for a picture: no chunk that is not shown, and none twice while it is kept."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import Foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import SHAPE, chunks_read, read_region, regions, write_layouts
from looking import array, array_in, files_read, image_in, local, request_of, values_of

from omezarr_tui.image import chunks as module
from omezarr_tui.image.chunks import Chunk, ChunkCache
from omezarr_tui.image.picture import Painter, PictureRequest, TooLarge
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.steering import stepped, turned
from omezarr_tui.ome.model import Window
from omezarr_tui.store.waiting import Cancelled


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_layouts(tmp_path_factory.mktemp("layouts"))


class TestWhatIsRead:
    def stack(self, folder: Path, **options: Any) -> PictureRequest:
        """A z, y, x stack of 12 planes of 20 x 30 pixels, in chunks of 4 x 8 x 10."""
        options = {"chunks": (4, 8, 10), "dimension_names": ["z", "y", "x"]} | options
        zarr.create_array(folder, data=values_of((12, 20, 30), "uint16") + 1, **options)
        request = request_of(image_in(folder), (20, 30), rendering="half", source="seen")
        return replace(request, view=request.view.at(0, 0, 12))

    def test_only_the_chunks_of_the_plane(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        painter = Painter(Reader(local(tmp_path / "s")))
        with files_read(tmp_path / "s") as seen:
            painter.paint(request)
        assert sorted(chunks_read(seen)) == [f"c/0/{y}/{x}" for y in range(3) for x in range(3)]

    def test_a_step_inside_of_chunks_reads_nothing(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        painter = Painter(Reader(local(tmp_path / "s")))
        read = []
        for z in range(12):
            with files_read(tmp_path / "s") as seen:
                picture = painter.paint(request)
            np.testing.assert_allclose(picture.samples.values, values_of((12, 20, 30))[z] + 1)
            read.append(len(chunks_read(seen)))
            request = stepped(request, 1)
        assert read == [9, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0]
        with files_read(tmp_path / "s") as seen:
            painter.paint(stepped(request, -11))
        assert seen == []

    def test_another_plane_across_reads_only_what_is_missing(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        painter = Painter(Reader(local(tmp_path / "s")))
        painter.paint(request)
        with files_read(tmp_path / "s") as seen:
            painter.paint(turned(request))  # x along z, in the middle of y
        assert sorted(chunks_read(seen)) == [f"c/{z}/1/{x}" for z in (1, 2) for x in range(3)]

    def test_only_the_window_that_is_zoomed_into(self, tmp_path: Path) -> None:
        request = self.stack(tmp_path / "s")
        view = request.view.zoomed(6).panned(-99, -99)
        with files_read(tmp_path / "s") as seen:
            Painter(Reader(local(tmp_path / "s"))).paint(replace(request, view=view))
        assert chunks_read(seen) == ["c/0/0/0"]

    def test_of_shards_only_the_chunks_that_are_seen(self, tmp_path: Path) -> None:
        """Each shard is opened for its index and for parts, never read as a whole."""
        request = self.stack(tmp_path / "s", shards=(12, 24, 30))
        access = local(tmp_path / "s")
        node = array_in(tmp_path / "s")
        near = replace(request, view=request.view.zoomed(6).panned(-99, -99))
        assert near.sampling().decoded_bytes == 4 * 8 * 10 * 2
        reader = Reader(access)
        with files_read(tmp_path / "s") as seen:
            Painter(reader).paint(near)
        assert set(chunks_read(seen)) == {"c/0/0/0"}
        assert [
            place
            for place in product(range(3), range(3), range(3))
            if reader._cache.get(node.path, place) is not None
        ] == [(0, 0, 0)]

    @given(st.data())
    @settings(deadline=None, max_examples=30)
    def test_chunks_are_read_once_and_no_others(
        self, layouts: dict[str, Path], data: st.DataObject
    ) -> None:
        folder = layouts[data.draw(st.sampled_from(["v2", "v3", "v3, transposed"]))]
        node, reader = array_in(folder), Reader(local(folder))
        read: list[str] = []
        wanted = set()
        for _ in range(3):
            region = data.draw(regions())
            grid = [
                range(part.start // step, -(-part.stop // step))
                for part, step in zip(region, node.chunks, strict=True)
            ]
            wanted |= {node.key_encoding.key(place) for place in product(*grid)}
            with files_read(folder) as seen:
                read_region(reader, node, region)
            read += chunks_read(seen)
        assert sorted(read) == sorted(wanted)

    def test_a_new_window_or_rendering_of_the_same_samples_reads_nothing(
        self, tmp_path: Path
    ) -> None:
        request = self.stack(tmp_path / "s")
        painter = Painter(Reader(local(tmp_path / "s")))
        first = painter.paint(request)
        shutil.rmtree(tmp_path / "s")
        look = replace(request.look, invert=True).with_window(0, Window(0, 9))
        again = painter.paint(replace(request, look=look))
        assert again.samples is first.samples
        assert again.window == Window(0, 9)

    def test_too_much_is_asked_for_first(self, foreign: Foreign) -> None:
        made = foreign("huge_array")
        request = request_of(image_in(made.path, "huge"), (20, 60), ask_above=256 * 2**20)
        with files_read(made.path) as seen, pytest.raises(TooLarge) as told:
            Painter(Reader(local(made.path))).paint(request)
        assert chunks_read(seen) == []
        assert told.value.sampling.decoded_bytes == 40 * 30 * (2 * 512 * 512 * 2)

    def test_parts_of_a_huge_array(self, foreign: Foreign) -> None:
        made = foreign("huge_array")
        node = array_in(made.path, "huge")
        for path, selection, expected in made.samples:
            assert path == "huge"
            with files_read(made.path) as seen:
                found = read_region(Reader(local(made.path)), node, selection)
            np.testing.assert_array_equal(found, expected)
            assert len(chunks_read(seen)) <= 1


class TestCache:
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.booleans()), max_size=40))
    @settings(deadline=None, max_examples=60)
    def test_the_budget_holds(self, puts: list[tuple[int, int, bool]]) -> None:
        cache = ChunkCache(100_000)
        held: dict[int, int] = {}  # place -> bytes, the one used longest ago first
        for place, size, written in puts:
            chunk = Chunk(np.broadcast_to(np.uint8(0), size * 1000), written)
            cache.put("a", (place,), chunk)
            if not written or size <= 50:
                held.pop(place, None)
                held[place] = chunk.nbytes
                while sum(held.values()) > 100_000:
                    del held[next(iter(held))]
            kept = [cache.get("a", (at,)) for at in range(6)]
            assert sum(chunk.nbytes for chunk in kept if chunk is not None) <= 100_000
            assert {at for at, chunk in enumerate(kept) if chunk is not None} == set(held)
            held = dict(sorted(held.items()))  # asking for all of them was a use of each

    def test_the_one_unused_longest_goes_first(self) -> None:
        cache = ChunkCache(100_000)
        for place in range(2):
            cache.put("a", (place,), Chunk(np.zeros(40_000, "uint8")))
        assert cache.holds("a", (1,))  # which is no use of it
        assert cache.get("a", (0,)) is not None
        cache.put("a", (2,), Chunk(np.zeros(40_000, "uint8")))
        assert [cache.holds("a", (at,)) for at in range(3)] == [True, False, True]

    def test_what_is_being_decoded_counts_as_well(self) -> None:
        cache = ChunkCache(100_000)
        for place in range(3):
            cache.put("a", (place,), Chunk(np.zeros(30_000, "uint8")))
        cache.make_room(50_000)
        assert [cache.holds("a", (at,)) for at in range(3)] == [False, False, True]
        cache.make_room(500_000)
        assert not cache.holds("a", (2,))

    @pytest.fixture
    def ones(self, tmp_path: Path) -> tuple[zarr.Array[Any], PictureRequest]:
        """An array of ones on the disk, and a request for all of it."""
        made = zarr.create_array(tmp_path / "s", data=np.ones((4, 6), "u1"), chunks=(2, 3))
        return made, request_of(image_in(tmp_path / "s"), (4, 6))

    def test_what_was_forgotten_is_read_anew(self, ones: Any, tmp_path: Path) -> None:
        made, request = ones
        painter = Painter(Reader(local(tmp_path / "s")))
        assert painter.paint(request).samples.values.max() == 1
        made[...] = 9
        assert painter.paint(request).samples.values.max() == 1
        painter.forget()
        assert painter.paint(request).samples.values.max() == 9

    def test_nothing_old_stays_of_a_read_that_a_change_overtook(
        self, ones: Any, tmp_path: Path
    ) -> None:
        made, request = ones

        def overtake(start: tuple[int, ...], block: Any) -> Any:
            if made[0, 0] != 9:
                made[...] = 9
                painter.forget()
            return block

        painter = Painter(Reader(local(tmp_path / "s"), overtake))
        assert painter.paint(request).samples.values[0, 0] == 1
        assert painter.paint(request).samples.values.min() == 9

    def test_a_small_budget_reads_again_and_right(
        self, layouts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = layouts["v3"]
        reader = Reader(local(folder))
        monkeypatch.setattr(reader, "_cache", ChunkCache(200))
        everything = tuple(slice(0, size) for size in SHAPE)
        for _ in range(2):
            np.testing.assert_array_equal(
                read_region(reader, array_in(folder), everything), values_of(SHAPE)
            )

    def test_kept_chunks_do_not_hold_more_than_themselves(self, layouts: dict[str, Path]) -> None:
        """A view of a larger block would keep all of it in memory, uncounted."""
        reader, node = Reader(local(layouts["v3"])), array_in(layouts["v3"])
        read_region(reader, node, tuple(slice(0, size) for size in SHAPE))
        for place in product(range(3), range(3), range(3)):
            chunk = reader._cache.get(node.path, place)
            assert chunk is not None
            values = chunk.values
            base = values if values.base is None else values.base
            assert memoryview(base).nbytes == values.nbytes


class TestBoxes:
    @given(st.data())
    @settings(deadline=None, max_examples=150)
    def test_boxes_cover_what_is_missing_and_nothing_else(self, data: st.DataObject) -> None:
        shape = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        places = sorted(
            data.draw(st.sets(st.sampled_from(list(product(*map(range, shape)))), max_size=30))
        )
        node = array([64 * size for size in shape], [64] * len(shape))
        one = math.prod(node.chunks) * 2
        most = data.draw(st.integers(1, 12))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_READ_BYTES", most * one)
            boxes = list(module.boxes_of(places, node))
        covered = [place for box in boxes for place in box.places()]
        assert sorted(covered) == places
        assert all(box.count <= most for box in boxes)

    def test_a_plane_is_one_call(self) -> None:
        node = array((8, 64, 64), (4, 8, 8))
        places = list(product([1], range(8), range(8)))
        assert len(list(module.boxes_of(places, node))) == 1


class TestStopping:
    def test_it_asks_before_each_call(
        self, layouts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = layouts["v3"]
        sampling = Sampling(0, array_in(folder), 1, 2, (0, 0, 0), 0.0, 7.0, 0.0, 11.0, (7, 11))
        answers: Iterator[bool] = iter([False, False, True])
        with files_read(folder) as seen, pytest.raises(Cancelled):
            Reader(local(folder)).sample(sampling, lambda: next(answers))
        assert chunks_read(seen) == ["c/0/0/0", "c/0/0/1"]

    def test_a_plane_that_is_kept_need_not_be_stopped(self, layouts: dict[str, Path]) -> None:
        folder = layouts["v3"]
        sampling = Sampling(0, array_in(folder), 1, 2, (0, 0, 0), 0.0, 7.0, 0.0, 11.0, (7, 11))
        reader = Reader(local(folder))
        first = reader.sample(sampling).values
        again = reader.sample(sampling, lambda: True).values
        np.testing.assert_array_equal(again, first)

    def test_a_painter_keeps_nothing_of_it(self, layouts: dict[str, Path]) -> None:
        folder = layouts["v3"]
        request, painter = request_of(image_in(folder), (7, 11)), Painter(Reader(local(folder)))
        with pytest.raises(Cancelled):
            painter.paint(request, lambda: True)
        assert painter.paint(request).samples.values.max() > 0
