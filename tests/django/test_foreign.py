"""Storages of others, and what is saved into them: files and faults -> requests and contents."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.core.management import CommandError
from hashed_project import collect
from small_project import SmallProject
from storages.backends.ftp import FTPStorage

from faulty_proxy import Fault, Proxy, proxy
from lading.objectstore.client import ObjectStore
from s3_servers import KEYS, S3Server, moto, new_place

FILES = {f"static/css/f{number}.css": f"a{{order:{number}}}" for number in range(30)}


@pytest.fixture(scope="module")
def fast_s3() -> Iterator[S3Server]:
    folder = Path(tempfile.mkdtemp(prefix="s3-"))
    try:
        with moto(folder, "static") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def between(fast_s3: S3Server) -> Iterator[Proxy]:
    with proxy(fast_s3.port) as made:
        yield made


class Project(SmallProject):
    """Static files in S3 by django-storages, through a proxy that counts."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder)
        self.place, self.port = new_place(), port
        self.write(FILES)

    def in_s3(self, options: Any = None, **changed: Any) -> AbstractContextManager[Any]:
        given = {
            "bucket_name": "static",
            "location": self.place,
            "endpoint_url": f"http://127.0.0.1:{self.port}",
            "region_name": "us-east-1",
            "access_key": KEYS["access_key_id"],
            "secret_key": KEYS["secret_access_key"],
            "querystring_auth": False,
            **(options or {}),
        }
        return self.stored("storages.backends.s3.S3StaticStorage", given, **changed)

    def stored(
        self, backend: str, options: Any = None, **changed: Any
    ) -> AbstractContextManager[Any]:
        storages = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": backend, "OPTIONS": options or {}},
        }
        return self.settings(STORAGES=storages, **changed)


@pytest.fixture
def project(tmp_path: Path, between: Proxy) -> Project:
    return Project(tmp_path, between.port)


def contents(store: ObjectStore) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in store.listing():
        fetched = store.get(item.path)
        assert fetched is not None
        if not item.path.startswith(".lading/"):
            found[f"static/{item.path}"] = fetched.data.decode()
    return found


def test_files_are_saved_and_unchanged_ones_are_not_asked_for(
    project: Project, between: Proxy, fast_s3: S3Server
) -> None:
    with project.in_s3():
        assert "30 static files copied" in collect()
        assert between.count("PUT") == 31
        between.clear()
        assert "0 static files copied" in collect()
        assert "30 unmodified" in collect()
        assert between.count() <= 8  # of two runs: the record, and the listing
        between.clear()
        project.write({"static/css/f7.css": "changed"})
        assert "1 static file copied" in collect()
        assert between.count("PUT") == 2
    assert contents(fast_s3.store("static", project.place)) == {
        **FILES,
        "static/css/f7.css": "changed",
    }


def test_a_file_put_back_is_saved_again(project: Project, fast_s3: S3Server) -> None:
    """Modification times say nothing of contents."""
    with project.in_s3():
        collect()
        store = fast_s3.store("static", project.place)
        store.put("css/f1.css", b"somebody else's", {})
        store.delete(["css/f2.css"])
        assert "2 static files copied" in collect()
    assert contents(store) == FILES


def test_what_others_collected_before_is_not_sent_again(project: Project, between: Proxy) -> None:
    with project.in_s3(INSTALLED_APPS=["django.contrib.staticfiles"]):
        collect()
    between.clear()
    with project.in_s3():
        assert "30 unmodified" in collect()
        assert between.count("PUT") == 0


def test_compressed_contents_are_recognised_by_the_record(project: Project, between: Proxy) -> None:
    project.write({"static/css/f1.css": "a{}" * 500})
    with project.in_s3({"gzip": True}):
        assert "30 static files copied" in collect()
        between.clear()
        assert "30 unmodified" in collect()
        assert between.count("PUT") == 0


def test_failures_are_listed_and_the_others_are_saved(
    project: Project, between: Proxy, fast_s3: S3Server
) -> None:
    def plan(number: int, method: str, target: str) -> Fault:
        return "500" if method == "PUT" and ("f3.css" in target or "f4.css" in target) else ""

    between.plan = plan
    options = {"client_config": _impatient()}
    with project.in_s3(options):
        with pytest.raises(CommandError) as caught:
            collect()
        told = str(caught.value)
        assert "2 of 30 files could not be saved" in told
        assert "css/f3.css: " in told
        assert "css/f4.css: " in told
        between.plan = lambda number, method, target: ""
        assert "2 static files copied" in collect()
    assert contents(fast_s3.store("static", project.place)) == FILES


def _impatient() -> Any:
    from botocore.config import Config

    return Config(retries={"max_attempts": 0})


class Folders(InMemoryStorage):
    """Can list folders; not used by two threads when it says so."""

    listed: list[str] = []  # noqa: RUF012
    threads: set[int] = set()  # noqa: RUF012

    def listdir(self, path: str) -> Any:
        self.listed.append(path)
        return super().listdir(path)

    def save(self, *arguments: Any, **options: Any) -> str:
        self.threads.add(threading.get_ident())
        return super().save(*arguments, **options)


