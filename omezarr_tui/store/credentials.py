"""As whom to ask a server: what the ecosystem already keeps, and nobody where that helps.

Nothing here is ever shown but the names of the ways, such as "profile lab".
"""

from __future__ import annotations

import json
import netrc
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.store.access import Options
from omezarr_tui.store.aws import aws_settings, is_machine_of, keys_as_given
from omezarr_tui.store.location import WEB, Location

if TYPE_CHECKING:
    from obstore.store import ObjectStore

ANONYMOUS = "anonymously"

# Settings of the HTTP client, which may stand among those of the store.
_CLIENT = (
    *("allow_invalid_certificates", "connect_timeout", "http1_only", "proxy_url"),
    *("proxy_ca_certificate", "proxy_excludes", "root_certificate", "timeout", "user_agent"),
)
# A request is given up after so long. Retries have growing waits between them.
_LIMITS = {"timeout": "30s", "connect_timeout": "5s", "user_agent": "omezarr-tui"}
_GOOGLE_KEYS = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT")
_AZURE_KEYS = (
    *("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"),
    *("AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_STORAGE_TOKEN"),
)
# What is in the names of settings that say as whom to ask, not where or how.
_WHO = re.compile(
    "key|token|secret|credential|sas|service_account|client_id|msi|azure_cli|username|password"
)
_SYNONYMS = {"endpoint_url": "endpoint", "default_region": "region"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask a server.

    Parameters
    ----------
    name
        As whom, in words.
    is_anonymous
        Whether no credentials are sent.
    connect
        Gives the store; it takes settings that were learned meanwhile, such as the region.
    headers
        What goes with each request to a web server.
    """

    name: str
    is_anonymous: bool
    connect: Callable[[Mapping[str, Any]], ObjectStore] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def ways_to_open(location: Location, options: Options) -> list[Way]:
    """The ways to ask for a place, the most likely first.

    Raises
    ------
    UserError
        What was given cannot be understood.
    """
    ways = _web(location, options) if location.protocol in WEB else _cloud(location, options)
    if not ways:
        raise UserError(
            f"There are no credentials for {location.url}",
            "none were found, and --no-anon asks for some; name a --profile, or leave it out",
        )
    return ways


def _cloud(location: Location, options: Options) -> list[Way]:
    """With the credentials of the options, or those that are found; and without."""
    named, settings = {"s3": _s3, "gs": _google, "az": _azure}[location.protocol](location, options)
    given = _short_names(location.protocol, options.storage)
    if any(_WHO.search(key) for key in given):
        named = "the options given"
        settings.pop("credential_provider", None)
        if {"access_key_id", "secret_access_key"} <= given.keys():
            keys = given.pop("access_key_id"), given.pop("secret_access_key")
            token = given.pop("session_token", None) or given.pop("token", None)
            settings["credential_provider"] = keys_as_given(*keys, token)
    settings |= given
    for key in ("endpoint", "base_url"):
        if settings.get(key):  # of whatever origin, it may not hold a password
            settings[key] = location.with_endpoint(settings[key]).endpoint
    ways = []
    if named and options.anonymous is not True:
        ways.append(Way(named, False, _connector(location, named, settings, options.storage)))
    if options.anonymous is not False:
        # Without this, obstore would look for the role of a machine, which takes seconds.
        anonymous = settings | {"skip_signature": True, "credential_provider": None}
        name = ANONYMOUS if named else _without(location.protocol)
        ways.append(Way(name, True, _connector(location, name, anonymous, options.storage)))
    return ways


def _without(protocol: str) -> str:
    """Said of who asks as nobody, as there is nothing else: where credentials were looked for."""
    looked = {"s3": "the environment and ~/.aws", "gs": "the environment and gcloud"}
    looked["az"] = "the environment and the Azure CLI"
    return f"{ANONYMOUS}, as no credentials are in {looked.get(protocol, '~/.netrc')}"


def _short_names(protocol: str, storage: Mapping[str, str]) -> dict[str, str]:
    """Settings by obstore's short names, of which some are also written like the environment's."""
    prefixes = {"s3": ("aws_",), "gs": ("google_",), "az": ("azure_storage_", "azure_")}[protocol]
    short: dict[str, str] = {}
    for key, value in storage.items():
        name = key.lower()
        for prefix in prefixes:
            name = name.removeprefix(prefix)
        short[_SYNONYMS.get(name, name)] = value
    return short


def _connector(
    location: Location, name: str, settings: Mapping[str, Any], given: Collection[str]
) -> Callable[[Mapping[str, Any]], ObjectStore]:
    """What makes the store of a bucket or container, when it is needed."""
    bucket = location.address.partition("/")[0].partition("@")[0]

    def connect(learned: Mapping[str, Any]) -> ObjectStore:
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore, S3Store

        from omezarr_tui.store.objects import RETRIES

        store: Any = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}[location.protocol]
        config = {**settings, **learned}
        client = _LIMITS | {key: config.pop(key) for key in _CLIENT if key in config}
        client["allow_http"] = True  # only a server that the user named speaks it
        provider = config.pop("credential_provider", None)
        try:
            with _nobody_of_google() as nobody:
                if location.protocol == "gs" and config.get("skip_signature") is True:
                    config["application_credentials"] = nobody
                made: ObjectStore = store(
                    bucket,
                    **({"credential_provider": provider} if provider else {}),
                    config=config,
                    client_options=client,
                    retry_config=RETRIES,
                )
        except (BaseError, ValueError, TypeError):  # its text may hold a secret
            if given:
                raise _not_understood(location, given) from None
            raise PermissionError(
                f"{name}: these are damaged, or of a kind that is not known here"
            ) from None
        return made

    return connect


@contextmanager
def _nobody_of_google() -> Iterator[str]:
    """A file of credentials of nobody.

    obstore reads the user's, though it is told to send none, and gives up where they are of a
    kind that it does not know.
    """
    fields = ("client_id", "client_secret", "refresh_token")
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"type": "authorized_user"} | dict.fromkeys(fields, ""), file)
        file.flush()
        yield file.name


def _not_understood(location: Location, given: Collection[str]) -> UserError:
    """Of settings that may be secrets, only the names are told."""
    names = f"one of {', '.join(sorted(given))} is not understood; times are written like 30s"
    return UserError(
        f"{location.url} cannot be opened{' with these settings' if given else ''}",
        names if given else "the address is not understood",
        exit_code=ExitCode.USAGE,
    )


def _s3(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    return aws_settings(options.profile, location.endpoint)


def _google(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    settings: dict[str, Any] = {}
    if location.endpoint:
        settings["base_url"] = location.endpoint
    if any(key.startswith(_GOOGLE_KEYS) for key in os.environ):
        return "service account of the environment", settings
    config = Path(os.environ.get("CLOUDSDK_CONFIG", "~/.config/gcloud")).expanduser()
    if (file := config / "application_default_credentials.json").is_file():
        return "gcloud's default credentials", settings | {"application_credentials": str(file)}
    return ("role of this machine" if is_machine_of("Google") else ""), settings


def _azure(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    _, _, host = location.address.partition("/")[0].partition("@")
    account = host.partition(".")[0]
    account = account or _short_names("az", options.storage).get("account_name", "")
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"):
        account = account or os.environ.get(name, "")
    if not account and location.endpoint:  # https://account.host, or http://host/account
        parts = urlsplit(location.endpoint)
        account = parts.path.strip("/") or parts.netloc.partition(".")[0]
    if not account:
        raise UserError(
            f"{location.url} does not say which storage account it is in",
            "write az://CONTAINER@ACCOUNT.blob.core.windows.net/PATH, or set "
            "AZURE_STORAGE_ACCOUNT_NAME",
            exit_code=ExitCode.USAGE,
        )
    settings: dict[str, Any] = {"account_name": account}
    if location.endpoint:
        settings["endpoint"] = location.endpoint
    if any(key in os.environ for key in _AZURE_KEYS):
        return "key of the environment", settings
    if Path("~/.azure/azureProfile.json").expanduser().is_file():
        return "login of the Azure CLI", settings | {"use_azure_cli": True}
    return "", settings


def _web(location: Location, options: Options) -> list[Way]:
    """With the token, or name and password, of the options or a ``.netrc``; and without."""
    host = location.address.partition("/")[0]
    client: dict[str, Any] = {**_LIMITS, **options.storage}
    token, name, password = (client.pop(k, "") for k in ("bearer_token", "username", "password"))
    named, who = "", ""
    if token:
        named, who = "as the token given", f"Bearer {token}"
    elif name or password:
        named, who = "as the name and password given", _basic(name, password)
    elif found := _of_netrc(host.partition(":")[0]):
        named, who = "as netrc", _basic(*found)
    client["allow_http"] = location.protocol == "http"

    def way(name: str, headers: dict[str, str]) -> Way:
        def connect(learned: Mapping[str, Any]) -> ObjectStore:
            from obstore.exceptions import BaseError
            from obstore.store import HTTPStore

            from omezarr_tui.store.objects import RETRIES

            sent: Any = client | ({"default_headers": headers} if headers else {})
            try:
                return HTTPStore.from_url(
                    f"{location.protocol}://{host}", client_options=sent, retry_config=RETRIES
                )
            except (BaseError, ValueError, TypeError):  # its text may hold a secret
                raise _not_understood(location, options.storage) from None

        return Way(name, not headers, connect, headers)

    ways = []
    if named and options.anonymous is not True:
        ways.append(way(named, {"Authorization": who}))
    if options.anonymous is not False:
        ways.append(way(ANONYMOUS if named else _without(location.protocol), {}))
    return ways


def _of_netrc(host: str) -> tuple[str, str] | None:
    try:
        # Only of a host that is named: the default entry is for no server in particular.
        found = netrc.netrc(os.environ.get("NETRC")).hosts.get(host)
    except (OSError, ValueError, netrc.NetrcParseError):
        return None
    return (found[0], found[2]) if found else None


def _basic(name: str, password: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
