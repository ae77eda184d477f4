"""Which files stand for all."""

from __future__ import annotations

from lading.doctor.published import Published
from lading.doctor.samples import LARGE, choose
from lading.manifest import File
from lading.mediatypes import media_type


def file(path: str, *, size: int = 1000, hashed: bool = True, packed: bool = False) -> File:
    encodings = {"br": 10, "gzip": 12} if packed else {}
    return File("ab" * 32, size, media_type(path), hashed, encodings)


def chosen(files: dict[str, File], **more: frozenset[str]) -> dict[str, str]:
    return {sample.role: sample.path for sample in choose(Published(files, **more))}


def test_one_of_each_sort():
    paths = ["a.css", "a.js", "a.mjs", "a.woff2", "a.svg", "a.png", "a.mp4", "a.wasm"]
    files = {path: file(path) for path in (*paths, "site.webmanifest", "odd name.txt")}
    files["plain.js"] = file("plain.js", hashed=False)
    files["zlarge.bin"] = file("zlarge.bin", size=LARGE)
    assert chosen(files) == {
        "style sheet": "a.css",
        "script": "a.js",
        "module": "a.mjs",
        "font": "a.woff2",
        "drawing": "a.svg",
        "picture": "a.png",
        "film": "a.mp4",
        "WebAssembly": "a.wasm",
        "web app manifest": "site.webmanifest",
        "plain name": "plain.js",
        "large file": "zlarge.bin",
        "unusual name": "odd name.txt",
    }


def test_what_pages_use_goes_first():
    files = {
        "a.css": file("a.css", hashed=False),
        "b.css": file("b.css", size=10, packed=True),
        "c.css": file("c.css"),
        "d.css": file("d.css", packed=True),
        "e.css": file("e.css", packed=True),
    }
    assert chosen(files) == {"style sheet": "d.css", "plain name": "a.css"}


def test_a_file_is_taken_once():
    files = {"film.mp4": file("film.mp4", size=LARGE)}
    assert chosen(files) == {"film": "film.mp4"}


def test_the_order_of_the_manifest_is_of_no_matter():
    files = {path: file(path) for path in ("c.css", "a.css", "b.css")}
    assert chosen(files) == chosen(dict(sorted(files.items()))) == {"style sheet": "a.css"}


def test_modules_are_known_by_name_or_by_who_imports_them():
    files = {path: file(path) for path in ("a.js", "b.mjs")}
    modules = {s.path: s.is_module for s in choose(Published(files))}
    assert modules == {"a.js": False, "b.mjs": True}
    (script, _) = choose(Published(files, modules=frozenset({"a.js"})))
    assert script.is_module


def test_nothing():
    assert choose(Published({})) == []
