"""What obstore raises -> an OSError that says in plain words why, and holds no secret."""

from __future__ import annotations

import re

from omezarr_tui.store.access import ChangedMeanwhile

IGNORES_RANGES = "the server sends whole files only, no parts of them"

_STATUS = re.compile(r"status(?: code)?:? (\d{3})")
_REASON = re.compile(r'(?:message|error): "([^"]+)"')
_CODE = re.compile(r"<Code>(\w+)</Code>")
_REGION = re.compile(r"<Region>([a-z0-9-]+)</Region>")
_HOST = re.compile(r"(?:GET|HEAD|PUT|POST|DELETE) https?://(?:[^/\s?]*@)?([^/\s?@]+)")
_SECRET = re.compile(
    r"(?i)(sig|signature|token|key|credential|password|authorization)(: basic |: bearer |: |=)"
    r"[^\s&]+|(//)()[^/\s@]+(?=@)"
)
# Our own words, out of what gives obstore its credentials.
_FETCHING = re.compile(r"credential provider: \w+: (.*)")
# Where the credentials of a machine, container or login are asked for.
_OF_ROLES = ("/latest/api/token", "/latest/meta-data", "computeMetadata", "token request")
_EXPIRED = ("ExpiredToken", "TokenRefreshRequired", "token has expired", "RequestTimeTooSkewed")
# MinIO, Ceph and others of their kind; and the answer 507 itself.
_FULL = ("StorageFull", "QuotaExceeded", "507 Insufficient")
_UNKNOWN = ("InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch")


class NotPartial(OSError):
    """A part of an object was asked for, and the server sends all of it."""


class NoLength(OSError):
    """The server does not say how long its answer is, which obstore must know."""


class BrokenOff(ConnectionError):
    """The answer ended before its end, which obstore does not always try again."""


class NotLetIn(PermissionError):
    """The credentials are missing, wrong or expired: that says nothing of what is there."""


class NotConditional(OSError):
    """The server does not know how to put an object only if it is still the same."""


class WrongRegion(PermissionError):
    """The bucket is in another region than was asked in: in this one, where that is told."""

    def __init__(self, place: str, region: str | None) -> None:
        super().__init__(f"{place} is in another region; name it with AWS_REGION")
        self.region = region


def region_of(bucket: str) -> str | None:
    """The AWS region that a bucket is in; anyone may ask."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    request = Request(f"https://s3.amazonaws.com/{bucket}", method="HEAD")
    try:
        with urlopen(request, timeout=10) as answer:
            headers = answer.headers
    except HTTPError as error:  # a refusal tells it too
        headers = error.headers
    except OSError:
        return None
    region: str | None = headers.get("x-amz-bucket-region")
    return region


def as_os_error(error: Exception, place: str, tried: str) -> OSError:
    """What an exception of obstore means to a user.

    Parameters
    ----------
    error
        The exception. Its text goes on with how the program sees it, which is read here.
    place
        The bucket or host, for the sentence.
    tried
        As whom it was asked, in words.
    """
    from obstore.exceptions import (
        AlreadyExistsError,
        NotFoundError,
        PermissionDeniedError,
        PreconditionError,
        UnauthenticatedError,
    )

    text = str(error)
    if isinstance(error, NotFoundError):
        return FileNotFoundError(f"{place} has no such object")
    if any(code in text for code in _EXPIRED):
        return NotLetIn(f"the credentials for {place} have expired; tried {tried}")
    if fetching := _FETCHING.search(text):
        return NotLetIn(f"{fetching[1]}; tried {tried}")
    if any(part in text for part in _OF_ROLES):
        return NotLetIn(f"no credentials could be fetched for {place}; tried {tried}")
    if isinstance(error, PreconditionError | AlreadyExistsError):
        return ChangedMeanwhile(place)
    status = _STATUS.search(text)
    answer = status[1] if status else ""
    code = _CODE.search(text)
    refused = f"{place} refuses access{f' ({code[1]})' if code else ''}; tried {tried}"
    if (
        isinstance(error, UnauthenticatedError)
        or answer == "401"
        or any(code in text for code in _UNKNOWN)
    ):
        return NotLetIn(refused)
    if isinstance(error, PermissionDeniedError) or answer == "403":
        return PermissionError(refused)
    if answer == "404":
        return FileNotFoundError(f"there is no {place}")
    return _of_answer(text, place) or _of_network(text, place)


def _of_answer(text: str, place: str) -> OSError | None:
    """What an answer is that obstore does not take; None where there was no answer."""
    if "non-partial response" in text or "Range request not supported" in text:
        return NotPartial(IGNORES_RANGES)
    if "Content-Length" in text:
        return NoLength(f"{place} does not say how long its answers are")
    region = _REGION.search(text)
    if region or "incorrectly configured region" in text or "PermanentRedirect" in text:
        return WrongRegion(place, region[1] if region else None)
    if "501 Not Implemented" in text or "<Code>NotImplemented</Code>" in text:
        return NotConditional(f"{place} cannot do what it was asked for (501)")
    if any(code in text for code in _FULL):
        return OSError(f"{place} has no room left, or your quota there is used up")
    if status := _STATUS.search(text):
        return OSError(f"{place} answered {status[1]}, also when it was asked again")
    return None


def _of_network(text: str, place: str) -> OSError:
    """What kept the answer from coming."""
    host = _HOST.search(text)
    place = host[1] if host else place
    if "certificate" in text.lower():
        return ConnectionError(
            f"the certificate of {place} is not trusted here; SSL_CERT_FILE names the file of "
            "an authority that vouches for it"
        )
    if "dns error" in text:
        return ConnectionError(f"there is no host of the name {place}, or no network")
    if "body error" in text or "IncompleteMessage" in text:
        return BrokenOff(f"{place} broke off its answer")
    if "timed out" in text or "TimedOut" in text or "kind: Timeout" in text:
        return TimeoutError(f"{place} did not answer in time")
    if reasons := _REASON.findall(text):
        return ConnectionError(f"{place} cannot be reached: {_hidden(reasons[-1]).lower()}")
    first = text.strip().splitlines()[0] if text.strip() else "unknown cause"
    return OSError(_hidden(first))


def _hidden(text: str) -> str:
    """A text without the passwords and signatures in it."""
    return _SECRET.sub(lambda found: "".join(filter(None, found.groups())) + "…", text)
