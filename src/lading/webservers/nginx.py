"""The configuration of nginx: one file that is included in ``http {}``, as those of ``conf.d`` are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lading import mediatypes
from lading.errors import ConfigError
from lading.webservers.places import Place, places
from lading.webservers.rules import HeaderRules, NameRule, literal
from lading.webservers.site import App, Site
from lading.webservers.text import Lines, block, comment, joined

# The names of variables fit nginx's table of them without a setting (variables_hash_bucket_size 64): they
# have at most 44 characters.
_SHORT: Final = {
    "access-control-allow-origin": "origin",
    "cache-control": "caching",
    "content-disposition": "disposition",
    "content-security-policy": "csp",
    "cross-origin-resource-policy": "embedding",
}

_ODD: Final = r"(?://|/\.|/%2e|%2f|%5c|[\\])"


def render(site: Site, *, brotli: bool = True) -> str:
    """The configuration. ``brotli``: nginx has the module for variants in that coding.

    Raises ``ConfigError`` for a value that nginx's language cannot express.
    """
    found = places(site)
    closed = [place.url for place in found if place.is_closed]
    return joined(
        *((_odd_paths(site, closed),) if closed else ()),
        *(lines for place in found for lines in _maps(site, place)),
        *(_maps_of_requests(site, found)),
        block("server {", _server(site, found, brotli=brotli)),
    )


def quoted(text: str) -> str:
    r"""A string. A backslash is doubled only where nginx would take it for the start of an escape."""
    escaped = re.sub(r"\\(?=[\\\"'trn]|$)", r"\\\\", text).replace('"', r"\"")
    return f'"{escaped}"'


def plain(text: str, where: str) -> str:
    """A string in which nothing is replaced. Raises ``ConfigError`` where nginx would replace something."""
    if "$" in text:
        raise ConfigError(
            f"nginx takes the dollar sign of {text!r} for the beginning of a variable and knows no other way "
            "to write it, so it cannot be configured.",
            where=where,
            remedy="Use a name or value without a dollar sign.",
        )
    return quoted(text)


def _variable(site: Site, name: str) -> str:
    return f"$lading_{site.slug}_{name}"


def _value(site: Site, place: Place, rules: HeaderRules) -> str:
    """What stands after ``add_header NAME``."""
    if not rules.rules:
        return plain(rules.default, "headers")
    name = _SHORT.get(rules.header.lower()) or f"header{place.headers.index(rules)}"
    return _variable(site, f"{place.name}_{name}")


def _pattern(rule: NameRule) -> str:
    return quoted(f"~{'*' if rule.any_case else ''}{rule.regex}")


def _odd_paths(site: Site, prefixes: Iterable[str]) -> Iterator[str]:
    yield from comment(
        "Paths as they are sent that name no file: '..', dot-files, and slashes that are none or too many, "
        "however they are spelt. nginx resolves them before it chooses a location."
    )
    below = "|".join(literal(prefix.rstrip("/")) for prefix in prefixes)
    rule = NameRule(f"^(?:{below})(?=/)[^?]*{_ODD}", "1", any_case=True)
    lines = ['default "";', f"{_pattern(rule)} 1;"]
    yield from block(f"map $request_uri {_variable(site, 'odd')} {{", lines)


def _maps(site: Site, place: Place) -> Iterator[Lines]:
    """What headers a file's name decides; a header whose value is empty is not sent."""
    for rules in place.headers:
        if rules.rules:
            lines = [f"default {plain(rules.default, 'headers')};"]
            lines += [f"{_pattern(rule)} {plain(rule.value, 'headers')};" for rule in rules.rules]
            yield block(f"map $uri {_value(site, place, rules)} {{", lines)
    if place.origins is not None and place.origins.rules:
        origins = _value(site, place, place.origins)
        for name, value in (("methods", "GET, HEAD"), ("headers", "*")):
            lines = ['default "";', f'"~." "{value}";']
            yield block(f"map {origins} {_variable(site, f'{place.name}_{name}')} {{", lines)


def _maps_of_requests(site: Site, found: Iterable[Place]) -> Iterator[Lines]:
    if site.app:
        lines = ["default upgrade;", '"" "";']
        yield block(f"map $http_upgrade {_variable(site, 'connection')} {{", lines)
    if any(place.index for place in found):
        last, folder = _variable(site, "last"), _variable(site, "folder")
        yield block(f"map $uri {folder} {{", ['default "/";', '"~/$" "/.lading/";'])
        lines = ['default "";', f'"~/(?<{last[1:]}_x>[^/?]+)(?:[?]|$)" {last}_x;']
        yield block(f"map $request_uri {last} {{", lines)


