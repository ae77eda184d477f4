"""The switched project serves the same URLs: real tools collect and serve, then Lading does, in the same
project, and all answers are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adopt.stacks import MANIFEST, edit, startproject, storages
from lading.cli import main

PROBE = str(Path(__file__).parent / "probe.py")
MODULES = {"js/main.js"}
"""What gets another hashed name, as the page says: modules that import others."""


def probe(folder: Path, settings: str, wsgi: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", PROBE, settings, *([wsgi] if wsgi else [])],
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
) -> dict[str, Any]:
    """What is answered after the switch. All but the ``renamed`` keep their URLs, and every URL of before
    its answer.
    """
    before = probe(folder, settings, wsgi)
    assert len(before["urls"]) >= 11
    assert main(["adopt", str(folder), "--write", "-v", "0"]) == (1 if tasks else 0)
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert "lading.django" in code
    after = probe(folder, settings, wsgi)

    assert before["urls"].keys() == after["urls"].keys()
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
