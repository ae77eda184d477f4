"""``lading adopt``: arguments -> output, files and exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lading.cli import main
from sites_of_folders import read, write

FILES = {
    "manage.py": "import os\n",
    "site/settings.py": 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nWHITENOISE_MAX_AGE = 5\n',
    "requirements.txt": "django\nwhitenoise\n",
}
SWITCHED = {
    "manage.py": "import os\n",
    "site/settings.py": (
        'INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles"]\nLADING = {"MAX_AGE": 5}\n'
    ),
    "requirements.txt": "django\nlading[django]\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    return tmp_path


def test_without_write_it_only_shows(project: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["adopt", str(project)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("--- a/requirements.txt\n")
    assert '+LADING = {"MAX_AGE": 5}\n' in out
    assert err.strip().endswith(
        "Nothing was written. With --write, 2 files will be changed as the diff says."
    )
    assert read(project) == FILES


def test_what_it_shows_can_be_applied(project: Path, capsys: pytest.CaptureFixture[str]):
    main(["adopt", str(project)])
    patch = capsys.readouterr().out
    subprocess.run(["git", "apply"], input=patch, cwd=project, text=True, check=True)
    assert read(project) == SWITCHED


def test_write_and_again(project: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["adopt", str(project), "--write"]) == 0
    assert "2 files changed" in capsys.readouterr().err
    assert read(project) == SWITCHED
    assert main(["adopt", str(project), "--write"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Nothing to do: the project is on Lading already.\n")
    assert read(project) == SWITCHED


def test_something_left_to_a_person_is_exit_code_1(project: Path):
    write(project, {"Dockerfile": "FROM python:3.9\n"})
    assert main(["adopt", str(project), "--write"]) == 1
    assert read(project) == {**SWITCHED, "Dockerfile": "FROM python:3.9\n"}


def test_a_dirty_tree_is_refused_unless_forced(project: Path, capsys: pytest.CaptureFixture[str]):
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    assert main(["adopt", str(project), "--write"]) == 1
    assert "?? site/settings.py" in capsys.readouterr().err
    assert {path: text for path, text in read(project).items() if ".git/" not in path} == FILES
    assert main(["adopt", str(project), "--write", "--force"]) == 0
    assert (project / "requirements.txt").read_text() == SWITCHED["requirements.txt"]


def test_json_to_a_file(project: Path, tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("report") / "report.json"
    assert main(["adopt", str(project), "--write", "--json", str(file), "-v", "0"]) == 0
    told = json.loads(file.read_text())
    assert told["written"] is True
    assert [f["path"] for f in told["files"]] == ["requirements.txt", "site/settings.py"]


def test_json_alone_on_standard_output(project: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["adopt", str(project), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["project"] == str(project.resolve())


@pytest.mark.parametrize("folder", [".", "nowhere"])
def test_no_project_is_exit_code_2(tmp_path: Path, folder: str, capsys: pytest.CaptureFixture[str]):
    write(tmp_path, {"app.py": "STATIC = 1\n"})
    assert main(["adopt", str(tmp_path / folder)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["adopt", "--help"])
    assert "lading adopt --write" in capsys.readouterr().out


def test_the_project_is_not_run(project: Path):
    """In a process of its own: nothing of the project's code is executed, and no Django is loaded."""
    write(project, {"site/settings.py": FILES["site/settings.py"] + 'open("ran", "w")\n'})
    code = (
        "import sys; from lading.cli import main; main(['adopt', '.', '-v', '0']); "
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True)
    assert not (project / "ran").exists()
