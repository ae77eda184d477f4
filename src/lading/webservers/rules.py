"""What a web server decides by a file's name, as data: header values and media types by regular expression.

The expressions are of the kind that PCRE (nginx, Apache) and RE2 (Caddy) read alike. They are made for names
below an area's URL, without the slash in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lading import mediatypes
from lading.media import policy as uploads
from lading.media.policy import TEXT_EXTENSIONS, TEXT_TYPE, MediaPolicy
from lading.policy import Policy, allows_any_origin, cache_control

DIGEST: Final = "[0-9a-f]{12}"
"""The part of a published name that changes with the content."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """Names that match ``regex`` (anywhere in them, unless it is anchored) have ``value``; ``""``: none.
    ``any_case``: upper-case letters match too.
    """

    regex: str
    value: str
    any_case: bool = False


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """The value of one header by name: that of the first rule that matches, else ``default``; ``""``: the
    header is not sent.
    """

    header: str
    rules: tuple[NameRule, ...] = ()
    default: str = ""

    @property
    def is_constant(self) -> bool:
        return not self.rules


@dataclass(frozen=True, slots=True)
class TypeRules:
    """Media types by name: ``special`` before ``extensions`` (lower case, without dot); all others are
    ``lading.mediatypes.DEFAULT``.
    """

    extensions: Mapping[str, tuple[str, ...]]
    special: tuple[NameRule, ...] = ()


def static_headers(policy: Policy, immutable: Iterable[NameRule]) -> tuple[HeaderRules, ...]:
    """The headers of published files. ``immutable``: rules that tell the names that change with their
    content, with any value for those and ``""`` for others.
    """
    lifelong = cache_control(policy, immutable=True)
    short = cache_control(policy, immutable=False)
    caching = tuple(
        NameRule(rule.regex, lifelong if rule.value else short, rule.any_case) for rule in immutable
    )
    readable = [
        ending
        for media_type, endings in mediatypes.extensions().items()
        if policy.origins == "needed" and allows_any_origin(policy, media_type)
        for ending in endings
    ]
    readable_rules = [ending_rule(readable, "*")] if readable else []
    for name, media_type in mediatypes.names().items():
        if policy.origins == "needed":
            value = "*" if allows_any_origin(policy, media_type) else ""
            readable_rules.insert(0, name_rule(name, value))
    headers = {
        "cache-control": HeaderRules("Cache-Control", caching, short),
        "x-content-type-options": HeaderRules("X-Content-Type-Options", (), "nosniff"),
        "access-control-allow-origin": HeaderRules(
            "Access-Control-Allow-Origin",
            tuple(readable_rules),
            "*" if policy.origins == "all" else "",
        ),
        "cross-origin-resource-policy": HeaderRules(
            "Cross-Origin-Resource-Policy", (), policy.resource_policy
        ),
    }
    return _with_own(headers, policy.headers)


def media_headers(policy: MediaPolicy, *, private: bool = False) -> tuple[HeaderRules, ...]:
    """The headers of uploads. ``private``: of those whose readers the application decides about."""
    found = uploads.rules(policy, private=private)
    others = dict(found[-1].headers)
    names = dict.fromkeys(
        name for rule in found for name, _ in rule.headers if name != "Content-Type"
    )
    headers: dict[str, HeaderRules] = {}
    for name in names:
        default = others.get(name, "")
        endings: dict[str, list[str]] = {}
        for rule in found[:-1]:
            value = dict(rule.headers).get(name, "")
            if value != default:
                endings.setdefault(value, []).extend(rule.extensions)
        rules = tuple(ending_rule(group, value) for value, group in endings.items())
        headers[name.lower()] = HeaderRules(name, rules, default)
    return _with_own(headers, policy.headers)


def _with_own(
    headers: dict[str, HeaderRules], own: Mapping[str, Mapping[str, str | None]]
) -> tuple[HeaderRules, ...]:
    """The headers with those of settings before them; of these the last pattern that matches wins."""
    for pattern, values in own.items():
        for name, value in values.items():
            if name.lower() in ("content-type", "vary"):
                continue  # `types` has the one; the other is added to what servers send themselves
            known = headers.get(name.lower(), HeaderRules(name))
            rule = NameRule(glob_regex(pattern), value or "")
            headers[name.lower()] = HeaderRules(known.header, (rule, *known.rules), known.default)
    sent = (rules for rules in headers.values() if rules.default or rules.rules)
    return tuple(sent)


def vary(own: Mapping[str, Mapping[str, str | None]]) -> HeaderRules:
    """What settings add to ``Vary``."""
    rules = [
        NameRule(glob_regex(pattern), value or "")
        for pattern, values in own.items()
        for name, value in values.items()
        if name.lower() == "vary"
    ]
    return HeaderRules("Vary", tuple(reversed(rules)))


def static_types(policy: Policy) -> TypeRules:
    """The media types of published files."""
    return _types(mediatypes.extensions(), policy.headers)


def media_types(policy: MediaPolicy) -> TypeRules:
    """The media types of uploads: code is plain text."""
    table = {
        media_type: tuple(ending for ending in endings if ending not in TEXT_EXTENSIONS)
        for media_type, endings in mediatypes.extensions().items()
    }
    table[TEXT_TYPE] = (*table.get(TEXT_TYPE, ()), *TEXT_EXTENSIONS)
    return _types({kind: endings for kind, endings in table.items() if endings}, policy.headers)


def _types(
    table: Mapping[str, tuple[str, ...]], own: Mapping[str, Mapping[str, str | None]]
) -> TypeRules:
    special = [name_rule(name, media_type) for name, media_type in mediatypes.names().items()]
    for pattern, values in own.items():
        for name, value in values.items():
            if name.lower() == "content-type":
                special.insert(0, NameRule(glob_regex(pattern), value or mediatypes.DEFAULT))
    return TypeRules(table, tuple(special))


def ending_rule(endings: Iterable[str], value: str) -> NameRule:
    """The rule of names that end with a dot and one of the extensions, in any case."""
    return NameRule(rf"\.(?:{'|'.join(map(literal, endings))})$", value, any_case=True)


def name_rule(name: str, value: str) -> NameRule:
    """The rule of files of this name in any folder, in any case."""
    return NameRule(f"(?:^|/){literal(name)}$", value, any_case=True)


def literal(text: str) -> str:
    """The text as a regular expression that matches it alone. Braces stand in brackets, since Caddy takes
    them for its own.
    """
    return re.sub(r"[{}]", r"[\g<0>]", re.sub(r"[\\^$.|?*+()\[\]]", r"\\\g<0>", text))


def glob_regex(pattern: str) -> str:
    """A shell pattern as ``fnmatch.fnmatchcase`` has it (``*`` matches ``/`` too), for whole names."""
    return f"^{''.join(_glob_parts(pattern))}$"


def _glob_parts(pattern: str) -> Iterable[str]:
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if pattern[at : at + 1] != "*":  # several are one, and backtracking must stay linear
                yield ".*"
        elif char == "?":
            yield "."
        elif char == "[" and (end := pattern.find("]", at + 1 + (pattern[at : at + 1] == "!"))) > 0:
            inside, at = pattern[at:end], end + 1
            negated = inside.startswith("!")
            members = re.sub(r"[\\\[\]^&~|]", r"\\\g<0>", inside[negated:])
            yield f"[{'^' if negated else ''}{members}]"
        else:
            yield literal(char)
