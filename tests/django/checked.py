"""What Lading's system checks say of a project."""

from __future__ import annotations

from typing import Any

from django.core import checks
from small_project import SmallProject


def told(project: SmallProject, *, deploy: bool = False, **settings: Any) -> dict[str, str]:
    """The message and hint of each of Lading's checks, by its id."""
    with project.settings(**settings):
        found = checks.run_checks(
            tags=[checks.Tags.staticfiles, checks.Tags.files], include_deployment_checks=deploy
        )
    return {
        str(message.id): f"{message.msg} {message.hint}"
        for message in found
        if str(message.id).startswith("lading.")
    }
