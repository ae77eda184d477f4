"""A project as a site: what settings and manifest say, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lading.config import Config, parse
from lading.errors import ConfigError, ManifestError
from lading.manifest import NAME, File, Manifest, dumps
from lading.webservers.description import LARGE, SMALL, describe, immutable_rules, upload_limit
from lading.webservers.site import App

PLAIN = File("0" * 64, 1, "text/css")
HASHED = File("0" * 64, 1, "text/css", True, {"br": 1, "zstd": 1})


def config(**settings: object) -> Config:
    return parse({"names": "hashed", **settings}, lambda key: f"lading.toml:{key}")


def publish(root: Path, files: dict[str, File] | None = None) -> str:
    files = files or {"a.css": PLAIN, "a.0123456789ab.css": HASHED}
    (root / NAME).write_bytes(dumps(Manifest({"a.css": "a.0123456789ab.css"}, files)))
    return str(root)


def test_a_site_of_files_alone(tmp_path: Path) -> None:
    site = describe(config(), publish(tmp_path))
    (static,) = site.static
    assert (static.url, static.root, static.denied) == ("/static/", str(tmp_path), (NAME,))
    assert static.codings == ("br",)  # what files have, out of what the settings allow
    assert (site.media, site.app, site.upload_limit) == (None, None, SMALL)


def test_a_whole_site(tmp_path: Path) -> None:
    table = {"app": "unix:/run/a b.sock", "server_names": ["a.example"], "upload_limit": 5}
    whole = config(
        static_url="https://cdn.example/s%20t/",
        media_root="uploads",
        webserver={**table, "listen": "127.0.0.1:81"},
    )
    site = describe(whole, publish(tmp_path))
    assert site.static[0].url == "/s t/"
    assert (site.app, site.names) == (App(socket="/run/a b.sock"), ("a.example",))
    assert (site.upload_limit, site.listen) == (5, "127.0.0.1:81")
    assert site.media
    assert (site.media.url, site.media.private) == ("/media/", False)
    assert site.media.root.endswith("/uploads")


def test_files_that_lie_elsewhere_on_the_web_servers_machine(tmp_path: Path) -> None:
    site = describe(
        config(media_root="m"), publish(tmp_path), static_root="/srv/s", media_root="/srv/m"
    )
    assert site.static[0].root == "/srv/s"
    assert site.media
    assert site.media.root == "/srv/m"


def test_uploads_that_the_application_serves_on_a_host_of_their_own(tmp_path: Path) -> None:
    more = {"media_url": "https://Usercontent.example/", "media_root": "/srv/m"}
    app = {"app": "127.0.0.1:8000", "server_names": ["a.example"]}
    root = publish(tmp_path)
    for served in ({"media_serve": True}, {"media_access": "a.b"}):
        site = describe(config(**more, **served, webserver=app), root)
        assert site.media is None
        assert site.names == ("a.example", "usercontent.example")
    site = describe(config(**more, media_serve=True, webserver={"app": "a:1"}), root)
    assert site.names == ()
    private = {"media_access": "a.b", "media_sender": "x-accel-redirect", "media_serve": True}
    for unlike in ({"webserver": app}, {"media_serve": True}, {"webserver": app, **private}):
        with pytest.raises(ConfigError, match=r"usercontent\.example has nothing but") as caught:
            describe(config(**more, **unlike), root)
        assert "https://usercontent.example/media/" in caught.value.remedy


def test_files_in_a_bucket_are_not_the_web_servers(tmp_path: Path) -> None:
    site = describe(config(target="s3://assets/static", media_root="m"), str(tmp_path))
    assert site.static == ()
    assert site.media


def test_no_manifest_yet(tmp_path: Path) -> None:
    for settings in (config(), parse({}, str)):
        with pytest.raises(ManifestError) as caught:
            describe(settings, str(tmp_path))
        assert "first" in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": "9", "paths": {}}',
        json.dumps({"version": "1.1", "paths": {}, "lading": {"version": 99, "files": {}}}),
        json.dumps({"version": "1.1", "paths": {}, "lading": {"version": 1, "files": {"a": [1]}}}),
        json.dumps({"version": "1.1", "paths": {"a": "b"}}),
    ],
)
def test_a_damaged_manifest(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(ManifestError) as caught:
        describe(config(), str(tmp_path))
    assert str(tmp_path) in caught.value.where


def test_names_that_change_with_their_content() -> None:
    settings = config(finished=["dist/*"], folders=["tiny"])
    files = {
        "a.0123456789ab.css": HASHED,
        "dist/x.css": HASHED,
        "tiny.0123456789ab/a.css": HASHED,
        "copied.0123456789ab.css": PLAIN,  # a name that only looks like one
        "a.css": PLAIN,
    }
    rules = list(immutable_rules(settings, Manifest({}, files)))
    for name, file in files.items():
        found = next((rule.value for rule in rules if re.search(rule.regex, name)), "")
        assert bool(found) == file.immutable, name


def test_plain_names_never_last(tmp_path: Path) -> None:
    assert list(immutable_rules(parse({}, str), Manifest({}, {"a.0123456789ab.css": PLAIN}))) == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, SMALL),
        ({"media_root": "m"}, LARGE),
        ({"media_root": "m", "media_max_size": 1000}, SMALL + 1000),
        ({"media_root": "m", "webserver": {"upload_limit": 7}}, 7),
    ],
)
def test_what_a_request_may_bring(settings: dict[str, object], expected: int) -> None:
    assert upload_limit(config(**settings)) == expected


@pytest.mark.parametrize(
    ("sender", "by", "private"),
    [("x-accel-redirect", "x-accel-redirect", True), ("python", "x-accel-redirect", None)],
)
def test_private_uploads(sender: str, by: str, private: bool | None, tmp_path: Path) -> None:
    settings = config(media_root="m", media_access="app.access.may", media_sender=sender)
    media = describe(settings, publish(tmp_path), private_by=by).media
    assert (media.private if media else None) == private
    if media:
        assert media.internal == "/lading-media/"


def test_private_uploads_that_the_server_cannot_send(tmp_path: Path) -> None:
    settings = config(media_root="m", media_access="app.access.may", media_sender="x-sendfile")
    with pytest.raises(ConfigError) as caught:
        describe(settings, publish(tmp_path), private_by="x-accel-redirect")
    assert caught.value.where == "media_sender"
    assert "'x-accel-redirect'" in caught.value.remedy


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"media_root": "m", "media_url": "/static/"}, "media_url"),
        ({"media_root": "m", "media_url": "/"}, "media_url"),
        ({"static_url": "/a/../b/"}, "static_url"),
        ({"static_url": "/a%0Ab/"}, "static_url"),
        ({"static_url": "/a//b/"}, "static_url"),
        ({"static_url": "/%ff/"}, "static_url"),
    ],
)
def test_urls_that_cannot_be_served_below(
    settings: dict[str, object], where: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        describe(config(**settings), publish(tmp_path))
    assert caught.value.where == where


@pytest.mark.parametrize("root", ["relative", "/", "/a/../..", ""])
def test_folders_that_cannot_be_served(root: str, tmp_path: Path) -> None:
    from lading.policy import Policy
    from lading.webservers.site import Static

    with pytest.raises(ConfigError):
        Static("/static/", root, Policy())


SITE_ROOT = {
    "finished": ["root/dist/*", "*/bundles/*", "css/*"],
    "folders": ["root/tiny", "tiny"],
    "headers": {
        "root/sw.js": {"X-A": "1"},
        "*.txt": {"X-B": "1"},
        "*/deep.txt": {"X-C": "1"},
        "css/*": {"X-D": "1"},
    },
    "index": "index.html",
    "site_root": "root",
}


def test_files_at_the_root_of_the_site(tmp_path: Path) -> None:
    files = {
        "root/robots.txt": PLAIN,
        "root/app.0123456789ab.js": HASHED,
        "root/dist/app.js": HASHED,
        "root/tiny.0123456789ab/a.js": HASHED,
        "root/copied.0123456789ab.js": PLAIN,
        "css/copied.0123456789ab.css": PLAIN,
    }
    static, root = describe(
        config(**SITE_ROOT), publish(tmp_path, files), static_root="/srv"
    ).static
    assert (static.url, static.root, static.index) == ("/static/", "/srv", "index.html")
    assert (root.url, root.root, root.index) == ("/", "/srv/root", "index.html")
    assert (root.fallthrough, root.denied) == (True, ())
    assert list(root.policy.headers) == ["sw.js", "*.txt", "*/deep.txt", "deep.txt"]
    for path, file in files.items():
        if path.startswith("root/"):
            name = path.removeprefix("root/")
            found = next((r.value for r in root.immutable if re.search(r.regex, name)), "")
            assert bool(found) == file.immutable, name


def test_a_site_root_where_static_files_are_at_the_root(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        describe(config(static_url="/", site_root="root"), publish(tmp_path))
    assert caught.value.where == "site_root"


def test_the_index_of_a_web_server_comes_first(tmp_path: Path) -> None:
    both = config(index="index.html", webserver={"index": "home.html"})
    assert describe(both, publish(tmp_path)).static[0].index == "home.html"
