"""What went wrong in an object store, as errors that say which permission, bucket or clock is the cause."""

from __future__ import annotations

import re
from typing import Final, Literal

from lading.errors import ConflictError, StoreError

Action = Literal["list", "read", "write", "delete"]

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})")

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
_METADATA: Final = (
    "/latest/api/token",
    "/latest/meta-data",
    "169.254.",
    "metadata.google",
    "CredentialsError",
)
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
    return code_of(message) in _BAD_CREDENTIALS | _NO_BUCKET | _SKEWED | {"AccessDenied"}


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
    if code in _BAD_CREDENTIALS or "status code: 401" in message:
        return StoreError(
            f"The server does not accept the credentials ({code or 'unauthorised'}).",
            where=url,
            remedy="Mend them in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
            "AWS_SESSION_TOKEN and the like) or in the profile.",
        )
    if denied or code == "AccessDenied" or "status code: 403" in message:
        return _forbidden(action, scheme, where)
    if any(part in message for part in _METADATA):
        return StoreError(
            "There are no credentials: none in the environment or a profile, and this machine gives none "
            "by an instance's or container's role.",
            where=url,
            remedy="Set the provider's variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), or the "
            "option 'profile'.",
        )
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
            remedy="Mend the option 'endpoint' or 'region', or this machine's network, and run again; what "
            "is uploaded already is not sent again.",
        )
    reason = _reason(message, code)
    remedy = "Mend the cause and run again; what is uploaded already is not sent again."
    return StoreError(f"The store cannot {action}: {reason}.", where=where, remedy=remedy)


def _forbidden(action: Action, scheme: str, where: str) -> StoreError:
    permission = _PERMISSIONS.get(scheme, {}).get(action, "")
    return StoreError(
        f"The credentials are not allowed to {action} here"
        f"{f': the permission {permission} is missing' if permission else ''}.",
        where=where,
        remedy=f"Grant {permission} for this bucket and prefix to them."
        if permission
        else "Grant it to them.",
    )


def _reason(message: str, code: str) -> str:
    """One line of the library's message, without the dump that follows it."""
    if code:
        status = _STATUS.search(message)
        return f"{code}{f' (status {status[1]})' if status else ''}"
    return message.partition("\n")[0].strip().rstrip(".")[:300]
