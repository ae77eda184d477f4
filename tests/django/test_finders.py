"""Finders of other packages as sources: over any storage, with any names, and when they fail."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import BaseFinder, BaseStorageFinder, FileSystemFinder
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage
from django.core.management.base import CommandError
from projects_with_apps import Project, collect, find

from lading.config import Config
from lading.django.finders import sources
from lading.errors import ConfigError
from sites_of_folders import kinds

HERE = __name__


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


class Listing(BaseFinder):
    """A finder over a list that each test sets."""

    listed: list[tuple[str, Any]] = []  # noqa: RUF012

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        yield from self.listed

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        return [] if find_all else None


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch, project: Project) -> Iterator[list[tuple[str, Any]]]:
    listed: list[tuple[str, Any]] = []
    monkeypatch.setattr(Listing, "listed", listed)
    with project.set_up(STATICFILES_DIRS=[], STATICFILES_FINDERS=[f"{HERE}.Listing"]):
        yield listed


def memory(files: dict[str, bytes], prefix: str = "") -> Storage:
    storage = InMemoryStorage()
    for name, content in files.items():
        storage.save(name, io.BytesIO(content))  # type: ignore[arg-type]
    storage.prefix = prefix  # type: ignore[attr-defined]
    return storage


class Remote(Storage):
    """A storage without ``path()``, sizes and times, as those over a network may be."""

    def __init__(self, files: dict[str, Any]) -> None:
        self.files = files

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        content = self.files[name]
        if isinstance(content, Exception):
            raise content
        return File(io.BytesIO(content), name)


def test_files_of_a_storage_in_memory_are_published(project: Project, listing):
    storage = memory({"a.css": b"a", "deep/b.css": b"b"}, prefix="lib")
    listing += [("a.css", storage), ("deep/b.css", storage)]
    assert "2 static files copied" in collect()
    assert project.published() == {"lib/a.css": "a", "lib/deep/b.css": "b"}
    assert "0 static files copied to" in collect()
    storage.delete("a.css")
    storage.save("a.css", io.BytesIO(b"A"))  # type: ignore[arg-type]
    assert "1 static file copied" in collect()
    assert project.published()["lib/a.css"] == "A"


def test_several_storages_and_prefixes_in_one_finder(project: Project, listing):
    project.write({"folder/a.css": "folder"})
    local = FileSystemStorage(location=project.path("folder"))
    local.prefix = "local"  # type: ignore[attr-defined]
    listing += [
        ("a.css", local),
        ("a.css", memory({"a.css": b"memory"}, prefix="memory")),
        ("a.css", Remote({"a.css": b"remote"})),
        ("a.css", memory({"a.css": b"second"}, prefix="memory")),
    ]
    collect()
    assert project.published() == {
        "local/a.css": "folder",
        "memory/a.css": "memory",
        "a.css": "remote",
    }


def test_a_local_file_of_a_finder_is_read_once(project: Project, listing):
    project.write({"folder/a.css": "a"})
    local = FileSystemStorage(location=project.path("folder"))
    listing.append(("a.css", local))
    collect()
    os.utime(project.path("folder/a.css"))
    assert "1 unmodified" in collect()
    project.write({"folder/a.css": "b"})
    collect()
    assert project.published() == {"a.css": "b"}


def test_link_wants_files_of_this_machine(project: Project, listing):
    project.write({"folder/a.css": "a"})
    listing.append(("a.css", FileSystemStorage(location=project.path("folder"))))
    collect("--link")
    assert project.published() == {"a.css": f"-> {project.path('folder/a.css')}"}
    listing.append(("b.css", Remote({"b.css": b"b"})))
    with pytest.raises(CommandError, match="nothing was published"):
        collect("--link")


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("./a.css", "a.css"),
        ("x/./a.css", "x/a.css"),
        ("x//a.css", "x/a.css"),
        (".hidden.css", ".hidden.css"),  # what to ignore is for the finder to say
        ("CVS/a.css", "CVS/a.css"),
    ],
)
def test_names_as_finders_give_them(project: Project, listing, name: str, published: str):
    listing.append((name, Remote({name: b"a"})))
    collect()
    assert project.published() == {published: "a"}


@pytest.mark.parametrize(
    "name",
    [
        "../a.css",
        "x/../../a.css",
        "/etc/a.css",
        "a\0.css",
        "a\nb.css",
        "a\\b.css",
        "x" * 300,
        "",
        ".lading/a",
    ],
)
@pytest.mark.parametrize("prefix", ["", "lib"])
def test_names_that_cannot_be_published_stop_the_run(project: Project, listing, name, prefix):
    storage = Remote({name: b"a"})
    storage.prefix = prefix  # type: ignore[attr-defined]
    listing.append((name, storage))
    if prefix and name.startswith(".lading"):
        collect()
        assert project.published() == {"lib/.lading/a": "a"}
        return
    with pytest.raises(CommandError, match="1 error found; nothing was published"):
        collect(verbosity=1)
    assert project.published() == {}
    assert not os.path.exists(project.path("a.css"))


def test_secrets_of_finders_are_refused(project: Project, listing):
    key = b"-----BEGIN PRIVATE KEY-----"
    listing += [
        (name, Remote({name: key}))
        for name in (".env", "site.pem", "x/.git/config", "public.css", "id_rsa")
    ]
    told = collect()
    assert project.published() == {"public.css": key.decode()}
    assert told.count("[secret]") == 4
    with project.set_up(
        STATICFILES_DIRS=[],
        STATICFILES_FINDERS=[f"{HERE}.Listing"],
        LADING={"ALLOW_SECRETS": ["*.pem", ".env"]},
    ):
        collect()
        assert sorted(project.published()) == [".env", "public.css", "site.pem"]


class Raising(BaseFinder):
    """A finder that fails when it is asked."""

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        yield "a.css", Remote({"a.css": b"a"})
        raise RuntimeError("no connection to the asset server")

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        return []


def test_a_finder_that_raises_stops_the_run_and_is_named(project: Project):
    project.write({"static/a.css": "a"})
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder", f"{HERE}.Raising"]
    with project.set_up():
        collect()
    project.write({"static/a.css": "b"})
    with project.set_up(STATICFILES_FINDERS=finders), pytest.raises(CommandError):
        collect()
    assert project.published() == {"a.css": "a"}
    with project.set_up(STATICFILES_FINDERS=finders):
        (_, raising) = sources(Config()).all
        (finding,) = raising.scan().findings
    assert finding.kind == "finder-error"
    assert "RuntimeError: no connection to the asset server" in finding.message
    assert finding.where == f"{HERE}.Raising"


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ValueError("signature expired"), "ValueError: signature expired"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (FileNotFoundError(2, "No such file"), "gone now"),
    ],
)
def test_a_storage_that_fails_when_read_is_told_with_the_file(
    project, listing, error, part, capsys
):
    listing += [("ok.css", Remote({"ok.css": b"a"})), ("bad.css", Remote({"bad.css": error}))]
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 error found"):
        collect_to(err)
    assert part in " ".join(err.getvalue().split())
    assert f"finder {HERE}.Listing:bad.css" in " ".join(err.getvalue().split())
    assert project.published() == {}


def collect_to(err: io.StringIO) -> None:
    from django.core.management import call_command

    call_command("collectstatic", "--noinput", stdout=io.StringIO(), stderr=err)


def test_a_finder_that_lists_what_is_not_there(project: Project, listing):
    listing.append(("gone.css", FileSystemStorage(location=project.path("static"))))
    assert "[dangling-link] gone.css" in collect()
    assert project.published() == {}


def test_a_finder_over_the_target_is_refused(project: Project, listing):
    project.write({"out/old/a.css": "a"})
    listing.append(("old/a.css", FileSystemStorage(location=project.path("out"))))
    with pytest.raises(CommandError, match="1 error found; nothing was published"):
        collect("--clear")
    assert project.published() == {"old/a.css": "a"}


def test_a_finder_beside_the_target_is_not(project: Project, listing):
    project.write({"robots.txt": "r", "out/theirs": "t"})
    listing.append(("robots.txt", FileSystemStorage(location=project.path())))
    collect()
    assert project.published() == {"robots.txt": "r", "theirs": "t"}


class Stored(BaseStorageFinder):
    """A finder of Django's for one storage."""

    storage = memory({"stored/a.css": b"a", "stored/.b": b"b", "stored/c.js": b"c"})


