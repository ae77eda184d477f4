"""Files of the folder ``root`` that answer at the root of the site too; the application has all else."""

from __future__ import annotations

import re

from ..rows import Row, content, headers
from ..site import APPLICATION

SOURCE = "the root of the site"

OF_THE_APPLICATION = {"ETag": None, "Vary": None, "Accept-Ranges": None}
"""What the application does not say, and nobody for it."""

SITE_ROOT = [
    Row(
        SOURCE,
        "a file has the headers of a plain name",
        "/robots.txt",
        200,
        expect={
            "Cache-Control": "max-age=60, must-revalidate, public",
            "Content-Type": "text/plain; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        },
        body=content("root/robots.txt"),
    ),
    Row(SOURCE, "a query", "/robots.txt?v=1", 200, body=content("root/robots.txt")),
    Row(
        SOURCE,
        "an icon",
        "/favicon.ico",
        200,
        expect={"Content-Type": "image/vnd.microsoft.icon"},
        body=content("root/favicon.ico"),
    ),
    Row(
        SOURCE,
        "a service worker",
        "/sw.js",
        200,
        headers=headers(Accept_Encoding="gzip"),
        expect={
            "Cache-Control": "max-age=60, must-revalidate, public",
            "Content-Type": re.compile("text/javascript.*"),
            "Vary": "Accept-Encoding",
        },
        coding="gzip",
    ),
    Row(
        SOURCE,
        "a hashed name",
        "/app.0123456789ab.js",
        200,
        expect={"Cache-Control": "max-age=31536000, immutable, public"},
        body=content("root/app.0123456789ab.js"),
    ),
    Row(
        SOURCE,
        "a well-known resource",
        "/.well-known/security.txt",
        200,
        expect={"Content-Type": "text/plain; charset=utf-8"},
        body=content("root/.well-known/security.txt"),
    ),
    Row(
        SOURCE,
        "a known name without an ending",
        "/.well-known/apple-app-site-association",
        200,
        expect={"Content-Type": "application/json"},
        body=content("root/.well-known/apple-app-site-association"),
    ),
    Row(
        SOURCE,
        "the file has not changed",
        "/robots.txt",
        304,
        headers=headers(If_None_Match="<etag root/robots.txt>"),
        body=b"",
    ),
    Row(
        SOURCE,
        "a range",
        "/robots.txt",
        206,
        headers=headers(Range="bytes=0-3"),
        body=content("root/robots.txt")[:4],
    ),
    Row(SOURCE, "HEAD", "/robots.txt", 200, method="HEAD", body=b""),
    Row(
        SOURCE,
        "POST to a file",
        "/robots.txt",
        405,
        method="POST",
        headers=headers(Content_Length="0"),
    ),
    Row(
        SOURCE,
        "the folder's own URL",
        "/static/root/robots.txt",
        200,
        body=content("root/robots.txt"),
    ),
    *(
        Row(SOURCE, name, target, 200, expect=OF_THE_APPLICATION, body=APPLICATION)
        for name, target in {
            "the root": "/",
            "a path that is not listed": "/other.txt",
            "another case": "/Robots.txt",
            "a path below a file": "/robots.txt/",
            "the well-known folder with a slash": "/.well-known/",
            "the well-known folder": "/.well-known",
            "a dot-file": "/.hidden",
            "a file beside the folder": "/alphabet.txt",
            "the folder's name": "/root/robots.txt",
        }.items()
    ),
    Row(SOURCE, "a file beside the listed ones", "/secret.txt", 200, body=APPLICATION),
    Row(
        SOURCE,
        "POST to another path",
        "/other.txt",
        200,
        method="POST",
        headers=headers(Content_Length="0"),
        body=APPLICATION,
    ),
]
