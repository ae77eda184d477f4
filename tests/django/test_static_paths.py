"""A use of a static path -> what becomes of it in production."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.templatetags.static import static
from hypothesis import given
from hypothesis import strategies as st
from small_project import MANIFEST, PLAIN, SmallProject

from lading import catalog
from lading.catalog import Catalog
from lading.django.static_paths import StaticPaths
from lading.django.uses import Use
from lading.findings import Finding, Severity
from lading.sources import FolderSource

FILES = ("App.css", "css/app.css", "css/it's.css", "img/a b.png", "img/logo.svg", "js/app.js")


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    project = SmallProject(tmp_path)
    project.write({f"static/{file}": file for file in FILES})
    return project


@pytest.fixture
def files(project: SmallProject) -> Catalog:
    return catalog.build([FolderSource(project.path("static")).scan()])


def use(path: str | None, after: str = "", *, continues: bool = False, plain: bool = False) -> Use:
    return Use("{% static … %}", "page.html", 3, 4, path, after, continues, plain)


def judge(files: Catalog, used: Use, *, strict: bool = True) -> Finding | None:
    return StaticPaths(files, "/static/", is_strict=strict).finding(used)


# (path, text after it, goes on) -> kinds of finding with a manifest and without one
TABLE = [
    ("css/app.css", "", False, None, None),
    ("css/app.css", ".map", False, None, "missing-static"),
    ("css/app.css#x", "", False, None, None),
    ("css/app.css?v=1", "", False, None, None),
    ("img/a%20b.png", "", False, None, None),
    ("img/a b.png", "", False, None, None),
    ("img/logo", ".svg", False, "missing-static", None),
    ("img/lo", "", True, "missing-static", None),
    ("img/no", "", True, "missing-static", "empty-static-folder"),
    ("css/no.css", "", False, "missing-static", "missing-static"),
    ("CSS/app.css", "", False, "missing-static", "missing-static"),
    ("/css/app.css", "", False, "missing-static", None),
    ("./css/app.css", "", False, "missing-static", None),
    ("css//app.css", "", False, "missing-static", None),
    ("js/../css/app.css", "", False, "missing-static", None),
    ("css", "", False, "missing-static", None),
    ("css", "/app.css", False, "missing-static", None),
    ("css/", "", False, None, None),
    ("css/", "app.css", False, None, None),
    ("css/", "no.css", False, "missing-static", "missing-static"),
    ("css/", "ap", True, None, None),
    ("css/", "no", True, "empty-static-folder", "empty-static-folder"),
    ("fonts/", "", False, "empty-static-folder", "empty-static-folder"),
    ("/", "", False, None, None),
    ("", "", False, "missing-static", None),
    ("", "css/app.css", False, "missing-static", None),
    ("https://other.example/a.css", "", False, "missing-static", None),
    ("https://other.example/", "a.css", False, None, None),
]


@pytest.mark.parametrize(("path", "after", "continues", "strict", "plain"), TABLE)
def test_what_is_found(
    files: Catalog, path: str, after: str, continues: bool, strict: str | None, plain: str | None
) -> None:
    used = use(path, after, continues=continues)
    for is_strict, expected in ((True, strict), (False, plain)):
        finding = judge(files, used, strict=is_strict)
        assert (finding.kind if finding else None) == expected


@pytest.mark.parametrize(
    ("after", "continues", "kind"),
    [
        ("css/app.css", False, None),
        ("/css/app.css", False, None),
        ("img/a%20b.png", False, None),
        ("css/", False, None),
        ("css/", True, None),
        ("", False, None),
        ("css/no.css", False, "missing-static"),
        ("no/", True, "empty-static-folder"),
    ],
)
def test_after_the_prefix(files: Catalog, after: str, continues: bool, kind: str | None) -> None:
    finding = judge(files, use("", after, continues=continues, plain=True))
    assert (finding.kind if finding else None) == kind
    assert finding is None or "404" in finding.message


def test_the_finding_says_where_and_how_bad(files: Catalog) -> None:
    finding = judge(files, use("css/no.css"))
    assert finding is not None
    assert finding.where == "page.html:3:4"
    assert finding.path == "css/no.css"
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "{% static … %} names 'css/no.css', which no source ships; asking for its URL raises an "
        "exception in production, a 500."
    )
    finding = judge(files, use("css/no.css"), strict=False)
    assert finding is not None
    assert finding.message.endswith("; its URL will be a 404.")


def test_a_packages_mistake_is_a_warning(files: Catalog) -> None:
    used = Use("x", "/usr/lib/python3/site-packages/a/templates/a.html", 1, 1, "no.css")
    finding = judge(files, used)
    assert finding is not None
    assert (finding.owner, finding.severity) == ("vendor", Severity.WARNING)


def test_a_packages_template_for_another_package_is_noted(files: Catalog) -> None:
    paths = StaticPaths(files, "/static/", is_strict=True, labels={"shop"})
    severities = {
        path: finding.severity
        for path in ("css/no.css", "shop/no.css", "filer/no.css", "filer/", "no.css")
        if (finding := paths.finding(Use("x", "/a/site-packages/b.html", 1, 1, path)))
    }
    assert severities == {
        "css/no.css": Severity.WARNING,
        "shop/no.css": Severity.WARNING,
        "filer/no.css": Severity.NOTE,
        "filer/": Severity.NOTE,
        "no.css": Severity.WARNING,
    }


def test_what_a_package_names_in_an_if_is_noted(files: Catalog) -> None:
    for file, severity in (
        ("page.html", Severity.ERROR),
        ("/a/site-packages/b.html", Severity.NOTE),
    ):
        finding = judge(files, Use("x", file, 1, 1, "css/no.css", is_conditional=True))
        assert finding is not None
        assert finding.severity is severity


def test_a_package_is_not_told_of_other_packages_files(files: Catalog) -> None:
    finding = judge(files, Use("x", "/a/site-packages/b.html", 1, 1, "css/ap.css"))
    assert finding is not None
    assert finding.hint == "The package does not ship it: its authors can mend it."
    finding = judge(files, Use("x", "/a/site-packages/b.html", 1, 1, "css/App.css"))
    assert finding is not None
    assert "differs only by case" in finding.hint


def test_what_is_only_known_at_run_time_is_noted(files: Catalog) -> None:
    finding = judge(files, use(None))
    assert finding is not None
    assert (finding.kind, finding.severity) == ("unchecked-static", Severity.NOTE)


@pytest.mark.parametrize(
    ("used", "hint"),
    [
        (use("app.css"), "'App.css' differs only by case"),
        (use("/static/css/app.css"), "'css/app.css'"),
        (use("static/css/app.css"), "Write 'css/app.css'"),
        (use("/css/app.css"), "Write 'css/app.css'"),
        (use("css/app.min.css"), "'css/app.css'"),
        (use("css"), "It is a folder (2 files below it)"),
        (use("css/{{ name }}.css"), "Template code inside a tag is not run"),
        (use("img/logo", ".svg"), "name the whole file inside the tag"),
        (use("img/lo", continues=True), "name the whole file inside the tag"),
        (use("img/lgo.svg", continues=True), "'img/logo.svg'"),
        (use("https://other.example/a.css"), "Write the URL itself"),
        (use(""), "Name a file"),
        (use("nothing/like/this.woff"), "Correct the path, or add the file."),
    ],
)
def test_hints(files: Catalog, used: Use, hint: str) -> None:
    finding = judge(files, used)
    assert finding is not None
    assert hint in finding.hint


def test_what_is_left_out_is_said_to_be(project: SmallProject) -> None:
    project.write({"static/.env": "x"})
    scan = FolderSource(project.path("static")).scan()
    finding = judge(catalog.build([scan]), use(".env"))
    assert finding is not None
    assert "is left out" in finding.hint


def test_without_originals_only_names_from_the_manifest_work(files: Catalog) -> None:
    paths = StaticPaths(files, "/static/", is_strict=True, plain={"js/app.js"}, folders=["img"])
    found = {
        used: paths.finding(used)
        for used in (
            use("css/app.css"),
            use("", "css/app.css", plain=True),
            use("", "js/app.js", plain=True),
            use("css/"),
            use("js/", continues=True),
            use("img/", "logo.svg"),
            use("img/", continues=True),
            use("", "img/logo.svg", plain=True),
        )
    }
    kinds = [finding and finding.kind for finding in found.values()]
    assert kinds == [
        None,
        "missing-static",
        None,
        "empty-static-folder",
        None,
        None,
        None,
        "missing-static",
    ]
    assert all("originals" in finding.hint for finding in found.values() if finding)


# Django as the oracle: what really happens with its own storages.


@pytest.fixture
def collected(project: SmallProject) -> SmallProject:
    with project.settings(storage=MANIFEST):
        call_command("collectstatic", interactive=False, verbosity=0)
    return project


def raises(path: str) -> bool:
    try:
        static(path)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("path", sorted({row[0] for row in TABLE}))
def test_a_500_is_foreseen_just_where_django_raises(
    collected: SmallProject, files: Catalog, path: str
) -> None:
    with collected.settings(storage=MANIFEST):
        assert isinstance(staticfiles_storage.manifest_strict, bool)
        finding = judge(files, use(path))
        assert raises(path) == (finding is not None and "500" in finding.message)


PIECES = st.sampled_from(
    [
        "css/",
        "css",
        "app.css",
        "App.css",
        "img/",
        "a b.png",
        "%20",
        " ",
        "/",
        "./",
        "../",
        "#",
        "?",
        "x",
        ":",
    ]
)


def test_a_500_is_foreseen_for_any_path(collected: SmallProject, files: Catalog) -> None:
    paths = StaticPaths(files, "/static/", is_strict=True)

    @given(st.lists(PIECES, max_size=5).map("".join))
    def agrees(path: str) -> None:
        finding = paths.finding(use(path))
        assert raises(path) == (finding is not None and "500" in finding.message)

    with collected.settings(storage=MANIFEST):
        agrees()


@pytest.mark.parametrize("path", FILES)
def test_a_storage_without_a_manifest_gives_a_url_for_each_file(
    project: SmallProject, files: Catalog, path: str
) -> None:
    with project.settings(storage=PLAIN):
        assert static(path).startswith("/static/")
        assert judge(files, use(path), strict=False) is None