class Blind(InMemoryStorage):
    """Cannot list."""

    def listdir(self, path: str) -> Any:
        raise NotImplementedError


class Renaming(InMemoryStorage):
    """Never gives a file the name it is asked for."""

    def get_available_name(self, name: str, max_length: Any = None) -> str:
        return f"other-{name}"


class Prefixed(Blind):
    """Takes and gives names with its prefix, as Cloudinary's does; replaces what is there."""

    def _of(self, name: str) -> str:
        return name if name.startswith("static/") else f"static/{name}"

    def get_available_name(self, name: str, max_length: Any = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        super().delete(self._of(name))
        return super()._save(self._of(name), content)

    def _open(self, name: str, mode: str = "rb") -> Any:
        return super()._open(self._of(name), mode)

    def exists(self, name: str) -> bool:
        return super().exists(self._of(name))

    def delete(self, name: str) -> None:
        super().delete(self._of(name))

    def url(self, name: str | None) -> str:
        return super().url(self._of(name or ""))


class Lowercase(InMemoryStorage):
    """Knows files by their names in lower case."""

    def _save(self, name: str, content: Any) -> str:
        return super()._save(name.lower(), content)

    def _open(self, name: str, mode: str = "rb") -> Any:
        return super()._open(name.lower(), mode)

    def exists(self, name: str) -> bool:
        return super().exists(name.lower())

    def delete(self, name: str) -> None:
        super().delete(name.lower())

    def url(self, name: str | None) -> str:
        return super().url((name or "").lower())


class LibraryError(Exception):
    """What a client library raises; not one of Python's own errors."""


class Located(InMemoryStorage):
    """Lists all names at once, from the root of the container on, and raises its library's errors,
    as the one for Azure does.
    """

    def listdir(self, path: str) -> Any:
        def below(folder: str) -> Iterator[str]:
            folders, names = InMemoryStorage.listdir(self, folder)
            yield from (f"{folder}{name}" for name in names)
            for name in folders:
                yield from below(f"{folder}{name}/")

        return [], [f"container/{name}" for name in below("")]

    def _open(self, name: str, mode: str = "rb") -> Any:
        if not self.exists(name):
            raise LibraryError("The specified blob is gone.")
        return super()._open(name, mode)


class Unlistable(InMemoryStorage):
    """Raises its library's error for a folder that is not there, as the one for Dropbox does."""

    def listdir(self, path: str) -> Any:
        raise LibraryError("path/not_found")


REAL = ["Folders", "Blind", "Prefixed", "Lowercase", "Located", "Unlistable"]


@pytest.mark.parametrize("backend", REAL)
def test_any_storage_will_do(project: Project, backend: str) -> None:
    Folders.listed.clear()
    project.write({"static/Img/Logo.svg": "<svg/>"})
    with project.stored(f"test_foreign.{backend}"):
        assert "31 static files copied" in collect()
        assert "31 unmodified" in collect()
        project.write({"static/css/f7.css": "changed", "static/Img/Logo.svg": "changed"})
        assert "2 static files copied" in collect()
        for path in ("css/f7.css", "Img/Logo.svg"):
            with staticfiles_storage.open(path) as file:
                assert file.read() == b"changed"
        staticfiles_storage.delete("css/f9.css")
        assert "1 static file copied" in collect()
    assert len(Folders.listed) <= 5 * 3


@pytest.mark.parametrize("backend", REAL)
def test_clear_deletes_what_is_known_and_says_what_may_be_left(
    project: Project, backend: str
) -> None:
    with project.stored(f"test_foreign.{backend}"):
        collect()
        staticfiles_storage.save("theirs.css", ContentFile(b"somebody else's"))
        (project.folder / "static/css/f9.css").unlink()
        told = collect("--clear", "--verbosity=2")
        assert "29 static files copied" in told
        assert not staticfiles_storage.exists("css/f9.css")
        is_honest = backend in ("Folders", "Lowercase")
        assert staticfiles_storage.exists("theirs.css") != is_honest
        assert ("[not-cleared]" in told) != is_honest
        assert told.count("Deleting 'css/f9.css'") == 1
        assert "0 static files copied" in collect()


class Undeletable(InMemoryStorage):
    """Lets nobody delete."""

    def delete(self, name: str) -> None:
        raise LibraryError("denied")


def test_a_storage_that_deletes_nothing_is_not_cleared(project: Project) -> None:
    with project.stored("test_foreign.Undeletable"):
        collect()
        with pytest.raises(CommandError, match="could not be cleared; nothing was saved: Lib"):
            collect("--clear")


class NoRecord(InMemoryStorage):
    """Takes files for the web alone; refuses others once it is told to."""

    refuses = True

    def _save(self, name: str, content: Any) -> str:
        if self.refuses and name.endswith(".json"):
            raise LibraryError("files of this type are not allowed")
        return super()._save(name, content)


def test_a_record_that_is_refused_is_a_warning(project: Project) -> None:
    with project.stored("test_foreign.NoRecord"):
        told = collect()
        assert "30 static files copied" in told
        assert "warning [record-unwritable]" in told
        assert "not allowed" in told
        assert "'.lading/collected.json'" in told
        assert "30 unmodified" in collect()  # by Django's rule
        project.write({"static/css/new.css": "new"})
        with pytest.raises(CommandError, match="1 error"):
            collect("--strict")


def test_a_record_that_is_out_of_date_is_not_believed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NoRecord, "refuses", False)
    with project.stored("test_foreign.NoRecord"):
        collect()
        monkeypatch.setattr(NoRecord, "refuses", True)
        project.write({"static/css/f7.css": "changed"})
        assert "[record-unwritable]" in collect()
        project.write(FILES)
        date(project.folder / "static/css/f7.css", time.time() + 2)
        assert "1 static file copied" in collect()
        with staticfiles_storage.open("css/f7.css") as file:
            assert file.read().decode() == FILES["static/css/f7.css"]


