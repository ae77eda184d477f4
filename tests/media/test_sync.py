"""two sides -> one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.errors import MediaError
from lading.media import sync as syncing
from lading.media.exclusions import is_kept
from lading.media.sides import FolderSide, Side, StoreSide
from lading.media.sync import Synced, Wish
from lading.media.throttle import Throttle
from lading.objectstore.client import PART, ObjectStore, open_store
from lading.progress import Silent
from s3_servers import S3Server, new_place
from sites_of_folders import read, write

FILES = {"a.txt": "a", "deep/ü b.jpg": "bb" * 1000, "deep/er/empty": ""}


def run(source: Side, target: Side, exclude: tuple[str, ...] = (), **wish: Any) -> Synced:
    return syncing.sync(source, target, Wish(**wish), Throttle(), is_kept(exclude, ()), Silent())


@pytest.fixture
def here(tmp_path: Path) -> FolderSide:
    write(tmp_path / "here", FILES)
    return FolderSide(str(tmp_path / "here"))


@pytest.fixture
def there(tmp_path: Path) -> FolderSide:
    return FolderSide(str(tmp_path / "there"))


@pytest.fixture
def bucket(store: ObjectStore) -> StoreSide:
    return StoreSide(store)


def contents(store: ObjectStore) -> dict[str, bytes]:
    return {item.path: store.get(item.path).data for item in store.listing()}  # type: ignore[union-attr]


def in_the_past(folder: Path, seconds: float = 3600) -> None:
    """Both sides' times are what they are; what is older is made so."""
    for name in read(folder):
        os.utime(folder / name, (time.time() - seconds,) * 2)


class Altered:
    """A side that does something else in one of its methods."""

    def __init__(self, side: Side, **methods: Callable[..., Any]) -> None:
        self._side = side
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._side, name)


def test_from_folder_to_folder_and_again(here: FolderSide, there: FolderSide, tmp_path: Path):
    first = run(here, there)
    assert (first.files, first.copied, first.same, first.checked) == (3, 3, 0, 3)
    assert first.size == sum(map(len, FILES.values()))
    assert read(tmp_path / "there") == FILES
    again = run(here, there)
    assert (again.copied, again.same, again.checked) == (0, 3, 0)
    assert again.is_complete


def test_to_a_bucket_and_back(
    here: FolderSide, bucket: StoreSide, there: FolderSide, tmp_path: Path
):
    assert run(here, bucket).copied == 3
    assert contents(bucket.store) == {name: text.encode() for name, text in FILES.items()}
    assert bucket.store.get("deep/ü b.jpg").headers["Content-Type"] == "image/jpeg"  # type: ignore[union-attr]
    assert run(here, bucket).same == 3
    assert run(bucket, there).copied == 3
    assert read(tmp_path / "there") == FILES
    assert run(bucket, there, checksum=True).checked == 3


def test_from_bucket_to_bucket_with_headers(bucket: StoreSide, s3: S3Server):
    other = StoreSide(s3.store("static", new_place()))
    headers = {"Content-Type": "text/x-odd", "Cache-Control": "max-age=7"}
    bucket.store.put("a", b"1", headers)
    assert run(bucket, other).copied == 1
    fetched = other.store.get("a")
    assert fetched is not None
    assert (fetched.data, dict(fetched.headers)) == (b"1", headers)


def test_large_files_in_parts(tmp_path: Path, bucket: StoreSide, there: FolderSide):
    data = os.urandom(2 * PART + 12345)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "film.mp4").write_bytes(data)
    here = FolderSide(str(tmp_path / "here"))
    assert run(here, bucket).size == len(data)
    assert bucket.about("film.mp4").etag.strip('"').endswith("-3")
    assert run(bucket, there).size == len(data)
    assert (tmp_path / "there" / "film.mp4").read_bytes() == data


def test_a_dry_run_writes_nothing(here: FolderSide, there: FolderSide, tmp_path: Path):
    told: list[tuple[str, str]] = []
    done = syncing.sync(
        here,
        there,
        Wish(dry_run=True),
        Throttle(),
        is_kept((), ()),
        Silent(),
        lambda name, act: told.append((name, act)),
    )
    assert sorted(told) == [(name, "copied") for name in sorted(FILES)]
    assert (done.copied, done.size) == (3, sum(map(len, FILES.values())))
    assert not (tmp_path / "there").exists()


