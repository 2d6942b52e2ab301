"""Keys are written whole or not at all: on a disk, over SFTP, in buckets, by fsspec."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from editing import look
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st
from places import Remote, each_way
from servers.faults import Answer, Lost, Reset
from servers.proxy import Proxy
from servers.requests import Request
from servers.s3 import S3Server
from servers.ssh import ALIAS, SSHServer

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store import objects
from omezarr_tui.store.access import MISSING, Access, ChangedMeanwhile, open_access
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.replacing import partial_name

OLD, NEW = b"old bytes", b"other bytes"
KEY = "a/c/0"
BUCKETS = ("s3-private", "gs-private", "az-private")
DIES = "import os, signal; die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a store of one key, and a file that somebody else keeps beside it."""
    path = tmp_path / "s.zarr"
    (path / "a/c").mkdir(parents=True)
    (path / KEY).write_bytes(OLD)
    (path / "a/c/.0.partial").write_bytes(b"of somebody else")
    return path


@pytest.fixture
def access(folder: Path) -> LocalAccess:
    return LocalAccess(Location.local(folder))


@pytest.fixture
def sftp(ssh: SSHServer, hermetic: Path, folder: Path) -> Access:
    ssh.trust(hermetic)
    return open_access(parse_location(f"sftp://{ALIAS}{folder}"))


@pytest.fixture(params=["access", "sftp"])
def either(request: pytest.FixtureRequest) -> Access:
    """Give the store by the disk, and over SFTP."""
    found: Access = request.getfixturevalue(request.param)
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", DIES + program], check=False)
    assert ended.returncode == -signal.SIGKILL


class TestPartialNames:
    @given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=255))
    def test_fit_and_are_known(self, name: str) -> None:
        found = os.fsencode(partial_name(name))
        assert found.startswith(b".")
        assert found.endswith(b".omezarr-tui.partial")
        assert len(found) <= 143

    def test_tell_keys_apart(self) -> None:
        names = ["0", "1", "x" * 200, "x" * 199 + "y", "細" * 70]
        assert len({partial_name(name) for name in names}) == len(names)
        assert partial_name("0") == ".0.omezarr-tui.partial"

    def test_the_longest_name_can_be_put(self, either: Access, folder: Path) -> None:
        either.put("x" * 255, NEW)
        assert (folder / ("x" * 255)).read_bytes() == NEW


class TestKilled:
    """After each step of a put, by SIGKILL: nothing can be tidied up then."""

    @pytest.mark.parametrize("key", [KEY, "a/c/1", "new/c/0"])
    @pytest.mark.parametrize(
        "moment",
        [
            "os.fdopen = die",
            "os.fsync = die",
            "os.replace = die",
            "replace = os.replace; os.replace = lambda *a: (replace(*a), die())",
        ],
    )
    def test_on_a_disk(self, access: LocalAccess, folder: Path, key: str, moment: str) -> None:
        before = look(folder)
        if moment == "os.fsync = die" and key == "new/c/0":
            (folder / "new/c").mkdir(parents=True)  # else the first of them is the folder's
            before = look(folder)
        killed(f"""
from pathlib import Path
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
access = LocalAccess(Location.local(Path({str(folder)!r})))
{moment}
access.put({key!r}, {NEW!r})
""")
        beside = str(Path(key).with_name(partial_name(Path(key).name)))
        assert (beside in look(folder)) == ("lambda" not in moment)
        access.sweep([KEY, "a/c/1", "new/c/0", "never/there"])
        after = {name: held for name, held in look(folder).items() if held[1] is not None}
        wanted = {name: held for name, held in before.items() if held[1] is not None}
        if "lambda" in moment:
            assert after.pop(key)[1] == NEW
            wanted.pop(key, None)
        assert after == wanted

    @pytest.mark.parametrize("key", [KEY, "new/c/0"])
    def test_over_sftp(self, sftp: Access, folder: Path, key: str) -> None:
        killed(f"""
from omezarr_tui.store import sftp
from omezarr_tui.store.access import open_access
from omezarr_tui.store.location import parse_location
write = sftp.SFTPTransport._write
async def written(*args):
    await write(*args)
    die()
sftp.SFTPTransport._write = written
open_access(parse_location({sftp.location.url!r})).put({key!r}, {NEW!r})
""")
        beside = folder / Path(key).with_name(partial_name(Path(key).name))
        assert beside.read_bytes() == NEW
        sftp.sweep([KEY, "new/c/0", "never/there"])
        assert not beside.exists()
        assert sftp.get(KEY) == OLD
        assert (folder / "a/c/.0.partial").read_bytes() == b"of somebody else"

    def test_what_was_left_is_no_hindrance(self, either: Access, folder: Path) -> None:
        (folder / "a/c" / partial_name("0")).write_bytes(b"a half")
        either.put(KEY, NEW)
        assert (folder / KEY).read_bytes() == NEW
        assert names(folder / "a/c") == [".0.partial", "0"]

    def test_a_link_put_there_is_not_followed(self, either: Access, folder: Path) -> None:
        (folder / "else").write_bytes(b"private")
        (folder / "a/c" / partial_name("0")).symlink_to(folder / "else")
        either.put(KEY, NEW)
        assert (folder / "else").read_bytes() == b"private"
        assert not (folder / KEY).is_symlink()


