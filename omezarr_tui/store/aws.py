"""The AWS configuration that users already have: environment, profiles, roles.

Keys that are written down are read here; what has to be fetched, such as single sign-on, is
botocore's work, which comes with the extra ``aws``.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from omezarr_tui.errors import ExitCode, UserError, explain

# What obstore asks for credentials: keys, and when they expire.
Provider = Callable[[], dict[str, Any]]

# What stands in the place of keys in a profile whose credentials must be fetched.
_FETCHED = ("sso_session", "sso_start_url", "role_arn", "credential_process", "login_session")


def aws_settings(profile: str | None, endpoint: str | None) -> tuple[str, dict[str, Any]]:
    """Whose credentials there are, and the settings of the store.

    Parameters
    ----------
    profile
        The profile that the user named.
    endpoint
        The server that the user named; else the environment's or the profile's.

    Returns
    -------
    name
        In words; empty where no credentials were found.
    settings
        Of obstore's S3 store.

    Raises
    ------
    UserError
        There is no such profile, or the files cannot be read.
    """
    chosen = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    found = _profile(chosen or "default")
    if chosen and found is None:
        raise UserError(
            f"There is no AWS profile {chosen!r}",
            "the profiles stand in ~/.aws/config and ~/.aws/credentials"
            + ("" if profile else "; this one is named by AWS_PROFILE"),
            exit_code=ExitCode.USAGE,
        )
    found = found or {}
    env = os.environ.get
    settings: dict[str, Any] = {
        "region": env("AWS_REGION") or env("AWS_DEFAULT_REGION") or found.get("region"),
        "endpoint": endpoint
        or env("AWS_ENDPOINT_URL_S3")
        or env("AWS_ENDPOINT_URL")
        or found.get("endpoint_url"),
    }
    # obstore asks nobody where a bucket is; the bucket's server corrects this where it is wrong.
    settings["region"] = settings["region"] or "us-east-1"
    settings = {key: value for key, value in settings.items() if value}
    if not profile and env("AWS_ACCESS_KEY_ID") and env("AWS_SECRET_ACCESS_KEY"):
        return "keys of the environment", settings | _keys(os.environ, str.upper)
    named = f"profile {chosen or 'default'}"
    if found.get("aws_access_key_id") and found.get("aws_secret_access_key"):
        return named, settings | _keys(found, str.lower)
    if any(key in found for key in _FETCHED):
        return named, settings | {"credential_provider": _fetching(chosen or "default")}
    if env("AWS_WEB_IDENTITY_TOKEN_FILE") or any(
        key.startswith("AWS_CONTAINER_CREDENTIALS_") for key in os.environ
    ):
        return "role of this container", settings
    return ("role of this machine" if is_machine_of("Amazon") else ""), settings


def is_machine_of(vendor: str) -> bool:
    """Whether this is a virtual machine of a cloud, which may have a role of its own."""
    try:
        return vendor in Path("/sys/class/dmi/id/sys_vendor").read_text(encoding="ascii")
    except (OSError, ValueError):
        return False


def keys_as_given(key_id: str, secret: str, token: str | None) -> Provider:
    """Keys for obstore, which would add to them what it finds in the environment."""
    keys = {"access_key_id": key_id, "secret_access_key": secret, "token": token}
    return lambda: {**keys, "expires_at": None}


def _keys(given: Mapping[str, str], spelled: Callable[[str], str]) -> dict[str, Provider]:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    key_id, secret, token = (given.get(spelled(name)) for name in names)
    return {"credential_provider": keys_as_given(key_id or "", secret or "", token or None)}


def _profile(name: str) -> dict[str, str] | None:
    """A profile out of both files, in which it has two spellings; None where it is in neither."""
    found: dict[str, str] = {}
    there = False
    for variable, usual in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        file = Path(os.environ.get(variable, usual)).expanduser()
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, OSError, ValueError) as error:
            why = explain(error) if isinstance(error, OSError) else "it is no AWS configuration"
            raise UserError(f"{file} cannot be read", why) from None  # it quotes the line
        for section in (f"profile {name}", name):
            if parser.has_section(section):
                there = True
                found |= dict(parser.items(section))
    return found if there else None


def _fetching(profile: str) -> Provider:
    """What asks botocore for the credentials of a profile, at the first request."""

    @cache
    def provider() -> Provider:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider

        found: Any = Boto3CredentialProvider(boto3.Session(profile_name=profile))
        return cast(Provider, found)

    def fetch() -> dict[str, Any]:
        try:
            return provider()()
        except ImportError:
            raise PermissionError(
                f"the AWS profile {profile!r} fetches its credentials, which takes boto3: "
                "install it with: pip install 'omezarr-tui[aws]', or pip install boto3"
            ) from None
        except Exception as error:  # botocore raises many kinds
            # What a program of the user's said may be anything, the secret too.
            told = "" if type(error).__name__ == "CredentialRetrievalError" else f": {error}"
            raise PermissionError(
                f"the AWS profile {profile!r} gives no credentials: {type(error).__name__}{told}; "
                f"perhaps log in: aws sso login --profile {profile}"
            ) from None

    return fetch
