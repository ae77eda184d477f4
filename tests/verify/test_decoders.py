"""encoded bytes -> the content, in pieces; anything else is refused."""

from __future__ import annotations

import gzip
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.encoders import LEVELS, Coding, Recipe, encode
from lading.verify.decoders import NotDecodableError, decode

CODINGS: list[Coding] = ["gzip", "br", "zstd"]
CONTENTS = {
    "empty": b"",
    "short": b"body{}",
    "compressed already": os.urandom(3_000_000),
    "of one byte": bytes(40_000_000),
    "of many": b"console.log(1);\n" * 40_000,
}


def encoded(content: bytes, coding: Coding) -> bytes:
    return bytes(encode(content, Recipe(coding, LEVELS[coding][3])))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", CONTENTS)
def test_in_pieces_of_bounded_size(coding: Coding, name: str):
    """Also where some bytes decode to very many."""
    pieces = list(decode(io.BytesIO(encoded(CONTENTS[name], coding)), coding))
    assert b"".join(pieces) == CONTENTS[name]
    assert max(map(len, pieces), default=0) <= 1 << 20


@given(st.binary(max_size=3000), st.sampled_from(CODINGS))
def test_whatever_was_encoded(content: bytes, coding: Coding):
    assert b"".join(decode(io.BytesIO(encoded(content, coding)), coding)) == content


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", ["short", "compressed already", "of many"])
def test_what_is_no_whole_encoding(coding: Coding, name: str):
    good = encoded(CONTENTS[name], coding)
    for bad in (b"", good[:-1], good[: len(good) // 2], b"{}" + good, good + b"x", good + good):
        with pytest.raises(NotDecodableError):
            list(decode(io.BytesIO(bad), coding))


@given(st.binary(max_size=300), st.sampled_from(CODINGS))
def test_any_bytes_at_all(data: bytes, coding: Coding):
    try:
        size = sum(map(len, decode(io.BytesIO(data), coding)))
    except NotDecodableError:
        return
    assert size >= 0


def test_a_second_gzip_member_which_browsers_do_not_read():
    with pytest.raises(NotDecodableError, match="other bytes follow its end"):
        list(decode(io.BytesIO(gzip.compress(b"a") + gzip.compress(b"b")), "gzip"))