@pytest.fixture
def synchronised(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the inodes of what was synchronised with the disk, in order."""
    found: list[int] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        found.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return found


class TestOnTheDisk:
    def inodes(self, *paths: Path) -> list[int]:
        return [path.stat().st_ino for path in paths]

    def test_a_file_before_its_name(
        self, access: LocalAccess, folder: Path, synchronised: list[int]
    ) -> None:
        access.put(KEY, NEW)
        assert synchronised == self.inodes(folder / KEY, folder / "a/c")

    def test_new_folders_from_the_top(
        self, access: LocalAccess, folder: Path, synchronised: list[int]
    ) -> None:
        access.put("b/c/0", NEW)
        paths = [folder, folder / "b", folder / "b/c/0", folder / "b/c"]
        assert synchronised == self.inodes(*paths)

    def test_that_a_file_is_gone(
        self, access: LocalAccess, folder: Path, synchronised: list[int]
    ) -> None:
        access.put(KEY, None)
        access.put("a/c/never", None)
        assert synchronised == self.inodes(folder / "a/c")

    def test_both_ends_of_a_move(
        self, access: LocalAccess, folder: Path, synchronised: list[int]
    ) -> None:
        access.rename_folder("a", "b/d")
        assert synchronised[0] == folder.stat().st_ino  # where b was made
        assert set(synchronised[1:]) == set(self.inodes(folder, folder / "b"))

    def test_a_file_system_that_cannot_is_no_failure(
        self, access: LocalAccess, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fsync = os.fsync

        def refuse(handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "Invalid argument")
            fsync(handle)

        monkeypatch.setattr(os, "fsync", refuse)
        access.put(KEY, NEW)
        assert (folder / KEY).read_bytes() == NEW


class TestStays:
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
    def test_the_mode(self, either: Access, folder: Path, mode: int) -> None:
        (folder / KEY).chmod(mode)
        either.put(KEY, NEW, mode=0o777)
        assert (folder / KEY).stat().st_mode & 0o777 == mode
        either.put("a/c/1", NEW, mode=mode)
        assert (folder / "a/c/1").stat().st_mode & 0o777 == mode

    def test_the_mask_counts_for_new_ones(self, access: LocalAccess, folder: Path) -> None:
        old = os.umask(0o027)
        try:
            access.put("a/c/1", NEW)
        finally:
            os.umask(old)
        assert (folder / "a/c/1").stat().st_mode & 0o777 == 0o640

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
    def test_owner_and_group(self, either: Access, folder: Path) -> None:
        os.chown(folder / KEY, 12345, 23456)
        either.put(KEY, NEW)
        status = (folder / KEY).stat()
        assert (status.st_uid, status.st_gid) == (12345, 23456)

    @pytest.mark.skipif(sys.platform != "linux", reason="Python knows them on Linux only")
    def test_extended_attributes(self, access: LocalAccess, folder: Path) -> None:
        try:
            os.setxattr(folder / KEY, "user.sample", b"liver")
        except OSError:
            pytest.skip("the file system of the tests has no extended attributes")
        access.put(KEY, NEW)
        assert os.getxattr(folder / KEY, "user.sample") == b"liver"

    def test_other_names_keep_the_old_bytes(self, either: Access, folder: Path) -> None:
        """As in snapshots that are made of hard links."""
        os.link(folder / KEY, folder / "snapshot")
        either.put(KEY, NEW)
        assert (folder / KEY).read_bytes() == NEW
        assert (folder / "snapshot").read_bytes() == OLD


class TestLinks:
    @pytest.fixture
    def target(self, folder: Path) -> Path:
        """Give what the key is a link to."""
        target = folder.parent / "elsewhere" / "chunk"
        target.parent.mkdir()
        target.write_bytes(OLD)
        target.chmod(0o640)
        (folder / KEY).unlink()
        (folder / KEY).symlink_to("../../../elsewhere/chunk")
        return target

    def test_stay_and_what_they_lead_to_is_set(
        self, target: Path, either: Access, folder: Path
    ) -> None:
        inode = target.stat().st_ino
        either.put(KEY, NEW)
        assert (folder / KEY).readlink() == Path("../../../elsewhere/chunk")
        assert target.read_bytes() == NEW
        assert target.stat().st_ino != inode  # replaced in one step, there too
        assert target.stat().st_mode & 0o777 == 0o640
        assert names(target.parent) == ["chunk"]

    def test_what_was_left_beside_the_target_is_swept(self, target: Path, either: Access) -> None:
        (target.parent / partial_name("chunk")).write_bytes(b"a half")
        either.sweep([KEY])
        assert names(target.parent) == ["chunk"]

    def test_removed_alone(self, target: Path, either: Access, folder: Path) -> None:
        either.put(KEY, None)
        assert not (folder / KEY).is_symlink()
        assert target.read_bytes() == OLD

    def test_that_lead_nowhere_are_left(self, target: Path, either: Access, folder: Path) -> None:
        target.unlink()
        with pytest.raises(OSError, match="where nothing is"):
            either.put(KEY, NEW)
        assert (folder / KEY).is_symlink()
        assert names(target.parent) == []
        either.sweep([KEY])

    def test_what_git_annex_keeps_is_left(self, either: Access, folder: Path) -> None:
        """Its name is the checksum of its bytes."""
        kept = folder / ".git/annex/objects/zQ/x1/MD5E-s9--a/MD5E-s9--a"
        kept.parent.mkdir(parents=True)
        kept.write_bytes(OLD)
        (folder / KEY).unlink()
        (folder / KEY).symlink_to(os.path.relpath(kept, folder / "a/c"))
        with pytest.raises(PermissionError, match="git annex unlock"):
            either.put(KEY, NEW)
        assert kept.read_bytes() == OLD
        assert names(kept.parent) == [kept.name]


class TestRefusedByTheDisk:
    """What was there is there still, nothing lies beside it, and a sentence says why."""

    @pytest.mark.parametrize("step", ["fsync", "replace"])
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (errno.ENOSPC, "No space left on device: a/c/0"),
            (errno.EDQUOT, "Disk quota exceeded: a/c/0"),
            (errno.EROFS, "Read-only file system: a/c/0"),
            (errno.EACCES, "permission denied: a/c/0"),
            (errno.EIO, "Input/output error: a/c/0"),
        ],
    )
    def test_at_a_step(
        self,
        access: LocalAccess,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        step: str,
        number: int,
        words: str,
    ) -> None:
        before = look(folder)

        def refuse(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, step, refuse)
        with pytest.raises(OSError, match=r".") as caught:
            access.put(KEY, NEW)
        assert explain(caught.value) == words
        monkeypatch.undo()
        assert look(folder) == before

    def test_in_the_midst_of_the_bytes(self, access: LocalAccess, folder: Path) -> None:
        """By the kernel itself, at a limit for the size of files."""
        before = look(folder)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with pytest.raises(OSError, match=r".") as caught:
                access.put(KEY, bytes(200_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert explain(caught.value) == "File too large: a/c/0"
        assert look(folder) == before

    def test_a_file_in_the_way_of_a_folder(self, either: Access, folder: Path) -> None:
        before = look(folder)
        with pytest.raises(OSError, match=r"."):
            either.put(f"{KEY}/c/0", NEW)
        assert look(folder) == before


class TestVersions:
    def test_the_same_is_written(self, either: Access) -> None:
        raw, version = either.get_with_version(KEY)
        assert raw == OLD
        either.put(KEY, NEW, version=version)
        assert either.get(KEY) == NEW
        either.put(KEY, None, version=either.get_with_version(KEY)[1])
        assert either.get_with_version(KEY) == (None, MISSING)
        either.put(KEY, OLD, version=MISSING)
        assert either.get(KEY) == OLD

    @pytest.mark.parametrize("value", [NEW, None])
    def test_what_was_changed_stays(
        self, either: Access, folder: Path, value: bytes | None
    ) -> None:
        _, version = either.get_with_version(KEY)
        (folder / KEY).write_bytes(OLD + b"!")
        before = look(folder)
        with pytest.raises(ChangedMeanwhile, match="a/c/0 was changed by another program"):
            either.put(KEY, value, version=version)
        with pytest.raises(ChangedMeanwhile):
            either.put(KEY, value, version=MISSING)
        assert look(folder) == before

    def test_what_went_stays_away(self, either: Access, folder: Path) -> None:
        _, version = either.get_with_version(KEY)
        (folder / KEY).unlink()
        with pytest.raises(ChangedMeanwhile):
            either.put(KEY, NEW, version=version)
        assert names(folder / "a/c") == [".0.partial"]

    def test_half_of_another_put_never_takes_the_place(
        self, access: LocalAccess, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another program begins to put the same key while this one waits for the disk."""
        fsync = os.fsync

        def slow(handle: int) -> None:
            fsync(handle)
            beside = folder / "a/c" / partial_name("0")
            beside.unlink()
            beside.write_bytes(b"a half")

        monkeypatch.setattr(os, "fsync", slow)
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, NEW)
        assert (folder / KEY).read_bytes() == OLD

    def test_of_equal_size_and_time_on_a_disk(self, access: LocalAccess, folder: Path) -> None:
        """As rsync leaves files: put there under another name, and given the old time."""
        _, version = access.get_with_version(KEY)
        status = (folder / KEY).stat()
        (folder / "other").write_bytes(OLD[::-1])
        os.utime(folder / "other", ns=(status.st_atime_ns, status.st_mtime_ns))
        (folder / "other").replace(folder / KEY)
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, NEW, version=version)


