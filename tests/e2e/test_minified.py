"""Minified, hashed modules in a browser, and where its errors are by their source maps."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from browser import Browser

from hashed_sites import loaded
from lading.serve.loading import load
from lading.serve.wsgi import LadingWSGI
from sites_of_folders import Site

pytestmark = [pytest.mark.e2e]

CSS = """/* The whole page: what stands here is for people, and no browser has any use for it. */
p {
  color : rgb( 1 , 2 , 3 ) ;
  background-image : url( img/dot.svg ) ;
}
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
MAIN = """import { greeting } from "./lib/greet.js"; import { fail } from "./lib/fail.js";
// Two modules on one line: both columns move when they are renamed.
document.querySelector("p").textContent = greeting("you");
try {
  fail("on purpose");
} catch (error) {
  window.trace = error.stack; // read by the test
}
"""
GREET = """// A greeting.
export function greeting(name) {
  return `Hello ${name}`;
}
"""
FAIL = """import { greeting } from "./greet.js";

// It throws, after it has called another module.
export function fail(reason) {
  const text = greeting(reason);
  if (text.length > 5) throw new TypeError(text);
  return text;
}
"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path, esbuild_folder: str) -> Site:
    site = Site(tmp_path)
    site.write(
        {
            "src/app.css": CSS,
            "src/img/dot.svg": DOT,
            "src/js/main.js": MAIN,
            "src/js/lib/greet.js": GREET,
            "src/js/lib/fail.js": FAIL,
        }
    )
    site.collect(
        names="hashed", minify=("css", "js"), root=esbuild_folder, cache=site.path("cache")
    )
    return site


@pytest.fixture
def address(published: Site) -> Iterator[str]:
    paths = loaded(published).paths
    page = (
        f'<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/static/{paths["app.css"]}">'
        f'<script type="module" src="/static/{paths["js/main.js"]}"></script></head>'
        f"<body><p></p></body></html>"
    )

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page.encode()]

    app = LadingWSGI(application, load(published.target.root))
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def original_of(source_map: str, line: int, column: int) -> tuple[str, str]:
    """The source of a place (both from 1), and the rest of its line there, as Node's reader finds it."""
    script = """
        const {SourceMap} = require("node:module");
        const [map, line, column] = JSON.parse(require("node:fs").readFileSync(0));
        const found = new SourceMap(map).findEntry(line - 1, column - 1);
        const text = map.sourcesContent[map.sources.indexOf(found.originalSource)];
        const rest = text.split("\\n")[found.originalLine].slice(found.originalColumn);
        console.log(JSON.stringify([found.originalSource, rest]));
    """
    run = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([json.loads(source_map), line, column]),
        capture_output=True,
        text=True,
        check=True,
    )
    source, rest = json.loads(run.stdout)
    return source, rest


def test_a_page_of_minified_modules(browser: Browser, published: Site, address: str):
    browser.open(address, until="window.trace")
    assert browser.errors == []
    assert browser.failures == []
    assert browser.run("document.querySelector('p').textContent") == "Hello you"
    style = "getComputedStyle(document.querySelector('p'))"
    assert browser.run(f"{style}.color") == "rgb(1, 2, 3)"
    paths = loaded(published).paths
    assert paths["img/dot.svg"] in browser.run(f"{style}.backgroundImage")
    asked = {exchange.url.partition("/static/")[2] for exchange in browser.exchanges} - {""}
    assert asked == {published for path, published in paths.items() if not path.endswith(".map")}
    for path, written in (("js/main.js", MAIN), ("app.css", CSS), ("js/lib/fail.js", FAIL)):
        assert loaded(published).files[paths[path]].size < len(written)


def test_the_places_of_an_error_are_those_in_the_sources(
    browser: Browser, published: Site, address: str
):
    browser.open(address, until="window.trace")
    frames = re.findall(r"(http\S+?):(\d+):(\d+)", browser.run("window.trace"))
    assert len(frames) == 2
    found: list[tuple[str, str]] = []
    for url, line, column in frames:
        # As developer tools do: the comment's URL, relative to the script's.
        source_map = browser.run(
            """(async (script) => {
                const text = await (await fetch(script)).text();
                const link = text.match(/sourceMappingURL=(\\S+)\\s*$/)[1];
                const answer = await fetch(new URL(link, script));
                return answer.ok ? answer.text() : String(answer.status);
            })(arguments[0])""",
            url,
        )
        found.append(original_of(source_map, int(line), int(column)))
    assert found == [
        ("lading:///js/lib/fail.js", "new TypeError(text);"),
        ("lading:///js/main.js", 'fail("on purpose");'),
    ]