def test_another_content_stays_and_is_told(here: FolderSide, there: FolderSide, tmp_path: Path):
    write(tmp_path / "there", {"a.txt": "an upload of its own"})
    done = run(here, there)
    assert (done.copied, done.differ) == (2, ["a.txt"])
    assert not done.is_complete
    assert (tmp_path / "there/a.txt").read_text() == "an upload of its own"


def test_what_is_newer_at_the_source_is_replaced_if_asked_for(
    bucket: StoreSide, there: FolderSide, tmp_path: Path
):
    write(tmp_path / "there", {"older.txt": "old", "newer.txt": "newest"})
    later = Altered(
        bucket, files=lambda: (f._replace(modified=time.time() + 60) for f in bucket.files())
    )
    bucket.store.put("older.txt", b"new one", {})
    assert run(later, there).differ == ["older.txt"]
    assert run(later, there, update=True).updated == 1
    assert (tmp_path / "there/older.txt").read_text() == "new one"
    earlier = Altered(bucket, files=lambda: (f._replace(modified=1.0) for f in bucket.files()))
    bucket.store.put("newer.txt", b"older", {})
    assert run(earlier, there, update=True).differ == ["newer.txt"]
    assert (tmp_path / "there/newer.txt").read_text() == "newest"


def test_same_size_and_later_at_the_source_is_compared(
    here: FolderSide, bucket: StoreSide, tmp_path: Path
):
    run(here, bucket)
    later = Altered(
        here, files=lambda: (f._replace(modified=time.time() + 60) for f in here.files())
    )
    done = run(later, bucket)
    assert (done.same, done.checked) == (3, 3)
    (tmp_path / "here/a.txt").write_text("b")
    done = run(later, bucket)
    assert (done.same, done.differ) == (2, ["a.txt"])
    assert run(later, bucket, update=True).updated == 1
    assert contents(bucket.store)["a.txt"] == b"b"


def test_checksums_find_what_sizes_and_times_do_not(
    here: FolderSide, there: FolderSide, tmp_path: Path
):
    run(here, there)
    (tmp_path / "there/a.txt").write_text("z")  # newer, and as long
    assert run(here, there).is_complete
    assert run(here, there, checksum=True).differ == ["a.txt"]


def test_a_run_that_was_cut_off_is_continued(here: FolderSide, bucket: StoreSide):
    """The second run sends what the first had not."""

    def write(name: str, *arguments: Any, **options: Any) -> None:
        if name == "deep/er/empty":
            raise KeyboardInterrupt
        bucket.write(name, *arguments, **options)

    with pytest.raises(KeyboardInterrupt):
        run(here, Altered(bucket, write=write), jobs=1)
    done = run(here, bucket)
    assert done.is_complete
    assert done.copied == 3 - done.same
    assert done.same >= 1
    assert contents(bucket.store) == {name: text.encode() for name, text in FILES.items()}


def test_nothing_half_written_stays_behind(bucket: StoreSide, there: FolderSide, tmp_path: Path):
    bucket.store.put("a.txt", b"abc", {})

    def cut(name: str) -> Iterator[bytes]:
        yield b"a"
        raise MediaError("The connection was cut.")

    done = run(Altered(bucket, read=cut), there)
    assert list(done.failed) == ["a.txt"]
    assert read(tmp_path / "there") == {}


@pytest.mark.parametrize("times", [1, 99])
def test_a_content_that_arrives_damaged_is_asked_for_again(
    times: int, bucket: StoreSide, there: FolderSide, tmp_path: Path
):
    bucket.store.put("a.txt", b"abc", {})
    left = times

    def read_damaged(name: str) -> Iterator[bytes]:
        nonlocal left
        left -= 1
        yield b"ab" + (b"%d" % (left % 10) if left >= 0 else b"c")

    done = run(Altered(bucket, read=read_damaged), there)
    if times == 1:
        assert read(tmp_path / "there") == {"a.txt": "abc"}
    else:
        assert "or arrived damaged; it was not copied" in done.failed["a.txt"]
        assert read(tmp_path / "there") == {}


def test_a_file_that_is_written_while_it_is_read(here: FolderSide, bucket: StoreSide):
    def grown(name: str) -> Iterator[bytes]:
        yield from here.read(name)
        yield b"!"

    done = run(Altered(here, read=grown), bucket, exclude=("deep/*",))
    assert "written while it was read" in done.failed["a.txt"]
    assert contents(bucket.store) == {}