@each_way(*BUCKETS)
class TestVersionsInBuckets:
    def test_only_what_is_still_the_same_is_written(self, place: Remote, folder: Path) -> None:
        mine = place.open(folder)
        other = place.at(mine.location.url)
        raw, version = mine.get_with_version(KEY)
        assert raw == OLD
        other.put(KEY, OLD[::-1])
        with pytest.raises(ChangedMeanwhile, match="a/c/0 was changed by another program"):
            mine.put(KEY, NEW, version=version)
        with pytest.raises(ChangedMeanwhile):
            mine.put(KEY, None, version=version)
        with pytest.raises(ChangedMeanwhile):
            mine.put(KEY, NEW, version=MISSING)
        assert mine.get(KEY) == OLD[::-1]
        mine.put(KEY, NEW, version=mine.get_with_version(KEY)[1])
        assert other.get(KEY) == NEW
        mine.put(KEY, None, version=mine.get_with_version(KEY)[1])
        assert mine.get_with_version(KEY) == (None, MISSING)
        mine.put(KEY, OLD, version=MISSING)
        assert other.get(KEY) == OLD

    def test_nothing_is_swept_and_no_folder_moves(self, place: Remote, folder: Path) -> None:
        access = place.open(folder)
        before = sorted(access.keys_below(""))
        access.sweep([KEY])
        assert not access.can_rename
        with pytest.raises(OSError, match="no folders that could be moved"):
            access.rename_folder("a", "b")
        assert sorted(access.keys_below("")) == before


