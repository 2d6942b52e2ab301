"""An SSH connection with an SFTP session: opened when it is needed, and anew when it was lost.

What ``ssh`` itself would use counts: the user's configuration with its names of hosts, keys and
jumps, the agent, and the hosts that are known. Nothing is ever asked at the terminal.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from omezarr_tui.errors import ExitCode, UserError

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SSHClientConnection, SSHClientConnectionOptions

T = TypeVar("T")

_CONNECTING = 10.0  # seconds
_WAITS = (0.2, 0.4, 0.8, 1.6)  # seconds before a request is made again, on a new connection
# Together: an end that says nothing more is given up after 24 s, before its answers are.
_ALIVE = {"keepalive_interval": 8, "keepalive_count_max": 2}
_WINDOW = 16 * 2**20  # bytes that may be on their way: 2 MiB would be 67 MB/s at 30 ms
# Where ``ssh`` looks for the hosts that are known, unless a configuration says otherwise.
_USERS_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_ALL_HOSTS = "/etc/ssh/ssh_known_hosts"
_PLACE = re.compile(r"(?:(?P<user>.*)@)?(?P<host>\[[^]]+\]|[^:@]*)(?::(?P<port>\d+))?")


class Connection:
    """The connection to one server, for one event loop.

    Parameters
    ----------
    place
        ``[user@]host[:port]``; what is not said there, the user's configuration says.
    settings
        Keywords for `asyncssh.SSHClientConnectionOptions`.
    """

    def __init__(self, place: str, settings: Mapping[str, object]) -> None:
        self.place = place
        self._settings = settings
        self._opening: asyncio.Task[SFTPClient] | None = None
        self._connection: SSHClientConnection | None = None

    async def run(self, work: Callable[[SFTPClient], Awaitable[T]]) -> T:
        """Do some work; where the connection is lost meanwhile, do it again over a new one.

        Raises
        ------
        ConnectionError, TimeoutError
            The server is not reached.
        PermissionError
            It is not the one that it was, or does not let the user in.
        UserError
            The configuration or the settings are not understood.
        """
        from asyncssh import DisconnectError
        from asyncssh.sftp import SFTPConnectionLost, SFTPNoConnection

        was_open = self._connection is not None
        for wait in (*_WAITS, None):
            client = None
            try:
                client = await self._client()
                return await work(client)
            except (DisconnectError, SFTPConnectionLost, SFTPNoConnection, ConnectionError) as e:
                if client is not None:
                    self._drop(client)
                elif not was_open:
                    raise
                if wait is None:
                    raise ConnectionError(f"the connection to {self.place} was lost") from e
                was_open = True
            await asyncio.sleep(wait)
        raise AssertionError

    async def _client(self) -> SFTPClient:
        """The session; whoever needs it waits for the same, and giving up leaves it to others."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._connect())
            self._opening.add_done_callback(self._opened)
        return await asyncio.shield(self._opening)

    def _opened(self, opening: asyncio.Task[SFTPClient]) -> None:
        if opening.cancelled() or opening.exception() is not None:
            self._opening = None

    def _drop(self, client: SFTPClient) -> None:
        """Forget a session that was lost, unless there is a new one already."""
        if self._opening is None or not self._opening.done() or self._opening.result() != client:
            return
        self._opening = None
        if self._connection is not None:
            self._connection.abort()

    async def _connect(self) -> SFTPClient:
        import asyncssh

        loop = asyncio.get_running_loop()
        given, options = await asyncio.to_thread(_options, self.place, self._settings, loop)
        timeout = options.connect_timeout or _CONNECTING
        try:
            async with asyncio.timeout(timeout):
                connection = await asyncssh.connect(**given)
                self._connection = connection
                # Names are bytes there: what is not UTF-8 comes and goes as on a disk.
                return await connection.start_sftp_client(path_errors="surrogateescape")
        except (OSError, asyncssh.Error) as error:
            raise self._why(error, options, timeout) from error

    def _why(
        self, error: Exception, options: SSHClientConnectionOptions, timeout: float
    ) -> OSError:
        """What a user is told of a connection that did not come about."""
        from asyncssh import ChannelOpenError, HostKeyNotVerifiable, PermissionDenied
        from asyncssh.sftp import SFTPError

        match error:
            case HostKeyNotVerifiable():
                return PermissionError(self._about_host_key(options))
            case PermissionDenied():
                return PermissionError(
                    f"{self.place} does not let {options.username} in; tried {_tried(options)}"
                )
            case TimeoutError():
                return TimeoutError(f"{self.place} did not answer within {timeout:g} s")
            case socket.gaierror():
                return ConnectionError(f"there is no host of the name {options.host}")
            case ChannelOpenError() | SFTPError():
                return ConnectionError(f"{self.place} offers no SFTP")
            case OSError():
                return ConnectionError(f"{self.place} cannot be reached: {_reason(error)}")
        return ConnectionError(f"{self.place} cannot be reached: {error}")

    def _about_host_key(self, options: SSHClientConnectionOptions) -> str:
        from asyncssh import match_known_hosts

        name = str(options.host_key_alias or options.host)
        known = options.known_hosts
        if known and match_known_hosts(known, name, "", options.port)[0]:
            return (
                f"the host key of {self.place} is not the one that it had: somebody may stand "
                f"between. Where the change is meant, ssh-keygen -R removes the old key"
            )
        login, _, port = self.place.partition(":")
        login = f"-p {port} {login}" if port else login
        return f"the host key of {self.place} is not known yet: run ssh {login} once to see it"


