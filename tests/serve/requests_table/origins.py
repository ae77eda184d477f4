"""Fetch: cross-origin reading, sniffing, resource policy."""

from __future__ import annotations

from ..rows import Row, headers

_READABLE = {
    "fonts/sans.woff2": "*",
    "js/module.mjs": "*",
    "js/app.js": "*",
    "css/app.css": "*",
    "data/table.json": "*",
    "app.wasm": "*",
    "site.webmanifest": "*",
    "img/logo.png": None,
    "page.html": None,
    "paper.pdf": None,
    "media/film.mp4": None,
}

ORIGINS = [
    *(
        Row(
            "Fetch §3.2.3",
            f"other origins and {name}",
            f"/static/{name}",
            200,
            headers=headers(Origin="https://other.example"),
            expect={
                "Access-Control-Allow-Origin": value,
                "Access-Control-Allow-Credentials": None,
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": None,
            },
        )
        for name, value in _READABLE.items()
    ),
    Row(
        "Fetch §3.2.3",
        "the same without an Origin, since caches keep it",
        "/static/fonts/sans.woff2",
        200,
        expect={"Access-Control-Allow-Origin": "*", "Vary": None},
    ),
    Row(
        "Fetch §3.2.3",
        "a part of a font",
        "/static/fonts/sans.woff2",
        206,
        headers=headers(Range="bytes=0-9", Origin="https://other.example"),
        expect={"Access-Control-Allow-Origin": "*"},
    ),
    Row(
        "Fetch §4.10",
        "no part of a font",
        "/static/fonts/sans.woff2",
        416,
        headers=headers(Range="bytes=9999-", Origin="https://other.example"),
        expect={"Access-Control-Allow-Origin": "*"},
    ),
    Row(
        "Fetch §4.9",
        "a preflight",
        "/static/js/module.mjs",
        204,
        method="OPTIONS",
        headers=headers(
            Origin="https://other.example",
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="x-anything",
        ),
        expect={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "*",
        },
    ),
    Row(
        "Fetch §4.9",
        "a preflight of what other origins may not read",
        "/static/img/logo.png",
        204,
        method="OPTIONS",
        headers=headers(Origin="https://other.example", Access_Control_Request_Method="GET"),
        expect={"Access-Control-Allow-Origin": None, "Access-Control-Allow-Methods": None},
    ),
    Row(
        "Fetch §3.6",
        "an error is not sniffed either",
        "/static/nothing",
        404,
        expect={
            "X-Content-Type-Options": "nosniff",
            "Content-Type": "text/plain; charset=utf-8",
        },
    ),
    Row(
        "Fetch §3.2.3",
        "a policy that lets any origin read everything",
        "/cdn/img/logo.png",
        200,
        expect={
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    ),
    Row(
        "Fetch §3.7",
        "the resource policy in a 304",
        "/cdn/img/logo.png",
        304,
        headers=headers(If_None_Match="*"),
        expect={
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    ),
    Row(
        "Fetch §3.2.3",
        "a policy with headers of its own",
        "/cdn/paper.pdf",
        200,
        expect={"Content-Type": "text/x-paper", "X-Is-Css-File": None},
    ),
]
