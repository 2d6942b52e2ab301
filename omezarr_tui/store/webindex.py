"""The page that a web server makes of a folder -> the names in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

# How nginx, Apache, lighttpd and Python's own server begin such a page.
_TITLES = ("index of", "directory listing", "listing of", "directory:")
# Caddy's says only the folder's name, and who served it.
_SERVED_BY = "https://caddyserver.com"
_OTHER_PLACE = re.compile(r"[a-z]+:|[?#/]", re.IGNORECASE)


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
    try:
        parser.feed(page.decode("utf-8", errors="replace"))
    except AssertionError:  # what Python's parser says of a declaration that it does not know
        return None
    by_caddy = _SERVED_BY in parser.links and any(link.startswith("./") for link in parser.links)
    if not by_caddy and not any(title.startswith(_TITLES) for title in parser.titles):
        return None
    names: dict[str, None] = {}
    for link in parser.links:
        # Not what sorts the columns, not another place, not the folder itself or above.
        if _OTHER_PLACE.match(link) or "?" in link:
            continue
        name = unquote(link.removeprefix("./").partition("#")[0])
        if "/" not in name.removesuffix("/") and name.strip("/") not in ("", ".", ".."):
            names[name] = None
    return list(names)
