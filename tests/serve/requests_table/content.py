"""RFC 9110 §8: representations, their metadata and validators."""

from __future__ import annotations

import re

from ..rows import Row, content, headers

_TYPES = {
    "css/app.css": "text/css; charset=utf-8",
    "js/app.js": "text/javascript; charset=utf-8",
    "js/module.mjs": "text/javascript; charset=utf-8",
    "js/app.js.map": "application/json",
    "fonts/sans.woff2": "font/woff2",
    "img/logo.png": "image/png",
    "img/icon.svg": "image/svg+xml",
    "data/table.json": "application/json",
    "app.wasm": "application/wasm",
    "site.webmanifest": "application/manifest+json",
    "paper.pdf": "application/pdf",
    "page.html": "text/html; charset=utf-8",
    "media/film.mp4": "video/mp4",
    "unknown.foobar": "application/octet-stream",
    "noextension": "application/octet-stream",
    "alphabet.txt": "text/plain; charset=utf-8",
}

IMF_FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
STRONG = re.compile(r'"[\x21\x23-\x7e]+"')

CONTENT = [
    *(
        Row(
            "RFC 9110 §8.3",
            f"type of {name}",
            f"/static/{name}",
            200,
            expect={"Content-Type": media_type},
            body=content(name),
        )
        for name, media_type in _TYPES.items()
    ),
    *(
        Row(
            "RFC 9110 §8.4",
            f"coding {coding}",
            "/static/css/app.css",
            200,
            headers=headers(Accept_Encoding=coding),
            expect={
                "Content-Encoding": coding,
                "Content-Type": "text/css; charset=utf-8",
                "Content-Length": str(len(content("css/app.css", coding))),
            },
            body=content("css/app.css", coding),
        )
        for coding in ("br", "zstd", "gzip")
    ),
    Row(
        "RFC 9110 §8.4",
        "no coding is named for the content as it is",
        "/static/css/app.css",
        200,
        expect={"Content-Encoding": None},
        body=content("css/app.css"),
    ),
    Row(
        "RFC 9110 §8.6",
        "length of an empty file",
        "/static/empty.txt",
        200,
        expect={"Content-Length": "0"},
        body=b"",
    ),
    Row(
        "RFC 9110 §8.6",
        "length of one byte",
        "/static/one.txt",
        200,
        expect={"Content-Length": "1"},
        body=b"1",
    ),
    Row(
        "RFC 9110 §8.6",
        "a large file",
        "/static/media/film.mp4",
        200,
        expect={"Content-Length": str(len(content("media/film.mp4"))), "Accept-Ranges": "bytes"},
        body=content("media/film.mp4"),
    ),
    Row(
        "RFC 9110 §8.6",
        "a large file in a coding",
        "/static/media/packed.bin",
        200,
        headers=headers(Accept_Encoding="gzip"),
        expect={"Content-Encoding": "gzip"},
        body=content("media/packed.bin", "gzip"),
    ),
    Row(
        "RFC 9110 §8.8.2",
        "Last-Modified is a date in GMT",
        "/static/alphabet.txt",
        200,
        expect={"Last-Modified": IMF_FIXDATE},
    ),
    Row(
        "RFC 9110 §8.8.3",
        "a strong entity tag",
        "/static/alphabet.txt",
        200,
        expect={"ETag": STRONG},
    ),
    *(
        Row(
            "RFC 9110 §8.8.3.3",
            f"the entity tag of the coding {coding} is its own",
            "/static/css/app.css",
            200,
            headers=headers(Accept_Encoding=coding),
            expect={"ETag": f"<etag css/app.css {coding}>"},
        )
        for coding in ("br", "gzip")
    ),
    Row(
        "RFC 9110 §5.1",
        "header names are case-insensitive",
        "/static/css/app.css",
        200,
        headers=(("aCCEPT-eNCODING", "gzip"),),
        expect={"Content-Encoding": "gzip"},
    ),
    Row(
        "RFC 9110 §5.3",
        "repeated headers are one list",
        "/static/css/app.css",
        200,
        headers=(("Accept-Encoding", "deflate"), ("Accept-Encoding", "gzip")),
        expect={"Content-Encoding": "gzip"},
    ),
    Row(
        "RFC 9110 §5.5",
        "white space around a value means nothing",
        "/static/css/app.css",
        200,
        headers=(("Accept-Encoding", " \t gzip \t "),),
        expect={"Content-Encoding": "gzip"},
    ),
]
