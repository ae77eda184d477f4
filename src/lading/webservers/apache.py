"""The configuration of Apache: a virtual host, for mod_rewrite, mod_headers, mod_alias and mod_proxy_http."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lading import mediatypes
from lading.errors import ConfigError
from lading.webservers.places import SUFFIXES, Place, places
from lading.webservers.rules import HeaderRules, NameRule, literal
from lading.webservers.site import App, Site
from lading.webservers.text import block, comment, joined

_ODD: Final = r"(?://|/\.|/%2e|%2f|%5c|[\\])"

# Endings that distributions give a coding, so that browsers would unpack what is an archive.
_CODED: Final = ".gz .tgz .svgz .z .Z .bz2 .br .zst .xz"

# A weight above 0 (RFC 9110 §12.4.2), or none.
_WEIGHT: Final = r"(?:\s*;\s*q=(?:1(?:\.0{0,3})?|0\.[0-9]{0,2}[1-9][0-9]{0,2}))?"


def render(site: Site) -> str:
    """The configuration. Raises ``ConfigError`` for a value that Apache's language cannot express."""
    found = places(site)
    return joined(
        comment(
            f"Needs the modules alias, headers and rewrite{', proxy and proxy_http' if site.app else ''} "
            "(Debian: a2enmod NAME)"
            + (f", and 'Listen {site.listen}' (Debian: in ports.conf)." if site.listen else ".")
        ),
        block(f"<VirtualHost {_address(site)}>", _host(site, found), close="</VirtualHost>"),
    )


def quoted(text: str, where: str) -> str:
    """A string. Raises ``ConfigError`` for text in which Apache would replace something."""
    if "${" in text:
        raise ConfigError(
            f"Apache takes {text!r} for a variable of its environment, so it cannot be configured.",
            where=where,
            remedy="Use a name or value without a dollar sign followed by a brace.",
        )
    escaped = re.sub(r'\\(?=[\\"]|$)', r"\\\\", text).replace('"', r"\"")
    return f'"{escaped}"'


def regex(text: str, where: str) -> str:
    """An expression for mod_rewrite, whose strings know no escapes. Raises ``ConfigError`` as ``quoted``."""
    quoted(text, where)
    return '"' + text.replace('"', r"\x22") + '"'


def _file(text: str) -> str:
    """A path for mod_rewrite. Raises ``ConfigError`` for one with quotes of both kinds."""
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    raise ConfigError(
        f"Apache has no way to quote {text!r}, which holds quotes of both kinds.",
        where="root",
        remedy="Use a folder without single or without double quotes in its path.",
    )


def _path(text: str, where: str) -> str:
    """A path as it stands. Raises ``ConfigError`` for one in which Apache would replace something."""
    if found := re.search(r"[$%*?\[\]\\]", text):
        raise ConfigError(
            f"Apache gives {found[0]!r} in {text!r} a meaning of its own, so it cannot be configured.",
            where=where,
            remedy=f"Use a path without {found[0]!r}.",
        )
    return text


def _pattern(rule: NameRule) -> str:
    return regex(f"{'(?i)' if rule.any_case else ''}{rule.regex}", "headers")


def _value(text: str) -> str:
    return quoted(text.replace("%", "%%"), "headers")


def _address(site: Site) -> str:
    host, _, port = site.listen.rpartition(":")
    return f"{host or '*'}:{port or 80}"


def _host(site: Site, found: list[Place]) -> Iterator[str]:
    if site.names:
        yield f"ServerName {site.names[0]}"
        yield from (f"ServerAlias {name}" for name in site.names[1:])
        yield ""
    yield from _tls()
    yield ""
    yield from comment("Bytes that a request may bring; one that brings more is a 413.")
    yield f"LimitRequestBody {site.upload_limit}"
    yield ""
    yield "TraceEnable Off"
    yield "RewriteEngine On"
    yield from _odd_paths(found)
    for place in sorted(found, key=lambda place: -len(place.url)):
        if not place.internal:
            yield ""
            yield from comment("Uploads." if place.name == "media" else "Published files.")
            yield from _place(site, place)
    # Once for each folder and all below it: of two sections, Apache forgets what the first removed.
    folders = dict.fromkeys(place.folder for place in found if not place.internal)
    for folder in folders:
        if not any(folder != other and folder.startswith(other) for other in folders):
            yield ""
            yield from _directory(_path(folder, "root"))
    if site.app:
        yield ""
        yield from _proxy(site, site.app, found)


