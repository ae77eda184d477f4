"""Settings and sources -> what ``{% static %}`` gives, and what lies in STATIC_ROOT."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from django.core import checks
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.templatetags.static import static
from hashed_project import (
    HashedProject,
    collect,
    development,
    outside_of_tests,
    storage,
    under_test,
)

from lading import manifest as manifests
from lading.django.options import OptionsError
from lading.django.storage import StaticStorage
from lading.targets.folder import FolderTarget
from sites_of_folders import read, watched

FILES = {
    "static/css/app.css": "a{background:url(../img/logo.png)}",
    "static/img/logo.png": "logo",
    "static/js/app.js": 'import "./leaf.js";\n',
    "static/js/leaf.js": "export {};\n",
}
LOGO = "img/logo.96d6f2e7e1f7.png"
HERE = "test_storage"


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    project = HashedProject(tmp_path)
    project.write(FILES)
    return project


# What is published


def test_spaces_in_urls_stay_escaped(project: HashedProject) -> None:
    """``srcset`` and ``url()`` end at a space; Django's storage writes one there."""
    project.write({"static/img/my logo.png": "logo"})
    project.collect()
    with project.settings():
        assert static("img/my logo.png") == "/static/img/my%20logo.96d6f2e7e1f7.png"


def test_hashed_copies_and_a_manifest(project: HashedProject) -> None:
    told = project.collect()
    assert "4 static files copied" in told
    assert "4 post-processed" in told
    published, paths = project.published(), project.manifest()["paths"]
    assert set(paths) == {path.removeprefix("static/") for path in FILES}
    for path, content in FILES.items():
        logical = path.removeprefix("static/")
        assert published[logical] == content
        assert paths[logical] in published
    assert published[paths["css/app.css"]] == f'a{{background:url("../{paths["img/logo.png"]}")}}'
    assert published[paths["js/app.js"]] == f'import "./{os.path.basename(paths["js/leaf.js"])}";\n'


def test_static_is_hashed_in_production_and_plain_in_development(project: HashedProject) -> None:
    project.collect()
    paths = project.manifest()["paths"]
    with project.settings():
        with outside_of_tests():
            assert static("css/app.css") == f"/static/{paths['css/app.css']}"
            assert static("css/app.css?v=1#top") == f"/static/{paths['css/app.css']}?v=1#top"
            assert static("no/such/folder/") == "/static/no/such/folder/"
        with development():
            assert static("css/app.css") == "/static/css/app.css"
            assert static("no/such.css") == "/static/no/such.css"


def test_the_storage_of_the_run_knows_its_names(project: HashedProject) -> None:
    with project.settings():
        assert storage().hashed_files == {}
        collect()
        document = project.manifest()
        assert storage().hashed_files == document["paths"]
        assert storage().manifest_hash == document["hash"]
        assert storage().load_manifest() == (document["paths"], document["hash"])
        project.write({"static/js/leaf.js": "export {}; // changed\n"})
        collect()
        assert storage().hashed_files == project.manifest()["paths"] != document["paths"]


def test_an_unchanged_run_publishes_nothing(project: HashedProject) -> None:
    project.collect()
    before = read(project.path("out"), state=True)
    told = project.collect()
    assert "0 static files copied" in told
    assert "post-processed" not in told
    assert project.published() == {k: v for k, v in before.items() if not k.startswith(".lading")}


def test_django_reads_the_manifest(project: HashedProject) -> None:
    project.collect()
    document = project.manifest()
    with project.settings(), outside_of_tests():
        django = ManifestStaticFilesStorage()
        assert django.hashed_files == document["paths"]
        assert django.manifest_hash == document["hash"]
        assert django.url("css/app.css") == f"/static/{document['paths']['css/app.css']}"


def test_the_manifest_comes_last_and_whole(project: HashedProject) -> None:
    project.collect()
    project.write({"static/css/app.css": "changed", "static/img/logo.png": "changed"})
    with project.settings(), watched(project.path("out")) as (_, writes):
        collect()
    published = [
        write
        for write in writes
        if write.startswith("rename ") and not write.startswith("rename .lading/")
    ]
    assert published[-1] == "rename staticfiles.json"
    assert len(published) > 1
    assert not [write for write in writes if write == "open staticfiles.json"]


