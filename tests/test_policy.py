"""``Policy``: the headers of published files."""

from __future__ import annotations

from typing import Any

import pytest

from lading.errors import ConfigError
from lading.policy import Headers, Policy, allows_any_origin, cache_control, response_headers


def headers_of(
    policy: Policy,
    path: str = "css/app.css",
    media_type: str = "text/css; charset=utf-8",
    *,
    immutable: bool = False,
    varies: bool = False,
) -> dict[str, str]:
    pairs: Headers = response_headers(policy, path, media_type, immutable=immutable, varies=varies)
    assert len({name.lower() for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_defaults_of_a_plain_name() -> None:
    assert headers_of(Policy()) == {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "max-age=60, must-revalidate, public",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
    }


def test_defaults_of_an_immutable_name_with_variants() -> None:
    headers = headers_of(Policy(), immutable=True, varies=True)
    assert headers["Cache-Control"] == "max-age=31536000, immutable, public"
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("policy", "immutable", "value"),
    [
        (Policy(), False, "max-age=60, must-revalidate, public"),
        (Policy(max_age=3600), False, "max-age=3600, must-revalidate, public"),
        (Policy(max_age=0), False, "no-cache, public"),
        (Policy(max_age=0), True, "max-age=31536000, immutable, public"),
        (Policy(immutable="max-age=600"), True, "max-age=600"),
        (Policy(immutable="max-age=600"), False, "max-age=60, must-revalidate, public"),
    ],
)
def test_cache_control(policy: Policy, immutable: bool, value: str) -> None:
    assert cache_control(policy, immutable=immutable) == value


@pytest.mark.parametrize(
    ("media_type", "needed"),
    [
        ("font/woff2", True),
        ("font/ttf", True),
        ("application/vnd.ms-fontobject", True),
        ("text/javascript; charset=utf-8", True),
        ("Text/CSS", True),
        ("application/json", True),
        ("application/wasm", True),
        ("image/png", False),
        ("image/svg+xml", False),
        ("video/mp4", False),
        ("text/html; charset=utf-8", False),
        ("application/pdf", False),
        ("application/octet-stream", False),
    ],
)
def test_which_types_any_origin_may_read(media_type: str, needed: bool) -> None:
    assert allows_any_origin(Policy(), media_type) is needed
    assert allows_any_origin(Policy(origins="all"), media_type)
    assert not allows_any_origin(Policy(origins="none"), media_type)


def test_resource_policy() -> None:
    headers = headers_of(Policy(resource_policy="same-site"))
    assert headers["Cross-Origin-Resource-Policy"] == "same-site"


def test_headers_by_pattern() -> None:
    policy = Policy(
        headers={
            "*": {"Server-Timing": "static"},
            "*.css": {"X-A": "1", "x-content-type-options": None},
            "css/*": {"x-a": "2"},
            "*.js": {"X-B": "1"},
            "css/a?p.css": {"cache-control": "no-store"},
        }
    )
    assert headers_of(policy) == {
        "Content-Type": "text/css; charset=utf-8",
        "cache-control": "no-store",
        "Access-Control-Allow-Origin": "*",
        "Server-Timing": "static",
        "x-a": "2",
    }
    assert "X-B" in headers_of(policy, "deep/in/a.js")


@pytest.mark.parametrize(
    ("extra", "vary"),
    [
        ({}, "Accept-Encoding"),
        ({"Vary": "Origin"}, "Origin, Accept-Encoding"),
        ({"vary": None}, "Accept-Encoding"),
    ],
)
def test_no_setting_takes_accept_encoding_out_of_vary(
    extra: dict[str, str | None], vary: str
) -> None:
    assert headers_of(Policy(headers={"*": extra}), varies=True)["Vary"] == vary


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"max_age": -1}, "max_age"),
        ({"origins": "some"}, "origins"),
        ({"resource_policy": "everyone"}, "resource_policy"),
        ({"immutable": "max-age=1\r\nX-Injected: yes"}, "immutable"),
        ({"immutable": ""}, "immutable"),
        ({"headers": {"*": {"X A": "1"}}}, "headers['*']"),
        ({"headers": {"*": {"": "1"}}}, "headers['*']"),
        ({"headers": {"*": {"X-A": "a\nb"}}}, "headers['*']"),
        ({"headers": {"*": {"X-A": " a"}}}, "headers['*']"),
        ({"headers": {"*": {"X-A": "\u00e4"}}}, "headers['*']"),
        ({"headers": {"*": {"X-A": "a\0"}}}, "headers['*']"),
        ({"headers": {"*.css": {"Content-Length": "1"}}}, "headers['*.css']"),
        ({"headers": {"*.css": {"ETag": None}}}, "headers['*.css']"),
    ],
)
def test_what_cannot_be_sent_is_refused(settings: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Policy(**settings)
    assert caught.value.where == where
    assert caught.value.remedy
