"""Minifies JavaScript by esbuild, the program of the npm package of that name: many files in each call."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lading.references.js_lexer import Lexer

_BATCH_FILES: Final = 400  # names on one command line
_BATCH_BYTES: Final = 32 << 20
_TIMEOUT: Final = 300  # seconds for one call

_OPTIONS: Final = (
    "--minify",
    "--legal-comments=inline",
    "--sourcemap=external",
    "--charset=utf8",  # published scripts are served as UTF-8
    "--platform=neutral",  # "browser" would replace process.env.NODE_ENV
    "--tsconfig-raw={}",  # one in a folder above may ask for "use strict" or older syntax
    "--color=false",
    "--log-level=error",
    "--log-limit=1",
    "--outdir=.",  # beside the original, so that the sources of its map keep their names
    "--entry-names=[name].made",
)
# What esbuild writes because it is shorter, and browsers learnt one after the other: a script that
# has none of it must still run where it ran before. Each: how its use looks, and the features that are
# withheld from scripts with neither this nor anything newer. Withholding a feature that a script does
# not use changes nothing else.
_NEWER_SYNTAX: Final = (
    (re.compile(rb"\b(?:class|const|export|import|let)\b"), ("object-extensions",)),  # 2015
    (re.compile(rb"=>|`"), ("arrow", "template-literal")),  # 2015
    (re.compile(rb"\*\*"), ("exponent-operator",)),  # 2016
    (re.compile(rb"\bcatch\s*+\{"), ("optional-catch-binding",)),  # 2019
    (re.compile(rb"\?\?|\?\.(?!\d)"), ("nullish-coalescing", "optional-chain")),  # 2020
    (re.compile(rb"(?:\|\||&&|\?\?)="), ("logical-assignment",)),  # 2021
)
_MAP_COMMENT: Final = re.compile(r"//[#@][ \t]*sourceMappingURL=(data:)?")
_LOCATION: Final = re.compile(r"^\s+\S*?\d+\.js:(\d+):(\d+):", re.MULTILINE)
_SUMMARY: Final = re.compile(r"\[ERROR\] (.*)")


class Script(NamedTuple):
    """A script's text, and the source map it was made with (``None``: none)."""

    text: str
    source_map: bytes | None = None


class Made(NamedTuple):
    """A minified script and its source map, as of JSON, whose sources are those of the script's own map,
    or one that is ``None``: the script itself.
    """

    text: str
    source_map: dict[str, Any]


class Failure(NamedTuple):
    """Why a file could not be minified, with the line and column (from 1; 0: not known). ``passes`` says
    that it is no fault of the file: another time it may be minified.
    """

    message: str
    line: int = 0
    column: int = 0
    passes: bool = False


def minify(scripts: Mapping[str, Script], esbuild: str) -> dict[str, Made | Failure]:
    """The scripts minified, by the same keys: nothing bundled, no module format changed, no newer
    syntax than the script had, licence comments kept.
    """
    results: dict[str, Made | Failure] = {}
    groups: dict[tuple[str, ...], dict[str, Script]] = {}
    for key, script in scripts.items():
        groups.setdefault(_withheld(script.text.encode()), {})[key] = script
    for withheld, group in sorted(groups.items()):
        made = _run(group, withheld, esbuild)
        # Where a feature cannot be withheld, the script has it after all.
        again = {key: group[key] for key in group if withheld and isinstance(made[key], Failure)}
        results.update(made)
        results.update(_run(again, (), esbuild))
    return results


def _withheld(script: bytes) -> tuple[str, ...]:
    """The features newer than what a script uses."""
    withheld: list[str] = []
    for pattern, features in reversed(_NEWER_SYNTAX):
        if _is_in_code(script, pattern):
            break
        withheld.extend(features)
    return tuple(withheld)


def _is_in_code(script: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern occurs outside of comments, strings and regular expressions."""
    lexer = None
    for match in pattern.finditer(script):
        lexer = lexer or Lexer(script)
        if match[0] != b"`":
            found = lexer.reach(match.start())
        else:  # no code itself: a template begins there if the walk stops there
            found = not lexer.reaches_comment(match.start()) and lexer.end == match.start()
        if found:
            return True
    return False


def _run(
    scripts: Mapping[str, Script], withheld: Sequence[str], esbuild: str
) -> dict[str, Made | Failure]:
    results: dict[str, Made | Failure] = {}
    for batch in _batches(scripts):
        results.update(_run_batch(batch, scripts, withheld, esbuild))
    return results


def _batches(scripts: Mapping[str, Script]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for key, script in scripts.items():
        if batch and (len(batch) == _BATCH_FILES or size + len(script.text) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(key)
        size += len(script.text)
    if batch:
        yield batch


def _run_batch(
    keys: Sequence[str], scripts: Mapping[str, Script], withheld: Sequence[str], esbuild: str
) -> dict[str, Made | Failure]:
    """One call; where it fails, which it does as a whole, one for each half, down to the culprits."""
    made = _call([scripts[key] for key in keys], withheld, esbuild)
    if not isinstance(made, Failure):
        return dict(zip(keys, made, strict=True))
    if len(keys) == 1:
        return {keys[0]: made}
    half = len(keys) // 2
    return {
        **_run_batch(keys[:half], scripts, withheld, esbuild),
        **_run_batch(keys[half:], scripts, withheld, esbuild),
    }


def _call(scripts: Sequence[Script], withheld: Sequence[str], esbuild: str) -> list[Made] | Failure:
    with tempfile.TemporaryDirectory(prefix="lading-") as folder:
        for number, script in enumerate(scripts):
            _stage(os.path.join(folder, f"{number}.js"), script)
        names = [f"{number}.js" for number in range(len(scripts))]
        features = [f"--supported:{feature}=false" for feature in withheld]
        try:
            run = subprocess.run(  # noqa: S603 - the program that ``find`` found, and names of ours
                [esbuild, *_OPTIONS, *features, *names],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIMEOUT,
                check=False,
            )
            if run.returncode != 0:
                return _failure(run.stderr)
            return [_collect(folder, number) for number in range(len(scripts))]
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            return Failure(f"esbuild failed: {error}", passes=True)


def _stage(path: str, script: Script) -> None:
    text = script.text
    comments = list(_MAP_COMMENT.finditer(text))
    # esbuild follows the last of these comments, wherever it points to; so it points to our file, or
    # to none, unless the map is in the comment.
    if script.source_map is not None or not (comments and comments[-1][1]):
        text += f"\n//# sourceMappingURL={os.path.basename(path)}.map\n"
    if script.source_map is not None:
        with open(f"{path}.map", "wb") as file:
            file.write(script.source_map)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _collect(folder: str, number: int) -> Made:
    made = os.path.join(folder, f"{number}.made.js")
    with open(made, encoding="utf-8", newline="") as file:
        text = file.read()
    with open(f"{made}.map", "rb") as file:
        source_map: dict[str, Any] = json.load(file)
    # Without a map of its own, the source is the name we staged it under.
    if source_map["sources"] == [f"{number}.js"]:
        source_map["sources"] = [None]
    return Made(text, source_map)


def _failure(stderr: str) -> Failure:
    summary, location = _SUMMARY.search(stderr), _LOCATION.search(stderr)
    if summary is None:
        return Failure(stderr.strip()[:200] or "esbuild failed without a word", passes=True)
    if location is None:
        return Failure(summary[1])
    return Failure(summary[1], int(location[1]), int(location[2]) + 1)
