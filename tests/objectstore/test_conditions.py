"""A store that honours the conditions of writes, and stores that do not."""

from __future__ import annotations

from typing import Any

import pytest

from lading.errors import ConflictError
from lading.objectstore import conditions
from lading.objectstore.client import ObjectStore


def test_a_server_that_honours_conditions(store: ObjectStore):
    assert conditions.honoured(store, "probe")
    assert list(store.listing()) == []


@pytest.mark.parametrize("ignored", ["only_new", "only_if"])
def test_a_store_that_ignores_one(
    store: ObjectStore, ignored: str, monkeypatch: pytest.MonkeyPatch
):
    put = ObjectStore.put

    def ignore(self: ObjectStore, path: str, data: bytes, headers: Any, **given: Any) -> str:
        given.pop(ignored, None)
        return put(self, path, data, headers, **given)

    monkeypatch.setattr(ObjectStore, "put", ignore)
    assert not conditions.honoured(store, "probe")
    assert list(store.listing()) == []


def test_a_store_that_refuses_a_condition_that_holds(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
):
    put = ObjectStore.put

    def refuse(self: ObjectStore, path: str, data: bytes, headers: Any, **given: Any) -> str:
        if given:
            raise ConflictError("refused")
        return put(self, path, data, headers)

    monkeypatch.setattr(ObjectStore, "put", refuse)
    assert not conditions.honoured(store, "probe")
