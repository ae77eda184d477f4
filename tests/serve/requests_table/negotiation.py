"""RFC 9110 §12: content negotiation."""

from __future__ import annotations

from ..rows import Row, headers

# The codings that css/app.css has are br, zstd and gzip; css/gzip-only.css has gzip; alphabet.txt none.
# br is the smallest of the three.
_CHOICES = {
    "an empty header": ("", None),
    "identity": ("identity", None),
    "what browsers send": ("gzip, deflate, br, zstd", "br"),
    "the smallest among equals": ("gzip, zstd", "zstd|gzip"),
    "the order of the client means nothing": ("gzip, br", "br"),
    "names are case-insensitive": ("GZIP", "gzip"),
    "x-gzip is gzip": ("x-gzip", "gzip"),
    "a coding that is not there": ("deflate", None),
    "compress and gzip": ("compress, gzip", "gzip"),
    "weight 0 means never": ("br;q=0, gzip", "gzip"),
    "weight 0.0 means never": ("gzip;q=0.0", None),
    "weight 0.000 means never": ("gzip;q=0.000, br;q=0", None),
    "white space before the weight": ("gzip; q=0", None),
    "white space around the semicolon": ("gzip ; q=1, br\t;\tq=0", "gzip"),
    "an upper-case weight": ("br;Q=0, gzip", "gzip"),
    "the highest weight wins": ("br;q=0.5, gzip;q=0.8", "gzip"),
    "the smallest weight that is one": ("gzip;q=0.001", "gzip"),
    "weight 1.000": ("gzip;q=1.000, br;q=0.999", "gzip"),
    "identity preferred": ("identity, gzip;q=0.5", None),
    "identity less preferred": ("identity;q=0.5, gzip", "gzip"),
    "identity as good": ("identity, gzip", "gzip"),
    "identity unmentioned": ("gzip;q=0.1", "gzip"),
    "everything as the media elements of browsers ask": ("identity;q=1, *;q=0", None),
    "anything": ("*", None),
    "anything but br": ("br;q=0, *", None),
    "anything but the file as it is": ("identity;q=0, *", "br"),
    "anything but br and the file as it is": ("identity;q=0, br;q=0, *", "zstd|gzip"),
    "gzip or nothing": ("gzip, *;q=0", "gzip"),
    "nothing at all": ("*;q=0", None),
    "nothing acceptable": ("identity;q=0", None),
    "the example of RFC 9110": ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"),
    "a weight above 1": ("gzip;q=2", None),
    "a weight that is no number": ("gzip;q=best", None),
    "a weight below 0": ("gzip;q=-1", None),
    "a weight that is empty": ("gzip;q=", None),
    "an unknown parameter": ("gzip;level=9", None),
    "the lower of two weights counts": ("gzip;q=0, gzip", None),
    "empty members": (",, gzip ,,", "gzip"),
    "a name is no part of a name": ("x-gzip-really, supergzip, brotli", None),
    "separators other than commas": ("gzip spam brotli", None),
}

NEGOTIATION = [
    *(
        Row(
            "RFC 9110 §12.5.3",
            name,
            "/static/css/app.css",
            200,
            headers=headers(Accept_Encoding=value),
            coding=coding,
            expect={"Vary": "Accept-Encoding"},
        )
        for name, (value, coding) in _CHOICES.items()
    ),
    Row(
        "RFC 9110 §12.5.3",
        "no header",
        "/static/css/app.css",
        200,
        coding=None,
        expect={"Vary": "Accept-Encoding"},
    ),
    Row(
        "RFC 9110 §12.5.3",
        "a file that has only one of the codings",
        "/static/css/gzip-only.css",
        200,
        headers=headers(Accept_Encoding="gzip, deflate, br, zstd"),
        coding="gzip",
    ),
    Row(
        "RFC 9110 §12.5.3",
        "a file that has none of the codings",
        "/static/css/gzip-only.css",
        200,
        headers=headers(Accept_Encoding="br"),
        coding=None,
        expect={"Vary": "Accept-Encoding"},
    ),
    Row(
        "RFC 9110 §12.5.5",
        "Vary only where the answer varies",
        "/static/alphabet.txt",
        200,
        headers=headers(Accept_Encoding="br, gzip"),
        coding=None,
        expect={"Vary": None},
    ),
]
