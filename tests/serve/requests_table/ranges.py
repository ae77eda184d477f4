"""RFC 9110 §14: range requests."""

from __future__ import annotations

from ..rows import Row, content, headers, span

TEXT = "/static/alphabet.txt"  # 26 bytes
LONG = "/static/long.txt"  # 10000 bytes
FILM = "/static/media/film.mp4"  # 600000 bytes
TAG = "<etag alphabet.txt>"


def _single(section: str, name: str, value: str, start: int, stop: int) -> Row:
    """One range of the 26 bytes of the alphabet."""
    return Row(
        f"RFC 9110 §{section}",
        name,
        TEXT,
        206,
        headers=headers(Range=value),
        expect={
            "Content-Range": f"bytes {start}-{stop - 1}/26",
            "Content-Length": str(stop - start),
            "Content-Type": "text/plain; charset=utf-8",
            "ETag": TAG,
            "Cache-Control": "max-age=60, must-revalidate, public",
        },
        body=span("alphabet.txt", start, stop),
    )


def _whole(section: str, name: str, value: str, method: str = "GET", **others: str) -> Row:
    return Row(
        f"RFC 9110 §{section}",
        name,
        TEXT,
        200,
        method=method,
        headers=headers(Range=value, **others),
        expect={"Content-Range": None, "Content-Length": "26"},
        body=content("alphabet.txt") if method == "GET" else b"",
    )


def _unsatisfiable(name: str, value: str) -> Row:
    return Row(
        "RFC 9110 §15.5.17",
        name,
        TEXT,
        416,
        headers=headers(Range=value),
        expect={
            "Content-Range": "bytes */26",
            "Content-Length": "0",
            "Cache-Control": "no-store",
            "Content-Encoding": None,
        },
        body=b"",
    )


def _several(name: str, value: str, *spans: tuple[int, int]) -> Row:
    return Row(
        "RFC 9110 §15.3.7.2",
        name,
        LONG,
        206,
        headers=headers(Range=value),
        expect={"Content-Range": None, "ETag": "<etag long.txt>"},
        parts=("long.txt", spans),
    )


def _conditional(name: str, status: int, if_range: str, target: str = TEXT, **others: str) -> Row:
    return Row(
        "RFC 9110 §13.1.5",
        name,
        target,
        status,
        headers=headers(Range="bytes=2-4", If_Range=if_range, **others),
        body=(b"cde" if status == 206 else content("alphabet.txt")) if target == TEXT else None,
    )


