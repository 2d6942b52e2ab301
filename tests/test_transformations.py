"""Coordinate transformations as matrices, against numpy; and the systems of OME-Zarr 0.6."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.ome.read import read_multiscale
from omezarr_tui.ome.read_systems import read_scene, scene_images
from omezarr_tui.ome.transformations import (
    after,
    diagonal,
    identity,
    matrix_of,
    scale_and_shift,
    steps_along,
)

NUMBERS = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
POINTS = ((0.0, 0.0, 0.0), (1.0, 2.0, 3.0), (-4.0, 0.5, 7.0))


def vectors(rank: int) -> st.SearchStrategy[list[float]]:
    return st.lists(NUMBERS, min_size=rank, max_size=rank)


@st.composite
def steps(draw: st.DrawFn, rank: int = 3) -> dict[str, Any]:
    """A transformation that keeps the rank."""
    kind = draw(st.sampled_from(["identity", "scale", "translation", "affine", "mapAxis"]))
    match kind:
        case "scale" | "translation":
            return {"type": kind, kind: draw(vectors(rank))}
        case "affine":
            return {"type": kind, kind: [draw(vectors(rank + 1)) for _ in range(rank)]}
        case "mapAxis":
            return {"type": kind, kind: draw(st.permutations(range(rank)))}
    return {"type": kind}


def moved(step: dict[str, Any], point: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What the specification says that a transformation does to a point."""
    match step["type"]:
        case "scale":
            return point * step["scale"]
        case "translation":
            return point + step["translation"]
        case "affine":
            return np.array(step["affine"]) @ [*point, 1.0]
        case "mapAxis":
            return np.array([point[place] for place in step["mapAxis"]])
        case "sequence":
            for inner in step["transformations"]:
                point = moved(inner, point)
    return point


def applied(rows: Any, point: Any) -> np.ndarray[Any, Any]:
    return np.array(rows) @ [*point, 1.0]


