"""How an object store is reached: its URL, endpoint, credentials and patience, checked before any request."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from lading.errors import ConfigError

SCHEMES: Final = ("s3", "gs", "az", "file", "memory")

_ENDPOINT_KEYS: Final = {"s3": "endpoint", "gs": "base_url", "az": "endpoint"}
_PROFILE_KEYS: Final = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
# Settings of a profile that mean: the keys must be fetched from somewhere first.
_FETCHED: Final = ("credential_process", "role_arn", "sso_session", "sso_start_url")


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """``endpoint``: the URL of an S3-compatible (or Azure, Google) server, if not the provider's own.
    ``profile``: of ``~/.aws/credentials`` and ``~/.aws/config``; without it credentials come from the
    provider's environment variables, container or instance. ``allow_http``: allow requests without TLS.
    ``timeout`` of one request in seconds; ``retries`` of each request that failed for a passing reason.
    ``extra``: further settings of the library ``obstore`` for the provider, by its names.
    """

    endpoint: str = ""
    region: str = ""
    profile: str = ""
    allow_http: bool = False
    timeout: float = 60
    retries: int = 6
    extra: Mapping[str, str] = field(default_factory=dict[str, str])


def is_store_url(text: str) -> bool:
    """True for what names a place in an object store, rather than a folder."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme.lower() in SCHEMES


def scheme_of(url: str) -> str:
    """The scheme of a store's URL. Raises ``ConfigError`` for what is none, or names no bucket."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ConfigError(
            f"{url!r} is no URL of an object store.",
            where="target",
            remedy=f"Write {', '.join(f'{s}://bucket/prefix' for s in SCHEMES[:3])}.",
        )
    if parts.scheme in _ENDPOINT_KEYS and not parts.netloc:
        raise ConfigError(
            f"{url!r} names no bucket.",
            where="target",
            remedy=f"Write {parts.scheme}://bucket/prefix.",
        )
    if parts.query or parts.fragment or parts.username:
        raise ConfigError(
            f"{url!r} holds more than a bucket and a prefix.",
            where="target",
            remedy="Give credentials by the environment or a profile, other settings as options.",
        )
    return parts.scheme


def provider_settings(scheme: str, options: StoreOptions) -> dict[str, str]:
    """The library's settings of a provider. Raises ``ConfigError`` for a profile that is not there."""
    settings: dict[str, str] = {}
    if scheme == "s3":
        profile = options.profile or _ambient_profile()
        if profile:
            settings.update(_profile(profile))
        if options.region:
            settings["region"] = options.region
    if options.endpoint and scheme in _ENDPOINT_KEYS:
        settings[_ENDPOINT_KEYS[scheme]] = options.endpoint.rstrip("/")
    settings.update(options.extra)
    return settings


def _ambient_profile() -> str:
    """``AWS_PROFILE`` unless keys in the environment take precedence over it, as in Amazon's tools; then
    the profile ``default``, if there is one with keys.
    """
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return ""
    if profile := os.environ.get("AWS_PROFILE", ""):
        return profile
    return "default" if "aws_access_key_id" in _read_profile("default") else ""


def _profile(name: str) -> dict[str, str]:
    values = _read_profile(name)
    if not values:
        raise ConfigError(
            f"There is no profile {name!r} in {_file('credentials')} or {_file('config')}.",
            where="profile",
            remedy="Write it with `aws configure --profile NAME`, or name another.",
        )
    if "aws_access_key_id" not in values and any(key in values for key in _FETCHED):
        raise ConfigError(
            f"The profile {name!r} fetches its keys from elsewhere, which Lading does not do.",
            where="profile",
            remedy='Export them first: eval "$(aws configure export-credentials --format env)".',
        )
    return {ours: values[theirs] for theirs, ours in _PROFILE_KEYS.items() if theirs in values}


def _read_profile(name: str) -> dict[str, str]:
    """A profile of both of Amazon's files; of the keys in both, those in ``credentials`` count."""
    parser = configparser.RawConfigParser(strict=False)
    values: dict[str, str] = {}
    for file, section in (
        (_file("config"), name if name == "default" else f"profile {name}"),
        (_file("credentials"), name),
    ):
        parser.clear()
        try:
            parser.read(file, "utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The file of profiles cannot be read: {str(error).splitlines()[0]}.",
                where=file,
                remedy="Mend it, or give the credentials by the environment.",
            ) from None
        if parser.has_section(section):
            values.update(parser.items(section))
    return values


def _file(kind: str) -> str:
    variable = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}[kind]
    return os.path.expanduser(os.environ.get(variable, f"~/.aws/{kind}"))
