"""Real web servers: silence under the configurations that Lading writes, and the faults of usual ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from lading.config import Config
from lading.doctor import examine
from lading.doctor.diagnosis import Group
from lading.doctor.uploaded import Uploads
from lading.webservers import description
from lading.webservers.site import Site
from serve.servers import Server
from serve.servers import running as serving_by
from webservers import running as servers
from webservers.running import application, public_folder, running

from .live import Live, publish

pytestmark = [pytest.mark.e2e]


@pytest.fixture(scope="module")
def own() -> Iterator[Live]:
    """A site in a folder that the servers' users may read."""
    with public_folder() as folder:
        yield publish(folder)


def site_of(own: Live) -> Site:
    config = Config(
        names="hashed",
        site_root="root",
        encodings=("br", "gzip"),
        media_root=str(own.media),
        root=str(own.root.parent),
    )
    return description.describe(config, str(own.root))


def page(own: Live) -> tuple[dict[str, str], bytes]:
    link = f'<link rel="stylesheet" href="{own.at("css/app.css")}">'
    return {"Content-Type": "text/html; charset=utf-8"}, link.encode()


def look(own: Live, address: tuple[str, int]) -> Group:
    url = f"http://{address[0]}:{address[1]}/"
    uploads = Uploads("/media/", str(own.media))
    return examine.examine(url, own.files, "/static/", media=uploads, writes=lambda server: True)


# Apache takes names with a percent sign apart, so Lading leaves their variants unused.
KNOWN = {"nginx": {}, "caddy": {}, "apache": {"live-not-compressed": "odd name+100%"}}


@pytest.mark.parametrize("server", ["nginx", "caddy", "apache"])
def test_silence_about_the_configurations_that_lading_writes(server: str, own: Live):
    with application(lambda method, path: page(own)) as app:
        site = dataclasses.replace(site_of(own), app=app)
        with running(server, site) as address:
            group = look(own, address)
    assert {f.kind: f.path.partition(".")[0] for f in group.findings} == KNOWN[server]
    assert server in group.title.lower()
    assert f"lading webserver {server}" in group.remark


GUNICORN = Server(
    "gunicorn",
    ("wsgi",),
    (
        *("gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"),
        *("--log-level", "critical", "serve.django_app:wsgi"),
    ),
)


def test_silence_about_the_middleware_under_gunicorn(own: Live):
    with serving_by(GUNICORN, own.root) as started:
        url = "http://{}:{}/".format(*started.address)
        group = examine.examine(url, own.files, "/static/")
    assert group.findings == []
    assert "(gunicorn)" in group.title


USUAL = """\
types {{
    text/html html; text/css css; application/javascript js; image/png png; image/svg+xml svg;
    font/woff2 woff2; video/mp4 mp4; application/wasm wasm; application/manifest+json webmanifest;
}}
default_type application/octet-stream;
server {{
    listen {listen};
    location /static {{
        alias {root}/;
        autoindex on;
        expires 30d;
        gzip on;
        gzip_types text/css application/javascript;
    }}
    location /media/ {{
        alias {media}/;
    }}
    location / {{
        proxy_pass http://{app.host}:{app.port};
    }}
}}
"""
"""As many guides have it."""


@pytest.fixture
def usual(own: Live, monkeypatch: pytest.MonkeyPatch) -> Site:
    def text(site: Site) -> str:
        return USUAL.format(listen=site.listen, root=own.root, media=own.media, app=site.app)

    monkeypatch.setitem(servers.RENDER, "nginx", text)
    return site_of(own)


def test_the_usual_configuration_of_nginx(usual: Site, own: Live):
    with (
        application(lambda method, path: page(own)) as app,
        running("nginx", dataclasses.replace(usual, app=app)) as address,
    ):
        group = look(own, address)
    found = {finding.kind: finding for finding in group.findings}
    told = {kind: finding.severity.name for kind, finding in found.items()}
    assert told == {
        "live-404-cached": "WARNING",
        "live-hidden-file": "ERROR",
        "live-listing": "WARNING",
        "live-long-cache": "WARNING",
        "live-media-active": "ERROR",
        "live-media-sniffed": "ERROR",
        "live-no-brotli": "WARNING",
        "live-no-nosniff": "NOTE",
        "live-no-vary": "WARNING",
        "live-not-compressed": "WARNING",
        "live-root-file": "ERROR",
        "live-traversal": "ERROR",
        "live-wrong-type": "ERROR",
    }
    assert "/static../manage.py" in found["live-traversal"].message
