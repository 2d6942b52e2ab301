"""Stores open alike wherever they lie: on S3, Google Cloud, Azure and web servers."""

from pathlib import Path

import numpy as np
import pytest
from foreign import Foreign
from layouts import read_region
from looking import nodes_of, request_of
from places import UNLISTED, WAYS, Remote, each_way

from omezarr_tui.errors import UserError
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.discover import image_of, named_children
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.listing import is_complete
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array, Broken, Node
from omezarr_tui.store.opening import open_root

IMAGES = ["ome_zarr_py_04", "ome_zarr_py_05", "ngff_zarr_05", "bioformats2raw_04"]
PLAIN = ["v2_nested", "v3_nested", "v2_consolidated", "v3_consolidated", "v3_sharded"]


def nodes_at(access: Access) -> dict[str, Node]:
    nodes = list(walk(access, open_root(access), named=named_children))
    return {node.path: node for node in nodes}


class TestReading:
    @each_way()
    @pytest.mark.parametrize("name", IMAGES)
    def test_an_image_is_the_same(self, place: Remote, foreign: Foreign, name: str) -> None:
        folder = foreign(name).path
        access = place.open(folder)
        assert nodes_at(access) == nodes_of(folder)
        consolidated = access.known_names("") is not None
        assert is_complete(access) == (place.can_list or consolidated)
        here = LocalAccess(Location.local(folder))
        root, local_root = open_root(access), open_root(here)
        assert root == local_root
        for node in [root, *nodes_at(access).values()]:
            image = image_of(access, node)
            assert image == image_of(here, node)
            if image is not None:
                request = request_of(image)
                far, near = (Painter(Reader(a)).paint(request) for a in (access, here))
                np.testing.assert_array_equal(far.samples.values, near.samples.values)

    @each_way(*(way for way in WAYS if way not in UNLISTED))
    @pytest.mark.parametrize("name", PLAIN)
    def test_arrays_are_the_same(self, place: Remote, foreign: Foreign, name: str) -> None:
        made = foreign(name)
        access = place.open(made.path)
        nodes = nodes_at(access)
        assert nodes == nodes_of(made.path)
        for path in made.arrays:
            array = nodes[path]
            assert isinstance(array, Array)
            if array.dtype.name in ("uint8", "uint16", "float32") and array.shape:
                region = tuple(slice(size // 3, size) for size in array.shape)
                expected = made.arrays[path][region]
                np.testing.assert_array_equal(read_region(Reader(access), array, region), expected)

    @each_way("listing")
    def test_odd_names(self, place: Remote, foreign: Foreign) -> None:
        folder = foreign("v3_names").path
        here, there = nodes_of(folder), nodes_at(place.open(folder))
        assert set(here) == set(there)
        unspeakable = {path for path in here if any(character < " " for character in path)}
        assert 0 < len(unspeakable) < len(here)
        for path, node in there.items():
            if path in unspeakable:
                assert isinstance(node, Broken)
                assert "name cannot be asked for" in node.detail
            else:
                assert node == here[path]

    @each_way(*UNLISTED)
    def test_consolidated_metadata_tell_the_children(self, place: Remote, foreign: Foreign) -> None:
        for name in ("v2_consolidated", "v3_consolidated"):
            folder = foreign(name).path
            access = place.open(folder)
            assert set(nodes_at(access)) == set(nodes_of(folder))
            assert is_complete(access)

    @each_way(*UNLISTED)
    def test_without_it_nothing_is_known(self, place: Remote, foreign: Foreign) -> None:
        access = place.open(foreign("v3_nested").path)
        assert nodes_at(access) == {}
        assert not is_complete(access)


class TestWhatIsNotThere:
    @each_way()
    def test_nothing(self, place: Remote, foreign: Foreign) -> None:
        url = place.put(foreign("v3_root_array").path)
        with pytest.raises(UserError) as told:
            open_root(place.at(f"{url}/not/there"))
        assert "/not/there" in told.value.what
        assert told.value.why

    @each_way()
    def test_a_chunk_that_was_never_written(
        self, place: Remote, foreign: Foreign, tmp_path: Path
    ) -> None:
        copy = foreign("v3_root_array").copy(tmp_path)
        chunks = sorted(path for path in copy.path.glob("c/**/*") if path.is_file())
        chunks[0].unlink()
        access = place.open(copy.path)
        array = open_root(access)
        assert isinstance(array, Array)
        everything = tuple(slice(0, size) for size in array.shape)
        here = LocalAccess(Location.local(copy.path))
        np.testing.assert_array_equal(
            read_region(Reader(access), array, everything),
            read_region(Reader(here), array, everything),
        )