@pytest.mark.parametrize("originals", [True, False])
def test_each_run_counts_the_same_files(project: HashedProject, originals: bool) -> None:
    options = {"originals": originals}
    project.collect(options=options)
    count = len(project.manifest()["paths"])
    for _ in range(3):  # the first compares, the last is brief
        FolderTarget(project.path("out")).settle(time.time_ns())
        assert f"0 static files copied to '{project.path('out')}', {count} unmodified." in (
            project.collect(options=options)
        )


def test_originals_are_left_out_by_option(project: HashedProject) -> None:
    project.collect(options={"originals": False})
    paths = project.manifest()["paths"]
    assert set(project.published()) == {*paths.values(), "staticfiles.json"}


@pytest.mark.parametrize("argument", ["--dry-run", "--plan"])
def test_a_rehearsal_writes_nothing(project: HashedProject, argument: str) -> None:
    told = project.collect(argument)
    assert "4 post-processed" in told
    assert not os.path.exists(project.path("out"))


def test_without_post_processing_names_are_plain(project: HashedProject) -> None:
    told = project.collect("--no-post-process")
    assert "post-processed" not in told
    assert set(project.published()) == {path.removeprefix("static/") for path in FILES}


def test_a_release_without_names_leaves_the_manifest(project: HashedProject) -> None:
    project.collect()
    before = project.manifest()
    project.collect("--no-post-process")
    assert project.manifest() == before


def test_a_broken_reference_publishes_nothing(project: HashedProject) -> None:
    project.write({"static/css/app.css": "a{background:url(lgo.png)}"})
    with pytest.raises(CommandError, match="nothing was published"):
        project.collect()
    assert project.published() == {}


def test_bundles_keep_the_names_they_have(project: HashedProject) -> None:
    project.write({"static/dist/index-BX3k9d2f.js": "bundle"})
    project.collect(options={"finished": ["dist/*"]})
    document = project.manifest()
    assert document["paths"]["dist/index-BX3k9d2f.js"] == "dist/index-BX3k9d2f.js"
    assert manifests.loads(json.dumps(document)).files["dist/index-BX3k9d2f.js"].immutable
    assert [path for path in project.published() if path.startswith("dist/")] == [
        "dist/index-BX3k9d2f.js"
    ]


def test_a_folder_under_one_digest(project: HashedProject) -> None:
    project.write({"static/editor/skins/a.css": "a", "static/editor/editor.js": "e"})
    options = {"folders": ["editor"]}
    project.collect(options=options)
    paths = project.manifest()["paths"]
    folder = paths["editor/editor.js"].partition("/")[0]
    assert folder.startswith("editor.")
    assert paths["editor/skins/a.css"] == f"{folder}/skins/a.css"
    with project.settings(options=options):
        with outside_of_tests():
            assert static("editor/") == f"/static/{folder}/"
            assert static("editor/skins/?x=1") == f"/static/{folder}/skins/?x=1"
            assert static("editorial/") == "/static/editorial/"
            assert static("css/") == "/static/css/"
        with development():
            assert static("editor/") == "/static/editor/"


def test_a_look_up_module_takes_part(project: HashedProject) -> None:
    options = {"js_module": {"path": "js/urls.js", "include": ["img/*"]}}
    project.write({"static/js/app.js": 'import { staticUrl } from "./urls.js";\n'})
    project.collect(options=options)
    paths, published = project.manifest()["paths"], project.published()
    assert os.path.basename(paths["js/urls.js"]) in published[paths["js/app.js"]]
    assert (
        f'new URL("../{paths["img/logo.png"]}", import.meta.url)' in published[paths["js/urls.js"]]
    )
    with project.settings(options=options), outside_of_tests():
        assert static("js/urls.js") == f"/static/{paths['js/urls.js']}"


