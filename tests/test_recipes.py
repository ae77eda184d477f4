"""Runs on top of earlier ones publish what a run from scratch does, whatever was edited between."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lading import build
from lading.config import Config
from lading.encoders import SUFFIXES
from lading.errors import FindingsError
from lading.findings import Finding, Severity
from lading.lookup import JsModule
from lading.rules import DEFAULT_IGNORE, Rules
from lading.sources import FolderSource
from lading.targets.folder import FolderTarget
from sites_of_folders import read, write

# Names near each other in every way that matters: extensions, folders, names of variants.
PATHS = (
    "a.css", "b.css", "c/d.css", "c/e.css", "a.js", "b.js", "c/d.js", "e.mjs",
    "p.png", "c/q.png", "s.svg", "ed/x.js", "ed/y.css", "ed/sub/z.js",
    "a.css.gz", "b.js.br", "index-BX3k9d2f.js", "manifest.json", "c/a.css", "staticfiles.json",
)  # fmt: skip
ALSO_NAMED = ("missing.png", "../up.png")

paths = st.sampled_from(PATHS)
named = st.sampled_from(PATHS + ALSO_NAMED)
contents = st.tuples(
    st.lists(named, max_size=3), st.sampled_from(["", "1", "2" * 3000, "x" * 4000])
)


def content(path: str, names: list[str], salt: str) -> str:
    """A file of this name that refers to others, by relative and absolute URLs."""
    way = "../" * path.count("/")
    lines: list[str] = []
    for number, name in enumerate(names):
        url = f"/static/{name}" if number == 1 else f"{way or './'}{name}"
        if path.endswith(".css"):
            lines.append(f'@import "{url}";' if name.endswith(".css") else f"a{{b:url({url}#x)}}")
        elif path.endswith(".svg"):
            lines.append(f'<svg><use href="{url}#a"/></svg>')
        elif path == "manifest.json":
            lines.append(json.dumps({"x": {"file": name}}))
        elif name.endswith("js") and number != 2:
            lines.append(f'import "{url}";')
        else:
            lines.append(f'new URL("{url}", import.meta.url);')
    if path == "manifest.json":
        return lines[0] if lines else "{}"
    return "\n".join([*lines, f"/*{salt}*/"])


edits = st.one_of(
    st.tuples(st.just("write"), paths, contents),
    st.tuples(st.just("write"), paths, contents),
    st.tuples(st.just("overlay"), paths, contents),
    st.tuples(st.just("bundle"), paths),
    st.tuples(st.just("delete"), paths),
    st.tuples(st.just("rename"), paths, paths),
    st.tuples(st.just("lose"), st.integers(0, 999)),
    st.tuples(st.just("change"), st.integers(0, 999)),
    st.tuples(
        st.just("damage"),
        st.sampled_from(["ledger", "recipes", "findings", "variants", "snapshot", "releases/*", "*"]),
        st.sampled_from(["delete", "garbage", "truncate", "halve"]),
    ),
    st.tuples(st.just("set"), st.just("originals"), st.booleans()),
    st.tuples(st.just("set"), st.just("names"), st.sampled_from(["plain", "hashed"])),
    st.tuples(st.just("set"), st.just("module_imports"), st.sampled_from(["rewrite", "importmap"])),
    st.tuples(st.just("set"), st.just("finished"), st.sampled_from([(), ("*.png",), ("c/*",)])),
    st.tuples(st.just("set"), st.just("folders"), st.sampled_from([(), ("ed",), ("c", "ed")])),
    st.tuples(st.just("set"), st.just("static_url"), st.sampled_from(["/static/", "/s/"])),
    st.tuples(st.just("set"), st.just("manifest"), st.sampled_from(["staticfiles.json", "m.json"])),
    st.tuples(st.just("set"), st.just("encodings"), st.sampled_from([(), ("gzip",), ("gzip", "br")])),
    st.tuples(st.just("set"), st.just("collisions"), st.sampled_from(["first", "last"])),
    st.tuples(st.just("set"), st.just("minify"), st.sampled_from([(), ("css",)])),
    st.tuples(st.just("set"), st.just("js_module"), st.sampled_from([None, JsModule("urls.js", ("c/*",))])),
    st.tuples(st.just("wait")),
    st.tuples(st.just("wait")),
)  # fmt: skip


class History:
    """A site whose sources are edited, collected after each edit into one target that stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = [
            FolderSource(str(folder / "over"), "over", rules=Rules(DEFAULT_IGNORE)),
            FolderSource(str(folder / "src"), "src", rules=Rules(DEFAULT_IGNORE)),
        ]
        for source in self.sources:
            os.makedirs(source.location)
        self.settings: dict[str, Any] = {"encodings": ("gzip",)}
        self.fresh = itertools.count()

    def edit(self, kind: str, *how: Any) -> None:
        getattr(self, f"_{kind}")(*how)

    def _write(self, path: str, made_of: tuple[list[str], str], below: str = "src") -> None:
        write(self.folder / below, {path: content(path, *made_of)})

    def _overlay(self, path: str, made_of: tuple[list[str], str]) -> None:
        self._write(path, made_of, "over")

    def _bundle(self, path: str) -> None:
        write(self.folder / "src/.vite", {"manifest.json": json.dumps({"x": {"file": path}})})

    def _delete(self, path: str) -> None:
        for below in ("over", "src"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.folder / below / path)

    def _rename(self, old: str, new: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.makedirs(os.path.dirname(self.folder / "src" / new), exist_ok=True)
            os.replace(self.folder / "src" / old, self.folder / "src" / new)

    def _lose(self, number: int) -> None:
        if there := sorted(read(self.folder / "out")):
            os.unlink(self.folder / "out" / there[number % len(there)])

    def _change(self, number: int) -> None:
        if there := sorted(read(self.folder / "out")):
            path = self.folder / "out" / there[number % len(there)]
            data = path.read_bytes()
            path.unlink()  # for it may share its storage with others
            path.write_bytes(data + b"tampered")

    def _damage(self, what: str, how: str) -> None:
        state = self.folder / "out/.lading"
        for path in list(state.glob(what)) if state.is_dir() else []:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name == "lock" or how == "delete":
                path.unlink()
            elif how == "garbage":
                path.write_bytes(b'{"key": ["\xff\0')
            elif how == "truncate":
                path.write_bytes(b"")
            else:  # at the end of a line, where half of a record looks whole
                data = path.read_bytes()
                path.write_bytes(data[: data.rfind(b"\n", 0, len(data) // 2) + 1])

    def _set(self, key: str, value: Any) -> None:
        self.settings[key] = value

    def _wait(self) -> None:
        """Until all signatures can be believed."""
        newest = [os.stat(p).st_ctime_ns for p in self.folder.rglob("*")]
        FolderTarget(str(self.folder)).settle(max(newest))

    def collect(self, below: str, **options: bool) -> tuple[dict[str, str], list[Finding]]:
        """What a run publishes into the folder ``below``, and its findings."""
        # What is broken is no error here, so that it is published and stays part of the history.
        mild = dict.fromkeys(("missing-reference", "outside-reference"), Severity.WARNING)
        config = Config(
            **{
                "names": "hashed",
                "cache": str(self.folder / "cache"),
                "severities": mild,
                "jobs": 1,
                "pack": {"minimum_packets": 0, "levels": {"gzip": (1, 1, 1), "br": (1, 1, 1)}},
                **self.settings,
            }
        )
        target = FolderTarget(str(self.folder / below))
        try:
            findings = build.collect(self.sources, target, config, **options).findings
        except FindingsError as error:
            findings = error.findings
        return read(target.root), findings

    def check(self) -> None:
        """Collect once more, and from scratch, and compare."""
        number = next(self.fresh)
        below = f"fresh{number}"
        now, findings = self.collect("out", brief=number % 3 > 0)
        fresh, fresh_findings = self.collect(below)
        shutil.rmtree(self.folder / below)
        assert told(findings) == told(fresh_findings)
        if any(finding.severity is Severity.ERROR for finding in findings):
            return
        assert {path: now.get(path) for path in fresh} == fresh
        # What else is there are files of earlier releases, but no variant that a web server would
        # take for one of a file of today.
        for path in now.keys() - fresh.keys():
            root, suffix = os.path.splitext(path)
            assert suffix not in SUFFIXES.values() or root not in fresh, path


def told(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.path, finding.where, finding.message))


def play(history: list[tuple[Any, ...]], first: Mapping[str, tuple[list[str], str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = History(Path(folder))
        for path, made_of in first.items():
            site.edit("write", path, made_of)
        site.check()
        for edit in history:
            site.edit(*edit)
            site.check()


@settings(max_examples=int(os.environ.get("HISTORIES", "25")))
@given(st.lists(edits, max_size=8), st.dictionaries(paths, contents, max_size=8))
def test_a_run_after_others_equals_one_from_scratch(history, first):
    play(history, first)
