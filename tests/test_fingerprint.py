"""Names by content: what each file is published as, and what is written into the files that refer to it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashed_sites import HASHED, content, digest, loaded, md5, publish
from lading.references import find, resolve
from sites_of_folders import Site, write

# --- files that depend on nothing, or on others in one direction ---


def test_names_are_what_django_makes_of_the_published_content(site: Site):
    site.write(
        {
            "src/css/app.css": '@import "base.css";\na{b:url(../img/dot.png?v=1#x)}',
            "src/css/base.css": "p{}",
            "src/img/dot.png": b"\x89PNG\0",
            "src/js/app.min.js": 'import "./part.js";',
            "src/js/part.js": "1",
            "src/LICENSE": "text",
            "src/.well-known/x": "no",
            "src/archive.tar.gz": "z",
        }
    )
    paths = publish(site)
    dot, base, part = md5(b"\x89PNG\0"), md5("p{}"), md5("1")
    app = f'@import url("base.{base}.css");\na{{b:url("../img/dot.{dot}.png?v=1#x")}}'
    script = f'import "./part.{part}.js";'
    assert paths == {
        "LICENSE": f"LICENSE.{md5('text')}",
        "archive.tar.gz": f"archive.tar.{md5('z')}.gz",
        "css/app.css": f"css/app.{md5(app)}.css",
        "css/base.css": f"css/base.{base}.css",
        "img/dot.png": f"img/dot.{dot}.png",
        "js/app.min.js": f"js/app.min.{md5(script)}.js",
        "js/part.js": f"js/part.{part}.js",
    }
    assert content(site, "css/app.css") == app
    assert content(site, "js/app.min.js") == script
    for path, name in paths.items():
        with open(site.path("src", path), "rb") as one, open(site.path("out", path), "rb") as two:
            assert one.read() == two.read()
        with open(site.path("out", name), "rb") as file:
            assert digest(name) == md5(file.read())


def test_the_manifest_proves_every_file(site: Site):
    site.write({"src/a.css": "a{b:url(b.png)}", "src/b.png": "b", "src/c/d.txt": "d"})
    publish(site)
    found = loaded(site)
    assert set(found.files) == {*found.paths, *found.paths.values()}
    for path, file in found.files.items():
        with open(site.path("out", path), "rb") as stream:
            data = stream.read()
        assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert file.immutable == (path in found.paths.values())


@st.composite
def trees(draw: st.DrawFn) -> dict[str, list[str]]:
    """Style sheets that import only those of lower numbers, by name."""
    size = draw(st.integers(1, 9))
    return {
        f"{'d/' * (n % 3)}{n}.css": [
            f"{'d/' * (m % 3)}{m}.css"
            for m in draw(st.lists(st.integers(0, max(n - 1, 0)), max_size=3))
            if m < n
        ]
        for n in range(size)
    }


def style(path: str, imports: Iterable[str], salt: str = "") -> str:
    way = "../" * path.count("/")
    return "".join(f'@import "{way}{name}";\n' for name in imports) + f"/*{salt}*/"


@given(tree=trees(), data=st.data())
def test_a_change_renames_just_the_files_that_lead_to_it(tree, data, tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    write(site.path("src"), {path: style(path, names) for path, names in tree.items()})
    before = publish(site)
    changed = data.draw(st.sampled_from(sorted(tree)))
    write(site.path("src"), {changed: style(changed, tree[changed], "changed")})
    after = publish(site)
    leading = {changed}
    for path in tree:  # in an order in which imports come first
        if leading.intersection(tree[path]):
            leading.add(path)
    assert {path for path in tree if before[path] != after[path]} == leading


def test_a_chain_of_ten_thousand_imports(site: Site):
    length = 10_000
    site.write({f"src/{n}.css": f'@import "{n + 1}.css";' for n in range(length)})
    site.write({f"src/{length}.css": "end"})
    before = planned(site)
    for n in (0, length // 2, length - 1):
        name = before[f"{n + 1}.css"]
        text = f'@import url("{name}");'
        assert before[f"{n}.css"] == f"{n}.{md5(text)}.css"
    site.write({f"src/{length}.css": "changed"})
    assert not set(before.values()) & set(planned(site).values())


def planned(site: Site) -> dict[str, str]:
    """The names alone: publishing so many files would take a while."""
    return site.plan(**HASHED).plan.names.paths


@pytest.mark.parametrize("shape", ["chain", "circle", "star", "sprite"])
def test_work_grows_with_the_number_of_files(tmp_path: Path, shape: str):
    """Eight times the files, eight times the calls."""
    calls: list[int] = []
    for size in (100, 800):
        site = Site(tmp_path / str(size))
        for n in range(size):
            following = {"chain": n + 1, "circle": (n + 1) % size, "star": 0, "sprite": n}[shape]
            site.write({f"src/{n}.js": f'import "./{following}.js"' if following < size else ""})
        count = 0

        def step(frame, event, _):
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(step)
        try:
            site.plan(**HASHED, jobs=1)
        finally:
            sys.setprofile(None)
        calls.append(count)
    assert calls[1] < 9 * calls[0]


# --- circles ---


def circle(length: int, **more: str) -> dict[str, str]:
    files = {f"src/{n}.js": f'import "./{(n + 1) % length}.js";' for n in range(length)}
    return files | {f"src/{name.removeprefix('n')}.js": text for name, text in more.items()}


@pytest.mark.parametrize("length", [2, 3, 40])
def test_a_circle_shares_one_digest(site: Site, length: int):
    site.write(circle(length))
    paths = publish(site)
    (shared,) = {digest(name) for name in paths.values()}
    for n in range(length):
        following = f"{(n + 1) % length}.{shared}.js"
        assert content(site, f"{n}.js") == f'import "./{following}";'


def test_a_circle_of_ten_thousand_files(site: Site):
    site.write(circle(10_000))
    (shared,) = {digest(name) for name in planned(site).values()}
    site.write({"src/5000.js": 'import "./5001.js"'})
    (changed,) = {digest(name) for name in planned(site).values()}
    assert shared != changed


def test_a_file_that_refers_to_itself(site: Site):
    sprite = '<svg><use href="sprite.svg#a"/><use href="#b"/></svg>'
    site.write({"src/sprite.svg": sprite, "src/a.css": "b{c:url(sprite.svg#d)}"})
    paths = publish(site)
    name = paths["sprite.svg"]
    assert content(site, "sprite.svg") == f'<svg><use href="{name}#a"/><use href="#b"/></svg>'
    assert content(site, "a.css") == f'b{{c:url("{name}#d")}}'


@pytest.mark.parametrize("changed", ["src/1.js", "src/leaf.js"])
def test_a_circle_gets_a_new_digest_with_each_member_and_what_they_lead_to(site: Site, changed):
    site.write(
        circle(3, n2='import "./0.js"; import "./leaf.js"', leaf="1", user='import "./0.js"')
    )
    site.write({"src/other.js": "o"})
    before = publish(site)
    with open(site.path(changed), "a") as file:
        file.write("//")
    after = publish(site)
    same = {path for path in before if before[path] == after[path]}
    assert same == {"other.js", "leaf.js"} - {changed.removeprefix("src/")}


def test_circles_that_touch_are_named_one_after_the_other(site: Site):
    site.write(
        {
            "src/a.js": 'import "./b.js"; import "./c.js"',
            "src/b.js": 'import "./a.js"',
            "src/c.js": 'import "./d.js"',
            "src/d.js": 'import "./c.js"',
        }
    )
    paths = publish(site)
    first, second = digest(paths["a.js"]), digest(paths["c.js"])
    assert first == digest(paths["b.js"]) != second == digest(paths["d.js"])
    assert content(site, "a.js") == f'import "./b.{first}.js"; import "./c.{second}.js"'
    site.write({"src/b.js": 'import "./a.js";'})
    after = publish(site)
    assert (after["c.js"], after["d.js"]) == (paths["c.js"], paths["d.js"])
    assert after["a.js"] != paths["a.js"]


def test_a_circle_that_opens_and_closes_again(site: Site):
    site.write(circle(3))
    closed = publish(site)
    site.write({"src/2.js": "end"})
    opened = publish(site)
    assert opened["2.js"] == f"2.{md5('end')}.js"
    assert len({digest(name) for name in opened.values()}) == 3
    site.write(circle(3))
    assert publish(site) == closed


@given(rng=st.randoms(use_true_random=False))
def test_names_do_not_depend_on_where_and_in_what_order_files_are_found(tmp_path_factory, rng):
    """The same logical paths, spread over several sources in any order."""
    files = {
        "a.js": 'import "./b.js";new URL("c.css", import.meta.url)',
        "b.js": 'import "./a.js"; import "./d/e.js"',
        "c.css": "a{b:url(d/f.svg)}",
        "d/e.js": 'import "../a.js"',
        "d/f.svg": "<svg/>",
        "g.js": 'import "./a.js"',
    }
    site = Site(tmp_path_factory.mktemp("site"))
    sources = rng.sample(["one", "two", "three"], 3)
    for path in rng.sample(sorted(files), len(files)):
        site.write({f"{rng.choice(sources)}/{path}": files[path]})
    for name in sources:
        os.makedirs(site.path(name), exist_ok=True)
    paths = publish(site, *sources, jobs=1)
    shared = "7f883629c444"  # whatever it is, it is the same each time
    assert {path: digest(name) for path, name in paths.items()} == {
        "a.js": shared,
        "b.js": shared,
        "c.css": "c29c031e2a3c",
        "d/e.js": shared,
        "d/f.svg": md5("<svg/>"),
        "g.js": md5(f'import "./a.{shared}.js"'),
    }


# --- import maps ---


def test_with_an_import_map_a_leaf_does_not_rename_its_importers(site: Site):
    site.write(
        {
            "src/app.js": 'import "./leaf.js"; import("./lazy.js"); new URL("x.png", import.meta.url)',
            "src/leaf.js": 'export * from "./app.js"',
            "src/lazy.js": "1",
            "src/x.png": "x",
        }
    )
    before = publish(site, module_imports="importmap")
    script = (
        f'import "./leaf.js"; import("./lazy.js"); new URL("x.{md5("x")}.png", import.meta.url)'
    )
    assert content(site, "app.js") == script
    assert before["app.js"] == f"app.{md5(script)}.js"
    assert loaded(site).modules == {"app.js": ["leaf.js", "lazy.js"], "leaf.js": ["app.js"]}
    site.write({"src/leaf.js": "changed"})
    after = publish(site, module_imports="importmap")
    assert {p for p in before if before[p] != after[p]} == {"leaf.js"}


def test_no_import_map_holds_in_workers(site: Site):
    site.write(
        {
            "src/app.js": 'import "./both.js"; new Worker(new URL("worker.js", import.meta.url))',
            "src/worker.js": 'import "./both.js"',
            "src/both.js": 'import "./leaf.js"',
            "src/page.js": 'import "./leaf.js"',
            "src/leaf.js": "1",
        }
    )
    paths = publish(site, module_imports="importmap")
    assert content(site, "worker.js") == f'import "./{paths["both.js"]}"'
    assert content(site, "both.js") == f'import "./{paths["leaf.js"]}"'
    assert content(site, "page.js") == 'import "./leaf.js"'
    assert content(site, "app.js").startswith('import "./both.js"; new Worker(new URL("worker.')
    site.write({"src/app.js": 'import "./both.js"'})
    publish(site, module_imports="importmap")
    assert content(site, "worker.js") == 'import "./both.js"'
    assert content(site, "both.js") == 'import "./leaf.js"'


# --- URLs under STATIC_URL ---


@pytest.mark.parametrize("static_url", ["/static/", "https://cdn.example.com/assets/v1/", "/"])
def test_urls_under_static_url(site: Site, static_url: str):
    site.write(
        {
            "src/css/a.css": f"a{{b:url({static_url}img/x.png?y#z)}}",
            "src/js/b.js": f'import "{static_url}js/c.js"; import "./c.js"',
            "src/js/c.js": "c",
            "src/img/x.png": "x",
        }
    )
    publish(site, static_url=static_url)
    assert content(site, "css/a.css") == f'a{{b:url("{static_url}img/x.{md5("x")}.png?y#z")}}'
    c = f"c.{md5('c')}.js"
    assert content(site, "js/b.js") == f'import "{static_url}js/{c}"; import "./{c}"'


def test_other_urls_stay(site: Site):
    text = (
        "a{b:url(https://cdn.example.com/static/x.png)} c{d:url(//h/x.png)} e{f:url(data:,x)}"
        " g{h:url(/media/x.png)} i{j:url(#k)} l{m:url()}"
    )
    site.write({"src/a.css": text, "src/x.png": "x"})
    outcome = site.collect(**HASHED)
    assert outcome.findings == []
    assert content(site, "a.css") == text


# --- names that are hard to write ---

ODD = ["a b.png", "100%.png", "a%20b.png", "a#b.png", "q?.png", "\u00e9\u4e16\U0001f600.png",
       "e\u0301.png", "o'q.png", 'd"q.png', "(p).png", "a;b&c=d+e.png", "-x.png", "a:b.png",
       "{0}.png", "<!--.png", "[x].png", "~.png", "a..png", "`.png", "$&.png"]  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_a_name_that_is_hard_to_write(site: Site, odd: str):
    url = quote(odd)
    site.write(
        {
            f"src/i/{odd}": "x",
            f"src/i/{odd}.css": f'a{{b:url("./{url}")}} c{{d:image-set("{url}" 1x)}}',
            "src/j.js": f'new URL("./i/{url}", import.meta.url); import("./i/{url}.js")',
            f"src/i/{odd}.js": "1",
            "src/k.svg": f'<svg><use href="i/{url}#s"/></svg>',
        }
    )
    paths = publish(site)
    stem, extension = os.path.splitext(odd)
    name = f"{stem}.{md5('x')}{extension}"
    assert paths[f"i/{odd}"] == f"i/{name}"
    found = [
        resolve(path, reference.url)
        for path in (f"i/{odd}.css", "j.js", "k.svg")
        for reference in find(path, content(site, path).encode())
    ]
    script = f"i/{odd}.{md5('1')}.js"
    assert [target.path for target in found] == [f"i/{name}"] * 3 + [script, f"i/{name}"]
