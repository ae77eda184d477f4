"""The example site in a browser, as ``make demo`` serves it: every file arrives and does its work."""

from __future__ import annotations

import pytest
from browser import Browser
from selenium.webdriver.common.by import By
from sites import Site

pytestmark = [pytest.mark.e2e]

BOARD = "document.querySelector('[data-board] tbody')"
SEARCH = "!document.querySelector('[data-search]').hidden"


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("", "Who is in port"),
        ("ships/DHJU/", "Isolde"),
        ("admin/login/", "Django administration"),
        ("api/ships/", "Ship List"),
    ],
)
def test_pages_load_whole(browser: Browser, harbour: Site, path: str, heading: str) -> None:
    browser.open(harbour.address + path)
    assert (browser.errors, browser.failures) == ([], [])
    shown = browser.run(
        "[...document.querySelectorAll('h1, #site-name')].map(e => e.innerText).join()"
    )
    assert heading.lower() in shown.lower()


@pytest.mark.parametrize("path", ["", "ships/DHJU/", "admin/login/", "api/ships/"])
def test_pages_load_whole_in_development(
    browser: Browser, harbour_in_development: Site, path: str
) -> None:
    browser.open(harbour_in_development.address + path)
    assert (browser.errors, browser.failures) == ([], [])
    assert any("/debug_toolbar/" in exchange.url for exchange in browser.exchanges)


