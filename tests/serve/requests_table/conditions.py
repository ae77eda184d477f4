"""RFC 9110 §13: conditional requests."""

from __future__ import annotations

from ..rows import Row, Value, content, headers

TEXT = "/static/alphabet.txt"
TAG = "<etag alphabet.txt>"
DATE = "<modified alphabet.txt>"
BEFORE = "Sun, 06 Nov 1994 08:49:37 GMT"
AFTER = "Fri, 11 Apr 2100 11:47:06 GMT"

NOT_MODIFIED: dict[str, Value] = {
    "Content-Type": None,
    "Content-Encoding": None,
    "Content-Range": None,
    "Last-Modified": None,
}


def _row(
    section: str, name: str, status: int, target: str = TEXT, method: str = "GET", **fields: str
) -> Row:
    expect: dict[str, Value] = {}
    body = None
    if status == 304:
        expect = {**NOT_MODIFIED, "ETag": "<etag alphabet.txt>"} if target == TEXT else NOT_MODIFIED
        body = b""
    elif status == 412:
        expect, body = {"Content-Length": "0", "Cache-Control": "no-store"}, b""
    elif target == TEXT and method == "GET" and status == 200:
        body = content("alphabet.txt")
    return Row(
        f"RFC 9110 §{section}",
        name,
        target,
        status,
        method=method,
        headers=headers(**fields),
        expect=expect,
        body=body,
    )


