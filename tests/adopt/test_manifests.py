"""``lading.adopt.manifests``: ``pyproject.toml`` and ``Pipfile`` -> with Lading among the dependencies."""

from __future__ import annotations

from pathlib import Path

import pytest

import lading
from adopt.switched import APPS, switched

V = lading.__version__


def dependencies(folder: Path, text: str, name: str = "pyproject.toml") -> str:
    done = switched(folder, {"settings.py": APPS, name: text})
    assert done.tasks == []
    return done.files[name]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[project]\ndependencies = [\n    "django>=5.2",\n    "whitenoise[brotli]>=6.6",  # files\n]\n',
            f'[project]\ndependencies = [\n    "django>=5.2",\n    "lading[django]>={V}",  # files\n]\n',
        ),
        (
            "[project]\ndependencies = ['django', 'gunicorn']\n",
            "[project]\ndependencies = ['django', 'lading[django]', 'gunicorn']\n",
        ),
        (
            ('[project]\ndependencies = [\n  "django",\n]\n\n[project.optional-dependencies]\n'
            'aws = ["collectfasta==3", "boto3"]\nprod = [\n  "gunicorn",\n  "servestatic",\n]\n'),
            ('[project]\ndependencies = [\n  "django",\n  "lading[django]",\n]\n\n'
            '[project.optional-dependencies]\naws = ["boto3"]\nprod = [\n  "gunicorn",\n]\n'),
        ),
        (
            '[project]\nname = "x"\ndynamic = ["dependencies"]\nkeywords = ["whitenoise"]\n',
            '[project]\nname = "x"\ndynamic = ["dependencies"]\nkeywords = ["whitenoise"]\n',
        ),
        (
            '[dependency-groups]\nw = ["django", {include-group = "a"}, "whitenoise; os_name>\'n\'"]\n',
            '[dependency-groups]\nw = ["django", {include-group = "a"}, "lading[django]; os_name>\'n\'"]\n',
        ),
        (
            '[tool.poetry.dependencies]\npython = "^3.12"\ndjango = "^5.2"\nwhitenoise = "^6.5"  # files\n',
            ('[tool.poetry.dependencies]\npython = "^3.12"\ndjango = "^5.2"\n'
            f'lading = {{version = "^{V}", extras = ["django"]}}  # files\n'),
        ),
        (
            ('[tool.poetry.dependencies]\nDjango = "*"\n\n[tool.poetry.group.prod.dependencies]\n'
            'whitenoise = {extras = ["brotli"], version = "^6.5"}\ngunicorn = "*"\n'),
            ('[tool.poetry.dependencies]\nDjango = "*"\nlading = {version = "*", extras = ["django"]}\n\n'
            '[tool.poetry.group.prod.dependencies]\ngunicorn = "*"\n'),
        ),
    ],
)  # fmt: skip
def test_pyproject(tmp_path: Path, before: str, after: str):
    assert dependencies(tmp_path, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[packages]\ndjango = "~=5.2"\nwhitenoise = "*"\n\n[dev-packages]\nipdb = "*"\n',
            (
                '[packages]\ndjango = "~=5.2"\nlading = {version = "*", extras = ["django"]}\n\n'
                '[dev-packages]\nipdb = "*"\n'
            ),
        ),
        (
            '[packages]\nwhitenoise = "==6.5.0"\ndjango = "*"',
            f'[packages]\nlading = {{version = "=={V}", extras = ["django"]}}\ndjango = "*"',
        ),
        (
            '[packages]\ndjango = "*"',
            '[packages]\ndjango = "*"\nlading = {version = "*", extras = ["django"]}\n',
        ),
    ],
)
def test_pipfile(tmp_path: Path, before: str, after: str):
    assert dependencies(tmp_path, before, "Pipfile") == after


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[project\nwhitenoise", "pyproject.toml"),
        ('[tool.poetry.dependencies.whitenoise]\nversion = "*"\n', "pyproject.toml:1"),
        ('[tool.pdm.dev-dependencies]\na = [\n  "whitenoise",\n]\n', "pyproject.toml:3"),
    ],
)
def test_what_cannot_be_edited_is_left_to_a_person(tmp_path: Path, text: str, where: str):
    done = switched(tmp_path, {"settings.py": APPS, "pyproject.toml": text})
    assert done.files["pyproject.toml"] == text
    assert where in [place for place, _ in done.tasks]


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ('[project]\nrequires-python = ">=3.9"\n', True),
        ('[project]\nrequires-python = ">=3.12,<4"\n', False),
        ('[tool.poetry.dependencies]\npython = "^3.10"\n', True),
        ('[tool.poetry.dependencies]\npython = "^3.11"\n', False),
        ('[tool.poetry]\nname = "x"\n', False),
    ],
)
def test_a_python_that_is_too_old_is_told(tmp_path: Path, text: str, is_told: bool):
    done = switched(tmp_path, {"settings.py": APPS, "pyproject.toml": text})
    assert [task.where for task in done.switch.notes.tasks] == ["pyproject.toml"] * is_told


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("poetry.lock", "poetry lock"),
        ("uv.lock", "uv lock"),
        ("Pipfile.lock", "pipenv lock"),
        ("pdm.lock", "pdm lock"),
    ],
)
def test_a_lock_is_to_be_made_again(tmp_path: Path, lock: str, command: str):
    (tmp_path / lock).touch()
    (tmp_path / "settings.py").write_text(APPS)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["django"]\n')
    done = switched(tmp_path, {})
    assert done.tasks == [(lock, command)]