def _tls() -> Iterator[str]:
    yield "# TLS: <VirtualHost *:443> with these lines, and another host that redirects to https."
    yield "#   Protocols h2 http/1.1  # module http2"
    yield "#   SSLEngine On"
    yield "#   SSLCertificateFile /etc/letsencrypt/live/example.com/fullchain.pem"
    yield "#   SSLCertificateKeyFile /etc/letsencrypt/live/example.com/privkey.pem"


def _odd_paths(found: list[Place]) -> Iterator[str]:
    closed = "|".join(literal(place.url.rstrip("/")) for place in found if place.is_closed)
    if closed:
        yield from comment(
            "Paths as they are sent that name no file: '..', dot-files, and slashes that are none or too "
            "many, however they are spelt."
        )
        odd = rf"^\S+ (?:{closed})(?=/)[^? ]*{_ODD}"
        yield f"RewriteCond %{{THE_REQUEST}} {regex(odd, 'url')} [NC]"
        yield 'RewriteRule "^" "-" [R=404,L]'
        places_of_404 = quoted(
            f"expr=%{{REQUEST_STATUS}} == '404' && %{{THE_REQUEST}} =~ m#^[A-Z]+ (?:{closed})/#",
            "url",
        )
        yield f'Header always set Cache-Control "no-store" {places_of_404}'


def _place(site: Site, place: Place) -> Iterator[str]:
    root, url = _path(place.folder, "root"), place.url
    under = _under(place)
    everything = regex(f"{under}(.*)$", "url")
    file = _file(f"{root}$1")
    gone = _gone(site, place)

    if place.index:
        yield from _index(place)
    dot_file = "[.](?!well-known/)" if url == "/" else "[.]"  # RFC 8615
    for denied in (f"{under}(?:.*/)?{dot_file}", *(f"{under}{literal(p)}$" for p in place.denied)):
        yield f"RewriteRule {regex(denied, 'url')} {gone}"
    if place.codings:
        yield f"RewriteCond {file} -f"
        suffixes = "|".join(place.suffixes)
        yield f"RewriteRule {regex(f'{under}(.+)[.](?:{suffixes})$', 'url')} {gone}"
    yield f"RewriteCond {file} !-f"
    yield f"RewriteRule {everything} {gone}"
    yield from comment("What names decide.")
    yield from _name_rules(place)
    yield 'RewriteCond %{REQUEST_METHOD} "!^(?:GET|HEAD|OPTIONS)$"'
    yield f'RewriteRule {regex(under, "url")} "-" [R=405,L]'
    yield 'RewriteCond %{REQUEST_METHOD} "=OPTIONS"'
    yield f'RewriteRule {regex(under, "url")} "-" [R=204,L]'
    if place.codings:
        yield from _variants(place, root)
    if place.index:
        yield f'RewriteRule {regex(under, "url")} "-" [PT]'
    yield f"Alias {quoted(url, 'url')} {quoted(root, 'root')}"
    if place.inner:
        head = f"<LocationMatch {quoted(under, 'url')}>"
        yield from block(head, _location(place), close="</LocationMatch>")
    else:
        head = f"<Location {quoted(_path(url, 'url'), 'url')}>"
        yield from block(head, _location(place), close="</Location>")


def _under(place: Place) -> str:
    """The expression of what begins with a place's URL and is no other place's."""
    others = "|".join(literal(url[len(place.url) :]) for url in place.inner)
    return f"^{literal(place.url)}" + (f"(?!{others})" if others else "")


def _directory(root: str) -> Iterator[str]:
    yield from block(
        f"<Directory {quoted(root, 'root')}>",
        ["Options None", "AllowOverride None", "Require all granted"],
        block("<IfModule mod_mime.c>", [f"RemoveEncoding {_CODED}"], close="</IfModule>"),
        close="</Directory>",
    )


