"""``lading.themes.sites``: what the original answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from lading.themes import folder, sites
from themes.folders import write


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    above = tmp_path_factory.mktemp("sites")
    write(above, {"outside": "secret"})
    files = {
        "img/a.PNG": "a",
        "img/b.png": "b",
        "img/b.PNG": "B",
        "sub/index.html": "s",
        "docs/a.html": "",
        "a.php": "p",
    }
    with sites.original(folder.scan(str(write(above / "theme", files)), ["docs"])) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("img/a.PNG", 200, b"a"),
        ("IMG/A.png?x", 200, b"a"),
        ("img/B.png", 404, None),  # which one was meant?
        ("img/b.PNG", 200, b"B"),
        ("sub", 200, b"s"),
        ("nothing", 404, None),
        ("../outside", 404, None),
        ("docs/a.html", 404, None),  # excluded
        ("a.php", 200, b"p"),  # left out, which its pages may miss
    ],
)
def test_files_are_found_by_another_case(address: str, path: str, status: int, body: bytes | None):
    got = sites.fetch(address + path)
    assert got[0] == status
    assert body in (None, got[1])


@pytest.mark.parametrize(
    ("page", "declared"),
    [
        ("é".encode(), "utf-8"),
        ("<meta charset=iso-8859-2>é".encode(), None),
        ("é".encode("cp1252"), None),
        ("é".encode("utf-16"), None),
    ],
)
def test_the_encoding_is_what_the_import_takes_it_for(
    tmp_path: Path, page: bytes, declared: str | None
):
    with (
        sites.original(folder.scan(str(write(tmp_path, {"a.html": page})))) as address,
        urlopen(address + "a.html") as answer,
    ):
        assert answer.headers.get_content_charset() == declared
