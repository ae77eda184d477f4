"""Code that asks for static URLs -> the paths that it asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.templatetags.static import StaticNode, static
from small_project import MANIFEST, SmallProject

from lading.django.recording import recorded


def test_paths_are_recorded_and_answered_though_nothing_is_collected(tmp_path: Path) -> None:
    with SmallProject(tmp_path).settings(storage=MANIFEST):
        with recorded() as asked:
            assert static("css/app.css") == "/static/css/app.css"
            assert static("no.css") == "/static/no.css"
        assert asked == ["css/app.css", "no.css"]
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            static("no.css")
        assert asked == ["css/app.css", "no.css"]


def test_afterwards_all_is_as_before_also_when_the_code_fails() -> None:
    before = vars(StaticNode)["handle_simple"]
    with pytest.raises(RuntimeError), recorded():
        raise RuntimeError
    assert vars(StaticNode)["handle_simple"] is before
