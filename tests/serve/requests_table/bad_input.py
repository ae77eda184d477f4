"""What no browser sends: answered without an error, or refused by the server before it is asked."""

from __future__ import annotations

from ..rows import Differs, Row, content, headers

TEXT = "/static/alphabet.txt"
STYLE = "/static/css/app.css"
_64_KB = 64 * 1024

_LONG = {
    "Accept-Encoding of one letter": ("Accept-Encoding", "a" * _64_KB),
    "Accept-Encoding of commas": ("Accept-Encoding", "," * _64_KB),
    "Accept-Encoding of weights": ("Accept-Encoding", "gzip;q=0," * (_64_KB // 9)),
    "Accept-Encoding of semicolons": ("Accept-Encoding", "gzip" + ";" * _64_KB),
    "Accept-Encoding of digits": ("Accept-Encoding", "gzip;q=0." + "0" * _64_KB),
    "If-None-Match of tags": ("If-None-Match", '"a", ' * (_64_KB // 5)),
    "If-None-Match of quotes": ("If-None-Match", '"' * _64_KB),
    "If-None-Match of open tags": ("If-None-Match", ',"' * (_64_KB // 2)),
    "If-None-Match of spaces and one quote": ("If-None-Match", '"' + " " * _64_KB + "x"),
    "If-Modified-Since of digits": ("If-Modified-Since", "1" * _64_KB),
    "If-Unmodified-Since of spaces": ("If-Unmodified-Since", "x" + " " * _64_KB + "x"),
    "Range of digits": ("Range", "lines=" + "9" * _64_KB + "-"),
    "Range of 10,000 members": ("Range", "bytes=" + ",".join(["0-0"] * 10_000)),
    "Range of 10,000 suffixes": ("Range", "bytes=" + ",".join(["-1"] * 10_000)),
    "Range of commas": ("Range", "bytes=" + "," * _64_KB),
    "If-Range of letters": ("If-Range", "a" * _64_KB),
    "a header nobody knows": ("X-Long", "x" * _64_KB),
}

_REFUSED = {
    "hypercorn": Differs("it takes heads of at most 64 KB, lines included", status=(431,)),
    "daphne": Differs("Twisted closes the connection at a line of 16 KB", status=(0,)),
}


def _refused(value: str) -> dict[str, Differs]:
    """How servers differ at a header of this length."""
    return _REFUSED if len(value) > 60_000 else {"daphne": _REFUSED["daphne"]}


BAD_INPUT = [
    *(
        Row(
            "bad input",
            f"64 KB: {name}",
            STYLE,
            200,
            headers=((field, value),),
            expect={"Content-Encoding": None},
            body=content("css/app.css"),
            differs=_refused(value),
        )
        for name, (field, value) in _LONG.items()
    ),
    Row(
        "bad input",
        "64 KB: If-Match of tags",
        STYLE,
        412,
        headers=headers(If_Match='"a", ' * (_64_KB // 5)),
        differs=_REFUSED,
    ),
    Row(
        "bad input",
        "64 KB: leading zeros of a range",
        TEXT,
        206,
        headers=headers(Range=f"bytes={'0' * _64_KB}-1"),
        body=b"ab",
        differs=_REFUSED,
    ),
    Row(
        "bad input",
        "a thousand headers of one name",
        STYLE,
        200,
        headers=(("Accept-Encoding", "gzip;q=0"),) * 1000,
        coding=None,
        differs={
            "granian": Differs("hyper takes at most 100 headers", status=(431,)),
            "daphne": Differs("Twisted takes at most 500 headers", status=(400,)),
        },
    ),
    *(
        Row("bad input", f"{field} in Latin-1", TEXT, status, headers=((field, value),))
        for field, value, status in (
            ("Accept-Encoding", "gz\u00efp", 200),
            ("If-None-Match", '"\u00e9"', 200),
            ("If-Match", '"\u00e9"', 412),
            ("If-Modified-Since", "Dimanche 6 f\u00e9vrier", 200),
            ("Range", "bytes=\u00b2-\u00b3", 200),
            ("If-Range", "\u00e9", 200),
        )
    ),
    *(
        Row("bad input", f"the date {value}", TEXT, 200, headers=headers(If_Modified_Since=value))
        for value in (
            "Mon, 00 Jan 2040 00:00:00 GMT",
            "Mon, 01 Foo 2040 00:00:00 GMT",
            "Mon, 01 Jan 2040 24:00:00 GMT",
            "Mon, 01 Jan 2040 00:60:00 GMT",
            "Mon, 01 Jan 2040 00:00:61 GMT",
            "Mon, 01 Jan 0000 00:00:00 GMT",
            "Mon, 01 Jan 99999 00:00:00 GMT",
            "mon, 01 jan 2040 00:00:00 gmt",
            "Mon, 1 Jan 2040 00:00:00 GMT",
            "Fri, 16 Jul 2021 09:09:1626426577S GMT",
            "-1",
        )
    ),
    Row(
        "bad input",
        "all conditions at once, all nonsense",
        TEXT,
        200,
        headers=headers(
            If_None_Match="?",
            If_Modified_Since="?",
            If_Unmodified_Since="?",
            If_Range="?",
            Range="?",
            Accept_Encoding="?;?,?=?",
        ),
        body=content("alphabet.txt"),
    ),
]
