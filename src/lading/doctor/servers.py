"""Which server answers, as far as its answers tell."""

from __future__ import annotations

from typing import Final, Literal

from lading.doctor.exchange import Answer

Server = Literal["nginx", "caddy", "apache", "application", "cdn", "bucket", ""]
"""The sorts of servers for which there is advice of their own; ``""``: not known."""

# Headers that a content delivery network adds, whatever stands behind it.
_NETWORKS: Final = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "CloudFront",
    "x-fastly-request-id": "Fastly",
    "x-akamai-request-id": "Akamai",
    "x-bunny-request-id": "Bunny",
    "cdn-requestid": "Bunny",
    "x-vercel-id": "Vercel",
}

# How the value of Server begins, in lower case.
_SERVERS: Final[tuple[tuple[str, Server], ...]] = (
    ("nginx", "nginx"),
    ("openresty", "nginx"),
    ("caddy", "caddy"),
    ("apache", "apache"),
    ("gunicorn", "application"),
    ("uvicorn", "application"),
    ("granian", "application"),
    ("hypercorn", "application"),
    ("daphne", "application"),
    ("waitress", "application"),
    ("wsgiserver", "application"),
    ("uwsgi", "application"),
    ("cloudflare", "cdn"),
    ("cloudfront", "cdn"),
    ("akamai", "cdn"),
    ("bunnycdn", "cdn"),
    ("amazons3", "bucket"),
    ("minio", "bucket"),
    ("uploadserver", "bucket"),
    ("windows-azure-blob", "bucket"),
)


def server_of(answer: Answer) -> Server:
    """The sort of server that gave an answer: the network in front, else what calls itself so."""
    if network_of(answer):
        return "cdn"
    name = answer.header("Server").lower()
    for start, server in _SERVERS:
        if name.startswith(start):
            return server
    if "x-amz-request-id" in answer.headers or "x-goog-generation" in answer.headers:
        return "bucket"
    return ""


def network_of(answer: Answer) -> str:
    """The name of the content delivery network in front of the server, ``""`` if none is seen."""
    return next((name for header, name in _NETWORKS.items() if header in answer.headers), "")


def name_of(answer: Answer) -> str:
    """What the server calls itself, with the network in front of it: ``nginx/1.24 behind CloudFront``."""
    parts = [answer.header("Server").partition(" ")[0][:40], network_of(answer)]
    told = [part for part in parts if part]
    if len(told) == 2 and told[0].lower() == told[1].lower():
        told.pop()
    return " behind ".join(told)