def _options(
    place: str, settings: Mapping[str, object], loop: asyncio.AbstractEventLoop
) -> tuple[dict[str, Any], SSHClientConnectionOptions]:
    """How a server is reached: as keywords, and what comes of them with the configuration.

    Files that the configuration names need not be there.
    """
    from asyncssh import ConfigParseError, KeyImportError, SSHClientConnectionOptions

    parts = _PLACE.fullmatch(place)
    if parts is None:
        raise UserError(
            f"{place} names no server",
            "it should be USER@HOST:PORT, without user and port where they are the usual ones",
            exit_code=ExitCode.USAGE,
        )
    configs = [Path("~/.ssh/config").expanduser(), Path("/etc/ssh/ssh_config")]
    given: dict[str, Any] = {
        "host": parts["host"].strip("[]"),
        "config": [str(path) for path in configs if path.is_file()],
        "window": _WINDOW,
        **_ALIVE,
    }
    given |= {"username": parts["user"]} if parts["user"] else {}
    given |= {"port": int(parts["port"])} if parts["port"] else {}
    given |= settings
    try:
        # First without keys, to see which the configuration names.
        found = SSHClientConnectionOptions(loop=loop, **given | {"client_keys": None})
        # Without any, asyncssh would trust every host.
        known: Any = found.known_hosts or _USERS_HOSTS
        known = [known] if isinstance(known, str) else known
        given["known_hosts"] = _there([*known, _ALL_HOSTS])
        named: Any = found.config.get("IdentityFile", ())
        keys = _there(named)
        given = {"client_keys": keys, "ignore_encrypted": True} | given
        options = SSHClientConnectionOptions(loop=loop, **given)
    except (ConfigParseError, KeyImportError, OSError, TypeError, ValueError) as error:
        # What a setting holds may be a secret: only a configuration's error is told.
        names = ", ".join(sorted(settings))
        raise UserError(
            f"{place} cannot be reached with these settings",
            f"one of {names} is not understood" if names else str(error),
            exit_code=ExitCode.USAGE,
        ) from error
    return given, options


def _there(paths: Iterable[str]) -> list[str]:
    full = [Path(path).expanduser() for path in paths]
    return [str(path) for path in full if path.is_file()]


def _tried(options: SSHClientConnectionOptions) -> str:
    """As whom, in words: never more of a key than the name of its file."""
    tried = []
    if options.agent_path and Path(options.agent_path).exists():
        tried.append("the ssh agent")
    for pair in options.client_keys or ():
        with suppress(UnicodeError):
            tried.append(f"the key {Path(pair.get_comment() or 'without a name').name}")
    if options.password is not None:
        tried.append("the password given")
    return (
        ", ".join(dict.fromkeys(tried))
        or "nothing: no agent is there, and no key without passphrase"
    )


def _reason(error: OSError) -> str:
    """Why, of an error that may be made of several, such as one for each address of a host."""
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return "nothing listens there"
    return (error.strerror or str(error)).lower()
