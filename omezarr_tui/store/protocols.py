"""Which file system of fsspec reads a protocol, and what is to be installed for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_OURS = ("az", "gs", "http", "https", "s3", "sftp")  # what the program reads without fsspec
# What fsspec calls a file system and is none of another place, or is one of ours by another name.
_NO_PLACE = {
    *("abfs", "adl", "gcs", "s3a", "ssh"),
    *("async_wrapper", "asynclocal", "asyncwrapper", "blockcache", "cached", "dask", "data"),
    *("dir", "file", "filecache", "generic", "libarchive", "local", "pyscript", "reference"),
    *("simplecache", "tar", "zip"),
}
_NUMBERS = ("keepalive_count_max", "port", "timeout")


def file_system(
    location: Location, options: Options
) -> tuple[str, Callable[[], AbstractFileSystem]]:
    """How the paths of a place begin, and what makes its file system.

    Raises
    ------
    UserError
        The protocol is not known, what reads it is not installed, or the settings do not fit.
    """
    from warnings import catch_warnings, simplefilter

    from fsspec import available_protocols, get_filesystem_class
    from upath import UPath

    protocol = location.protocol
    known = {*available_protocols(), "webdav+http", "webdav+https"} - _NO_PLACE
    if protocol not in known:
        raise UserError(
            f"{location.url} cannot be opened",
            f"{protocol} is not known; there are {', '.join(sorted(known | {*_OURS}))}",
            exit_code=ExitCode.USAGE,
        )
    try:
        kind = get_filesystem_class(protocol.partition("+")[0])
    except (ImportError, ValueError) as error:
        raise _not_installed(location, error) from error
    root = location.address.partition("/")[0]
    given = understood(options.storage)
    try:
        with catch_warnings():
            simplefilter("ignore")  # that it is not one of those that UPath was tested with
            example = UPath(f"{protocol}://{root}/x", **given)
        top, settings = example.path.removesuffix("x"), dict(example.storage_options)
    except (TypeError, ValueError) as error:
        raise _not_understood(location, given) from error

    def connect() -> AbstractFileSystem:
        try:
            # One that others share may be in the middle of something in another thread.
            return kind(skip_instance_cache=True, **settings)
        except ImportError as error:
            raise _not_installed(location, error) from error
        except TypeError as error:
            raise _not_understood(location, settings) from error

    return top, connect


def understood(settings: Mapping[str, str]) -> dict[str, Any]:
    """Settings as libraries want them: what is no text there is none here."""
    words = {"true": True, "false": False}
    return {
        key: int(value)
        if key in _NUMBERS and value.isdecimal()
        else words.get(value.lower(), value)
        for key, value in settings.items()
    }


def _not_installed(location: Location, error: Exception) -> UserError:
    return UserError(
        f"{location.url} cannot be opened",
        f"{_install(location.protocol, error)} brings what reads it",
    )


def _install(protocol: str, error: Exception) -> str:
    """The command that installs the library which reads a protocol."""
    from importlib.metadata import metadata

    from fsspec.registry import known_implementations

    if protocol in metadata("fsspec").get_all("Provides-Extra", ()):
        return f"pip install 'fsspec[{protocol}]'"
    library = known_implementations.get(protocol.partition("+")[0], {}).get("class", "")
    library = library.partition(".")[0]
    if library in ("", "fsspec"):  # its own code, which wants a library that is missing
        missing = error.__cause__ if isinstance(error.__cause__, ImportError) else error
        library = (getattr(missing, "name", None) or protocol).partition(".")[0]
    return f"pip install {library.replace('_', '-')}"


def _not_understood(location: Location, settings: Mapping[str, object]) -> UserError:
    # What a setting holds may be a secret: only the keys are told.
    given = f"given: {', '.join(sorted(settings))}" if settings else "none is given"
    return UserError(
        f"{location.url} cannot be opened with these settings",
        f"{location.protocol} wants others with --storage-option KEY=VALUE; {given}",
        exit_code=ExitCode.USAGE,
    )
