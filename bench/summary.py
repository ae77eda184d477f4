"""The few figures that the README shows, out of the tables of `docs/benchmarks.md`."""

from __future__ import annotations

import re

from bench import report

SECTION = "summary"
"""What the README's markers call the table: it is written with every suite that it takes figures of."""


def table(document: str) -> str:
    """The README's table: what is done, who does it otherwise, and both figures. Raises `ValueError` for a
    figure that the document lacks.
    """
    collect, manifest = (_part(document, name) for name in ("collect", "manifest"))
    packing, bucket = _part(document, "packing"), _part(document, "bucket")
    serve = _part(document, "serve")
    far = bucket.partition("### 20 ms")[2]
    packed, stored = "Lading, manifest and packing", "Lading's bucket target"
    gunicorn = "gunicorn gthread, "
    started = serve.partition("### Start with")[2]
    rows = [
        (
            f"`collectstatic` of {_count(collect)} files: first, again",
            "Django",
            _runs(collect, "Django"),
            _runs(collect, "Lading"),
        ),
        (
            "the same with names by content",
            "Django",
            _runs(manifest, "Django, manifest (lenient)"),
            _runs(manifest, "Lading, manifest"),
        ),
        (
            f"and Brotli and gzip, of {_count(packing)} files",
            "WhiteNoise",
            _runs(packing, "WhiteNoise (lenient)"),
            _runs(packing, packed),
        ),
        (
            f"{_count(bucket)} files into a bucket 20 ms away: first, again",
            "django-storages",
            _runs(far, "django-storages"),
            _runs(far, stored),
        ),
        (
            f"gunicorn's start with {_find(serve, r'Start with ([0-9,]+) files')} files",
            "WhiteNoise",
            _cell(started, f"{gunicorn}WhiteNoise (lenient)", "seconds"),
            _cell(started, f"{gunicorn}{packed}", "seconds"),
        ),
        (
            "gunicorn, requests a second: small file, 10 MB file",
            "WhiteNoise",
            _rates(serve, "WhiteNoise (lenient)"),
            _rates(serve, packed),
        ),
    ]
    return report.table(("", "beside", "theirs", "Lading"), rows)


def _part(document: str, section: str) -> str:
    return _find(document, rf"(?s)<!-- bench:{section} -->(.*)<!-- /bench:{section} -->")


def _count(section: str) -> str:
    return _find(section, r"([0-9,]+) files")


def _runs(section: str, contender: str) -> str:
    return ", ".join(_cell(section, f"{contender}, {run}", "seconds") for run in ("cold", "again"))


def _rates(section: str, contender: str) -> str:
    return ", ".join(_cell(section, contender, column) for column in ("small file", "10 MB file"))


def _cell(section: str, row: str, column: str) -> str:
    """A cell of the first table of the section that has this row and column."""
    for lines in re.findall(r"(?m)(?:^\|.*\n?)+", section):
        header, _, *rows = [
            [c.strip() for c in line.split("|")[1:-1]] for line in lines.splitlines()
        ]
        for cells in rows:
            if cells[0] == row and column in header:
                return cells[header.index(column)]
    raise ValueError(f"no figure of {row!r} under {column!r}")


def _find(text: str, pattern: str) -> str:
    if found := re.search(pattern, text):
        return found[1]
    raise ValueError(f"nothing in the document is like {pattern!r}")
