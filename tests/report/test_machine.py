"""The report as JSON."""

from __future__ import annotations

import json
import os

import pytest

from lading.errors import ConfigError
from lading.findings import Finding, Severity
from lading.report import machine
from lading.report.steps import steps
from sites_of_folders import Site

# All keys and their types: what other programs rely on.
DOCUMENT = {
    "version": int,
    "dry_run": bool,
    "target": str,
    "release": int,
    "new_release": bool,
    "collisions": str,
    "steps": list,
    "copied": list,
    "unchanged": int,
    "removed": list,
    "findings": list,
    "seconds": dict,
}
STEP = {
    "number": int,
    "action": str,
    "label": str,
    "owner": str,
    "source": str,
    "destination": str,
    "found": int,
    "copied": int,
    "unchanged": int,
    "shadowed": int,
    "found_so_far": int,
    "copied_so_far": int,
    "notes": list,
    "skips": list,
}
FINDING = {
    "kind": str,
    "severity": str,
    "message": str,
    "path": str,
    "where": str,
    "owner": str,
    "hint": str,
}


def types(document) -> dict[str, type]:
    return {key: type(value) for key, value in document.items()}


def test_the_schema(site: Site):
    site.write({"src/a.css": "1", "src/.hidden": "", "two/a.css": "2"})
    outcome = site.collect("src", "two")
    document = machine.document(outcome, steps(outcome, "out"), "out")
    document = json.loads(json.dumps(document))
    assert {key: document[key] for key in DOCUMENT}.keys() <= document.keys()
    assert types({key: document[key] for key in DOCUMENT}) == DOCUMENT
    assert [types(step) for step in document["steps"]] == [STEP, STEP]
    assert [types(finding) for finding in document["findings"]] == [FINDING]
    assert document["findings"][0]["severity"] == "warning"
    assert document["steps"][0]["skips"] == [{"path": ".hidden", "reason": "ignored by '.*'"}]
    assert (document["copied"], document["unchanged"], document["removed"]) == (["a.css"], 0, [])
    assert all(type(spent) is float for spent in document["seconds"].values())


def test_a_failure():
    finding = Finding("secret", Severity.ERROR, "No.", "a", "/a", "vendor", "Mend it.")
    assert machine.failure([finding]) == {
        "version": 1,
        "failed": True,
        "findings": [
            {
                "kind": "secret",
                "severity": "error",
                "message": "No.",
                "path": "a",
                "where": "/a",
                "owner": "vendor",
                "hint": "Mend it.",
            }
        ],
    }


def test_writing_replaces_a_file_whole(tmp_path):
    file = tmp_path / "report.json"
    file.write_text("old" * 1000)
    machine.write(str(file), {"größe": "caf\udce9 \u2028"})
    assert json.loads(file.read_bytes()) == {"größe": "caf\udce9 \u2028"}
    assert os.listdir(tmp_path) == ["report.json"]


@pytest.mark.parametrize("place", ["absent/report.json", "folder"])
def test_a_place_that_cannot_be_written(tmp_path, place):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="The JSON report cannot be written") as caught:
        machine.write(str(tmp_path / place), {})
    assert caught.value.where == str(tmp_path / place)
    assert os.listdir(tmp_path) == ["folder"]
