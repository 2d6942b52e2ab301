"""What fsspec and SFTP read: the same as on a disk, with few waits, and errors in plain words."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import fsspec
import numpy as np
import pytest
import zarr
from editing import look, plan_fill, small_store
from foreign import Foreign
from fsspec.implementations.memory import MemoryFileSystem
from looking import request_of
from servers.sftp import SFTPServer, sftp_server
from servers.ssh import ALIAS, SSHServer

from omezarr_tui.edit.apply import apply_plan, redo, undo
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import UserError
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.ome.discover import image_of, named_children
from omezarr_tui.store.access import Access, Entry, Options, open_access
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node, open_root
from omezarr_tui.store.waiting import Cancel, Cancelled, given_up_by, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

Open = Callable[[Path], Access]
NAMES = ["plain", "with space", "a#b", "50%25", "a?b=c", "細胞", "µ", "~tilde", "[x]", "a'b\"c"]


@pytest.fixture
def memory() -> Iterator[Open]:
    """Give what copies a folder to fsspec's memory, and opens it there."""
    files = fsspec.filesystem("memory")

    def opened(folder: Path) -> Access:
        files.makedirs("/some/store", exist_ok=True)
        for path in folder.rglob("*"):
            if path.is_file():
                files.pipe_file(f"/some/store/{path.relative_to(folder)}", path.read_bytes())
        return open_access(parse_location("memory://some/store"))

    yield opened
    files.store.clear()
    files.pseudo_dirs[:] = [""]


@pytest.fixture
def sftp(ssh: SSHServer, hermetic: Path) -> Open:
    """Give what opens a folder over SSH."""
    ssh.trust(hermetic)
    return lambda folder: open_access(parse_location(f"sftp://{ALIAS}{folder}"))


@pytest.fixture(params=["memory", "sftp"])
def opened(request: pytest.FixtureRequest) -> Open:
    given: Open = request.getfixturevalue(request.param)
    return given


@pytest.fixture
def served(tmp_path: Path, hermetic: Path) -> Iterator[SFTPServer]:
    """Give a server that does what the test wants, with files 0 to 99 of their own number."""
    folder, keys = tmp_path / "served", tmp_path / "keys"
    folder.mkdir()
    keys.mkdir()
    for number in range(100):
        (folder / str(number)).write_text(str(number))
    with sftp_server(folder, keys, hermetic) as server:
        yield server


def at(server: SFTPServer, path: str = "") -> Access:
    return open_access(parse_location(f"sftp://{server.place}/{path}"))


@pytest.mark.parametrize("name", ["ome_zarr_py_04", "ome_zarr_py_05", "v3_sharded", "v3_names"])
def test_looks_as_on_a_disk(name: str, opened: Open, foreign: Foreign) -> None:
    """The tree, and the picture of each image and array, pixel for pixel."""
    folder = foreign(name).path
    here, there = LocalAccess(Location.local(folder)), opened(folder)
    trees = [list(walk(a, open_root(a), named=named_children)) for a in (here, there)]
    assert {n.path: n for n in trees[0]} == {n.path: n for n in trees[1]}
    seen = 0
    for node in trees[0]:
        image = image_of(here, node)
        if image is None or not image.readable:
            continue
        other = image_of(there, node)
        assert other is not None
        frames = [
            Painter(Reader(access)).paint(request_of(shown)).frame
            for access, shown in ((here, image), (there, other))
        ]
        assert repr(frames[0]) == repr(frames[1])
        seen += 1
    assert seen


@pytest.mark.parametrize("text", ["1:3, :", "4:, 2:7"])
def test_edits_and_undoes(text: str, opened: Open, tmp_path: Path) -> None:
    """The same edit as on a disk; afterwards all is as it was, byte for byte."""
    stores = [small_store(tmp_path / name) for name in ("here", "there")]
    accesses = [LocalAccess(Location.local(stores[0])), opened(stores[1])]
    before = [contents(access) for access in accesses]
    entries = []
    for access in accesses:
        node = find_node(access, "a")
        assert isinstance(node, Array)
        selection = parse_selection(text, node.shape, ["y", "x"])
        plan = plan_fill(access, node, selection, parse_value("5", node.dtype))
        entries.append(apply_plan(access, plan))
    after = [contents(access) for access in accesses]
    assert after[0] == after[1] != before[0]
    for access, entry in zip(accesses, entries, strict=True):
        undone = undo(access, entry)
        assert contents(access) in before
        redo(access, undone)
        assert contents(access) in after
        undo(access, undone)
    assert [contents(access) for access in accesses] == before


