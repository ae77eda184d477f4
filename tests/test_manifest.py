"""The manifest's file: round trips, damage, and what Django makes of it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashed_sites import HASHED, loaded, publish
from lading import manifest
from lading.encoders import LEVELS
from lading.errors import ManifestError
from lading.manifest import File, Manifest
from sites_of_folders import Site, watched

paths = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
sizes = st.integers(0, 2**50)
files = st.builds(
    File,
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    sizes,
    st.sampled_from(["text/css; charset=utf-8", "image/png"]),
    st.booleans(),
    st.dictionaries(st.sampled_from(sorted(LEVELS)), sizes),
)
manifests = st.builds(
    Manifest,
    st.dictionaries(paths, paths, max_size=5),
    st.dictionaries(paths, files, max_size=5),
    st.dictionaries(paths, st.lists(paths, max_size=3), max_size=3),
)
A = "a" * 64
SMALL = Manifest({"a.css": "a.0.css"}, {"a.0.css": File(A, 3, "text/css", True, {"br": 2})})


@given(manifests)
def test_what_is_written_is_read_again(given: Manifest):
    assert manifest.loads(manifest.dumps(given)) == given


@given(manifests)
def test_it_is_json_of_the_document(given: Manifest):
    text = json.dumps(manifest.to_document(given), ensure_ascii=False)
    assert b"".join(manifest.pieces(given)) == text.encode()


def test_many_files_are_written_in_pieces():
    paths = {f"{n}.css": f"{n}.0.css" for n in range(5000)}
    given = Manifest(paths, {path: File(A, 3, "text/css") for path in paths.values()})
    pieces = list(manifest.pieces(given))
    assert max(map(len, pieces)) < 200_000
    assert b"".join(pieces) == json.dumps(manifest.to_document(given)).encode()
    pairs = json.dumps(sorted(paths.items()))
    assert given.digest == hashlib.md5(pairs.encode()).hexdigest()[:12]


@given(manifests)
def test_the_bytes_do_not_depend_on_the_order(given: Manifest):
    turned = Manifest(
        dict(reversed(given.paths.items())),
        {
            path: file._replace(encodings=dict(reversed(file.encodings.items())))
            for path, file in reversed(given.files.items())
        },
        dict(reversed(given.modules.items())),
    )
    assert manifest.dumps(turned) == manifest.dumps(given)


@given(manifests, st.data())
def test_a_truncated_manifest_is_an_error(given: Manifest, data: st.DataObject):
    text = manifest.dumps(given)
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ManifestError, match="is not JSON"):
        manifest.loads(text[:end])


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_anything_else_is_an_error(data: bytes):
    with pytest.raises(ManifestError):
        manifest.loads(data)


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.data(), documents)
def test_a_part_of_another_shape_is_an_error_or_read_as_it_is(data: st.DataObject, other):
    """No other exception, and nothing that a server could not use."""
    document = manifest.to_document(SMALL)
    places = [
        (document, "paths"), (document["paths"], "a.css"), (document, "version"), (document, "lading"),
        (document["lading"], "version"), (document["lading"], "files"),
        (document["lading"]["files"], "a.0.css"),
        *((document["lading"]["files"]["a.0.css"], n) for n in range(5)),
    ]  # fmt: skip
    place, key = data.draw(st.sampled_from(places))
    place[key] = other
    try:
        read = manifest.loads(json.dumps(document))
        files = list(read.files.values())
    except ManifestError:
        return
    assert all(isinstance(path, str) for pair in read.paths.items() for path in pair)
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.size >= 0


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("[]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ("{}", "version is None"),
        ('{"version": "2.0", "paths": {}}', "version is '2.0'; this Lading reads 1.1"),
        ('{"version": "1.1"}', "damaged"),
        ('{"version": "1.1", "paths": {}, "lading": {"version": 2}}', "by another Lading"),
        (b"\xff", "not JSON"),
    ],
)
def test_what_is_wrong_is_said(data, what: str):
    with pytest.raises(ManifestError, match=what) as caught:
        manifest.loads(data, where="/srv/static/staticfiles.json")
    assert str(caught.value).startswith("/srv/static/staticfiles.json: ")
    assert "collectstatic" in caught.value.remedy


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_manifest_that_django_wrote(version: str):
    text = json.dumps({"paths": {"a.css": "a.0.css"}, "version": version, "hash": "0"})
    assert manifest.loads(text) == Manifest({"a.css": "a.0.css"}, {})


# --- in a run ---

PAGE = {
    "src/css/a.css": "@import 'b.css'; a{b:url(../caf\u00e9.png)}",
    "src/css/b.css": "p{}" * 900,
    "src/caf\u00e9.png": "c",
    "src/m.js": "import './n.js'",
    "src/n.js": "1",
}


def test_djangos_own_storage_reads_it(site: Site):
    site.write(PAGE)
    expected = publish(site, encodings=("gzip",))
    program = f"""
