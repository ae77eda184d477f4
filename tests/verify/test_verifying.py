"""A target and what befell it -> what verifying says, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap

import brotli
import pytest

from hashed_sites import loaded
from lading.config import Config
from lading.errors import ManifestError, TargetBusyError, TargetError
from lading.progress import Silent
from lading.verify import verifying
from sites_of_folders import Site, read, watched
from tampering import FILES, damages, options, publish, published, replace, tamper, verify

STYLES = [{"names": "hashed"}, {"names": "plain"}]


@pytest.fixture(params=STYLES, ids=lambda style: style["names"])
def style(request: pytest.FixtureRequest, site: Site) -> dict[str, str]:
    """A published site, with the manifest or by the ledger alone."""
    site.write(FILES)
    publish(site, **request.param)
    return request.param


def test_all_is_as_it_was_published_and_nothing_is_written(site: Site, style):
    with watched(site.folder) as (_, writes):
        found = verify(site, **style)
    assert (found.damages, found.foreign, found.notes, writes) == ([], [], [], [])
    assert found.is_sound
    assert found.files == len(site.published())
    assert found.variants == sum(path.endswith((".br", ".gz")) for path in site.published())
    assert found.variants >= 8
    assert found.size == sum(published(site, path).stat().st_size for path in found.intact)


@pytest.mark.parametrize("path", ["css/a.css", "css/a.css.br", "js/b.js.gz", "photo.jpg"])
def test_a_change_that_neither_size_nor_time_shows(site: Site, style, path: str):
    tamper(site, path)
    found = verify(site, **style)
    assert damages(found) == {path: "changed"}
    assert "of the same size" in found.damages[0].message
    assert not found.is_sound


@pytest.mark.parametrize("path", ["css/a.css", "css/a.css.br", "photo.jpg"])
def test_the_next_run_repairs_what_it_would_have_overlooked(site: Site, style, path: str):
    before = read(site.target.root)
    tamper(site, path, in_place=True)
    publish(site, **style)
    assert read(site.target.root) != before  # a change that nothing shows
    verify(site, **style)
    publish(site, **style)
    assert read(site.target.root) == before
    assert verify(site, **style).is_sound


def test_a_brief_run_after_it_repairs_too(site: Site, style):
    before = read(site.target.root)
    tamper(site, "photo.jpg", in_place=True)
    publish(site, brief=True, **style)
    verify(site, **style)
    publish(site, brief=True, **style)
    assert read(site.target.root) == before


def test_each_kind_of_damage(site: Site, style):
    published(site, "photo.jpg").unlink()
    replace(site, "js/b.js", "shorter")
    published(site, "js/copy.js").unlink()
    published(site, "js/copy.js").mkdir()
    published(site, "css/a.css").unlink()
    published(site, "css/a.css").symlink_to("/etc/hostname")
    published(site, "img/logo.svg").unlink()
    os.mkfifo(published(site, "img/logo.svg"))
    published(site, "mine.txt").write_text("x")
    published(site, "photo.jpg.br").write_text("x")
    found = verify(site, **style)
    assert damages(found) == {
        "photo.jpg": "missing",
        "js/b.js": "changed",
        "js/copy.js": "changed",
        "css/a.css": "changed",
        "img/logo.svg": "changed",
        "photo.jpg.br": "stale",
    }
    told = {damage.path: damage.message for damage in found.damages}
    size = len(FILES["src/js/b.js"])
    assert told["js/b.js"] == f"It has 7 bytes instead of {size:,}."
    assert told["js/copy.js"] == "A folder lies in its place."
    assert told["css/a.css"] == "A symbolic link lies in its place."
    assert told["img/logo.svg"] == "A socket, pipe or device lies in its place."
    assert "in place of 'photo.jpg'" in told["photo.jpg.br"]
    assert found.foreign == ["mine.txt"]


def test_a_link_or_file_where_a_folder_was(site: Site, style):
    shutil.move(published(site, "css"), site.path("elsewhere"))
    published(site, "css").symlink_to(site.path("elsewhere"))
    shutil.rmtree(published(site, "img"))
    published(site, "img").write_text("")
    found = verify(site, **style)
    told = {damage.path: damage.message for damage in found.damages}
    assert told["css/a.css"] == "A symbolic link lies where the folder 'css' was."
    assert told["img/logo.svg"] == "A file lies where the folder 'img' was."
    assert set(told) == {
        path for path in found.inventory.proofs if path.startswith(("css/", "img/"))
    }


def test_a_file_with_several_names_is_read_once(site: Site):
    site.write(FILES)
    publish(site)
    with watched(site.target.root) as (reads, _):
        found = verify(site, jobs=1)
    contents = [path for path in reads if not path.startswith(".lading")]
    inodes = {published(site, path).stat().st_ino for path in found.intact}
    assert len(found.intact) > len(inodes) + 5
    assert len(contents) == len(inodes)


def test_damage_is_told_of_all_names(site: Site):
    site.write(FILES)
    publish(site)
    names = {"js/b.js", "js/copy.js", *(loaded(site).paths[f"js/{n}.js"] for n in ("b", "copy"))}
    tamper(site, "js/b.js", in_place=True)
    assert damages(verify(site)) == dict.fromkeys(names, "changed")


def test_files_of_kept_releases_are_verified_too(site: Site):
    site.write(FILES)
    publish(site)
    old = loaded(site).paths["css/a.css"]
    site.write({"src/css/a.css": "p {}\n" * 300})
    publish(site)
    assert old not in loaded(site).paths.values()
    tamper(site, f"{old}.gz")
    assert damages(verify(site)) == {f"{old}.gz": "changed"}


def test_a_symbolic_link_to_the_target(site: Site, style):
    tamper(site, "photo.jpg")
    os.symlink(site.path("out"), site.path("current"))
    config = Config(**options(site, **style))
    target = type(site.target)(site.path("current"))
    found = verifying.verify(target, config, Silent())
    assert damages(found) == {"photo.jpg": "changed"}


def test_published_links(site: Site):
    site.write({"src/a.css": "a", "src/b.css": "b", "src/c.css": "c"})
    site.collect(link=True)
    assert verify(site, names="plain").is_sound
    os.unlink(site.path("src/a.css"))
    published(site, "b.css").unlink()
    published(site, "c.css").unlink()
    published(site, "c.css").write_text("c")
    found = verify(site, names="plain")
    assert damages(found) == {"a.css": "missing", "b.css": "missing", "c.css": "changed"}


# --- what records are lost ---


def test_without_the_ledger_the_manifest_proves(site: Site):
    site.write(FILES)
    publish(site)
    old = loaded(site).paths["css/a.css"]
    site.write({"src/css/a.css": "p {}\n" * 300})
    publish(site)
    published(site, ".lading/ledger").unlink()
    tamper(site, "photo.jpg")
    tamper(site, old)
    found = verify(site)
    assert damages(found) == {"photo.jpg": "changed", old: "changed"}
    assert found.foreign == []
    assert "(.lading/ledger) is missing" in found.notes[0]
    assert published(site, ".lading/ledger").exists() is False


def test_without_the_ledger_a_variant_is_proved_by_what_it_decodes_to(site: Site):
    site.write(FILES)
    publish(site)
    published(site, ".lading/ledger").write_text("of another version\n")
    assert verify(site).damages == []
    replace(site, "js/b.js.gz", b"no gzip")
    replace(site, "js/copy.js.br", brotli.compress(b"other"))
    replace(site, "css/a.css.br", brotli.compress(bytes(5_000_000)))
    tamper(site, "img/logo.svg.gz")
    found = verify(site)
    told = {damage.path: damage.message for damage in found.damages}
    assert set(told) == {"js/b.js.gz", "js/copy.js.br", "css/a.css.br", "img/logo.svg.gz"}
    assert told["js/b.js.gz"].startswith("It cannot be decoded (")
    assert told["js/copy.js.br"] == "It does not decode to what 'js/copy.js' holds."
    assert "damaged or of another version" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "Nothing is known to be published in the target"),
        ("{", "The manifest is not JSON"),
        ('{"version": "9"}', "The manifest's version is '9'; this Lading reads 1.1"),
        ('{"version": "1.1", "paths": {}, "lading": {"version": 9}}', "by another Lading"),
        ('{"version": "1.1", "paths": {"a": "b"}}', "Django's own storage wrote it"),
    ],
)
def test_no_record_at_all(site: Site, content: str | None, told: str):
    if content is not None:
        site.write({"out/staticfiles.json": content})
    with pytest.raises(ManifestError, match=told) as caught:
        verify(site)
    assert caught.value.where.startswith(site.path("out"))
    assert caught.value.remedy
    assert os.path.exists(site.path("out/.lading")) is False


def test_records_that_are_lost_in_part(site: Site):
    site.write(FILES)
    publish(site)
    site.write({"src/css/a.css": "p {}\n" * 300})
    publish(site)
    published(site, ".lading/releases/1").unlink()
    published(site, ".lading/releases/1.json").write_text("{")
    published(site, ".lading/releases/2.json").unlink()
    found = verify(site)
    assert found.damages == []
    assert [note.partition(":")[0] for note in found.notes] == [
        "The list of what release 1 publishes is lost.",
        ".lading/releases/1.json",
        "The kept manifest of release 2 is lost.",
    ]


def test_a_row_of_a_manifest_that_is_damaged(site: Site):
    site.write(FILES)
    publish(site)
    published(site, ".lading/ledger").unlink()
    manifest = published(site, "staticfiles.json")
    sha256 = loaded(site).files["photo.jpg"].sha256
    manifest.write_text(manifest.read_text().replace(sha256, "no digest"))
    found = verify(site)
    assert any("The manifest is damaged" in note for note in found.notes)


def test_an_interrupted_run_is_told_and_is_no_damage(site: Site):
    site.write(FILES)
    publish(site)
    state = f"{'0' * 64} 12:34:56\tnew.css\n"
    published(site, ".lading/pending").write_text(state)
    found = verify(site)
    assert found.damages == []
    assert "The last run did not come to its end" in found.notes[0]


# --- bad circumstances ---


def test_a_target_that_vanishes_while_it_is_verified(site: Site, style):
    class Vanishing(Silent):
        def begin(self, step: str, total: int) -> None:
            shutil.rmtree(site.path("out"))

    with pytest.raises(TargetError, match="The target vanished while it was verified"):
        verifying.verify(site.target, Config(**options(site, **style)), Vanishing())
    assert not os.path.exists(site.path("out"))


def test_a_run_that_publishes_meanwhile_is_no_damage(site: Site):
    """What seems wrong is looked at again when no run can be publishing."""
    site.write(FILES)
    publish(site, keep_releases=1, keep_age=0)

    class Publishing(Silent):
        runs = 0

        def begin(self, step: str, total: int) -> None:
            self.runs += 1
            if self.runs == 1:
                site.write({"src/css/a.css": "p {}\n" * 300})
                publish(site, keep_releases=1, keep_age=0)

    config = Config(**options(site))
    assert verifying.verify(site.target, config, Publishing()).damages == []


def test_a_lock_that_is_held_too_long(site: Site):
    site.write(FILES)
    publish(site)
    published(site, "photo.jpg").unlink()
    hold = "import sys; from lading.targets.lock import locked\n"
    hold += "with locked(sys.argv[1], 0, print): print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, site.path("out/.lading/lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(TargetBusyError):
            verify(site, lock_timeout=0)
        holder.communicate(b"\n")


AS_NOBODY = """
    import os, sys
    from lading.cli import main
    main(["verify", "--config", sys.argv[1], "-v", "0"])  # imports all
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    sys.exit(main(["verify", "--config", sys.argv[1]]))
"""


def test_files_and_folders_that_may_not_be_read(open_path):
    """By a process without the rights of root, which cannot note the damage either."""
    site = Site(open_path)
    toml = f"target = 'out'\nsources = ['src']\ncache = '{open_path}/cache'\n"
    site.write({"lading.toml": toml, "src/a.css": "a", "src/in/b.css": "b", "src/c.css": "c"})
    site.collect()
    os.chmod(published(site, "a.css"), 0)
    os.chmod(published(site, "in"), 0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(AS_NOBODY), site.path("lading.toml")],
            capture_output=True,
            text=True,
        )
    finally:
        os.chmod(published(site, "in"), 0o755)
    assert (done.returncode, done.stderr) == (1, "")
    assert "unreadable   a.css" in done.stdout
    assert "It cannot be read: Permission denied." in done.stdout
    assert "The folder 'in' may not be listed." in done.stdout
    assert "The damage could not be noted for the next collectstatic" in done.stdout
    assert done.stdout.endswith(": 2 unreadable.\n")


def test_contents_are_read_in_pieces(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Neither a large file nor what a small one decodes to is ever whole in memory."""
    site.write({"src/large.css": "a" * 5_000_000})
    publish(site)
    sizes: list[int] = []
    sha256 = verifying.hashlib.sha256

    class Counting:
        def __init__(self, data: bytes = b"") -> None:
            self.digest = sha256(data)
            self.hexdigest = self.digest.hexdigest

        def update(self, data: bytes) -> None:
            sizes.append(len(data))
            self.digest.update(data)

    monkeypatch.setattr(verifying.hashlib, "sha256", Counting)
    assert verify(site).is_sound
    assert sum(sizes) >= 15_000_000  # itself, and decoded from two variants
    assert max(sizes) <= 1 << 20
