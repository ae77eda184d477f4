"""Variants -> proof that they are what they stand for."""

import gzip

import pytest
from bench.measure import RunFailedError

from bench import decoding


def test_variants_of_their_originals(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.css").write_text("a{}" * number)
        (tmp_path / f"{number}.css.gz").write_bytes(gzip.compress(b"a{}" * number))
    (tmp_path / "archive.gz").write_bytes(b"of its own")
    assert decoding.prove(tmp_path) == {".br": 0, ".gz": 3, ".zst": 0}


@pytest.mark.parametrize(
    "content", [gzip.compress(b"b{}", mtime=0), b"", b"no gzip"], ids=["other", "empty", "none"]
)
def test_a_variant_of_something_else(tmp_path, content):
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "a.css.gz").write_bytes(content)
    with pytest.raises(RunFailedError, match=r"a\.css\.gz does not decode to"):
        decoding.prove(tmp_path)
