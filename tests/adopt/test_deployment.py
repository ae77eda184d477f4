"""``lading.adopt.deployment``: what builds and starts the site -> without the old tool."""

from __future__ import annotations

from pathlib import Path

import pytest

import lading
from adopt.switched import APPS, switched

V = lading.__version__


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "Dockerfile",
            'FROM python:3.12\nRUN pip install "gunicorn==25" whitenoise==6.9 \\\n    psycopg\n',
            f'FROM python:3.12\nRUN pip install "gunicorn==25" "lading[django]=={V}" \\\n    psycopg\n',
        ),
        (
            "build.sh",
            "pip install -r r whitenoise 'servestatic[x]'\n./m.py collectstatic --disable-collectfasta\n",
            'pip install -r r "lading[django]"\n./m.py collectstatic\n',
        ),
        (
            "Procfile",
            "release: ./manage.py collectstatic --disable-collectfasta --noinput\nweb: gunicorn a.wsgi\n",
            "release: ./manage.py collectstatic --noinput\nweb: gunicorn a.wsgi\n",
        ),
        ("compose/production/Dockerfile", "# pip install whitenoise\n", "# pip install whitenoise\n"),
    ],
)  # fmt: skip
def test_commands(tmp_path: Path, name: str, before: str, after: str):
    done = switched(tmp_path, {"settings.py": APPS, name: before})
    assert done.tasks == []
    assert done.files[name] == after


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("Dockerfile", "FROM docker.io/python:3.9-slim AS build\n", "Dockerfile:1"),
        ("runtime.txt", "python-3.10.4\n", "runtime.txt:1"),
        (".python-version", "3.8\n", ".python-version:1"),
        ("setup.py", "setup(install_requires=[\n    'whitenoise',\n])\n", "setup.py:2"),
        ("environment.yml", "dependencies:\n  - whitenoise=6.5\n", "environment.yml:2"),
    ],
)
def test_what_is_left_to_a_person(tmp_path: Path, name: str, text: str, where: str):
    done = switched(tmp_path, {"settings.py": APPS, name: text})
    assert done.files[name] == text
    assert [place for place, _ in done.tasks] == [where]


@pytest.mark.parametrize("text", ["FROM python:3.13\n", "FROM node:20\n", "FROM python:3\n"])
def test_images_that_are_new_enough(tmp_path: Path, text: str):
    assert switched(tmp_path, {"settings.py": APPS, "Dockerfile": text}).tasks == []


def test_nginx_is_to_keep_the_records_to_itself(tmp_path: Path):
    text = "server {\n  location /static/ {\n    alias /srv/static/;\n  }\n"
    deny = "  location ~ /\\.lading/ { return 404; }\n"
    done = switched(tmp_path, {"settings.py": APPS, "deploy/nginx.conf": text + "}\n"})
    assert done.tasks == [("deploy/nginx.conf:2", deny.strip())]
    (tmp_path / "done").mkdir()
    done = switched(tmp_path / "done", {"settings.py": APPS, "nginx.conf": f"{text}{deny}}}\n"})
    assert done.tasks == []
