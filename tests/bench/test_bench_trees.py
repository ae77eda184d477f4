"""Pinned packages -> folders. The archives are made here, so that nothing is downloaded."""

import io
import re
import tarfile
import zipfile
from contextlib import nullcontext
from importlib import import_module

import pytest
from bench.trees import Tree, TreeError

from bench import trees


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("LADING_TREES", str(tmp_path / "trees"))
    (tmp_path / "archives").mkdir()
    return tmp_path


def npm_archive(path, members):
    with tarfile.open(path, "w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return trees.integrity_of(path)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def fetch(*wanted):
    said = []
    trees.fetch(wanted, say=said.append)
    return said


def test_npm_package_without_its_top_folder(root):
    members = {"package/a.css": b"a", "package/img/b.png": b"b"}
    integrity = npm_archive(root / "archives" / "demo-1.0.tgz", members)
    tree = Tree("demo", "npm", "@scope/demo", "1.0", integrity)
    assert fetch(tree) == ["demo: @scope/demo 1.0"]
    assert contents(tree.folder) == {"a.css": b"a", "img/b.png": b"b"}
    assert tree.sources == (root / "trees" / "demo",)


def test_wheel_keeps_only_the_static_folders_of_its_apps(root):
    archive = root / "archives" / "demo-1.0.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("demo/static/demo/a.js", "a")
        wheel.writestr("demo/models.py", "")
        wheel.writestr("demo/contrib/extra/static/b.js", "b")
        wheel.writestr("demo/other/static/c.js", "c")
    tree = Tree(
        "demo", "pypi", "demo", "1.0", trees.integrity_of(archive), ("demo", "demo.contrib.extra")
    )
    fetch(tree)
    assert contents(tree.folder) == {
        "demo/static/demo/a.js": b"a",
        "demo/contrib/extra/static/b.js": b"b",
    }
    assert trees.measure(tree.sources) == (2, 2)


def test_fetch_again_touches_nothing(root):
    integrity = npm_archive(root / "archives" / "demo-1.0.tgz", {"package/a.css": b"a"})
    tree = Tree("demo", "npm", "demo", "1.0", integrity)
    fetch(tree)
    (root / "archives" / "demo-1.0.tgz").unlink()
    inode = tree.folder.stat().st_ino
    assert fetch(tree) == []
    assert tree.folder.stat().st_ino == inode


def test_a_new_version_replaces_the_folder(root):
    old = npm_archive(root / "archives" / "demo-1.0.tgz", {"package/old.css": b"1"})
    new = npm_archive(root / "archives" / "demo-2.0.tgz", {"package/new.css": b"2"})
    fetch(Tree("demo", "npm", "demo", "1.0", old))
    tree = Tree("demo", "npm", "demo", "2.0", new)
    fetch(tree)
    assert contents(tree.folder) == {"new.css": b"2"}
    assert sorted(path.name for path in (root / "trees").iterdir()) == ["demo"]


def test_another_digest_is_refused_and_nothing_unpacked(root):
    npm_archive(root / "archives" / "demo-1.0.tgz", {"package/a.css": b"a"})
    tree = Tree("demo", "npm", "demo", "1.0", "sha512-AAAA")
    with pytest.raises(TreeError, match="pinned is sha512-AAAA: not unpacked"):
        fetch(tree)
    assert not tree.folder.exists()


def test_without_a_pinned_digest_the_right_one_is_named(root):
    integrity = npm_archive(root / "archives" / "demo-1.0.tgz", {"package/a.css": b"a"})
    with pytest.raises(TreeError, match=re.escape(integrity)):
        fetch(Tree("demo", "npm", "demo", "1.0", ""))


@pytest.mark.parametrize("name", ["package/../../evil.css", "../evil.css", "package//../evil.css"])
def test_members_that_leave_the_folder_are_not_written(root, name):
    integrity = npm_archive(root / "archives" / "demo-1.0.tgz", {name: b"x"})
    with pytest.raises(tarfile.TarError) if name.startswith("package") else nullcontext():
        fetch(Tree("demo", "npm", "demo", "1.0", integrity))
    assert not list(root.parent.rglob("evil.css"))


def test_missing_npm_is_named(root, monkeypatch):
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(TreeError, match="npm is not on PATH"):
        fetch(Tree("demo", "npm", "demo", "1.0", "sha512-AAAA"))


@pytest.mark.parametrize(
    "text",
    [
        '[demo]\nversion = "1"\n',
        '[demo]\nnpm = "a"\npypi = "b"\nversion = "1"\n',
        '[demo]\nnpm = "a"\n',
        '[demo]\nnpm = "a"\nversion = "1"\nintegrty = "x"\n',
    ],
)
def test_a_damaged_pin_is_refused(tmp_path, text):
    pins = tmp_path / "trees.toml"
    pins.write_text(text)
    with pytest.raises(TreeError, match=r"trees.toml: \[demo\]"):
        trees.load(pins)


def test_select_names_unknown_trees():
    with pytest.raises(TreeError, match="no such tree: nonesuch; known: fontawesome-free"):
        trees.select(trees.load(), ["bootstrap", "nonesuch"])


def test_every_tree_is_pinned_and_the_benchmark_installs_the_same_versions():
    requirements = import_module("bench.environment").REQUIREMENTS.read_text()
    for tree in trees.load():
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", tree.integrity), tree.name
        if tree.kind == "pypi":
            assert re.search(rf"^{tree.package}=={tree.version}\b", requirements, re.MULTILINE)