def test_a_storage_finder_is_given_the_patterns(project: Project):
    with project.set_up(STATICFILES_DIRS=[], STATICFILES_FINDERS=[f"{HERE}.Stored"]):
        collect("-i", "*.js")
        assert project.published() == {"stored/a.css": "a"}
        collect("--no-default-ignore")
        assert sorted(project.published()) == ["stored/.b", "stored/a.css", "stored/c.js"]


class OwnStorage(FileSystemStorage):
    """Reads files in a way of its own."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with super()._open(name, mode) as file:
            return File(io.BytesIO(file.read().upper()), name)


class Shouting(FileSystemFinder):
    """Django's finder over storages that read otherwise."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for root in self.storages:
            self.storages[root] = OwnStorage(location=root)
            self.storages[root].prefix = ""  # type: ignore[attr-defined]


def test_a_storage_that_reads_otherwise_is_read_through_itself(project: Project):
    project.write({"static/a.css": "quiet", "static/.hidden": "h"})
    with project.set_up(STATICFILES_FINDERS=[f"{HERE}.Shouting"]):
        collect()
    assert project.published() == {"a.css": "QUIET"}


class Otherwise(FileSystemFinder):
    """A subclass that changes nothing that matters."""


def test_sources_of_the_stock_finders(project: Project):
    project.write({"static/a": "", "more/b": "", "apps/shop/static/c": "", "apps/none/x": ""})
    folders = [project.path("static"), ("pre/fix", project.path("more"))]
    finders = [f"{HERE}.Otherwise", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
    with project.set_up("shop", "none", STATICFILES_DIRS=folders, STATICFILES_FINDERS=finders):
        found = sources(Config()).all
    assert [(s.label, s.location, s.prefix, s.owner) for s in found] == [
        ("static", project.path("static"), "", "project"),
        ("more", project.path("more"), "pre/fix", "project"),
        ("shop", project.path("apps/shop/static"), "", "project"),
    ]


def test_rules_for_single_sources(project: Project):
    project.write(
        {
            "static/a.css": "",
            "static/a.scss": "",
            "apps/shop/static/shop/b.css": "",
            "apps/shop/static/shop/b.md": "",
            "node_modules/lib/c.js": "",
            "node_modules/lib/d.ts": "",
        }
    )
    rules = [
        {"NAME": "static", "EXCLUDE": ["*.scss"]},
        {"NAME": "shop", "INCLUDE": ["*.css"], "OWNER": "vendor"},
        {"NAME": project.path("node_modules/lib"), "EXCLUDE": ["*.ts"]},
    ]
    folders = [project.path("static"), project.path("node_modules/lib")]
    with project.set_up("shop", STATICFILES_DIRS=folders, LADING={"SOURCES": rules}):
        collect()
        owners = [source.owner for source in sources(Config()).all]
    assert sorted(project.published()) == ["a.css", "c.js", "shop/b.css"]
    assert owners == ["project", "vendor", "project"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_labels_do_not_depend_on_the_working_folder(project: Project, monkeypatch, elsewhere):
    project.write({"web/static/a.css": ""})
    monkeypatch.chdir("/" if elsewhere else project.path())
    lading = {"SOURCES": [{"NAME": "./web/static/", "EXCLUDE": ["a*"]}]}
    with project.set_up(STATICFILES_DIRS=[project.path("web/static")], LADING=lading):
        assert "0 static files" in collect()


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({"NAME": "absent"}, "'absent', which is no source of this project"),
        ({"NAME": "static", "PREFIX": "x"}, "cannot be given a prefix here"),
    ],
)
def test_rules_that_mean_nothing_are_refused(project: Project, rule, part):
    project.write({"static/a.css": ""})
    with project.set_up(LADING={"SOURCES": [rule]}):
        with pytest.raises(ConfigError, match=part) as caught:
            sources(Config(sources=conf_sources(rule)))
        assert caught.value.where == "LADING['SOURCES']"
        with pytest.raises(CommandError, match="LADING\\['SOURCES'\\]: ") as told:
            collect()
        assert told.value.returncode == 2


def conf_sources(rule: dict[str, str]):
    from lading.django import conf

    return conf.load().sources


def test_a_finder_may_be_scanned_again(project: Project, listing):
    listing.append(("a.css", Remote({"a.css": b"a"})))
    (source,) = sources(Config()).all
    for _ in range(2):
        scan = source.scan()
        assert [asset.path for asset in scan.assets] == ["a.css"]
        assert kinds(scan) == []


def test_findstatic_over_finders(project: Project, listing):
    listing.append(("a.css", Remote({"a.css": b"a"})))
    assert "No matching file found for 'b.css'." in find("b.css")
