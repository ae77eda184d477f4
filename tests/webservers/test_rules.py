"""What names decide: the rules say the same as the policies do, name by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading import mediatypes
from lading.media import policy as uploads
from lading.media.policy import MediaPolicy
from lading.policy import Policy, response_headers
from lading.webservers.rules import (
    DIGEST,
    HeaderRules,
    NameRule,
    TypeRules,
    glob_regex,
    literal,
    media_headers,
    media_types,
    static_headers,
    static_types,
)

HASHED = NameRule(rf"\.{DIGEST}(?:\.[^./]*)?$", "immutable")
EXTENSIONS = sorted({e for group in mediatypes.extensions().values() for e in group})
NAMES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "css/", "a.b/", "crossdomain.xml/", "x/crossdomain"]),
    st.sampled_from(["app", "app.0123456789ab", "page.html", "A"]),
    st.sampled_from(["", ".", ".foobar", *(f".{e}" for e in EXTENSIONS), ".CSS", ".Html"]),
)
OWN = st.dictionaries(
    st.sampled_from(["*", "*.css", "css/*", "*app*", "?.png", "[!a]*", "a.b/**"]),
    st.dictionaries(
        st.sampled_from(["X-A", "Cache-Control", "access-control-allow-origin", "Content-Type"]),
        st.sampled_from(["one", "two", None]),
        max_size=2,
    ),
    max_size=3,
)


def matches(rule: NameRule, name: str) -> bool:
    return bool(re.search(rule.regex, name, re.IGNORECASE if rule.any_case else 0))


def decided(headers: Iterable[HeaderRules], name: str) -> dict[str, str]:
    found = {
        rules.header: next((r.value for r in rules.rules if matches(r, name)), rules.default)
        for rules in headers
    }
    return {header.lower(): value for header, value in found.items() if value}


def type_of(types: TypeRules, name: str) -> str:
    special = next((rule.value for rule in types.special if matches(rule, name)), None)
    ending = name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name else ""
    table = {e: kind for kind, endings in types.extensions.items() for e in endings}
    return special or table.get(ending, mediatypes.DEFAULT)


def without_type(headers: Iterable[tuple[str, str]]) -> tuple[dict[str, str], str]:
    found = {name.lower(): value for name, value in headers}
    return found, found.pop("content-type", mediatypes.DEFAULT)


@given(NAMES, st.sampled_from(["needed", "all", "none"]), OWN)
def test_published_files(name: str, origins: str, own: dict[str, dict[str, str | None]]) -> None:
    policy = Policy(max_age=5, origins=origins, resource_policy="same-site", headers=own)  # type: ignore[arg-type]
    expected, kind = without_type(
        response_headers(
            policy,
            name,
            mediatypes.media_type(name),
            immutable=matches(HASHED, name),
            varies=False,
        )
    )
    assert decided(static_headers(policy, [HASHED]), name) == expected
    assert type_of(static_types(policy), name) == kind


@given(NAMES, st.booleans(), OWN)
def test_uploads(name: str, private: bool, own: dict[str, dict[str, str | None]]) -> None:
    policy = MediaPolicy(max_age=5, headers=own)
    expected, kind = without_type(uploads.response_headers(policy, name, private=private))
    if expected.get("content-disposition", "").startswith("attachment"):
        expected["content-disposition"] = "attachment"
    assert decided(media_headers(policy, private=private), name) == expected
    assert type_of(media_types(policy), name) == kind


@pytest.mark.parametrize("name", EXTENSIONS)
def test_every_extension_has_its_type(name: str) -> None:
    assert type_of(static_types(Policy()), f"a.{name}") == mediatypes.media_type(f"a.{name}")
    assert type_of(media_types(MediaPolicy()), f"A.{name}") == uploads.content_type(f"A.{name}")


@given(
    st.text(st.sampled_from("ab*?[]!-^\\./(){}|$+"), max_size=8),
    st.text(st.sampled_from("ab[]!-^\\./(){}|$+"), max_size=8),
)
def test_globs_match_what_fnmatch_matches(pattern: str, name: str) -> None:
    try:
        expected = fnmatchcase(name, pattern)
    except re.error:
        return
    assert bool(re.search(glob_regex(pattern), name)) == expected


@given(st.text(max_size=20))
def test_a_literal_matches_itself_alone(text: str) -> None:
    assert re.fullmatch(literal(text), text)
    assert not re.fullmatch(literal(text), text + "a")
