"""Messages of the library and of servers -> errors that name the cause."""

from __future__ import annotations

import pytest

from lading.objectstore.faults import Action, is_passing, translate


def message(
    status: int, code: str = "", head: str = "Generic S3 error: Error performing PUT x"
) -> str:
    body = f"<Error><Code>{code}</Code></Error>" if code else ""
    return (
        f"{head} - Server returned non-2xx status code: {status} X: {body}\n\nDebug source:\nmore"
    )


@pytest.mark.parametrize(
    ("scheme", "action", "permission"),
    [
        ("s3", "list", "s3:ListBucket"),
        ("s3", "read", "s3:GetObject"),
        ("s3", "write", "s3:PutObject"),
        ("s3", "delete", "s3:DeleteObject"),
        ("gs", "list", "storage.objects.list"),
        ("az", "write", "blobs/write"),
    ],
)
def test_a_missing_permission_is_named(scheme: str, action: Action, permission: str):
    error = translate(message(403, "AccessDenied"), action, scheme, f"{scheme}://b", "a.css")
    assert f"not allowed to {action} here: the permission" in error.what
    assert permission in error.what
    assert permission in error.remedy
    assert error.where == f"{scheme}://b/a.css"


def test_what_is_not_there_may_only_seem_to_be_forbidden():
    error = translate(message(403, "AccessDenied"), "read", "s3", "s3://b", "a.css")
    assert "Without s3:ListBucket" in error.remedy


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        (message(403, "RequestTimeTooSkewed"), "clock", "clock"),
        (message(404, "NoSuchBucket"), "no such bucket", "Create it"),
        (message(403, "SignatureDoesNotMatch"), "does not accept the credentials", "AWS_SECRET"),
        (message(401), "does not accept the credentials", "AWS_SECRET"),
        (message(400, "KeyTooLongError"), "longer than the store holds", "Shorten"),
        (
            "Error performing PUT http://169.254.169.254/latest/api/token",
            "no credentials",
            "profile",
        ),
        (
            message(403, head="Error performing GET http://169.254.169.254/computeMetadata/v1/x"),
            "no credentials",
            "AWS_ACCESS_KEY_ID",
        ),
        (message(400, "AuthorizationHeaderMalformed"), "in another region.", "'region'"),
        (
            message(301, "PermanentRedirect").replace(
                "</Code>", "</Code><Region>eu-west-1</Region>"
            ),
            "in another region: eu-west-1.",
            "'region'",
        ),
        ("Received redirect without LOCATION, this", "in another region.", "'region'"),
        (
            message(502),
            "The store cannot write: the server answered with status 502 X.",
            "run again",
        ),
        (message(507, "QuotaExceeded"), "cannot write: QuotaExceeded (status 507)", "run again"),
        (
            "Generic S3 error: Error performing PUT http://127.0.0.1:1/x - HTTP error: error sending request",
            "The store cannot write: http://127.0.0.1:1 cannot be reached",
            "endpoint",
        ),
        (
            "HTTP error: <urlopen error [Errno -2] Name or service not known>",
            "the server cannot be reached",
            "endpoint",
        ),
        ("Strange.\n\nDebug source:\nSecret { }", "The store cannot write: Strange.", "run again"),
    ],
)
def test_other_causes_are_named(text: str, what: str, remedy: str):
    error = translate(text, "write", "s3", "s3://b", "")
    assert what in error.what
    assert remedy in error.remedy
    assert "Debug" not in str(error)


@pytest.mark.parametrize(
    ("scheme", "variable"),
    [
        ("s3", "AWS_SECRET"),
        ("gs", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("az", "AZURE_STORAGE_ACCOUNT_KEY"),
    ],
)
def test_credentials_are_mended_where_each_provider_takes_them(scheme: str, variable: str):
    error = translate(message(401), "read", scheme, f"{scheme}://b", "")
    assert variable in error.remedy


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("HTTP error: error sending request http://169.254.169.254/latest/api/token", False),
        (message(503, "SlowDown"), True),
        (message(500, "InternalError"), True),
        (message(429), True),
        ("HTTP error: error sending request", True),
        (message(403, "AccessDenied"), False),
        (message(404, "NoSuchBucket"), False),
        (message(400, "InvalidRequest"), False),
    ],
)
def test_what_passes_by_itself_is_tried_again(text: str, passes: bool):
    assert is_passing(text) is passes
