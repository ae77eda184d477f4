"""What is known of what a project has published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.doctor import published
from lading.errors import ManifestError
from sites_of_folders import Site


def test_a_release_and_what_was_before(site: Site):
    site.write({"src/a.css": "a { color: red }", "src/b.js": 'import "./c.js"', "src/c.js": ""})
    site.collect(names="hashed")
    (first,) = [p for p in site.published() if p.startswith("a.") and p.count(".") == 2]
    site.write({"src/a.css": "a { color: blue }"})
    site.collect(names="hashed")
    found = published.read(str(site.folder / "out"), "staticfiles.json")
    assert found.earlier == {first}
    assert first not in found.files
    assert {path.partition(".")[0] for path in found.modules} == {"b", "c"}
    assert len(found.sha256("a.css")) == 64


def test_plain_names(site: Site):
    site.write({"src/a.css": "a {}" * 200})
    site.collect(encodings=("gzip",))
    found = published.read(str(site.folder / "out"), "", ("gzip",))
    assert set(found.files) == {"a.css"}
    assert set(found.files["a.css"].encodings) == {"gzip"}
    assert found.earlier == frozenset()


def test_a_manifest_of_django_s_own(tmp_path: Path):
    paths = {"a.css": "a.0123456789ab.css", "b.bin": "b.bin"}
    document = {"paths": paths, "version": "1.1", "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(document))
    found = published.read(str(tmp_path), "staticfiles.json")
    style = found.files["a.0123456789ab.css"]
    assert (style.immutable, style.media_type, style.size) == (True, "text/css; charset=utf-8", 0)
    assert found.sha256("a.0123456789ab.css") == ""
    assert not found.files["b.bin"].immutable


@pytest.mark.parametrize(("text", "told"), [(None, "There is no manifest"), ("{", "is not JSON")])
@pytest.mark.parametrize("name", ["staticfiles.json", "other.json"])
def test_no_manifest(text: str | None, told: str, name: str, tmp_path: Path):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ManifestError, match=told) as caught:
        published.read(str(tmp_path), name)
    assert caught.value.where == str(tmp_path / name)


def test_no_record(tmp_path: Path):
    with pytest.raises(ManifestError, match="Nothing is known to be published"):
        published.read(str(tmp_path), "")


def test_damaged_records_of_earlier_releases(site: Site):
    for color in ("red", "green", "blue"):
        site.write({"src/a.css": f"a {{ color: {color} }}"})
        site.collect(names="hashed")
    (site.folder / "out/.lading/releases/1.json").write_text("{")
    found = published.read(str(site.folder / "out"), "staticfiles.json")
    assert len(found.earlier) == 1
    (site.folder / "out/.lading/ledger").unlink()
    assert not published.read(str(site.folder / "out"), "staticfiles.json").earlier