def test_another_storage_gets_the_manifest_too(project: HashedProject) -> None:
    with project.settings(backend=f"{HERE}.ManifestElsewhere"):
        collect()
        elsewhere = read(project.path("elsewhere"))
        assert set(elsewhere) == {"staticfiles.json"}
        assert json.loads(elsewhere["staticfiles.json"]) == project.manifest()
        assert storage().hashed_files == project.manifest()["paths"]
        os.unlink(project.path("elsewhere", "staticfiles.json"))
        collect()
        assert read(project.path("elsewhere")) == elsewhere


class ManifestElsewhere(StaticStorage):
    def __init__(self, **options: Any) -> None:
        folder = os.path.join(os.path.dirname(_static_root()), "elsewhere")
        super().__init__(manifest_storage=StaticFilesStorage(location=folder), **options)


def _static_root() -> str:
    from django.conf import settings

    return str(settings.STATIC_ROOT)


# Options


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"foldres": ["a"]}, "STORAGES['staticfiles']['OPTIONS']['foldres']: There is no setting"),
        ({"foldres": ["a"]}, "Did you mean 'folders'?"),
        ({"folders": "a"}, "must be a list of patterns"),
        ({"originals": "no"}, "['originals']: The setting 'originals' must be true or false"),
        ({"missing": "plane"}, "Did you mean 'plain'?"),
        ({"strict": True}, "must be one of 'production', 'always'"),
        ({"module_imports": "map"}, "must be one of 'rewrite', 'importmap'"),
        ({"jobs": 3}, "There is no setting 'jobs'"),
        ({"js_module": {"path": "urls.js"}}, "must be a table with 'path' and 'include'"),
        ({"js_module": {"path": "urls.css", "include": ["*"]}}, "is not that of a JavaScript"),
        ({"imports": {"lodash": 3}}, "(at 'lodash')"),
        ({"imports": {"lib/": "js/lib"}}, "stands for a folder"),
    ],
)
def test_options_that_mean_nothing(
    project: HashedProject, options: dict[str, Any], told: str
) -> None:
    with project.settings(options=options):
        with pytest.raises(OptionsError) as raised:
            static("css/app.css")
        assert told in str(raised.value)


def test_the_check_names_the_option(project: HashedProject) -> None:
    with project.settings(options={"folders": "tinymce"}):
        (message,) = checks.run_checks(tags=[checks.Tags.staticfiles])
        assert (message.id, message.level) == ("lading.E003", checks.ERROR)
        assert message.msg.startswith("STORAGES['staticfiles']['OPTIONS']['folders']: ")
        with pytest.raises(SystemCheckError, match=r"lading\.E003"):
            call_command("collectstatic", "--noinput", skip_checks=False)
    with project.settings(options={"folders": ["tinymce"]}):
        assert checks.run_checks(tags=[checks.Tags.staticfiles]) == []


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("ORIGINALS", "Set it in STORAGES['staticfiles']['OPTIONS'], as 'originals'."),
        (
            "NAMES",
            "Set STORAGES['staticfiles']['BACKEND'] to 'lading.django.storage.StaticStorage'",
        ),
        ("STATIC_URL", "Set STATIC_URL."),
    ],
)
def test_options_are_no_settings(project: HashedProject, key: str, remedy: str) -> None:
    with (
        project.settings(LADING={key: True}),
        pytest.raises(CommandError, match=re.escape(remedy)),
    ):
        collect()


def test_options_of_django(project: HashedProject) -> None:
    options = {
        "location": project.path("public"),
        "base_url": "https://cdn.example/s/",
        "file_permissions_mode": 0o640,
        "directory_permissions_mode": 0o750,
    }
    project.collect(options=options)
    paths = json.loads(read(project.path("public"))["staticfiles.json"])["paths"]
    assert os.stat(project.path("public", paths["css/app.css"])).st_mode & 0o777 == 0o640
    assert os.stat(project.path("public", "css")).st_mode & 0o777 == 0o750
    with project.settings(options=options), outside_of_tests():
        assert static("css/app.css") == f"https://cdn.example/s/{paths['css/app.css']}"


