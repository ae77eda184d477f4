"""The setting ``read_only``: nobody changes a published file in place by mistake, and runs still can."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lading.cli import main
from lading.targets import folder
from sites_of_folders import Site, read
from tampering import FILES, options, publish, published, verify

STYLES = [{"names": "hashed"}, {"names": "plain"}]


@pytest.fixture(params=STYLES, ids=lambda style: style["names"])
def style(request: pytest.FixtureRequest, site: Site) -> dict[str, str]:
    site.write(FILES)
    return request.param


def modes(site: Site) -> set[int]:
    return {stat.S_IMODE(published(site, path).stat().st_mode) for path in site.published()}


def cached(site: Site) -> set[int]:
    files = [path for path in Path(site.path("cache")).rglob("*.*") if path.is_file()]
    assert files
    return {stat.S_IMODE(path.stat().st_mode) & 0o222 for path in files}


def test_everything_published_is_read_only_and_nothing_else(site: Site, style):
    site.target.read_only = True
    publish(site, **style)
    assert modes(site) == {0o444}
    assert stat.S_IMODE(published(site, "css").stat().st_mode) & 0o200
    assert 0 not in cached(site)


@pytest.mark.parametrize("brief", [False, True])
def test_what_was_published_before_becomes_read_only(site: Site, style, brief: bool):
    """Variants share storage with the build cache, whose permissions are its own."""
    publish(site, **style)
    before = read(site.target.root)
    assert modes(site) == {0o644}
    site.target.read_only = True
    outcome = site.collect(brief=brief, read_only=True, **options(site, **style))
    assert modes(site) == {0o444}
    assert 0 not in cached(site)
    assert read(site.target.root) == before
    assert (outcome.release, outcome.is_new_release) == (1, False)


def test_what_somebody_made_writable_becomes_read_only_again(site: Site, style):
    site.target.read_only = True
    for _ in range(2):
        site.collect(brief=True, read_only=True, **options(site, **style))
    os.chmod(published(site, "photo.jpg"), 0o664)
    os.chmod(published(site, "css/a.css.br"), 0o664)
    site.collect(brief=True, read_only=True, **options(site, **style))
    assert modes(site) == {0o444}
    assert verify(site, **style).is_sound


def test_an_unchanged_run_changes_nothing(site: Site, style):
    site.target.read_only = True
    publish(site, **style)
    times = {path: published(site, path).stat().st_ctime_ns for path in site.published()}
    publish(site, **style)
    assert times == {path: published(site, path).stat().st_ctime_ns for path in site.published()}


def test_changed_files_are_replaced_and_old_ones_pruned(site: Site, style):
    site.target.read_only = True
    keep = {"keep_releases": 1, "keep_age": 0}
    publish(site, **style, **keep)
    site.write({"src/css/a.css": "p {}\n" * 300})
    os.unlink(site.path("src/photo.jpg"))
    publish(site, **style, **keep)
    assert published(site, "css/a.css").read_text().startswith("p {}")
    assert not published(site, "photo.jpg").exists()
    assert modes(site) == {0o444}
    publish(site, clear=True, **style, **keep)
    assert modes(site) == {0o444}


@pytest.mark.parametrize(("mode", "expected"), [(0o640, 0o440), (0o600, 0o400), (None, 0o440)])
def test_who_may_read_is_not_changed(site: Site, mode: int | None, expected: int):
    site.write(FILES)
    site.target.file_mode, site.target.read_only = mode, True
    umask = os.umask(0o027)
    try:
        publish(site)
    finally:
        os.umask(umask)
    assert modes(site) == {expected}


AS_NOBODY = """
    import os, sys
    from lading.cli import main
    main(["collect", "--config", sys.argv[1], "--plan", "-v", "0"])  # imports all
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    codes = []
    for content in ("1", "2" * 400, None):
        if content is None:
            os.unlink(sys.argv[2])
        else:
            with open(sys.argv[2], "w") as file:
                file.write(content)
        codes.append(main(["collect", "--config", sys.argv[1]]))
    try:
        open(sys.argv[3], "a")
    except PermissionError:
        codes.append("refused")
    print(codes)
"""


def test_without_the_rights_of_root(open_path):
    """Files are made, linked, replaced and pruned by whoever may write to the folder alone."""
    site = Site(open_path)
    toml = "target = 'out'\nsources = ['src']\nread_only = true\nkeep_releases = 1\nkeep_age = 0\n"
    toml += f"names = 'hashed'\ncache = '{open_path}/cache'\n"
    site.write({"lading.toml": toml, "src/a.css": "", "src/b.css": "b" * 400})
    os.makedirs(site.path("out"))
    for place in (site.path("out"), site.path("src"), str(open_path)):
        os.chmod(place, 0o777)
    os.chmod(site.path("src/a.css"), 0o666)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(AS_NOBODY),
            *(site.path(name) for name in ("lading.toml", "src/a.css", "out/b.css")),
        ],
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.endswith("[0, 0, 0, 'refused']\n")
    assert modes(site) == {0o444}
    assert not published(site, "a.css").exists()


def test_the_setting_reaches_the_target(site: Site, monkeypatch: pytest.MonkeyPatch):
    toml = "target = 'out'\nsources = ['src']\nread_only = true\n"
    site.write({"lading.toml": toml, "src/a.css": "a"})
    monkeypatch.chdir(site.folder)
    assert main(["collect", "-v", "0"]) == 0
    assert modes(site) == {0o444}


def test_where_files_protect_themselves(site: Site, style, monkeypatch: pytest.MonkeyPatch):
    """As on Windows, where a read-only file can be neither replaced nor removed."""
    replace, unlink = os.replace, os.unlink

    def refuse(path) -> None:
        if os.path.isfile(path) and not os.stat(path).st_mode & 0o200:
            raise PermissionError(13, "Permission denied", path)

    def careful_replace(source, target) -> None:
        refuse(target)
        replace(source, target)

    def careful_unlink(path, **more) -> None:
        if ".lading" not in str(path):
            refuse(path)
        unlink(path, **more)

    site.target.read_only = True
    keep = {"keep_releases": 1, "keep_age": 0}
    publish(site, **style, **keep)
    site.write({"src/css/a.css": "p {}\n" * 300})
    os.unlink(site.path("src/photo.jpg"))
    monkeypatch.setattr(folder, "_FILES_PROTECT_THEMSELVES", True)
    monkeypatch.setattr(os, "replace", careful_replace)
    monkeypatch.setattr(os, "unlink", careful_unlink)
    publish(site, **style, **keep)
    assert published(site, "css/a.css").read_text().startswith("p {}")
    assert not published(site, "photo.jpg").exists()
