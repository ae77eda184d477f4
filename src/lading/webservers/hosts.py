"""``_headers`` and ``_redirects``: what static hosts such as Netlify and Cloudflare Pages read."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from lading.errors import ConfigError
from lading.manifest import Manifest
from lading.policy import Headers, Policy, response_headers
from lading.webservers.text import Lines, comment, joined

MOST = 100
"""Rules that Cloudflare Pages reads; others are not known to have a limit."""


def headers(manifest: Manifest, policy: Policy, url: str) -> str:
    """``_headers``: a rule for each published file, since patterns there cannot tell hashed names from
    others, and rules that overlap would be joined. ``url``: the path that the files have, with its slashes.
    """
    rules = [_rule(url + path, _sent(manifest, policy, path)) for path in sorted(manifest.files)]
    note = "For the files of one release: write it anew with each."
    if len(rules) > MOST:
        note += f" Cloudflare Pages reads {MOST} rules of the {len(rules)}; Netlify reads all."
    return joined(comment(note), *rules)


def _sent(manifest: Manifest, policy: Policy, path: str) -> Headers:
    file = manifest.files[path]
    return response_headers(policy, path, file.media_type, immutable=file.immutable, varies=False)


def _rule(path: str, sent: Headers) -> Lines:
    yield quoted(path)
    for name, value in sent:
        yield f"  {name}: {value}"


def redirects(manifest_name: str, url: str) -> str:
    """``_redirects``: what lies in the folder and is not to be served."""
    denied = [f"{url}.lading/*", *([url + manifest_name] if manifest_name else [])]
    return joined(
        comment("What lies beside the published files and is nobody's business."),
        _denied(denied),
    )


def _denied(paths: list[str]) -> Iterator[str]:
    for path in paths:
        yield f"{quoted(path)} /404.html 404!"


def quoted(path: str) -> str:
    """A URL path as these files have it. Raises ``ConfigError`` for one that would be a pattern."""
    wildcard = path.removesuffix("/*") if path.endswith("/.lading/*") else path
    if "*" in wildcard or "/:" in wildcard:
        raise ConfigError(
            f"Static hosts take {path!r} for a pattern, so no rule can be written for it.",
            where=path,
            remedy="Publish the file under a name without '*', and without ':' at the start of a part.",
        )
    return quote(path, safe="/*:@!$&'()+,;=~")