def _gone(site: Site, place: Place) -> str:
    if not (place.fallthrough and site.app):
        return '"-" [R=404,L]'
    return f"{quoted(_backend(site.app) + '%{REQUEST_URI}', 'app')} [P,L,E=LADING_APP:1]"


def _backend(app: App) -> str:
    return f"unix:{app.socket}|http://localhost" if app.socket else f"http://{app.host}:{app.port}"


def _name_rules(place: Place) -> Iterator[str]:
    # The application's answers may be packed by the server.
    unpacked = ",E=no-gzip:1,E=no-brotli:1" if place.fallthrough else ""
    flags = f"[E=LADING_TYPE:{mediatypes.DEFAULT}{unpacked}]"
    yield f'RewriteRule {regex(_under(place), "url")} "-" {flags}'
    rules = [
        *(
            NameRule(rf"\.(?:{'|'.join(endings)})$", kind, any_case=True)
            for kind, endings in place.types.extensions.items()
        ),
        *reversed(place.types.special),
    ]
    for rule in rules:
        yield f'RewriteRule {_below(place, rule)} "-" {_type_flag(rule.value)}'
    for number, rules_of_header in enumerate(place.headers):
        for index, rule in enumerate(rules_of_header.rules):
            pattern = _below(place, rule)
            yield f'RewriteRule {pattern} "-" [E={_flag(number, index)}:1]'


def _type_flag(media_type: str) -> str:
    if found := re.search(r'[],"%$\\]', media_type):
        raise ConfigError(
            f"Apache gives {found[0]!r} in the media type {media_type!r} a meaning of its own, so it "
            "cannot be configured.",
            where="headers",
            remedy=f"Give a Content-Type without {found[0]!r}.",
        )
    return f'"[E=LADING_TYPE:{media_type}]"'


def _below(place: Place, rule: NameRule) -> str:
    """A rule's expression for the paths of a place alone."""
    if not rule.regex.startswith("^"):
        rule = replace(rule, regex=f"^(?={_under(place)[1:]}).*{rule.regex}")
    elif place.inner:
        rule = replace(rule, regex=f"^(?={_under(place)[1:]}){rule.regex[1:]}")
    return _pattern(rule)


def _flag(header: int, rule: int) -> str:
    return f"LADING_{header}_{rule}"


def _variants(place: Place, root: str) -> Iterator[str]:
    # Names with these characters in them would be taken apart.
    names = regex(f"^({_under(place)[1:]})([^?%]+)$", "url")
    yield from comment("Encoded variants.")
    suffixes = place.suffixes
    for number, suffix in enumerate(suffixes, 1):
        more = " [OR]" if number < len(suffixes) else ""
        yield f"RewriteCond {_file(f'{root}$2.{suffix}')} -f{more}"
    yield f'RewriteRule {names} "-" [E=LADING_VARIES:1]'
    for coding in SUFFIXES:
        if coding in place.codings:
            suffix = SUFFIXES[coding]
            token = "(?:x-)?gzip" if coding == "gzip" else coding
            accepted = rf"(?i)(?:^|,)\s*{token}{_WEIGHT}\s*(?:,|$)"
            yield 'RewriteCond %{ENV:LADING_CODING} "^$"'
            yield f"RewriteCond %{{HTTP:Accept-Encoding}} {regex(accepted, 'encodings')}"
            yield f"RewriteCond {_file(f'{root}$2.{suffix}')} -f"
            yield f'RewriteRule {names} "$1$2.{suffix}" [E=LADING_CODING:{coding},PT]'


