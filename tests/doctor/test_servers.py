"""Which server answers."""

from __future__ import annotations

import pytest

from lading.doctor.exchange import Answer
from lading.doctor.servers import name_of, server_of


@pytest.mark.parametrize(
    ("headers", "server", "name"),
    [
        ({"server": "nginx/1.24.0 (Ubuntu)"}, "nginx", "nginx/1.24.0"),
        ({"server": "openresty"}, "nginx", "openresty"),
        ({"server": "Caddy"}, "caddy", "Caddy"),
        ({"server": "Apache/2.4.62 (Debian)"}, "apache", "Apache/2.4.62"),
        ({"server": "gunicorn"}, "application", "gunicorn"),
        ({"server": "WSGIServer/0.2 CPython/3.11"}, "application", "WSGIServer/0.2"),
        ({"server": "cloudflare", "cf-ray": "1"}, "cdn", "cloudflare"),
        ({"server": "AmazonS3", "x-amz-cf-id": "1"}, "cdn", "AmazonS3 behind CloudFront"),
        ({"server": "AmazonS3"}, "bucket", "AmazonS3"),
        ({"x-amz-request-id": "1"}, "bucket", ""),
        ({"server": "unheard of"}, "", "unheard"),
        ({}, "", ""),
    ],
)
def test_servers(headers: dict[str, str], server: str, name: str):
    answer = Answer(200, headers, b"")
    assert (server_of(answer), name_of(answer)) == (server, name)
