"""An explanation: all that is known of one file, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from lading.explain.referrers import Referrer
from lading.policy import Headers
from lading.search import Hit


@dataclass(frozen=True, slots=True)
class Published:
    """One name that a file is published under. ``size`` in bytes; ``encodings`` are the sizes of its
    variants by content coding; ``releases`` the kept releases that publish it, newest first.
    """

    path: str
    url: str
    size: int
    sha256: str
    is_immutable: bool
    encodings: dict[str, int]
    releases: list[int]


@dataclass(slots=True)
class Explanation:
    """All that is known of what was asked about. ``path`` is the logical path (``""``: it has none), ``url``
    the URL that pages should use. ``sources`` are the files that sources ship for it, the winner first, by
    the rule ``policy``. ``headers`` are those of a whole answer. ``facts`` are further ones, each with its
    label. ``problems`` say why it is not served, ``notes`` what else to know.
    """

    asked: str
    path: str = ""
    url: str = ""
    policy: str = ""
    sources: list[Hit] = field(default_factory=list[Hit])
    published: list[Published] = field(default_factory=list[Published])
    headers: Headers = ()
    referrers: list[Referrer] = field(default_factory=list[Referrer])
    facts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    problems: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    @property
    def is_found(self) -> bool:
        return not self.problems
