"""What tests need beside the project itself: where it is missing they are skipped, not in CI."""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Debian keeps servers out of the PATH of ordinary users.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
NPM = Path(__file__).parents[2] / ".servers" / "node_modules"


def need_program(name: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI is set.

    Parameters
    ----------
    name
        The name of the program.
    package
        The Debian package that has it.
    """
    found = shutil.which(name, path=_PATH)
    if found is None:
        _missing(name, f"Debian has it in the package {package}")
    return found


def need_module(name: str, package: str) -> None:
    """Skip the test where a Python module is missing, or fail it where CI is set."""
    if importlib.util.find_spec(name) is None:
        _missing(f"the Python module {name}", f'pip install "{package}" brings it')


def need_npm(script: str, package: str) -> Path:
    """The path of a script out of an npm package; without it skip, or fail where CI is set.

    Parameters
    ----------
    script
        Its path, which begins with the name of the package.
    package
        The package, with its version.
    """
    path = NPM / script
    if not path.is_file():
        _missing(script, f"npm install --prefix {NPM.parent.name} {package} brings it")
    return path


def _missing(what: str, how: str) -> NoReturn:
    words = f"{what} is not here; {how}"
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)
