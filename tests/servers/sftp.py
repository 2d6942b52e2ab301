"""An SFTP server in a thread, which does what a test wants: waits, refuses, breaks off."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.sftp import SFTPPermissionDenied

from servers.process import HOST


class SFTPServer:
    """How to reach it and what it does; `sftp_server` starts and ends it.

    Attributes
    ----------
    opened
        The paths of files that clients opened, in order.
    open_files, most_open
        How many are open now, and were at most at a time. It answers one request after the
        other: more than one is open where the next was asked for without waiting.
    drops
        How many opens from now on break the connection off.
    replaced
        What takes the place of a file, by name, when it is about to be opened.
    logins
        How often somebody wanted to come in.
    refused
        Names of files that nobody may read.
    hangs
        Names of files for which all wait until the test says so.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.opened: list[str] = []
        self.open_files = 0
        self.most_open = 0
        self.drops = 0
        self.logins = 0
        self.refused: set[str] = set()
        self.hangs: set[str] = set()
        self.replaced: dict[str, bytes] = {}
        self.released = asyncio.Event()
        self.loop = asyncio.new_event_loop()
        self._connections: set[asyncssh.SSHServerConnection] = set()

    @property
    def place(self) -> str:
        """What stands in an address."""
        return f"{HOST}:{self.port}"

    def break_off(self) -> None:
        """Break all connections."""
        asyncio.run_coroutine_threadsafe(self._break_off(), self.loop).result(10)

    def release(self) -> None:
        """Let what hangs go on."""
        self.loop.call_soon_threadsafe(self.released.set)

    async def _break_off(self) -> None:
        for connection in list(self._connections):
            connection.abort()

    async def arrived(self, name: str) -> None:
        """A file is asked for: do with that what the test wants."""
        self.opened.append(name)
        if self.drops:
            self.drops -= 1
            await self._break_off()
        if name in self.replaced:
            (self.folder / name).write_bytes(self.replaced.pop(name))
        if name in self.refused:
            raise SFTPPermissionDenied("Permission denied")
        if name in self.hangs:
            await self.released.wait()

    async def listen(self, key: Path) -> None:
        """Begin to listen, with the same key for itself and its clients."""
        server = self

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=str(server.folder))
                server._connections.add(chan.get_connection())

            async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
                await server.arrived(Path(path.decode()).name)
                file = super().open(path, pflags, attrs)
                server.open_files += 1
                server.most_open = max(server.most_open, server.open_files)
                return file

            def close(self, file_obj: Any) -> None:
                server.open_files -= 1
                super().close(file_obj)

        class Login(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                server.logins += 1
                return True

        listener = await asyncssh.listen(
            HOST,
            self.port,
            server_factory=Login,
            server_host_keys=[str(key)],
            authorized_client_keys=f"{key}.pub",
            sftp_factory=Files,
        )
        self.port = listener.get_port()


@contextmanager
def sftp_server(folder: Path, keys: Path, home: Path) -> Iterator[SFTPServer]:
    """Run the server, and let clients whose home folder `home` is reach it.

    Parameters
    ----------
    folder
        What it serves.
    keys
        An empty folder for its key.
    """
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(keys / "key")
    key.write_public_key(keys / "key.pub")
    server = SFTPServer(folder)
    thread = threading.Thread(target=server.loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.listen(keys / "key"), server.loop).result(10)
        (home / ".ssh").mkdir(mode=0o700)
        public = key.export_public_key().decode()
        (home / ".ssh" / "known_hosts").write_text(f"[{HOST}]:{server.port} {public}")
        (home / ".ssh" / "config").write_text(f"Host {HOST}\n    IdentityFile {keys / 'key'}\n")
        yield server
        server.break_off()
    finally:
        server.loop.call_soon_threadsafe(server.loop.stop)
        thread.join(10)
