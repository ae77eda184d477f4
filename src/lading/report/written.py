"""The report of a run as files: JSON, and an HTML page. Each is loaded only if it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.build import Outcome
from lading.config import Config
from lading.findings import Finding
from lading.report.steps import Step


def outcome(
    done: Outcome,
    config: Config,
    destination: str,
    rows: list[Step],
    *,
    root: str,
    json_file: str | None,
    html_file: str | None,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Write what a run did: into ``json_file`` with ``rows`` and ``extra``, into ``html_file`` with the sizes
    of what lies in ``root``. Raises ``ConfigError`` for a file that cannot be written.
    """
    if json_file:
        from lading.report import machine

        machine.write(json_file, {**machine.document(done, rows, destination), **(extra or {})})
    if html_file:
        from lading.report import page

        page.write(html_file, page.page(done, config, destination, root))


def failure(found: Sequence[Finding], *, json_file: str | None, html_file: str | None) -> None:
    """Write which findings stopped a run. Raises ``ConfigError`` for a file that cannot be written."""
    if json_file:
        from lading.report import machine

        machine.write(json_file, machine.failure(found))
    if html_file:
        from lading.report import page

        page.write(html_file, page.failure(found))
