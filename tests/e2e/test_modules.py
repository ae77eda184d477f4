"""Pages of a site without Django, in a browser: all that they load has a name by content."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from browser import Browser
from sites import HARBOUR

from lading import manifest
from lading.serve.loading import load
from lading.serve.wsgi import LadingWSGI
from sites_of_folders import Site

pytestmark = [pytest.mark.e2e]


def svg(width: int, inside: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="9">{inside}</svg>'


Pages = Callable[[dict[str, str]], str]
"""The page, given the published paths by logical ones."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def served(site: Site, page: Pages) -> Iterator[tuple[str, list[str]]]:
    """The page's address, and the paths of the files that were asked for."""
    paths = manifest.loads(Path(site.path("out/staticfiles.json")).read_bytes()).paths
    content = page(dict(paths)).encode()
    asked: list[str] = []

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        is_page = environ["PATH_INFO"] == "/"
        start(
            "200 OK" if is_page else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")]
        )
        return [content if is_page else b""]

    files = LadingWSGI(answer, load(site.target.root, prefix="/static/"))

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if path.startswith("/static/"):
            asked.append(path.removeprefix("/static/"))
        return files(environ, start)

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


def collect(site: Site, **options: Any) -> dict[str, str]:
    settings = {"names": "hashed", "encodings": ("br", "gzip"), "cache": site.path("cache")}
    site.collect(**settings, originals=False, **options)
    return dict(manifest.loads(Path(site.path("out/staticfiles.json")).read_bytes()).paths)


def visit(browser: Browser, address: str, until: str = "window.done") -> None:
    # Not `open`: Chromium does not report to the page how the request for a worker ends.
    browser.driver.get(address)
    browser.wait_for(until)
    assert (browser.errors, [str(failure) for failure in browser.failures]) == ([], [])


EVERYTHING = {
    # Three modules in a circle, one of which imports itself; without semicolons; in each form.
    "src/js/main.js": """
import {one} from './circle/one.js'
import * as self from "./main.js"
export * from './circle/two.js'
export {default as json} from "../data/d\u00e4ta 1.json" with {type: "json"}
import sheet from "../css/in module.css" with {type: "css"}
import /* a comment */ "./side%20effect.js"
const text = "import './no.js'", pattern = /import '.\\/no.js'/, template = `import('./no.js') ${text}`
const later = await import(`./later.js`)
const worklet = await new AudioContext().audioWorklet.addModule(new URL("./worklet.js", import.meta.url))
const resolved = await (await fetch(import.meta.resolve("./fetched.js"))).text()
const heard = worker => new Promise(done => worker.onmessage = event => done(event.data))
const worker = await heard(new Worker(new URL("worker.js", import.meta.url), {type: "module"}))
const classic = await heard(new Worker(new URL('/static/js/classic worker.js', import.meta.url)))
document.adoptedStyleSheets.push(sheet)
const size = url => new Promise(done => {
  const image = new Image(); image.onload = () => done(image.naturalWidth); image.src = url
})
export const json2 = self.json
window.results = {
  one: one(5), json: self.json.a, later: later.default, resolved, worker, classic, side: window.side,
  image: await size(new URL("../img/a%20%23b%25c.svg?x=1#y", import.meta.url)),
  outline: getComputedStyle(document.body).outlineColor,
}
window.done = true
""",
    "src/js/circle/one.js": "import {two} from './two.js'\nexport const one = n => n ? two(n - 1) : 'end'",
    "src/js/circle/two.js": "import {three as t} from '/static/js/circle/three.js'\nexport const two = t",
    "src/js/circle/three.js": "import {one} from '../circle/one.js'\nexport const three = n => one(n)",
    "src/js/side effect.js": "window.side = true",
    "src/js/later.js": "export default 'later'",
    "src/js/worklet.js": "import './worklet part.js'",
    "src/js/worklet part.js": "registerProcessor('p', class extends AudioWorkletProcessor {})",
    "src/js/fetched.js": "fetched",
    "src/js/worker.js": "import {part} from './worker/part.js'\npostMessage(part)",
    "src/js/worker/part.js": "export const part = await import('../later.js').then(m => m.default + 1)",
    "src/js/classic worker.js": "postMessage('classic')",
    "src/data/d\u00e4ta 1.json": '{"a": "json"}',
    "src/css/in module.css": "body{outline-color:rgb(7, 8, 9)}",
    "src/css/main.css": """@charset "utf-8";
@layer base;
@import url(parts/\u00e4%20b.css) layer(base) screen;
@import "parts/more.css";
/* url(no.png) */
#a{width:9px;background:image-set("../img/one.svg" 1x, url(../img/two.svg) 2x)}
#b::before{content:"url(no.png)";background:url(\t'../img/a\\ %23b\\%25c.svg'  )}
#c{background:url("/static/img/four.svg#x")}
#d{mask:url(../img/sprite.svg#m);filter:url(#local)}
""",
    "src/css/parts/\u00e4 b.css": """@namespace svg "http://www.w3.org/2000/svg";
@font-face{font-family:Stencil;src:url('../../font/stencil.woff2?#iefix') format("woff2")}""",
    "src/css/parts/more.css": "@import '../deep/er.css';body{font-family:Stencil}",
    "src/css/deep/er.css": "#a{color:rgb(4, 5, 6);border-image:url(../../img/five.svg)}",
    "src/img/one.svg": svg(11),
    "src/img/two.svg": svg(12),
    "src/img/a #b%c.svg": svg(13),
    "src/img/four.svg": svg(14),
    "src/img/five.svg": svg(15),
    # A drawing that refers to itself, to another, and to a style sheet of its own.
    "src/img/sprite.svg": '<?xml version="1.0"?><?xml-stylesheet href="sprite.css" type="text/css"?>'
    + svg(
        16,
        '<mask id="m"/><g id="s"><rect id="r" width="8" height="8"/></g><use href="sprite.svg#r"/>',
    ),
    "src/img/sprite.css": "rect{fill:rgb(1, 2, 3)}",
    "src/app.webmanifest": '{"name":"App","start_url":"/","icons":[{"src":"img/icon.png","sizes":"1x1"}]}',
}


