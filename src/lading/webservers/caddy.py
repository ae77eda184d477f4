"""The configuration of Caddy: a Caddyfile's block for one site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lading import mediatypes
from lading.errors import ConfigError
from lading.webservers.places import FROM_APP, SUFFIXES, Place, places
from lading.webservers.rules import HeaderRules, NameRule, literal
from lading.webservers.site import App, Site
from lading.webservers.text import Lines, block, comment, joined

_ODD: Final = r"(?://|/\.|/%2e|%2f|%5c|[\\])"
_RANGE: Final = "(?:[0-9]{1,18}-[0-9]{0,18}|-0{0,9}[1-9][0-9]{0,8})"
_RANGES: Final = rf"^bytes=\s*{_RANGE}(?:\s*,\s*{_RANGE}){{0,31}}$"


def render(site: Site) -> str:
    """The configuration. Raises ``ConfigError`` for a value that Caddy's language cannot express."""
    found = places(site)
    return joined(
        _about_tls(site),
        block(f"{_addresses(site)} {{", _site(site, found), indent="\t"),
    )


def quoted(text: str, where: str) -> str:
    """A string as it stands, in which nothing is replaced but placeholders.

    Raises ``ConfigError`` for text that Caddy replaces before it reads it, or cannot quote.
    """
    if "{$" in text or "{%" in text:
        raise ConfigError(
            f"Caddy takes {text!r} for a variable of its environment, so it cannot be configured.",
            where=where,
            remedy="Use a name or value without a brace followed by a dollar or percent sign.",
        )
    if '"' not in text and not text.endswith("\\"):
        return f'"{text}"'
    if "`" not in text:
        return f"`{text}`"
    raise ConfigError(
        f"Caddy has no way to quote {text!r}, which holds quotes of two kinds.",
        where=where,
        remedy="Use a name or value without double quotes or without backquotes.",
    )


def plain(text: str, where: str) -> str:
    """A string in which nothing is replaced."""
    return quoted(text.replace("{", r"\{").replace("}", r"\}"), where)


def folder(text: str) -> str:
    """A folder's path. Raises ``ConfigError`` for one with braces, which Caddy replaces, or with wildcards,
    which it looks for when it asks whether there is a file.
    """
    if found := re.search(r"[{}*?\[\]\\]", text):
        raise ConfigError(
            f"Caddy gives {found[0]!r} in {text!r} a meaning of its own, so the folder cannot be configured.",
            where="root",
            remedy=f"Use a folder without {found[0]!r} in its path.",
        )
    return quoted(text, "root")


def _addresses(site: Site) -> str:
    host, _, port = site.listen.rpartition(":")
    if not port:
        return ", ".join(site.names) or ":80"
    names = site.names or ((host or ""),)
    return ", ".join(f"http://{name}:{port}" for name in names)


def _about_tls(site: Site) -> Iterator[str]:
    if site.listen:
        return comment("Without TLS, for a server in front that has it.")
    if site.names:
        wildcard = any(name.startswith("*.") for name in site.names)
        return comment(
            "TLS: Caddy gets certificates for these names by itself, and redirects http:// to https://."
            + (
                " For *. it needs a module for your DNS provider (tls { dns … })."
                if wildcard
                else ""
            )
        )
    return comment(
        "TLS: with a host name instead of :80 Caddy gets a certificate for it by itself."
    )


def _site(site: Site, found: list[Place]) -> Iterator[str]:
    host, _, _ = site.listen.rpartition(":")
    if host:
        yield f"bind {host}"
    yield from comment("Bytes that a request may bring; one that brings more is a 413.")
    yield from _block("request_body {", [f"max_size {site.upload_limit}"])
    yield ""
    yield from comment("What the names of files decide.")
    yield from _types_of_extensions(site)
    for place in found:
        yield from _maps(site, place)
    if any(place.index for place in found):
        lines = ['"~^$" ""', 'default "?{query}"']
        yield from _block("map {query} {lading_query} {", lines)
    yield ""
    yield from _block("route {", _route(site, found))
    yield ""
    yield from _block("handle_errors {", _errors(site, found))


def _block(head: str, *bodies: Lines) -> Iterator[str]:
    return block(head, *bodies, indent="\t")


def _variable(site: Site, name: str) -> str:
    return f"{{lading_{site.slug}_{name}}}"


def _value(site: Site, place: Place, rules: HeaderRules) -> str:
    """What stands after the header's name."""
    if not rules.rules:
        return plain(rules.default, "headers")
    return _variable(site, f"{place.name}_{place.headers.index(rules)}")


def _pattern(rule: NameRule) -> str:
    return quoted(f"~{'(?i)' if rule.any_case else ''}{rule.regex}", "headers")


def _output(rule: NameRule) -> str:
    """What an expression gives: dollar signs would be groups of it, and placeholders are none here."""
    return quoted(rule.value.replace("$", "$$"), "headers")


def _path(place: Place) -> str:
    """The path that the rules of a place are made for."""
    return "{http.request.uri.path}" if place.internal else "{http.request.orig_uri.path}"