def is_put(request: Request) -> bool:
    return request.method == "PUT"


class TestRefusedByABucket:
    @pytest.fixture
    def bucket(
        self,
        s3: S3Server,
        proxy_to: Callable[[str], Proxy],
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        request: pytest.FixtureRequest,
    ) -> tuple[Proxy, Access]:
        """Give a store in a bucket, and the proxy before it."""
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        short = {"init_backoff": objects.RETRIES["backoff"]["init_backoff"] / 100}
        monkeypatch.setitem(
            objects.RETRIES,
            "backoff",
            {**short, "max_backoff": 4 * short["init_backoff"], "base": 2},
        )
        proxy = proxy_to(s3.endpoint)
        name = f"refused/{request.node.name}"
        s3.bucket("private").put(f"{name}/{KEY}", OLD)
        location = replace(parse_location(f"s3://private/{name}"), endpoint=proxy.url)
        return proxy, open_access(location)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (Answer(403), r"^private refuses access"),
            (Answer(503), r"^private answered 503, also when it was asked again"),
            (
                Answer(507, body=b"<Error><Code>XMinioStorageFull</Code></Error>"),
                r"^private has no room left",
            ),
            (Reset(), r"cannot be reached|was broken off|broke off"),
        ],
    )
    def test_in_plain_words(
        self, bucket: tuple[Proxy, Access], answer: Answer | Reset, words: str
    ) -> None:
        proxy, access = bucket
        proxy.fail(answer, where=is_put)
        with pytest.raises(OSError, match=words) as caught:
            access.put(KEY, NEW)
        assert "\n" not in explain(caught.value)
        proxy.heal()
        assert access.get(KEY) == OLD

    @pytest.mark.parametrize("fault", [Answer(503), Reset(), Lost()])
    @pytest.mark.parametrize("is_new", [False, True])
    def test_once_and_it_is_asked_again(
        self, bucket: tuple[Proxy, Access], fault: Answer | Reset | Lost, is_new: bool
    ) -> None:
        """Where only the answer was lost, what is there since is no other program's."""
        proxy, access = bucket
        key = "a/c/new" if is_new else KEY
        _, version = access.get_with_version(key)
        proxy.fail(fault, times=1, where=is_put)
        access.put(key, NEW, version=version)
        assert access.get(key) == NEW
        assert [asked.method for asked in proxy.settled()].count("PUT") == 2

    def test_a_condition_that_does_not_hold(self, bucket: tuple[Proxy, Access]) -> None:
        proxy, access = bucket
        _, version = access.get_with_version(KEY)
        proxy.fail(Answer(412), times=1, where=is_put)
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, NEW, version=version)
        assert access.get(KEY) == OLD

    def test_a_server_without_conditions_is_looked_at_before(
        self, bucket: tuple[Proxy, Access]
    ) -> None:
        proxy, access = bucket
        old = access.get_with_version(KEY)[1]
        proxy.fail(Answer(501), times=1 + objects.RETRIES["max_retries"], where=is_put)
        access.put(KEY, NEW, version=old)
        assert access.get(KEY) == NEW
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, OLD, version=old)
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, OLD, version=MISSING)
        assert access.get(KEY) == NEW


