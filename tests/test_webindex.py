"""The pages that web servers make of folders, and pages that are none."""

from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from servers.web import WebServer

from omezarr_tui.store.webindex import names_in_index

NGINX = """<html>
<head><title>Index of /data/</title></head>
<body>
<h1>Index of /data/</h1><hr><pre><a href="../">../</a>
<a href="a%20b.zarr/">a b.zarr/</a>                                  01-Jan-2026 00:00       -
<a href="c%23d%25e%3Ff/">c#d%e?f/</a>                                01-Jan-2026 00:00       -
<a href="%E7%B4%B0%E8%83%9E.zip">細胞.zip</a>                         01-Jan-2026 00:00    1024
<a href="a_name_that_is_longer_than_what_is_shown.zarr/">a_name_that_is_lon..&gt;</a>
</pre><hr></body>
</html>"""
APACHE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html>
 <head><title>Index of /data</title></head>
 <body><h1>Index of /data</h1>
  <table><tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>
  <th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
  <tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td>
  <td><a href="/">Parent Directory</a></td></tr>
  <tr><td><a href="a%20b.zarr/"><img src="/icons/folder.gif" alt="[DIR]"></a></td>
  <td><a href="a%20b.zarr/">a b.zarr/</a></td><td align="right">2026-01-01 00:00</td></tr>
  <tr><td><a href="c%23d%25e%3ff/">c#d%e?f/</a></td></tr>
  <tr><td><a href="./x:y.zip">x:y.zip</a></td></tr></table>
<address>Apache/2.4.57 (Debian) Server at <a href="mailto:me@example.org">host</a> Port 80</address>
</body></html>"""
LIGHTTPD = """<!DOCTYPE html>
<html><head><title>Index of /data/</title><style>a { color: blue; }</style></head>
<body><h1>Index of /data/</h1><div class="list"><table><thead><tr><th class="n">Name</th></tr>
</thead><tbody><tr class="d"><td class="n"><a href="../">..</a>/</td></tr>
<tr class="d"><td class="n"><a href="a%20b.zarr/">a b.zarr</a>/</td></tr>
<tr><td class="n"><a href="notes.txt">notes.txt</a></td></tr></tbody></table></div>
<div class="foot">lighttpd/1.4.69</div></body></html>"""
CADDY = """<!DOCTYPE html>
<html><head><title>data</title><meta charset="utf-8"></head>
<body><header><h1><a href="/">/</a><a href="/data/">data</a>/</h1></header>
<main><div id="list"><table><thead><tr><th><a href="./?sort=name&order=desc">Name</a></th></tr>
</thead><tbody><tr><td><a href="..">Up</a></td></tr>
<tr><td><a href="./a%20b.zarr/"><span class="name">a b.zarr</span></a></td></tr>
<tr><td><a href="./notes.txt"><span class="name">notes.txt</span></a></td></tr></tbody></table>
</div></main><footer>Served with <a rel="noopener" href="https://caddyserver.com">Caddy</a></footer>
</body></html>"""
BLOG = """<!DOCTYPE html><html><head><title>How I serve my images</title></head><body>
<h1>Caddy</h1><p>An index of <a href="images.html">images</a>, served with
<a href="https://caddyserver.com">Caddy</a>.</p></body></html>"""
LONG = "a_name_that_is_longer_than_what_is_shown.zarr/"


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (NGINX, ["a b.zarr/", "c#d%e?f/", "細胞.zip", LONG]),
        (APACHE, ["a b.zarr/", "c#d%e?f/", "x:y.zip"]),
        (LIGHTTPD, ["a b.zarr/", "notes.txt"]),
        (CADDY, ["a b.zarr/", "notes.txt"]),
        ("<title>Index of /</title><h1>Index of /</h1>", []),
    ],
)
def test_pages_of_folders(page: str, names: list[str]) -> None:
    assert names_in_index(page.encode()) == names
    assert names_in_index(page.replace("\n", "\r\n").encode()) == names


def test_links_that_lead_elsewhere() -> None:
    links = [
        *("/", "/data/x/", "//other/x", "https://other/x", "HTTP://other", "mailto:a@b", "data:,x"),
        *("..", "../", "../x", ".", "./", "%2e%2e/", "%2E", "a/b", "a%2Fb", "x?download=1", ""),
        *(
            "#top",
            "?x",
            "javascript:alert(1)",
            "good#part",
            "good/",
            "good/",
            ".z",
            "...",
            "b..",
        ),
    ]
    page = "<title>Index of /data</title>" + "".join(f'<a href="{link}">x</a>' for link in links)
    assert names_in_index(page.encode()) == ["good", "good/", ".z", "...", "b.."]


@pytest.mark.parametrize(
    "page",
    [
        *(b"", b"Index of /", b'{"zarr_format": 3}', b"\x89PNG<", BLOG.encode()),
        b"<!doctype html><title>Welcome</title><p>index of <a href='x/'>x</a>",
        b"<html><head><title>404 Not Found</title></head><h1>404 Not Found</h1></html>",
        b"<!doctype html><title>Lab</title><h1>Our index of <a href='x/'>things</a></h1>",
    ],
)
def test_other_pages(page: bytes) -> None:
    assert names_in_index(page) is None


@given(st.binary() | st.text().map(str.encode))
@example(b"<![x")
@example(b"<title>Index of <![ <!x")
def test_garbage_never_raises(page: bytes) -> None:
    for begin in (b"", b"<", b"<title>Index of</title>", b"<title>Index of /</title><a href='"):
        names_in_index(begin + page)


def fill(folder: Path) -> list[str]:
    """Put odd names into a folder; as a page lists them."""
    names = ["a b.zarr", "c#d%e?f&g", "細胞 é", "x:y+z", "'quoted' \"twice\"", "<b>", "100%25"]
    for name in names:
        (folder / name).mkdir()
        (folder / f"{name}.zip").touch()
    return sorted([f"{name}/" for name in names] + [f"{name}.zip" for name in names])


def test_nginx_itself(web: WebServer, tmp_path: Path) -> None:
    wanted = fill(tmp_path)
    (web.folder / tmp_path.name).symlink_to(tmp_path)
    with urlopen(f"{web.listing}/{tmp_path.name}/") as answer:
        assert sorted(names_in_index(answer.read()) or []) == wanted


def test_python_itself(tmp_path: Path) -> None:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nothing."""

    wanted = fill(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
            assert sorted(names_in_index(answer.read()) or []) == wanted
        server.shutdown()
