"""The page that a web server makes of a folder -> the names in it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

# How nginx, Apache, lighttpd, Caddy and Python's own server begin such a page.
_TITLES = ("index of", "directory listing", "listing of", "directory:")


class _Links(HTMLParser):
    """Collects the title, the first heading and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.titles: list[str] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        if tag == "a" and (link := dict(attrs).get("href")):
            self.links.append(link)

    def handle_data(self, data: str) -> None:
        if self._tag in ("title", "h1"):
            self.titles.append(data.strip().lower())


def names_in_index(page: bytes) -> list[str] | None:
    """The names that a folder's page lists.

    Parameters
    ----------
    page
        What the server answered to the folder's address.

    Returns
    -------
    names
        Those of folders end in ``/``. None where the page is no list of a folder.
    """
    if b"<" not in page[:256]:
        return None
    parser = _Links()
    parser.feed(page.decode("utf-8", errors="replace"))
    if not any(title.startswith(_TITLES) for title in parser.titles):
        return None
    names = []
    for link in parser.links:
        name = unquote(link.removeprefix("./"))
        # Not the folder above, not what sorts the columns, not another place.
        if link.startswith(("?", "#", "/", "..")) or "//" in name or "?" in link:
            continue
        if "/" not in name.rstrip("/") and name.strip("/"):
            names.append(name)
    return names
