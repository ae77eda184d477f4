"""The table of faults."""

from __future__ import annotations

from typing import get_args

from lading.doctor.faults import fault, faults
from lading.doctor.servers import Server
from lading.findings import KINDS, Severity


def test_every_fault_is_a_kind_of_finding():
    assert {kind for kind in KINDS if kind.startswith("live-")} == {*faults()}


def test_advice_is_for_servers_that_can_be_known():
    for kind, known in faults().items():
        assert {*known.advice} <= {*get_args(Server)}, kind
        assert known.advice[""].endswith((".", ")")), kind
        assert len({*known.advice.values()}) == len(known.advice), kind


def test_names_are_put_into_advice():
    names = {"STATIC_URL": "/s/", "STATIC_ROOT": "/srv/out"}
    found = fault("live-not-served", "Nothing.", server="nginx", names=names, path="/s/")
    assert "location /s/ { alias /srv/out/; }" in found.hint
    assert (found.kind, found.severity, found.path) == ("live-not-served", Severity.ERROR, "/s/")
    assert "$uri" in fault("live-page-instead", "A page.", server="nginx", names=names).hint


def test_other_advice_and_severity():
    found = fault("live-no-answer", "No.", hint="Wait.", severity=Severity.NOTE)
    assert (found.hint, found.severity) == ("Wait.", Severity.NOTE)
