"""``MediaStorage``: what is stored, under what name, and what is not."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import override_settings
from small_project import SmallProject
from upload_forms import Berth, BerthForm, errors, sent

from lading.django.options import OptionsError
from lading.django.storage import MediaStorage
from media import samples

BACKEND = "lading.django.storage.MediaStorage"


@pytest.fixture
def media(tmp_path: Path) -> Iterator[Path]:
    """MEDIA_ROOT of a project whose default storage is MediaStorage, as it is."""
    with with_options(tmp_path):
        yield tmp_path / "media"


def with_options(folder: Path, **options: Any) -> Any:
    storages = {"default": {"BACKEND": BACKEND, "OPTIONS": options}}
    return override_settings(STORAGES=storages, MEDIA_ROOT=folder / "media", MEDIA_URL="/media/")


def files(folder: Path) -> list[str]:
    """All files below a folder, whatever they are called."""
    return sorted(
        os.path.relpath(os.path.join(place, name), folder)
        for place, _, names in os.walk(folder)
        for name in names
    )


def storage(folder: Path, **options: Any) -> MediaStorage:
    return MediaStorage(folder, "/media/", **{"fsync": False, **options})


class TestTheOrdinaryFlow:
    def test_a_form_saves_below_media_root(self, media: Path):
        form = BerthForm({}, {"photo": sent("Mole.JPG", samples.photo())})
        assert form.is_valid(), form.errors
        berth = Berth(photo=form.cleaned_data["photo"])
        berth.photo.save("Mole.JPG", form.cleaned_data["photo"], save=False)
        assert berth.photo.name == "photos/Mole.JPG"
        assert berth.photo.url == "/media/photos/Mole.JPG"
        assert files(media) == ["photos/Mole.JPG"]
        assert (media / "photos/Mole.JPG").read_bytes() == samples.photo()
        assert (berth.photo.width, berth.photo.height) == (120, 80)

    def test_it_is_djangos_storage_otherwise(self, media: Path):
        assert isinstance(default_storage, FileSystemStorage)
        name = default_storage.save("a/b.txt", ContentFile(b"text"))
        assert default_storage.exists(name)
        assert default_storage.size(name) == 4
        assert default_storage.listdir("a") == ([], ["b.txt"])
        with default_storage.open(name) as file:
            assert file.read() == b"text"
        default_storage.delete(name)
        assert files(media) == []

    def test_migrations_see_djangos_options(self, tmp_path: Path):
        path, args, kwargs = MediaStorage(str(tmp_path), fsync=False).deconstruct()
        assert (path, args, kwargs) == (BACKEND, (str(tmp_path),), {"fsync": False})

    def test_migrations_do_not_see_the_validator(self):
        field = Berth._meta.get_field("paper")
        assert "validators" not in field.deconstruct()[3]
        assert len(field.validators) == 1

    def test_other_storages_are_not_asked(self, tmp_path: Path):
        plain = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
        with override_settings(STORAGES=plain, MEDIA_ROOT=tmp_path):
            assert errors("paper", "x.php.jpg", samples.HTML) == []

    def test_a_stored_file_is_not_looked_at_again(self, media: Path):
        berth = Berth(paper="papers/gone.jpg")
        form = BerthForm({}, {}, instance=berth)
        assert form.is_valid()


BAD: list[tuple[str, str, bytes, str]] = [
    ("paper", "empty.txt", b"", "empty"),
    ("photo", "empty.png", b"", "empty"),
    ("paper", "cut.png", samples.image("PNG")[:2000], "ends too early"),
    ("paper", "cut.jpg", samples.image("JPEG")[:2000], "ends too early"),
    ("paper", "bomb.png", samples.png_bomb(), "too large: 60000 by 60000 pixels"),
    ("paper", "poly.gif", samples.gif_script(), "JavaScript"),
    ("paper", "page.jpg", samples.HTML, "is HTML inside"),
    ("paper", "a.svg", samples.SVG_SCRIPT, "<script>"),
    ("paper", "con.txt", b"text", "device"),
    ("paper", "x.php.jpg", samples.image("JPEG"), ".php"),
    ("paper", "bill\u202efdp.exe", b"MZ", "direction"),
    ("paper", "a\x7f.txt", b"text", "U+007F"),
    ("paper", "a" * 190 + "é" * 60, b"text", "at most 200 characters"),
]


class TestBadInput:
    @pytest.mark.parametrize(
        ("field", "name", "content", "why"), BAD, ids=[row[1][:9] for row in BAD]
    )
    def test_a_form_says_why_and_nothing_is_stored(
        self, media: Path, field: str, name: str, content: bytes, why: str
    ):
        found = errors(field, name, content)
        assert len(found) == 1
        assert why in found[0]
        assert files(media.parent) == []

    @pytest.mark.parametrize(
        ("field", "name", "content", "why"), [row for row in BAD if row[1][0] in "cbp"]
    )
    @pytest.mark.parametrize("temporary", [False, True])
    def test_a_program_cannot_store_it_either(
        self, media: Path, field: str, name: str, content: bytes, why: str, temporary: bool
    ):
        if name == "con.txt":
            assert default_storage.save(name, sent(name, content)) == "_con.txt"
            return
        if name.startswith("bill"):
            content = samples.HTML
            name = "bill\u202efdp.gpj"
        upload = sent(name, content, temporary=temporary)
        with pytest.raises(ValidationError):
            default_storage.save(name, upload)
        upload.close()
        assert files(media) == []

    def test_django_cuts_off_folders_before_anybody_sees_them(self, media: Path):
        upload = sent("../../x.txt", b"text")
        assert upload.name == "x.txt"
        with pytest.raises(SuspiciousFileOperation):
            default_storage.save("../../x.txt", ContentFile(b"text"))
        assert files(media.parent) == []

    def test_names_are_repaired_by_option(self, tmp_path: Path):
        with with_options(tmp_path, names="repair"):
            assert errors("paper", "x.php.jpg", samples.image("JPEG")) == []
            berth = Berth()
            berth.paper.save("x.php.jpg", sent("x.php.jpg", samples.image("JPEG")), save=False)
            assert berth.paper.name == "papers/x_php.jpg"

    def test_a_program_may_store_an_empty_text(self, tmp_path: Path):
        assert storage(tmp_path).save("lock", ContentFile(b"")) == "lock"
        with pytest.raises(ValidationError, match="empty"):
            storage(tmp_path).save("a.png", ContentFile(b""))

    def test_sizes(self, tmp_path: Path):
        limited = storage(tmp_path, max_size=1000)
        assert limited.save("a.txt", ContentFile(b"x" * 1000)) == "a.txt"
        with pytest.raises(ValidationError, match="too large: 1001 bytes"):
            limited.save("b.txt", ContentFile(b"x" * 1001))
        assert files(tmp_path) == ["a.txt"]

    def test_a_size_that_is_a_lie(self, tmp_path: Path):
        class Lying(ContentFile):
            def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
                for _ in range(100):
                    yield b"x" * 100

        with pytest.raises(ValidationError, match="too large"):
            storage(tmp_path, max_size=1000).save("a.txt", Lying(b"x" * 10))
        assert files(tmp_path) == []

    def test_a_stream_without_end(self, tmp_path: Path):
        class Endless(io.RawIOBase):
            count = 0

            def readable(self) -> bool:
                return True

            def read(self, size: int = -1) -> bytes:
                self.count += size
                return b"x" * size

        endless = Endless()
        with pytest.raises(ValidationError, match="too large"):
            storage(tmp_path, max_size=100_000).save("a.txt", File(endless))
        assert endless.count < 300_000

    def test_wrong_options(self, tmp_path: Path):
        for wrong, said in (
            ({"max_sise": 1}, "max_size"),
            ({"naming": "date"}, "'original', 'content'"),
            ({"allow_overwrite": True}, "no setting 'allow_overwrite'"),
            ({"shards": -1}, "at least 0"),
        ):
            with pytest.raises(OptionsError, match=said):
                MediaStorage(tmp_path, **wrong)


class TestContent:
    @pytest.mark.parametrize("temporary", [False, True])
    @pytest.mark.parametrize("naming", ["original", "content"])
    def test_uploads_of_both_kinds(self, tmp_path: Path, temporary: bool, naming: str):
        content = samples.image("PNG", (300, 300))
        upload = sent("a.png", content, temporary=temporary)
        name = storage(tmp_path, naming=naming).save("a.png", upload)
        upload.close()
        assert (tmp_path / name).read_bytes() == content
        assert os.stat(tmp_path / name).st_nlink == 1
        assert stat.S_IMODE(os.stat(tmp_path / name).st_mode) == 0o644
        assert files(tmp_path) == [name]

    def test_temporary_files_of_another_file_system(self, tmp_path: Path):
        with override_settings(FILE_UPLOAD_TEMP_DIR="/dev/shm"):
            upload = sent("a.txt", b"text", temporary=True)
            assert storage(tmp_path).save("a.txt", upload) == "a.txt"
            name = storage(tmp_path, naming="content").save("a.txt", upload)
            upload.close()
        assert {(tmp_path / file).read_bytes() for file in ("a.txt", name)} == {b"text"}

    def test_texts_and_streams(self, tmp_path: Path):
        place = storage(tmp_path)
        place.save("a.txt", ContentFile("Straße"))
        assert (tmp_path / "a.txt").read_text("utf-8") == "Straße"
        reader, writer = os.pipe()
        os.write(writer, b"from a pipe")
        os.close(writer)
        with open(reader, "rb") as stream:
            place.save("b.txt", File(stream))
        assert (tmp_path / "b.txt").read_bytes() == b"from a pipe"

    @pytest.mark.parametrize("temporary", [False, True])
    def test_places_are_taken_out_of_photographs(self, tmp_path: Path, temporary: bool):
        place = storage(tmp_path, strip_metadata=True)
        photo, text = (
            sent("a.jpg", samples.photo(), temporary=temporary),
            sent("a.txt", b"text", temporary=temporary),
        )
        name = place.save("a.jpg", photo)
        stored = (tmp_path / name).read_bytes()
        assert b"Telephone" in samples.photo()
        assert b"Telephone" not in stored
        assert place.save("a.txt", text) == "a.txt"
        photo.close()
        text.close()

    def test_what_cannot_be_cleaned_is_refused(self, tmp_path: Path):
        with with_options(tmp_path, strip_metadata=True):
            assert "(AVIF) are not taken" in errors("paper", "a.avif", samples.image("AVIF"))[0]
            with pytest.raises(ValidationError, match="TIFF"):
                default_storage.save("a.tiff", ContentFile(samples.image("TIFF")))

    def test_permissions(self, tmp_path: Path):
        place = storage(tmp_path, file_permissions_mode=0o640, directory_permissions_mode=0o750)
        place.save("a/b/c.txt", ContentFile(b"x"))
        assert stat.S_IMODE(os.stat(tmp_path / "a/b/c.txt").st_mode) == 0o640
        assert stat.S_IMODE(os.stat(tmp_path / "a/b").st_mode) == 0o750
        assert stat.S_IMODE(os.stat(tmp_path / "a").st_mode) == 0o750


class TestNames:
    def test_a_thousand_uploads_of_one_name(self, tmp_path: Path):
        place = storage(tmp_path)

        def upload(number: int) -> str:
            return place.save("docs/report.txt", ContentFile(f"{number}".encode()), max_length=30)

        with ThreadPoolExecutor(32) as pool:
            names = list(pool.map(upload, range(1000)))
        assert len(set(names)) == len(files(tmp_path)) == 1000
        assert all(len(name) <= 30 for name in names)
        for number, name in enumerate(names):
            assert (tmp_path / name).read_text() == f"{number}"

    @pytest.mark.parametrize("name", ["a" * 251 + ".txt", "写" * 85])
    def test_two_of_the_longest_names(self, tmp_path: Path, name: str):
        place = storage(tmp_path)
        first, second = (place.save(name, ContentFile(b"text")) for _ in range(2))
        assert first == name != second
        assert len(files(tmp_path)) == 2

    def test_other_processes_too(self, tmp_path: Path):
        code = """if True:
            import sys, django
            from django.conf import settings
            settings.configure(MEDIA_ROOT=sys.argv[1])
            from django.core.files.base import ContentFile
            from lading.django.storage import MediaStorage
            for number in range(100):
                MediaStorage(fsync=False).save("a.txt", ContentFile(sys.argv[2].encode() * 1000))
        """
        children = [
            subprocess.Popen([sys.executable, "-c", code, str(tmp_path), letter])
            for letter in "abc"
        ]
        assert [child.wait() for child in children] == [0, 0, 0]
        stored = [(tmp_path / name).read_bytes() for name in files(tmp_path)]
        assert (
            sorted(content[:1] for content in stored) == [b"a"] * 100 + [b"b"] * 100 + [b"c"] * 100
        )
        assert all(content == content[:1] * 1000 for content in stored)

    def test_long_names_fit_the_field(self, tmp_path: Path):
        place = storage(tmp_path)
        for _ in range(3):
            name = place.save("docs/" + "a" * 120 + ".old.txt", ContentFile(b"x"), max_length=100)
            assert len(name) <= 100
            assert name.endswith(".txt")
        with pytest.raises(SuspiciousFileOperation):
            place.save("d" * 99 + "/a.txt", ContentFile(b"x"), max_length=100)

    def test_one_content_is_stored_once(self, tmp_path: Path):
        place = storage(tmp_path, naming="content", shards=2)
        names = {place.save(f"docs/{n}.TXT", ContentFile(b"the same")) for n in range(5)}
        (name,) = names
        assert re.fullmatch(r"docs/([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{36}\.txt", name)
        assert place.save("docs/x.txt", ContentFile(b"another")) != name
        assert len(files(tmp_path)) == 2

    def test_what_is_stored_again_is_young_again(self, tmp_path: Path):
        place = storage(tmp_path, naming="content")
        name = place.save("a.txt", ContentFile(b"x"))
        os.utime(tmp_path / name, (0, 0))
        assert place.save("b.txt", ContentFile(b"x")) == name
        assert os.stat(tmp_path / name).st_mtime > 1e9

    def test_one_content_at_the_same_instant(self, tmp_path: Path):
        place = storage(tmp_path, naming="content", shards=1)
        with ThreadPoolExecutor(16) as pool:
            names = set(pool.map(lambda n: place.save(f"{n}.txt", ContentFile(b"x")), range(200)))
        assert files(tmp_path) == sorted(names)
        assert len(names) == 1

    def test_a_field_too_short_for_such_names(self, tmp_path: Path):
        with pytest.raises(SuspiciousFileOperation, match="max_length"):
            storage(tmp_path, naming="content").save("a.txt", ContentFile(b"x"), max_length=30)
        assert files(tmp_path) == []

    def test_shards(self, tmp_path: Path):
        place = storage(tmp_path, shards=2)
        names = {place.save("image.txt", ContentFile(b"x")) for _ in range(20)}
        assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/image\.txt", name) for name in names)
        assert len(names) == 20


FULL = """if True:
    import os, sys
    from django.conf import settings
    settings.configure(MEDIA_ROOT=sys.argv[1])
    from django.core.files.base import ContentFile
    from lading.django.storage import MediaStorage
    place = MediaStorage()
    kept = place.save("small.txt", ContentFile(b"x" * 1000))
    for number in range(3):
        try:
            place.save("large.txt", ContentFile(b"x" * 2_000_000))
        except OSError as error:
            print(error.strerror)
    print(os.listdir(sys.argv[1]), place.size(kept))
    print(place.save("other.txt", ContentFile(b"x" * 500_000)))
"""


def test_a_full_disk(tmp_path: Path):
    """A real file system of a megabyte, mounted where only the child sees it."""
    own = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    script = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" -c "$3" "$1"'
    child = ["unshare", *own, "sh", "-c", script, "sh", str(tmp_path), sys.executable, FULL]
    done = subprocess.run(child, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *["No space left on device"] * 3,
        "['small.txt'] 1000",
        "other.txt",
    ]


def test_where_the_project_has_no_uploads(tmp_path: Path):
    with SmallProject(tmp_path).settings():
        from lading.django.media_requests import uploads

        assert uploads() is None
