"""As whom to ask a server: what the ecosystem already keeps, and nobody where that helps.

Nothing here is ever shown but the names of the ways, such as "profile lab".
"""

from __future__ import annotations

import netrc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.store.access import Options
from omezarr_tui.store.aws import aws_settings
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
    if location.protocol in WEB:
        return _web(location, options)
    named, settings = {"s3": _s3, "gs": _google, "az": _azure}[location.protocol](location, options)
    ways = []
    if options.storage and not _only_about_the_client(options.storage):
        named, settings = named or "the options given", settings | dict(options.storage)
    else:
        settings |= dict(options.storage)
    if named and options.anonymous is not True:
        ways.append(Way(named, False, _connector(location, settings)))
    if options.anonymous is not False:
        # Without this, obstore would look for the role of a machine, which takes seconds.
        anonymous = settings | {"skip_signature": True}
        name = ANONYMOUS if named else _without(location.protocol)
        ways.append(Way(name, True, _connector(location, anonymous)))
    if not ways:
        raise UserError(
            f"There are no credentials for {location.url}",
            "none were found, and --no-anon asks for some; name a --profile, or leave it out",
        )
    return ways


def _without(protocol: str) -> str:
    """Said of who asks as nobody, as there is nothing else: where credentials were looked for."""
    looked = {"s3": "the environment and ~/.aws", "gs": "the environment and gcloud"}
    looked["az"] = "the environment and the Azure CLI"
    return f"{ANONYMOUS}, as {looked.get(protocol, '~/.netrc')} have no credentials"


def _only_about_the_client(storage: Mapping[str, str]) -> bool:
    place = ("region", "endpoint", "account_name", "virtual_hosted_style_request")
    return all(key.lower() in (*_CLIENT, *place) for key in storage)


def _connector(
    location: Location, settings: Mapping[str, Any]
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
            made: ObjectStore = store(
                bucket,
                **({"credential_provider": provider} if provider else {}),
                config=config,
                client_options=client,
                retry_config=RETRIES,
            )
        except (BaseError, ValueError, TypeError) as error:
            # The text may hold a secret: only the keys are told.
            raise UserError(
                f"{location.url} cannot be opened with these settings",
                f"one of {', '.join(sorted({*config, *client}))} is not understood",
                exit_code=ExitCode.USAGE,
            ) from error
        return made

    return connect


def _s3(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    return aws_settings(options.profile, location.endpoint)


def _google(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    settings: dict[str, Any] = {}
    if location.endpoint:
        settings["base_url"] = location.endpoint
    if any(key.startswith(_GOOGLE_KEYS) for key in os.environ):
        return "service account of the environment", settings
    config = Path(os.environ.get("CLOUDSDK_CONFIG", "~/.config/gcloud")).expanduser()
    if (config / "application_default_credentials.json").is_file():
        return "gcloud's default credentials", settings
    return ("role of this machine" if is_machine_of("Google") else ""), settings


def _azure(location: Location, options: Options) -> tuple[str, dict[str, Any]]:
    _, _, host = location.address.partition("/")[0].partition("@")
    account = host.partition(".")[0] or options.storage.get("account_name")
    account = account or os.environ.get("AZURE_STORAGE_ACCOUNT_NAME")
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
    settings: dict[str, Any] = {"account_name": account} if account else {}
    if location.endpoint:
        settings["endpoint"] = location.endpoint
    if any(key in os.environ for key in _AZURE_KEYS):
        return "key of the environment", settings
    if Path("~/.azure/azureProfile.json").expanduser().is_file():
        return "login of the Azure CLI", settings | {"use_azure_cli": True}
    return "", settings


def _web(location: Location, options: Options) -> list[Way]:
    """With the name and password of a ``.netrc``, or options; else without."""
    host = location.address.partition("/")[0]
    given = dict(options.storage)
    headers: dict[str, str] = {}
    named = ""
    if token := given.pop("bearer_token", None):
        named, headers["Authorization"] = "the token given", f"Bearer {token}"
    elif "username" in given or "password" in given:
        login = given.pop("username", ""), given.pop("password", "")
        named, headers["Authorization"] = "the name and password given", _basic(*login)
    elif (found := _of_netrc(host.partition(":")[0])) and options.anonymous is not True:
        named, headers["Authorization"] = "netrc", _basic(*found)
    client: Any = {**_LIMITS, **given, "allow_http": location.protocol == "http"}

    def connect(learned: Mapping[str, Any]) -> ObjectStore:
        from obstore.exceptions import BaseError
        from obstore.store import HTTPStore

        from omezarr_tui.store.objects import RETRIES

        if headers:
            client["default_headers"] = headers
        try:
            return HTTPStore.from_url(
                f"{location.protocol}://{host}", client_options=client, retry_config=RETRIES
            )
        except (BaseError, ValueError, TypeError) as error:
            raise UserError(
                f"{location.url} cannot be opened with these settings",
                f"one of {', '.join(sorted(client))} is not understood",
                exit_code=ExitCode.USAGE,
            ) from error

    return [
        Way(f"as {named}" if named else _without(location.protocol), not named, connect, headers)
    ]


def _of_netrc(host: str) -> tuple[str, str] | None:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2]) if found else None


def _basic(name: str, password: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def is_machine_of(vendor: str) -> bool:
    """Whether this is a virtual machine of a cloud, which may have a role of its own."""
    try:
        return vendor in Path("/sys/class/dmi/id/sys_vendor").read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
