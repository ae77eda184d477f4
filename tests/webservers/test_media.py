"""Uploads under the real servers: each name is served as the policy says, and none leads outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from lading import mediatypes
from lading.media.policy import (
    ACTIVE_EXTENSIONS,
    TEXT_EXTENSIONS,
    VIEWED_EXTENSIONS,
    MediaPolicy,
    response_headers,
)
from lading.policy import Policy
from lading.policy import response_headers as static_headers
from lading.webservers.site import Media, Site, Static
from serve.checking import Answer
from serve.client import exchange
from serve.requests_table.paths import PATHS
from serve.requests_table.webservers import SERVERS
from serve.site import SECRET

from .running import Address, application, public_folder, running

pytestmark = [pytest.mark.e2e]

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
ENDINGS = sorted(
    {
        *(ending for endings in mediatypes.extensions().values() for ending in endings),
        *ACTIVE_EXTENSIONS,
        *TEXT_EXTENSIONS,
        *VIEWED_EXTENSIONS,
        *("php", "cgi", "shtml", "var", "foobar", "x-html", "html5"),
    }
)
NAMES = [
    *(f"deep/er/{form}" for ending in ENDINGS for form in (f"a.{ending}", f"A.{ending.upper()}")),
    *("page.html.foobar", "page.php.jpg", "page.fr.txt", "page.", "html", "a b.svg", "100%.html"),
    *("na\u00efve.html", "q?.html", "h#.svg", "a;b.html", "a+b.xml", "data.tar.gz", "x.html.gz"),
    *("crossdomain.xml", "apple-app-site-association", "deep/crossdomain.xml"),
    *("a'b.html", 'a"b.html', "a$b.html", "a{b}.html", "page.html~", "page.HtMl", "[x].svg"),
]
OWN = MediaPolicy(
    max_age=0,
    inline=(),
    resource_policy="same-site",
    headers={
        "avatars/*": {"Cache-Control": "max-age=3600, public", "X-Own": 'a "b" {c} 50%'},
        "*.pdf": {"Content-Security-Policy": None, "Content-Type": "application/octet-stream"},
        "[a-c]?.txt": {"X-Own": "glob"},
    },
)
OWN_NAMES = ["avatars/a.png", "avatars/a.html", "a.pdf", "b1.txt", "d1.txt", "a.svg", "a.png"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with public_folder() as folder:
        for area, names in (("media", NAMES), ("own", OWN_NAMES), ("static", NAMES)):
            for name in names:
                write(folder / area / name, SCRIPT)
            for name in (".env", "deep/.htpasswd", ".lading-trash/1/a.txt", ".lading/ledger"):
                write(folder / area / name, SECRET)
        write(folder / "outside.txt", SECRET)
        yield folder


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Address]:
    site = Site(
        (Static("/static/", str(folder / "static"), Policy()),),
        Media("/media/", str(folder / "media"), MediaPolicy()),
        names=("localhost",),
    )
    with running(request.param, site) as address:
        yield address


def get(address: Address, target: str, *headers: tuple[str, str]) -> Answer:
    return exchange(address, "GET", target, headers)


def differences(answer: Answer, expected: dict[str, str]) -> dict[str, object]:
    """The headers that are not as expected, and those that decide about safety and should not be there."""
    if answer.status != 200:
        return {"status": answer.status}
    expected = {name.lower(): value for name, value in expected.items()}
    if expected.get("content-disposition", "").startswith("attachment"):
        expected["content-disposition"] = "attachment"  # the name is the URL's
    names = {*expected, "content-disposition", "content-encoding", "access-control-allow-origin"}
    return {
        name: (answer.header(name), expected.get(name))
        for name in names
        if answer.header(name) != expected.get(name)
    }


def test_every_upload_is_served_as_the_policy_says(server: Address) -> None:
    wrong = {
        name: found
        for name in NAMES
        if (
            found := differences(
                get(server, f"/media/{quote(name)}"), dict(response_headers(MediaPolicy(), name))
            )
        )
    }
    assert not wrong


def test_every_published_file_is_served_as_the_policy_says(server: Address) -> None:
    wrong = {
        name: found
        for name in NAMES
        if (
            found := differences(
                get(server, f"/static/{quote(name)}"),
                dict(
                    static_headers(
                        Policy(), name, mediatypes.media_type(name), immutable=False, varies=False
                    )
                ),
            )
        )
    }
    assert not wrong


@pytest.mark.parametrize(
    "target",
    ["page.%68tml.foobar", "deep/er/a.%68%74%6d%6c", "deep/er/%61.sv%67"],
)
def test_spelling_a_name_otherwise_changes_nothing(server: Address, target: str) -> None:
    expected = dict(response_headers(MediaPolicy(), unquote(target)))
    assert differences(get(server, f"/media/{target}"), expected) == {}


def test_a_range_of_an_upload_is_as_safe(server: Address) -> None:
    answer = get(server, "/media/deep/er/a.svg", ("Range", "bytes=1-3"))
    assert (answer.status, answer.body) == (206, SCRIPT[1:4])
    assert answer.header("Content-Disposition") == "attachment"
    assert answer.header("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("area", ["static", "media"])
@pytest.mark.parametrize(
    "name", [".env", "deep/.htpasswd", ".lading-trash/1/a.txt", ".lading/ledger", "%2eenv"]
)
def test_dot_files_are_nobodys_business(server: Address, area: str, name: str) -> None:
    answer = get(server, f"/{area}/{name}")
    assert answer.status == 404
    assert SECRET not in answer.body
    assert answer.header("Cache-Control") == "no-store"


def test_no_path_leads_outside(server: Address) -> None:
    targets = [row.target.replace("/static", "/media", 1) for row in PATHS if row.status == 404]
    for target in targets:
        answer = get(server, target)
        assert answer.status in (400, 404), target
        assert SECRET not in answer.body, target


def test_folders_are_not_listed(server: Address) -> None:
    for target in ("/media/", "/media/deep/", "/media/deep", "/static/"):
        assert get(server, target).status == 404, target


@pytest.mark.parametrize("name", SERVERS)
def test_settings_of_uploads(name: str, folder: Path) -> None:
    media = Media("/files of users/", str(folder / "own"), OWN)
    with running(name, Site((), media, names=("localhost",))) as address:
        wrong = {
            upload: found
            for upload in OWN_NAMES
            if (
                found := differences(
                    get(address, f"/files%20of%20users/{upload}"),
                    dict(response_headers(OWN, upload)),
                )
            )
        }
    assert not wrong


@pytest.mark.parametrize("name", SERVERS)
def test_private_uploads_are_sent_when_the_application_says_so(name: str, folder: Path) -> None:
    private = Media("/media/", str(folder / "media"), MediaPolicy(), private=True)

    def respond(method: str, path: str) -> tuple[dict[str, str], bytes]:
        allowed = path.removeprefix("/media/").removesuffix("?key")
        if allowed == path.removeprefix("/media/"):
            return {}, b"who are you?"
        headers = dict(response_headers(MediaPolicy(), allowed, private=True))
        headers["Content-Disposition"] = 'attachment; filename="yours.bin"'
        if name == "apache":
            return {**headers, "X-Sendfile": str(folder / "media" / allowed)}, b""
        return {**headers, "X-Accel-Redirect": private.internal + allowed}, b""

    with (
        application(respond) as app,
        running(name, Site((), private, app, names=("localhost",))) as address,
    ):
        assert get(address, "/media/deep/er/a.svg").body == b"who are you?"
        for upload in ("deep/er/a.svg", "deep/er/a.mp4", "deep/er/a.js"):
            answer = get(address, f"/media/{upload}?key")
            assert (answer.status, answer.body) == (200, SCRIPT)
            expected = dict(response_headers(MediaPolicy(), upload, private=True))
            found = differences(
                answer, {**expected, "Content-Disposition": 'attachment; filename="yours.bin"'}
            )
            found.pop("content-disposition", None)
            assert not found
            assert answer.header("Content-Disposition") == 'attachment; filename="yours.bin"'
            assert answer.header("X-Accel-Redirect") is answer.header("X-Sendfile") is None
        answer = get(address, "/media/deep/er/a.mp4?key", ("Range", "bytes=0-4"))
        assert (answer.status, answer.body) == (206, SCRIPT[:5])
        # What the application says the path of is asked for directly.
        assert get(address, private.internal + "deep/er/a.svg").body in (
            b"who are you?",
            b"Not found.\n",
        )
        # A path of the application's that leads outside.
        for evil in (
            "../outside.txt",
            "%2e%2e/outside.txt",
            *([] if name == "apache" else [".env"]),
        ):
            assert SECRET not in get(address, f"/media/{evil}?key").body
