"""RFC 9111 and RFC 8246: what caches are told."""

from __future__ import annotations

from ..rows import Row, headers

FOR_EVER = "max-age=31536000, immutable, public"
SHORT = "max-age=60, must-revalidate, public"

CACHING = [
    Row(
        "RFC 8246 §2",
        "a name that changes with its content",
        "/static/css/app.0123456789ab.css",
        200,
        expect={"Cache-Control": FOR_EVER, "Expires": None, "Pragma": None, "Set-Cookie": None},
    ),
    Row(
        "RFC 8246 §2",
        "the same in a coding",
        "/static/css/app.0123456789ab.css",
        200,
        headers=headers(Accept_Encoding="br"),
        expect={"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"},
    ),
    Row(
        "RFC 8246 §2",
        "an image",
        "/static/img/logo.0123456789ab.png",
        200,
        expect={"Cache-Control": FOR_EVER, "Vary": None},
    ),
    Row(
        "RFC 9111 §5.2.2.1",
        "a plain name",
        "/static/css/app.css",
        200,
        expect={"Cache-Control": SHORT, "Expires": None},
    ),
    Row(
        "RFC 9111 §5.2.2.1",
        "a part of a file is as fresh as the file",
        "/static/img/logo.0123456789ab.png",
        206,
        headers=headers(Range="bytes=1-2"),
        expect={"Cache-Control": FOR_EVER},
        body=b"\1\2",
    ),
    Row(
        "RFC 9111 §5.2.2.4",
        "asking each time",
        "/cdn/css/app.css",
        200,
        expect={"Cache-Control": "no-cache, public"},
    ),
    Row(
        "RFC 9111 §5.2.2.5",
        "an unknown hashed name is not kept: the next release may have it",
        "/static/css/app.ffffffffffff.css",
        404,
        expect={"Cache-Control": "no-store", "ETag": None, "Last-Modified": None},
    ),
    Row(
        "RFC 9111 §5.2.2.5",
        "an unknown plain name is not kept",
        "/static/nothing.txt",
        404,
        expect={"Cache-Control": "no-store"},
    ),
    Row(
        "RFC 9111 §5.2.1.4",
        "a request that wants no cache gets the same",
        "/static/css/app.0123456789ab.css",
        200,
        headers=headers(Cache_Control="no-cache", Pragma="no-cache"),
        expect={"Cache-Control": FOR_EVER},
    ),
    Row(
        "RFC 9111 §4.3.1",
        "a browser asks whether its copy is good",
        "/static/css/app.css",
        304,
        headers=headers(
            Accept_Encoding="gzip, deflate, br, zstd",
            If_None_Match="<etag css/app.css br>",
            If_Modified_Since="<modified css/app.css>",
            Cache_Control="max-age=0",
        ),
        expect={"Cache-Control": SHORT},
        body=b"",
    ),
    Row(
        "RFC 9111 §4.3.1",
        "a name of a kept earlier release",
        "/static/js/earlier.abcdefabcdef.js",
        200,
        expect={"Cache-Control": FOR_EVER},
        body=b"// from an earlier release\n",
    ),
    Row(
        "RFC 9111 §4.3.1",
        "a plain name that an earlier release had",
        "/static/js/removed.js",
        404,
        expect={"Cache-Control": "no-store"},
    ),
]
