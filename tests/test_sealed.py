"""Sealed state: believed as it was written under the same key, and in no other case."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lading.sealed import seal, seal_members, unseal

texts = st.text(st.characters(codec="utf-8"), max_size=10)


@given(st.dictionaries(texts, texts), texts, texts)
def test_what_is_sealed_is_read_under_the_same_key(document, key: str, other: str):
    text = seal(document, key)
    assert unseal(text, key) == document
    assert unseal(text[:-1], key) is None
    assert (unseal(text, other) == document) is (key == other)


@given(st.dictionaries(texts, texts), texts)
def test_members_one_by_one_are_sealed_as_a_whole(document: dict[str, str], key: str):
    members = [(name, json.dumps(value)) for name, value in document.items()]
    assert "".join(seal_members(members, key)) == seal(document, key)
