"""Folders, names and values with characters that mean something in a server's language: what can be expressed
is served, all else is refused, and nothing gets out of its quotes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import ConfigError
from lading.media.policy import MediaPolicy
from lading.policy import Policy
from lading.webservers.rules import NameRule
from lading.webservers.site import App, Media, Site, Static
from serve.client import exchange
from serve.requests_table.webservers import SERVERS

from .running import RENDER, public_folder, running

CONTROLS = ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"]
INJECTIONS = [
    '/srv/"; } server { listen 81',
    "/srv/'; deny all; #",
    "/srv/x} route { respond pwned",
    "/srv/x` respond `pwned",
    "/srv/$document_root",
    "/srv/${HOME}",
    "/srv/{$HOME}",
    "/srv/{env.HOME}",
    "/srv/%{HTTP_HOST}",
    "/srv/x\\",
    '/srv/x\\"',
    "/srv/# comment",
    "/srv/<Directory />",
    "/srv/*/[a-z]?",
    "/srv/na\u00efve \u2713",
]


def site(root: str = "/srv/static", **fields: object) -> Site:
    area = Static(
        "/static/",
        root,
        fields.pop("policy", Policy()),  # type: ignore[arg-type]
        codings=("br", "gzip"),
        immutable=(NameRule("^kept\\.js$", "immutable"),),
        denied=("staticfiles.json",),
    )
    media = Media("/media/", f"{root}-media", MediaPolicy())
    return Site((area,), media, App(host="127.0.0.1", port=8000), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_control_character_gets_into_a_configuration(control: str) -> None:
    for make in (
        lambda: Static("/static/", f"/srv/a{control}b", Policy()),
        lambda: Static(f"/a{control}b/", "/srv", Policy()),
        lambda: Media(f"/a{control}b/", "/srv", MediaPolicy()),
        lambda: Media("/media/", f"/srv/a{control}b", MediaPolicy()),
        lambda: Media("/media/", "/srv", MediaPolicy(), internal=f"/a{control}b/"),
        lambda: Policy(headers={"*": {"X-A": f"a{control}b"}}),
    ):
        with pytest.raises(ConfigError):
            make()


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("root", INJECTIONS)
def test_a_folder_stays_in_its_quotes(server: str, root: str) -> None:
    try:
        text = RENDER[server](site(root))
    except ConfigError as error:
        text = ""
        assert (error.where, bool(error.remedy)) == ("root", True)  # noqa: PT017
    assert not text or text.count("\n") == RENDER[server](site()).count("\n")


@pytest.mark.parametrize("server", SERVERS)
@given(name=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=20))
def test_any_text_stays_in_its_quotes(server: str, name: str) -> None:
    try:
        text = RENDER[server](
            site(f"/srv/{name}", policy=Policy(headers={f"*{name}": {"X-A": f"a{name}z"}}))
        )
    except ConfigError:
        return
    plain = RENDER[server](site("/srv/x", policy=Policy(headers={"*x": {"X-A": "axz"}})))
    assert text.count("\n") == plain.count("\n")
    if server == "nginx":
        assert strings_end(text)


def strings_end(text: str) -> bool:
    """Whether each line that opens a string ends it, as nginx reads strings."""
    for line in text.split("\n"):
        inside = escaped = False
        if line.lstrip().startswith("#"):
            continue
        for char in line:
            if escaped:
                escaped = False
            elif char == "\\" and inside:
                escaped = True
            elif char == '"':
                inside = not inside
        if inside:
            return False
    return True


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("nginx", "na\u00efve \"q\" 'a' ;{}#[x]*?\\ end"),
        ("caddy", "na\u00efve 'a' `b` ;#(x)$ end"),
        ("apache", 'na\u00efve "q" ;{}#(x) end'),
    ],
)
@pytest.mark.e2e
def test_files_of_a_folder_with_odd_characters_are_served(server: str, name: str) -> None:
    with public_folder() as folder:
        for area in ("static", "static-media"):
            file = Path(folder, name, area, "a b.txt")
            file.parent.mkdir(parents=True)
            file.write_text(area)
            (file.parent / "a b.txt.gz").write_text("")
        odd = Policy(headers={"a ?.txt": {"X-Odd": "a \"b\" 'c' `d` {e} %s 50% \\ $$1; #"}})
        if server == "nginx":
            odd = Policy(headers={"a ?.txt": {"X-Odd": "a \"b\" 'c' `d` {e} %s 50% \\ ; #"}})
        if server == "caddy":
            odd = Policy(headers={"a ?.txt": {"X-Odd": "a \"b\" 'c' {e} %s 50% \\ $$1; #"}})
        whole = site(str(Path(folder, name, "static")), policy=odd, names=("localhost",))
        with running(server, whole) as address:
            answer = exchange(address, "GET", "/static/a%20b.txt")
            assert (answer.status, answer.body) == (200, b"static")
            assert answer.header("X-Odd") == odd.headers["a ?.txt"]["X-Odd"]
            assert exchange(address, "GET", "/media/a%20b.txt").body == b"static-media"
            assert exchange(address, "GET", "/static/a%20b.txt.gz").status == 404


@pytest.mark.parametrize(
    ("server", "fields", "where"),
    [
        ("nginx", {"root": "/srv/a$b"}, "root"),
        ("nginx", {"policy": Policy(headers={"*": {"X-A": "$uri"}})}, "headers"),
        ("caddy", {"root": "/srv/{a}"}, "root"),
        ("caddy", {"root": '/srv/a"b`c'}, "root"),
        ("caddy", {"policy": Policy(headers={"*": {"X-A": "{$HOME}"}})}, "headers"),
        ("caddy", {"root": "/srv/a*"}, "root"),
        ("apache", {"root": "/srv/a*"}, "root"),
        ("apache", {"root": "/srv/a\"b'c"}, "root"),
        ("apache", {"root": "/srv/50%"}, "root"),
        ("apache", {"policy": Policy(headers={"*": {"X-A": "${HOME}"}})}, "headers"),
        ("apache", {"policy": Policy(headers={"*": {"Content-Type": "a/b],E=X"}})}, "headers"),
    ],
)
def test_what_a_server_cannot_express_is_refused(
    server: str, fields: dict[str, object], where: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        RENDER[server](site(**fields))  # type: ignore[arg-type]
    assert caught.value.where == where
    assert caught.value.remedy
