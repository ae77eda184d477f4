"""``docs/doctor.md`` names every finding and every system check, and how bad each is."""

from __future__ import annotations

import re
from pathlib import Path

from lading.doctor.faults import faults

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "doctor.md").read_text("utf-8")


def rows(head: str) -> dict[str, str]:
    """The rows of the table with a head: the rest of each by what stands in its first cell."""
    table = PAGE.partition(head)[2].partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0].strip("`"): row[-1] for row in cells if row[0].startswith("`")}


def test_every_fault_stands_there_with_its_severity():
    told = {kind: last for kind, last in rows("| kind | what | is |").items() if "live-" in kind}
    assert told == {kind: known.severity.name.lower() for kind, known in faults().items()}


def test_every_system_check_stands_there():
    made: set[str] = set()
    for path in (ROOT / "src" / "lading" / "django").rglob("*.py"):
        made.update(re.findall(r'id="(lading\.[EWI]\d{3})"', path.read_text("utf-8")))
    assert len(made) > 25
    assert rows("| id | what |").keys() == made