class TestMatrices:
    @given(st.lists(steps(), max_size=5))
    def test_sequences_do_what_their_steps_do(self, inner: list[dict[str, Any]]) -> None:
        step = {"type": "sequence", "transformations": inner}
        rows = matrix_of(step, 3)
        assert rows is not None
        for point in POINTS:
            np.testing.assert_allclose(
                applied(rows, point), moved(step, np.array(point)), rtol=1e-9, atol=1e-6
            )

    @given(steps(), steps())
    def test_one_after_another(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        one, two = matrix_of(first, 3), matrix_of(second, 3)
        assert one is not None
        assert two is not None
        both = after(two, one)
        expected = moved(second, moved(first, np.array(POINTS[1])))
        np.testing.assert_allclose(applied(both, POINTS[1]), expected, rtol=1e-9, atol=1e-6)

    @pytest.mark.parametrize(
        ("step", "rank", "rows"),
        [
            ({"type": "rotation", "rotation": [[0, -1], [1, 0]]}, 2, ((0, -1, 0), (1, 0, 0))),
            ({"type": "affine", "affine": [[0, 0, 1], [3, 4, 2], [6, 7, 5]]}, 2,
             ((0, 0, 1), (3, 4, 2), (6, 7, 5))),  # two axes become three
            ({"type": "projectAxis", "createdOutputs": [0]}, 2, ((0, 0, 0), (1, 0, 0), (0, 1, 0))),
            ({"type": "projectAxis", "droppedInputs": [0]}, 2, ((0, 1, 0),)),
            ({"type": "projectAxis", "droppedInputs": [1], "createdOutputs": [0]}, 2,
             ((0, 0, 0), (1, 0, 0))),
            ({"type": "byDimension", "transformations": [
                {"inputAxes": [1], "outputAxes": [0],
                 "transformation": {"type": "scale", "scale": [5]}},
                {"inputAxes": [0], "outputAxes": [1],
                 "transformation": {"type": "translation", "translation": [7]}},
            ]}, 2, ((0, 5, 0), (1, 0, 7))),
            ({"type": "byDimension", "transformations": [
                {"input_axes": [2], "output_axes": [2],
                 "transformation": {"type": "scale", "scale": [5]}},
            ]}, 3, ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 5, 0))),  # the others stay
            ({"type": "bijection", "forward": {"type": "scale", "scale": [2]},
              "inverse": {"type": "scale", "scale": [0.5]}}, 1, ((2, 0),)),
            ({"type": "scale", "scale": ["0.5", "2"]}, 2, ((0.5, 0, 0), (0, 2, 0))),
        ],
    )  # fmt: skip
    def test_types(self, step: dict[str, Any], rank: int, rows: Any) -> None:
        assert matrix_of(step, rank) == rows

    @pytest.mark.parametrize(
        "step",
        [
            {},
            {"type": "displacements", "path": "field"},
            {"type": "affine", "path": "params"},
            {"type": "scale", "scale": [1, 2, 3]},
            {"type": "scale", "scale": [1, None]},
            {"type": "affine", "affine": [[1, 0], [0, 1]]},
            {"type": "rotation", "rotation": [[1, 0, 0], [0, 1, 0]]},
            {"type": "mapAxis", "mapAxis": [0, 0]},
            {"type": "mapAxis", "mapAxis": [0, 2]},
            {"type": "mapAxis", "mapAxis": {"x": "y"}},
            {"type": "projectAxis", "droppedInputs": [5]},
            {"type": "byDimension", "transformations": []},
            {"type": "sequence", "transformations": [{"type": "coordinates", "path": "x"}]},
            {"type": "sequence", "transformations": [7]},
        ],
    )
    def test_what_is_no_affine_map_of_two_axes(self, step: dict[str, Any]) -> None:
        assert matrix_of(step, 2) is None

    def test_nesting_without_end(self) -> None:
        step: dict[str, Any] = {"type": "identity"}
        for _ in range(100):
            step = {"type": "sequence", "transformations": [step]}
        assert matrix_of(step, 2) is None

    def test_parts(self) -> None:
        assert scale_and_shift(diagonal((2, 3), (4, 5))) == ((2, 3), (4, 5))
        assert scale_and_shift(((1, 0.5, 0), (0, 1, 0))) is None
        assert scale_and_shift(((1, 0, 0),)) is None
        assert steps_along(((3, 0, 9), (4, 2, 9))) == (5, 2)
        assert after(identity(3), identity(2)) is None


def system(name: str, **axes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "axes": [
            {"name": axis, "type": "space", "unit": "micrometer"} | told
            for axis, told in axes.items()
        ],
    }


def image_06(*steps: dict[str, Any], systems: list[Any], further: list[Any]) -> dict[str, Any]:
    return {
        "ome": {
            "version": "0.6rc0",
            "multiscales": [
                {
                    "coordinateSystems": systems,
                    "datasets": [
                        {"path": step["input"]["path"], "coordinateTransformations": [step]}
                        for step in steps
                    ],
                    "coordinateTransformations": further,
                }
            ],
        }
    }


def leading(kind: str, source: str, to: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "input": {"path": source}, "output": {"name": to}, **more}


