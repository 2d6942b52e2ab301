"""Places in a store that a user keeps, and where its images were left: a file for each store.

The files lie in the program's state folder, never in a store. They hold no secret: a store is
named by `Location.identity`, which has none.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from omezarr_tui.settings import state_folder
from omezarr_tui.store.location import Location
from omezarr_tui.store.state_files import read_state, write_state

MOST_BOOKMARKS = 200  # of a store
MOST_IMAGES = 100  # of a store, whose last view is kept
MOST_STORES = 200  # without bookmarks, whose last views are kept
_FOLDER = "views"
# Two programs at once may at worst lose the entry of one; two threads of one lose none.
_changing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in an image.

    Parameters
    ----------
    image
        The image's path in the store.
    words
        The place in words.
    view
        How it is looked at, as JSON has it.
    """

    image: str
    words: str
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a store.

    Parameters
    ----------
    bookmarks
        The newest last.
    left
        How each image was looked at when it was left, by its path; the newest last.
    """

    bookmarks: tuple[Bookmark, ...] = ()
    left: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def load_kept(location: Location, folder: Path | None = None) -> Kept:
    """What is kept of a store; what cannot be understood is left out.

    Parameters
    ----------
    location
        The store.
    folder
        Another one than `state_folder`.
    """
    found = read_state(_file(location, folder))
    given, left = found.get("bookmarks"), found.get("left")
    bookmarks = tuple(filter(None, map(_understood, given if isinstance(given, list) else [])))
    views = left.items() if isinstance(left, dict) else ()
    return Kept(
        bookmarks[-MOST_BOOKMARKS:],
        {image: view for image, view in views if isinstance(view, dict)},
    )


def add_bookmark(location: Location, bookmark: Bookmark) -> None:
    """Keep a place; one that is kept already becomes the newest."""
    with _changing:
        kept = load_kept(location)
        others = [known for known in kept.bookmarks if known != bookmark]
        _write(location, Kept((*others, bookmark), kept.left))


def remove_bookmark(location: Location, bookmark: Bookmark) -> None:
    """Keep a place no more."""
    with _changing:
        kept = load_kept(location)
        others = tuple(known for known in kept.bookmarks if known != bookmark)
        _write(location, Kept(others, kept.left))


def keep_left(
    location: Location,
    views: Mapping[str, Mapping[str, Any] | None],
    folder: Path | None = None,
) -> None:
    """Keep how images were left.

    Parameters
    ----------
    location
        The store.
    views
        By the paths of images; None for one that is as by itself.
    folder
        Another one than `state_folder`.
    """
    with _changing:
        kept = load_kept(location, folder)
        left = {image: view for image, view in kept.left.items() if image not in views}
        left |= {image: view for image, view in views.items() if view is not None}
        if left != kept.left:
            _write(location, Kept(kept.bookmarks, left), folder)


def _understood(entry: Any) -> Bookmark | None:
    if not isinstance(entry, dict):
        return None
    image, words, view = (entry.get(name) for name in ("image", "words", "view"))
    if not isinstance(image, str) or not isinstance(words, str) or not isinstance(view, dict):
        return None
    return Bookmark(image, words, view)


def _write(location: Location, kept: Kept, folder: Path | None = None) -> None:
    # A server whose address holds a password is not written down.
    if location.endpoint and "@" in urlsplit(location.endpoint).netloc:
        return
    file = _file(location, folder)
    if not file.exists():
        _make_room(file.parent)
    left = dict([*kept.left.items()][-MOST_IMAGES:])
    bookmarks = [asdict(one) for one in kept.bookmarks[-MOST_BOOKMARKS:]]
    if left or bookmarks:
        write_state(file, {"store": location.identity, "bookmarks": bookmarks, "left": left})
    else:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    """Forget the oldest last views of other stores; places that somebody kept stay."""
    with suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[: max(0, len(files) - MOST_STORES + 1)]:
            if not read_state(file).get("bookmarks"):
                file.unlink()


def _file(location: Location, folder: Path | None) -> Path:
    name = hashlib.sha256(location.identity.encode()).hexdigest()[:32]
    return (folder or state_folder()) / _FOLDER / f"{name}.json"
