"""The switched project serves the same URLs: real tools collect and serve, then Lading does, in the same
project, and all answers are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adopt.stacks import MANIFEST, edit, startproject, storages
from lading.cli import main
from sites_of_folders import write

pytestmark = pytest.mark.slow

PROBE = str(Path(__file__).parent / "probe.py")
MODULES = {"js/main.js"}
"""What gets another hashed name, as the page says: modules that import others."""


def probe(folder: Path, settings: str, wsgi: str = "", more: Sequence[str] = ()) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", PROBE, settings, *([wsgi] if wsgi else []), *more],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def switch_and_compare(
    folder: Path,
    *,
    settings: str = "mysite.settings",
    wsgi: str = "",
    tasks: int = 0,
    renamed: frozenset[str] | set[str] = frozenset(),
    more: Sequence[str] = (),
) -> dict[str, Any]:
    """What is answered after the switch. All but the ``renamed`` keep their URLs, and every URL of before
    its answer; so does every URL of ``more``.
    """
    before = probe(folder, settings, wsgi, more)
    assert len(before["urls"]) >= 11
    assert main(["adopt", str(folder), "--write", "-v", "0"]) == (1 if tasks else 0)
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert "lading.django" in code
    after = probe(folder, settings, wsgi, more)

    # What answered at the root is a static file now.
    assert before["urls"].keys() == {p for p in after["urls"] if not p.startswith("root/")}
    changed = {path for path, url in before["urls"].items() if after["urls"][path] != url}
    assert changed == set(renamed)
    gone = {before["urls"][path] for path in changed}
    for url, answer in before["answers"].items():
        if url not in gone:
            assert after["answers"][url] == answer, url
    for path in changed:  # other bytes under another name
        assert (
            after["answers"][after["urls"][path]][:2] == before["answers"][before["urls"][path]][:2]
        )
    return after


def is_hashed(answers: dict[str, Any]) -> bool:
    return answers["urls"]["css/app.css"] != "/static/css/app.css"


def test_whitenoise_with_manifest_as_its_guide_says(tmp_path: Path):
    startproject(
        tmp_path,
        app="whitenoise.runserver_nostatic",
        middleware="whitenoise.middleware.WhiteNoiseMiddleware",
        more=storages(MANIFEST["whitenoise"]) + "WHITENOISE_MAX_AGE = 300\n",
        requirements="whitenoise[brotli]==6.9.0\n",
    )
    after = switch_and_compare(tmp_path, wsgi="mysite.wsgi", renamed=MODULES)
    assert is_hashed(after)


def test_whitenoise_that_keeps_hashed_names_alone(tmp_path: Path):
    startproject(
        tmp_path,
        middleware="whitenoise.middleware.WhiteNoiseMiddleware",
        more=storages(MANIFEST["whitenoise"]) + "WHITENOISE_KEEP_ONLY_HASHED_FILES = True\n",
    )
    edit(tmp_path / "assets/js/main.js", {'import { leaf } from "./leaf.js";': "const leaf = 1;"})
    after = switch_and_compare(tmp_path, wsgi="mysite.wsgi")
    assert after["answers"]["/static/css/app.css"][0].startswith("404")


ROOT_FILES = {
    "public/robots.txt": "User-agent: *\n",
    "public/apple-touch-icon.png": "icon" * 50,
    "public/sw.js": "self.skipWaiting();\n" * 50,
    "public/.well-known/security.txt": "Contact: mailto:security@example.com\n",
    "public/app/index.html": "<!doctype html><title>app</title>\n",
    "public/index.html": "<!doctype html><title>home</title>\n",
}
AT_THE_ROOT = [path.removeprefix("public") for path in ROOT_FILES]
OF_NOBODY = ["/", "/app/", "/app", "/nothing", "/Robots.txt", "/.well-known/"]


@pytest.mark.parametrize("tool", ["whitenoise", "servestatic"])
@pytest.mark.parametrize("index", ["", "True"])
def test_files_at_the_root_of_the_site(tmp_path: Path, tool: str, index: str):
    name = {"whitenoise": "WhiteNoise", "servestatic": "ServeStatic"}[tool]
    prefix = tool.upper()
    more = f'{prefix}_ROOT = BASE_DIR / "public"\n{prefix}_KEEP_ONLY_HASHED_FILES = True\n'
    more += f"{prefix}_INDEX_FILE = {index}\n" if index else ""
    startproject(
        tmp_path,
        app="servestatic" if tool == "servestatic" else "",
        middleware=f"{tool}.middleware.{name}Middleware",
        more=storages(MANIFEST[tool]) + more,
    )
    edit(tmp_path / "assets/js/main.js", {'import { leaf } from "./leaf.js";': "const leaf = 1;"})
    write(tmp_path, ROOT_FILES)
    after = switch_and_compare(tmp_path, wsgi="mysite.wsgi", more=[*AT_THE_ROOT, *OF_NOBODY])
    assert after["answers"]["/robots.txt"][0].startswith("200")
    assert after["answers"]["/"][0].startswith("200" if index else "404")
    assert after["answers"]["/app"][0].startswith("302" if index else "404")


def test_whitenoise_with_plain_names_and_variants(tmp_path: Path):
    startproject(
        tmp_path,
        middleware="whitenoise.middleware.WhiteNoiseMiddleware",
        more=storages("whitenoise.storage.CompressedStaticFilesStorage"),
    )
    after = switch_and_compare(tmp_path, wsgi="mysite.wsgi")
    assert not is_hashed(after)
    assert (tmp_path / "staticfiles/css/app.css.br").is_file()


def test_whitenoise_that_wraps_the_application(tmp_path: Path):
    startproject(tmp_path, admin=True)
    edit(
        tmp_path / "mysite/wsgi.py",
        {
            "import get_wsgi_application\n": (
                "import get_wsgi_application\nfrom whitenoise import WhiteNoise\n"
            ),
            "application = get_wsgi_application()": (
                "application = WhiteNoise(\n"
                "    get_wsgi_application(),\n"
                "    root=os.path.join(os.path.dirname(os.path.dirname(__file__)), 'staticfiles'),\n"
                "    prefix='static/',\n"
                ")"
            ),
        },
    )
    switch_and_compare(tmp_path, wsgi="mysite.wsgi")
    assert "application = wsgi(get_wsgi_application())" in (tmp_path / "mysite/wsgi.py").read_text()


def test_whitenoise_in_a_settings_package(tmp_path: Path):
    """As cookiecutter-django lays it out."""
    startproject(tmp_path, middleware="whitenoise.middleware.WhiteNoiseMiddleware")
    package = tmp_path / "mysite/config"
    package.mkdir()
    (package / "__init__.py").touch()
    (tmp_path / "mysite/settings.py").rename(package / "base.py")
    edit(package / "base.py", {".parent.parent": ".parent.parent.parent"})
    (package / "local.py").write_text(
        "from .base import *\n\n# WhiteNoise\n"
        'INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS]\n'
    )
    (package / "production.py").write_text(
        "from .base import *\n\n" + storages(MANIFEST["whitenoise"]) + "WHITENOISE_MAX_AGE = 600\n"
    )
    edit(tmp_path / "mysite/wsgi.py", {"'mysite.settings'": "'mysite.config.production'"})
    switch_and_compare(
        tmp_path, settings="mysite.config.production", wsgi="mysite.wsgi", renamed=MODULES
    )
    assert (package / "local.py").read_text() == "from .base import *\n\n# WhiteNoise\n"


def test_servestatic(tmp_path: Path):
    startproject(
        tmp_path,
        app="servestatic",
        middleware="servestatic.middleware.ServeStaticMiddleware",
        more=storages(MANIFEST["servestatic"]) + "SERVESTATIC_USE_ZSTD = False\n",
        requirements="servestatic\n",
    )
    switch_and_compare(tmp_path, wsgi="mysite.wsgi", renamed=MODULES)


def test_enhanced_manifest_storage_that_names_imports(tmp_path: Path):
    """Modules keep their names; style sheets are rewritten with Django's quotation marks."""
    options = '\n        "OPTIONS": {\n            "support_js_module_import_aggregation": True,\n        },'
    startproject(
        tmp_path,
        app="django_manifeststaticfiles_enhanced",
        more=storages(MANIFEST["enhanced"], options),
        requirements="django-manifeststaticfiles-enhanced\n",
    )
    switch_and_compare(tmp_path, renamed={"css/app.css", "css/base.css"})


def test_django_alone(tmp_path: Path):
    startproject(tmp_path, admin=True)
    assert not is_hashed(switch_and_compare(tmp_path))


def test_django_with_manifest(tmp_path: Path):
    """As Wagtail's template chooses it."""
    startproject(
        tmp_path,
        admin=True,
        more=storages("django.contrib.staticfiles.storage.StaticFilesStorage")
        + f'STORAGES["staticfiles"]["BACKEND"] = "{MANIFEST["django"]}"\n',
    )
    assert is_hashed(switch_and_compare(tmp_path, renamed=MODULES))


@pytest.mark.parametrize("strategy", ["FileSystemStrategy", "CachingFileSystemStrategy"])
def test_collectfasta(tmp_path: Path, strategy: str):
    startproject(
        tmp_path,
        app="collectfasta",
        more=f'COLLECTFASTA_STRATEGY = "collectfasta.strategies.filesystem.{strategy}"\n'
        "COLLECTFASTA_THREADS = 4\n",
        requirements="collectfasta==3.3.5\n",
    )
    switch_and_compare(tmp_path)