# Paths that lead nowhere


def test_a_path_that_the_manifest_does_not_list(project: HashedProject) -> None:
    project.collect()
    with project.settings(), outside_of_tests():
        with pytest.raises(ValueError, match=r"^Missing staticfiles manifest entry for") as raised:
            static("css/ap.css")
        assert "Did you mean 'css/app.css'?" in str(raised.value)
        for wrong in ("/css/app.css", "/static/css/app.css"):
            with pytest.raises(ValueError, match=r"Leave out .*: it is 'css/app\.css'"):
                static(wrong)


def test_no_manifest_in_production(project: HashedProject) -> None:
    with project.settings(), outside_of_tests():
        with pytest.raises(ValueError, match=r"^Missing staticfiles manifest entry for") as raised:
            static("css/app.css")
        assert project.path("out", "staticfiles.json") in str(raised.value)
        assert "Run collectstatic" in str(raised.value)


def test_a_manifest_that_comes_later_is_found(project: HashedProject) -> None:
    with project.settings(), outside_of_tests():
        with pytest.raises(ValueError, match="There is no manifest"):
            static("css/app.css")
        used = storage()
        StaticStorage(encodings=[])  # another process, say
        project.write({"other/.keep": ""})
        document = {"paths": {"css/app.css": "css/app.123456789abc.css"}, "version": "1.1"}
        project.write({"out/staticfiles.json": json.dumps(document)})
        assert static("css/app.css") == "/static/css/app.123456789abc.css"
        assert storage() is used


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"version": "9"}', '{"version": "1.1"}', "\udcff"], ids=repr
)
def test_a_damaged_manifest(project: HashedProject, damage: str) -> None:
    project.write({"out/staticfiles.json": damage.encode("utf-8", "surrogateescape")})
    with project.settings(), outside_of_tests():
        with pytest.raises(ValueError, match=r"Couldn't load manifest 'staticfiles.json'"):
            static("css/app.css")
        with pytest.raises(ValueError, match=r"Couldn't load manifest 'staticfiles.json'"):
            storage().load_manifest()
        collect()
        assert static("css/app.css") == f"/static/{project.manifest()['paths']['css/app.css']}"


def test_plain_urls_by_option(project: HashedProject, caplog: pytest.LogCaptureFixture) -> None:
    options = {"missing": "plain"}
    with project.settings(options=options), outside_of_tests():
        with caplog.at_level(logging.WARNING, "lading.storage"):
            assert static("css/app.css") == "/static/css/app.css"
            assert static("css/ap.css#x") == "/static/css/ap.css#x"
        assert len(caplog.records) == 1
        assert "There is no manifest" in caplog.text
        collect()
        caplog.clear()
        with caplog.at_level(logging.WARNING, "lading.storage"):
            assert static("css/ap.css") == static("css/ap.css") == "/static/css/ap.css"
            assert static("x.css") == "/static/x.css"
        assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
        assert "Did you mean 'css/app.css'?" in caplog.records[0].getMessage()


def test_tests_need_no_manifest(project: HashedProject) -> None:
    with project.settings(), under_test():
        assert static("css/app.css") == "/static/css/app.css"
        assert static("no/such.css") == "/static/no/such.css"


def test_tests_accept_an_old_manifest(project: HashedProject) -> None:
    project.collect()
    project.write({"static/css/new.css": "n"})
    with project.settings(), under_test():
        assert static("css/app.css") == f"/static/{project.manifest()['paths']['css/app.css']}"
        assert static("css/new.css") == "/static/css/new.css"
        with pytest.raises(
            ValueError, match=r"Missing staticfiles manifest entry for 'css/nw.css'"
        ):
            static("css/nw.css")


