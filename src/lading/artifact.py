"""An artifact is one published file: where it goes, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lading.asset import Asset
from lading.findings import Finding

if TYPE_CHECKING:  # the lexers are not loaded by a run that finds nothing changed
    from lading.recipes import Recipe
    from lading.references.reference import Reference

Edit = tuple["Reference", str]
"""A reference in an asset's content, and the URL to write in its place."""


class Artifact(NamedTuple):
    """``path`` is the published path, ``asset`` the source file. ``sha256`` (64 hex digits) is of the
    published content; ``""`` means that of the asset, not read yet. ``edits`` are what rewriting puts
    into the asset's content.
    """

    path: str
    asset: Asset
    sha256: str = ""
    edits: Sequence[Edit] = ()

    @property
    def size(self) -> int:
        """The size of the source in bytes (rewriting changes it but little)."""
        return self.asset.size

    @property
    def is_original(self) -> bool:
        """True under the logical path, with the source's own content."""
        return self.path == self.asset.path


@dataclass(slots=True)
class Names:
    """All names of a release. ``paths`` maps logical to published paths; ``artifacts`` are all that is
    to be published, in path order; ``finished`` the logical paths whose own names hold a content hash;
    ``recipes`` say, by logical path, how the name of each file with references came about; ``modules``
    which modules each file imports.
    """

    paths: dict[str, str] = field(default_factory=dict[str, str])
    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    finished: set[str] = field(default_factory=set[str])
    recipes: dict[str, Recipe] = field(default_factory=dict[str, "Recipe"])
    modules: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    findings: list[Finding] = field(default_factory=list[Finding])
