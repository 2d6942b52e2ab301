"""A file takes the place of another in one step: killed at any moment, it is one or the other."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from omezarr_tui.store.access import MISSING, ChangedMeanwhile
from omezarr_tui.store.standins import name_link

_SUFFIX = ".omezarr-tui.partial"
_LONGEST = 143  # bytes of a name that every usual file system takes; of eCryptfs, no more
_PRIVATE = 0o600
# What a file system answers whose folders cannot be synchronised, or a user who may not list.
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EBADF)
_BINARY = getattr(os, "O_BINARY", 0)  # on Windows


def partial_name(name: str) -> str:
    """What the file is called that is to take the place of another, until it is whole.

    Parameters
    ----------
    name
        Of the file in whose folder it stands: so it is found again after a crash.
    """
    raw = os.fsencode(name)
    if len(raw) + len(_SUFFIX) + 1 > _LONGEST:
        name = hashlib.sha256(raw).hexdigest()[:32]
    return f".{name}{_SUFFIX}"


def version_of(status: os.stat_result) -> str:
    """What tells whether a file was replaced or written to since."""
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"


def refuse_annexed(path: str, target: str) -> None:
    """Refuse to write to what a link leads to where git-annex keeps it, by its checksum.

    Raises
    ------
    PermissionError
        It does.
    """
    if ".git/annex/objects" in target:
        raise PermissionError(f"{path} is locked by git-annex; git annex unlock opens it")


def replace_file(
    path: str, value: bytes | None, *, mode: int | None = None, version: str | None = None
) -> None:
    """Set a file in one step, and wait until the disk has it; or remove it.

    It keeps its permissions, ACL and extended attributes, and, where allowed, owner and group.
    Other names of the same file (hard links) keep the old bytes. A symbolic link stays, and the
    file that it leads to is set; to remove it removes the link alone.

    Parameters
    ----------
    path
        Of the file. Folders that are missing are made.
    value
        What it is to hold; None to remove it.
    mode
        Permissions of a new file; None for what the user's mask says.
    version
        As `version_of` told, or `MISSING`: only if it is still so.

    Raises
    ------
    ChangedMeanwhile
        It is not.
    OSError
        The disk refused; nothing is changed.
    """
    if value is None:
        _check(path, version)
        with suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(path)
            sync_folder(Path(path).parent)
        return
    path = _real(path)
    folder, name = os.path.split(path)
    _make_folders(Path(folder))
    old = _status(path)
    beside = os.path.join(folder, partial_name(name))
    with suppress(FileNotFoundError):  # of a program that was killed
        os.unlink(beside)
    # Nobody may read in between what nobody may read afterwards.
    first = 0o666 if old is None and mode is None else _PRIVATE
    try:
        # Never through a link that somebody put there.
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, first)
        with os.fdopen(handle, "wb") as file:
            file.write(value)
            if old is not None:
                _as_before(beside, path, old)
            elif mode is not None:
                _set_mode(beside, mode)
            file.flush()
            os.fsync(file.fileno())
            own = os.fstat(file.fileno())
        _check(path, version)
        if not os.path.samestat(own, os.stat(beside)):  # another program puts the same key
            raise ChangedMeanwhile(path)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    sync_folder(Path(folder))


def sweep_beside(path: str) -> None:
    """Remove what a `replace_file` of this path left behind that was interrupted."""
    with suppress(OSError):  # a link in a circle, or a folder that is not there
        folder, name = os.path.split(os.path.realpath(path))
        os.unlink(os.path.join(folder, partial_name(name)))


def move_folder(old: Path, new: Path) -> None:
    """Give a folder another place on the same file system, in one step.

    Raises
    ------
    OSError
        Something is there already, or the disk refused.
    """
    if os.path.lexists(new):  # an empty folder would be replaced
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(new))
    _make_folders(new.parent)
    old.rename(new)
    for folder in {old.parent, new.parent}:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can be asked to."""
    if sys.platform == "win32":  # a folder cannot be opened there, and names are journaled
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _make_folders(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def _real(path: str) -> str:
    """Where a file lies: what a link leads to, which must be there and may be written to."""
    if not os.path.islink(path):
        return path
    target = os.path.realpath(path)
    if not os.path.exists(target):
        raise OSError("{} is {}; {}".format(path, *name_link(os.readlink(path))))
    refuse_annexed(path, Path(target).as_posix())
    return target


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _check(path: str, version: str | None) -> None:
    if version is None:
        return
    status = _status(path)
    if version != (MISSING if status is None else version_of(status)):
        raise ChangedMeanwhile(path)


def _as_before(new: str, old: str, status: os.stat_result) -> None:
    """Owner and group where allowed, permissions, ACL and other attributes of the old file."""
    if sys.platform != "win32":
        for owner in (status.st_uid, -1):  # only root may give files away; groups, a member
            with suppress(OSError):
                os.chown(new, owner, status.st_gid)
                break
    _set_mode(new, stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):  # not every file system has them
            for name in os.listxattr(old):
                with suppress(OSError):  # some only the system may set
                    os.setxattr(new, name, os.getxattr(old, name))


def _set_mode(path: str, mode: int) -> None:
    """Set permissions, unless they are so: some file systems have none to set."""
    if stat.S_IMODE(os.stat(path).st_mode) != mode:
        os.chmod(path, mode)
