"""A diagnosis as text for 80 columns, and as JSON."""

from __future__ import annotations

import io
import json

import pytest

from lading.doctor.diagnosis import Diagnosis, Group
from lading.findings import Finding, Severity
from lading.report import diagnosed

URL = "https://site.example/static/css/a.0123456789ab.css"
LONG = Finding(
    "live-short-cache",
    Severity.WARNING,
    "The name changes with its content, yet browsers may keep it for 1 hour: they ask again and again.",
    "css/a.0123456789ab.css",
    URL,
    hint="Write 'add_header Cache-Control \"max-age=31536000, immutable, public\";' in a location.",
)
BROKEN = Finding("unpublished", Severity.ERROR, "There is nothing.", where="/srv/out")
NOTED = Finding(
    "live-no-nosniff", Severity.NOTE, "Without it they guess.", where=URL, hint="Send it."
)
FINE = Group("Settings", "27 checks")
SHOWN = f"""\
Site: 1 request:
  note [live-no-nosniff] {URL}
    Without it they guess.
    -> Send it.
Nothing is wrong."""


def told(*groups: Group, notes: bool = False, **options: object) -> str:
    return diagnosed.text(io.StringIO(), Diagnosis([*groups]), notes=notes, **options)  # type: ignore[arg-type]


def test_short_when_all_is_well():
    assert told(FINE, Group("Published files", "3 files in /srv/out")) == (
        "Settings: 27 checks, nothing wrong.\n"
        "Published files: 3 files in /srv/out, nothing wrong.\n"
        "Nothing is wrong."
    )


def test_groups_and_the_worst_first():
    assert told(FINE, Group("https://site.example/", "2 requests", [LONG, BROKEN])) == (
        "Settings: 27 checks, nothing wrong.\n"
        "https://site.example/: 2 requests:\n"
        "  error [unpublished] /srv/out\n"
        "    There is nothing.\n"
        f"  warning [live-short-cache] {URL}\n"
        "    The name changes with its content, yet browsers may keep it for 1 hour: they\n"
        "    ask again and again.\n"
        "    -> Write 'add_header Cache-Control \"max-age=31536000, immutable, public\";'\n"
        "       in a location.\n"
        "1 error and 1 warning."
    )


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        (False, "Site: 1 request.\nNothing is wrong. 1 note more; -v 2 shows it."),
        (
            True,
            SHOWN,
        ),
    ],
)
def test_notes(notes: bool, expected: str):
    assert told(Group("Site", "1 request", [NOTED]), notes=notes) == expected


def test_colours():
    assert "\x1b[1;31merror\x1b[0m [unpublished]" in told(Group("", "", [BROKEN]), color=True)
    assert "\x1b" not in told(Group("", "", [BROKEN]))


def test_what_a_server_says_does_not_act_on_a_terminal():
    nasty = Finding(
        "live-redirected", Severity.ERROR, "To '\x1b]0;x\x07' it goes.", where="a\x1b[2J"
    )
    text = told(Group("a\x1b[31m", "b", [nasty]))
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_a_stream_that_cannot_say_everything():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    text = diagnosed.text(stream, Diagnosis([Group("\u2192", "")]), notes=False)
    assert text.startswith("\\u2192")


def test_json():
    document = diagnosed.document(Diagnosis([FINE, Group("Site", "1 request", [BROKEN])]))
    assert json.loads(json.dumps(document)) == {
        "version": 1,
        "failed": True,
        "groups": [
            {"title": "Settings", "looked": "27 checks", "findings": []},
            {
                "title": "Site",
                "looked": "1 request",
                "findings": [
                    {
                        "kind": "unpublished",
                        "severity": "error",
                        "message": "There is nothing.",
                        "path": "",
                        "where": "/srv/out",
                        "owner": "project",
                        "hint": "",
                    }
                ],
            },
        ],
    }
