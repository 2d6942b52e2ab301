"""An SSH server: OpenSSH's sshd, for the present user and one key, with SFTP."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.need import need_program
from servers.process import HOST, listening

ALIAS = "microscope"  # the name of the server in the client's configuration

_SERVER = """
Port {port}
ListenAddress {host}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
MaxSessions 200
Subsystem sftp internal-sftp
"""
_CLIENT = """
Host {alias}
    HostName {host}
    Port {port}
    User {user}
    IdentityFile {key}
    IdentitiesOnly yes
    UserKnownHostsFile {known_hosts}
    StrictHostKeyChecking yes
"""


@dataclass(frozen=True)
class SSHServer:
    """How to reach it. Its paths are those of this machine.

    Attributes
    ----------
    key
        The client's private key, without a passphrase.
    known_hosts
        What a client knows the server by.
    config
        A client's configuration, in which the server is called ALIAS.
    """

    host: str
    port: int
    user: str
    key: Path
    known_hosts: Path
    config: Path

    def trust(self, home: Path) -> None:
        """Let clients whose home folder this is reach the server by ALIAS or by its address."""
        folder = home / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "config").write_bytes(self.config.read_bytes())
        (folder / "known_hosts").write_bytes(self.known_hosts.read_bytes())


@contextmanager
def ssh_server(folder: Path) -> Iterator[SSHServer]:
    """Run the server.

    Parameters
    ----------
    folder
        An empty folder for keys, configurations and its log.
    """
    program = need_program("sshd", "openssh-server")
    keygen = need_program("ssh-keygen", "openssh-client")
    for name in ("host_key", "client_key"):
        key = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name]
        subprocess.run([keygen, *key], check=True)
    (folder / "authorized_keys").write_bytes((folder / "client_key.pub").read_bytes())
    user = pwd.getpwuid(os.geteuid()).pw_name
    if user == "root":  # Debian's sshd then wants this folder, which its service makes
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    settings = folder / "sshd_config"

    def command(ports: list[int]) -> list[str | Path]:
        settings.write_text(_SERVER.format(host=HOST, port=ports[0], folder=folder))
        return [program, "-D", "-e", "-f", settings]

    with listening(command, folder / "sshd.log") as (port,):
        known_hosts = folder / "known_hosts"
        public = (folder / "host_key.pub").read_text()
        known_hosts.write_text(f"[{HOST}]:{port} {public}")
        config = folder / "config"
        server = SSHServer(HOST, port, user, folder / "client_key", known_hosts, config)
        config.write_text(
            _CLIENT.format(
                alias=ALIAS,
                host=HOST,
                port=port,
                user=user,
                key=server.key,
                known_hosts=known_hosts,
            )
        )
        yield server