def everything(paths: dict[str, str]) -> str:
    return f"""<!doctype html><html lang="en"><head><title>Page</title>
<link rel="icon" href="data:,"><link rel="manifest" href="/static/{paths["app.webmanifest"]}">
<link rel="stylesheet" href="/static/{paths["css/main.css"]}">
</head><body><p id="a">a</p><p id="b">b</p><p id="c">c</p><p id="d">d</p>
<svg><use href="/static/{paths["img/sprite.svg"]}#s"/></svg>
<object data="/static/{paths["img/sprite.svg"]}"></object>
<script type="module" src="/static/{paths["js/main.js"]}"></script></body></html>"""


def test_all_kinds_of_references_lead_to_hashed_names(browser: Browser, site: Site):
    site.write(EVERYTHING)
    (Path(site.path("src/font"))).mkdir()
    shutil.copy(HARBOUR / "static/fonts/hull-stencil.woff2", site.path("src/font/stencil.woff2"))
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8cf"
        "500f00038601805a34d96b0000000049454e44ae426082"
    )
    site.write({"src/img/icon.png": pixel})
    paths = collect(site)
    with served(site, everything) as (address, asked):
        visit(browser, address)
        assert browser.run("window.results") == {
            "one": "end",
            "json": "json",
            "later": "later",
            "resolved": "fetched",
            "worker": "later1",
            "classic": "classic",
            "side": True,
            "image": 13,
            "outline": "rgb(7, 8, 9)",
        }
        assert browser.run("getComputedStyle(document.querySelector('#a')).color") == "rgb(4, 5, 6)"
        assert browser.run("[...document.fonts].map(face => face.status)") == ["loaded"]
    by_name = {name: path for path, name in paths.items()}
    loaded = {by_name[name] for name in asked}
    # Which image of a set is loaded is the browser's choice; the manifest's icon is for installing.
    assert set(paths) - loaded <= {"img/two.svg", "img/icon.png"}
    # Each module has one URL, however it is reached: twice the same, and it would run twice.
    assert len({name for name in asked if "circle" in name}) == 3


