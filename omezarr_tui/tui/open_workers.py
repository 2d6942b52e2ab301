"""What the open screen asks for, in threads: folders, what lies in them, completions, the list."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.folders import Folder, list_folder, look_at, names_beginning
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.recent import Recent, forget, load_recent
from omezarr_tui.store.rules import as_set
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui import messages
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

_DEBOUNCE = 0.25  # seconds without a letter before a server is asked what a text may go on to


class OpenWorkers:
    """All that the open screen can ask.

    Parameters
    ----------
    screen
        Gets the answers.
    settings
        The user's, which may say how places are opened.
    options
        What was said on the command line.
    """

    def __init__(self, screen: Screen[None], settings: Settings, options: Options) -> None:
        self._screen = screen
        self._settings = settings
        self._options = options
        self._listing = Lane(screen, "list")
        self._looking = Lane(screen, "look")
        self._completing = Lane(screen, "complete")
        self._remembering = Lane(screen, "remember")
        self._completed: tuple[str, Access] | None = None

    def list_folder(self, location: Location, at: Access | None, name: str = "") -> None:
        """Ask for the names in a folder: `FolderListed` or `FolderNotListed`.

        Parameters
        ----------
        location
            The folder.
        at
            An access to a place nearby, whose connection serves on; None for a new one.
        name
            The name that the cursor shall stand on.
        """

        def job(cancelled: IsCancelled) -> Message:
            try:
                folder = list_folder(self._access(location, at))
            except Cancelled:
                raise
            except Exception as error:  # whatever it is, the pane tells it in its place
                return messages.FolderNotListed(location, told(error))
            return messages.FolderListed(folder, name)

        self._looking.stop()
        self._listing.run(job)

    def look_at(self, folder: Folder, names: Sequence[str]) -> None:
        """Ask what some names of a folder are: `LookedAt`."""

        def job(cancelled: IsCancelled) -> Message:
            return messages.LookedAt(folder.location, look_at(folder, names))

        self._looking.run(job)

    def complete(self, text: str, near: Sequence[Location]) -> None:
        """Ask what a text may go on to: `Completed`.

        Parameters
        ----------
        text
            What stands in the line.
        near
            As for `place`.
        """

        def job(cancelled: IsCancelled) -> Message | None:
            _, slash, start = text.rpartition("/")
            begun = text[: -len(start)] if start else text
            try:
                access = self._access_of(begun if slash else ".", near, cancelled)
                names = names_beginning(access, start) if access else []
            except (OSError, UserError):
                names = []
            texts = [begun + name for name in names]
            texts += [
                recent.url
                for recent in load_recent()
                if text.lower() in recent.url.lower() and recent.url not in texts
            ]
            return None if cancelled() else messages.Completed(text, texts)

        self._completing.run(job)

    def _access_of(
        self, begun: str, near: Sequence[Location], cancelled: IsCancelled
    ) -> Access | None:
        """The access to the folder that a text has come to; remembered from letter to letter."""
        if self._completed is not None and self._completed[0] == begun:
            return self._completed[1]
        location = self.place(begun, near)
        if not location.is_local:
            end = time.monotonic() + _DEBOUNCE
            while time.monotonic() < end:
                if cancelled():
                    return None
                time.sleep(0.02)
        access = self._access(location, None)
        self._completed = (begun, access)
        return access

    def remembered(self) -> None:
        """Ask for the stores that were opened before: `Remembered`."""
        self._remembering.run(lambda cancelled: messages.Remembered(load_recent()))

    def forget(self, recent: Recent) -> None:
        """Take a store off the list: `Remembered`."""

        def job() -> None:
            forget(recent)
            self._screen.post_message(messages.Remembered(load_recent()))

        # In no lane, where a later one would take its place.
        self._screen.run_worker(job, name="forget", thread=True, exit_on_error=False)

    @staticmethod
    def place(text: str, near: Sequence[Location]) -> Location:
        """The place that was typed.

        Parameters
        ----------
        text
            A path or URL.
        near
            Places that are known: what lies in the bucket of one is on the same server.

        Raises
        ------
        UserError
            The text is no place.
        """
        location = parse_location(text)
        for known in near:
            if is_beside(known, location):
                return replace(location, endpoint=known.endpoint)
        return location

    def as_set(self, location: Location, profile: str | None = None) -> tuple[Location, Options]:
        """How a place is opened: by the command line, else as it was, else by the settings."""
        options = replace(self._options, profile=self._options.profile or profile)
        return as_set(location, options, self._settings)

    def stop(self) -> None:
        """Stop what a user may be waiting for."""
        for lane in (self._listing, self._looking, self._completing):
            lane.stop()

    def _access(self, location: Location, at: Access | None) -> Access:
        near = at.location if at is not None else None
        if (
            at is not None
            and near is not None
            and is_beside(near, location)
            and near.endpoint == location.endpoint
            and near.archive == location.archive
        ):
            return at.at(location)
        return open_access(*self.as_set(location))


def is_beside(one: Location, other: Location) -> bool:
    """Whether both lie on this machine, in the same bucket, or on the same host."""
    return one.protocol == other.protocol and _root(one) == _root(other)


def _root(location: Location) -> str:
    """The bucket or host: what one connection serves."""
    return "" if location.is_local else location.address.partition("/")[0]