class TestVersion06:
    def test_sizes_and_positions_are_those_of_the_intrinsic_system(self) -> None:
        both = [{"type": "scale", "scale": [4, 2]}, {"type": "translation", "translation": [1, 3]}]
        turned = {
            "type": "affine", "input": {"name": "own"}, "output": {"name": "stage"},
            "affine": [[0, 1, 0], [1, 0, 0]],
        }  # fmt: skip
        told = read_multiscale(
            "img",
            image_06(
                leading("scale", "s0", "own", scale=[2, 1]),
                leading("sequence", "s1", "own", transformations=both),
                systems=[system("stage", v={}, u={}), system("own", y={}, x={"unit": "nanometer"})],
                further=[turned],
            ),
        )
        assert told is not None
        assert told.notes == ()
        assert [(a.name, a.unit) for a in told.axes] == [("y", "micrometer"), ("x", "nanometer")]
        assert [level.path for level in told.levels] == ["img/s0", "img/s1"]
        assert [level.scale for level in told.levels] == [(2, 1), (4, 2)]
        assert [level.translation for level in told.levels] == [(0, 0), (1, 3)]
        assert [s.name for s in told.systems] == ["stage", "own"]
        (step,) = told.transformations
        assert (step.type, step.input, step.output) == ("affine", "own", "stage")
        assert step.matrix == ((0, 1, 0), (1, 0, 0))

    def test_array_axes_are_left_for_those_of_space(self) -> None:
        array = {"type": "array", "unit": None}
        told = read_multiscale(
            "",
            image_06(
                leading("identity", "s0", "pixels"),
                systems=[system("pixels", i=array, j=array), system("world", y={}, x={})],
                further=[
                    {"type": "scale", "scale": [0.5, 0.25],
                     "input": {"name": "pixels"}, "output": {"name": "world"}},
                ],
            ),
        )  # fmt: skip
        assert told is not None
        assert [axis.name for axis in told.axes] == ["y", "x"]
        assert told.levels[0].scale == (0.5, 0.25)

    def test_drafts_name_systems_by_text(self) -> None:
        step = {"type": "scale", "scale": [3, 2], "input": "s0", "output": "own"}
        told = read_multiscale(
            "",
            {"ome": {"version": "0.6.dev3", "multiscales": [{
                "coordinateSystems": [system("other", a={}, b={}), system("own", y={}, x={})],
                "datasets": [{"path": "s0", "coordinateTransformations": [step]}],
            }]}},
        )  # fmt: skip
        assert told is not None
        assert [axis.name for axis in told.axes] == ["y", "x"]
        assert told.levels[0].scale == (3, 2)
        assert told.version == "0.6.dev3"

    def test_levels_that_are_turned_keep_their_matrix(self) -> None:
        told = read_multiscale(
            "",
            image_06(
                leading("affine", "s0", "own", affine=[[0, 2, 1], [3, 0, 5]]),
                systems=[system("own", y={}, x={})],
                further=[],
            ),
        )
        assert told is not None
        (level,) = told.levels
        assert (level.scale, level.translation) == ((3, 2), (1, 5))
        assert level.matrix == ((0, 2, 1), (3, 0, 5))
        assert told.notes == (
            "the pixels are turned or sheared against the axes; sizes are along pixels",
        )

    def test_what_is_not_understood_is_said(self) -> None:
        told = read_multiscale(
            "",
            image_06(
                leading("displacements", "s0", "nowhere", path="field"),
                systems=[system("own", y={}, x={})],
                further=[],
            ),
        )
        assert told is not None
        assert told.levels[0].scale == (1, 1)
        assert told.notes == (
            "the levels lead to no coordinate system that is declared",
            "a transformation of level s0 is not understood: displacements",
        )

    def test_scenes(self) -> None:
        step = {
            "type": "translation", "translation": [1, 2],
            "input": {"path": "tile_0", "name": "physical"}, "output": {"name": "world"},
        }  # fmt: skip
        scene = read_scene(
            "",
            {"ome": {"version": "0.6rc0", "scene": {
                "coordinateSystems": [system("world", y={}, x={})],
                "coordinateTransformations": [step, step | {"input": {"path": "tile_1"}}],
            }}},
        )  # fmt: skip
        assert scene is not None
        assert scene_images(scene) == ["tile_0", "tile_1"]
        assert [t.input for t in scene.transformations] == ["tile_0:physical", "tile_1"]
        assert scene.transformations[0].matrix == ((1, 0, 1), (0, 1, 2))
        assert read_scene("", {"scene": []}) is None

    def test_maps_to_other_systems_do_not_change_sizes(self) -> None:
        # As SpatialData writes them beside OME-Zarr 0.4 and 0.5.
        told = read_multiscale(
            "",
            {"multiscales": [{
                "version": "0.4",
                "axes": [{"name": "y"}, {"name": "x"}],
                "datasets": [{"path": "0", "coordinateTransformations": [
                    {"type": "scale", "scale": [2, 3]}]}],
                "coordinateTransformations": [
                    {"type": "scale", "scale": [10, 10], "input": {"name": "yx"},
                     "output": {"name": "global"}},
                ],
            }]},
        )  # fmt: skip
        assert told is not None
        assert told.levels[0].scale == (2, 3)
        assert [t.output for t in told.transformations] == ["global"]
