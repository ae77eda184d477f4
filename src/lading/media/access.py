"""What a project's access hook may answer beside yes and no."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """Yes, and how. ``public``: anybody may read it, so caches may keep it. ``filename``: what browsers save
    it as, ``""``: as the URL ends. ``download``: it is saved, whatever it is.
    """

    public: bool = False
    filename: str = ""
    download: bool = False
