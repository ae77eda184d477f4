"""runs -> HTML pages."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lading.build import Outcome
from lading.catalog import Catalog
from lading.config import Config
from lading.digests import Digests
from lading.errors import ConfigError
from lading.findings import Finding, Severity
from lading.ledger import Ledger
from lading.plan import Plan
from lading.report import page
from lading.sources import Scan
from lading.targets.survey import Survey
from sites_of_folders import Site

HOSTILE = "<img src=x onerror=alert(1)>&amp;\"'$style"
OPTIONS = {"names": "hashed", "encodings": ("br", "gzip")}
CONFIG = Config(**OPTIONS)


class Page(HTMLParser):
    """The elements of a page, its tables as text, and the JSON of its map."""

    VOID = frozenset({"br", "meta", "link", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.data: Any = None
        self._section = ""
        self._script: dict[str, str | None] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag == "section":
            self._section = attributes["id"] or ""
        elif tag == "table":
            self.tables[self._section] = []
        elif tag == "tr":
            self.tables[self._section].append([])
        elif tag in ("td", "th"):
            self.tables[self._section][-1].append("")
        elif tag == "br" and "td" in self.open:
            self.tables[self._section][-1][-1] += "\n"
        elif tag == "script":
            self._script = attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.tables[self._section][-1][-1] += data
        elif self.open[-1:] == ["script"] and self._script.get("id") == "data":
            self.data = json.loads(data)

    def names(self) -> set[str]:
        """The names in the map."""
        found: set[str] = set()
        pending = [self.data["tree"]]
        while pending:
            node = pending.pop()
            found.add(node["n"])
            pending.extend(node.get("c", ()))
        return found


def made(outcome: Outcome, site: Site, config: Config = CONFIG) -> Page:
    return Page(page.page(outcome, config, site.target.root, site.target.root))


@pytest.fixture
def collect(site: Site):
    """Collect two sources that collide."""
    site.write(
        {
            "src/a.css": "p { color: red }\n" * 200,
            "src/app.js": 'import "./gone.js";\n',
            f"src/{HOSTILE}": "x",
            "theirs/a.css": "other",
            "theirs/lib/b.js": "let b;\n" * 100,
        }
    )
    severities = {"missing-reference": Severity.WARNING}

    def run(**options):
        sources = [site.source("src"), site.source("theirs", owner="vendor")]
        options = {**OPTIONS, "severities": severities, "cache": site.path("cache"), **options}
        return site.collect(*sources, **options)

    return run


def test_the_tables(site: Site, collect):
    found = made(collect(), site)
    assert found.tables.keys() == {"bytes", "sources", "largest", "collisions", "findings", "times"}
    assert found.tables["sources"] == [
        ["Source", "Owner", "Files", "Uncompressed", "gzip", "Brotli"],
        ["src", "project", "3", "3.4 kB", *found.tables["sources"][1][4:]],
        ["theirs", "vendor", "1", "700 B", *found.tables["sources"][2][4:]],
    ]
    assert [row[:3] for row in found.tables["largest"][1:]] == [
        ["a.css", "src", "3.4 kB"],
        ["lib/b.js", "theirs", "700 B"],
        ["app.js", "src", "20 B"],
        [HOSTILE, "src", "1 B"],
    ]
    ((_, published, shadowed),) = found.tables["collisions"][1:]
    assert site.path("src") in published
    assert site.path("theirs") in shadowed
    ((severity, kind, place, what),) = found.tables["findings"][1:]
    assert (severity, kind) == ("warning", "missing-reference")
    assert place == f"app.js\n{site.path('src/app.js')}:1:9"
    assert "'./gone.js'" in what
    assert [row[0] for row in found.tables["times"][1:]] == [
        "Scan the sources",
        "Look through the target",
        "Find references, give names",
        "Compare",
        "Copy",
        "Pack",
        "Publish",
    ]


def test_the_map(site: Site, collect):
    data = made(collect(), site).data
    assert data["measures"] == [
        ["identity", "Uncompressed"],
        ["gzip", "gzip"],
        ["br", "Brotli"],
    ]
    project, packages = data["tree"]["c"]
    assert (project["n"], packages["n"]) == ("Project", "Packages")
    assert [child["n"] for child in project["c"][0]["c"]] == ["a.css", "app.js", HOSTILE]


def test_no_name_is_taken_for_html(site: Site, collect):
    text = page.page(collect(), CONFIG, f"{HOSTILE}/out", site.target.root)
    found = Page(text)
    assert HOSTILE in found.names()
    assert "<img" not in text
    assert {tag for tag, _ in found.elements} == {
        *("a", "body", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2"),
        *(
            "h3",
            "head",
            "header",
            "html",
            "legend",
            "li",
            "link",
            "main",
            "meta",
            "nav",
            "noscript",
        ),
        *("ol", "p", "rect", "script", "section", "small", "style", "svg", "table", "tbody", "td"),
        *("th", "thead", "title", "tr", "ul"),
    } - {"a", "li"}


def test_the_page_asks_for_nothing(site: Site, collect):
    found = made(collect(), site)
    links = {
        value
        for _, attributes in found.elements
        for name, value in attributes.items()
        if name in ("href", "src", "srcset", "action", "data", "poster", "style")
    }
    assert links == {"data:,"}
    (policy,) = [
        a["content"] for _, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy


def test_a_repeated_run_gives_the_same_page_but_for_its_counts_and_times(site: Site, collect):
    def stable(outcome: Outcome) -> str:
        text = page.page(outcome, CONFIG, "out", site.target.root)
        return re.sub(
            r'<section id="times">.*?</section>|<header>.*?</header>', "", text, flags=re.DOTALL
        )

    first = stable(collect())
    assert stable(collect()) == first
    assert "a.css" in first


def test_the_first_lines_say_what_was_done(site: Site, collect):
    def summary(outcome: Outcome) -> str:
        text = page.page(outcome, CONFIG, "out", site.target.root)
        return re.findall(r"<header>.*?<p>(.*?)</p>", text, re.DOTALL)[0]

    assert summary(collect()) == (
        "Release 1 of out: 8 written, 0 unchanged, 0 removed, "
        "8 encodings made, 0 out of the build cache."
    )
    assert summary(collect()).startswith("Release 1 of out: 0 written, ")
    os.unlink(site.path("theirs/lib/b.js"))
    planned = site.plan("src", **OPTIONS, severities={"missing-reference": Severity.WARNING})
    assert summary(planned).startswith("Dry run of out: 0 to write, ")


def test_a_run_that_was_stopped():
    found = [
        Finding(
            "collision", Severity.ERROR, f"What {HOSTILE}\0", "a.css", "/src/a.css:3", hint="Do."
        ),
        Finding("lookalike", Severity.NOTE, "Small"),
    ]
    text = page.failure(found)
    assert Page(text).tables == {
        "findings": [
            ["Severity", "Kind", "File", "What"],
            [
                "error",
                "collision",
                "a.css\n/src/a.css:3",
                f"What {HOSTILE}\N{REPLACEMENT CHARACTER}\nDo.",
            ],
            ["note", "lookalike", "", "Small"],
        ]
    }
    assert "Nothing was published" in text
    assert "script-src" not in text


def plan_of(site: Site, count: int) -> Outcome:
    """A plan of many files that nobody wrote."""
    from lading.asset import Asset

    source = site.source("src")
    paths = (f"pkg{i // 5000}/lib{i // 40}/{'n' * 60}{i}.js" for i in range(count))
    assets = [Asset(path, source, path, i % 977, "") for i, path in enumerate(paths)]
    catalog = Catalog([Scan(source, assets)], "first", {asset.path: asset for asset in assets})
    findings = [Finding("lookalike", Severity.NOTE, "x" * 200, f"f{i}") for i in range(count)]
    return Outcome(Plan(catalog, Survey(), Ledger(), Digests()), findings, [], dry_run=True)


def test_many_files_make_no_larger_a_page(site: Site):
    few, many = (
        page.page(plan_of(site, count), Config(), "out", site.target.root)
        for count in (10_000, 40_000)
    )
    assert len(many) < len(few) * 1.1 < 1_000_000
    assert len(Page(many).tables["findings"]) == 501
    assert "And 39,500 more" in many
    assert Page(many).data["tree"]["f"] == 40_000


def test_without_any_file(site: Site):
    os.mkdir(site.path("src"))
    found = made(site.collect(), site, Config())
    assert found.data["tree"] == {"n": "", "k": "folder", "s": [0], "f": 0}
    assert found.tables["largest"] == [["File", "Source", "Uncompressed"]]


def test_the_file_is_replaced_whole(tmp_path: Path):
    file = tmp_path / "report.html"
    page.write(str(file), "one")
    page.write(str(file), "two \udce9")
    assert file.read_text("utf-8") == "two ?"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(ConfigError, match="HTML report cannot be written"):
        page.write(str(tmp_path / "no" / "report.html"), "three")


def test_the_wheel_has_all_that_the_page_is_made_of():
    import tomllib

    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]
    # All that lies in a package goes into the wheel, unless it is excluded.
    assert settings["build"]["targets"]["wheel"] == {"packages": ["src/lading"]}
    web = root / "src" / "lading" / "report" / "web"
    assert {file.name for file in web.iterdir()} == {
        "map.html",
        "page.css",
        "page.html",
        "page.js",
        "treemap.js",
    }
