"""RFC 9110 §9: methods."""

from __future__ import annotations

import re

from ..rows import Differs, Row, content, headers

ALLOW = {"Allow": "GET, HEAD, OPTIONS"}
NO_CONTENT = {**ALLOW, "Content-Length": "0", "Cache-Control": "no-store"}
TEXT = "/static/alphabet.txt"

METHODS = [
    Row(
        "RFC 9110 §9.3.1",
        "GET sends the content",
        TEXT,
        200,
        expect={"Content-Length": "26", "Content-Type": "text/plain; charset=utf-8"},
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §9.3.1",
        "the content of a GET request means nothing",
        TEXT,
        200,
        headers=headers(Content_Length="0"),
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §9.3.1",
        "a query does not select another file",
        f"{TEXT}?v=1&x=%2e%2e/",
        200,
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §9.3.2",
        "HEAD has the headers of GET and no content",
        TEXT,
        200,
        method="HEAD",
        expect={
            "Content-Length": "26",
            "Content-Type": "text/plain; charset=utf-8",
            "ETag": "<etag alphabet.txt>",
            "Accept-Ranges": "bytes",
            "Last-Modified": "<modified alphabet.txt>",
        },
        body=b"",
    ),
    Row(
        "RFC 9110 §9.3.2",
        "HEAD of an encoded variant has its length",
        "/static/css/app.css",
        200,
        method="HEAD",
        headers=headers(Accept_Encoding="br"),
        expect={
            "Content-Length": str(len(content("css/app.css", "br"))),
            "Content-Encoding": "br",
            "Vary": "Accept-Encoding",
        },
        body=b"",
    ),
    Row(
        "RFC 9110 §9.3.2",
        "HEAD of a large file",
        "/static/media/film.mp4",
        200,
        method="HEAD",
        expect={"Content-Length": str(len(content("media/film.mp4")))},
        body=b"",
    ),
    Row(
        "RFC 9110 §9.3.2",
        "HEAD of an empty file",
        "/static/empty.txt",
        200,
        method="HEAD",
        expect={"Content-Length": "0"},
        body=b"",
    ),
    Row("RFC 9110 §9.3.2", "HEAD of no file", "/static/nothing", 404, method="HEAD", body=b""),
    *(
        Row(
            f"RFC 9110 §9.3.{number}",
            f"{method} is not allowed",
            TEXT,
            405,
            method=method,
            headers=headers(Content_Length="0"),
            expect=NO_CONTENT,
            body=b"",
        )
        for number, method in ((3, "POST"), (4, "PUT"), (5, "DELETE"), (8, "TRACE"))
    ),
    Row(
        "RFC 5789 §2",
        "PATCH is not allowed",
        TEXT,
        405,
        method="PATCH",
        headers=headers(Content_Length="0"),
        expect=NO_CONTENT,
        body=b"",
    ),
    Row(
        "RFC 9110 §9.3.7",
        "OPTIONS names the methods",
        TEXT,
        204,
        method="OPTIONS",
        expect={**ALLOW, "Access-Control-Allow-Origin": None},
        body=b"",
    ),
    Row(
        "RFC 9110 §9.3.7",
        "OPTIONS of no file",
        "/static/nothing",
        404,
        method="OPTIONS",
    ),
    Row(
        "RFC 9110 §9.1",
        "a method that does not exist",
        TEXT,
        405,
        method="BREW",
        expect=NO_CONTENT,
        body=b"",
    ),
    Row(
        "RFC 9110 §9.1",
        "methods are case-sensitive",
        TEXT,
        405,
        method="get",
        expect=ALLOW,
        differs={
            # Under Python 3.14 gunicorn 27.0 ends its own head with a bare LF, which is no answer (0) here.
            "django": Differs("it hands the method on in upper case", status=(200, 400, 0)),
            "gunicorn": Differs("it refuses methods in lower case itself", status=(400, 0)),
            "hypercorn": Differs("it hands the method on in upper case", status=(200,)),
        },
    ),
    Row(
        "RFC 9110 §9.1",
        "a method of 20 letters",
        TEXT,
        405,
        method="PROPFINDPROPFINDPROP",
        expect=NO_CONTENT,
    ),
    Row(
        "RFC 9110 §15.5.5",
        "POST to no file",
        "/static/nothing",
        404,
        method="POST",
        headers=headers(Content_Length="0"),
    ),
    Row(
        "RFC 9110 §10.2.1",
        "Allow belongs to 405, not to 200",
        TEXT,
        200,
        expect={"Allow": None},
    ),
    Row(
        "RFC 9110 §6.6.1",
        "an origin server with a clock sends Date",
        TEXT,
        200,
        expect={"Date": re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")},
        differs={
            "pure": Differs("Date is the server's", headers={"Date": None}),
            "daphne": Differs(
                "it sends no Date; the proxy before it has to", headers={"Date": None}
            ),
        },
    ),
]
