"""key -> content, whatever other processes, crashes and editors do to the folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
import time

import pytest

from lading.blobs import Blob, BlobFolder, Dropped, Usage

HOUR = 3600


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def put(folder: BlobFolder, name: str, content: bytes) -> Blob:
    return folder.put(key(name), lambda file: file.write(content))


def age(path: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def files(root) -> list[str]:
    found = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
    return sorted(path for path in found if not path.endswith("CACHEDIR.TAG"))


def test_what_is_put_is_found_by_this_and_by_another_process(tmp_path):
    folder = BlobFolder(str(tmp_path / "cache"))
    assert folder.get(key("a")) is None
    blob = put(folder, "a", b"encoded")
    assert blob == Blob(blob.path, 7, hashlib.sha256(b"encoded").hexdigest())
    with open(blob.path, "rb") as file:
        assert file.read() == b"encoded"
    for other in (folder, BlobFolder(folder.root)):
        assert other.get(key("a")) == blob
        assert other.get(key("b")) is None


def test_an_empty_content_is_a_content(tmp_path):
    blob = put(BlobFolder(str(tmp_path)), "a", b"")
    assert BlobFolder(str(tmp_path)).get(key("a")) == blob
    assert (blob.size, blob.sha256) == (0, hashlib.sha256().hexdigest())


def test_what_was_not_worth_keeping_is_remembered_without_content(tmp_path):
    folder = BlobFolder(str(tmp_path))
    assert folder.drop(key("a"), 812) == Dropped(812)
    for other in (folder, BlobFolder(folder.root)):
        assert other.get(key("a")) == Dropped(812)
    assert [os.path.getsize(path) for path in files(tmp_path)] == [0]


def test_the_last_word_about_a_key_counts(tmp_path):
    folder = BlobFolder(str(tmp_path))
    folder.drop(key("a"), 9)
    blob = put(folder, "a", b"kept after all")
    assert folder.get(key("a")) == BlobFolder(folder.root).get(key("a")) == blob
    folder.drop(key("a"), 14)
    assert folder.get(key("a")) == BlobFolder(folder.root).get(key("a")) == Dropped(14)
    assert len(files(tmp_path)) == 1


def flip(path: str) -> None:
    with open(path, "r+b") as file:
        file.write(b"X")


def truncate(path: str) -> None:
    os.truncate(path, 3)


def empty(path: str) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("spoil", [flip, truncate, empty])
def test_a_damaged_entry_is_not_found_and_can_be_made_again(spoil, tmp_path):
    blob = put(BlobFolder(str(tmp_path)), "a", b"encoded")
    spoil(blob.path)
    folder = BlobFolder(str(tmp_path))
    assert folder.get(key("a")) is None
    assert folder.damaged == [blob.path]
    assert files(tmp_path) == []
    assert put(folder, "a", b"encoded") == blob
    assert BlobFolder(str(tmp_path)).get(key("a")) == blob


def test_an_entry_with_a_nonsense_name_is_not_found(tmp_path):
    folder = BlobFolder(str(tmp_path))
    folder.drop(key("a"), 9)
    os.rename(files(tmp_path)[0], files(tmp_path)[0].replace(".none.9", ".none.many"))
    assert BlobFolder(str(tmp_path)).get(key("a")) is None


def test_a_published_link_that_is_edited_in_place_spoils_nothing_later(tmp_path):
    folder = BlobFolder(str(tmp_path / "cache"))
    blob = put(folder, "a", b"encoded")
    published = tmp_path / "site.css.gz"
    os.link(blob.path, published)
    published.write_bytes(b"edited")  # the same storage as the blob
    assert folder.get(key("a")) is None
    again = put(folder, "a", b"encoded")
    with open(again.path, "rb") as file:
        assert file.read() == b"encoded"
    assert published.read_bytes() == b"edited"


def test_an_entry_that_another_process_pruned_is_just_not_there(tmp_path):
    folder = BlobFolder(str(tmp_path))
    blob = put(folder, "a", b"encoded")
    os.unlink(blob.path)
    assert folder.get(key("a")) is None
    assert folder.damaged == []


def test_a_failing_write_leaves_nothing(tmp_path):
    def fail(file):
        file.write(b"half")
        raise ZeroDivisionError

    folder = BlobFolder(str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        folder.put(key("a"), fail)
    assert folder.get(key("a")) is None
    assert files(tmp_path) == []


def test_the_umask_decides_the_mode_so_that_a_target_may_share_the_file(tmp_path):
    reference = tmp_path / "reference"
    reference.touch()
    blob = put(BlobFolder(str(tmp_path / "cache")), "a", b"x")
    assert os.stat(blob.path).st_mode == os.stat(reference).st_mode


def test_the_folder_is_tagged_as_a_cache_for_backups(tmp_path):
    put(BlobFolder(str(tmp_path)), "a", b"x")
    (tag,) = tmp_path.glob("*/CACHEDIR.TAG")
    assert tag.read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")


def test_pruning_removes_the_least_recently_used_first(tmp_path):
    folder = BlobFolder(str(tmp_path))
    blobs = {name: put(folder, name, b"x" * 5000) for name in "abcd"}  # two blocks each
    for name, hours in {"a": 9, "b": 30, "c": 2, "d": 20}.items():
        age(blobs[name].path, hours * HOUR)
    assert folder.usage() == Usage(4, 4 * 8192)
    assert folder.prune(3 * 8192) == Usage(1, 8192)  # b
    assert folder.prune(2 * 8192) == Usage(1, 8192)  # d
    assert folder.prune(2 * 8192) == Usage(0, 0)
    kept = {name for name in "abcd" if folder.get(key(name))}
    assert kept == {"a", "c"}


def test_a_use_makes_an_entry_young_again(tmp_path):
    folder = BlobFolder(str(tmp_path))
    old, used = put(folder, "old", b"1"), put(folder, "used", b"2")
    folder.drop(key("none"), 7)
    for path in files(tmp_path):
        age(path, 40 * HOUR)
    assert folder.get(key("used")) == used
    assert folder.get(key("none")) == Dropped(7)
    assert folder.prune(0) == Usage(1, 4096)
    assert not os.path.exists(old.path)
    assert os.path.exists(used.path)


def test_what_was_used_within_the_hour_is_never_pruned(tmp_path):
    folder = BlobFolder(str(tmp_path))
    blob = put(folder, "a", b"about to be linked")
    assert folder.prune(0) == Usage(0, 0)
    assert folder.get(key("a")) == blob


def test_entries_without_content_count_and_are_pruned_too(tmp_path):
    folder = BlobFolder(str(tmp_path))
    for number in range(10):
        folder.drop(key(str(number)), number)
    for path in files(tmp_path):
        age(path, 2 * HOUR)
    assert folder.usage() == Usage(10, 40960)
    assert folder.prune(4 * 4096) == Usage(6, 6 * 4096)


def test_clearing_removes_entries_and_nothing_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    folder = BlobFolder(str(tmp_path))
    put(folder, "a", b"encoded")
    folder.drop(key("b"), 5)
    assert folder.clear() == Usage(2, 8192)
    assert folder.get(key("a")) is None
    assert folder.usage() == Usage(0, 0)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    folder = BlobFolder(str(tmp_path / "none"))
    assert folder.usage() == folder.prune(0) == folder.clear() == Usage(0, 0)
    assert not (tmp_path / "none").exists()


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_writer_that_is_killed_leaves_no_entry_and_its_rest_is_swept_later(tmp_path):
    with run_python(
        """
        import sys
        from lading.blobs import BlobFolder
        def write(file):
            file.write(b"half of it")
            file.flush()
            print("writing", flush=True)
            sys.stdin.read()
        BlobFolder(sys.argv[1]).put("ab" * 32, write)
        """,
        str(tmp_path),
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        writer.kill()
    folder = BlobFolder(str(tmp_path))
    assert folder.get("ab" * 32) is None
    (rest,) = files(tmp_path)
    folder.prune(0)
    assert files(tmp_path) == [rest]  # its writer might still be at it
    age(rest, 25 * HOUR)
    folder.prune(1 << 30)
    assert files(tmp_path) == []


def test_many_processes_share_a_folder(tmp_path):
    """Each writes, reads, prunes and clears the same few keys; nobody ever sees a wrong content."""
    code = """
        import contextlib, hashlib, os, random, sys
        from lading.blobs import BlobFolder, Blob, Dropped
        root, seed = sys.argv[1], int(sys.argv[2])
        rng = random.Random(seed)
        found = 0
        for turn in range(150):
            folder = BlobFolder(root)
            number = rng.randrange(6)
            key = hashlib.sha256(str(number).encode()).hexdigest()
            content = str(number).encode() * 3000 * (number + 1)
            action = rng.random()
            if action < 0.45:
                folder.put(key, lambda file: file.write(content))
            elif action < 0.55:
                folder.drop(key, len(content))
            elif action < 0.58:
                folder.clear()
            elif action < 0.61:
                folder.prune(0)
            elif action < 0.64 and isinstance(entry := folder.get(key), Blob):
                with contextlib.suppress(FileNotFoundError):
                    os.utime(entry.path, (1, 1))
            else:
                entry = folder.get(key)
                if isinstance(entry, Blob):
                    found += 1
                    assert entry.size == len(content)
                    assert entry.sha256 == hashlib.sha256(content).hexdigest()
                elif isinstance(entry, Dropped):
                    assert entry.size == len(content)
            assert folder.damaged == [], folder.damaged
        assert found
        """
    running = [run_python(code, str(tmp_path), str(seed)) for seed in range(4)]
    for process in running:
        with process:
            process.communicate()
        assert process.returncode == 0
    assert not [path for path in files(tmp_path) if os.path.basename(path).startswith("tmp-")]


def test_use_is_noted_without_changing_the_modification_time(tmp_path):
    folder = BlobFolder(str(tmp_path / "cache"))
    path = put(folder, "a", b"encoded").path
    age(path, 7200)
    before = os.stat(path)
    assert BlobFolder(str(tmp_path / "cache")).get(key("a")) is not None
    after = os.stat(path)
    assert after.st_mtime_ns == before.st_mtime_ns
    assert after.st_atime > before.st_atime + 3600