import hashlib
import json
from django.conf import settings
settings.configure(STATIC_ROOT={site.target.root!r}, STATIC_URL="/static/", DEBUG=False)
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
storage = ManifestStaticFilesStorage()
own = storage.file_hash(None, __import__("django.core.files.base").core.files.base.ContentFile(
    json.dumps(sorted(storage.hashed_files.items())).encode()))
print(json.dumps([storage.hashed_files, storage.manifest_hash == own, storage.url("css/a.css")]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    paths, is_hash_right, url = json.loads(run.stdout)
    assert paths == expected
    assert is_hash_right
    assert url == f"/static/{expected['css/a.css']}"


def test_it_is_written_last(site: Site):
    """After all that it names, and before anything is removed."""
    site.write(PAGE)
    publish(site, encodings=("gzip",), keep_releases=1, keep_age=0)
    site.write({"src/caf\u00e9.png": "changed"})
    os.unlink(site.path("src/n.js"))
    site.write({"src/m.js": ""})
    with watched(site.path("out")) as (_, writes):
        publish(site, encodings=("gzip",), keep_releases=1, keep_age=0)
    changes = [w for w in writes if not w.split(" ")[1].startswith(".lading")]
    at = changes.index("rename staticfiles.json")
    assert {change.split(" ")[0] for change in changes[:at]} == {"rename"}
    assert {change.split(" ")[0] for change in changes[at + 1 :]} == {"remove", "rmdir"}
    assert len(changes) > at + 2


def test_it_is_not_written_again_if_it_stays_the_same(site: Site):
    site.write(PAGE | {"src/a/x.txt": "x"})
    publish(site)
    before = os.stat(site.path("out/staticfiles.json"))
    os.unlink(site.path("out/a/x.txt"))
    publish(site)
    assert os.path.exists(site.path("out/a/x.txt"))
    assert os.stat(site.path("out/staticfiles.json")) == before


def test_a_manifest_that_was_changed_is_written_again(site: Site):
    site.write(PAGE)
    publish(site)
    before = Path(site.path("out/staticfiles.json")).read_bytes()
    site.write({"out/staticfiles.json": '{"paths": {}}'})
    publish(site)
    assert Path(site.path("out/staticfiles.json")).read_bytes() == before


def test_encodings_are_those_that_are_there(site: Site):
    site.write(PAGE)
    publish(site, encodings=("gzip", "br"))
    files = loaded(site).files
    name = loaded(site).paths["css/b.css"]
    assert {*files["css/b.css"].encodings} == {*files[name].encodings} == {"br", "gzip"}
    for path, file in files.items():
        for coding, suffix in (("br", ".br"), ("gzip", ".gz")):
            variant = site.path("out", path + suffix)
            assert os.path.exists(variant) == (coding in file.encodings)
            if coding in file.encodings:
                assert os.path.getsize(variant) == file.encodings[coding]


def test_symbolic_links_are_not_listed_as_files(site: Site):
    site.write(PAGE)
    site.collect(**HASHED, link=True)
    found = loaded(site)
    assert set(found.files) == set(found.paths.values())
    assert all(os.path.islink(site.path("out", path)) for path in found.paths)
