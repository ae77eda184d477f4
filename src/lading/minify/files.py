"""Files in, smaller files out: what can be minified is, once for each content, and maps to its source."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote

from lading.blobs import Blob, Dropped
from lading.cache import Cache
from lading.digests import hash_bytes
from lading.minify import css, javascript, sourcemaps
from lading.minify.javascript import Failure, Script
from lading.minify.kinds import Kind, is_minified, kind_of
from lading.minify.tools import Tools

FORMAT: Final = "lading minified 2"
"""Changes when the same file would be minified otherwise than before, by the same tool."""

_LINK: Final[dict[Kind, str]] = {
    "css": "/*# sourceMappingURL={} */\n",
    "js": "//# sourceMappingURL={}\n",
}
# esbuild knows of maps inside of scripts; this is for style sheets.
_INLINE_MAP: Final = re.compile(
    r"/\*[#@][ \t]*+sourceMappingURL=data:application/json(?:;charset=[\w-]++)?;base64,"
    r"([A-Za-z0-9+/=]++)[ \t]*+\*/\s*+\Z",
    re.IGNORECASE,
)


class Original(NamedTuple):
    """A file that may be minified: its logical path, content, and the source map it was made with, if it
    has one beside it.
    """

    path: str
    content: bytes
    source_map: bytes | None = None


class Made(NamedTuple):
    """What was made of a file: the key of both contents in the build cache, the digests (``"<sha256>
    <md5>"``) and sizes (in bytes) of the minified file and of its source map, to which its last line
    points by the name of the file and ``.map``.
    """

    key: str
    content: str
    size: int
    map_content: str
    map_size: int


Outcome = Made | Failure | None
"""``None``: the file is published as it is, being minified already, or not smaller once it is."""

_Texts = dict[str, "tuple[str, bytes] | Failure"]
"""By path the minified text with its map, or why there is none."""


def minify(originals: Iterable[Original], tools: Tools, cache: Cache) -> dict[str, Outcome]:
    """Minify files of the kinds that can be, unless the cache has them; the outcomes by path.

    Raises ``MissingExtraError`` without rcssmin, and ``ConfigError`` without esbuild, if there is
    something for them to do.
    """
    outcomes: dict[str, Outcome] = {}
    chosen: dict[Kind, list[Original]] = {"css": [], "js": []}
    for original in originals:
        kind = kind_of(original.path)
        outcomes[original.path] = None
        if kind is not None and not is_minified(original.path, original.content):
            chosen[kind].append(original)
    for kind, wanted in chosen.items():
        if wanted:
            outcomes.update(_minify_kind(kind, wanted, tools, cache))
    return outcomes


def read(cache: Cache, key: str) -> tuple[bytes, bytes] | Failure | None:
    """The minified content and its map that the cache holds under a ``Made.key``, a failure that it
    remembers instead, or ``None``.
    """
    entry = cache.get(key)
    return _load(entry) if isinstance(entry, Blob) else None


def _load(entry: Blob) -> tuple[bytes, bytes] | Failure | None:
    try:
        with open(entry.path, "rb") as file:
            head: Any = json.loads(file.readline())
            if isinstance(head, list):
                return Failure(*cast("list[Any]", head))
            return file.read(head), file.read()
    except FileNotFoundError:
        return None  # another process pruned it


def _minify_kind(
    kind: Kind, originals: Iterable[Original], tools: Tools, cache: Cache
) -> dict[str, Outcome]:
    version = tools.version(kind)
    outcomes: dict[str, Outcome] = {}
    todo: dict[str, tuple[Original, str]] = {}
    scripts: dict[str, Script] = {}
    for original in originals:
        key = _key(original, version)
        entry = cache.get(key)
        if isinstance(entry, Dropped):
            outcomes[original.path] = None
            continue
        found = None if entry is None else _load(entry)
        if found is not None:
            outcomes[original.path] = found if isinstance(found, Failure) else _made(key, *found)
            continue
        try:
            scripts[original.path] = Script(original.content.decode(), _readable(original))
        except UnicodeDecodeError:
            outcomes[original.path] = Failure("it is not UTF-8")
        else:
            todo[original.path] = original, key
    if scripts:
        made = _minify_css(scripts) if kind == "css" else _minify_js(scripts, tools.esbuild)
        for path, result in made.items():
            outcomes[path] = _keep(kind, *todo[path], result, cache)
    return outcomes


def _keep(
    kind: Kind, original: Original, key: str, result: tuple[str, bytes] | Failure, cache: Cache
) -> Outcome:
    if isinstance(result, Failure):
        if not result.passes:
            head = f"{json.dumps(result)}\n".encode()
            cache.put(key, lambda file: file.write(head))
        return result
    text, source_map = result
    link = _LINK[kind].format(quote(f"{posixpath.basename(original.path)}.map"))
    content = f"{text.rstrip()}\n{link}".encode()
    if len(content) >= len(original.content):
        cache.drop(key, len(content))
        return None
    parts = (f"{len(content)}\n".encode(), content, source_map)
    cache.put(key, lambda file: file.writelines(parts))
    return _made(key, content, source_map)


def _made(key: str, content: bytes, source_map: bytes) -> Made:
    return Made(key, hash_bytes(content), len(content), hash_bytes(source_map), len(source_map))


def _key(original: Original, version: str) -> str:
    text = f"{FORMAT}\n{version}\n{original.path}\n"
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape"))
    for part in (original.content, original.source_map or b""):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _readable(original: Original) -> bytes | None:
    """The map that leads to what the file was made from, if it leads anywhere."""
    earlier = original.source_map
    return earlier if earlier is not None and sourcemaps.is_readable(earlier) else None


def _minify_css(scripts: dict[str, Script]) -> _Texts:
    made: _Texts = {}
    for path, (text, earlier) in scripts.items():
        try:
            small, lines = css.minify(text)
        except ValueError as error:
            made[path] = Failure(str(error))
            continue
        if inner := earlier or _inline_map(text):
            made[path] = small, sourcemaps.chain(lines, inner)
        else:
            made[path] = small, sourcemaps.dump(lines, [_source(path)], [text])
    return made


def _inline_map(text: str) -> bytes | None:
    """The source map that a style sheet holds itself, at its end."""
    found = _INLINE_MAP.search(text, max(0, text.rfind("/*")))
    if found is None:
        return None
    try:
        data = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        return None
    return data if sourcemaps.is_readable(data) else None


def _minify_js(scripts: dict[str, Script], esbuild: str) -> _Texts:
    made: _Texts = {}
    for path, outcome in javascript.minify(scripts, esbuild).items():
        if isinstance(outcome, Failure):
            made[path] = outcome
            continue
        source_map = outcome.source_map
        if source_map["sources"] == [None]:
            source_map.update(sources=[_source(path)], sourcesContent=[scripts[path].text])
        made[path] = outcome.text, sourcemaps.to_json(source_map)
    return made


def _source(path: str) -> str:
    """What a debugger calls the original: no address, for it is published nowhere but in the map."""
    return f"lading:///{quote(path)}"
