"""Digests: read once for each state of a file, and never believed for longer."""

from __future__ import annotations

import hashlib
import os

import pytest

from lading.asset import Asset, is_settled, signature
from lading.digests import Digests, UnreadableError, hash_asset, hash_bytes, read_asset
from sites_of_folders import Site, watched

SECOND = 1_000_000_000


def asset(site: Site, path: str = "a.css") -> Asset:
    return next(a for a in site.source().scan().assets if a.path == path)


def test_a_digest_is_sha256_and_the_md5_that_django_names_files_by(site: Site):
    site.write({"src/a.css": "content"})
    expected = (
        f"{hashlib.sha256(b'content').hexdigest()} {hashlib.md5(b'content').hexdigest()[:12]}"
    )
    assert hash_asset(asset(site))[0] == hash_bytes(b"content") == expected
    assert read_asset(asset(site))[0] == b"content"
    assert Digests().read(asset(site)) == expected[:64]


def test_a_file_is_read_once(site: Site):
    site.write({"src/a.css": "content"})
    one = asset(site)
    digests = Digests()
    with watched(site.path("src")) as (reads, _):
        assert digests.look_up(one) == ""
        assert digests.read(one) == digests.read(one)
    assert (reads, digests.reads) == (["a.css"], 1)


def test_what_a_run_learnt_serves_the_next(site: Site):
    site.write({"src/a.css": "content"})
    site.target.settle(os.stat(site.path("src/a.css")).st_ctime_ns)
    first = Digests()
    first.read(asset(site))
    second = Digests(first.learnt)
    assert second.read(asset(site)) == first.read(asset(site))
    assert second.reads == 0


def test_a_young_file_is_known_to_this_run_only(site: Site):
    site.write({"src/a.css": "content"})
    digests = Digests()
    digests.read(asset(site))
    if digests.learnt:
        pytest.fail("the file is younger than a clock tick")
    assert digests.look_up(asset(site)) != ""


@pytest.mark.parametrize("change", ["content", "touch", "replace", "mode"])
def test_a_changed_file_is_not_known(site: Site, change: str):
    site.write({"src/a.css": "content"})
    site.target.settle(os.stat(site.path("src/a.css")).st_ctime_ns)
    digests = Digests()
    digests.read(asset(site))
    status = os.stat(site.path("src/a.css"))
    match change:
        case "content":
            site.write({"src/a.css": "CONTENT"})
            os.utime(site.path("src/a.css"), ns=(status.st_mtime_ns, status.st_mtime_ns))
        case "touch":
            os.utime(site.path("src/a.css"))
        case "replace":
            site.write({"src/b.css": "CONTENT"})
            os.utime(site.path("src/b.css"), ns=(status.st_mtime_ns, status.st_mtime_ns))
            os.replace(site.path("src/b.css"), site.path("src/a.css"))
        case _:
            os.chmod(site.path("src/a.css"), 0o600)
    assert digests.look_up(asset(site)) == ""


@pytest.mark.parametrize(
    ("mtime", "ctime", "settled"),
    [
        (-SECOND, -SECOND, True),
        (-SECOND, 0, False),
        (0, -SECOND, False),
        (-21_000_001, -21_000_001, True),
        (-19_000_001, -19_000_001, False),
        (SECOND + 1, -SECOND, False),  # a time stamp in the future
    ],
)
def test_when_a_signature_can_be_believed(mtime, ctime, settled):
    now = 1_700_000_000 * SECOND + 123_456_789
    assert is_settled(Status(now + mtime, now + ctime), now) is settled  # type: ignore[arg-type]


@pytest.mark.parametrize(("age", "settled"), [(1.5, False), (2.5, True)])
def test_file_systems_with_whole_seconds_need_longer(age, settled):
    stamp = 1_700_000_000 * SECOND
    assert is_settled(Status(stamp, stamp), int(stamp + age * SECOND)) is settled  # type: ignore[arg-type]


class Status:
    """What ``stat`` says of the two times."""

    def __init__(self, mtime_ns: int, ctime_ns: int) -> None:
        self.st_mtime_ns = mtime_ns
        self.st_ctime_ns = ctime_ns


def test_a_file_written_to_while_it_is_read_is_read_again(site: Site, monkeypatch):
    site.write({"src/a.css": "before"})
    one = asset(site)
    changes = ["during", "while!"]
    original = hashlib.sha256

    def sha256_and_change(*arguments):
        if changes:
            site.target.settle(os.stat(site.path("src/a.css")).st_ctime_ns)
            site.write({"src/a.css": changes.pop(0)})
        return original(*arguments)

    monkeypatch.setattr(hashlib, "sha256", sha256_and_change)
    assert hash_asset(one)[0][:64] == original(b"while!").hexdigest()


def test_a_file_that_is_always_written_to_is_given_up(site: Site, monkeypatch):
    site.write({"src/a.css": ""})
    one = asset(site)
    original = hashlib.sha256
    count = 0

    def sha256_and_change(*arguments):
        nonlocal count
        count += 1
        site.write({"src/a.css": "x" * count})
        return original(*arguments)

    monkeypatch.setattr(hashlib, "sha256", sha256_and_change)
    with pytest.raises(UnreadableError) as caught:
        hash_asset(one)
    assert (caught.value.kind, count) == ("changing", 3)
    assert caught.value.where == site.path("src/a.css")


def test_a_file_that_vanished(site: Site):
    site.write({"src/a.css": ""})
    one = asset(site)
    os.unlink(site.path("src/a.css"))
    with pytest.raises(UnreadableError) as caught:
        Digests().read(one)
    assert caught.value.kind == "vanished"


def test_a_signature_says_all_that_changes_with_content(site: Site):
    site.write({"src/a.css": "12345"})
    status = os.stat(site.path("src/a.css"))
    assert signature(status) == (f"5:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}")
