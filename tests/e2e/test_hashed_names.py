"""A page whose files refer to each other in every way, in a browser, under a strict policy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from sites import HARBOUR

from sites_of_folders import write

pytestmark = [pytest.mark.e2e]

SITE = Path(__file__).with_name("hashed_site.py")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="10">'
    '<rect id="r" width="9" height="9"/></svg>'
)
FILES = {
    "templates/page.html": """{% load static lading %}<!doctype html><html lang="en"><head><title>Page</title>
<link rel="icon" href="{% static 'img/logo.svg' %}">
{% importmap %}
{% preload "font/stencil.woff2" %}
{% preload "js/main.js" rel="modulepreload" %}
{% preload "css/site.css" %}
{% stylesheet "css/site.css" %}
{% script "js/classic.js" defer=True %}
{% module "js/main.js" data_worker=worker %}
</head><body>
<p>Hello</p><img src="{% static 'img/logo.svg' %}" alt="">
<svg><use href="{% static 'img/logo.svg' %}#r"/></svg>
</body></html>""",
    "static/css/site.css": '@import "parts/base.css";\np{color:rgb(1, 2, 3)}',
    "static/css/parts/base.css": """
@font-face{font-family:Stencil;src:url("../../font/stencil.woff2")}
p{font-family:Stencil;background:url( '../../img/back.svg' )}""",
    "static/img/logo.svg": SVG.format(11),
    "static/img/back.svg": SVG.format(12),
    "static/img/flag-fr.svg": SVG.format(13),
    "static/js/classic.js": "window.classic = true;",
    "static/js/main.js": """
import { odd } from "./odd.js"
import names from "./names.json" with { type: "json" };
import { staticUrl } from "./lib/urls.js";
import { bare } from "bare";
const later = await import("./later.js");
const size = async (url) => {
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  return image.naturalWidth;
};
const worker = document.querySelector("[data-worker]")?.dataset.worker === "no" ? null
  : new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const answer = worker && await new Promise((done) => {
  worker.onmessage = (event) => done(event.data);
  worker.postMessage(20);
});
window.results = {
  odd: odd(7), names, later: later.default, bare, answer,
  flag: await size(staticUrl(`img/flag-${names.country}.svg`)),
  logo: await size(new URL("../img/logo.svg", import.meta.url)),
};
""",
    "static/js/odd.js": 'import { even } from "./even.js";\nexport const odd = (n) => n && even(n - 1);',
    "static/js/even.js": 'import { odd } from "./odd.js";\nexport const even = (n) => !n || odd(n - 1);',
    "static/js/later.js": 'export { default } from "./deep/er.js";',
    "static/js/deep/er.js": 'export default "later";',
    "static/js/names.json": '{"country": "fr"}',
    "static/js/worker.js": """
import { double } from "./double.js";
onmessage = (event) => postMessage(double(event.data));""",
    "static/js/double.js": "export const double = (n) => 2 * n;",
    "static/js/bare.js": 'export const bare = "bare";',
}
OPTIONS: dict[str, Any] = {
    "encodings": ["gzip"],
    "js_module": {"path": "js/lib/urls.js", "include": ["img/flag-*"]},
    "imports": {"bare": "js/bare.js"},
}
RESULTS = {
    "odd": True,
    "names": {"country": "fr"},
    "later": "later",
    "bare": "bare",
    "answer": 40,
    "flag": 13,
    "logo": 11,
}


def run(folder: Path, *arguments: str, options: Mapping[str, Any], url: str) -> list[str]:
    """The command, and the environment that it needs."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    return [
        "env",
        f"FOLDER={folder}",
        f"OPTIONS={json.dumps({**OPTIONS, **options})}",
        f"STATIC_URL={url}",
        f"LADING_CACHE={folder / 'cache'}",
        sys.executable,
        str(SITE),
        *arguments,
    ]


@contextmanager
def served(
    folder: Path, *arguments: str, options: Mapping[str, Any], url: str = "/static/"
) -> Iterator[str]:
    """The address of the running site."""
    command = run(folder, "serve", *arguments, options=options, url=url)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def visit(browser: Browser, address: str, until: str = "window.results && window.classic") -> None:
    # Not `open`: Chromium does not report to the page how the request for a worker ends.
    browser.driver.get(address)
    browser.wait_for(until)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    (tmp_path / "static/font").mkdir()
    shutil.copy(HARBOUR / "static/fonts/hull-stencil.woff2", tmp_path / "static/font/stencil.woff2")
    return tmp_path


def collect(folder: Path, options: Mapping[str, Any], url: str = "/static/") -> dict[str, str]:
    """Publish; the published paths by logical ones."""
    command = run(folder, "collectstatic", "--noinput", options=options, url=url)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "out/staticfiles.json").read_text())["paths"]


@pytest.mark.parametrize("imports", ["rewrite", "importmap"])
@pytest.mark.parametrize("originals", [True, False], ids=["originals", "hashed only"])
def test_everything_arrives_under_its_hashed_name(
    browser: Browser, folder: Path, imports: str, originals: bool
) -> None:
    options = {"module_imports": imports, "originals": originals}
    paths = collect(folder, options)
    with served(folder, options=options) as address:
        visit(browser, address)
        assert (browser.errors, browser.failures) == ([], [])
        assert browser.run("window.results") == RESULTS
        assert browser.run("getComputedStyle(document.querySelector('p')).color") == "rgb(1, 2, 3)"
        assert browser.run("[...document.fonts].map(face => face.status)") == ["loaded"]
        assert browser.run("document.querySelector('img').naturalWidth") == 11
    asked = (folder / "requests.txt").read_text().split()[1:]
    asked = [path.removeprefix("/static/") for path in asked if path != "/favicon.ico"]
    assert sorted(set(asked)) == sorted(paths.values())
    # Preloads are used, and so not asked for twice.
    assert len(asked) == len(set(asked))


def test_another_origin_serves_the_files(browser: Browser, folder: Path) -> None:
    options = {"module_imports": "importmap"}
    write(
        folder,
        {
            # Browsers take no worker and no <use> from another origin.
            "templates/page.html": FILES["templates/page.html"]
            .replace("=worker", '="no"')
            .replace("<use", "<no-use")
        },
    )
    collect(folder, options)
    with ExitStack() as stack:
        files = stack.enter_context(served(folder, options=options))
        address = stack.enter_context(served(folder, options=options, url=f"{files}static/"))
        visit(browser, address)
        assert (browser.errors, browser.failures) == ([], [])
        assert browser.run("window.results") == {**RESULTS, "answer": None}
        assert browser.run("[...document.fonts].map(face => face.status)") == ["loaded"]
        origins = {exchange.url.split("/static/")[0] for exchange in browser.exchanges}
    assert origins == {files.removesuffix("/"), address}


@pytest.mark.parametrize("path", ["js/odd.js", "js/classic.js", "css/site.css", "js/main.js"])
def test_a_file_that_was_tampered_with_is_refused(
    browser: Browser, folder: Path, path: str
) -> None:
    """Integrity is that of the published bytes: one byte more, and the browser refuses the file."""
    options: dict[str, Any] = {"encodings": []}
    paths = collect(folder, options)
    content = (folder / "out" / paths[path]).read_bytes()
    (folder / "out" / paths[path]).unlink()
    (folder / "out" / paths[path]).write_bytes(content[:-1] + b" ")
    with served(folder, "raw", options=options) as address:
        visit(browser, address, "document.readyState == 'complete'")
        refused = [error for error in browser.errors if "integrity" in error.lower()]
    assert refused
    assert any(os.path.basename(paths[path]) in error for error in refused)
