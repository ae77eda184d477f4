"""The CORS rule of an S3 bucket, which fonts and modules of another origin need (Fetch §3.2).

The library for object stores does not know of it, so these two requests are signed here (AWS Signature
Version 4, "Authenticating Requests: Using the Authorization Header").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from lading.errors import ConfigError, StoreError
from lading.objectstore.faults import code_of, translate
from lading.objectstore.options import StoreOptions, provider_settings, scheme_of

RULE: Final = (
    '<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule>'
    "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>"
    "<MaxAgeSeconds>86400</MaxAgeSeconds></CORSRule></CORSConfiguration>"
)
"""Pages of any origin may read: static files are public, and are asked for without credentials."""

_ANY_ORIGIN: Final = re.compile(r"<AllowedOrigin>\s*\*\s*</AllowedOrigin>")


@dataclass(frozen=True, slots=True)
class Access:
    """Where a bucket is, and with which keys. ``endpoint`` without a slash at its end."""

    bucket: str
    endpoint: str
    region: str
    key: str
    secret: str
    token: str = ""


def set_rule(url: str, options: StoreOptions) -> bool:
    """Let pages of every origin read the bucket; False if they may already.

    Raises ``ConfigError`` for a store that is not S3 or keys that are not known here, ``StoreError`` when
    the bucket has other rules, or refuses.
    """
    access = _access(url, options)
    there = _rules(access, url, options.timeout)
    if _ANY_ORIGIN.search(there):
        return False
    if "<CORSRule>" in there:
        raise StoreError(
            "The bucket has CORS rules already, and none for every origin; they were not touched.",
            where=url,
            remedy="Add a rule with AllowedOrigins ['*'] and AllowedMethods ['GET', 'HEAD'] to them.",
        )
    _request(access, "PUT", RULE.encode(), url, options.timeout)
    return True


def _rules(access: Access, url: str, timeout: float) -> str:
    try:
        return _request(access, "GET", b"", url, timeout)
    except StoreError as error:
        if "NoSuchCORSConfiguration" in error.what:
            return ""
        raise


def _access(url: str, options: StoreOptions) -> Access:
    if scheme_of(url) != "s3":
        raise ConfigError(
            "The CORS rule can be set for S3 alone.",
            where=url,
            remedy="Set it with the provider's own tool (gcloud storage buckets update --cors-file, "
            "az storage cors add).",
        )
    found = provider_settings("s3", options)
    known = os.environ
    region = found.get("region") or known.get("AWS_REGION") or known.get("AWS_DEFAULT_REGION")
    endpoint = (
        found.get("endpoint") or known.get("AWS_ENDPOINT_URL_S3") or known.get("AWS_ENDPOINT_URL")
    )
    region = region or "us-east-1"
    key = found.get("access_key_id") or known.get("AWS_ACCESS_KEY_ID", "")
    secret = found.get("secret_access_key") or known.get("AWS_SECRET_ACCESS_KEY", "")
    if not (key and secret):
        raise ConfigError(
            "The keys stand neither in the environment nor in a profile, and setting a CORS rule takes "
            "them from there only.",
            where=url,
            remedy='Export them: eval "$(aws configure export-credentials --format env)".',
        )
    return Access(
        urlsplit(url).netloc,
        (endpoint or f"https://s3.{region}.amazonaws.com").rstrip("/"),
        region,
        key,
        secret,
        found.get("session_token") or known.get("AWS_SESSION_TOKEN", ""),
    )


def _request(access: Access, method: str, body: bytes, url: str, timeout: float) -> str:
    """The answer's body. Raises ``StoreError``."""
    address = f"{access.endpoint}/{quote(access.bucket)}?cors"
    if not address.startswith(("https://", "http://")):
        raise ConfigError(f"{access.endpoint!r} is no URL.", where="endpoint", remedy="Mend it.")
    headers = {**signed(access, method, body, time.gmtime()), "content-type": "application/xml"}
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        address, data=body or None, headers=dict(headers), method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            text = f"status code: {error.code} {error.read().decode('utf-8', 'replace')}"
        code = code_of(text)
        if code == "AccessDenied":
            permission = "s3:PutBucketCORS" if method == "PUT" else "s3:GetBucketCORS"
            raise StoreError(
                f"The credentials are not allowed to do this: the permission {permission} is missing.",
                where=url,
                remedy=f"Grant {permission} for this bucket to them.",
            ) from None
        raise translate(text, "write", "s3", url, "") from None
    except OSError as error:
        raise translate(f"HTTP error: {error}", "write", "s3", url, "") from None


def signed(access: Access, method: str, body: bytes, moment: time.struct_time) -> Mapping[str, str]:
    """The headers of a request for the bucket's ``?cors``, with its signature. ``moment`` is in UTC."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", moment)
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "host": urlsplit(access.endpoint).netloc,
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
    }
    if body:
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        headers["content-md5"] = base64.b64encode(md5).decode()
    if access.token:
        headers["x-amz-security-token"] = access.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"{method}\n/{quote(access.bucket)}\ncors=\n{lines}\n{names}\n{digest}"
    scope = f"{stamp[:8]}/{access.region}/s3/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
    key = f"AWS4{access.secret}".encode()
    for part in (stamp[:8], access.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access.key}/{scope}, SignedHeaders={names}, "
        f"Signature={signature}"
    )
    del headers["host"]  # urllib sends it
    return headers