def _location(place: Place) -> Iterator[str]:
    yield "SetHandler default-handler"
    if not place.fallthrough:
        yield "SetEnv no-gzip 1"
        yield "SetEnv no-brotli 1"
    yield "FileETag MTime Size"
    yield "MaxRanges 32"
    yield 'RequestHeader edit* Range ",[ \\t]+" ","'
    yield "RequestHeader unset Range \"expr=%{REQUEST_METHOD} == 'HEAD'\""
    # What the application answers is its own.
    own = " && reqenv('LADING_APP') != '1'" if place.fallthrough else ""
    yield f'Header set Content-Type "%{{LADING_TYPE}}e" "expr=%{{REQUEST_STATUS}} != \'304\'{own}"'
    if place.codings:
        yield "Header merge Vary Accept-Encoding env=LADING_VARIES"
        yield 'Header set Content-Encoding "%{LADING_CODING}e" env=LADING_CODING'
    for number, rules in enumerate(place.headers):
        yield from _header(number, rules, own)
    errors = f"expr=%{{REQUEST_STATUS}} -in {{'403', '404', '405', '412', '416'}}{own}"
    yield f'Header unset Cache-Control "{errors}"'
    yield f'Header always set Cache-Control "no-store" "{errors}"'
    yield f'Header always set X-Content-Type-Options "nosniff" "{errors}"'
    refused = f"expr=%{{REQUEST_STATUS}} -in {{'204', '405'}}{own}"
    yield f'Header always set Allow "GET, HEAD, OPTIONS" "{refused}"'
    if place.origins is not None:
        yield from _preflight(place, place.origins, own)
    missing = f"expr=%{{REQUEST_STATUS}} == '404'{own}"
    yield f'Header always set Content-Type "text/plain; charset=utf-8" "{missing}"'
    yield 'ErrorDocument 404 "Not found."'
    yield 'ErrorDocument 405 "Not allowed."'


def _preflight(place: Place, origins: HeaderRules, own: str) -> Iterator[str]:
    """What OPTIONS says of files that pages of other origins may read."""
    number = place.headers.index(origins)
    flags = [_flag(number, index) for index, rule in enumerate(origins.rules) if rule.value]
    for flag in flags or [""]:
        readable = f" && reqenv('{flag}') == '1'" if flag else ""
        for name, value, statuses in (
            ("Access-Control-Allow-Origin", "*", "'204', '416'"),
            ("Access-Control-Allow-Methods", "GET, HEAD", "'204'"),
            ("Access-Control-Allow-Headers", "*", "'204'"),
        ):
            condition = f"expr=%{{REQUEST_STATUS}} -in {{{statuses}}}{readable}{own}"
            yield f'Header always set {name} "{value}" "{condition}"'


def _header(number: int, rules: HeaderRules, own: str) -> Iterator[str]:
    if rules.default:
        condition = f' "expr={own.removeprefix(" && ")}"' if own else ""
        yield f"Header set {rules.header} {_value(rules.default)}{condition}"
    for index, rule in reversed([*enumerate(rules.rules)]):
        flag = _flag(number, index)
        if rule.value:
            yield f"Header set {rules.header} {_value(rule.value)} env={flag}"
        else:
            yield f"Header unset {rules.header} env={flag}"


def _index(place: Place) -> Iterator[str]:
    root, index = _path(place.folder, "root"), _path(place.index, "index")
    under = _under(place)[1:]
    yield f'RewriteRule {regex(f"^({under}(?:.*/)?){literal(index)}$", "index")} "$1" [R=302,L]'
    yield f"RewriteCond {_file(f'{root}$2/{index}')} -f"
    yield f'RewriteRule {regex(f"^({under})(.*[^/])$", "index")} "$1$2/" [R=302,L]'
    yield f"RewriteCond {_file(f'{root}$2{index}')} -f"
    yield f'RewriteRule {regex(f"^({under})((?:.*/)?)$", "index")} "$1$2{index}"'


def _proxy(site: Site, app: App, found: list[Place]) -> Iterator[str]:
    yield from comment("The application has all other paths.")
    yield "ProxyPreserveHost On"
    yield from comment("Not behind a server that has TLS and always sets X-Forwarded-Proto.")
    yield 'RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"'
    for place in found:
        if place.internal:
            yield from comment(
                "Private uploads: the application decides, and answers with the header X-Sendfile. Needs "
                "the module xsendfile (Debian: libapache2-mod-xsendfile)."
            )
            yield "XSendFile On"
            yield f"XSendFilePath {quoted(_path(place.root, 'root'), 'root')}"
        else:
            yield f'ProxyPass {quoted(_path(place.url, "url"), "url")} "!"'
    address = quoted(_path(_backend(app), "app") + "/", "app")
    yield f'ProxyPass "/" {address} upgrade=websocket'
