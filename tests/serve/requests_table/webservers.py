"""What nginx, Caddy and Apache answer otherwise under the configurations that Lading writes for them, and why
no configuration changes it.

Paths that lead outside, and uploads, are not among them: there a server may refuse, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from ..rows import Differs, Row
from .caching import SHORT

SERVERS: Final = ("nginx", "caddy", "apache")
SOME_LENGTH: Final = re.compile(r"[1-9]\d*")
SEVERAL_PARTS: Final = re.compile(r"multipart/byteranges; ?boundary=\w+")


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Rows, by patterns of their names, that some servers meet in another way."""

    servers: tuple[str, ...]
    differs: Differs
    rows: tuple[str, ...]


def _page(status: str, **headers: str | re.Pattern[str] | None) -> Differs:
    return Differs(
        f"{status} is answered by its own page",
        headers={
            "Content-Length": SOME_LENGTH,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        content=False,
    )


_REFUSED_METHODS: Final = (
    *("*: POST is not allowed", "*: PUT is not allowed", "*: DELETE is not allowed"),
    *("*: PATCH is not allowed", "*: a method that does not exist", "*: a method of 20 letters"),
)
_FAILED_CONDITIONS: Final = (
    *("*: If-Match: another tag", "*: If-Match: a list without", "*: If-Match compares strongly"),
    *("*: If-Match: no tag at all", "*: If-Match: tag of another coding"),
    *("*: If-Unmodified-Since: an earlier date", "*: If-Match comes before If-None-Match"),
    *("*: If-Unmodified-Since comes before If-None-Match", "*: If-Match comes before Range"),
)
_FAILED_CONDITIONS_OF_HEAD: Final = ("*: If-Match: HEAD", "*: If-Unmodified-Since: HEAD")
_NOT_MODIFIED: Final = (
    *("*: If-None-Match: the tag", "*: If-None-Match compares weakly", "*: If-None-Match: a list"),
    *("*: If-None-Match: a list without spaces", "*: If-None-Match: tags with commas"),
    *(
        "*: If-None-Match: anything",
        "*: If-None-Match: HEAD",
        "*: If-Modified-Since: the same date",
    ),
    *("*: If-Modified-Since: HEAD", "*: both match", "*: If-None-Match comes before Range"),
    *("*: conditions come before 416", "*: 304 repeats what caches need"),
)
_LATER_DATES: Final = (
    *("*: If-Modified-Since: a later date", "*: If-Modified-Since: RFC 850's form"),
    "*: If-Modified-Since: asctime's form, later",
)
_UNSATISFIABLE: Final = (
    *("*: the position after the last", "RFC *: far behind the end"),
    *("*: an open range behind the end", "*: If-Range that holds leaves *"),
)
_UNSATISFIABLE_ODDITIES: Final = (
    *("*: the last no bytes", "*: no member can be satisfied", "*: a number of 4000 digits"),
)
_JOINED: Final = (
    *("*: the same range twice", "*: overlapping ranges are joined"),
    *("*: ranges that touch are joined", "*: near ranges are joined"),
)
_OUTSIDE_THE_RELEASE: Final = (
    *("*: a plain name that an earlier release had", "*: a file that is not listed"),
)
_ANY_CODING: Final = (
    *("*: anything but the file as it is", "*: anything but br and the file as it is"),
)

EXCEPTIONS: Final = (
    # All three
    Exceptional(
        SERVERS,
        Differs(
            "it serves what lies in the folder; `lading verify` tells what is not of a release",
            status=(200,),
        ),
        _OUTSIDE_THE_RELEASE,
    ),
    Exceptional(
        SERVERS,
        Differs(
            "it serves what lies in the folder; `lading verify` tells what is not of a release",
            status=(200,),
            content=False,
        ),
        ("*: a file beside the listed ones",),
    ),
    Exceptional(
        SERVERS,
        Differs("`*` names no coding to it, and so the file comes as it is", coding=None),
        _ANY_CODING,
    ),
    Exceptional(
        SERVERS,
        Differs("it does not weigh the file as it is against a coding", coding="gzip"),
        ("*: identity preferred",),
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs("it takes heads of at most 8 KB a line", status=(400,)),
        ("bad input: 64 KB: *", "bad input: a thousand headers of one name"),
    ),
    Exceptional(
        ("caddy",),
        Differs("it takes heads of at most 16 KB", status=(431,)),
        ("bad input: 64 KB: *", "bad input: a thousand headers of one name"),
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs(
            "a 304 has the date too (RFC 9110 §15.4.5 lets it)",
            headers={"Last-Modified": re.compile(".+")},
        ),
        _NOT_MODIFIED,
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs("with two validators both must hold", status=(200,)),
        ("*: If-None-Match overrules an earlier If-Modified-Since",),
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs("with two validators both must hold", status=(412,)),
        ("*: If-Match overrules If-Unmodified-Since",),
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs("it knows no weights but 0", coding="br"),
        ("*: the highest weight wins", "*: weight 1.000"),
    ),
    Exceptional(
        ("nginx", "caddy"),
        Differs(
            "it sends each range that is asked for as a part of its own",
            headers={
                "Content-Range": None,
                "Content-Length": SOME_LENGTH,
                "Content-Type": SEVERAL_PARTS,
            },
            content=False,
        ),
        _JOINED,
    ),
    Exceptional(
        ("apache",),
        Differs(
            "it joins what overlaps or touches, not what is near",
            headers={
                "Content-Range": None,
                "Content-Length": SOME_LENGTH,
                "Content-Type": SEVERAL_PARTS,
            },
            content=False,
        ),
        ("*: near ranges are joined",),
    ),
    Exceptional(
        ("nginx", "caddy"),
        Differs("it sends each range that is asked for as a part of its own", content=False),
        ("*: overlapping ranges are joined, others are not",),
    ),
    Exceptional(
        ("nginx", "caddy"),
        Differs("ranges that are longer than the file together mean nothing", status=(200,)),
        ("*: the whole again and again: once",),
    ),
    Exceptional(
        ("caddy", "apache"),
        Differs("several ranges of a variant are sent as any others", status=(206,)),
        ("*: several ranges of an encoded variant: *",),
    ),
    Exceptional(
        ("caddy", "apache"),
        Differs("such a range means nothing to it", status=(200,)),
        (
            *("*: a number of 30 digits", "*: a suffix of 30 digits", "*§5.6.1.2: empty members"),
            *_UNSATISFIABLE_ODDITIES,
        ),
    ),
    # nginx
    Exceptional(("nginx",), _page("412"), (*_FAILED_CONDITIONS, *_FAILED_CONDITIONS_OF_HEAD)),
    Exceptional(
        ("nginx",),
        _page("416", Cache_Control=f"{SHORT}, no-store"),
        (*_UNSATISFIABLE, *_UNSATISFIABLE_ODDITIES),
    ),
    Exceptional(("nginx",), _page("405"), _REFUSED_METHODS),
    Exceptional(
        ("nginx",),
        Differs(
            "it refuses TRACE before it looks at the path, without Allow",
            headers={"Allow": None, "Cache-Control": None, "Content-Length": SOME_LENGTH},
            content=False,
        ),
        ("*: TRACE is not allowed",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it takes no method in lower case", status=(400,)),
        ("*: methods are case-sensitive",),
    ),
    Exceptional(
        ("nginx",),
        Differs(
            "it has no module for zstd",
            headers={"Content-Encoding": None, "Content-Length": SOME_LENGTH},
            content=False,
        ),
        ("*§8.4: coding zstd",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it has no module for zstd", coding="gzip"),
        ("*: zstd before gzip",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it looks at the first header of a name alone", headers={"Content-Encoding": None}),
        ("*: repeated headers are one list",),
    ),
    Exceptional(
        ("nginx", "caddy"),
        Differs("it looks at the first header of a name alone", status=(206,)),
        ("*: two headers are no set of ranges",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it takes a tab for a part of the value", headers={"Content-Encoding": None}),
        ("*: white space around a value means nothing",),
    ),
    Exceptional(
        ("nginx", "caddy"),
        Differs("it does not know the old name", coding=None),
        ("*: x-gzip is gzip",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it knows no weights in upper case", coding="br"),
        ("*: an upper-case weight",),
    ),
    Exceptional(
        ("nginx",),
        Differs(
            "a 304 has the date too (RFC 9110 §15.4.5 lets it)",
            headers={"Last-Modified": re.compile(".+")},
        ),
        _LATER_DATES,
    ),
    Exceptional(
        ("nginx",),
        Differs("it takes no second header of this name", status=(400,)),
        ("*: If-None-Match: the tag in two headers",),
    ),
    Exceptional(
        ("nginx",),
        Differs("it reads a date as far as it can", status=(304,)),
        (
            *("*: If-Modified-Since: another time zone", "*: If-Modified-Since: two dates"),
            *("*: the date Mon, 00 Jan 2040 00:00:00 GMT", "*: the date Mon, 01 Foo *"),
        ),
    ),
    Exceptional(
        ("nginx",),
        Differs("a date that it cannot read is an earlier one", status=(412,)),
        (*("*: If-Unmodified-Since: no date", "*: all conditions at once, all nonsense"),),
    ),
    Exceptional(
        ("nginx",),
        Differs("it answers 416 to a range that it cannot read", status=(416,)),
        (
            *("*: a number of 30 digits", "*: a suffix of 30 digits", "*§5.6.1.2: empty members"),
            *(
                "*: only commas",
                "*: no numbers",
                "*: no range",
                "*: letters",
                "*: negative numbers",
            ),
            *("*: other digits", "*: a range from the end to the start", "*: Range in Latin-1"),
            "*: no dash",
        ),
    ),
    Exceptional(
        ("nginx",),
        Differs("it reads a range as far as it can", status=(206,)),
        ("*: white space within", "*: one wrong member spoils the set"),
    ),
    Exceptional(
        ("nginx",),
        Differs("it treats HEAD as GET", status=(206,)),
        ("*: ranges are defined for GET alone",),
    ),
    Exceptional(
        ("nginx",),
        Differs("variants have no ranges; all is sent, which §14.2 allows", status=(200,)),
        (
            *("*: ranges count in the bytes of the coding *", "*: a large coding in ranges"),
            "*: If-Range: the tag of the coding that is sent",
        ),
    ),
    Exceptional(
        ("nginx",),
        Differs("it refuses such a path before it looks for a file", status=(400,)),
        ("*: NUL at the end", "*: NUL within", "*: NUL and an extension"),
    ),
    Exceptional(
        ("nginx", "apache"),
        Differs("it refuses a path that leads above the root", status=(400,)),
        ("*§17.3: many",),
    ),
    Exceptional(
        ("nginx",),
        Differs("a redirect has a page", content=False),
        ("*: the index file's own name leads to the folder",),
    ),
    # Caddy
    Exceptional(
        ("caddy",),
        Differs("412 has the file's headers", headers={"Cache-Control": SHORT}),
        _FAILED_CONDITIONS,
    ),
    Exceptional(
        ("caddy",),
        Differs(
            "412 has the file's headers", headers={"Cache-Control": SHORT, "Content-Length": None}
        ),
        _FAILED_CONDITIONS_OF_HEAD,
    ),
    Exceptional(
        ("caddy",),
        Differs(
            "416 says what is wrong, and nothing of caches",
            headers={"Cache-Control": None, "Content-Length": SOME_LENGTH},
            content=False,
        ),
        _UNSATISFIABLE,
    ),
    Exceptional(
        ("caddy",),
        Differs("it looks for variants of every file", headers={"Vary": "Accept-Encoding"}),
        (
            *("*: Vary only where the answer varies", "RFC 8246 §2: an image"),
            "*: the same without an Origin, since caches keep it",
        ),
    ),
    Exceptional(
        ("caddy",),
        Differs("a weight that it cannot read is 1", coding="gzip"),
        (
            *("*: a weight above 1", "*: a weight that is no number", "*: a weight below 0"),
            *("*: a weight that is empty", "*: an unknown parameter"),
        ),
    ),
    Exceptional(
        ("caddy", "apache"),
        Differs("of two weights of a coding any above 0 counts", coding="gzip"),
        ("*: the lower of two weights counts",),
    ),
    Exceptional(
        ("caddy",),
        Differs("the unit is known in lower case alone", status=(200,)),
        ("*: the unit is case-insensitive",),
    ),
    Exceptional(
        ("caddy",),
        Differs("it answers 416 to a range from the end to the start", status=(416,)),
        ("*: a range from the end to the start", "*: one wrong member spoils the set"),
    ),
    Exceptional(
        ("caddy",),
        Differs("it looks at the beginning of If-Range alone", status=(206,)),
        ("*: If-Range: empty", "*: If-Range: no list"),
    ),
    # Apache
    Exceptional(
        ("apache",),
        Differs("a 304 names the coding too", headers={"Content-Encoding": "br"}),
        ("*: 304 by the date repeats it all too",),
    ),
    Exceptional(
        ("apache",),
        _page("405", Allow=re.compile("GET, HEAD, OPTIONS, ?")),
        (*_REFUSED_METHODS, "*: TRACE is not allowed"),
    ),
    Exceptional(
        ("apache",),
        Differs("it adds its own, empty list", headers={"Allow": re.compile(".+OPTIONS, ?")}),
        ("*: methods are case-sensitive",),
    ),
    Exceptional(
        ("apache",),
        Differs("it says no length of nothing", headers={"Content-Length": None}),
        ("*: HEAD of an empty file",),
    ),
    Exceptional(
        ("apache",),
        Differs("412 has the file's length", headers={"Content-Length": SOME_LENGTH}),
        _FAILED_CONDITIONS_OF_HEAD,
    ),
    Exceptional(
        ("apache",),
        Differs("a date to come means nothing (RFC 7232 §3.3 let it)", status=(200,)),
        (*_LATER_DATES, "*: a date to come", "*: 304 has no type"),
    ),
    Exceptional(
        ("apache",),
        Differs(
            "416 has a page, and not the file's length",
            headers={"Content-Range": None, "Content-Length": None},
            content=False,
        ),
        _UNSATISFIABLE,
    ),
    Exceptional(
        ("apache",),
        Differs("416 does not say the file's length", headers={"Content-Range": None}),
        ("*: behind the last byte", "WhiteNoise *: far behind the last byte"),
    ),
    Exceptional(
        ("apache",),
        Differs("it knows no white space before a range", status=(200,)),
        ("*: white space around the members",),
    ),
    Exceptional(
        ("apache",),
        Differs(
            "it makes whole addresses of redirects, and sets no lifetime",
            headers={
                "Location": re.compile(r"http://localhost(:\d+)?/site/docs/.*"),
                "Cache-Control": None,
            },
            content=False,
        ),
        ("*: the index file's own name leads to the folder",),
    ),
    Exceptional(
        ("apache",),
        Differs(
            "it makes whole addresses of redirects",
            headers={"Location": re.compile(r"http://localhost(:\d+)?/site/docs/.*")},
        ),
        (
            *("*: the query is kept", "*: a folder without its slash"),
            "*: a folder without its slash and a query",
        ),
    ),
)


def with_exceptions(rows: Iterable[Row]) -> list[Row]:
    """The rows with what web servers answer otherwise."""
    return [replace(row, differs={**row.differs, **_differences(str(row))}) for row in rows]


def _differences(name: str) -> dict[str, Differs]:
    return {
        server: exception.differs
        for exception in EXCEPTIONS
        for server in exception.servers
        if any(fnmatchcase(name, pattern) for pattern in exception.rows)
    }
