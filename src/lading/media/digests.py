"""What proves that two contents are the same: SHA-256, and the ETag that S3 would give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lading.objectstore.client import PART

_ETAG = re.compile(r'"?[0-9a-f]{32}(-\d+)?"?')


class Digests:
    """Fed with a content, chunk by chunk."""

    def __init__(self) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._part = hashlib.md5(usedforsecurity=False)
        self._parts: list[bytes] = []

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._sha256.hexdigest()

    @property
    def etags(self) -> set[str]:
        """The ETags of S3 for this content, sent at once or in parts of ``objectstore.PART`` bytes: MD5 of
        the content, or of the parts' MD5 digests with their number (Amazon S3, "Checking object
        integrity").
        """
        parts = [*self._parts, self._part.digest()] if self.size % PART else self._parts
        joined = hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()
        return {self._md5.hexdigest(), f"{joined}-{len(parts)}"}

    def add(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._md5.update(chunk)
        view = memoryview(chunk)
        while view:
            room = PART - self.size % PART
            self._part.update(view[:room])
            self.size += len(view[:room])
            view = view[room:]
            if self.size % PART == 0:
                self._parts.append(self._part.digest())
                self._part = hashlib.md5(usedforsecurity=False)

    def fed(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks, each counted as it passes."""
        for chunk in chunks:
            self.add(chunk)
            yield chunk

    def proves(self, etag: str) -> bool:
        """True when an ETag says that an object has this content. False says nothing: the ETag may be of
        another kind, as for objects that are encrypted with a key of KMS.
        """
        return bool(_ETAG.fullmatch(etag)) and etag.strip('"') in self.etags
