"""What every test stands on: a pinned environment, and stores made once for the whole run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from foreign import STORES, Foreign, Made
from hypothesis import settings

pytest_plugins = ["places", "servers.fixtures"]

# No timed assertions: on a busy machine any example may take long.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

PINNED = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "TEXTUAL_ANIMATIONS": "none",
}
UNSET = (
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)
# Whose credentials a test must not find.
CLOUDS = ("AWS_", "AZURE_", "GOOGLE_", "NETRC", "SSH_AUTH_SOCK", "CLOUDSDK_")


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pin the home folder and the terminal, for this process and those that a test starts.

    Returns
    -------
    Path
        The home folder, empty. Settings, state and cache lie below it, as on a new machine.
    """
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    for name, value in PINNED.items():
        monkeypatch.setenv(name, value)
    for name in [*UNSET, *(name for name in os.environ if name.startswith(CLOUDS))]:
        monkeypatch.delenv(name, raising=False)
    # Textual read its environment when pytest's plugins imported it, before any fixture.
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    return home


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    """Give the store of a name in ``foreign.STORES``, written at most once in a run.

    It is shared: read it only. A test that writes takes ``foreign(name).copy(tmp_path)``. At the
    end of the run every store must lie as it was written.
    """
    made: dict[str, Made] = {}
    written: dict[str, dict[str, tuple[int, int]]] = {}

    def get(name: str) -> Made:
        if name not in made:
            made[name] = STORES[name](tmp_path_factory.mktemp(name))
            written[name] = _fingerprint(made[name].path.parent)
        return made[name]

    yield get
    changed = [name for name in made if _fingerprint(made[name].path.parent) != written[name]]
    assert not changed, f"tests wrote to stores that all of them share: {changed}"


def _fingerprint(folder: Path) -> dict[str, tuple[int, int]]:
    """Size in bytes and time of change in ns of every file and folder below a folder."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        found[str(path)] = (status.st_size, status.st_mtime_ns)
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real sample stores beside the repository, or skip the test."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real sample stores (../shared/data) are not here")
    return folder
