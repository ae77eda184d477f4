"""The report's page in a browser: the map, looking into folders, both widths, both colour schemes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browser import Browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from lading.config import Config
from lading.findings import Severity
from lading.report import page
from sites_of_folders import Site

pytestmark = [pytest.mark.e2e]

HOSTILE = "<img src=x onerror=window.broken=1>"
NESTED = "vendor/jquery/dist"

# What a person must be able to read: all text that is to be seen, with its size and contrast.
LEGIBLE = """(() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(rgb(style.color)), luminance(behind(element))];
    found.push([walker.currentNode.data.trim(), parseFloat(style.fontSize),
      (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
  }
  return found;
})()"""

# The number of colours in a picture, and the share of the one that covers most.
COLOURS = """(async () => {
  const image = Object.assign(new Image(), { src: "data:image/png;base64," + arguments[0] });
  await image.decode();
  const { width, height } = image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  return [counts.size, Math.max(...counts.values()) / pixels.length, width];
})()"""

CELLS = """[...document.querySelectorAll("#map .cell")].map((cell) => {
  const { x, y, width, height } = cell.getBoundingClientRect();
  return { x, y, width, height, name: cell.innerText.split("\\n")[0], opens: Boolean(cell.href) };
})"""

ROWS = """[...document.querySelectorAll("#entries tbody tr")]
  .map((row) => [...row.cells].map((cell) => cell.innerText))"""


@pytest.fixture
def report(site: Site) -> str:
    """The address of the report of a site with owners, folders, collisions and findings."""
    site.write(
        {
            **{f"src/img/{n}.svg": f"<svg>{'x' * n * 90}</svg>" for n in range(30)},
            "src/css/site.css": "p { color: red }\n" * 900,
            "src/js/main.js": 'import "./gone.js";\n' + "let a = 1;\n" * 600,
            f"src/{HOSTILE}": "x" * 9000,
            "src/100% & more/a#b?c.txt": "y" * 4000,
            f"theirs/{NESTED}/jquery.js": "let b = 1;\n" * 2000,
            f"theirs/{NESTED}/jquery.js.map": "m" * 5000,
            "theirs/css/site.css": "other",
        }
    )
    options: dict[str, Any] = {
        "names": "hashed",
        "encodings": ("br", "gzip"),
        "severities": {"missing-reference": Severity.WARNING},
        "cache": site.path("cache"),
    }
    outcome = site.collect(site.source("src"), site.source("theirs", owner="vendor"), **options)
    file = site.path("report.html")
    page.write(file, page.page(outcome, Config(**options), "out", site.target.root))
    return f"file://{quote(file)}"


def opened(browser: Browser, address: str) -> None:
    browser.open(address, until="document.querySelector('#map .cell')")


def heading(browser: Browser) -> str:
    return browser.run("document.getElementById('here').textContent")


def in_colours(browser: Browser, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_legible(browser: Browser, report: str, width: int, tmp_path: Path):
    browser.size(width, 900)
    for scheme in ("light", "dark"):
        in_colours(browser, scheme)
        opened(browser, report)
        assert browser.run("document.documentElement.scrollWidth") == width
        texts = browser.run(LEGIBLE)
        assert len(texts) > 200
        assert [text for text in texts if text[1] < 12 or text[2] < 4.5] == []
        browser.screenshot(str(tmp_path / f"{scheme}.png"))
        colours, most, pixels = browser.run(COLOURS, browser.driver.get_screenshot_as_base64())
        assert pixels == width
        assert colours > 100
        assert most < 0.8
        assert browser.errors == []
        assert [exchange.url for exchange in browser.exchanges] == [report]


def test_the_map_shows_each_file_in_its_folder_in_proportion(browser: Browser, report: str):
    opened(browser, report)
    cells = browser.run(CELLS)
    frame = browser.run(
        "(({ x, y, width, height }) => ({ x, y, width, height }))"
        "(document.getElementById('map').getBoundingClientRect())"
    )
    for cell in cells:
        assert cell["x"] >= frame["x"] - 0.01
        assert cell["y"] >= frame["y"] - 0.01
        assert cell["x"] + cell["width"] <= frame["x"] + frame["width"] + 0.01
        assert cell["y"] + cell["height"] <= frame["y"] + frame["height"] + 0.01
    named = {cell["name"]: cell for cell in cells}
    assert {"Project/src", f"Packages/theirs/{NESTED}", HOSTILE, "jquery.js"} <= named.keys()
    files = [cell for cell in cells if not cell["opens"]]
    for number, one in enumerate(files):
        for other in files[:number]:
            across = min(one["x"] + one["width"], other["x"] + other["width"])
            down = min(one["y"] + one["height"], other["y"] + other["height"])
            assert (
                across - max(one["x"], other["x"]) < 0.1 or down - max(one["y"], other["y"]) < 0.1
            )
    area = {name: cell["width"] * cell["height"] for name, cell in named.items()}
    # 22 kB and 5 kB, in one folder; each cell leaves a pixel to the next.
    assert area["jquery.js"] / area["jquery.js.map"] == pytest.approx(22_000 / 5_000, rel=0.05)
    assert browser.run("window.broken") is None


def test_looking_into_folders_by_pointer(browser: Browser, report: str):
    opened(browser, report)
    assert heading(browser) == "All files: 36 files, 101 kB"
    assert browser.run(ROWS)[0][:2] == ["Project/src", "34"]
    cell = browser.driver.find_element(By.CSS_SELECTOR, "#map a[href='#/Project/src/img']")
    browser.driver.execute_script("arguments[0].click()", cell)
    browser.wait_for("document.getElementById('here').textContent.startsWith('Project/src/img')")
    assert len(browser.run(CELLS)) == 30
    assert browser.run(ROWS)[0][0] == "29.svg"
    crumbs = "[...document.querySelectorAll('#crumbs li')].map((item) => item.textContent)"
    assert browser.run(crumbs) == ["All files", "Project", "src", "img"]
    browser.driver.back()
    browser.wait_for("document.getElementById('here').textContent.startsWith('All files')")
    assert browser.errors == []


def test_looking_into_folders_by_keyboard(browser: Browser, report: str):
    opened(browser, report)
    seen: list[str] = []
    for _ in range(12):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.append(
            browser.run("document.activeElement.textContent || document.activeElement.value")
        )
        if seen[-1] == "Project/src":
            break
    assert seen[0] == "identity"
    assert seen[-1] == "Project/src"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    browser.wait_for("document.activeElement.id === 'here'")
    assert heading(browser).startswith("Project/src: 34 files")
    names = [row[0] for row in browser.run(ROWS)]
    assert {"img", "100% & more", HOSTILE} <= set(names)
    link = browser.driver.find_element(By.LINK_TEXT, "100% & more")
    link.send_keys(Keys.ENTER)
    browser.wait_for("document.getElementById('here').textContent.startsWith('Project/src/100')")
    assert [row[0] for row in browser.run(ROWS)] == ["a#b?c.txt"]
    address = browser.run("location.href")
    opened(browser, report)
    browser.driver.get(address)
    browser.wait_for("document.getElementById('here').textContent.startsWith('Project/src/100')")
    assert browser.errors == []


def test_the_sizes_after_packing(browser: Browser, report: str):
    opened(browser, report)
    before = {cell["name"]: cell["width"] * cell["height"] for cell in browser.run(CELLS)}
    chosen = browser.driver.find_element(By.CSS_SELECTOR, "input[value=identity]")
    chosen.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.run("document.querySelector('input[name=measure]:checked').value") == "br"
    after = {cell["name"]: cell["width"] * cell["height"] for cell in browser.run(CELLS)}
    assert after["Project/src"] != before["Project/src"]
    files, _, brotli = (browser.run(ROWS)[0][index] for index in (1, 2, 4))
    assert heading(browser).startswith("All files: 36 files, ")
    assert files == "34"
    assert brotli != "0 B"
    assert browser.errors == []


def test_an_address_that_names_no_folder_shows_the_nearest(browser: Browser, report: str):
    for address in ("#/Nobody/knows", "#/%E0%A4%A", "#", "#/Project/src/img/9.svg"):
        opened(browser, report + address)
        browser.driver.refresh()
        browser.wait_for("document.querySelector('#map .cell')")
        expected = "Project/src/img" if "img" in address else "All files"
        assert heading(browser).startswith(expected)
        assert browser.errors == []


def test_a_reader_without_sight_hears_the_table_and_not_the_map(browser: Browser, report: str):
    opened(browser, report)
    tree = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    told = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"]
    ]
    assert ("radio", "Brotli") in told
    assert ("link", "Project/src") in told
    assert [name for role, name in told if role == "heading"][:3] == [
        "Static files",
        "Where the bytes are",
        "All files: 36 files, 101 kB",
    ]
    assert {name for role, name in told if role == "columnheader"} >= {"Name", "Files", "gzip"}
    assert ("region", "Largest files") in told
    # Said once: the map's areas have the same names.
    assert sum(name == "Project/src" for _, name in told if _ == "link") == 1


def test_without_scripts_the_tables_are_there(browser: Browser, report: str):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.driver.get(report)
    body = browser.driver.find_element(By.TAG_NAME, "body").text
    assert "needs JavaScript" in body
    assert "Where the bytes are" not in body
    assert "Largest files" in body
    assert "missing-reference" in body
