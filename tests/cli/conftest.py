"""What the tests of the commands share: a runner, a locale, and an image."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from omezarr_tui import cli


@pytest.fixture(autouse=True)
def utf8_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_CTYPE", "PYTHONIOENCODING", "PYTHONUTF8", cli.DEBUG):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in this process: its exit code, standard output and standard error."""

    def command(*words: str | Path) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        return int(code), *capsys.readouterr()

    return command


@pytest.fixture(scope="session")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A c, z, y, x image of two levels; in plane z of level 0 only column z is bright."""
    path = tmp_path_factory.mktemp("volume") / "volume.ome.zarr"
    axes = [
        {"name": "c", "type": "channel"},
        *({"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"),
    ]
    datasets = [
        {
            "path": f"s{n}",
            "coordinateTransformations": [
                {"type": "scale", "scale": [1, 0.5 * 2**n, 1 * 2**n, 1 * 2**n]}
            ],
        }
        for n in range(2)
    ]
    multiscale = {"name": "volume", "axes": axes, "datasets": datasets}
    channels = [{"label": "DAPI", "color": "0000ff"}, {"label": "esc \x1b[31m", "color": "00FF00"}]
    ome = {"version": "0.5", "multiscales": [multiscale], "omero": {"channels": channels}}
    root = zarr.create_group(path, attributes={"ome": ome, "odd": float("nan")})
    finest = np.zeros((2, 8, 6, 8), "uint16")
    for z in range(8):
        finest[0, z, :, z] = 1000 + z
        finest[1, z, z % 6, :] = 1000 + z
    root.create_array("s0", data=finest, chunks=(1, 4, 6, 8))
    root.create_array("s1", data=finest[:, ::2, ::2, ::2], chunks=(1, 4, 3, 4))
    return path