def _types_of_extensions(site: Site) -> Iterator[str]:
    # The lower-case ones first: text is compared faster than an expression is matched.
    table = mediatypes.extensions()
    lines = [f'.{ending} "{kind}"' for kind, endings in table.items() for ending in endings]
    lines += [f'"~(?i)^[.](?:{"|".join(endings)})$" "{kind}"' for kind, endings in table.items()]
    lines.append(f"default {mediatypes.DEFAULT}")
    variable = _variable(site, "type")
    yield from _block(f"map {{http.request.uri.path.file.ext}} {variable} {{", lines)


def _maps(site: Site, place: Place) -> Iterator[str]:
    for rules in place.headers:
        if rules.rules:
            lines = [f"{_pattern(r)} {_output(r)}" for r in rules.rules]
            lines.append(f"default {plain(rules.default, 'headers')}")
            yield from _block(f"map {_path(place)} {_value(site, place, rules)} {{", lines)
    lines = [f"{_pattern(rule)} {_output(rule)}" for rule in place.types.special]
    lines += [f"{_pattern(rule)} {_output(rule)}" for rule in _own_types(place)]
    lines.append(f"default {_variable(site, 'type')}")
    yield from _block(f"map {_path(place)} {_variable(site, f'{place.name}_type')} {{", lines)


def _own_types(place: Place) -> Iterator[NameRule]:
    """The types by extension that are not those of the common table."""
    common = mediatypes.extensions()
    for kind, endings in place.types.extensions.items():
        others = [ending for ending in endings if ending not in common.get(kind, ())]
        if others:
            yield NameRule(rf"\.(?:{'|'.join(others)})$", kind, any_case=True)


def _route(site: Site, found: list[Place]) -> Iterator[str]:
    closed = "|".join(literal(place.url.rstrip("/")) for place in found if place.is_closed)
    if closed:
        yield from comment(
            "Paths as they are sent that name no file: '..', dot-files, and slashes that are none or too "
            "many, however they are spelt."
        )
        regex = quoted(f"(?i)^(?:{closed})/[^?]*?{_ODD}", "url")
        also = quoted(f"(?i)^(?:{closed}){_ODD}", "url")
        yield f"@odd vars_regexp {{http.request.orig_uri}} {regex}"
        yield "error @odd 404"
        yield f"@odd_at_once vars_regexp {{http.request.orig_uri}} {also}"
        yield "error @odd_at_once 404"
        yield ""
    yield "@head method HEAD"
    yield from _block(
        "@no_range {",
        ["header Range *", f"not header_regexp Range {quoted(_RANGES, 'ranges')}"],
    )
    for header in ("Accept-Encoding", "If-None-Match"):
        yield f"@{header.lower()} header {header} *"
    for place in sorted(found, key=lambda place: -len(place.url)):
        if not place.internal:
            yield ""
            yield from comment("Uploads." if place.name == "media" else "Published files.")
            yield f"@{place.name} path_regexp {quoted('^' + literal(place.url), 'url')}"
            yield from _block(f"route @{place.name} {{", _files(site, place))
    yield ""
    if site.app:
        yield from comment("The application has all other paths.")
        yield from _proxy(site.app, _private(site, found))
    else:
        yield "error 404"


def _files(site: Site, place: Place) -> Iterator[str]:
    name = place.name
    yield f"root * {folder(place.root)}"
    if place.url != "/":
        yield f"uri strip_prefix {quoted(place.url.rstrip('/'), 'url')}"
    yield from comment(
        "Ranges count for GET alone, what is no range means nothing, and headers of one name are one list."
    )
    yield "request_header @head -Range"
    yield "request_header @no_range -Range"
    for header in ("Accept-Encoding", "If-None-Match"):
        yield f"request_header @{header.lower()} {header} {{http.request.header.{header}}}"
    if place.index:
        yield from _index(place)
    yield f"@{name}_denied path_regexp {quoted(_denied(place), 'manifest')}"
    yield from _gone(site, place, "denied")
    if place.codings:
        yield from comment("Encoded variants have no addresses of their own.")
        regex = f"^(/.+)[.](?:{'|'.join(place.suffixes)})$"
        yield f"@{name}_encoded path_regexp {name} {quoted(regex, 'encodings')}"
        yield f"vars @{name}_encoded original {{re.{name}.1}}"
        yield f"@{name}_variant file {{vars.original}}"
        yield from _gone(site, place, "variant")
    yield f"@{name}_missing not file {{http.request.uri.path}}"
    yield from _gone(site, place, "missing")
    yield from _methods(site, place)
    yield from _headers(site, place)
    yield from _file_server(place)


def _denied(place: Place) -> str:
    """The paths that are never served, as one expression: dot-files, folders and the manifest."""
    dot_file = "/[.]" if place.url != "/" else "/[.](?:[^w]|w[^e]|we[^l]|$)"  # RFC 8615
    return "|".join([dot_file, "/$", *(f"^/{literal(path)}$" for path in place.denied)])


