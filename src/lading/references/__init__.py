"""References: the places in one file's bytes that name other files. Found, resolved and rewritten; no I/O."""

from lading.references.finder import carries, find
from lading.references.lines import Lines
from lading.references.reference import DEPENDENCY_KINDS, MODULE_KINDS, Kind, Notation, Reference
from lading.references.rewrite import rewrite
from lading.references.urls import Outside, Target, link, resolve

__all__ = [
    "DEPENDENCY_KINDS",
    "MODULE_KINDS",
    "Kind",
    "Lines",
    "Notation",
    "Outside",
    "Reference",
    "Target",
    "carries",
    "find",
    "link",
    "resolve",
    "rewrite",
]
