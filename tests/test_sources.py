"""What a source holds, what was left out and why, and what is wrong with it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.findings import Severity
from lading.rules import Rules
from lading.sources import FolderSource, Scan, owner_of, package_folder
from sites_of_folders import Site, kinds, read, write

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIID\n"


def paths(scan: Scan) -> list[str]:
    return [asset.path for asset in scan.assets]


def skips(scan: Scan) -> dict[str, str]:
    return {skip.path: skip.reason for skip in scan.skips}


def test_files_come_sorted_with_size_and_place(site: Site):
    site.write({"src/b.css": "bb", "src/a/z.css": "z", "src/a.css": ""})
    source = site.source()
    scan = source.scan()
    assert [(a.path, a.relative, a.size) for a in scan.assets] == [
        ("a.css", "a.css", 0),
        ("a/z.css", "a/z.css", 1),
        ("b.css", "b.css", 2),
    ]
    assert all(asset.source is source and asset.signature for asset in scan.assets)
    assert scan.skips == []
    assert scan.findings == []
    with source.open("a/z.css") as file:
        assert file.read() == b"z"
    assert source.local_path("b.css") == site.path("src/b.css")


def test_a_prefix_stands_before_the_path_and_not_in_the_source(site: Site):
    site.write({"src/css/a.css": "a"})
    (asset,) = site.source(prefix="blog").scan().assets
    assert (asset.path, asset.relative) == ("blog/css/a.css", "css/a.css")


def test_patterns_see_the_path_inside_the_source(site: Site):
    site.write({"src/css/a.css": "a"})
    assert paths(site.source(prefix="blog", ignore=("css/*",)).scan()) == []
    assert paths(site.source(prefix="blog", ignore=("blog/*",)).scan()) == ["blog/css/a.css"]


def test_every_file_left_out_is_told_once(site: Site):
    site.write(
        {
            "src/a.css": "a",
            "src/.sass/b.css": "b",
            "src/.sass/deep/c.css": "c",
            "src/css/a.css~": "old",
            "src/doc.txt": "x",
        }
    )
    scan = site.source(exclude=("*.txt",)).scan()
    assert paths(scan) == ["a.css"]
    assert skips(scan) == {
        ".sass/": "ignored by '.*'",
        "css/a.css~": "ignored by '*~'",
        "doc.txt": "excluded by '*.txt'",
    }


def test_secrets_are_refused_with_a_warning(site: Site):
    site.write(
        {
            "src/.env": "PASSWORD=1",
            "src/.git/config": "[core]",
            "src/tls/site.key": KEY,
            "src/tls/chain.pem": CERTIFICATE,
            "src/tls/mixed.pem": CERTIFICATE + KEY,
        }
    )
    scan = site.source(ignore=()).scan()
    assert paths(scan) == ["tls/chain.pem"]
    assert sorted(skips(scan)) == [".env", ".git/", "tls/mixed.pem", "tls/site.key"]
    assert kinds(scan) == ["secret"] * 4
    assert {finding.severity for finding in scan.findings} == {Severity.WARNING}
    assert all("allow_secrets" in finding.hint for finding in scan.findings)

    allowed = site.source(ignore=(), allow=(".env", "tls/*.key")).scan()
    assert paths(allowed) == [".env", "tls/chain.pem", "tls/site.key"]


def test_with_the_default_ignores_a_hidden_secret_is_only_skipped(site: Site):
    site.write({"src/.env": "PASSWORD=1"})
    scan = site.source().scan()
    assert skips(scan) == {".env": "ignored by '.*'"}
    assert scan.findings == []


def test_a_source_that_is_missing(site: Site):
    site.write({"file": "x"})
    os.symlink("nowhere", site.path("link"))
    for name, part in [
        ("absent", "does not exist"),
        ("file", "is not a folder"),
        ("link", "is a link to nothing"),
    ]:
        scan = site.source(name).scan()
        assert paths(scan) == []
        (finding,) = scan.findings
        assert (finding.kind, finding.severity) == ("missing-source", Severity.WARNING)
        assert part in finding.message
        assert finding.where == site.path(name)


def test_links_to_files_and_folders_are_followed(site: Site):
    site.write({"else/logo.svg": "<svg/>", "else/font/a.woff2": "w", "src/a.css": "a"})
    os.symlink("../else/logo.svg", site.path("src/logo.svg"))
    os.symlink("../else/font", site.path("src/font"))
    os.symlink("src", site.path("linked-source"))
    for name in ("src", "linked-source"):
        scan = site.source(name).scan()
        assert paths(scan) == ["a.css", "font/a.woff2", "logo.svg"]
        assert {asset.path: asset.size for asset in scan.assets}["logo.svg"] == 6


def test_dangling_links_and_circles_are_told_and_cost_no_other_file(site: Site):
    site.write({"src/a/b/deep.css": "d", "src/a.css": "a", "src/z.css": "z"})
    os.symlink("gone.css", site.path("src/dangling.css"))
    os.symlink("itself", site.path("src/itself"))
    os.symlink("two", site.path("src/one"))
    os.symlink("one", site.path("src/two"))
    os.symlink("..", site.path("src/a/up"))
    os.symlink(site.path("src"), site.path("src/a/b/root"))
    scan = site.source().scan()
    assert paths(scan) == ["a.css", "a/b/deep.css", "z.css"]
    assert {f.path: f.kind for f in scan.findings} == {
        "dangling.css": "dangling-link",
        "itself": "dangling-link",
        "one": "dangling-link",
        "two": "dangling-link",
        "a/up": "link-loop",
        "a/b/root": "link-loop",
    }
    assert {f.severity for f in scan.findings} == {Severity.WARNING}


def test_a_circle_through_two_links_ends(site: Site):
    site.write({"src/a.css": "a", "else/b.css": "b"})
    os.symlink(site.path("else"), site.path("src/else"))
    os.symlink(site.path("src"), site.path("else/back"))
    scan = site.source().scan()
    assert paths(scan) == ["a.css", "else/b.css"]
    assert [(f.kind, f.path) for f in scan.findings] == [("link-loop", "else/back")]


def test_an_ignored_link_is_not_looked_at(site: Site):
    site.write({"src/a.css": "a"})
    os.symlink("gone", site.path("src/.hidden"))
    os.symlink("..", site.path("src/up"))
    scan = site.source(exclude=("up",)).scan()
    assert (paths(scan), scan.findings) == (["a.css"], [])


def test_pipes_and_sockets_are_skipped(site: Site):
    site.write({"src/a.css": "a"})
    os.mkfifo(site.path("src/pipe"))
    os.symlink("pipe", site.path("src/pipe-link"))
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(site.path("src")):
        server.bind("socket")
        scan = site.source().scan()
    assert paths(scan) == ["a.css"]
    assert sorted(skips(scan)) == ["pipe", "pipe-link", "socket"]


BAD_NAMES = [b"a\nb.css", b"a\\b.css", b"caf\xe9.css", b"a\x1b[31m.css", "a\u2028.css".encode()]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_published_is_an_error_of_its_owner(site: Site, name: bytes):
    site.write({"src/ok.css": "a"})
    with open(os.path.join(os.fsencode(site.path("src")), name), "wb") as file:
        file.write(b"x")
    for owner, severity in [("project", Severity.ERROR), ("vendor", Severity.WARNING)]:
        scan = site.source(owner=owner).scan()
        assert paths(scan) == ["ok.css"]
        (finding,) = scan.findings
        assert (finding.kind, finding.severity) == ("invalid-name", severity)
        assert finding.path == os.fsdecode(name)
    assert site.source(exclude=("a*", "caf*")).scan().findings == []


def test_a_folder_with_a_bad_name_spoils_what_is_below_it(site: Site):
    write(site.folder, {"src/a\\b/c.css": "c", "src/ok.css": "a"})
    scan = site.source().scan()
    assert (paths(scan), kinds(scan)) == (["ok.css"], ["invalid-name"])


def test_a_file_that_vanishes_while_its_folder_is_listed_was_never_there(site: Site, monkeypatch):
    site.write({f"src/{n}.css": "x" for n in range(20)})
    os.symlink("3.css", site.path("src/link.css"))
    scandir = os.scandir

    @contextlib.contextmanager
    def slow_scandir(path: str):
        with scandir(path) as entries:
            listed = list(entries)
        os.unlink(site.path("src/7.css"))
        os.unlink(site.path("src/link.css"))
        yield iter(listed)

    monkeypatch.setattr(os, "scandir", slow_scandir)
    scan = site.source().scan()
    assert len(scan.assets) == 19
    assert "7.css" not in paths(scan)
    assert [f.kind for f in scan.findings] in ([], ["dangling-link"])


def test_a_folder_that_vanishes_after_it_was_listed_was_never_there(site: Site, monkeypatch):
    site.write({"src/a.css": "a", "src/sub/b.css": "b"})
    scandir = os.scandir

    def late_scandir(path: str):
        if path.endswith("sub/"):
            os.rename(site.path("src/sub"), site.path("moved"))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", late_scandir)
    scan = site.source().scan()
    assert (paths(scan), scan.findings) == (["a.css"], [])


SCAN_AS_NOBODY = """
    import os, sys
    from lading.sources import FolderSource
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    scan = FolderSource(sys.argv[1]).scan()
    print([a.path for a in scan.assets], [(f.kind, f.path, f.severity.name) for f in scan.findings])