def _server(site: Site, found: list[Place], *, brotli: bool) -> Iterator[str]:
    yield f"listen {site.listen or 80};"
    if ":" not in site.listen:
        yield f"listen [::]:{site.listen or 80};"
    yield f"server_name {' '.join(map(quoted, site.names)) or '_'};"
    yield ""
    yield from _tls()
    yield ""
    yield from comment("Bytes that a request may bring; one that brings more is a 413.")
    yield f"client_max_body_size {site.upload_limit};"
    yield ""
    yield "error_page 404 = @lading_missing;"
    if any(place.is_closed for place in found):
        yield f"if ({_variable(site, 'odd')}) {{ return 404; }}"
    for place in found:
        yield ""
        yield from _place(site, place, brotli=brotli)
    yield ""
    yield from block("location @lading_missing {", _missing())
    for status in (412, 416):
        lines = ["add_header Cache-Control no-store always;", f"return {status};"]
        yield from block(f"location @lading_{status} {{", lines)
    yield ""
    yield from _others(site, found)


def _tls() -> Iterator[str]:
    yield "# TLS: these lines instead of the two above, and another server that redirects to https."
    yield "#   listen 443 ssl;"
    yield "#   listen [::]:443 ssl;"
    yield "#   http2 on;  # before nginx 1.25.1: listen 443 ssl http2;"
    yield "#   ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;"
    yield "#   ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;"
    yield "#   add_header Strict-Transport-Security max-age=31536000 always;  # in each location, too"


def _place(site: Site, place: Place, *, brotli: bool) -> Iterator[str]:
    if place.internal:
        yield from comment(
            "Private uploads: requests go to the application, which decides, and answers with the header "
            f"X-Accel-Redirect: {place.url}NAME. Nobody else gets here."
        )
    else:
        noun = "Uploads." if place.name == "media" else "Published files."
        yield from comment(noun)
    yield from block(f"location {quoted(place.url)} {{", _files(site, place, brotli=brotli))
    yield from block(f"location @lading_{place.name}_method {{", _method(site, place))


def _files(site: Site, place: Place, *, brotli: bool) -> Iterator[str]:
    """The body of a place's location."""
    if place.internal:
        yield "internal;"
    yield f"alias {plain(place.folder, 'root')};"
    if place.fallthrough:
        yield "error_page 403 404 = @lading_app;"
    else:
        yield "error_page 403 404 = @lading_missing;"
    yield f"error_page 405 = @lading_{place.name}_method;"
    yield "error_page 412 = @lading_412;"
    yield "error_page 416 = @lading_416;"
    yield ""
    yield from _sending(place, brotli=brotli)
    yield ""
    for rules in place.headers:
        yield f"add_header {rules.header} {_value(site, place, rules)};"
    if place.internal:
        # nginx keeps the others of FROM_APP by itself (X-Accel-Redirect).
        name = "Cross-Origin-Resource-Policy"
        yield f"add_header {name} $upstream_http_{name.lower().replace('-', '_')};"
    yield ""
    yield from _types(place)
    yield ""
    if place.index:
        yield from _index(site, place)
    yield from _not_served(place)
    yield from _special_types(place)
    yield f"try_files $uri{' ${uri}' + place.index if place.index else ''} =404;"


def _sending(place: Place, *, brotli: bool) -> Iterator[str]:
    if place.codings:
        yield "gzip off;  # the variants are made already"
        if "gzip" in place.codings:
            yield "gzip_static on;"
            yield "gzip_proxied any;"
        if "br" in place.codings:
            if not brotli:
                yield from comment(
                    "Needs nginx's Brotli module (Debian: libnginx-mod-http-brotli-static)."
                )
            yield f"{'' if brotli else '# '}brotli_static on;"
        if "zstd" in place.codings:
            yield from comment(
                "Variants in zstd are left alone: nginx has no module of its own for them."
            )
        yield "gzip_vary on;"
    else:
        yield "gzip off;"
    yield "etag on;"
    yield "if_modified_since before;"
    yield "max_ranges 32;"


def _types(place: Place) -> Iterator[str]:
    lines = [
        f"{quoted(kind) if ' ' in kind else kind} {' '.join(endings)};"
        for kind, endings in place.types.extensions.items()
    ]
    yield from block("types {", lines)
    yield f"default_type {mediatypes.DEFAULT};"


