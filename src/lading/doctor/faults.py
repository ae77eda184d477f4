"""What can be wrong with a live site: how bad each kind is, and what to change in which server."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import NamedTuple

from lading.doctor.servers import Server
from lading.findings import Finding, Severity


class Fault(NamedTuple):
    """``advice`` by server; that of ``""`` holds for all others."""

    severity: Severity
    advice: Mapping[Server, str]


@cache
def faults() -> Mapping[str, Fault]:
    """Every kind of finding about a live site, from ``faults.toml``."""
    text = files("lading.doctor").joinpath("faults.toml").read_text("utf-8")
    table: dict[str, Fault] = {}
    for kind, row in tomllib.loads(text).items():
        severity = Severity[row.pop("severity").upper()]
        usual = row.pop("else")
        table[kind] = Fault(severity, {"": usual, **row})
    return table


def fault(
    kind: str,
    message: str,
    *,
    path: str = "",
    url: str = "",
    server: Server = "",
    severity: Severity | None = None,
    hint: str = "",
    names: Mapping[str, str] | None = None,
) -> Finding:
    """A finding about a live site: ``message`` says what is wrong and what follows; what to change is known
    of the kind and the server, with ``names`` put into it. ``severity`` and ``hint`` stand in for what the
    kind has.
    """
    known = faults()[kind]
    advice = hint or known.advice.get(server) or known.advice[""]
    return Finding(
        kind,
        known.severity if severity is None else severity,
        message,
        path,
        url,
        hint=Template(advice).safe_substitute(names or {}),
    )
