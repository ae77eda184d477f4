"""Wishes for a look-up module -> its content, its name, and what a JavaScript engine makes of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lading import build, lookup
from lading.config import Config
from lading.errors import ConfigError
from lading.lookup import JsModule
from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.development import SourcesTable
from lading.serve.entry import Entry
from sites_of_folders import Site, kinds

PLAIN = {"names": "plain"}
HASHED = {"names": "hashed", "encodings": ()}
WISH = JsModule("lib/urls.js", ("img/*",))
FLAGS = {
    "src/img/fr.svg": "<svg/>",
    "src/img/deep/d e#f%.png": "png",
    "src/img/ü.png": "umlaut",
    "src/app.js": 'import { staticUrl } from "./lib/urls.js";\nexport const url = staticUrl("img/fr.svg");\n',
    "src/other.txt": "not included",
}


def run_node(folder: Path, module: str, expression: str) -> str:
    """What a JavaScript expression is, in which ``urls`` is the module that stands in ``folder``."""
    (folder / "package.json").write_text('{"type": "module"}')
    script = f"const urls = await import({json.dumps((folder / module).as_uri())});"
    script += f"console.log(JSON.stringify({expression}))"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("names", [PLAIN, HASHED], ids=["plain", "hashed"])
def test_urls_lead_to_the_published_files(site: Site, names: dict[str, object]) -> None:
    site.write(FLAGS)
    site.collect(js_module=WISH, **names)
    published = site.published()
    manifest = json.loads(published["staticfiles.json"])["paths"] if names is HASHED else {}
    folder = Path(site.target.root)
    for path in ("img/fr.svg", "img/deep/d e#f%.png", "img/ü.png"):
        module = manifest.get(WISH.path, WISH.path)
        url = run_node(folder, module, f"urls.staticUrl({json.dumps(path)})")
        assert url == (folder / manifest.get(path, path)).as_uri()


def test_an_unknown_path_is_an_error_in_the_browser(site: Site) -> None:
    site.write(FLAGS)
    site.collect(js_module=WISH)
    told = run_node(
        Path(site.target.root),
        WISH.path,
        '(() => { try { return urls.staticUrl("other.txt") } catch (e) { return e.message } })()',
    )
    assert told == "No static file \"other.txt\" is included by the setting 'js_module'."


def test_a_changed_file_renames_the_module_and_its_importers(site: Site) -> None:
    site.write(FLAGS)

    def paths() -> dict[str, str]:
        site.collect(js_module=WISH, **HASHED)
        return json.loads(site.published()["staticfiles.json"])["paths"]

    before = paths()
    site.write({"src/img/fr.svg": "<svg><g/></svg>"})
    after = paths()
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {"img/fr.svg", "lib/urls.js", "app.js"}
    assert f'"./{Path(after["lib/urls.js"]).parent.name}/' in site.published()[after["app.js"]]


def test_an_unchanged_site_is_an_unchanged_release(site: Site) -> None:
    site.write(FLAGS)
    for _ in range(2):  # the first may read files too young to be believed later
        site.collect(js_module=WISH, **HASHED)
    again = site.collect(js_module=WISH, **HASHED)
    assert again.plan.puts == []
    assert not again.is_new_release
    assert again.plan.digests.reads == 0


def test_the_module_may_list_those_who_import_it(site: Site) -> None:
    site.write(FLAGS)
    site.collect(js_module=JsModule("lib/urls.js", ("*",)), **HASHED)
    paths = json.loads(site.published()["staticfiles.json"])["paths"]
    module, app = paths["lib/urls.js"], paths["app.js"]
    assert module.split(".")[1] == app.split(".")[1]  # one digest for the circle
    assert f"../{app}" in site.published()[module]
    assert module in site.published()[app]
    assert f'["{module}"' not in site.published()[module]


def test_in_development_the_module_follows_the_sources(site: Site) -> None:
    site.write(FLAGS)
    now = 0.0
    table = SourcesTable(
        lambda: build.catalog([site.source()], Config(js_module=WISH)), clock=lambda: now
    )

    def module() -> str:
        entry = table.lookup("/static/lib/urls.js")
        assert isinstance(entry, Entry)
        return deliver(entry, "GET", {}, Cache(0))[1].decode()

    assert '"img/fr.svg"' in module()
    site.write({"src/img/de.svg": "<svg/>"})
    now = 10.0
    assert '"img/de.svg"' in module()


def test_a_file_of_that_path_in_a_source_is_a_collision(site: Site) -> None:
    site.write({**FLAGS, "src/lib/urls.js": "mine"})
    outcome = site.collect(js_module=WISH)
    assert kinds(outcome) == ["collision"]
    assert site.published()["lib/urls.js"] == "mine"


def test_a_pattern_that_matches_nothing_is_told(site: Site) -> None:
    site.write(FLAGS)
    outcome = site.collect(js_module=JsModule("urls.js", ("img/*", "icons/*")))
    assert kinds(outcome) == ["empty-include"]
    assert "'icons/*'" in outcome.findings[0].message


def test_at_the_root_urls_start_beside_it() -> None:
    (asset,) = lookup.scan(JsModule("urls.mjs", ("*.png",)), ["a.png", "b.js", "c/d.png"]).assets
    with asset.source.open(asset.relative) as file:
        text = file.read().decode()
    assert '["a.png", () => new URL("./a.png", import.meta.url)],' in text
    assert '["c/d.png", () => new URL("./c/d.png", import.meta.url)],' in text
    assert "b.js" not in text


@pytest.mark.parametrize(
    ("path", "include"),
    [("../urls.js", ("*",)), ("urls.css", ("*",)), ("urls.js", ()), ("/urls.js", ("*",))],
)
def test_useless_wishes_are_refused(path: str, include: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        JsModule(path, include)