def _index(site: Site, place: Place) -> Iterator[str]:
    """A folder is answered with its index file, and both have one address."""
    index = plain(place.index, "index")[1:-1]
    caching = f"add_header Cache-Control {quoted(f'max-age={place.max_age}, public')};"
    redirect = f"{_variable(site, 'last')}/$is_args$args"
    yield from block(
        f'if (-f "$request_filename${{{_variable(site, "folder")[1:]}}}{index}") {{',
        [caching, f"return 302 {redirect};"],
    )
    yield from block(
        f"location ~ {quoted(f'/{literal(place.index)}$')} {{",
        block("if (-f $request_filename) {", [caching, "return 302 ./$is_args$args;"]),
    )


def _not_served(place: Place) -> Iterator[str]:
    dot_files = r"/\.(?!well-known/)" if place.url == "/" else r"/\."  # RFC 8615
    yield from block(f"location ~ {quoted(dot_files)} {{", ["return 404;"])
    for path in place.denied:
        yield from block(f"location = {quoted(place.url + path)} {{", ["return 404;"])
    if place.codings:
        regex = f"^{literal(place.url)}(?<lading_name>.+)[.](?:{'|'.join(place.suffixes)})$"
        file = plain(place.folder, "root")[:-1] + '$lading_name"'
        yield from comment("Encoded variants have no addresses of their own.")
        yield from block(
            f"location ~ {quoted(regex)} {{",
            [f"if (-f {file}) {{ return 404; }}", "if (!-f $request_filename) { return 404; }"],
        )


def _special_types(place: Place) -> Iterator[str]:
    for rule in place.types.special:
        operator = "~*" if rule.any_case else "~"
        yield from block(
            f"location {operator} {quoted(rule.regex)} {{",
            [
                "types {}",
                f"default_type {plain(rule.value, 'headers')};",
                "if (!-f $request_filename) { return 404; }",
            ],
        )


def _method(site: Site, place: Place) -> Iterator[str]:
    """What other methods than GET and HEAD get where there is a file."""
    yield "types {}"
    yield "default_type text/plain;"
    yield 'add_header Allow "GET, HEAD, OPTIONS" always;'
    yield "add_header Cache-Control no-store always;"
    if place.origins is not None:
        yield f"add_header Access-Control-Allow-Origin {_value(site, place, place.origins)} always;"
        methods, names = '"GET, HEAD"', '"*"'
        if place.origins.rules:
            methods = _variable(site, f"{place.name}_methods")
            names = _variable(site, f"{place.name}_headers")
        yield f"add_header Access-Control-Allow-Methods {methods} always;"
        yield f"add_header Access-Control-Allow-Headers {names} always;"
    yield "if ($request_method = OPTIONS) { return 204; }"
    yield r'return 405 "Not allowed.\n";'


def _missing() -> Iterator[str]:
    yield "types {}"
    yield 'default_type "text/plain; charset=utf-8";'
    yield "add_header Cache-Control no-store always;"
    yield "add_header X-Content-Type-Options nosniff always;"
    yield r'return 404 "Not found.\n";'


def _others(site: Site, found: Iterable[Place]) -> Iterator[str]:
    everything = not any(place.url == "/" for place in found)
    if site.app:
        yield from comment("The application has all other paths.")
        if any(place.fallthrough for place in found):
            yield from block("location @lading_app {", _proxy(site, site.app))
        if everything:
            yield from block("location / {", _proxy(site, site.app))
    elif everything:
        yield from block("location / {", ["return 404;"])


def _proxy(site: Site, app: App) -> Iterator[str]:
    address = f"unix:{app.socket}" if app.socket else f"{app.host}:{app.port}"
    yield f"proxy_pass {plain(f'http://{address}', 'app')};"
    yield "proxy_http_version 1.1;"
    yield "proxy_redirect off;"
    yield from comment(
        "Behind a server that has TLS and always sets X-Forwarded-Proto: $http_x_forwarded_proto for $scheme."
    )
    for name, value in (
        ("Host", "$http_host"),
        ("X-Real-IP", "$remote_addr"),
        ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
        ("X-Forwarded-Proto", "$scheme"),
        ("Upgrade", "$http_upgrade"),
        ("Connection", _variable(site, "connection")),
    ):
        yield f"proxy_set_header {name} {value};"
