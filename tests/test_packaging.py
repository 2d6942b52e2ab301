"""What an installed copy promises: one version, one command, and no import before its time."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import omezarr_tui

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def run(*command: str | Path) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_after(code: str, *, among: set[str]) -> set[str]:
    """Which of some top-level packages a fresh interpreter has loaded after running ``code``."""
    loaded = run(sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)")
    return among & {name.partition(".")[0] for name in loaded.split()}


def test_version_has_one_source() -> None:
    assert "version" not in PYPROJECT["project"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "omezarr_tui/__init__.py"
    assert version("omezarr-tui") == omezarr_tui.__version__


def test_command_and_module_are_the_same() -> None:
    command = run(Path(sys.executable).with_name("omezarr-tui"), "--version")
    assert omezarr_tui.__version__ in command
    assert run(sys.executable, "-m", "omezarr_tui", "--version") == command


def test_changelog_tells_of_this_version() -> None:
    assert f"## [{omezarr_tui.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_conda_environment_names_every_dependency() -> None:
    wanted = {re.split(r"[<>=~]", line)[0] for line in PYPROJECT["project"]["dependencies"]}
    listed = re.findall(r"^  - ([\w-]+)", (ROOT / "environment.yml").read_text(), re.MULTILINE)
    assert wanted == set(listed) - {"python", "pip", "nodefaults", "conda-forge"}


def test_only_tui_needs_textual() -> None:
    package = Path(omezarr_tui.__file__).parent
    files = sorted(file.relative_to(package.parent) for file in package.rglob("*.py"))
    names = {".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files}
    left_out = ("omezarr_tui.tui.", "omezarr_tui.__main__.", "omezarr_tui.demo.build")
    names = {name for name in names if not f"{name}.".startswith(left_out)}
    assert {"omezarr_tui.cli", "omezarr_tui.store.node"} <= names
    imports = "\n".join(f"import {name}" for name in sorted(names))
    assert loaded_after(imports, among={"textual"}) == set()


def test_command_line_starts_light() -> None:
    heavy = {"fsspec", "numcodecs", "numpy", "textual", "upath", "zarr"}
    assert loaded_after("import omezarr_tui.cli", among=heavy) == set()
