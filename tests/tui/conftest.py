"""What the tests of the program share: stores whose every plane is known, and haste."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import WIDE, Program, started
from foreign import Array
from foreign.made import array_document, group_document, write_json
from remote import PLANES, Start
from servers.buckets import upload
from servers.proxy import Proxy
from servers.s3 import S3Server

from omezarr_tui.demo import write_demo
from omezarr_tui.store import objects
from omezarr_tui.store.access import DEFAULTS, Options
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.tui.opening import Choosing

AXES, SHAPE = "tczyx", (2, 2, 25, 120, 160)
CHANNELS = ({"label": "LaminB1", "color": "00FF00"}, {"label": "Dapi", "color": "0000FF"})
UNITS = {"t": "second", "z": "micrometer", "y": "micrometer", "x": "micrometer"}
TYPES = {"t": "time", "c": "channel"}


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than is needed: `Program.settle` waits until all is done anyway."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.002)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0005)
    monkeypatch.setattr("omezarr_tui.tui.screens.browse._REST", 0.001)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample stores that come with the program. Read them only."""
    return write_demo(tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture(scope="session")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A t, c, z, y, x image of three levels, of which no two planes look alike. Read it only."""
    return write_volume(tmp_path_factory.mktemp("volume") / "volume.ome.zarr")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A group of 400 arrays, a00000 and so on. Read it only."""
    path = tmp_path_factory.mktemp("many") / "many.zarr"
    write_json(path / "zarr.json", group_document())
    for number in range(400):
        write_json(path / f"a{number:05}" / "zarr.json", array_document((3, 5), (3, 5)))
    return path


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of an image, a tree of groups, and a folder with one more store. Read it only."""
    top = tmp_path_factory.mktemp("stores")
    write_volume(top / "volume.ome.zarr", (1, 2, PLANES, 40, 60))
    tree = zarr.create_group(top / "tree.zarr")
    for group in ("one", "two"):
        for name in ("a", "b"):
            tree.create_array(f"{group}/{name}", shape=(3, 5), dtype="uint16")[:] = 7
    zarr.create_group(top / "below" / "more.zarr").create_array("x", shape=(4, 4), dtype="u1")
    return top


@pytest.fixture(scope="session")
def uploaded(s3: S3Server, stores: Path) -> S3Server:
    """Give the S3 server, with the stores in each of its buckets."""
    for bucket in ("public", "unlisted", "private"):
        upload(s3.bucket(bucket), stores, "screens/")
    return s3


@pytest.fixture
def proxy(uploaded: S3Server, proxy_to: Callable[[str], Proxy]) -> Proxy:
    """Give a proxy before the S3 server."""
    return proxy_to(uploaded.endpoint)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for retries as shortly as can be, and for an answer longer than any test takes."""
    short = {"init_backoff": timedelta(milliseconds=5), "max_backoff": timedelta(milliseconds=20)}
    monkeypatch.setitem(objects.RETRIES, "backoff", {**short, "base": 2})
    monkeypatch.setattr(
        "omezarr_tui.store.credentials._LIMITS", {"timeout": "60s", "connect_timeout": "5s"}
    )
    monkeypatch.setattr("omezarr_tui.tui.screens.looking._FIRST_WAIT", 0.05)
    monkeypatch.setattr("omezarr_tui.tui.widgets.bars._SLOW", 0.1)


@pytest.fixture
def start(tmp_path: Path, proxy: Proxy, impatient: None) -> Start:
    """Give a function that starts the program on a URL, through the proxy."""

    def start(
        url: str,
        node: str = "",
        *,
        size: tuple[int, int] = WIDE,
        settle: bool = True,
        options: Options = DEFAULTS,
    ) -> AbstractAsyncContextManager[Program]:
        asked = parse_location(url)
        options = replace(options, endpoint=proxy.url)
        if asked.protocol == "s3":
            asked = asked.with_endpoint(proxy.url)
        here = Location.local(tmp_path)
        return started(Choosing(here, options, asked=asked, node=node), size, settle)

    return start


def write_volume(path: Path, shape: tuple[int, ...] = SHAPE) -> Path:
    """Write an image of five axes and three levels, which halve y and x."""
    datasets = []
    for level in range(3):
        scale = {"t": 5.0, "c": 1.0, "z": 0.5, "y": 0.25 * 2**level, "x": 0.25 * 2**level}
        transformation = {"type": "scale", "scale": [scale[axis] for axis in AXES]}
        datasets.append({"path": f"s{level}", "coordinateTransformations": [transformation]})
    axes = [
        {"name": axis, "type": TYPES.get(axis, "space")}
        | ({"unit": UNITS[axis]} if axis in UNITS else {})
        for axis in AXES
    ]
    multiscale = {"name": "volume", "axes": axes, "datasets": datasets}
    ome = {"version": "0.5", "multiscales": [multiscale], "omero": {"channels": list(CHANNELS)}}
    root = zarr.create_group(path, attributes={"ome": ome})
    finest = volume_values(shape)
    for level in range(3):
        data = finest[..., :: 2**level, :: 2**level]
        root.create_array(f"s{level}", data=data, chunks=(1, 1, 1, *data.shape[-2:]))
    return path


def volume_values(shape: tuple[int, ...] = SHAPE) -> Array:
    """The values of level 0 of `write_volume`: coarse noise, other in each plane."""
    noise = np.random.default_rng(1).integers(0, 200, (*shape[:-2], 10, 10), "uint8")
    return np.kron(noise, np.ones((shape[-2] // 10, shape[-1] // 10), "uint8"))
