"""An explanation -> lines for a terminal, or JSON."""

from __future__ import annotations

import io
import json

from lading.explain.explanation import Explanation, Published
from lading.explain.referrers import Referrer
from lading.report import explained
from lading.search import Hit

FOUND = Explanation(
    "/static/a.css",
    path="a.css",
    url="/static/a.0123456789ab.css",
    policy="first",
    sources=[
        Hit("/srv/x/a.css", "'x' (/srv/x)", "published", "x"),
        Hit("/srv/y/a.css", "'y' (/srv/y)", "shadowed, same content", "y", "vendor"),
    ],
    published=[
        Published(
            "a.0123456789ab.css",
            "/static/a.0123456789ab.css",
            1200,
            "ab" * 32,
            True,
            {"br": 300},
            [2, 1],
        ),
        Published("a.css", "/static/a.css", 1, "", False, {}, []),
    ],
    headers=(("Content-Type", "text/css"), ("ETag", '"x"')),
    referrers=[Referrer(f"/srv/t.html:{line}:3", "{% static 'a.css' %}") for line in range(1, 13)],
    facts=[("Served by", "nginx")],
    notes=[
        "A note that is long enough to need a second line, since it has more than eighty columns."
    ],
)


def text(found: Explanation, **more) -> str:
    return explained.text(io.StringIO(), found, **{"verbose": False, **more})


def test_everything_has_its_line():
    assert text(FOUND).splitlines() == [
        "a.css: found",
        "  URL          /static/a.0123456789ab.css",
        "  Source       /srv/x/a.css",
        "               of source 'x' (project)",
        "  Shadows      /srv/y/a.css",
        "               of source 'y' (vendor): shadowed, same content",
        "               The rule is 'first' (setting 'collisions').",
        "  Published    a.0123456789ab.css",
        "               1,200 bytes, immutable, in releases 2, 1",
        "               br: 300 bytes, -75%",
        f"  SHA-256      {'ab' * 32}",
        "  Published    a.css",
        "               1 byte, plain name",
        "  Referred to  /srv/t.html:1:3  {% static 'a.css' %}",
        *(f"               /srv/t.html:{line}:3  {{% static 'a.css' %}}" for line in range(2, 11)),
        "               … and 2 more (-v 2 or --json shows all)",
        "  Headers      Content-Type: text/css",
        '               ETag: "x"',
        "  Served by    nginx",
        "  Note         A note that is long enough to need a second line, since it has",
        "               more than eighty columns.",
    ]


def test_all_referrers_if_asked_for():
    assert text(FOUND, verbose=True).count("/srv/t.html:") == 12


def test_a_problem_is_the_verdict():
    found = Explanation("b.css", path="b.css", problems=["No source ships 'b.css'."])
    assert text(found).splitlines() == [
        "b.css: not found",
        "  Problem      No source ships 'b.css'.",
    ]
    assert text(found, color=True).startswith("b.css: \x1b[1;31mnot found\x1b[0m\n")


def test_names_that_act_on_terminals_are_told_harmlessly():
    assert text(Explanation("\x1b[2J", problems=["\x1b[2J"])).count("\x1b") == 0


def test_what_the_stream_cannot_encode():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    assert "\\u2026 and 2 more" in explained.text(stream, FOUND, verbose=False)


def test_json():
    document = json.loads(json.dumps(explained.document(FOUND)))
    assert document["found"] is True
    assert document["published"][0]["encodings"] == {"br": 300}
    assert document["sources"][1]["fate"] == "shadowed, same content"
    assert document["referrers"][0] == {"where": "/srv/t.html:1:3", "form": "{% static 'a.css' %}"}
    assert document["headers"] == {"Content-Type": "text/css", "ETag": '"x"'}
    assert document["facts"] == {"Served by": "nginx"}
