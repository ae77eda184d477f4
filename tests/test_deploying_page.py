"""``docs/deploying.md``: each recipe is followed as far as one machine can, and serves what it promises."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3_servers import KEYS, moto
from serve.client import exchange
from sites_of_folders import write
from test_docs import FILES, ROOT, Block, blocks
from webservers.running import application, configured, public_folder

pytestmark = [pytest.mark.e2e]

PAGE = {block.line: block for block in blocks(ROOT / "docs/deploying.md")}
APPLICATION = b"the application"
WSGI = """\
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""


def block_of(language: str, holding: str = "") -> Block:
    """The one block of a language that holds a text."""
    (found,) = (b for b in PAGE.values() if b.language == language and holding in b.text)
    return found


@pytest.fixture
def project() -> Iterator[Path]:
    """A project as the page's readers have it, where nginx may read it too."""
    with public_folder() as folder:
        site = folder / "app"
        write(site, {**FILES, "mysite/__init__.py": "", "mysite/wsgi.py": WSGI})
        os.chmod(site, 0o755)
        yield site


def run(project: Path, command: str, **environment: str) -> None:
    python = f"{project}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
    cache = {"LADING_CACHE": str(project.parent / "cache"), "PATH": python}
    done = subprocess.run(
        shlex.split(command),
        cwd=project,
        env={**os.environ, **cache, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def published(project: Path, logical: str, folder: str = "staticfiles") -> str:
    return json.loads((project / folder / "staticfiles.json").read_text())["paths"][logical]


def steps(dockerfile: str) -> list[list[str]]:
    """The words of each instruction."""
    return [shlex.split(line) for line in dockerfile.replace("\\\n", " ").splitlines() if line]


def test_a_container_image(project: Path) -> None:
    copied: dict[str, str] = {}
    with (project / "settings.py").open("a") as file:
        file.write('MEDIA_URL, MEDIA_ROOT = "media/", BASE_DIR / "mediafiles"\n')
    for instruction, *words in steps(block_of("dockerfile").text):
        if instruction == "RUN" and "manage.py" in words:
            run(project, shlex.join(word for word in words if not word.startswith("--mount")))
        elif instruction == "COPY" and words[0].startswith("--from"):
            copied[words[2]] = words[1].replace("/app", str(project))
        else:
            assert instruction in ("FROM", "WORKDIR", "COPY", "RUN", "CMD")
    configuration = Path(copied["/etc/nginx/conf.d/default.conf"]).read_text()
    static = copied["/srv/static"]
    assert 'alias "/srv/media/";' in configuration

    with application(lambda method, path: ({}, APPLICATION)) as app:

        def make(listen: str) -> str:
            text = configuration.replace("/srv/static", static)
            text = text.replace("web:8000", f"{app.host}:{app.port}")
            return text.replace("listen 80;", f"listen {listen};").replace("listen [::]:80;", "")

        with configured("nginx", make) as address:
            name = published(project, "css/app.css")
            answer = exchange(address, "GET", f"/static/{name}")
            assert (answer.status, answer.body) == (200, Path(static, name).read_bytes())
            assert "immutable" in (answer.header("Cache-Control") or "")
            assert exchange(address, "GET", "/").body == APPLICATION


def test_a_platform_that_collects(project: Path) -> None:
    settings = block_of("python", "MIDDLEWARE").text
    cdn = 'ALLOWED_HOSTS = ["*"]\nROOT_URLCONF = "mysite"\nurlpatterns = []\n'
    with (project / "settings.py").open("a") as file:
        file.write(settings + cdn)
    (project / "mysite/__init__.py").write_text("urlpatterns = []\n")
    run(project, re.findall(r"`(python manage.py collectstatic [^`]*)`", page())[0])
    _, _, command = block_of("procfile").text.partition(": ")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        program, *arguments = shlex.split(command)
        arguments += [f"--bind=fd://{listener.fileno()}", "--log-level=critical"]
        server = subprocess.Popen(
            [str(Path(sys.executable).parent / program), *arguments, "--no-control-socket"],
            cwd=project,
            pass_fds=[listener.fileno()],
        )
        try:
            answer = exchange(
                listener.getsockname(), "GET", f"/static/{published(project, 'css/app.css')}"
            )
        finally:
            server.terminate()
            server.wait(20)
    assert answer.status == 200
    assert "immutable" in (answer.header("Cache-Control") or "")


def page() -> str:
    return (ROOT / "docs/deploying.md").read_text("utf-8")


def test_s3_and_a_cdn(project: Path) -> None:
    text = block_of("python", "s3://").text
    bucket = re.findall(r"s3://([^/\"]+)", text)[0]
    folder = project.parent / "s3"
    folder.mkdir()
    with moto(folder, bucket) as server:
        reached = {"endpoint": server.endpoint, "region": "us-east-1", "allow_http": True}
        with (project / "settings.py").open("a") as file:
            file.write(f"{text}OPTIONS['bucket'] = { ({**reached, 'extra': KEYS})!r}\n")
            file.write('STORAGES["staticfiles"]["OPTIONS"] = OPTIONS\n')
        run(project, "python manage.py collectstatic --noinput")
        store = server.store(bucket, "static")
        names = [stored.path for stored in store.listing()]
        (hashed,) = (name for name in names if re.fullmatch(r"css/app\.[0-9a-f]{12}\.css", name))
        found = store.get(hashed)
        assert found is not None
        assert "immutable" in found.headers["Cache-Control"]
        assert found.headers["Content-Type"].startswith("text/css")


def test_every_block_is_followed() -> None:
    languages = sorted(block.language for block in PAGE.values())
    assert languages == ["dockerfile", "procfile", "python", "python", "python"]
