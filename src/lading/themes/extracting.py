"""What pages share becomes one base template that they extend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Extraction:
    """The templates that changed, with the base; ``pages`` extend it; ``reason`` says why there is none."""

    templates: dict[str, bytes] = field(default_factory=dict[str, bytes])
    pages: list[str] = field(default_factory=list[str])
    name: str = ""
    blocks: tuple[str, ...] = ()
    reason: str = ""


def extract(templates: Mapping[str, bytes], base: str, name: str) -> Extraction:
    return Extraction(reason="not yet")
