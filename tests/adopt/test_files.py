"""``lading.adopt.files``: a folder -> the files that say how static files are served."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading.adopt.files import find
from sites_of_folders import write


def test_files_by_what_they_are(tmp_path: Path):
    write(
        tmp_path,
        {
            "manage.py": "import os\n",
            "site/settings.py": "INSTALLED_APPS = []\n",
            "requirements.txt": "django\n",
            "requirements-dev.in": "ipdb\n",
            "requirements/base.txt": "django\n",
            "notes/base.txt": "hello\n",
            "pyproject.toml": "",
            "Pipfile": "",
            "uv.lock": "",
            "Procfile": "",
            "deploy/Dockerfile.prod": "",
            "deploy/site.conf": "",
        },
    )
    found = find(str(tmp_path))
    assert [d.path for d in found.python] == ["site/settings.py"]
    assert [d.path for d in found.requirements] == [
        "requirements-dev.in",
        "requirements.txt",
        "requirements/base.txt",
    ]
    assert [d.path for d in found.manifests] == ["Pipfile", "pyproject.toml"]
    assert [d.path for d in found.deployment] == [
        "Procfile",
        "deploy/Dockerfile.prod",
        "deploy/site.conf",
    ]
    assert found.locks == ["uv.lock"]


@pytest.mark.parametrize(
    "folder", ["node_modules/a", "env", ".venv", ".git", "a/__pycache__", "lib/site-packages/b"]
)
def test_folders_of_others_are_not_looked_into(tmp_path: Path, folder: str):
    write(tmp_path, {f"{folder}/settings.py": "INSTALLED_APPS = []\n", "env/pyvenv.cfg": ""})
    assert find(str(tmp_path)).python == []


def test_what_is_no_text_or_cannot_be_opened_is_left_out(tmp_path: Path):
    write(tmp_path, {"a.py": b"INSTALLED_APPS = '\xff'\n", "b.py": "INSTALLED_APPS = []\n"})
    os.symlink("nowhere.py", tmp_path / "c.py")
    assert [d.path for d in find(str(tmp_path)).python] == ["b.py"]


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(OSError, match="nowhere"):
        find(str(tmp_path / "nowhere"))