def test_font_is_loaded_and_used(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address)
    faces = browser.run("[...document.fonts].map(face => [face.family, face.status])")
    assert [(family.strip('"'), status) for family, status in faces] == [("Hull Stencil", "loaded")]
    # A face that is loaded but not drawn with would leave the words as wide as in the fallback.
    browser.run("(window.ink = document.createElement('canvas').getContext('2d')).font")
    width = "(ink.font = arguments[0], ink.measureText('HARBOUR').width)"
    family = browser.run("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert browser.run(width, f"40px {family}") == browser.run(width, '40px "Hull Stencil"')
    assert browser.run(width, f"40px {family}") != browser.run(width, "40px Impact, sans-serif")


def test_style_sheets_arrive_with_what_they_import(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address)
    style = "getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    assert browser.run(style, "h1", "textTransform") == "uppercase"  # site.css > base/type.css
    assert browser.run(style, "ul", "marginTop") != "16px"  # site.css > base/reset.css
    assert browser.run(style, ".masthead", "display") == "flex"  # site.css > layout.css
    assert browser.run(style, ".ships", "display") == "grid"  # register.css
    assert browser.run(style, ".flags", "display") == "inline-flex"  # register.css > flags.css


def test_the_projects_files_win_over_the_apps(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address)
    assert (
        browser.run("getComputedStyle(document.documentElement).getPropertyValue('--theme')")
        == '"harbour"'
    )
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(247, 243, 234)"
    emblem = browser.run("fetch(document.querySelector('.brand img').src).then(r => r.text())")
    assert "lighthouse" in emblem


@pytest.mark.parametrize("width", [1280, 400])
def test_images_are_drawn(browser: Browser, harbour: Site, width: int) -> None:
    browser.size(width, 800)
    browser.open(harbour.address, until=BOARD)
    browser.run("window.scrollTo(0, document.body.scrollHeight)")  # lazy ones come with the scroll
    browser.settle("[...document.images].every(image => image.complete)")
    widths = browser.run("[...document.images].map(image => [image.src, image.naturalWidth])")
    assert len(widths) == 12
    assert [src for src, natural in widths if natural == 0] == []
    assert browser.failures == []


@pytest.mark.parametrize(("width", "picture"), [(1280, "harbour-1600"), (400, "harbour-800")])
def test_hero_picture_fits_the_screen(
    browser: Browser, harbour: Site, width: int, picture: str
) -> None:
    browser.size(width, 800)
    browser.open(harbour.address)
    assert picture in browser.run("document.querySelector('.hero-picture').currentSrc")


def test_flags_are_drawn_from_the_sprite(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address, until=BOARD)
    widths = browser.run(
        "[...document.querySelectorAll('.flag use')].map(use => use.getBBox().width)"
    )
    # Ten ships in the register, by the template; four on the board, by the script; four flags each.
    assert len(widths) == (10 + 4) * 4
    assert min(widths) == 48  # a flag that is not found has no width


def test_background_picture_arrives(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address + "ships/DHJU/")
    charts = [exchange for exchange in browser.exchanges if "/chart" in exchange.url]
    assert [(chart.status, chart.headers["content-type"]) for chart in charts] == [
        (200, "image/svg+xml")
    ]


def test_board_shows_what_the_api_says(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address, until=BOARD)
    rows = browser.run(
        f"[...{BOARD}.rows].map(row => [...row.cells].slice(0, 4).map(cell => cell.innerText))"
    )
    assert rows == [
        ["04:55", "Fulmar", "Trawler", "Fish market"],
        ["06:40", "Aurora Lindqvist", "Cargo ship", "Berth 3"],
        ["07:15", "Queen of Skerry", "Ferry", "Ferry ramp"],
        ["16:20", "Isolde", "Sailing ship", "Anchorage"],
    ]


def test_search_narrows_the_register(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address, until=SEARCH)
    browser.driver.find_element(By.CSS_SELECTOR, "[data-search] input").send_keys("sail rostock")
    ships = browser.driver.find_elements(By.CSS_SELECTOR, "[data-ship]")
    assert [ship.find_element(By.TAG_NAME, "h3").text for ship in ships if ship.is_displayed()] == [
        "Isolde"
    ]
    assert browser.run("document.querySelector('[data-search-count]').innerText") == "1 of 10 ships"


def test_chosen_colours_stay_on_the_next_page(browser: Browser, harbour: Site) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.open(harbour.address)
    browser.driver.find_element(By.CSS_SELECTOR, "[data-scheme-toggle]").click()
    assert browser.run(ground) == "rgb(11, 28, 41)"
    browser.open(harbour.address + "ships/DHJU/")
    assert browser.run(ground) == "rgb(11, 28, 41)"


@pytest.mark.parametrize(
    ("path", "element", "seconds"), [("", "video", 8), ("ships/DHJU/", "audio", 4)]
)
def test_film_and_sound_can_be_sought(
    browser: Browser, harbour: Site, path: str, element: str, seconds: int
) -> None:
    browser.open(
        harbour.address + path, until=f"document.querySelector('{element}').readyState > 0"
    )
    at = browser.driver.execute_async_script(
        """
        const media = document.querySelector(arguments[0]), done = arguments[2];
        media.addEventListener("seeked", () => done([media.duration, media.currentTime]));
        media.currentTime = arguments[1];
        """,
        element,
        seconds - 1,
    )
    assert at == [seconds, seconds - 1]
    assert browser.errors == []


@pytest.mark.parametrize("path", ["", "ships/SDRQ/"])
def test_small_screen_needs_no_sideways_scrolling(
    browser: Browser, harbour: Site, path: str
) -> None:
    browser.size(400, 800)
    browser.open(harbour.address + path)
    assert browser.run("document.documentElement.scrollWidth") == 400


def test_admin_works_with_its_scripts(browser: Browser, harbour: Site) -> None:
    browser.open(harbour.address + "admin/login/?next=/admin/register/ship/1/change/")
    browser.driver.find_element(By.NAME, "username").send_keys(harbour.user)
    browser.driver.find_element(By.NAME, "password").send_keys(harbour.password)
    browser.driver.find_element(By.CSS_SELECTOR, "[type=submit]").click()
    browser.settle("document.querySelector('#id_due')")
    # DateTimeShortcuts.js adds the clock beside the field; without it there is none.
    browser.wait_for("document.querySelector('.field-due .clock-icon')")
    assert (browser.errors, browser.failures) == ([], [])
