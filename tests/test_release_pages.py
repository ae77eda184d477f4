"""``docs/bucket.md`` and ``docs/releases.md``: every block is followed in order, on a real S3 server."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lading import config
from s3_servers import KEYS, S3Server
from sites_of_folders import write
from test_docs import FILES, ROOT, Block, blocks, commands, run_command

JOINED = """
import settings_of_page

globals().update({k: v for k, v in vars(settings_of_page).items() if k.isupper()})
if "OPTIONS" in globals():
    STORAGES["staticfiles"]["OPTIONS"] = OPTIONS
BUCKET = STORAGES["staticfiles"].get("OPTIONS", {}).get("bucket", {})
for name in ("endpoint", "profile"):  # the page's server is not there; the environment names one that is
    BUCKET.pop(name, None)
"""
PLAIN = """
STATIC_URL = "https://cdn.example.com/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "lading.django.storage.StaticStorage",
        "OPTIONS": {"target": "s3://assets/static"},
    },
}
"""


@pytest.fixture
def site(tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The projects of the pages, with a bucket named as there."""
    files = {**FILES, "settings.py": FILES["settings.py"] + JOINED, "settings_of_page.py": PLAIN}
    files["settings.py"] = files["settings.py"].replace(
        'STATIC_ROOT = BASE_DIR / "staticfiles"', ""
    )
    write(tmp_path, files)
    for name in os.listdir(tmp_path / "bin"):
        os.chmod(tmp_path / "bin" / name, 0o755)
    for variable, value in {
        "AWS_ENDPOINT_URL": s3.endpoint,
        "AWS_ENDPOINT_URL_S3": s3.endpoint,
        "AWS_ACCESS_KEY_ID": KEYS["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": KEYS["secret_access_key"],
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LADING_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(tmp_path),
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(variable, value)
    store = s3.store("assets")  # an administrator's first write makes the bucket
    store.put("ready", b"", {})
    store.delete([item.path for item in store.listing()])
    return tmp_path


def follow(block: Block, site: Path) -> None:
    if "not run" in block.comment or "pip install" in block.text:
        return
    if block.language == "python":
        names: dict[str, Any] = {}
        exec(compile(block.text, str(block), "exec"), names)
        assert any(name.isupper() for name in names), block
        base = PLAIN if "STORAGES" not in names else ""
        write(site, {"settings_of_page.py": base + block.text})
        run_command("manage.py check", "", site)
        run_command("manage.py collectstatic --noinput", "", site)
    elif block.language == "toml":
        config.parse(tomllib.loads(block.text), str)
        write(site, {"lading.toml": block.text})
    elif block.language == "console":
        for command, expected in commands(block):
            run_command(command, expected, site)
    else:
        assert block.language == "json", block


def test_publishing_to_a_bucket(site: Path, s3: S3Server):
    page = list(blocks(ROOT / "docs/bucket.md"))
    assert len(page) > 10
    for block in page:
        if block.language == "console" and "collectstatic" in block.text:
            store = s3.store("assets", "static")  # the block before has published already
            store.delete([item.path for item in store.listing()])
        follow(block, site)
    store = s3.store("assets")
    paths = {item.path for item in store.listing()}
    assert {"static/css/app.css", "site/staticfiles.json", "stored/css/app.css"} <= paths
    assert (site / "staticfiles.json").exists()
    assert (site / "purge.txt").exists()


def test_what_the_page_promises_of_objects(site: Path, s3: S3Server):
    run_command("manage.py collectstatic --noinput", "", site)
    fetched = s3.store("assets", "static").get("css/app.css")
    assert fetched is not None
    assert re.fullmatch("[0-9a-f]{64}", fetched.headers["sha256"])


@pytest.mark.parametrize("target", ["bucket", "folder"])
def test_releases(site: Path, target: str):
    if target == "folder":
        write(site, {"settings_of_page.py": f"STATIC_ROOT = {str(site / 'out')!r}\n"})
    run_command("manage.py collectstatic --noinput", "", site)
    write(site, {"assets/css/app.css": "body { background: url(../img/logo.svg); color: red }"})
    run_command("manage.py collectstatic --noinput", "", site)
    page = list(blocks(ROOT / "docs/releases.md"))
    assert len(page) > 4
    for block in page:
        if block.language == "python":
            exec(compile(block.text, str(block), "exec"), {})
            write(
                site,
                {"settings_of_page.py": (site / "settings_of_page.py").read_text() + block.text},
            )
        else:
            follow(block, site)