def contents(access: Access) -> dict[str, tuple[int, bytes | None]]:
    return {key: (size, access.get(key)) for key, size in access.keys_below("")}


def test_an_edit_leaves_nothing_but_itself(sftp: Open, tmp_path: Path) -> None:
    """Permissions are as they were too, and nothing lies beside."""
    store = small_store(tmp_path / "s")
    (store / "a/c/0/0").chmod(0o640)
    before = look(store)
    access = sftp(store)
    node = find_node(access, "a")
    assert isinstance(node, Array)
    selection = parse_selection(":, :", node.shape, ["y", "x"])
    entry = apply_plan(access, plan_fill(access, node, selection, parse_value("7", node.dtype)))
    assert "a/c/0/0" not in look(store)  # all is the fill value
    undo(access, entry)
    assert look(store) == before
    assert zarr.open_array(store, path="a", mode="r")[0, 1] == 1


def test_names(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "a b#c%41?d 細"
    for name in NAMES:
        (folder / name).mkdir(parents=True)
        (folder / name / "key").write_bytes(name.encode())
    access = opened(folder)
    assert sorted(access.entries(""), key=str) == sorted((Entry(n, True) for n in NAMES), key=str)
    for name in NAMES:
        assert access.entries(name) == [Entry("key", False)]
        assert access.get(f"{name}/key") == name.encode()
        access.put(f"{name}/new/deeper", b"1")
        assert access.get(f"{name}/new/deeper") == b"1"
    assert len(dict(access.keys_below(""))) == 2 * len(NAMES)


def test_a_name_that_is_not_utf8(sftp: Open, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / name).write_bytes(b"1")
    access = sftp(tmp_path)
    assert Entry(name, False) in access.entries("")
    assert access.get(name) == b"1"
    assert access.get("half \ud800") is None


def test_what_is_missing(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_bytes(b"123")
    access = opened(tmp_path)
    for key in ("no", "folder/no", "folder", "folder/file/no"):
        assert access.get(key) is None, key
        assert wait_for(access.fetch(key)) is None, key
    assert not access.has("no")
    assert access.entries("no") == []
    assert access.mode("no") is None
    for ask in (access.size, lambda key: access.get_range(key, 0, 1)):
        with pytest.raises(FileNotFoundError):
            ask("no")
    assert list(access.keys_below("no")) == []
    access.put("no", None)
    access.remove_folder("folder")
    assert access.get("folder/file") == b"123"


def test_parts(opened: Open, tmp_path: Path) -> None:
    """Also across the blocks in which a file comes, and beyond its end."""
    whole = np.random.default_rng(0).bytes(300_000)
    (tmp_path / "key").write_bytes(whole)
    (tmp_path / "empty").write_bytes(b"")
    access = opened(tmp_path)
    assert access.get("key") == whole
    assert access.get("empty") == b""
    assert access.size("key") == len(whole)
    for start, length in [(0, 1), (65_530, 20), (1, 200_000), (299_990, 100), (-7, 7), (-7, 3)]:
        assert access.get_range("key", start, length) == whole[start:][:length]
    assert access.get_range("key", -400_000, 400_000) == whole
    ranges = [(5, 10), (150_000, 70_000), (0, 1)]
    expected = [whole[start : start + length] for start, length in ranges]
    assert wait_for(access.fetch_ranges("key", ranges)) == expected


@pytest.mark.parametrize("new", [b"a longer one", b""])
def test_a_file_that_is_replaced_meanwhile(served: SFTPServer, new: bytes) -> None:
    """Its size was told before it was opened: what comes is the new one, whole."""
    access = at(served)
    served.replaced = {"10": new, "11": new}
    assert access.get("10") == new
    assert access.get_range("11", -3, 3) == new[-3:]


def test_reads_from_another_loop(sftp: Open, tmp_path: Path) -> None:
    """As zarr-python does, in a loop of its own, at the same time."""
    (tmp_path / "key").write_bytes(b"123")
    access = sftp(tmp_path)

    async def both() -> list[bytes | None]:
        return await asyncio.gather(*(access.fetch("key") for _ in range(20)))

    assert access.get("key") == b"123"
    assert asyncio.run(both()) == [b"123"] * 20


class TestPut:
    def test_takes_the_place_in_one_step(self, sftp: Open, tmp_path: Path) -> None:
        """Who reads meanwhile sees the old one or the new one, whole."""
        old, new = b"o" * 500_000, b"n" * 500_000
        (tmp_path / "key").write_bytes(old)
        access = sftp(tmp_path)
        seen, done = set(), threading.Event()

        def watch() -> None:
            while not done.is_set():
                seen.add((tmp_path / "key").read_bytes())

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(5):
            access.put("key", new)
            access.put("key", old)
        done.set()
        watcher.join()
        assert seen <= {old, new}
        assert [path.name for path in tmp_path.iterdir()] == ["key"]

    def test_permissions(self, sftp: Open, tmp_path: Path) -> None:
        (tmp_path / "there").write_bytes(b"1")
        (tmp_path / "there").chmod(0o604)
        access = sftp(tmp_path)
        access.put("there", b"2", mode=0o777)  # one that is there keeps its own
        access.put("new", b"3", mode=0o640)
        access.put("a/b/c", b"4")
        mask = os.umask(0)
        os.umask(mask)
        assert [access.mode(key) for key in ("there", "new", "a/b/c")] == [
            0o604,
            0o640,
            0o666 & ~mask,
        ]
        assert (tmp_path / "there").read_bytes() == b"2"

    def test_read_only(self, ssh: SSHServer, hermetic: Path, tmp_path: Path) -> None:
        ssh.trust(hermetic)
        location = parse_location(f"sftp://{ALIAS}{tmp_path}")
        with pytest.raises(UserError, match="not changed"):
            open_access(location, Options(read_only=True)).put("key", b"1")
        assert list(tmp_path.iterdir()) == []

    def test_refused(self, served: SFTPServer) -> None:
        served.refused.add("1")
        access = at(served)
        with pytest.raises(PermissionError, match="no permission"):
            access.get("1")
        assert access.get("2") == b"2"


class TestLinks:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere/far").write_bytes(b"far")
        store = tmp_path / "store"
        (store / "sub").mkdir(parents=True)
        (store / "key").write_bytes(b"12")
        (store / "link").symlink_to("key")
        (store / "dangling").symlink_to("nowhere")
        (store / "round").symlink_to("round")
        (store / "other").symlink_to(tmp_path / "elsewhere")
        (store / "sub/up").symlink_to(store)
        (store / "sub/here").symlink_to(".")
        (tmp_path / "elsewhere/back").symlink_to(store)
        return store

    def test_are_followed_but_not_for_ever(self, sftp: Open, folder: Path) -> None:
        access = sftp(folder)
        folders = {e.name for e in access.entries("") if e.is_folder}
        assert folders == {"sub", "other"}
        assert access.entries("other") == [Entry("far", False), Entry("back", False)]
        assert access.get("link") == b"12"
        assert access.get("other/far") == b"far"
        assert access.get("dangling") is None
        found = dict(access.keys_below(""))
        assert found["link"] == 2
        assert found["other/far"] == 3
        assert set(found) == {
            *("key", "link", "dangling", "round", "other/far", "other/back"),
            *("sub/up", "sub/here"),
        }


class TestTogether:
    def test_a_hundred_documents_at_once(self, served: SFTPServer) -> None:
        """All hundred are under way before the server answers one, on one connection."""
        served.hangs.add("0")
        threading.Timer(0.5, served.release).start()
        access = at(served)

        async def all_of_them() -> list[bytes | None]:
            return await asyncio.gather(*(access.fetch(str(n)) for n in range(100)))

        assert wait_for(all_of_them()) == [str(n).encode() for n in range(100)]
        assert served.most_open == 100
        assert served.logins == 1

    def test_nothing_stays_open(self, served: SFTPServer) -> None:
        access = at(served)
        assert access.get("1") == b"1"
        served.hangs.add("2")
        cancel = Cancel()
        threading.Timer(0.3, cancel.set).start()
        with given_up_by(cancel), pytest.raises(Cancelled):
            access.get("2")
        served.release()
        assert access.get("3") == b"3"  # the connection goes on
        assert served.opened == ["1", "2", "3"]
        assert access.size("4") == 1  # asked after the last file was closed
        assert served.open_files == 0
        assert served.logins == 1

    def test_giving_up_while_it_connects(self, served: SFTPServer) -> None:
        access = at(served)
        cancel = Cancel()
        cancel.set()
        with given_up_by(cancel), pytest.raises(Cancelled):
            access.get("1")
        assert access.get("1") == b"1"
        assert served.logins == 1


class TestLost:
    def test_is_opened_anew(self, served: SFTPServer) -> None:
        access = at(served)
        assert access.get("1") == b"1"
        served.break_off()
        assert access.get("2") == b"2"
        assert served.logins == 2

    def test_while_many_are_under_way(self, served: SFTPServer) -> None:
        served.drops = 1
        access = at(served)

        async def some() -> list[bytes | None]:
            return await asyncio.gather(*(access.fetch(str(n)) for n in range(20)))

        assert wait_for(some()) == [str(n).encode() for n in range(20)]
        assert served.logins == 2

    def test_for_good(self, served: SFTPServer) -> None:
        served.drops = 1000
        access = at(served)
        with pytest.raises(ConnectionError, match="was lost"):
            access.get("1")
        assert served.opened == ["1"] * 5
        served.drops = 0
        assert access.get("1") == b"1"


class TestWhoIsThere:
    def why(self, access: Access, kind: type[OSError]) -> str:
        with pytest.raises(kind) as caught:
            access.get("1")
        return str(caught.value)

    def test_unknown_host_key(self, served: SFTPServer, hermetic: Path) -> None:
        (hermetic / ".ssh/known_hosts").unlink()
        words = self.why(at(served), PermissionError)
        assert "not known yet" in words
        assert f"ssh -p {served.port} 127.0.0.1" in words

    def test_none_known_by_configuration(self, served: SFTPServer, hermetic: Path) -> None:
        (hermetic / ".ssh/known_hosts").unlink()
        with (hermetic / ".ssh/config").open("a") as config:
            config.write("    UserKnownHostsFile none\n    StrictHostKeyChecking no\n")
        assert "not known yet" in self.why(at(served), PermissionError)

    def test_changed_host_key(self, served: SFTPServer, hermetic: Path) -> None:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        (hermetic / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{served.port} {other}")
        assert "is not the one that it had" in self.why(at(served), PermissionError)

    def test_no_key(self, served: SFTPServer, hermetic: Path) -> None:
        (hermetic / ".ssh/config").unlink()
        words = self.why(at(served), PermissionError)
        assert "tried nothing" in words

    def test_wrong_key_and_password(self, served: SFTPServer, hermetic: Path) -> None:
        (hermetic / ".ssh/config").unlink()
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(hermetic / ".ssh/id_ed25519")
        location = parse_location(f"sftp://me@{served.place}/")
        access = open_access(location, Options(storage={"password": "geheim"}))
        words = self.why(access, PermissionError)
        assert "does not let me in" in words
        assert "the key id_ed25519, the password given" in words
        assert "geheim" not in words
        assert served.logins == 1

    def test_key_given(self, served: SFTPServer, hermetic: Path) -> None:
        (hermetic / ".ssh/config").unlink()
        keys = {"client_keys": str(served.folder.parent / "keys/key")}
        location = parse_location(f"sftp://{served.place}/")
        assert open_access(location, Options(storage=keys)).get("1") == b"1"

    def test_key_file_that_is_not_there(self, served: SFTPServer, hermetic: Path) -> None:
        with (hermetic / ".ssh/config").open("a") as config:
            config.write("    IdentityFile ~/.ssh/id_none\n")
        assert at(served).get("1") == b"1"

    def test_setting_that_is_not_understood(self, served: SFTPServer) -> None:
        location = parse_location(f"sftp://{served.place}/")
        with pytest.raises(UserError) as caught:
            open_access(location, Options(storage={"colour": "geheim"})).get("1")
        assert "colour" in str(caught.value)
        assert "geheim" not in str(caught.value)

    def test_nobody_listens(self, hermetic: Path) -> None:
        access = open_access(parse_location("sftp://127.0.0.1:1/x"))
        assert "nothing listens there" in self.why(access, ConnectionError)

    def test_home(self, ssh: SSHServer, hermetic: Path) -> None:
        ssh.trust(hermetic)
        home, root = (open_access(parse_location(f"ssh://{ALIAS}/{p}")) for p in ("~", ""))
        assert Entry("etc", True) in root.entries("")
        assert sorted(home.entries(""), key=str) == sorted(
            (
                Entry(path.name, path.is_dir())
                for path in Path(f"~{ssh.user}").expanduser().iterdir()
                if not path.is_symlink()
            ),
            key=str,
        )


class TestProtocols:
    def test_unknown(self) -> None:
        for protocol in ("nosuch", "simplecache", "reference"):
            with pytest.raises(UserError) as caught:
                open_access(parse_location(f"{protocol}://a/b"))
            assert caught.value.why.startswith(f"{protocol} is not known; there are ")
            assert " sftp, " in caught.value.why

    def test_missing_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("smbclient", "smbprotocol", "ossfs", "asyncssh"):
            monkeypatch.setitem(sys.modules, module, None)
        for url, command in {
            "sftp://host/x": "pip install 'omezarr-tui[ssh]'",
            "smb://host/share/x": "pip install 'fsspec[smb]'",
            "oss://bucket/x": "pip install ossfs",
        }.items():
            with pytest.raises(UserError) as caught:
                open_access(parse_location(url))
            assert command in caught.value.why

    def test_nothing_is_imported_early(self) -> None:
        """Nor asked: there is no such host."""
        code = (
            "import sys\n"
            "from omezarr_tui.store.access import open_access\n"
            "from omezarr_tui.store.location import parse_location\n"
            "open_access(parse_location('sftp://nowhere.invalid/x'))\n"
            "print([m for m in ('asyncssh', 'fsspec', 'zarr', 'numpy') if m in sys.modules])\n"
        )
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert told.stdout == b"[]\n"

    def test_secrets_are_not_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError("cannot log in with token=geheim")

        monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.cat_file", refuse)
        location = parse_location("memory://some/store")
        access = open_access(location, Options(storage={"token": "geheim"}))
        with pytest.raises(OSError, match=r"token=…") as caught:
            access.get("key")
        assert "geheim" not in str(caught.value)

    def test_a_lost_connection_is_opened_anew(
        self, memory: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a new file system, since one keeps its connection."""
        (tmp_path / "key").write_bytes(b"1")
        access, asked = memory(tmp_path), []

        def lost_twice(files: MemoryFileSystem, path: str, *_: object, **__: object) -> bytes:
            asked.append(files)
            if len(asked) < 3:
                raise ConnectionResetError
            return b"1"

        monkeypatch.setattr(MemoryFileSystem, "cat_file", lost_twice)
        assert access.get("key") == b"1"
        assert len({id(files) for files in asked}) == len(asked) == 3

    def test_a_protocol_that_only_reads(self) -> None:
        location = parse_location("github://folder")
        access = open_access(location, Options(storage={"org": "a", "repo": "b", "sha": "c"}))
        assert access.why_read_only() == "nothing is written over github"
