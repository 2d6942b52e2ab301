"""A new file that is there whole or not at all, and replaces nothing that nobody gave up."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.text import format_bytes


class IsThere(UserError):
    """A file is there already, and was not to be replaced."""

    def __init__(self, out: Path) -> None:
        super().__init__(f"{out} is there already", "--force replaces it", exit_code=ExitCode.USAGE)


def check_place(out: Path, *, overwrite: bool) -> None:
    """Refuse a place where no file can be written, before anything is read for it.

    Raises
    ------
    IsThere
        There is such a file.
    UserError
        It is a folder, or its folder is not there.
    """
    if out.is_dir():
        raise UserError(f"{out} is a folder", "name a file", exit_code=ExitCode.USAGE)
    if not out.parent.is_dir():
        raise UserError(f"{out} was not written", "its folder is not there")
    if not overwrite and (out.exists() or out.is_symlink()):
        raise IsThere(out)


def check_room(out: Path, nbytes: int) -> None:
    """Refuse to write more than the disk has room for.

    Raises
    ------
    UserError
        There is no room.
    """
    if nbytes > (free := shutil.disk_usage(out.parent).free):
        raise UserError(
            f"{out} was not written",
            f"it needs {format_bytes(nbytes)}, and {format_bytes(free)} are free there",
        )


@contextmanager
def new_file(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """A file to write beside the place of another one, which it takes when it is whole.

    Parameters
    ----------
    out
        The place.
    overwrite
        Replace a file that is there.

    Raises
    ------
    IsThere
        There is such a file, or another program has made one meanwhile.
    OSError
        The folder cannot be written.
    """
    check_place(out, overwrite=overwrite)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:40]}.", suffix=".partial")
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        _put(beside, out, overwrite=overwrite)
    finally:
        beside.unlink(missing_ok=True)


def reserve(file: Path) -> None:
    """Take the room on the disk: a disk that fills up later would end the process."""
    if not hasattr(os, "posix_fallocate"):
        return
    with file.open("r+b") as stream:
        try:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # what some disks cannot
                raise


def _put(beside: Path, out: Path, *, overwrite: bool) -> None:
    if overwrite:
        beside.replace(out)
        return
    try:
        out.hardlink_to(beside)  # which fails, in one step, where there is such a name
    except FileExistsError:
        raise IsThere(out) from None
    except OSError:  # a disk without links
        check_place(out, overwrite=False)
        beside.replace(out)
