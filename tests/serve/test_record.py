"""What a target without a manifest publishes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lading import build
from lading.config import Config
from lading.errors import ManifestError
from lading.serve.record import read_record
from lading.sources import FolderSource
from lading.targets.folder import FolderTarget

TEXT = "body { margin: 0 }\n" * 400


def publish(tmp_path: Path, files: dict[str, str], *, link: bool = False, **settings: Any) -> Path:
    for name, content in files.items():
        file = tmp_path / "sources" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    config = Config(cache=str(tmp_path / "cache"), **settings)
    source = FolderSource(str(tmp_path / "sources"))
    build.collect([source], FolderTarget(str(tmp_path / "out")), config, link=link)
    return tmp_path / "out"


def test_the_newest_release(tmp_path: Path) -> None:
    publish(tmp_path, {"css/a.css": "a", "gone.txt": "gone"})
    os.unlink(tmp_path / "sources/gone.txt")
    root = publish(tmp_path, {"css/a.css": "edited"})
    manifest, modified = read_record(root)
    assert list(manifest.files) == ["css/a.css"]  # what was removed is kept, and not served
    file = manifest.files["css/a.css"]
    assert (file.size, file.media_type, file.immutable) == (6, "text/css; charset=utf-8", False)
    assert modified == int(os.stat(root / ".lading/releases/2").st_mtime)


def test_encoded_variants(tmp_path: Path) -> None:
    root = publish(tmp_path, {"a.css": TEXT, "b.css": "b"}, encodings=("gzip",))
    manifest, _ = read_record(root, ("gzip",))
    assert manifest.files.keys() == {"a.css", "b.css"}
    assert manifest.files["a.css"].encodings == {"gzip": os.path.getsize(root / "a.css.gz")}
    assert manifest.files["b.css"].encodings == {}


def test_archives_beside_files_are_files(tmp_path: Path) -> None:
    root = publish(tmp_path, {"data.tar": "data", "data.tar.gz": "packed"})
    manifest, _ = read_record(root)
    assert manifest.files.keys() == {"data.tar", "data.tar.gz"}


def test_links_are_left_out(tmp_path: Path) -> None:
    root = publish(tmp_path, {"a.css": "a"}, link=True)
    assert (root / "a.css").is_symlink()
    assert read_record(root)[0].files == {}


def test_no_record(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        read_record(tmp_path)
    assert caught.value.where == str(tmp_path / ".lading/ledger")
    assert "collectstatic" in caught.value.remedy


@pytest.mark.parametrize(
    "damage", ["", "lading-ledger 2\nwritten\n", "x", "lading-ledger 99\nend\n"]
)
def test_damaged_records(tmp_path: Path, damage: str) -> None:
    root = publish(tmp_path, {"a.css": "a"})
    (root / ".lading/ledger").write_text(damage)
    with pytest.raises(ManifestError, match="damaged"):
        read_record(root)


def test_a_lost_record(tmp_path: Path) -> None:
    root = publish(tmp_path, {"a.css": "a"})
    os.unlink(root / ".lading/releases/1")
    with pytest.raises(ManifestError):
        read_record(root)
