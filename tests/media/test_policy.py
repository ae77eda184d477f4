"""How an upload is served, by its name."""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import ConfigError
from lading.media import policy as policies
from lading.media.policy import (
    ACTIVE_EXTENSIONS,
    SANDBOX,
    TEXT_EXTENSIONS,
    VIEWED_EXTENSIONS,
    VIEWER,
    MediaPolicy,
    content_type,
    disposition,
    extension,
    response_headers,
    rules,
    treatment,
)
from lading.mediatypes import _TYPES

POLICY = MediaPolicy()


def headers(name: str, policy: MediaPolicy = POLICY, **options: object) -> dict[str, str]:
    return dict(response_headers(policy, name, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["a.html", "a.HTM", "x/a.svg", "a.svgz", "a.xml", "a.xhtml", "a.rss"]
)
def test_what_a_browser_would_run_is_downloaded(name: str):
    assert treatment(POLICY, name) == "attachment"
    sent = headers(name)
    assert sent["Content-Disposition"] == f'attachment; filename="{name.rpartition("/")[2]}"'
    assert sent["Content-Security-Policy"] == SANDBOX
    assert sent["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "notes.txt", "a.webp", "no-extension", ".html"])
def test_what_is_harmless_is_shown_in_a_sandbox(name: str):
    assert treatment(POLICY, name) == "shown"
    sent = headers(name)
    assert "Content-Disposition" not in sent
    assert sent["Content-Security-Policy"] == SANDBOX
    assert sent["X-Content-Type-Options"] == "nosniff"


def test_every_type_that_browsers_show_as_markup_is_active():
    markup = {end for end, kind in _TYPES.items() if "xml" in kind.partition(";")[0].split("/")[1]}
    # Not markup themselves: zipped XML.
    markup -= {end for end in markup if "openxml" in _TYPES[end]}
    assert {"svg", "xhtml", "rss", "xsl"} <= markup
    assert markup | {"html", "htm"} <= set(ACTIVE_EXTENSIONS)


@pytest.mark.parametrize("ending", TEXT_EXTENSIONS)
def test_code_is_no_code_here(ending: str):
    assert content_type(f"a.{ending}") == "text/plain; charset=utf-8"
    assert headers(f"A.{ending.upper()}")["X-Content-Type-Options"] == "nosniff"


def test_every_type_of_scripts_and_styles_is_text():
    code = re.compile(r"text/(javascript|css)|application/(wasm|importmap|manifest)")
    assert {end for end, kind in _TYPES.items() if code.match(kind)} <= set(TEXT_EXTENSIONS)


def test_films_and_sound_are_played():
    played = {end for end, kind in _TYPES.items() if kind.startswith(("audio/", "video/"))}
    assert {*VIEWED_EXTENSIONS} == played | {"pdf"}
    for ending in played:
        assert headers(f"a.{ending}")["Content-Security-Policy"] == VIEWER
        assert "Content-Disposition" not in headers(f"a.{ending}")


def test_pdf_by_setting():
    assert treatment(POLICY, "a.pdf") == "viewed"
    assert headers("a.pdf")["Content-Security-Policy"] == VIEWER
    assert "Content-Disposition" not in headers("a.pdf")
    strict = MediaPolicy(inline=())
    assert headers("a.pdf", strict)["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert headers("a.pdf", strict)["Content-Security-Policy"] == SANDBOX


def test_what_is_shown_by_setting_stays_in_the_sandbox():
    sent = headers("a.svg", MediaPolicy(inline=("svg",)))
    assert "Content-Disposition" not in sent
    assert sent["Content-Security-Policy"] == SANDBOX


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("", "attachment"),
        ("a b.pdf", 'attachment; filename="a b.pdf"'),
        ("naïve.pdf", "attachment; filename=\"na_ve.pdf\"; filename*=UTF-8''na%C3%AFve.pdf"),
        (
            "€ 100%.pdf",
            "attachment; filename=\"_ 100_.pdf\"; filename*=UTF-8''%E2%82%AC%20100%25.pdf",
        ),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("a'(b)*.pdf", 'attachment; filename="a\'(b)*.pdf"'),
        ("../../etc/x.txt", 'attachment; filename="x.txt"'),
        ("C:\\temp\\x.txt", 'attachment; filename="x.txt"'),
        ("a\r\nSet-Cookie: b=c.txt", 'attachment; filename="aSet-Cookie: b=c.txt"'),
    ],
)
def test_disposition(filename: str, header: str):
    assert disposition("attachment", filename) == header


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_a_client_reads_the_name_that_was_meant(filename: str):
    header = disposition("attachment", filename)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    last = filename.replace("\\", "/").rpartition("/")[2]
    printable = "".join(char for char in last if char.isprintable()).strip()
    extended = re.search(r"filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$", header)
    if extended:
        assert unquote(extended[1], errors="strict") == printable
    elif printable:
        assert message.get_filename() == printable
    else:
        assert header == "attachment"


def test_caching():
    assert headers("a.png")["Cache-Control"] == "max-age=60, must-revalidate, public"
    assert headers("a.png", MediaPolicy(max_age=0))["Cache-Control"] == "no-cache, public"
    assert headers("a.png", private=True)["Cache-Control"] == "no-cache, private"
    signed = headers("a.png", private=True, lifetime=90)
    assert signed["Cache-Control"] == "max-age=90, public"
    assert headers("a.png", policies.in_development(POLICY))["Cache-Control"] == "no-cache, public"


def test_which_sites_may_embed_it():
    assert headers("a.png")["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers("a.png", private=True)["Cross-Origin-Resource-Policy"] == "same-site"
    signed = headers("a.png", private=True, lifetime=90)
    assert signed["Cross-Origin-Resource-Policy"] == "cross-origin"
    own = MediaPolicy(resource_policy="same-origin")
    assert headers("a.png", own)["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_name_for_saving():
    assert headers("ab/cd.pdf", filename="Rechnung Mai.pdf")["Content-Disposition"] == (
        'inline; filename="Rechnung Mai.pdf"'
    )
    assert headers("ab/cd.png", filename="a.png", download=True)["Content-Disposition"] == (
        'attachment; filename="a.png"'
    )


def test_own_headers_by_pattern():
    policy = MediaPolicy(
        headers={"*.png": {"X-Robots-Tag": "noindex", "content-security-policy": None}}
    )
    assert headers("a/b.png", policy)["X-Robots-Tag"] == "noindex"
    assert "Content-Security-Policy" not in headers("a/b.png", policy)
    assert "X-Robots-Tag" not in headers("a/b.jpg", policy)


@pytest.mark.parametrize(
    "wrong", [{"max_age": -1}, {"resource_policy": "none"}, {"headers": {"*": {"ETag": '"a"'}}}]
)
def test_values_that_cannot_be_sent(wrong: dict[str, object]):
    with pytest.raises(ConfigError):
        MediaPolicy(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", [POLICY, MediaPolicy(inline=("svg", "xml"), max_age=0)])
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(
    "ending", [*ACTIVE_EXTENSIONS, *TEXT_EXTENSIONS, "mp4", "png", "txt", "bin"]
)
def test_a_server_that_follows_the_rules_answers_the_same(
    policy: MediaPolicy, private: bool, ending: str
):
    """Applied as a server does: the first rule with the extension, else the last."""
    name = f"a.{ending}"
    made = rules(policy, private=private)
    assert made[-1].extensions == ()
    rule = next((rule for rule in made if extension(name) in rule.extensions), made[-1])
    mine = headers(name, policy, private=private)
    if ending not in TEXT_EXTENSIONS:
        del mine["Content-Type"]
    if "Content-Disposition" in mine:
        mine["Content-Disposition"] = mine["Content-Disposition"].partition(";")[0]
    assert dict(rule.headers) == mine


def test_each_extension_has_one_rule():
    endings = [ending for rule in rules(POLICY) for ending in rule.extensions]
    assert len(endings) == len(set(endings))
    assert sorted(endings) == sorted({*ACTIVE_EXTENSIONS, *TEXT_EXTENSIONS, *VIEWED_EXTENSIONS})
