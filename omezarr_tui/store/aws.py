"""The AWS configuration that users already have: environment, profiles, roles.

Keys that are written down are read here; what has to be fetched, such as single sign-on, is
botocore's work, which comes with the extra ``aws``.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import Any

from omezarr_tui.errors import ExitCode, UserError

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
        There is no such profile, or what fetches its credentials is not installed.
    """
    chosen = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    found = _profile(chosen or "default")
    if profile and found is None:
        raise UserError(
            f"There is no AWS profile {profile!r}",
            "the profiles stand in ~/.aws/config and ~/.aws/credentials",
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
    if found.get("aws_access_key_id") and found.get("aws_secret_access_key"):
        return f"profile {chosen or 'default'}", settings | _keys(found, str.lower)
    if any(key in found for key in _FETCHED):
        provider = _fetching(chosen or "default")
        return f"profile {chosen or 'default'}", settings | {"credential_provider": provider}
    if env("AWS_WEB_IDENTITY_TOKEN_FILE") or any(
        key.startswith("AWS_CONTAINER_CREDENTIALS_") for key in os.environ
    ):
        return "role of this container", settings
    from omezarr_tui.store.credentials import is_machine_of

    return ("role of this machine" if is_machine_of("Amazon") else ""), settings


def _keys(given: Any, spelled: Any) -> dict[str, str]:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    found = {name.removeprefix("aws_"): given.get(spelled(name)) for name in names}
    return {name: value for name, value in found.items() if value}


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
            raise UserError(f"{file} cannot be read", "it is no AWS configuration") from error
        for section in (f"profile {name}", name):
            if parser.has_section(section):
                there = True
                found |= dict(parser.items(section))
    return found if there else None


def _fetching(profile: str) -> Any:
    try:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError as error:
        raise UserError(
            f"The AWS profile {profile!r} fetches its credentials, which takes botocore",
            "install it with: pip install 'omezarr-tui[aws]'",
        ) from error
    try:
        return Boto3CredentialProvider(boto3.Session(profile_name=profile))
    except Exception as error:  # botocore raises many kinds; its texts hold no secrets
        raise UserError(
            f"The AWS profile {profile!r} gives no credentials",
            f"{type(error).__name__}: {error}; perhaps log in: aws sso login --profile {profile}",
        ) from error