def test_strict_always(project: HashedProject) -> None:
    options = {"strict": "always"}
    with project.settings(options=options):
        for surroundings in (under_test, development):
            with surroundings():
                assert static("css/app.css?v=1") == "/static/css/app.css?v=1"
                assert static("css/") == "/static/css/"
                with pytest.raises(ValueError, match=r"Did you mean 'css/app\.css'") as raised:
                    static("css/ap.css")
                assert "No source ships it" in str(raised.value)
                with pytest.raises(ValueError, match=r"Leave out '/': it is 'css/app\.css'"):
                    static("/css/app.css")


def test_strict_look_ups_see_changes(project: HashedProject) -> None:
    with project.settings(options={"strict": "always"}), development():
        assert static("css/app.css")
        project.write({"static/css/new.css": "n"})
        assert static("css/new.css") == "/static/css/new.css"
        os.unlink(project.path("static", "css", "app.css"))
        with pytest.raises(ValueError, match="No source ships it"):
            static("css/app.css")
        with (
            project.settings(options={"strict": "always"}, STATICFILES_DIRS=[], DEBUG=True),
            pytest.raises(ValueError, match="No source ships it"),
        ):
            static("css/new.css")


# Integrity


def test_integrity_is_that_of_what_is_served(project: HashedProject) -> None:
    project.collect()
    plain = "sha256-nA83zk8ZyoQEXRUfQWwGPdqPlUVPTsyEVFhdg7xqMXY="
    with project.settings():
        with development():
            in_development = storage().integrity("css/app.css")
            assert storage().integrity("no/such.css") == ""
        with outside_of_tests():
            hashed = storage().integrity("css/app.css")
            assert storage().integrity("css/app.css?v=1") == hashed
            with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
                storage().integrity("no/such.css")
    assert in_development == _sri(FILES["static/css/app.css"])
    assert hashed == _sri(project.published()[project.manifest()["paths"]["css/app.css"]])
    assert plain != in_development != hashed


def _sri(content: str) -> str:
    import base64
    import hashlib

    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def test_integrity_with_a_manifest_of_django(project: HashedProject) -> None:
    project.collect(backend="django.contrib.staticfiles.storage.ManifestStaticFilesStorage")
    with project.settings(), outside_of_tests():
        paths = project.manifest()["paths"]
        assert storage().integrity("css/app.css") == _sri(project.published()[paths["css/app.css"]])


def test_integrity_in_tests_without_a_manifest(project: HashedProject) -> None:
    with project.settings(), under_test():
        assert storage().integrity("css/app.css") == _sri(FILES["static/css/app.css"])
        assert storage().integrity("no/such.css") == ""
    with project.settings(options={"missing": "plain"}), outside_of_tests():
        assert storage().integrity("css/app.css") == ""


# Subclasses with names of their own


class OneName(StaticStorage):
    def file_hash(self, name: str, content: Any = None) -> str:
        return "deploy12345"


class Noisy(StaticStorage):
    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Any:
        for row in super().post_process(paths, dry_run=dry_run, **options):
            NOISE.append(row[0])
            yield row


NOISE: list[str] = []


def test_a_hash_of_its_own(project: HashedProject) -> None:
    told = project.collect(backend=f"{HERE}.OneName")
    assert "post-processed" in told
    document, published = project.manifest(), project.published()
    assert document["paths"]["css/app.css"] == "css/app.deploy12345.css"
    assert document["hash"] == "deploy12345"
    assert "img/logo.deploy12345.png" in published["css/app.deploy12345.css"]
    files = manifests.loads(json.dumps(document)).files
    assert files["css/app.deploy12345.css"].immutable
    assert files["css/app.css"].size == len(FILES["static/css/app.css"])
    with project.settings(backend=f"{HERE}.OneName"), outside_of_tests():
        assert storage().integrity("css/app.css") == _sri(published["css/app.deploy12345.css"])


def test_post_processing_of_its_own(project: HashedProject) -> None:
    NOISE.clear()
    project.collect(backend=f"{HERE}.Noisy")
    assert sorted(NOISE) == sorted(path.removeprefix("static/") for path in FILES)
    own = project.manifest()
    project.collect("--clear")
    assert own == project.manifest()


# Other commands, other targets


class Elsewhere(InMemoryStorage):
    """Keeps all files in the process."""


