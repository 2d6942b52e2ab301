"""Chunks under keys that the document does not declare are told of (they read as zeros)."""

from __future__ import annotations

from foreign import Foreign

from omezarr_tui.ome.describe import facts_of
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.opening import find_node


def test_they_are_told_of(foreign: Foreign) -> None:
    access = LocalAccess(Location.local(foreign("v2_undeclared_nesting").path))
    node = find_node(access, "nested")
    told = [fact.value for fact in facts_of(node, image_of(access, node)) if fact.warning]
    assert len(told) == 1
    assert "they lie at 0/0 and so on, its document says 0.0" in told[0]


def test_chunks_in_their_place_are_not(foreign: Foreign) -> None:
    access = LocalAccess(Location.local(foreign("v2_nested").path))
    for path in ("", *foreign("v2_nested").arrays):
        node = find_node(access, path)
        image = image_of(access, node)
        assert image is None or not any("not found" in note for note in image.multiscale.notes)
