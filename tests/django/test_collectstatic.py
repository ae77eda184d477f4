"""``collectstatic``: Django's flags and words, Lading's reports, and what is refused."""

from __future__ import annotations

import io
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from projects_with_apps import Project, collect

from lading import build
from sites_of_folders import watched
from terminals import in_terminal

HERE = __name__
FILES = {
    "static/css/app.css": "body{}",
    "static/js/app.js": "1",
    "static/.hidden": "h",
    "apps/shop/static/css/app.css": "shop",
    "apps/shop/static/shop/shop.css": "s",
}
PUBLISHED = {"css/app.css": "body{}", "js/app.js": "1", "shop/shop.css": "s"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write(FILES)
    return project


def failing(*arguments: str, **options: Any) -> tuple[CommandError, str]:
    """The error of a run that must fail, and what was written to stderr before it."""
    err = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(
            "collectstatic", "--noinput", *arguments, stdout=io.StringIO(), stderr=err, **options
        )
    return caught.value, err.getvalue()


def test_lading_answers_for_collectstatic_and_findstatic(project: Project):
    with project.set_up():
        assert get_commands()["collectstatic"] == "lading.django"
        assert get_commands()["findstatic"] == "lading.django"


# --- Django's words ---


def test_the_summary_is_djangos(project: Project):
    out = project.path("out")
    conflict = ", 1 skipped due to conflict" if django.VERSION >= (6, 0) else ""
    with project.set_up("shop"):
        assert f"3 static files copied to '{out}'{conflict}." in collect().splitlines()
        assert (
            f"0 static files copied to '{out}', 3 unmodified{conflict}." in collect().splitlines()
        )
        project.write({"static/js/app.js": "2"})
        assert f"1 static file copied to '{out}', 2 unmodified{conflict}." in collect().splitlines()
        assert f"3 static files symlinked to '{out}'{conflict}." in collect("--link").splitlines()
    assert sorted(project.published()) == sorted(PUBLISHED)


def test_verbosity(project: Project):
    with project.set_up("shop"):
        assert collect(verbosity=0) == ""
        assert project.published() == PUBLISHED
        project.write({"static/js/app.js": "2"})
        told = collect(verbosity=2)
        assert f"Copying '{project.path('static/js/app.js')}'" in told
        assert "Skipping 'css/app.css' (not modified)" in told
        assert "Found another file with the destination path 'css/app.css'" in told
        assert collect(verbosity=3) != ""
        assert "Copying" not in collect(verbosity=1)


def test_a_dry_run_pretends(project: Project):
    with project.set_up("shop"):
        with watched(project.folder) as (_, writes):
            told = collect("--dry-run")
        assert writes == []
        assert f"Pretending to copy '{project.path('apps/shop/static/shop/shop.css')}'" in told
        assert f"3 static files copied to '{project.path('out')}'" in told
        assert not os.path.exists(project.path("out"))
        assert "Pretending to link" in collect("-n", "-l")
        project.write({"out/theirs": "t"})
        assert "Pretending to delete 'theirs'" in collect("-n", "-c", verbosity=2)
        assert project.published() == {"theirs": "t"}


def test_ignore_patterns(project: Project):
    with project.set_up("shop"):
        collect("-i", "*.js", "--ignore", "shop/*")
        assert sorted(project.published()) == ["css/app.css"]
        collect("--no-default-ignore", "-i", "css")
        assert ".hidden" in project.published()


def test_clear(project: Project):
    project.write({"out/theirs": "t", "out/deep/er/theirs": "t"})
    with project.set_up("shop"):
        told = collect("--clear", verbosity=2)
    assert "Deleting 'deep/er/theirs'" in told
    assert project.published() == PUBLISHED
    assert not os.path.exists(project.path("out/deep"))


@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_the_prompt(project: Project, monkeypatch, answer: str):
    monkeypatch.setattr("builtins.input", lambda message: answer)
    project.write({"out/theirs": "t"})
    with project.set_up():
        if answer == "yes":
            call_command("collectstatic", "--clear", stdout=io.StringIO())
            assert "theirs" not in project.published()
        else:
            with pytest.raises(CommandError, match="Collecting static files cancelled"):
                call_command("collectstatic", "--clear", stdout=io.StringIO())
            assert project.published() == {"theirs": "t"}


def test_the_command_in_python_gives_djangos_lists(project: Project):
    from lading.django.management.commands.collectstatic import Command

    command = Command(stdout=io.StringIO(), stderr=io.StringIO())
    with project.set_up("shop"):
        options = {
            "interactive": False,
            "verbosity": 0,
            "link": False,
            "clear": False,
            "dry_run": False,
            "ignore_patterns": [],
            "use_default_ignore_patterns": True,
            "post_process": True,
        }
        command.set_options(**options)
        told = command.collect()
    assert told["modified"] == ["css/app.css", "js/app.js", "shop/shop.css"]
    assert (told["unmodified"], told["post_processed"], told["deleted"]) == ([], [], [])
    assert told["skipped"] == ["css/app.css"]


# --- Lading's reports ---


def test_explain(project: Project, monkeypatch):
    monkeypatch.chdir(project.folder)
    with project.set_up("shop"):
        told = collect("--explain")
    assert re.search(r"^ +1 +copy +static +out +2 +2 ", told, re.MULTILINE)
    assert re.search(r"^ +2 +copy +apps/shop/s.* out +2 +1 ", told, re.MULTILINE)
    assert "Files found after each step:  2 → 4" in told
    assert "Files copied after each step: 2 → 3" in told
    assert "already copied" in told


def test_plan(project: Project):
    with project.set_up("shop"):
        collect()
        project.write({"static/js/app.js": "2", "static/new.css": "n", "out/theirs": "t"})
        before = project.published()
        told = collect("--plan")
        assert project.published() == before
        assert re.search(r"replace +js/app\.js +static", told)
        assert re.search(r"add +new\.css +static", told)
        assert "1 to add, 1 to replace, 0 to remove, 2 unchanged; nothing was written." in told
        assert re.search(r"remove +theirs", collect("--plan", "--clear"))
        assert project.published() == before


def test_json(project: Project):
    report = project.path("report.json")
    with project.set_up("shop"):
        collect("--json", report)
        told = json.loads(Path(report).read_text())
        assert told["version"] == 1
        assert (told["dry_run"], told["release"], told["new_release"]) == (False, 1, True)
        assert told["target"] == project.path("out")
        assert told["copied"] == sorted(PUBLISHED)
        assert [step["source"] for step in told["steps"]] == [
            project.path("static"),
            project.path("apps/shop/static"),
        ]
        assert [f["kind"] for f in told["findings"]] == ["collision"]
        assert told["findings"][0]["severity"] == "warning"
        collect("--json", report, "--plan", verbosity=0)
        told = json.loads(Path(report).read_text())
        assert (told["dry_run"], told["copied"], told["unchanged"]) == (True, [], 3)
        assert os.listdir(project.folder).count("report.json") == 1
        error, _ = failing("--json", project.path("no/such/folder/x.json"))
        assert "The JSON report cannot be written: No such file or directory." in str(error)


def test_report(project: Project):
    report = Path(project.path("report.html"))
    with project.set_up("shop"):
        pages: list[str] = []
        for _ in range(2):  # the second run changes nothing, and could be brief
            collect("--report", str(report), verbosity=0)
            pages.append(report.read_text("utf-8"))
        for text in pages:
            assert '"n":"shop"' in text
            assert all(f'"n":"{os.path.basename(path)}"' in text for path in PUBLISHED)
            assert project.path("apps/shop/static") in text.partition('id="collisions"')[2]
        assert "0 written" in pages[1]
        collect("--report", str(report), "--dry-run")
        assert "Dry run of " in report.read_text("utf-8")
        failing("--strict", "--report", str(report))
        assert "Nothing was published" in report.read_text("utf-8")
        error, _ = failing("--report", project.path("no/such/folder/x.html"))
        assert "The HTML report cannot be written: No such file or directory." in str(error)
        error, _ = failing("--check", "--report", str(report))
        assert "--report cannot stand beside it" in str(error)


def test_json_of_a_run_that_failed(project: Project):
    report = project.path("report.json")
    with project.set_up("shop", LADING={"COLLISIONS": "error"}):
        error, told = failing("--json", report)
    assert (error.returncode, "[collision] css/app.css" in told) == (1, True)
    document = json.loads(Path(report).read_text())
    assert document["failed"] is True
    assert [f["kind"] for f in document["findings"]] == ["collision"]


def test_strict(project: Project):
    with project.set_up("shop"):
        error, told = failing("--strict")
        assert "1 error found; nothing was published" in str(error)
        assert told.startswith("error [collision] css/app.css")
        assert project.published() == {}
    with project.set_up("shop", LADING={"STRICT": True}):
        assert failing()[0].returncode == 1
        _, told = failing("--dry-run")
        assert "error [collision]" in told


def test_what_stops_a_run_is_told_at_every_verbosity(project: Project):
    with project.set_up("shop"):
        for verbosity in range(4):
            assert "error [collision] css/app.css" in failing("--strict", verbosity=verbosity)[1]


def test_jobs(project: Project):
    with project.set_up("shop"):
        assert "3 static files" in collect("--jobs", "3")
        for wrong in ("0", "-1"):
            error, _ = failing("--jobs", wrong)
            assert (str(error), error.returncode) == (f"--jobs must be at least 1, not {wrong}.", 2)


def test_collision_policies(project: Project):
    with project.set_up("shop", LADING={"COLLISIONS": "last"}):
        told = collect("--json", project.path("report.json"))
        assert project.published() == {**PUBLISHED, "css/app.css": "shop"}
        assert "the last source wins" in told
    steps = json.loads(Path(project.path("report.json")).read_text())["steps"]
    assert "css/app.css: overwritten by step 2" in steps[0]["notes"]
    assert "css/app.css: overwrites step 1" in steps[1]["notes"]
    assert [(step["found"], step["copied"]) for step in steps] == [(2, 1), (2, 2)]
    assert [step["copied_so_far"] for step in steps] == [1, 3]


def test_colours_only_where_they_are_wanted(project: Project):
    with project.set_up("shop"):
        assert "\x1b[" not in collect("--explain")
        assert "\x1b[" in collect("--explain", force_color=True)
        assert "\x1b[" not in collect("--explain", no_color=True)


IMPATIENT = """
import os, sys
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["lading.django", "django.contrib.staticfiles"],
    SECRET_KEY="x",
    STATIC_ROOT=os.path.abspath("out"),
    STATIC_URL="static/",
    STATICFILES_DIRS=[os.path.abspath("static")],
)
django.setup()
from lading.report import bar
bar._PATIENCE_SECONDS = -1
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "collectstatic", "--noinput", "--skip-checks", *sys.argv[1:]])
"""


def test_the_bar_on_a_terminal_is_whole(project: Project, monkeypatch):
    monkeypatch.chdir(project.folder)
    project.write({f"static/{number}.css": "x" for number in range(300)})
    told = in_terminal(IMPATIENT)
    assert "Copying" in told
    assert told.count("\n") == 3  # where the bar was, and Django's summary between empty lines
    assert told.splitlines()[-1] == f"302 static files copied to '{project.path('out')}'."
    project.write({"static/0.css": "y"})
    assert "Copying" not in in_terminal(IMPATIENT, "-v", "0")
    assert "\x1b" not in in_terminal(IMPATIENT, "--no-color", "--explain", NO_COLOR="1")


# --- settings ---


@pytest.mark.parametrize(
    ("lading", "what", "remedy"),
    [
        ({"KEEP_RELEASE": 1}, "LADING['KEEP_RELEASE']: There is no setting", "'KEEP_RELEASES'"),
        ({"JOBS": "2"}, "LADING['JOBS']: The setting 'JOBS' must be a whole number", ""),
        ({"TARGET": "/x"}, "LADING['TARGET']: In a Django project", "STATIC_ROOT"),
        ("text", "LADING: The setting LADING must be a dictionary", "LADING = {…}"),
        ({3: 4}, "LADING['3']: There is no setting", ""),
    ],
)
def test_wrong_settings(project: Project, lading, what, remedy):
    with project.set_up(LADING=lading):
        error, _ = failing()
    assert what in str(error)
    assert remedy in str(error)
    assert error.returncode == 2
    assert not os.path.exists(project.path("out"))


def test_static_root_unset(project: Project):
    with project.set_up(STATIC_ROOT=None), pytest.raises(ImproperlyConfigured) as caught:
        collect()
    assert "without having set the STATIC_ROOT setting" in str(caught.value)


def test_static_root_is_a_file(project: Project):
    project.write({"out": "a file"})
    with project.set_up():
        error, _ = failing()
    assert f"{project.path('out')}: A file lies where STATIC_ROOT must be a folder." in str(error)
    assert Path(project.path("out")).read_text() == "a file"


def test_static_root_is_a_link_to_nothing(project: Project):
    """Such as to a volume that is not mounted."""
    root = os.path.join(project.folder, "out")
    os.symlink("volume", root)
    with project.set_up(STATIC_ROOT=root):
        error, _ = failing()
    assert f"{root}: STATIC_ROOT is a symbolic link to 'volume', which is not there." in str(error)
    assert not os.path.lexists(project.path("volume"))


@pytest.mark.parametrize(
    ("root", "relation"),
    [
        ("static", "is the source folder itself"),
        ("static/out", "lies inside the source folder"),
        ("", "contains the source folder"),
        ("apps/shop/static/out", "lies inside the source folder"),
    ],
)
@pytest.mark.parametrize("storage", ["StaticFilesStorage", "OwnSave"])
def test_static_root_and_sources_overlap(project: Project, root, relation, storage):
    kind = f"{HERE}.{storage}"
    with project.set_up("shop", STATIC_ROOT=project.path(root), storage=kind):
        with watched(project.folder) as (_, writes):
            error, _ = failing("--clear", skip_checks=True)
        assert writes == []
    assert f"{project.path(root)}: The target {relation}" in str(error)
    assert "STATIC_ROOT" in str(error)


def test_permissions_are_djangos(project: Project):
    with project.set_up(FILE_UPLOAD_PERMISSIONS=0o640, FILE_UPLOAD_DIRECTORY_PERMISSIONS=0o710):
        collect()
    assert os.stat(project.path("out/css/app.css")).st_mode & 0o777 == 0o640
    assert os.stat(project.path("out/css")).st_mode & 0o777 == 0o710


def test_a_target_that_is_held_by_another_run(project: Project):
    with project.set_up(LADING={"LOCK_TIMEOUT": 0.05}):
        collect()
        target = build.FolderTarget(project.path("out"))
        with target.locked(0, print):
            error, told = failing()
    assert error.returncode == 3
    assert f"process {os.getpid()} on " in told
    assert "still holds the target after 0.05 seconds" in str(error)


def test_an_interrupted_run(project: Project, monkeypatch):
    def interrupted(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "collect", interrupted)
    with project.set_up():
        assert failing()[0].returncode == 130


# --- storages ---


class OwnSave(StaticFilesStorage):
    """Saves files in a way of its own."""

    def _save(self, name: str, content: Any) -> str:
        saved = super()._save(name, content)
        with open(self.path(f"{saved}.saved"), "w"):
            return saved


class Upper(StaticFilesStorage):
    """Only its constructor differs."""

    def __init__(self, location: str | None = None, **options: Any) -> None:
        super().__init__(location, **options)


def test_a_storage_that_saves_in_its_own_way_is_used_for_it(project: Project):
    project.write({"out/theirs": "t"})
    with project.set_up("shop", storage=f"{HERE}.OwnSave"):
        told = collect("--explain")
        assert f"3 static files copied to '{project.path('out')}'" in told
        assert "Files copied after each step: 2 → 3" in told
        assert "0 static files" in collect()
        assert "theirs" in project.published()
        collect("--clear")
    assert sorted(project.published()) == sorted(
        [*PUBLISHED, *(f"{path}.saved" for path in PUBLISHED)]
    )
    assert not os.path.exists(project.path("out/.lading"))


def test_a_subclass_that_only_configures_is_published_whole(project: Project):
    with project.set_up("shop", storage=f"{HERE}.Upper"):
        collect()
    assert os.path.exists(project.path("out/.lading/ledger"))
    assert project.published() == PUBLISHED


class Bucket(Storage):
    """A storage without folders or ``path()``, whose files were all written in 2020."""

    kept: dict[str, bytes] = {}  # noqa: RUF012

    def _save(self, name: str, content: Any) -> str:
        self.kept[name] = content.read()
        return name

    def exists(self, name: str) -> bool:
        return name in self.kept

    def delete(self, name: str) -> None:
        del self.kept[name]

    def get_modified_time(self, name: str) -> datetime:
        return datetime(2020, 1, 1, tzinfo=UTC)


def test_a_storage_in_memory_has_no_folder_that_could_overlap(project: Project, monkeypatch):
    monkeypatch.chdir(project.folder)
    memory = "django.core.files.storage.InMemoryStorage"
    with project.set_up("shop", storage=memory, MEDIA_ROOT=project.path()):
        assert "3 static files copied" in collect()


def test_a_storage_without_folders(project: Project, monkeypatch):
    monkeypatch.setattr(Bucket, "kept", {})
    with project.set_up("shop", storage=f"{HERE}.Bucket"):
        assert "3 static files copied" in collect()
        assert Bucket.kept.pop(".lading/collected.json")
        assert Bucket.kept == {path: text.encode() for path, text in PUBLISHED.items()}
        error, _ = failing("--link")
        assert "Can't symlink to a remote destination." in str(error)
        Bucket.kept.clear()
        collect("--plan")
        assert Bucket.kept == {}
        error, told = failing("--strict")
        assert Bucket.kept == {}
        assert "[collision]" in told


def test_djangos_manifest_storage_post_processes_as_ever(project: Project):
    project.write(
        {"static/css/page.css": "a{background:url(../img/x.svg)}", "static/img/x.svg": "1"}
    )
    with project.set_up(storage="django.contrib.staticfiles.storage.ManifestStaticFilesStorage"):
        told = collect()
        assert "4 static files copied" in told
        assert "4 post-processed" in told
        manifest = json.loads(project.published()["staticfiles.json"])["paths"]
        hashed = manifest["img/x.svg"]
        assert project.published()[manifest["css/page.css"]] == (
            f'a{{background:url("../{hashed}")}}'
        )
        project.write({"static/img/x.svg": "2", "out/theirs": "t"})
        collect("--clear")
        published = project.published()
        assert hashed not in published
        assert "theirs" not in published
        manifest = json.loads(published["staticfiles.json"])["paths"]
        assert all(name in published for name in manifest.values())
        assert collect("--no-post-process").count("post-processed") == 0


def test_a_post_process_that_fails_is_told_as_django_tells_it(project: Project):
    project.write({"static/css/bad.css": "a{background:url(gone.png)}"})
    with project.set_up(storage="django.contrib.staticfiles.storage.ManifestStaticFilesStorage"):
        err = io.StringIO()
        kind = ValueError if django.VERSION < (6, 1) else CommandError
        with pytest.raises(kind, match=r"gone\.png"):
            call_command("collectstatic", "--noinput", stdout=io.StringIO(), stderr=err)
        assert "Post-processing 'css/bad.css' failed!" in err.getvalue()
        assert sorted(os.listdir(project.path("out/.lading"))) in (
            ["lock", "pending"],
            ["lock", "pending", "snapshot"],
        )
        os.unlink(project.path("static/css/bad.css"))
        collect()
        assert "staticfiles.json" in project.published()


class RaisingPostProcess(ManifestStaticFilesStorage):
    def post_process(self, *args: Any, **options: Any) -> Any:
        raise FileNotFoundError(2, "No such file or directory", "minifier")


def test_an_error_of_a_storage_is_not_taken_for_the_targets(project: Project):
    with (
        project.set_up(storage=f"{HERE}.RaisingPostProcess"),
        pytest.raises(FileNotFoundError, match="minifier"),
    ):
        collect()


def test_a_location_of_its_own(project: Project):
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "OPTIONS": {"location": project.path("elsewhere")},
        },
    }
    with project.set_up(STORAGES=storages):
        collect()
    assert os.path.exists(project.path("elsewhere/css/app.css"))
    assert not os.path.exists(project.path("out"))