def test_one_thread_if_asked_for(project: Project) -> None:
    Folders.threads.clear()
    with project.stored("test_foreign.Folders", LADING={"STORAGE_THREADS": 1}):
        collect()
    assert len(Folders.threads) <= 2  # and the record's


class OverFTP(Folders, FTPStorage):
    """Files in memory, of a class that has one connection for all threads."""

    def __init__(self, location: str, base_url: str) -> None:
        InMemoryStorage.__init__(self, location, base_url)


def test_one_thread_for_what_has_one_connection(project: Project) -> None:
    Folders.threads.clear()
    with project.stored("test_foreign.OverFTP", {"location": "", "base_url": "/static/"}):
        assert "30 static files copied" in collect()
    assert len(Folders.threads) <= 2  # and the record's


def test_another_name_than_the_asked_for_is_a_failure(project: Project) -> None:
    told = r"the storage saved it as 'other-css/f0\.css'"
    with project.stored("test_foreign.Renaming"), pytest.raises(CommandError, match=told):
        collect()


class Keeping(InMemoryStorage):
    """Deletes nothing, so that a changed file gets another name."""

    def delete(self, name: str) -> None:
        """Ignored."""


def test_another_name_for_a_changed_file_is_a_failure(project: Project) -> None:
    with project.stored("test_foreign.Keeping"):
        collect()
        project.write({"static/css/f7.css": "changed"})
        with pytest.raises(CommandError, match=r"1 of 30 .*\n.*the storage saved it as 'css/f7_"):
            collect()


class Nowhere(Storage):
    """Gives neither URLs nor the names it keeps files under, as a queue for another machine may."""

    def _save(self, name: str, content: Any) -> str:
        return "job-1"

    def exists(self, name: str) -> bool:
        return False


def test_a_storage_without_urls_names_its_files_as_it_likes(project: Project) -> None:
    with project.stored("test_foreign.Nowhere"):
        assert "30 static files copied" in collect()


def test_a_dry_run_says_what_the_run_does(project: Project) -> None:
    with project.stored("test_foreign.Folders"):
        collect()
        project.write({"static/css/f7.css": "older"})
        date(project.folder / "static/css/f7.css", 0)
        told = collect("--dry-run")
        assert "Pretending to copy" in told
        assert "1 static file copied" in told
        assert "1 static file copied" in collect()


def date(file: Path, seconds: float) -> None:
    os.utime(file, (seconds, seconds))


def test_a_newer_file_of_others_is_left_until_the_source_is_newer(project: Project) -> None:
    """Django's rule, where nothing tells the content."""
    source = project.folder / "static/css/f7.css"
    with project.stored("test_foreign.Folders"):
        staticfiles_storage.save("css/f7.css", ContentFile(b"somebody else's"))
        there = staticfiles_storage.get_modified_time("css/f7.css").timestamp()
        date(source, there - 10)
        assert "29 static files copied" in collect()
        assert "0 static files copied" in collect()
        date(source, there + 10)
        assert "1 static file copied" in collect()
        with staticfiles_storage.open("css/f7.css") as file:
            assert file.read() == source.read_bytes()


def test_what_was_collected_goes_by_content_however_old_the_source_is(project: Project) -> None:
    with project.stored("test_foreign.Folders"):
        collect()
        project.write({"static/css/f7.css": "older"})
        date(project.folder / "static/css/f7.css", 0)
        assert "1 static file copied" in collect()


def test_a_storage_that_does_not_say_what_it_holds_is_one_clear_message(project: Project) -> None:
    with project.in_s3({"bucket_name": "nowhere"}), pytest.raises(CommandError) as told:
        collect()
    assert "cannot say what it holds; nothing was saved: NoSuchBucket" in str(told.value)
    assert "S3StaticStorage" in str(told.value)
    assert "Mend its options" in str(told.value)