RANGES = [
    Row(
        "RFC 9110 §14.3",
        "Accept-Ranges says that ranges work",
        TEXT,
        200,
        expect={"Accept-Ranges": "bytes"},
    ),
    _single("14.1.2", "the first byte", "bytes=0-0", 0, 1),
    _single("14.1.2", "the first two bytes", "bytes=0-1", 0, 2),
    _single("14.1.2", "one byte within", "bytes=5-5", 5, 6),
    _single("14.1.2", "the last byte by position", "bytes=25-25", 25, 26),
    _single("14.1.2", "the last byte from the end", "bytes=-1", 25, 26),
    _single("14.1.2", "from a position to the end", "bytes=5-", 5, 26),
    _single("14.1.2", "all from the start", "bytes=0-", 0, 26),
    _single("14.1.2", "exactly all", "bytes=0-25", 0, 26),
    _single("14.1.2", "the last five bytes", "bytes=-5", 21, 26),
    _single("14.1.2", "more than all from the end", "bytes=-1000", 0, 26),
    _single("14.1.2", "beyond the end", "bytes=20-1000", 20, 26),
    _single("14.1.2", "leading zeros", "bytes=0002-0004", 2, 5),
    _single("14.1.2", "a number of 30 digits", f"bytes=20-{10**30}", 20, 26),
    _single("14.1.2", "a suffix of 30 digits", f"bytes=-{10**30}", 0, 26),
    _single("14.1", "the unit is case-insensitive", "Bytes=2-4", 2, 5),
    _single("5.6.1", "white space around the members", "bytes= 2-4 ", 2, 5),
    _single("5.6.1.2", "empty members", "bytes=,2-4,,", 2, 5),
    _single("15.3.7.2", "unsatisfiable members are left out", "bytes=2-4, 90-99", 2, 5),
    _single("15.3.7.2", "the same range twice", "bytes=2-4, 2-4", 2, 5),
    _single("15.3.7.2", "overlapping ranges are joined", "bytes=2-8, 5-12", 2, 13),
    _single("15.3.7.2", "ranges that touch are joined", "bytes=2-4, 5-7", 2, 8),
    _single("15.3.7.2", "near ranges are joined", "bytes=0-0, 25-25", 0, 26),
    _whole("14.2", "another unit", "lines=1-2"),
    _whole("14.2", "no unit", "0-5"),
    _whole("14.2", "no ranges", "bytes="),
    _whole("14.2", "only commas", "bytes=,,"),
    _whole("14.2", "no numbers", "bytes=-"),
    _whole("14.2", "no range", "bytes=5"),
    _whole("14.2", "letters", "bytes=a-z"),
    _whole("14.2", "negative numbers", "bytes=-5-10"),
    _whole("14.2", "white space within", "bytes=0 - 5"),
    _whole("14.2", "white space before the equals sign", "bytes =0-5"),
    _whole("14.2", "other digits", "bytes=\u0661-\u0662".encode().decode("latin-1")),
    _whole("14.2", "a range from the end to the start", "bytes=5-2"),
    _whole("14.2", "one wrong member spoils the set", "bytes=0-1, 5-2"),
    _whole("14.2", "ranges are defined for GET alone", "bytes=0-5", method="HEAD"),
    _unsatisfiable("the position after the last", "bytes=26-26"),
    _unsatisfiable("far behind the end", "bytes=10000-11000"),
    _unsatisfiable("an open range behind the end", "bytes=26-"),
    _unsatisfiable("the last no bytes", "bytes=-0"),
    _unsatisfiable("no member can be satisfied", "bytes=30-31, 40-, -0"),
    _unsatisfiable("a number of 4000 digits", f"bytes={'9' * 4000}-"),
    Row(
        "RFC 9110 §14.2",
        "an empty file has no ranges, so it is sent whole",
        "/static/empty.txt",
        200,
        headers=headers(Range="bytes=0-"),
        expect={"Content-Length": "0"},
        body=b"",
    ),
    _several("two ranges", "bytes=0-9, 500-509", (0, 10), (500, 510)),
    _several("from the end and the start", "bytes=-10, 0-9", (9990, 10000), (0, 10)),
    _several(
        "overlapping ranges are joined, others are not",
        "bytes=0-9, 500-509, 505-519",
        (0, 10),
        (500, 520),
    ),
    _several("unsatisfiable ones are left out", "bytes=0-9, 20000-, 900-909", (0, 10), (900, 910)),
    Row(
        "RFC 9110 §14.2",
        "too many ranges: the file",
        LONG,
        200,
        headers=headers(Range="bytes=" + ",".join(f"{n}-{n}" for n in range(0, 9999, 200))),
        body=content("long.txt"),
    ),
    Row(
        "RFC 9110 §14.2",
        "the whole again and again: once",
        TEXT,
        206,
        headers=headers(Range="bytes=0-,0-,0-,0-,0-"),
        expect={"Content-Range": "bytes 0-25/26"},
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §14.2",
        "a range of a large file",
        FILM,
        206,
        headers=headers(Range="bytes=300000-300099"),
        expect={"Content-Range": "bytes 300000-300099/600000", "Content-Length": "100"},
        body=span("media/film.mp4", 300000, 300100),
    ),
    Row(
        "RFC 9110 §14.2",
        "how browsers begin to play a film",
        FILM,
        206,
        headers=headers(Range="bytes=0-", Accept_Encoding="identity;q=1, *;q=0"),
        expect={"Content-Range": "bytes 0-599999/600000", "Content-Encoding": None},
        body=content("media/film.mp4"),
    ),
    Row(
        "RFC 9110 §15.3.7.2",
        "several ranges of a large file",
        FILM,
        206,
        headers=headers(Range="bytes=10-19, 599000-599009"),
        parts=("media/film.mp4", ((10, 20), (599000, 599010))),
    ),
    Row(
        "RFC 9110 §14.1.2",
        "ranges count in the bytes of the coding that is sent",
        "/static/long-packed.txt",
        206,
        headers=headers(Range="bytes=5-9", Accept_Encoding="gzip"),
        expect={
            "Content-Encoding": "gzip",
            "Content-Range": f"bytes 5-9/{len(content('long-packed.txt', 'gzip'))}",
            "ETag": "<etag long-packed.txt gzip>",
            "Vary": "Accept-Encoding",
        },
        body=content("long-packed.txt", "gzip")[5:10],
    ),
    Row(
        "RFC 9110 §14.1.2",
        "a large coding in ranges",
        "/static/media/packed.bin",
        206,
        headers=headers(Range="bytes=-7", Accept_Encoding="gzip"),
        body=content("media/packed.bin", "gzip")[-7:],
    ),
    Row(
        "RFC 9110 §15.3.7.2",
        "several ranges of an encoded variant: all of it, which every client understands",
        "/static/media/packed.bin",
        200,
        headers=headers(Range="bytes=0-9, 5000-5009", Accept_Encoding="gzip"),
        expect={"Content-Encoding": "gzip"},
        body=content("media/packed.bin", "gzip"),
    ),
    Row(
        "RFC 9110 §15.3.7",
        "a part has the headers of the whole",
        "/static/css/app.css",
        206,
        headers=headers(Range="bytes=5-9"),
        expect={
            "Content-Encoding": None,
            "Content-Type": "text/css; charset=utf-8",
            "ETag": "<etag css/app.css>",
            "Vary": "Accept-Encoding",
            "Last-Modified": "<modified css/app.css>",
        },
        body=span("css/app.css", 5, 10),
    ),
    Row(
        "RFC 9110 §14.2",
        "two headers are no set of ranges",
        TEXT,
        200,
        headers=(("Range", "bytes=0-1"), ("Range", "bytes=3-4")),
        expect={"Content-Range": None},
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §14.2",
        "a range of no file",
        "/static/none",
        404,
        headers=headers(Range="bytes=0-1"),
    ),
    _conditional("If-Range: the tag", 206, TAG),
    _conditional("If-Range: another tag", 200, '"other"'),
    _conditional("If-Range compares strongly", 200, f"W/{TAG}"),
    _conditional("If-Range: the date", 206, "<modified alphabet.txt>"),
    _conditional("If-Range: an earlier date", 200, "Sun, 06 Nov 1994 08:49:37 GMT"),
    _conditional("If-Range: a later date is not the same", 200, "Fri, 11 Apr 2100 11:47:06 GMT"),
    _conditional("If-Range: nonsense", 200, "maybe"),
    _conditional("If-Range: empty", 200, ""),
    _conditional("If-Range: no list", 200, f'{TAG}, "b"'),
    _conditional("If-Range: a star", 200, "*"),
    _conditional(
        "If-Range: the tag of another coding",
        200,
        "<etag css/app.css gzip>",
        "/static/css/app.css",
        Accept_Encoding="br",
    ),
    _conditional(
        "If-Range: the tag of the coding that is sent",
        206,
        "<etag css/app.css br>",
        "/static/css/app.css",
        Accept_Encoding="br",
    ),
    Row(
        "RFC 9110 §13.1.5",
        "If-Range without Range means nothing",
        TEXT,
        200,
        headers=headers(If_Range='"other"'),
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §13.1.5",
        "If-Range that fails makes an unsatisfiable range whole",
        TEXT,
        200,
        headers=headers(If_Range='"other"', Range="bytes=99-"),
        body=content("alphabet.txt"),
    ),
    Row(
        "RFC 9110 §13.1.5",
        "If-Range that holds leaves an unsatisfiable range so",
        TEXT,
        416,
        headers=headers(If_Range=TAG, Range="bytes=99-"),
        expect={"Content-Range": "bytes */26"},
        body=b"",
    ),
    Row(
        "RFC 9110 §13.2.2",
        "a range with all conditions true",
        TEXT,
        206,
        headers=headers(If_Match=TAG, If_None_Match='"x"', If_Range=TAG, Range="bytes=0-1"),
        body=b"ab",
    ),
]