class TestMovingFolders:
    def test_with_all_that_is_in_them(self, either: Access, folder: Path) -> None:
        before = look(folder / "a")
        assert either.can_rename
        either.rename_folder("a", "deep/er/b")
        assert look(folder / "deep/er/b") == before
        assert either.get(KEY) is None
        assert either.get("deep/er/b/c/0") == OLD

    @pytest.mark.parametrize("what", ["folder", "full", "file", "link"])
    def test_never_over_what_is_there(self, either: Access, folder: Path, what: str) -> None:
        if what in ("folder", "full"):
            (folder / "b").mkdir()
        if what == "full":
            (folder / "b/x").write_bytes(b"x")
        if what == "file":
            (folder / "b").write_bytes(b"x")
        if what == "link":
            (folder / "b").symlink_to("nowhere")
        before = look(folder)
        with pytest.raises(FileExistsError):
            either.rename_folder("a", "b")
        assert look(folder) == before

    def test_of_none_tells_so(self, either: Access) -> None:
        with pytest.raises(FileNotFoundError):
            either.rename_folder("never", "b")

    def test_nothing_where_it_is_read_only(self, folder: Path) -> None:
        access = LocalAccess(Location.local(folder), read_only=True)
        before = look(folder)
        with pytest.raises(UserError, match="was not changed"):
            access.rename_folder("a", "b")
        assert look(folder) == before


class TestFileSystemsOfFsspec:
    @pytest.fixture
    def files(self) -> Iterator[MemoryFileSystem]:
        files = fsspec.filesystem("memory")
        files.pipe_file(f"/writing/s/{KEY}", OLD)
        yield files
        files.store.clear()
        files.pseudo_dirs[:] = [""]

    def opened(self) -> Access:
        return open_access(parse_location("memory://writing/s"))

    @pytest.mark.parametrize("moves", ["over", "never over"])
    def test_by_way_of_a_file_beside(
        self, files: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch, moves: str
    ) -> None:
        """Where files can be moved; some move only to where nothing is."""
        moved: list[tuple[str, str]] = []

        def move(fs: MemoryFileSystem, old: str, new: str, **_: object) -> None:
            moved.append((old, new))
            if moves == "never over" and fs.exists(new):
                raise FileExistsError(new)
            fs.store[new] = fs.store.pop(old)

        monkeypatch.setattr(MemoryFileSystem, "mv", move, raising=False)
        access = self.opened()
        access.put(KEY, NEW)
        assert moved == [(f"/writing/s/a/c/{partial_name('0')}", f"/writing/s/{KEY}")]
        assert access.get(KEY) == NEW
        assert [key for key, _ in access.keys_below("")] == [KEY]

    def test_what_was_left_is_swept(self, files: MemoryFileSystem) -> None:
        access = self.opened()
        files.pipe_file(f"/writing/s/a/c/{partial_name('0')}", b"a half")
        access.sweep([KEY, "never/there"])
        assert [key for key, _ in access.keys_below("")] == [KEY]

    def test_only_where_nothing_is(self, files: MemoryFileSystem) -> None:
        access = self.opened()
        with pytest.raises(ChangedMeanwhile):
            access.put(KEY, NEW, version=MISSING)
        assert access.get_with_version(KEY) == (OLD, None)
        access.put("a/c/1", NEW, version=access.get_with_version("a/c/1")[1])
        assert access.get("a/c/1") == NEW
