"""Heads and records -> objects, and back."""

from __future__ import annotations

import gzip
import json

import pytest

from lading import manifest as manifests
from lading.errors import ManifestError
from lading.manifest import File, Manifest
from lading.targets.history import (
    Entry,
    Head,
    Record,
    State,
    dump_head,
    dump_record,
    load_head,
    load_record,
)

MANIFEST = Manifest({"ä.css": "ä.1.css"}, {"ä.1.css": File("ab" * 32, 3, "text/css", True)})
ENTRIES = (Entry(1, "a", "k1", 10, 20, pinned=True), Entry(2, "b", "k2", 20, of=1))


def test_a_head_is_a_manifest_with_the_history():
    head = Head(MANIFEST, ENTRIES, 30, "etag")
    data = dump_head(head)
    back = load_head(data, "etag", "head")
    assert (back.entries, back.leaving_since, back.etag) == (ENTRIES, 30, "etag")
    assert back.current == ENTRIES[1]
    assert manifests.loads(data).paths == MANIFEST.paths
    assert dict(manifests.loads(data).files) == MANIFEST.files


def test_djangos_manifest_is_a_head_without_releases():
    django = json.dumps({"paths": {"a": "a.1"}, "version": "1.1", "hash": "x"}).encode()
    head = load_head(django, "e", "head")
    assert (head.entries, head.current, head.manifest.paths) == ((), None, {"a": "a.1"})


def test_a_record_says_what_every_object_is():
    headers = (("Content-Type", "text/css"),)
    states = {
        "ä.1.css": State("ab" * 32, 3, '"e1"', headers, False),
        "ä.css": State("cd" * 32, 4, '"e2"', (), True),
    }
    record = Record(MANIFEST, states, {"ef" * 32}, ["gone"])
    back = load_record(dump_record(record), "record")
    assert back.states == states
    assert (list(back.contents), list(back.leaving)) == (["ef" * 32], ["gone"])
    assert back.manifest.paths == MANIFEST.paths
    assert dump_record(back) == dump_record(record)


def test_states_are_alike_by_content_and_headers():
    state = State("ab" * 32, 3, '"e1"', (), False)
    assert state.is_like(state._replace(etag="other", is_plain=True))
    assert not state.is_like(state._replace(headers=(("a", "b"),)))
    assert not state.is_like(state._replace(sha256="cd" * 32))
    assert not state.is_like(None)


NO_ENTRY = b'{"version": "1.1", "paths": {}, "lading": {"version": 1, "files": {}, "release": 1}}'


@pytest.mark.parametrize("data", [b"", b"{", b"[]", NO_ENTRY])
def test_a_damaged_head_is_an_error(data: bytes):
    with pytest.raises(ManifestError) as caught:
        load_head(data, "", "s3://bucket/staticfiles.json")
    assert caught.value.where == "s3://bucket/staticfiles.json"


def zipped(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


@pytest.mark.parametrize(
    "data",
    [b"", b"no gzip", zipped("{"), zipped("{}"), zipped('{"version": 9}')],
    ids=["empty", "no gzip", "no JSON", "no record", "another version"],
)
def test_a_damaged_record_is_an_error(data: bytes):
    with pytest.raises(ManifestError, match="damaged"):
        load_record(data, "record")