CONDITIONS = [
    _row("13.1.1", "If-Match: the tag", 200, If_Match=TAG),
    _row("13.1.1", "If-Match: another tag", 412, If_Match='"other"'),
    _row("13.1.1", "If-Match: a list with the tag", 200, If_Match=f'"a", {TAG}, "b"'),
    _row("13.1.1", "If-Match: a list without", 412, If_Match='"a", "b"'),
    _row("13.1.1", "If-Match: anything", 200, If_Match="*"),
    _row("13.1.1", "If-Match compares strongly", 412, If_Match=f"W/{TAG}"),
    _row("13.1.1", "If-Match: no tag at all", 412, If_Match="nonsense"),
    _row("13.1.1", "If-Match: HEAD", 412, method="HEAD", If_Match='"other"'),
    _row("13.1.1", "If-Match: tag of another coding", 412, If_Match="<etag css/app.css br>"),
    _row("13.1.2", "If-None-Match: the tag", 304, If_None_Match=TAG),
    _row("13.1.2", "If-None-Match: another tag", 200, If_None_Match='"other"'),
    _row("13.1.2", "If-None-Match compares weakly", 304, If_None_Match=f"W/{TAG}"),
    _row("13.1.2", "If-None-Match: a list", 304, If_None_Match=f'"a", W/"b", {TAG}'),
    _row("13.1.2", "If-None-Match: a list without spaces", 304, If_None_Match=f'"a",{TAG},"c"'),
    _row("13.1.2", "If-None-Match: tags with commas", 304, If_None_Match=f'"a,b", {TAG}'),
    _row("13.1.2", "If-None-Match: a list without the tag", 200, If_None_Match='"a", "b"'),
    _row("13.1.2", "If-None-Match: anything", 304, If_None_Match="*"),
    _row("13.1.2", "If-None-Match: HEAD", 304, method="HEAD", If_None_Match=TAG),
    _row("13.1.2", "If-None-Match: a tag without quotes", 200, If_None_Match="abc"),
    _row("13.1.2", "If-None-Match: an open quote", 200, If_None_Match='"abc'),
    _row("13.1.2", "If-None-Match: empty", 200, If_None_Match=""),
    _row("13.1.2", "If-None-Match: a star in quotes", 200, If_None_Match='"*"'),
    _row("13.1.2", "If-None-Match: weak in lower case", 200, If_None_Match=f"w/{TAG}"),
    Row(
        "RFC 9110 §13.1.2",
        "If-None-Match: the tag in two headers",
        TEXT,
        304,
        headers=(("If-None-Match", '"a"'), ("If-None-Match", TAG)),
        body=b"",
    ),
    Row(
        "RFC 9110 §13.1.2",
        "If-None-Match: the tag of the coding that is sent",
        "/static/css/app.css",
        304,
        headers=headers(Accept_Encoding="br", If_None_Match="<etag css/app.css br>"),
        expect={"ETag": "<etag css/app.css br>", "Vary": "Accept-Encoding"},
        body=b"",
    ),
    Row(
        "RFC 9110 §13.1.2",
        "If-None-Match: the tag of another coding",
        "/static/css/app.css",
        200,
        headers=headers(Accept_Encoding="br", If_None_Match="<etag css/app.css gzip>"),
        coding="br",
    ),
    _row("13.1.2", "If-None-Match: no file", 404, "/static/nothing", If_None_Match="*"),
    _row("13.1.3", "If-Modified-Since: the same date", 304, If_Modified_Since=DATE),
    _row("13.1.3", "If-Modified-Since: a later date", 304, If_Modified_Since=AFTER),
    _row("13.1.3", "If-Modified-Since: an earlier date", 200, If_Modified_Since=BEFORE),
    _row(
        "13.1.3",
        "If-Modified-Since: RFC 850's form",
        304,
        If_Modified_Since="Wednesday, 14-Nov-40 22:13:20 GMT",
    ),
    _row(
        "13.1.3",
        "If-Modified-Since: asctime's form",
        200,
        If_Modified_Since="Sun Nov  6 08:49:37 1994",
    ),
    _row(
        "13.1.3",
        "If-Modified-Since: asctime's form, later",
        304,
        If_Modified_Since="Wed Nov 14 22:13:20 2040",
    ),
    _row("13.1.3", "If-Modified-Since: HEAD", 304, method="HEAD", If_Modified_Since=DATE),
    _row("13.1.3", "If-Modified-Since: no date", 200, If_Modified_Since="yesterday"),
    _row("13.1.3", "If-Modified-Since: seconds", 200, If_Modified_Since="4000000000"),
    _row(
        "13.1.3",
        "If-Modified-Since: a date that does not exist",
        200,
        If_Modified_Since="Fri, 31 Feb 2040 10:00:00 GMT",
    ),
    _row(
        "13.1.3",
        "If-Modified-Since: another time zone",
        200,
        If_Modified_Since="Wed, 14 Nov 2040 22:13:20 +0100",
    ),
    _row("13.1.3", "If-Modified-Since: two dates", 200, If_Modified_Since=f"{AFTER}, {AFTER}"),
    _row("13.1.4", "If-Unmodified-Since: the same date", 200, If_Unmodified_Since=DATE),
    _row("13.1.4", "If-Unmodified-Since: a later date", 200, If_Unmodified_Since=AFTER),
    _row("13.1.4", "If-Unmodified-Since: an earlier date", 412, If_Unmodified_Since=BEFORE),
    _row("13.1.4", "If-Unmodified-Since: no date", 200, If_Unmodified_Since="soon"),
    _row("13.1.4", "If-Unmodified-Since: HEAD", 412, method="HEAD", If_Unmodified_Since=BEFORE),
    _row(
        "13.2.2",
        "If-None-Match overrules If-Modified-Since",
        200,
        If_None_Match='"other"',
        If_Modified_Since=AFTER,
    ),
    _row(
        "13.2.2",
        "If-None-Match overrules an earlier If-Modified-Since",
        304,
        If_None_Match=TAG,
        If_Modified_Since=BEFORE,
    ),
    _row(
        "13.2.2",
        "If-Match overrules If-Unmodified-Since",
        200,
        If_Match=TAG,
        If_Unmodified_Since=BEFORE,
    ),
    _row("13.2.2", "If-Match comes before If-None-Match", 412, If_Match='"a"', If_None_Match=TAG),
    _row("13.2.2", "both match", 304, If_Match=TAG, If_None_Match=TAG),
    _row(
        "13.2.2",
        "If-Unmodified-Since comes before If-None-Match",
        412,
        If_Unmodified_Since=BEFORE,
        If_None_Match=TAG,
    ),
    _row("13.2.2", "If-None-Match comes before Range", 304, If_None_Match=TAG, Range="bytes=0-0"),
    _row("13.2.2", "If-Match comes before Range", 412, If_Match='"other"', Range="bytes=0-0"),
    _row("13.2.2", "conditions come before 416", 304, If_None_Match=TAG, Range="bytes=99-"),
    Row(
        "RFC 9110 §13.2.1",
        "conditions mean nothing to a method that is not allowed",
        TEXT,
        405,
        method="POST",
        headers=headers(If_None_Match="*", Content_Length="0"),
    ),
    Row(
        "RFC 9110 §13.2.1",
        "conditions mean nothing to OPTIONS",
        TEXT,
        204,
        method="OPTIONS",
        headers=headers(If_Match='"other"'),
    ),
    Row(
        "RFC 9110 §15.4.5",
        "304 repeats what caches need",
        "/static/css/app.0123456789ab.css",
        304,
        headers=headers(If_None_Match="*"),
        expect={
            **NOT_MODIFIED,
            "Cache-Control": "max-age=31536000, immutable, public",
            "ETag": "<etag css/app.0123456789ab.css>",
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
        },
        body=b"",
    ),
    Row(
        "RFC 9110 §15.4.5",
        "304 by the date repeats it all too",
        "/static/css/app.0123456789ab.css",
        304,
        headers=headers(
            Accept_Encoding="br", If_Modified_Since="<modified css/app.0123456789ab.css>"
        ),
        expect={
            "Content-Encoding": None,
            "Cache-Control": "max-age=31536000, immutable, public",
            "ETag": "<etag css/app.0123456789ab.css br>",
            "Vary": "Accept-Encoding",
        },
        body=b"",
    ),
    Row(
        "RFC 9110 §15.4.5",
        "304 of a large file",
        "/static/media/film.mp4",
        304,
        headers=headers(If_None_Match="<etag media/film.mp4>"),
        body=b"",
    ),
]
