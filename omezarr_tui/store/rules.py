"""What the user's settings say about the place that is opened."""

from __future__ import annotations

from dataclasses import replace

from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location


def as_set(location: Location, options: Options, settings: Settings) -> tuple[Location, Options]:
    """Fill in what was not said of a place from the settings for the longest fitting prefix.

    Parameters
    ----------
    location, options
        As the user gave them, which counts more.
    settings
        Their ``places`` go by the beginnings of URLs.
    """
    url = f"{location.protocol}://{location.address}"
    fitting = [at for at in settings.places if f"{url}/".startswith(f"{at.rstrip('/')}/")]
    if not fitting:
        return location, options
    rules = settings.places[max(fitting, key=len)]
    options = replace(
        options,
        profile=options.profile or rules.get("profile"),
        anonymous=rules.get("anonymous") if options.anonymous is None else options.anonymous,
        storage={**rules.get("storage_options", {}), **options.storage},
    )
    return replace(location, endpoint=location.endpoint or rules.get("endpoint_url")), options