def test_a_file_system_storage_that_is_not_for_static_files(project: Project):
    assert issubclass(OwnSave, FileSystemStorage)
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": project.path("plain")},
        },
    }
    with project.set_up(STORAGES=storages):
        collect()
    assert os.path.exists(project.path("plain/css/app.css"))


# --- names that nobody expects ---


def test_odd_names_are_published_and_told(project: Project):
    names = [
        "a b.css",
        "100%.css",
        "[red]x[/red].css",
        "größe.css",
        "日本.css",
        "'quote\".css",
        "$(x)",
    ]
    project.write({f"static/{name}": name for name in names})
    with project.set_up():
        told = collect("--explain", "--plan")
        collect()
    for name in names:
        assert project.published()[name] == name
    assert "[red]x[/red].css" in told


def test_no_control_character_of_a_name_reaches_the_terminal(project: Project):
    bad = b"bad\x1b[2J\xff\nname\\.css"
    with open(os.path.join(os.fsencode(project.path("static")), bad), "wb"):
        pass
    with project.set_up(STATICFILES_DIRS=[project.path("static")]):
        error, told = failing("--explain", "--json", project.path("report.json"))
        assert "\x1b" not in told
        assert "bad\\x1b[2J\\udcff" in told
        assert json.loads(Path(project.path("report.json")).read_text())["failed"]
        assert "1 error found" in str(error)
    with project.set_up(LADING={"SEVERITIES": {"invalid-name": "warning"}}):
        told = collect("--explain", "--plan", "--json", project.path("report.json"), verbosity=2)
        assert "\x1b" not in told
        assert "bad" in Path(project.path("report.json")).read_text()


def test_a_source_in_a_folder_that_is_no_utf8(project: Project):
    folder = os.path.join(os.fsencode(project.path()), b"gr\xf6\xdfe")
    os.makedirs(folder)
    with open(os.path.join(folder, b"x.css"), "w") as file:
        file.write("x")
    with project.set_up(STATICFILES_DIRS=[os.fsdecode(folder)]):
        told = collect("--explain", "--json", project.path("report.json"))
        assert "gr\\udcf6\\udcdfe" in told
        assert "0 static files" in collect()
    assert project.published() == {"x.css": "x"}
    assert json.loads(Path(project.path("report.json")).read_text())["copied"] == ["x.css"]