EDITOR = {
    "src/editor/core.js": """
const base = new URL(".", document.currentScript.src)
window.editor = async name => {
  const load = url => new Promise((done, fail) => document.head.append(Object.assign(
    document.createElement("script"), {src: new URL(url, base), onload: done, onerror: fail})))
  await load("plugins/" + name + "/plugin.js")
  document.head.append(Object.assign(document.createElement("link"),
    {rel: "stylesheet", href: new URL("skins/" + name + ".css", base), onload: () => window.done = true}))
}""",
    "src/editor/plugins/table/plugin.js": "window.plugin = 'table'",
    "src/editor/skins/table.css": "body{background:url(../../img/back.svg);color:rgb(3, 2, 1)}",
    "src/img/back.svg": svg(10),
    "src/page.css": "p{background:url(editor/skins/icon.svg)}",
    "src/editor/skins/icon.svg": svg(9),
}


def test_an_editor_that_builds_its_paths_works_from_a_folder_under_one_digest(
    browser: Browser, site: Site
):
    site.write(EDITOR)
    paths = collect(site, folders=("editor",))

    def page(paths: dict[str, str]) -> str:
        return f"""<!doctype html><title>Editor</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/{paths["page.css"]}"><p>text</p>
<script src="/static/{paths["editor/core.js"]}"></script><script>editor("table")</script>"""

    with served(site, page) as (address, asked):
        visit(browser, address, "window.done")
        assert browser.run("window.plugin") == "table"
        assert browser.run("getComputedStyle(document.body).color") == "rgb(3, 2, 1)"
        browser.settle()
    assert set(asked) == set(paths.values())


# What `vite build` wrote for a page with a module, a lazy one, a style sheet and an image, shortened.
VITE = {
    "src/assets/index-CJV5vQRp.js": """import{t as e}from"./runtime-UvNrfDEg.js";
const d="/static/assets/logo-l5g_d8uh.svg",m=["assets/Lazy-pcXnBndi.js","assets/Lazy-BZo5ctSZ.css"];
for(const u of m)document.head.append(Object.assign(document.createElement("link"),
u.endsWith("css")?{rel:"stylesheet",href:"/static/"+u}:{rel:"modulepreload",href:"/static/"+u}));
document.querySelector("img").src=d;import("./Lazy-pcXnBndi.js").then(l=>window.done=e+l.default);""",
    "src/assets/runtime-UvNrfDEg.js": "export const t='runtime ';",
    "src/assets/Lazy-pcXnBndi.js": "export default 'lazy';",
    "src/assets/Lazy-BZo5ctSZ.css": "body{background:url(./logo-l5g_d8uh.svg),url(/static/public.svg)}",
    "src/assets/logo-l5g_d8uh.svg": svg(8),
    "src/public.svg": svg(7),
    "src/.vite/manifest.json": json.dumps(
        {
            "index.html": {
                "file": "assets/index-CJV5vQRp.js",
                "assets": ["assets/logo-l5g_d8uh.svg"],
                "imports": ["_runtime-UvNrfDEg.js"],
                "dynamicImports": ["src/Lazy.js"],
            },
            "_runtime-UvNrfDEg.js": {"file": "assets/runtime-UvNrfDEg.js"},
            "src/Lazy.js": {"file": "assets/Lazy-pcXnBndi.js", "css": ["assets/Lazy-BZo5ctSZ.css"]},
        }
    ),
}


def test_a_bundle_that_vite_built_works_under_the_names_vite_gave_it(browser: Browser, site: Site):
    site.write(VITE)
    paths = collect(site)

    def page(paths: dict[str, str]) -> str:
        return f"""<!doctype html><title>Vite</title><link rel="icon" href="data:,"><img alt="">
<script type="module" src="/static/{paths["assets/index-CJV5vQRp.js"]}"></script>"""

    with served(site, page) as (address, asked):
        visit(browser, address)
        assert browser.run("window.done") == "runtime lazy"
        browser.settle()
    bundle = {path.removeprefix("src/") for path in VITE if path.startswith("src/assets")}
    assert {path for path, name in paths.items() if path == name} >= bundle
    assert set(asked) == {*bundle, "public.svg"}
