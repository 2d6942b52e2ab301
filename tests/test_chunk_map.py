"""The chunk map, on every layout, with chunks that are missing and damaged."""

import shutil

import numpy as np
import pytest
import zarr
from layouts import LAYOUTS, SHAPE, write_layouts
from looking import array_in, local

from omezarr_tui.image.chunk_map import ChunkPlane, State, counts_of, decode, look_up
from omezarr_tui.store.waiting import Cancelled


@pytest.fixture(scope="module")
def layouts(tmp_path_factory):
    return write_layouts(tmp_path_factory.mktemp("layouts"))


def plane_of(folder, position=(2, 0, 0), axes=(1, 2)):
    return ChunkPlane(0, array_in(folder), *axes, position)


def all_spots(plane):
    return [(row, column) for row in range(plane.grid[0]) for column in range(plane.grid[1])]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_written_chunk_is_found_and_decodes(layouts, name):
    access, plane = local(layouts[name]), plane_of(layouts[name])
    found = dict(look_up(access, plane, all_spots(plane)))
    assert counts_of(found.values())[State.STORED] == len(found) == np.prod(plane.grid)
    assert all(facts.nbytes for facts in found.values())
    checked = dict(decode(access, plane, found.items()))
    assert {facts.state for facts in checked.values()} == {State.SOUND}
    for spot in found:  # the chunk is the one that its pixels lie in
        down, across = plane.pixels(spot)
        assert plane.spot_of((0, down[0], across[-1])) == spot
        assert down.stop <= SHAPE[1]
        assert across.stop <= SHAPE[2]


@pytest.mark.parametrize("axes", [(1, 2), (2, 1), (0, 2)])
@pytest.mark.parametrize("options", [{"zarr_format": 2}, {}, {"shards": (4, 6, 8)}])
def test_missing_and_damaged_chunks_are_told_apart(tmp_path, options, axes):
    array = zarr.create_array(
        tmp_path / "a", shape=(8, 12, 16), chunks=(2, 3, 4), dtype="uint16", **options
    )
    array[2:4, 3:6, 4:8] = 7
    plane = plane_of(tmp_path / "a", (2, 3, 4), axes)
    access = local(tmp_path / "a")
    written = plane.spot_of((2, 3, 4))
    found = dict(look_up(access, plane, all_spots(plane)))
    assert [spot for spot, facts in found.items() if facts.state is State.STORED] == [written]
    assert counts_of(found.values())[State.MISSING] == len(found) - 1

    file = tmp_path / "a" / plane.key(written)
    raw = bytearray(file.read_bytes())
    raw[: found[written].nbytes] = b"\xff" * found[written].nbytes
    file.write_bytes(raw)
    [(spot, facts)] = decode(access, plane, [(written, found[written])])
    assert spot == written
    assert facts.state is State.BROKEN
    assert facts.why
    assert facts.nbytes == found[written].nbytes


def test_a_shard_whose_index_is_damaged_is_broken(tmp_path, layouts):
    shutil.copytree(layouts["v3, sharded"], tmp_path / "a")
    plane = plane_of(tmp_path / "a")
    file = tmp_path / "a" / plane.key((0, 0))
    file.write_bytes(file.read_bytes()[:-3] + b"xyz")
    found = dict(look_up(local(tmp_path / "a"), plane, all_spots(plane)))
    assert plane.per_shard == (1, 2)
    assert {spot for spot, facts in found.items() if facts.state is State.BROKEN} == {
        (0, 0),
        (0, 1),
    }
    assert "checksum" in found[0, 0].why


def test_it_stops_when_it_is_no_longer_wanted(layouts):
    plane = plane_of(layouts["v3"])
    looking = look_up(local(layouts["v3"]), plane, all_spots(plane), lambda: bool(seen))
    seen = []
    seen.append(next(looking))
    with pytest.raises(Cancelled):
        next(looking)
