"""``_headers`` and ``_redirects`` of static hosts."""

from __future__ import annotations

import pytest

from lading.errors import ConfigError
from lading.manifest import File, Manifest
from lading.policy import Policy
from lading.webservers.hosts import MOST, headers, redirects

PLAIN = File("0" * 64, 1, "image/png")


def test_each_file_has_a_rule_of_its_own() -> None:
    font = File("0" * 64, 1, "font/woff2", immutable=True)
    manifest = Manifest({}, {"a b/\u00fc.png": PLAIN, "s.0123456789ab.woff2": font})
    assert headers(manifest, Policy(max_age=5), "/static/") == (
        "# For the files of one release: write it anew with each.\n\n"
        "/static/a%20b/%C3%BC.png\n"
        "  Content-Type: image/png\n"
        "  Cache-Control: max-age=5, must-revalidate, public\n"
        "  X-Content-Type-Options: nosniff\n\n"
        "/static/s.0123456789ab.woff2\n"
        "  Content-Type: font/woff2\n"
        "  Cache-Control: max-age=31536000, immutable, public\n"
        "  X-Content-Type-Options: nosniff\n"
        "  Access-Control-Allow-Origin: *\n"
    )


def test_more_rules_than_some_hosts_read() -> None:
    text = headers(Manifest({}, {f"{n}.png": PLAIN for n in range(MOST + 1)}), Policy(), "/")
    assert f"Cloudflare Pages reads {MOST} rules" in text


@pytest.mark.parametrize("name", ["a*.png", "css/:id.png"])
def test_names_that_would_be_patterns(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        headers(Manifest({}, {name: PLAIN}), Policy(), "/static/")
    assert caught.value.remedy


def test_what_is_not_to_be_served() -> None:
    text = redirects("staticfiles.json", "/static/")
    assert "/static/.lading/* /404.html 404!\n/static/staticfiles.json /404.html 404!\n" in text