def _gone(site: Site, place: Place, reason: str) -> Iterator[str]:
    """What a matcher's requests get: they name no file."""
    matcher = f"@{place.name}_{reason}"
    if not (place.fallthrough and site.app):
        yield f"error {matcher} 404"
        return
    yield from _block(
        f"route {matcher} {{", ["rewrite * {http.request.orig_uri}"], _proxy(site.app)
    )


def _index(place: Place) -> Iterator[str]:
    """A folder is answered with its index file, and both have one address."""
    name, index = place.name, folder(place.index)[1:-1]
    caching = f'header Cache-Control "max-age={place.max_age}, public"'
    for matcher, regex, file, location in (
        ("index", f"/{literal(place.index)}$", "{http.request.uri.path}", "."),
        ("folder", "[^/]$", f"{{http.request.uri.path}}/{index}", "{http.request.uri.path.file}"),
    ):
        yield from _block(
            f"@{name}_{matcher} {{", [f"path_regexp {quoted(regex, 'index')}", f'file "{file}"']
        )
        yield from _block(
            f"route @{name}_{matcher} {{", [caching, f"redir {location}/{{lading_query}} 302"]
        )
    yield from _block(
        f"@{name}_of_folder {{", ['path_regexp "/$"', f'file "{{http.request.uri.path}}{index}"']
    )
    yield f"rewrite @{name}_of_folder {{http.request.uri.path}}{index}"


def _methods(site: Site, place: Place) -> Iterator[str]:
    name = place.name
    lines = ['header Allow "GET, HEAD, OPTIONS"', "header Cache-Control no-store"]
    if place.origins is not None:
        value = _value(site, place, place.origins)
        matcher = f"@{name}_readable"
        lines += [
            f'{matcher} vars_regexp {value} "."' if place.origins.rules else f"{matcher} path *",
            f"header {matcher} Access-Control-Allow-Origin {value}",
            f'header {matcher} Access-Control-Allow-Methods "GET, HEAD"',
            f'header {matcher} Access-Control-Allow-Headers "*"',
        ]
    yield f"@{name}_other not method GET HEAD"
    yield from _block(
        f"route @{name}_other {{",
        lines,
        [f"@{name}_options method OPTIONS", f"respond @{name}_options 204", "respond 405"],
    )


def _headers(site: Site, place: Place) -> Iterator[str]:
    lines = [
        f"{rules.header} {_value(site, place, rules)}"
        for rules in place.headers
        if not _is_sometimes_empty(rules)
    ]
    lines.append(f"Content-Type {_variable(site, f'{place.name}_type')}")
    yield from _block("header {", lines)
    for number, rules in enumerate(place.headers):
        if _is_sometimes_empty(rules):
            matcher = f"@{place.name}_has_{number}"
            yield f'{matcher} vars_regexp {_value(site, place, rules)} "."'
            yield f"header {matcher} {rules.header} {_value(site, place, rules)}"


def _is_sometimes_empty(rules: HeaderRules) -> bool:
    return not (rules.default and all(rule.value for rule in rules.rules))


def _file_server(place: Place) -> Iterator[str]:
    codings = [coding for coding in SUFFIXES if coding in place.codings]
    lines = ["disable_canonical_uris"]
    if codings:
        lines.append(f"precompressed {' '.join(codings)}")
    yield from _block("file_server {", lines)


def _proxy(app: App, private: Lines = ()) -> Iterator[str]:
    address = quoted(f"unix/{app.socket}" if app.socket else f"{app.host}:{app.port}", "app")
    lines = [*private]
    if lines:
        yield from _block(f"reverse_proxy {address} {{", lines)
    else:
        yield f"reverse_proxy {address}"


def _private(site: Site, found: Iterable[Place]) -> Iterator[str]:
    """Private uploads: the application decides, and answers with the path of what is to be sent."""
    for place in found:
        if place.internal:
            yield "@private header X-Accel-Redirect *"
            yield from _block(
                "handle_response @private {", _block("route {", _sent_for_app(site, place))
            )


def _sent_for_app(site: Site, place: Place) -> Iterator[str]:
    yield f"root * {folder(place.root)}"
    yield "method GET"
    yield "rewrite * {rp.header.X-Accel-Redirect}"
    yield '@dot_file path_regexp "/[.]"'
    yield "error @dot_file 404"
    yield from _headers(site, place)
    for name in FROM_APP:
        matcher = f"@app_{name.lower()}"
        yield f'{matcher} vars_regexp {{rp.header.{name}}} "."'
        yield f"header {matcher} {name} {{rp.header.{name}}}"
    yield f"uri strip_prefix {quoted(place.url.rstrip('/'), 'url')}"
    yield "file_server"


def _errors(site: Site, found: Iterable[Place]) -> Iterator[str]:
    yield from _block(
        "header {",
        [
            "Cache-Control no-store",
            "X-Content-Type-Options nosniff",
            'Content-Type "text/plain; charset=utf-8"',
            "-ETag",
            "-Last-Modified",
        ],
    )
    yield 'respond "{err.status_code} {err.status_text}"'
