"""Which files are packed, how hard, and when a variant is worth having: pure decisions, no I/O."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, Literal, cast

from lading.encoders import LEVELS, Coding, Recipe
from lading.errors import ConfigError
from lading.makers import is_for_makers

Effort = Literal["best", "good", "fast", "none"]
"""``best`` for what browsers fetch, ``good`` for large files among it, ``fast`` for what people rarely
fetch, ``none`` for what is compressed.
"""

PACKET: Final = 1400
"""Bytes of content in one packet: an Ethernet frame's 1,500 less the headers of IP, TCP, TLS and HTTP/2."""

Levels = tuple[int, int, int]
"""The level for ``best``, for ``good`` and for ``fast``."""

DEFAULT_LEVELS: Final[dict[Coding, Levels]] = {
    "br": (11, 10, 5),
    "gzip": (9, 9, 6),
    "zstd": (19, 19, 3),
}
"""By coding; docs/packing.md has the measurements."""

_NUMBERS: Final = ("minimum_packets", "minimum_size", "maximum_size", "best_up_to", "good_up_to")
_INDEX: Final = {"best": 0, "good": 1, "fast": 2}
_MIB: Final = 1 << 20

# Compressed by their own format.
_COMPRESSED_EXTENSIONS: Final = """
    3gp 7z aac apk apng avi avif br bz2 crx deb dmg docx epub flac flv gif gz heic jar jpeg jpg jxl lz4 lzma
    m4a m4v mkv mov mp3 mp4 mpeg mpg odp ods odt oga ogg ogv opus pdf png pptx rar rpm svgz swf tbz tgz
    weba webm webp whl wma wmv woff woff2 xlsx xpi xz zip zst
"""
# Fetched by pages: documents, styles, scripts, data, fonts that gain, 3D models, shaders, maps.
_FETCHED_EXTENSIONS: Final = """
    appcache arrow atom bcmap bin bmp cjs css csv cur dds dxf ejs eot fbx frag ftl geojson glb glsl gltf
    gpx hbs hdr htm html icc ico ics js json jsonld kml ktx manifest mid mjs mtl mustache mvt obj onnx otf
    pbf pfb ply properties rss shp srt stl svg tflite tmpl topojson tsv ttc ttf vert vtt wasm webmanifest
    wgsl xhtml xml xsl xslt
"""
_COMPRESSED: Final = frozenset(_COMPRESSED_EXTENSIONS.split())
_FETCHED: Final = frozenset(_FETCHED_EXTENSIONS.split())


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are packed. Sizes are bytes.

    ``encodings``: the codings to make, none of them to pack nothing.
    ``levels``: by coding, the levels for ``best``, ``good`` and ``fast``.
    ``minimum_saving``, ``minimum_packets``: a variant is kept if it saves at least this fraction of the
    file and this many packets of ``PACKET`` bytes; 0 packets leaves the fraction to decide alone.
    ``minimum_size``, ``maximum_size``: smaller and larger files are not tried.
    ``best_up_to``, ``good_up_to``: larger files get the good level, and the fast one.
    ``best``, ``fast``, ``exclude``: patterns of published paths that override the effort by type, and
    ``best_up_to``; shell globs, case-sensitive, ``*`` matches ``/`` too; ``exclude`` wins over ``best``
    over ``fast``.

    Raises ``ConfigError``.
    """

    encodings: tuple[Coding, ...] = ("br", "gzip")
    levels: Mapping[Coding, Levels] = field(default_factory=lambda: dict(DEFAULT_LEVELS))
    minimum_saving: float = 0.05
    minimum_packets: int = 0
    minimum_size: int = 0
    maximum_size: int = 1024 * _MIB
    best_up_to: int = _MIB
    good_up_to: int = 32 * _MIB
    best: tuple[str, ...] = ()
    fast: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for coding in self.encodings:
            if coding not in LEVELS:
                raise _invalid(
                    "encodings", f"knows no {coding!r}", f"Choose from {_names(LEVELS)}."
                )
        if len(set(self.encodings)) < len(self.encodings):
            raise _invalid("encodings", "names a coding twice", "Name each coding once.")
        for coding, levels in self.levels.items():
            if coding not in LEVELS:
                raise _invalid("levels", f"knows no {coding!r}", f"Choose from {_names(LEVELS)}.")
            _check_levels(coding, levels)
        saving: Any = self.minimum_saving
        if not isinstance(saving, (int, float)) or not 0 <= saving < 1:
            raise _invalid(
                "minimum_saving",
                f"is {saving!r}",
                "Give a fraction of the file's size, from 0 to less than 1.",
            )
        for name in _NUMBERS:
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise _invalid(name, f"is {value!r}", "Give a whole number, 0 or more.")
        for name in ("best", "fast", "exclude"):
            value = getattr(self, name)
            if not isinstance(value, tuple) or not all(isinstance(x, str) for x in value):  # pyright: ignore[reportUnknownVariableType]
                raise _invalid(name, f"is {value!r}", "Give a tuple of patterns.")


def effort(path: str, size: int, settings: Settings, *, is_superseded: bool = False) -> Effort:
    """How hard to pack the file of a published path and size (bytes). ``is_superseded``: pages ask for it
    under another name, where it has another content, such as a style sheet whose references were rewritten.
    """
    if not max(settings.minimum_size, 1) <= size <= settings.maximum_size:
        return "none"
    # Even if nothing were left of it, so few packets cannot be saved.
    if packets(size) <= settings.minimum_packets:
        return "none"
    wished = _by_pattern(path, settings)
    chosen = wished or _by_name(path, is_superseded=is_superseded)
    if chosen != "best":
        return chosen
    if size > settings.good_up_to:
        return "fast"
    return "best" if wished or size <= settings.best_up_to else "good"


def recipes(
    path: str, size: int, settings: Settings, *, is_superseded: bool = False
) -> tuple[Recipe, ...]:
    """The encodings to try for a file, by ``effort``, in the order of the setting."""
    chosen = effort(path, size, settings, is_superseded=is_superseded)
    if chosen == "none":
        return ()
    levels = {**DEFAULT_LEVELS, **settings.levels}
    return tuple(Recipe(coding, levels[coding][_INDEX[chosen]]) for coding in settings.encodings)


def worth(size: int, encoded: int, settings: Settings) -> bool:
    """Whether a variant of ``encoded`` bytes is clearly smaller than the ``size`` bytes it encodes."""
    return (
        encoded < size
        and size - encoded >= settings.minimum_saving * size
        and packets(size) - packets(encoded) >= settings.minimum_packets
    )


def packets(size: int) -> int:
    """The packets that carry ``size`` bytes of content."""
    return -(-size // PACKET)


def _by_pattern(path: str, settings: Settings) -> Effort | None:
    choices: tuple[tuple[tuple[str, ...], Effort], ...] = (
        (settings.exclude, "none"),
        (settings.best, "best"),
        (settings.fast, "fast"),
    )
    for patterns, chosen in choices:
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            return chosen
    return None


def _by_name(path: str, *, is_superseded: bool) -> Effort:
    name = posixpath.basename(path).lower()
    extension = posixpath.splitext(name)[1][1:]
    if extension in _COMPRESSED:
        return "none"
    if extension not in _FETCHED or is_for_makers(name) or is_superseded:
        return "fast"
    return "best"


def _check_levels(coding: Coding, levels: Any) -> None:
    allowed = LEVELS[coding]
    given = list(cast("tuple[Any, ...]", levels)) if isinstance(levels, (list, tuple)) else []
    if len(given) != len(_INDEX) or any(isinstance(x, bool) or x not in allowed for x in given):
        raise _invalid(
            f"levels[{coding!r}]",
            f"is {levels!r}",
            "Give three levels, for best, good and fast effort, "
            f"from {allowed[0]} to {allowed[-1]}.",
        )


def _invalid(name: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"The setting {name!r} {what}.", where=f"packing.{name}", remedy=remedy)


def _names(values: Mapping[Coding, object]) -> str:
    return ", ".join(repr(value) for value in values)