def test_a_destination_that_stores_something_else_is_told(here: FolderSide, bucket: StoreSide):
    def write(name: str, chunks: Any, size: int, headers: Any, *, only_new: bool) -> None:
        data = b"".join(chunks())
        bucket.write(name, lambda: iter([data[::-1] + b"!"]), size, headers, only_new=only_new)

    done = run(here, Altered(bucket, write=write), exclude=("deep/*",))
    assert "The destination holds another content than was sent." in done.failed["a.txt"]


def test_etags_that_are_no_digests(here: FolderSide, bucket: StoreSide):
    """As of objects that are encrypted with keys of KMS: the content itself is compared."""

    def about(name: str) -> Any:
        from dataclasses import replace

        return replace(bucket.about(name), etag='"' + "f" * 32 + '"')

    disguised = Altered(bucket, about=about)
    assert run(here, disguised).copied == 3
    assert run(here, disguised, checksum=True).same == 3


def test_an_upload_under_the_same_name_since_the_listing_is_not_overwritten(
    here: FolderSide, bucket: StoreSide, there: FolderSide, tmp_path: Path
):
    for target, put in (
        (bucket, lambda: bucket.store.put("a.txt", b"upload", {})),
        (there, lambda: write(tmp_path / "there", {"a.txt": "upload"})),
    ):

        def listed(target: Side = target, put: Callable[[], Any] = put) -> Iterator[Any]:
            yield from list(target.files())
            put()

        done = run(here, Altered(target, files=listed))
        assert (done.copied, done.differ) == (2, ["a.txt"])
    assert contents(bucket.store)["a.txt"] == b"upload"
    assert (tmp_path / "there/a.txt").read_text() == "upload"


def test_what_is_deleted_at_the_source_meanwhile_is_no_failure(
    here: FolderSide, there: FolderSide, tmp_path: Path
):
    def listed() -> Iterator[Any]:
        found = list(here.files())
        os.unlink(tmp_path / "here/a.txt")
        yield from found

    done = run(Altered(here, files=listed), there)
    assert done.is_complete
    assert (done.files, done.copied) == (3, 2)


@pytest.mark.parametrize("name", ["back\\slash", "new\nline", "\udce9t\udce9"])
def test_names_that_a_store_cannot_hold_are_told(name: str, tmp_path: Path, bucket: StoreSide):
    (tmp_path / "here").mkdir()
    with open(os.path.join(os.fsencode(tmp_path / "here"), os.fsencode(name)), "wb"):
        pass
    done = run(FolderSide(str(tmp_path / "here")), bucket)
    assert "The destination cannot hold a file of this name" in done.failed[name]


def test_names_that_lead_out_of_the_folder(there: FolderSide, tmp_path: Path):
    memory = open_store("memory:///")
    side = StoreSide(memory)
    listed = [next(iter(FolderSide(str(tmp_path)).files()), None)]
    assert listed == [None]
    for name in ("../out.txt", "a/../../out.txt", "/etc/out.txt", "a//b", "./a", "x" * 300):
        assert there.problem(name), name
    assert not there.problem("a/b.txt")
    assert run(side, there).files == 0


def test_files_that_are_left_out(here: FolderSide, there: FolderSide, tmp_path: Path):
    write(tmp_path / "here", {".lading-trash/1/x": "x"})
    assert run(here, there, exclude=("deep/*",)).files == 1
    assert read(tmp_path / "there") == {"a.txt": "a"}


def test_when_file_after_file_fails_the_run_ends(tmp_path: Path, there: FolderSide):
    write(tmp_path / "here", {f"{number:03}": "" for number in range(100)})

    def refuse(*_: Any, **__: Any) -> None:
        raise MediaError("The disk is full.", where="disk", remedy="Make room.")

    target = Altered(there, write=refuse)
    with pytest.raises(MediaError, match=r"25 files in a row failed.*The disk is full.") as caught:
        run(FolderSide(str(tmp_path / "here")), target)
    assert caught.value.remedy == "Make room."


def test_files_under_way_are_bounded(tmp_path: Path, there: FolderSide):
    """However many files there are, few are held at once."""
    write(tmp_path / "here", {f"{number:03}": "" for number in range(200)})
    waiting: list[int] = []
    real = syncing.wait

    def counted(futures: Any, **options: Any) -> Any:
        waiting.append(len(futures))
        return real(futures, **options)

    syncing.wait = counted
    try:
        run(FolderSide(str(tmp_path / "here")), there, jobs=3)
    finally:
        syncing.wait = real
    assert max(waiting) <= 12
    assert len(read(tmp_path / "there")) == 200
