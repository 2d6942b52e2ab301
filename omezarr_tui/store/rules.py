"""What the user's settings say about the place that is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import ALIASES, BUCKETS, Location


def as_set(location: Location, options: Options, settings: Settings) -> tuple[Location, Options]:
    """Fill in what was not said of a place from the settings for the longest fitting prefix.

    Whoever names a profile asks as somebody, though the settings say anonymously.

    Parameters
    ----------
    location, options
        As the user gave them, which counts more.
    settings
        Their ``places`` go by the beginnings of URLs.

    Raises
    ------
    UserError
        They have an endpoint that is none.
    """
    if options.endpoint and location.endpoint is None and location.protocol in BUCKETS:
        location = location.with_endpoint(options.endpoint)
    url = f"{location.protocol}://{location.address}"
    fitting = [at for at in settings.places if f"{url}/".startswith(_folder(at))]
    if not fitting:
        return location, options
    rules = settings.places[max(fitting, key=lambda at: len(_folder(at)))]
    said = options.anonymous is not None or options.profile is not None
    options = replace(
        options,
        profile=options.profile or rules.get("profile"),
        anonymous=options.anonymous if said else rules.get("anonymous"),
        storage={**_without_login(rules.get("storage_options", {}), said), **options.storage},
    )
    if location.endpoint is None and "endpoint_url" in rules:
        location = location.with_endpoint(rules["endpoint_url"])
    return location, options


def _without_login(storage: Mapping[str, str], said: bool) -> dict[str, str]:
    """Settings of a library; where the command line said as whom to ask, none that say it too."""
    words = ("key", "secret", "token", "password", "username", "account")
    return {k: v for k, v in storage.items() if not (said and any(w in k.lower() for w in words))}


def _folder(prefix: str) -> str:
    """A prefix as the URLs of locations begin, whatever other name its protocol has."""
    protocol, sign, address = prefix.partition("://")
    if not sign:
        return f"file://{prefix.rstrip('/')}/"
    protocol = ALIASES.get(protocol.lower(), protocol.lower())
    return f"{protocol}://{address.rstrip('/')}/" if address.strip("/") else f"{protocol}://"
