"""The validator judges any JSON at all, and never fails."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ome_documents import document, edited

from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.documents import validate_document
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.finding_json import finding_json

KINDS = ("image", "plate", "well", "label", "labels", "layout", "series", "scene")
VERSIONS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6")

WORDS = st.sampled_from(
    """
    ome version multiscales axes datasets path name type unit
    coordinateTransformations scale translation space time channel omero channels window
    start color plate rows columns wells rowIndex acquisitions id
    well images image-label colors label-value rgba properties source labels
    series scene coordinateSystems input output sequence transformations byDimension inputAxes
    outputAxes transformation mapAxis projectAxis affine rotation bijection forward inverse
    displacements identity physical 0.1 0.3 0.4 0.5 0.6 0.6rc0
    0.6.dev3 x y z
    """.split()  # noqa: SIM905 - one word a line would be a page
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 0, 1, 2, 0.5])
    | st.floats()
    | st.text(max_size=5)
    | WORDS
)
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=40,
)
PLACES = [(kind, version) for kind in KINDS for version in VERSIONS]


def _sound(findings: list[Finding]) -> None:
    for finding in findings:
        assert finding.found.endswith(".")
        assert "\n" not in finding.found
        assert len(finding.found) < 600


@settings(max_examples=150, deadline=None)
@given(ANY, st.none() | WORDS, st.sampled_from([None, 2, 3]))
def test_no_attributes_make_it_fail(value: Any, version: str | None, zarr_format: int) -> None:
    attributes = value if isinstance(value, dict) else {"multiscales": value}
    before = copy.deepcopy(attributes)
    _sound(validate_attributes(attributes, version=version, zarr_format=zarr_format))
    assert repr(attributes) == repr(before)
    _sound(validate_attributes({"ome": attributes}, version=version, zarr_format=zarr_format))


def _pointers(value: Any, at: str = "") -> list[str]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [at, *(p for key, item in items for p in _pointers(item, f"{at}/{key}"))]
    return [at]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), st.data())
def test_no_value_in_good_attributes_makes_it_fail(place: tuple[str, str], data: Any) -> None:
    attributes = document(*place)
    pointer = data.draw(st.sampled_from([p for p in _pointers(attributes) if p]))
    _sound(validate_attributes(edited(attributes, {pointer: data.draw(ANY)})))


def test_deep_attributes_do_not_make_it_fail() -> None:
    image = document("image", "0.6")
    one: dict[str, Any] = {"type": "identity"}
    for _ in range(3000):
        one = {"type": "sequence", "transformations": [one]}
    one |= {"input": {"name": "physical"}, "output": {"name": "stage"}}
    image["ome"]["multiscales"][0]["coordinateTransformations"] = [one]
    assert validate_attributes(image) == []


def test_numbers_too_long_for_python_do_not_make_it_fail() -> None:
    for number in (10**5000, -(10**5000)):
        for kind, version in PLACES:
            attributes = document(kind, version)
            for pointer in _pointers(attributes)[1:]:
                _sound(validate_attributes(edited(attributes, {pointer: number})))


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary() | ANY.map(lambda value: json.dumps(value, default=str)))
def test_no_document_makes_it_fail(content: str | bytes) -> None:
    for finding in validate_document(content):
        json.dumps(finding_json(finding))
