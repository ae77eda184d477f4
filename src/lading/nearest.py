"""What was probably meant by a path that does not exist."""

from __future__ import annotations

import heapq
import posixpath
from collections import Counter
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

_OFFERED = 3
_COUNTED = 5000  # file names looked at for one path, in all
_COMPARED = 40  # file names that share the most parts; comparing in full is slow
_ALIKE = 0.7  # of SequenceMatcher.ratio: "main" and "mian" have 0.75
_MARGIN = 0.15  # what is farther behind the best was hardly meant
_LONGEST = 255  # no file name is longer
_SEARCHES = 1000  # nobody reads so many suggestions


class Nearest:
    """Looks up what is near to a path among ``paths``. The index is made at the first look-up, so that
    hundreds of them among tens of thousands of paths take no time to speak of.
    """

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = paths
        self._by_name: dict[str, list[str]] = {}  # file name in lower case -> paths
        self._by_part: dict[str, list[str]] = {}  # part of a stem -> file names in lower case
        self._searches = 0

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def to(self, path: str) -> list[str]:
        """The nearest to ``path``, at most 3: equal but for case, then of the same file name, then of a
        similar one, each time those in the nearest folders first. After a thousand look-ups, only the first.
        """
        if not self._by_name:
            self._make_index()
        path = path.strip()
        name = posixpath.basename(path).lower()
        namesakes = self._by_name.get(name, [])
        if same := [other for other in namesakes if other.lower() == path.lower()]:
            return same[:_OFFERED]
        self._searches += 1
        if self._searches > _SEARCHES:
            return []
        if namesakes:
            return _best((_nearness(path, other), other) for other in namesakes)
        extension = posixpath.splitext(name)[1]
        return _best(
            (
                likeness
                + 0.2 * (posixpath.splitext(similar)[1] == extension)
                + 0.2 * _nearness(path, other),
                other,
            )
            for likeness, similar in self._similar(name)
            for other in self._by_name[similar]
        )

    def _make_index(self) -> None:
        for path in self._paths:
            self._by_name.setdefault(posixpath.basename(path).lower(), []).append(path)
        for name in self._by_name:
            for part in _parts(name):
                self._by_part.setdefault(part, []).append(name)

    def _similar(self, name: str) -> list[tuple[float, str]]:
        """File names like ``name``, with how alike they are."""
        if len(name) > _LONGEST:
            return []
        wanted = _parts(name)
        shared = Counter[str]()
        bearers = sorted((self._by_part.get(part, []) for part in wanted), key=len)
        for names in bearers:  # the rarest parts say the most
            if shared.total() + len(names) > _COUNTED and shared:
                break
            shared.update(names)
        near = heapq.nlargest(
            _COMPARED, shared, key=lambda other: (shared[other] / (len(wanted) + len(other)), other)
        )
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(_stem(name))
        found: list[tuple[float, str]] = []
        for other in near:
            matcher.set_seq1(_stem(other))
            if (likeness := matcher.ratio()) >= _ALIKE:
                found.append((likeness, other))
        return found


def _stem(name: str) -> str:
    """``app`` of ``app.css`` and ``app.min.css``."""
    return posixpath.splitext(name)[0].removesuffix(".min")


def _parts(name: str) -> set[str]:
    """All runs of two characters in a file name's stem and at its ends."""
    stem = f" {_stem(name)} "
    return {stem[i : i + 2] for i in range(len(stem) - 1)}


def _nearness(path: str, other: str) -> float:
    """How many folders two paths share, from the top and from the bottom, as a part of all."""
    one, two = path.split("/")[:-1], other.split("/")[:-1]
    fewer = min(len(one), len(two))
    head = next((i for i in range(fewer) if one[i] != two[i]), fewer)
    tail = next((i for i in range(fewer - head) if one[-1 - i] != two[-1 - i]), fewer - head)
    return (head + tail) / max(len(one), len(two), 1)


def _best(scored: Iterable[tuple[float, str]]) -> list[str]:
    ranked = heapq.nsmallest(_OFFERED, ((-score, path) for score, path in scored))
    return [path for score, path in ranked if score <= ranked[0][0] + _MARGIN]
