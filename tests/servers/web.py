"""A web server: nginx, which serves one folder in six ways, each on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.need import need_program
from servers.process import HOST, listening

USER, PASSWORD = "curator", "password-of-the-tests"

# What makes each of them different. In the order of the addresses of WebServer.
_WAYS = [
    "location / { }",
    "location / { autoindex on; }",
    """location / { try_files $uri @page; }
       location @page { default_type text/html; return 200 "<!doctype html><p>Welcome</p>"; }""",
    "location / { try_files $uri =403; }",
    "location / { max_ranges 0; }",
    'location / { auth_basic "Images"; auth_basic_user_file users; }',
]
_CONFIGURATION = """
daemon off;
master_process off;  # one process, as the present user
error_log stderr;
pid nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    absolute_redirect off;
    keepalive_requests 1000000;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path temporary;
    fastcgi_temp_path temporary;
    proxy_temp_path temporary;
    scgi_temp_path temporary;
    uwsgi_temp_path temporary;
    root "{root}";
    {servers}
}}
"""
_SERVER = "server {{ listen {host}:{port}; {way} }}\n"


@dataclass(frozen=True)
class WebServer:
    """The folder and the addresses, without a ``/`` at their ends, under which it is served.

    Attributes
    ----------
    folder
        What is put here is served at once.
    plain
        404 for a missing key, 403 for a folder: the usual server.
    listing
        As plain; a folder is an HTML page of its names.
    page
        200 and an HTML page for whatever is no file.
    forbidding
        403 for whatever is no file.
    whole
        Ignores ranges: always 200 and the whole file.
    secret
        As plain, for USER with PASSWORD; 401 for all others.
    """

    folder: Path
    plain: str
    listing: str
    page: str
    forbidding: str
    whole: str
    secret: str


@contextmanager
def web_server(folder: Path) -> Iterator[WebServer]:
    """Run the server over a new folder.

    Parameters
    ----------
    folder
        An empty folder for all that it needs; what it serves is the folder ``served`` in it.
    """
    program = need_program("nginx", "nginx-light")
    served = folder / "served"
    served.mkdir()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    configuration = folder / "nginx.conf"

    def command(ports: list[int]) -> list[str | Path]:
        servers = "".join(
            _SERVER.format(host=HOST, port=port, way=way)
            for port, way in zip(ports, _WAYS, strict=True)
        )
        configuration.write_text(_CONFIGURATION.format(root=served, servers=servers))
        return [program, "-e", "stderr", "-p", folder, "-c", configuration]

    with listening(command, folder / "nginx.log", ports=len(_WAYS)) as ports:
        yield WebServer(served, *(f"http://{HOST}:{port}" for port in ports))
