"""Where uploads are, by the settings of a project."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Uploads:
    """URL (or its path) and folder of uploads. ``private``: only some visitors may read them."""

    url: str
    root: str
    private: bool = False
