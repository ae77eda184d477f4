"""Each setting of another tool and what it is with Lading, or why it is nothing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast


@dataclass(frozen=True, slots=True)
class Lading:
    """A key of the dictionary ``LADING``; its value is the ``source`` of the old one or, without that, a
    ``value``.
    """

    key: str
    source: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the storage."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class RootFolder:
    """A folder whose files answer at the root of the site, by the ``source`` of its path."""

    source: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing: the setting can go, for the reason given."""

    why: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person has to decide: the reason, and the line to write."""

    why: str
    write: str


Equivalent = Lading | Option | RootFolder | Dropped | ByHand
Translate = Callable[[ast.expr, str], Equivalent]
"""The equivalent of a setting by its value, as a tree and as source."""


def equivalent(name: str, value: ast.expr, source: str) -> Equivalent | None:
    """``None`` for a name that the tool does not know."""
    translate = TABLE.get(_canonical(name))
    return None if translate is None else translate(value, source)


def _canonical(name: str) -> str:
    return name.replace("COLLECTFAST_", "COLLECTFASTA_")


def _dropped(why: str) -> Translate:
    return lambda value, source: Dropped(why)


def _by_hand(why: str, write: str) -> Translate:
    return lambda value, source: ByHand(why, write)


def literal(value: ast.expr) -> Any:
    """The value of what is written out, else ``Ellipsis`` (which no setting is)."""
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return ...


def _when(cases: Mapping[Any, Equivalent], otherwise: ByHand) -> Translate:
    """An equivalent for each value that may be written out."""

    def translate(value: ast.expr, source: str) -> Equivalent:
        known = literal(value)
        return cases.get(known, otherwise) if isinstance(known, bool) else otherwise

    return translate


def _max_age(value: ast.expr, source: str) -> Equivalent:
    if literal(value) is None:
        return ByHand(
            "without Cache-Control, browsers guess for how long they keep a file",
            'LADING = {"MAX_AGE": 60}  # seconds',
        )
    return Lading("MAX_AGE", source)


def _media_types(value: ast.expr, source: str) -> Equivalent:
    table = _texts_by_text(literal(value))
    if table and all(name.startswith(".") for name in table):
        headers = {f"*{name}": {"Content-Type": kind} for name, kind in table.items()}
        return Lading("HEADERS", value=headers)
    return ByHand(
        "media types by a table that is not made of endings and types written out",
        'LADING = {"HEADERS": {"*.ending": {"Content-Type": "type/subtype"}}}',
    )


def _texts_by_text(value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    table = cast("dict[Any, Any]", value)
    is_of_texts = all(isinstance(part, str) for pair in table.items() for part in pair)
    return cast("dict[str, str]", table) if is_of_texts else None


def _charset(value: ast.expr, source: str) -> Equivalent:
    if str(literal(value)).lower() in ("utf-8", "utf8"):
        return Dropped("texts are UTF-8 always")
    return ByHand(
        "Lading says UTF-8 for each type of text",
        f'LADING = {{"HEADERS": {{"*.css": {{"Content-Type": "text/css; charset=" + {source}}}}}}}',
    )


def _root(value: ast.expr, source: str) -> Equivalent:
    match literal(value):
        case None | "":
            return Dropped("no folder was served at the root of the site")
        case str() | builtins.Ellipsis:
            return RootFolder(source)
        case _:
            return ByHand("its value is no folder", 'LADING = {"SITE_ROOT": "root"}')


def _index(value: ast.expr, source: str) -> Equivalent:
    match literal(value):
        case True:
            return Lading("INDEX", value="index.html")
        case None | False | "":
            return Dropped("folders have no URL, by default")
        case str():
            return Lading("INDEX", source)
        case _:
            return ByHand(_BOOLEAN, 'LADING = {"INDEX": "index.html"}')


def _skipped_extensions(value: ast.expr, source: str) -> Equivalent:
    known = literal(value)
    if isinstance(known, list | tuple | set):
        endings = list(cast("list[Any] | tuple[Any, ...] | set[Any]", known))
        if all(isinstance(ending, str) for ending in endings):
            texts = sorted(endings) if isinstance(known, set) else endings
            return Option("pack", {"exclude": [f"*.{ending.lstrip('.')}" for ending in texts]})
    return ByHand(
        "what is compressed already is found by trying; what else to leave out are patterns",
        '"OPTIONS": {"pack": {"exclude": ["*.ending"]}}  # of STORAGES["staticfiles"]',
    )


def _level(value: ast.expr, source: str) -> Equivalent:
    return ByHand(
        "levels are given for best, good and fast effort, and Zstandard only where it is asked for",
        f'"OPTIONS": {{"pack": {{"levels": {{"zstd": [{source}, {source}, 3]}}}}}}  '
        '# and "zstd" in "encodings"',
    )


_DEVELOPMENT = "in development files come from their sources at each request, in production never"
_BOOLEAN = "its value is not written out"

_SERVING: Final[dict[str, Translate]] = {
    "AUTOREFRESH": _dropped(_DEVELOPMENT),
    "USE_FINDERS": _dropped(_DEVELOPMENT),
    "MAX_AGE": _max_age,
    "ALLOW_ALL_ORIGINS": _when(
        {True: Lading("ORIGINS", value="all"), False: Lading("ORIGINS", value="none")},
        ByHand(_BOOLEAN, 'LADING = {"ORIGINS": "all"}  # or "needed", or "none"'),
    ),
    "CHARSET": _charset,
    "MIMETYPES": _media_types,
    "ADD_HEADERS_FUNCTION": _by_hand(
        "headers are data, by pattern of the published path",
        'LADING = {"HEADERS": {"*.pdf": {"X-Robots-Tag": "noindex"}}}',
    ),
    "INDEX_FILE": _index,
    "IMMUTABLE_FILE_TEST": _by_hand(
        "the manifest knows its own hashed names; those that a bundler made are given by patterns",
        '"OPTIONS": {"finished": ["dist/assets/*"]}  # of STORAGES["staticfiles"]',
    ),
    "STATIC_PREFIX": _by_hand(
        "files are served below the path of STATIC_URL",
        "STATIC_URL with that path",
    ),
    "ROOT": _root,
    "SKIP_COMPRESS_EXTENSIONS": _skipped_extensions,
    "KEEP_ONLY_HASHED_FILES": _when(
        {
            True: Option("originals", False),
            False: Dropped("plain names are published too, by default"),
        },
        ByHand(_BOOLEAN, '"OPTIONS": {"originals": …}  # of STORAGES["staticfiles"]'),
    ),
    "MANIFEST_STRICT": _when(
        {
            False: Option("missing", "plain"),
            True: Dropped("a path that the manifest does not list is an error, by default"),
        },
        ByHand(_BOOLEAN, '"OPTIONS": {"missing": "plain"}  # of STORAGES["staticfiles"]'),
    ),
}

_ENCODED: Final = Dropped("Brotli and gzip variants are made, by default")
_ENCODINGS: Final = '"OPTIONS": {"encodings": ["br", "gzip", "zstd"]}  # of STORAGES["staticfiles"]'

_OF_SERVESTATIC: Final[dict[str, Translate]] = {
    "USE_MANIFEST": _dropped("what is served is what the manifest lists"),
    "USE_STATIC_ROOT": _dropped("what is served is what the manifest lists"),
    "USE_GZIP": _when(
        {True: _ENCODED, False: Option("encodings", ["br"])}, ByHand(_BOOLEAN, _ENCODINGS)
    ),
    "USE_BROTLI": _when(
        {True: _ENCODED, False: Option("encodings", ["gzip"])}, ByHand(_BOOLEAN, _ENCODINGS)
    ),
    "USE_ZSTD": _when(
        {False: _ENCODED}, ByHand("Zstandard needs pip install 'lading[zstd]'", _ENCODINGS)
    ),
    "ZSTD_LEVEL": _level,
    "ZSTD_DICTIONARY": _dropped("browsers have no dictionary, so variants are made without one"),
    "ZSTD_DICTIONARY_IS_RAW": _dropped("variants are made without a dictionary"),
    "MINIFY": _when(
        {False: Dropped("nothing is minified, by default")},
        ByHand(
            "minifying needs pip install 'lading[minify]', and esbuild for JavaScript",
            '"OPTIONS": {"minify": ["css", "js"]}  # of STORAGES["staticfiles"]',
        ),
    ),
    "ALLOW_UNSAFE_SYMLINKS": _dropped(
        "links in sources are followed by collectstatic; published files are no links"
    ),
}

_UPLOADS = "collectstatic itself compares contents, by what the storage lists and by its own record"


def _threads(value: ast.expr, source: str) -> Equivalent:
    known = literal(value)
    if isinstance(known, int):
        if known < 1:
            return Dropped("several files are saved at once, by default")
        return Lading("STORAGE_THREADS", source)
    return ByHand("its value is not written out", 'LADING = {"STORAGE_THREADS": 16}')


_OF_COLLECTFASTA: Final[dict[str, Translate]] = {
    "STRATEGY": _dropped(_UPLOADS),
    "CACHE": _dropped(_UPLOADS),
    "CACHE_KEY_PREFIX": _dropped(_UPLOADS),
    "THREADS": _threads,
    "DEBUG": _dropped("errors are never swallowed"),
    "ENABLED": _dropped("there is nothing to turn off"),
}

TABLE: Final[dict[str, Translate]] = {
    **{
        f"{prefix}{name}": translate
        for prefix in ("WHITENOISE_", "SERVESTATIC_")
        for name, translate in _SERVING.items()
    },
    **{f"SERVESTATIC_{name}": translate for name, translate in _OF_SERVESTATIC.items()},
    **{f"COLLECTFASTA_{name}": translate for name, translate in _OF_COLLECTFASTA.items()},
}
"""Every setting of the tools, by its name."""


def enhanced_option(key: str, value: ast.expr) -> Equivalent | None:
    """The equivalent of an option of ManifestStaticFilesStorage-Enhanced; ``None`` for one of Django's, which
    stays as it is.
    """
    known = literal(value)
    by_hand = ByHand(_BOOLEAN, f'"{_RENAMED[key]}": …') if key in _RENAMED else None
    match key:
        case "keep_original_files":
            return Option("originals", known) if isinstance(known, bool) else by_hand
        case "manifest_strict" if known is True:
            return Dropped("a path that the manifest does not list is an error, by default")
        case "manifest_strict":
            return Option("missing", "plain") if known is False else by_hand
        case "support_js_module_import_aggregation" | "use_lexer":
            return Dropped("CSS and JavaScript are read by lexers, and imports named, always")
        case "sourcemap_strict" if known is False:
            return Dropped("a missing source map is a note or a warning, by default")
        case "sourcemap_strict":
            return ByHand(
                "findings are graded in LADING",
                'LADING = {"SEVERITIES": {"missing-source-map": "error"}}',
            )
        case "ignore_errors":
            return ByHand(
                "findings are graded by kind and owner, in LADING",
                'LADING = {"SEVERITIES": {"missing-reference": "warning"}}',
            )
        case "prehashed":
            return ByHand(
                "files that a bundler has named by content are given by patterns",
                '"finished": ["dist/assets/*"]',
            )
        case "manifest_name":
            return ByHand(
                "the manifest's name is that of a subclass",
                "class Release(lading.django.storage.StaticStorage): manifest_name = …",
            )
        case _:
            return None


_RENAMED: Final = {"keep_original_files": "originals", "manifest_strict": "missing"}
