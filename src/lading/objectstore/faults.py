"""What went wrong in an object store, as errors that say which permission, bucket or clock is the cause."""

from __future__ import annotations

import re
from typing import Final, Literal

from lading.errors import ConflictError, StoreError

Action = Literal["list", "read", "write", "delete"]

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})([ \w]*)")
_REGION: Final = re.compile(r"<Region>([\w-]+)</Region>")

_PERMISSIONS: Final[dict[str, dict[Action, str]]] = {
    "s3": {
        "list": "s3:ListBucket",
        "read": "s3:GetObject",
        "write": "s3:PutObject",
        "delete": "s3:DeleteObject",
    },
    "gs": {
        "list": "storage.objects.list",
        "read": "storage.objects.get",
        "write": "storage.objects.create (and storage.objects.delete, to overwrite)",
        "delete": "storage.objects.delete",
    },
    "az": {
        "list": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        "read": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        "write": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        "delete": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
    },
}

_VARIABLES: Final = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_KEY, or AZURE_CLIENT_ID and the like",
}
_BAD_CREDENTIALS: Final = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "TokenRefreshRequired",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
}
_NO_BUCKET: Final = {"NoSuchBucket", "ContainerNotFound", "InvalidBucketName"}
_SKEWED: Final = {"RequestTimeTooSkewed", "RequestExpired"}
_ELSEWHERE: Final = {
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "PermanentRedirect",
    "TemporaryRedirect",
}
_METADATA: Final = (
    "/latest/api/token",
    "/latest/meta-data",
    "169.254.",
    "metadata.google",
    "CredentialsError",
)
_RUN_AGAIN: Final = "run again; what is uploaded already is not sent again."
# No answer came at all. The library hides which of DNS, connection and TLS it was.
_UNREACHABLE: Final = re.compile(r"error sending request|operation timed out|urlopen error")
_SERVER: Final = re.compile(r"Error performing \w+ (https?://[^/\s]+)")
# Of an error that passes by itself, what the library says: a cut or slow connection, an unready server.
_PASSING: Final = re.compile(
    r"HTTP error|error sending request|error decoding response|operation timed out"
    r"|connection (?:closed|reset)|incomplete|Interrupted|Broken pipe|end of file|unexpected EOF"
    r"|status code: (?:408|425|429|5\d\d)|SlowDown|TooManyRequests|ServerBusy"
    r"|InternalError|IncompleteBody|BadDigest|ConditionalRequestConflict|OperationAborted"
)


def code_of(message: str) -> str:
    """The provider's code in an error's message (``AccessDenied``), ``""`` if it gave none."""
    found = _CODE.search(message)
    return found[1] if found else ""


def is_passing(message: str) -> bool:
    """True when the same request may succeed a moment later (RFC 9110 §15.6; S3's error responses)."""
    return _PASSING.search(message) is not None and not _is_final(message)


def _is_final(message: str) -> bool:
    is_refused = code_of(message) in _BAD_CREDENTIALS | _NO_BUCKET | _SKEWED | {"AccessDenied"}
    return is_refused or _lacks_credentials(message)


def _lacks_credentials(message: str) -> bool:
    """Whether the library has asked the machine for keys of a role, as it does where there are no others."""
    return any(part in message for part in _METADATA)


def conflict(path: str, url: str) -> ConflictError:
    """The error of a conditional write that somebody else was quicker with."""
    return ConflictError(
        "The object was written by somebody else in the meantime; this write has not happened.",
        where=f"{url}/{path}",
        remedy="Run again.",
    )


def translate(
    message: str, action: Action, scheme: str, url: str, path: str, *, denied: bool = False
) -> StoreError:
    """The error for a request that failed for good. ``message`` is the library's; ``denied``: the library
    says that it was refused.
    """
    where, code = f"{url}/{path}" if path else url, code_of(message)
    again = "try again." if action in ("read", "list") else _RUN_AGAIN
    if code in _SKEWED:
        return StoreError(
            "The server refused the request because its clock and this machine's are too far apart.",
            where=where,
            remedy="Set this machine's clock (timedatectl set-ntp true); providers allow 15 minutes.",
        )
    if code in _NO_BUCKET:
        return StoreError(
            f"There is no such bucket ({code}).",
            where=url,
            remedy="Create it, or mend the bucket's name, region or endpoint.",
        )
    if code in _ELSEWHERE or "Received redirect" in message:
        region = _REGION.search(message)
        return StoreError(
            f"The bucket is in another region{f': {region[1]}' if region else ''}.",
            where=url,
            remedy="Set the option 'region' to it, and 'endpoint' if there is one.",
        )
    variables = _VARIABLES.get(scheme, "")
    if _lacks_credentials(message):
        return StoreError(
            "There are no credentials: none in the environment or a profile, and this machine gives none "
            "by an instance's or container's role.",
            where=url,
            remedy=f"Set the provider's variables ({variables}), or the option 'profile'.",
        )
    if code in _BAD_CREDENTIALS or "status code: 401" in message:
        return StoreError(
            f"The server does not accept the credentials ({code or 'unauthorised'}).",
            where=url,
            remedy=f"Mend them in the environment ({variables}) or in the profile.",
        )
    if denied or code == "AccessDenied" or "status code: 403" in message:
        return _forbidden(action, scheme, where)
    if code == "KeyTooLongError":
        return StoreError(
            "The name is longer than the store holds (1,024 bytes with the prefix).",
            where=where,
            remedy="Shorten the file's name, or exclude it.",
        )
    if not code and _UNREACHABLE.search(message):
        server = _SERVER.search(message)
        return StoreError(
            f"The store cannot {action}: {server[1] if server else 'the server'} cannot be reached, or did "
            "not answer in time.",
            where=where,
            remedy=f"Mend the option 'endpoint' or 'region', or this machine's network, and {again}",
        )
    return StoreError(
        f"The store cannot {action}: {_reason(message, code)}.",
        where=where,
        remedy=f"Mend the cause and {again}",
    )


def _forbidden(action: Action, scheme: str, where: str) -> StoreError:
    permission = _PERMISSIONS.get(scheme, {}).get(action, "")
    remedy = f"Grant {permission or 'it'} for this bucket and prefix to them."
    if permission == "s3:GetObject":
        remedy += " Without s3:ListBucket S3 says the same of what is not there."
    missing = f": the permission {permission} is missing" if permission else ""
    return StoreError(
        f"The credentials are not allowed to {action} here{missing}.", where=where, remedy=remedy
    )


def _reason(message: str, code: str) -> str:
    """One line of the library's message, without the dump that follows it."""
    status = _STATUS.search(message)
    if code:
        return f"{code}{f' (status {status[1]})' if status else ''}"
    if status:
        return f"the server answered with status {status[1]}{status[2].rstrip()}"
    return message.partition("\n")[0].strip().rstrip(".")[:300]
