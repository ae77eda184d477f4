"""Deciding names again: what is read, what is taken over, and what is told."""

from __future__ import annotations

import os
import random

import pytest

from hashed_sites import HASHED, content, loaded, md5, publish, settle
from lading import build, graph, inspection
from lading.config import Config
from lading.errors import FindingsError
from lading.findings import Severity
from sites_of_folders import Site, kinds, read, watched

# --- what is read and written ---


def work(site: Site, **options) -> tuple[list[str], list[str]]:
    """The source files that a run reads, and the published files that it writes."""
    with watched(site.folder) as (reads, writes):
        site.collect(**{**HASHED, **options})
    written = [w.removeprefix("rename out/") for w in writes if w.startswith("rename out/")]
    return (
        sorted({path.removeprefix("src/") for path in reads if path.startswith("src/")}),
        sorted(path for path in written if not path.startswith(".lading/")),
    )


PAGE = {
    "src/a.css": '@import "b.css";',
    "src/b.css": "c{d:url(e.png)}",
    "src/e.png": "e",
    "src/f.css": "f{g:url(missing.png)}",
    "src/h.js": 'import "./i.js"',
    "src/i.js": 'import "./h.js"',
    "src/j.txt": "j",
}
MILD = {"missing-reference": Severity.WARNING}


def test_an_unchanged_run_reads_and_writes_nothing(site: Site):
    site.write(PAGE)
    settle(site)
    first = site.collect(**HASHED, severities=MILD)
    assert kinds(first) == ["missing-reference"]
    for _ in range(2):
        with watched(site.folder) as (reads, writes):
            again = site.collect(**HASHED, severities=MILD)
        assert [path for path in reads if not path.startswith("out/.lading/")] == []
        assert [path for path in writes if "/lock" not in path and "snapshot" not in path] == []
        assert again.findings == first.findings
        assert (again.release, again.is_new_release) == (1, False)


def test_names_after_a_release_of_plain_names(site: Site):
    """What copying has learnt of the sources is their SHA-256 alone; names are made of the MD5."""
    site.write({"src/a.css": "a", "src/b.png": "b"})
    settle(site)
    site.collect(names="plain")
    assert publish(site) == {"a.css": f"a.{md5('a')}.css", "b.png": f"b.{md5('b')}.png"}


def test_a_changed_leaf_reads_only_it_and_what_leads_to_it(site: Site):
    site.write(PAGE)
    settle(site)
    publish(site, severities=MILD)
    site.write({"src/e.png": "E"})
    settle(site)
    reads, writes = work(site, severities=MILD)
    paths = loaded(site).paths
    assert reads == ["a.css", "b.css", "e.png"]
    names = [paths[path] for path in ("a.css", "b.css", "e.png")]
    assert writes == sorted([*names, "e.png", "staticfiles.json"])


def test_a_changed_member_of_a_circle_reads_the_circle(site: Site):
    site.write(PAGE)
    settle(site)
    publish(site, severities=MILD)
    site.write({"src/h.js": 'import "./i.js" // changed'})
    settle(site)
    assert work(site, severities=MILD)[0] == ["h.js", "i.js"]


def test_a_mended_reference_reads_the_file_that_names_it(site: Site):
    site.write(PAGE)
    settle(site)
    publish(site, severities=MILD)
    site.write({"src/missing.png": "m"})
    settle(site)
    assert work(site)[0] == ["f.css", "missing.png"]
    assert content(site, "f.css") == f'f{{g:url("missing.{md5("m")}.png")}}'


def test_a_second_reading_is_of_the_same_content(site: Site, monkeypatch):
    """A file that is edited between its two readings stops the run, and nothing is published."""
    site.write({"src/a.js": 'import "./b.js"', "src/b.js": 'import "./a.js"'})
    order = graph.components

    def edit_first(edges):
        site.write({"src/a.js": 'import "./b.js" // edited'})
        return order(edges)

    monkeypatch.setattr(graph, "components", edit_first)
    monkeypatch.setattr(inspection, "_MOST_KEPT", 0)  # of contents, which saves reading again
    with pytest.raises(FindingsError) as caught:
        site.collect(**HASHED)
    assert kinds(caught.value.findings) == ["changing"]
    assert site.published() == {}


def test_all_files_that_cannot_be_read_are_told_together(site: Site):
    site.write({"src/a.css": "a", "src/b.css": "b", "src/c.png": "c"})
    scan = site.source().scan()

    class Gone:
        """A source whose files vanish after the scan."""

        label, location, prefix, owner = "gone", site.path("src"), "", "project"

        def scan(self):
            for asset in scan.assets:
                if asset.path != "b.css" and os.path.exists(site.path("src", asset.path)):
                    os.unlink(site.path("src", asset.path))
            return scan

        def local_path(self, relative):
            return site.path("src", relative)

    with pytest.raises(FindingsError) as caught:
        build.collect([Gone()], site.target, Config(**HASHED))
    assert kinds(caught.value.findings) == ["vanished", "vanished"]


# --- switching between settings ---


def test_switching_back_and_forth_gives_the_same_bytes(site: Site):
    site.write(PAGE | {"src/ed/x.css": "a{b:url(../e.png)}"})
    choices = [
        {}, {"originals": False}, {"module_imports": "importmap"}, {"folders": ("ed",)},
        {"finished": ("*.txt",)}, {"static_url": "/s/"}, {"manifest": "m.json"}, {"names": "plain"},
    ]  # fmt: skip
    seen: dict[str, dict[str, str]] = {}
    order = random.Random(7).sample(choices * 3, 3 * len(choices))
    for options in order:
        site.collect(**{**HASHED, **options}, severities=MILD, keep_releases=1, keep_age=0)
        now = {p: c for p, c in site.published().items() if p not in ("staticfiles.json", "m.json")}
        name = options.get("manifest", "staticfiles.json")
        if options.get("names") != "plain":
            now[name] = site.published()[name]
        assert seen.setdefault(repr(options), now) == now
    assert len(seen) == len(choices)


def test_plain_names_after_hashed_ones_leave_no_hashed_copies(site: Site):
    site.write(PAGE)
    publish(site, severities=MILD)
    site.collect(keep_releases=1, keep_age=0)
    assert set(read(site.path("out"))) == {p.removeprefix("src/") for p in PAGE} | {
        "staticfiles.json"
    }
