"""contents -> digests and ETags."""

from __future__ import annotations

import hashlib

import pytest

from lading.media.digests import Digests
from lading.objectstore.client import PART, ObjectStore


def digested(data: bytes, chunk: int) -> Digests:
    digests = Digests()
    for start in range(0, len(data), chunk):
        digests.add(data[start : start + chunk])
    return digests


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 5])
def test_the_etag_is_the_one_that_s3_gives(store: ObjectStore, size: int):
    data = bytes(range(251)) * (size // 251 + 1)
    data = data[:size]
    etag = store.send("object", lambda: iter([data[:7], data[7:]]), size, {})
    for chunk in (1 << 20, PART + 3):
        digests = digested(data, chunk)
        assert digests.size == size
        assert digests.sha256 == hashlib.sha256(data).hexdigest()
        assert digests.proves(etag)
    assert not digested(data + b"!", 1 << 20).proves(etag)


@pytest.mark.parametrize("etag", ["", '"abc"', "0x8DC", '"' + "0" * 32 + '"'])
def test_etags_that_prove_nothing(etag: str):
    assert not digested(b"x", 1).proves(etag)