class Remote(StaticStorage):
    """Files that are written by methods, as those of an object store."""

    saved: dict[str, bytes] = {}  # noqa: RUF012

    def _save(self, name: str, content: Any) -> str:
        self.saved[name] = b"".join(content.chunks())
        return name

    def exists(self, name: str) -> bool:
        return name in self.saved

    def delete(self, name: str) -> None:
        del self.saved[name]

    def _open(self, name: str, mode: str = "rb") -> Any:
        from django.core.files.base import ContentFile

        if name not in self.saved:
            raise FileNotFoundError(name)
        return ContentFile(self.saved[name])

    def path(self, name: str) -> str:
        raise NotImplementedError

    def size(self, name: str) -> int:
        return len(self.saved[name])

    def get_modified_time(self, name: str) -> Any:
        raise NotImplementedError


def test_a_storage_with_a_way_of_its_own(project: HashedProject) -> None:
    Remote.saved.clear()
    options = {"js_module": {"path": "js/urls.js", "include": ["img/*"]}}
    told = project.collect(backend=f"{HERE}.Remote", options=options)
    assert "5 post-processed" in told
    remote = {name: data.decode() for name, data in Remote.saved.items()}
    assert not os.path.exists(project.path("out"))
    project.collect(options=options)
    assert remote == project.published()


STOCK = "django.contrib.staticfiles"


def test_djangos_own_command_gives_the_same_release(project: HashedProject) -> None:
    with project.settings(INSTALLED_APPS=[STOCK, "lading.django"]):
        told = collect("-v2")
        assert "Post-processed 'css/app.css' as" in told
        stock = project.published()
        paths = storage().hashed_files
        assert collect().count("2 post-processed") == 0
    with project.settings():
        collect("--clear")
        assert project.published() == stock
        assert storage().hashed_files == paths


def test_djangos_own_command_twice(project: HashedProject) -> None:
    with project.settings(INSTALLED_APPS=[STOCK, "lading.django"]):
        collect()
        before = project.published()
        told = collect()
        # Those that may hold references count each time; the image does not.
        assert "0 static files copied" in told
        assert "3 post-processed" in told
        project.write({f"out/{project.manifest()['paths']['img/logo.png']}": "half"})
        assert "4 post-processed" in collect()
        assert project.published() == before


def test_djangos_own_command_tells_of_a_broken_reference(project: HashedProject) -> None:
    project.write(
        {
            "static/css/app.css": "\n  a{background:url(lgo.png)}",
            "static/js/app.js": 'import "./lef.js"',
        }
    )
    with (
        project.settings(INSTALLED_APPS=[STOCK, "lading.django"]),
        pytest.raises((ValueError, CommandError)) as raised,
    ):
        collect()
    error: BaseException = raised.value.__cause__ or raised.value
    assert str(error).startswith("The file 'css/lgo.png' could not be found with <")
    notes = "\n".join(error.__notes__)
    assert f"{project.path('static')}/css/app.css:2:" in notes
    assert f"{project.path('static')}/js/app.js:1:" in notes
    assert "Did you mean 'js/leaf.js'" in notes
    assert "staticfiles.json" not in project.published()


def test_djangos_own_command_rehearses(project: HashedProject) -> None:
    with project.settings(INSTALLED_APPS=[STOCK, "lading.django"]):
        collect("--dry-run")
    assert project.published() == {}


def test_saving_the_manifest_again_changes_nothing(project: HashedProject) -> None:
    project.collect()
    before = read(project.path("out"), state=True)
    with project.settings():
        storage().hashed_files = dict(reversed(storage().hashed_files.items()))
        with watched(project.path("out")) as (_, writes):
            storage().save_manifest()
        assert writes == []
        storage().hashed_files["new.txt"] = "new.123.txt"
        with watched(project.path("out")) as (_, writes):
            storage().save_manifest()
        assert writes[-1] == "rename staticfiles.json"
    after = read(project.path("out"), state=True)
    assert {k for k in after if after[k] != before[k]} == {"staticfiles.json"}