"""


def test_an_unreadable_folder_is_an_error_and_the_others_are_listed(open_path: Path):
    """In a process without the rights of root, which may read everything."""
    write(
        open_path, {"src/a.css": "a", "src/closed/b.css": "b", "src/open/c.css": "c", "far/d": "d"}
    )
    os.symlink("../far/inside", open_path / "src/link")
    os.chmod(open_path / "src/closed", 0)
    os.chmod(open_path / "far", 0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(SCAN_AS_NOBODY), str(open_path / "src")],
            capture_output=True,
            text=True,
        )
    finally:
        os.chmod(open_path / "src/closed", 0o755)
        os.chmod(open_path / "far", 0o755)
    assert done.stderr == ""
    assert done.stdout.strip() == (
        "['a.css', 'open/c.css'] "
        "[('unreadable', 'link', 'ERROR'), ('unreadable', 'closed/', 'ERROR')]"
    )


@pytest.mark.parametrize(
    ("folder", "owner"),
    [
        ("/srv/site/static", "project"),
        ("/usr/lib/python3/dist-packages/x/static", "vendor"),
        ("/srv/.venv/lib/python3.11/site-packages/x/static", "vendor"),
        ("/srv/site/node_modules/bootstrap/dist", "vendor"),
        ("/srv/my-node_modules/static", "project"),
    ],
)
def test_owner(folder, owner):
    assert owner_of(folder) == owner


@pytest.fixture
def packages(tmp_path: Path, monkeypatch):
    """A folder of Python packages, one of which must not be imported."""
    write(
        tmp_path / "packages",
        {
            "shop_ui/__init__.py": "raise SystemExit('imported')",
            "shop_ui/static/shop.css": "s",
            "single_module.py": "",
            "name_space/static/n.css": "n",
            "broken_parent/__init__.py": "raise RuntimeError('no')",
            "broken_parent/child/__init__.py": "",
        },
    )
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    return str(tmp_path / "packages")


def test_the_folder_of_a_package_is_found_without_importing_it(packages: str):
    assert package_folder("package:shop_ui/static") == f"{packages}/shop_ui/static"
    assert package_folder("package:shop_ui") == f"{packages}/shop_ui"
    assert package_folder("package:name_space/static") == f"{packages}/name_space/static"
    assert read(package_folder("package:shop_ui/static")) == {"shop.css": "s"}
    assert package_folder("package:shop_ui/absent") == f"{packages}/shop_ui/absent"


@pytest.mark.parametrize(
    ("reference", "part"),
    [
        ("package:not_there/static", "not installed"),
        ("package:", "not installed"),
        ("package:..", "not installed"),
        ("package:a b/static", "not installed"),
        ("package:single_module/static", "single module"),
        ("package:shop_ui/../../secret", "leads out"),
        ("package:broken_parent.child/static", "RuntimeError: no"),
    ],
)
def test_packages_that_are_no_source(packages: str, reference: str, part: str):
    with pytest.raises(ConfigError, match=part) as caught:
        package_folder(reference, where="lading.toml:2")
    assert str(caught.value).startswith("lading.toml:2: ")
    assert caught.value.remedy


def test_scanning_twice_gives_the_same(site: Site):
    site.write({"src/a.css": "a", "src/.hidden": "h", "src/b\\c": ""})
    source = FolderSource(site.path("src"), rules=Rules())
    assert source.scan() == source.scan()
