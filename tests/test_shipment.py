"""A built folder's release -> objects with headers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from lading.errors import StoreError
from lading.manifest import File, Manifest
from lading.objectstore import client
from lading.policy import Policy
from lading.shipment import Shipment, from_folder
from sites_of_folders import write

CONTENTS = {
    "a.css": "original",
    "a.css.br": "br",
    "a.css.gz": "gzip",
    "a.1234.css": "hashed",
    "x.png": "png",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, CONTENTS)
    return tmp_path


def shipment(folder: Path, encoding: str = "siblings", **policy: Any) -> Shipment:
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in CONTENTS.items()}

    def file(path: str, media_type: str, **more: Any) -> File:
        return File(digests[path], len(CONTENTS[path]), media_type, **more)

    files = {
        "a.css": file("a.css", "text/css; charset=utf-8", encodings={"br": 2, "gzip": 4}),
        "a.1234.css": file("a.1234.css", "text/css; charset=utf-8", immutable=True),
        "x.png": file("x.png", "image/png"),
    }
    manifest = Manifest({"a.css": "a.1234.css"}, files)
    return from_folder(str(folder), manifest, digests, Policy(**policy), encoding)


def objects(shipped: Shipment) -> dict[str, tuple[Any, str]]:
    """Content and coding by path."""
    return {
        path: (shipped.read(path), dict(state.headers).get("Content-Encoding", ""))
        for path, state in shipped.states.items()
    }


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        (
            "siblings",
            {"a.css": (b"original", ""), "a.css.br": (b"br", "br"), "a.css.gz": (b"gzip", "gzip")},
        ),
        ("none", {"a.css": (b"original", "")}),
        ("gzip", {"a.css": (b"gzip", "gzip")}),
        ("zstd", {"a.css": (b"original", "")}),
    ],
)
def test_variants(folder: Path, encoding: str, expected: dict[str, Any]):
    found = objects(shipment(folder, encoding))
    assert found.pop("a.1234.css") == (b"hashed", "")
    assert found.pop("x.png") == (b"png", "")
    assert found == expected
    encodings = shipment(folder, encoding).manifest.files["a.css"].encodings
    assert bool(encodings) == (encoding == "siblings")


def test_headers_are_those_of_the_policy_that_a_store_keeps(folder: Path):
    shipped = shipment(
        folder,
        headers={"*.png": {"Content-Disposition": "attachment", "X-Robots-Tag": "noindex"}},
    )
    assert dict(shipped.states["x.png"].headers) == {
        "Cache-Control": "max-age=60, must-revalidate, public",
        "Content-Disposition": "attachment",
        "Content-Type": "image/png",
    }
    hashed = shipped.states["a.1234.css"]
    assert "immutable" in dict(hashed.headers)["Cache-Control"]
    assert not hashed.is_plain
    assert shipped.states["a.css.br"].is_plain


def test_the_key_stands_for_paths_contents_and_headers(folder: Path):
    first = shipment(folder)
    assert shipment(folder).key == first.key
    assert shipment(folder, max_age=1).key != first.key
    assert shipment(folder, "none").key != first.key


@pytest.mark.parametrize(
    ("change", "message"), [("other", "another content"), (None, "cannot be read")]
)
def test_a_file_that_changed_since_it_was_built_is_not_sent(
    folder: Path, change: str | None, message: str
):
    shipped = shipment(folder)
    if change is None:
        (folder / "a.css").unlink()
    else:
        write(folder, {"a.css": change})
    with pytest.raises(StoreError, match=message):
        shipped.read("a.css")


def test_a_large_file_is_given_by_its_path(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "LARGE", 8)
    assert shipment(folder).read("a.css") == str(folder / "a.css")
    write(folder, {"a.css": "longer than before"})
    with pytest.raises(StoreError, match="another content"):
        shipment(folder).read("a.css")
