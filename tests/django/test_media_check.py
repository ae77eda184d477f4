"""Classes with ``Media`` -> the static paths that they name."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import pytest
import small_project
from django import forms
from django.conf import settings
from django.forms.widgets import Script
from django.templatetags.static import StaticNode, static
from small_project import SmallProject

from lading.django import media_check
from lading.django.media_check import uses


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Any:
    """A project with a manifest storage, strict, in which nothing was ever collected."""
    project = SmallProject(tmp_path)
    with project.settings():
        yield project


class Html:
    def __html__(self) -> str:
        return "<script>1</script>"


class Ship(forms.Form):
    class Media:
        css = {  # noqa: RUF012
            "all": ["ship.css", "/elsewhere.css"],
            "print": ("https://cdn.example/a.css", "print.css"),
        }
        js = ["ship.js", Script("module.js", type="module"), Html()]  # noqa: RUF012


class Tug(Ship):
    class Media:
        js = ["tug.js"]  # noqa: RUF012


class Base:
    js = ("base.js",)


class Ferry(forms.Form):
    class Media(Base):
        pass


class Letters(forms.Form):
    class Media:
        js = "letters.js"  # the comma is missing


class Calendar(forms.TextInput):
    @property
    def media(self) -> forms.Media:
        return forms.Media(js=["calendar.js", static("asked.js")], css={"all": ["calendar.css"]})


class NeedsArguments(forms.TextInput):
    def __init__(self, needed: int) -> None:
        super().__init__()

    @property
    def media(self) -> forms.Media:
        raise AssertionError("nobody gave the argument")


class Fails(forms.TextInput):
    @property
    def media(self) -> forms.Media:
        static("before.js")
        raise RuntimeError("no request")


class Pair(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__([Calendar(), Calendar()])


def paths(*kinds: type, admins: tuple[Any, ...] = ()) -> list[str | None]:
    return [use.path for use in uses(kinds, admins)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Ship, ["ship.css", "print.css", "ship.js", "module.js"]),
        (Tug, ["tug.js"]),
        (Ferry, ["base.js"]),
        (Calendar, ["asked.js", "calendar.css", "calendar.js"]),
        (NeedsArguments, []),
        (Fails, ["before.js"]),
        (Pair, ["asked.js", "calendar.css", "calendar.js"]),
        (forms.TextInput, []),
    ],
)
def test_what_a_class_names(kind: type, expected: list[str]) -> None:
    assert paths(kind) == expected


def test_what_several_classes_share_is_told_once() -> None:
    assert paths(Calendar, Pair) == ["asked.js", "calendar.css", "calendar.js"]
    assert paths(Ship, Tug).count("ship.js") == 1


def test_a_text_in_place_of_a_list_names_its_first_letter() -> None:
    (use,) = uses([Letters])
    assert use.path == "l"
    assert "js is the text 'letters.js' and no list" in use.form


def test_places() -> None:
    lines, start = inspect.getsourcelines(Ship)
    css, _, js, _ = uses([Ship])
    row = next(n for n, line in enumerate(lines) if "ship.css" in line)
    assert css.where == f"{__file__}:{start + row}:{lines[row].index('ship.css')}"
    assert css.form == f"Media of {__name__}.Ship ('ship.css')"
    (base,) = uses([Ferry])
    assert base.where.startswith(f"{__file__}:{inspect.getsourcelines(Base)[1] + 1}:")
    assert base.form.startswith(f"Media of {__name__}.Ferry ")
    assert js.owner == "project"


def test_a_class_without_a_source_is_placed_by_name() -> None:
    media = type("Media", (), {"js": ["a.js"]})
    made = type("Made", (forms.Form,), {"Media": media, "__module__": "nowhere"})
    (use,) = uses([made])
    assert use.path == "a.js"
    assert "nowhere.Made" in use.form


def test_urls_that_static_made_earlier() -> None:
    root = settings.STATIC_URL
    media = type(
        "Media", (), {"js": [f"{root}a.js?v=1", f"{root}a.5e0040571e1a.js", "/other/b.js"]}
    )
    made = type("Made", (forms.Form,), {"Media": media})
    assert [(use.path, use.is_plain) for use in uses([made])] == [("a.js", True)]


def test_static_works_as_before_afterwards() -> None:
    before = vars(StaticNode)["handle_simple"]
    uses([Fails, Calendar])
    assert vars(StaticNode)["handle_simple"] is before


def test_classes_are_those_of_the_project_and_of_installed_applications() -> None:
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in media_check.classes()}
    assert f"{__name__}.Ship" in names
    assert f"{__name__}.Calendar" in names
    assert not any(name.startswith("django.contrib.admin") for name in names)


def test_classes_that_cannot_be_compared_are_no_obstacle() -> None:
    """As of a package's metaclass, or of ``typing`` in Python 3.14, which warns."""

    class Meta(type):
        def __eq__(cls, other: object) -> bool:
            raise AssertionError("compared")

    class Odd(metaclass=Meta):
        pass

    classes = media_check.classes()
    assert Ship in classes
    assert not any(kind is Odd for kind in classes)


def test_forms_and_widgets_of_applications_are_imported_and_nothing_else(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        {
            "mc_good/__init__.py": "",
            "mc_good/forms.py": "",
            "mc_good/widgets/__init__.py": "",
            "mc_good/views.py": "raise AssertionError",
            "mc_bad/__init__.py": "",
            "mc_bad/forms.py": "raise RuntimeError('not today')",
        }
    )
    monkeypatch.setattr(sys, "path", [project.path(), *sys.path])
    with project.settings(INSTALLED_APPS=["mc_good", "mc_bad"]):
        (finding,) = media_check.load_modules()
    assert {"mc_good.forms", "mc_good.widgets"} <= sys.modules.keys()
    assert "mc_good.views" not in sys.modules
    assert (finding.kind, finding.where) == ("unloadable-forms", "mc_bad.forms")
    assert "RuntimeError: not today" in finding.message


def test_admin_objects() -> None:
    class Admin:
        """As ``ModelAdmin``, which cannot be imported without the admin being installed."""

        @property
        def media(self) -> forms.Media:
            return forms.Media(js=["admin/js/core.js", "own.js"])

    assert paths(admins=(Admin(), Admin())) == ["admin/js/core.js", "own.js"]
    assert media_check.admin_objects() == []


assert small_project
