"""The example site's uploads, as a sailor makes them: sign up, send a picture, see it, read one's papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser import Browser, chromium
from selenium.webdriver.common.by import By
from sites import Site

from media import samples

pytestmark = [pytest.mark.e2e]

PASSWORD = "long and wide as the sea"
FETCHED = """
    const [url, done] = [arguments[0], arguments[1]];
    fetch(url).then(async r => done([r.status, r.url, Object.fromEntries(r.headers), await r.text()]));
"""


@pytest.fixture(params=["harbour", "harbour_in_development"])
def site(request: pytest.FixtureRequest) -> Site:
    """In production, and in development; the project is the same."""
    return request.getfixturevalue(request.param)


def sign_up(browser: Browser, site: Site, name: str) -> None:
    browser.open(f"{site.address}crew/sign-up/")
    fill(browser, username=name, password1=PASSWORD, password2=PASSWORD)
    browser.settle("document.querySelector('h1').innerText != 'SIGN UP'")


def fill(browser: Browser, **values: object) -> None:
    for name, value in values.items():
        browser.driver.find_element(By.NAME, name).send_keys(str(value))
    browser.driver.find_element(By.CSS_SELECTOR, "main form [type=submit]").click()


def fetched(browser: Browser, url: str) -> Any:
    return browser.driver.execute_async_script(FETCHED, url)


def test_an_avatar_and_private_papers(browser: Browser, site: Site, tmp_path: Path) -> None:
    (tmp_path / "Mole 1.jpg").write_bytes(samples.photo())
    (tmp_path / "papers.pdf").write_bytes(samples.PDF)
    sign_up(browser, site, "hanne")
    fill(browser, avatar=tmp_path / "Mole 1.jpg", papers=tmp_path / "papers.pdf")
    browser.settle("document.querySelector('[data-avatar]')")
    # Turned as the telephone was held: the side is kept, the place is not.
    size = "(i => [i.naturalWidth, i.naturalHeight])(document.querySelector('[data-avatar]'))"
    assert browser.run(size) == [80, 120]
    assert (browser.errors, browser.failures) == ([], [])
    avatar = browser.run("document.querySelector('[data-avatar]').src")
    papers = browser.run("document.querySelector('[data-papers]').href")
    assert avatar.startswith(f"{site.address}media/avatars/Mole_1")
    status, _, headers, content = fetched(browser, avatar)
    assert (status, "Telephone" in content) == (200, False)
    assert headers["x-content-type-options"] == "nosniff"
    status, _, headers, content = fetched(browser, papers)
    assert (status, content.startswith("%PDF")) == (200, True)
    assert headers["content-disposition"] == 'inline; filename="Papers of hanne.pdf"'
    assert "private" in headers["cache-control"]
    with chromium() as other:
        other.open(f"{site.address}crew/login/")
        assert fetched(other, avatar)[0] == 200
        assert "/crew/login/?next=/media/papers/" in fetched(other, papers)[1]
        sign_up(other, site, "jannis")
        assert fetched(other, papers)[0] == 403


def test_a_bad_picture_is_explained(browser: Browser, site: Site, tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(samples.HTML)
    (tmp_path / "cut.pdf").write_bytes(samples.PDF[:100])
    sign_up(browser, site, "ole")
    fill(browser, avatar=tmp_path / "page.jpg", papers=tmp_path / "cut.pdf")
    browser.settle("document.querySelectorAll('.errorlist').length == 2")
    said = browser.run("[...document.querySelectorAll('.errorlist')].map(list => list.innerText)")
    assert "Upload a valid image" in said[0]  # Django's own ImageField
    assert "The file is damaged: it ends too early" in said[1]
    browser.open(f"{site.address}crew/")
    assert browser.run("document.querySelector('[data-avatar], [data-papers]')") is None
