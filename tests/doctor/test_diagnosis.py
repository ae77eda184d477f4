"""Groups of findings."""

from __future__ import annotations

from lading.doctor.diagnosis import Diagnosis, Group, merged
from lading.findings import Finding, Severity


def finding(path: str, *, kind: str = "live-cookie", message: str = "It is so.") -> Finding:
    return Finding(kind, Severity.WARNING, message, path, f"/{path}")


def test_one_finding_for_files_that_have_the_same_fault():
    (one,) = merged([finding("a")])
    assert one == finding("a")
    (two,) = merged([finding("a"), finding("b")])
    assert (two.path, two.message) == ("a", "It is so. Likewise b.")
    (many,) = merged([finding(name) for name in "abcdefg"])
    assert many.message == "It is so. Likewise b, c, d and 3 more."


def test_what_differs_stays_apart():
    found = [finding("a"), finding("a", kind="live-vary"), finding("a", message="Other.")]
    assert merged(found) == found


def test_a_file_is_named_once():
    assert merged([finding("a"), finding("a")]) == [finding("a")]


def test_errors():
    group = Group("Settings", "2 checks", [finding("a")])
    assert not Diagnosis([group]).has_errors
    error = Finding("live-locked", Severity.ERROR, "")
    both = Diagnosis([group, Group("Site", "", [error])])
    assert both.has_errors
    assert both.findings == [finding("a"), error]
