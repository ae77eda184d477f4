"""Whether a store does what its conditional writes ask for: many that call themselves S3 do not."""

from __future__ import annotations

import secrets
from typing import Any, Final, cast

from lading.errors import ConflictError
from lading.objectstore.client import ObjectStore

_FALSE: Final = ({"only_new": True}, {"only_if": '"0123456789abcdef0123456789abcdef"'})


def honoured(store: ObjectStore, path: str) -> bool:
    """Whether the store refuses a conditional write whose condition does not hold, and no other. Writes an
    object at ``path`` and deletes it.

    Raises ``StoreError``.
    """
    token = secrets.token_bytes(16)
    etag = store.put(path, token, {})
    try:
        for condition in _FALSE:
            try:
                store.put(path, token + b"!", {}, **cast("Any", condition))
            except ConflictError:
                continue
            return False
        store.put(path, token + b"?", {}, only_if=etag)
    except ConflictError:
        return False  # a condition that holds is refused: as useless
    finally:
        store.delete([path])
    return True
