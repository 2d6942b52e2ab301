"""A plain GET for web servers that obstore does not read: those that tell no length."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from omezarr_tui.store.refusals import NotLetIn

_SECONDS = 30


def web_get(root: str, path: str, headers: Mapping[str, str], most: int) -> bytes:
    """All bytes of a page or file; it blocks.

    Parameters
    ----------
    root
        Protocol and host, such as ``https://host:8080``.
    path
        The path there, unquoted.
    headers
        What goes with the request.
    most
        How many bytes are taken at the most.

    Raises
    ------
    OSError
        It is not there (`FileNotFoundError`), refused (`PermissionError`), larger than
        `most`, or the server cannot be reached.
    """
    url = f"{root}/{quote(path)}"
    request = Request(url, headers={"Accept-Encoding": "identity"})
    for name, value in headers.items():
        request.add_unredirected_header(name, value)  # another host must not see a password
    try:
        with urlopen(request, timeout=_SECONDS) as answer:
            raw: bytes = answer.read(most + 1)
    except HTTPError as error:
        if error.code == 401:
            raise NotLetIn(f"{root} refuses access") from error
        if error.code == 403:
            raise PermissionError(f"{root} refuses access") from error
        if error.code in (404, 410):
            raise FileNotFoundError(path) from error
        raise OSError(f"{root} answered {error.code}") from error
    except OSError as error:  # also while the answer comes
        why = error.reason if isinstance(error, URLError) else error
        raise ConnectionError(f"{root} cannot be reached: {why}") from error
    if len(raw) > most:
        raise OSError("it is larger than what is read of it here")
    return raw
