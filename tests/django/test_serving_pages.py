"""The code for Django in ``docs/serving.md`` and ``docs/development.md`` works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from hashed_project import HashedProject, collect, development
from test_live_server import run
from test_middleware import production
from urls_of_tests import APPLICATION

from lading.django import checks, conf
from lading.serve.wsgi import LadingWSGI
from serve.test_wsgi import get

DOCS = Path(__file__).parent.parent.parent / "docs"


def blocks(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def executed(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(block, names)
    return names


def test_serving(tmp_path: Path) -> None:
    middleware, wsgi, *_ = blocks("serving.md")
    project = HashedProject(tmp_path)
    project.write({"static/app.css": "p {}"})
    with production(project, MIDDLEWARE=executed(middleware)["MIDDLEWARE"]):
        collect()
        assert Client().get("/static/app.css").content == b"p {}"
        assert checks.check_middleware_order(None) == []
        with override_settings(MIDDLEWARE=[]):
            application = executed(wsgi)["application"]
            assert isinstance(application, LadingWSGI)
            assert get(application, "/static/app.css")[1] == b"p {}"
            assert get(application, "/", HTTP_HOST="testserver")[1] == APPLICATION


def test_files_at_the_root(tmp_path: Path) -> None:
    project = HashedProject(tmp_path)
    project.write({"static/app.css": "p {}", "public/robots.txt": "User-agent: *"})
    names: dict[str, Any] = {"BASE_DIR": tmp_path}
    exec(blocks("serving.md")[2], names)
    settings = {key: names[key] for key in ("STATICFILES_DIRS", "LADING")}
    with production(project, **settings):
        collect()
        for path in ("/robots.txt", "/static/root/robots.txt"):
            assert Client().get(path).content == b"User-agent: *"
        assert Client().get("/").content == APPLICATION


def test_settings_of_the_table() -> None:
    text = (DOCS / "serving.md").read_text("utf-8")
    table = text[text.index("| `LADING[") :].partition("\n\n")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", table, re.MULTILINE)
    assert len(rows) == 8
    with override_settings(LADING={key: eval(value) for key, value in rows}):
        given = conf.load()
    with override_settings(LADING={}):
        assert given == conf.load()  # they are the defaults


def test_development(tmp_path: Path) -> None:
    live_reload, test_class = blocks("development.md")
    with override_settings(**executed(live_reload)), development():
        assert conf.load().live_reload
        assert settings.DEBUG
    run(tmp_path, executed(test_class)["Films"], [])
