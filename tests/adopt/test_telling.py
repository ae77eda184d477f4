"""``lading.adopt.telling``: a switch -> text at 80 columns, and JSON."""

from __future__ import annotations

import json
from pathlib import Path

from adopt.stacks import MANIFEST, storages
from adopt.switched import APPS
from lading.adopt.switching import Switch, plan
from lading.adopt.telling import diff, document, summary
from sites_of_folders import write

SETTINGS = f"""\
INSTALLED_APPS = ["whitenoise.runserver_nostatic", "django.contrib.staticfiles"]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
{storages(MANIFEST["whitenoise"])}WHITENOISE_MAX_AGE = 600
WHITENOISE_USE_FINDERS = True
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers
"""


def switch(folder: Path, text: str = SETTINGS) -> Switch:
    write(folder, {"settings.py": text, "requirements.txt": "django\nwhitenoise\n"})
    return plan(str(folder))


def test_the_summary(tmp_path: Path):
    text = summary(switch(tmp_path), written=False)
    assert max(map(len, text.splitlines())) <= 80
    sections = {part.partition("\n")[0]: part for part in text.split("\n\n")}
    assert sections["Found:"] == (
        "Found:\n- WhiteNoise: requirements.txt:2; settings.py:1, 2, 8, 11, 12, 13"
    )
    assert sections["Settings:"].startswith(
        "Settings:\n"
        '- "whitenoise.middleware.WhiteNoiseMiddleware" (settings.py:2) becomes\n'
        '  "lading.django.middleware.LadingMiddleware"\n'
        '- "whitenoise.storage.CompressedManifestStaticFilesStorage" (settings.py:8)\n'
    )
    assert '- WHITENOISE_MAX_AGE (settings.py:11) becomes LADING["MAX_AGE"]' in text
    assert "- WHITENOISE_USE_FINDERS (settings.py:12) goes: in development" in text
    assert (
        "- With WhiteNoise pages of other origins may read every file" in sections["What changes:"]
    )
    assert "settings.py:13: WHITENOISE_ADD_HEADERS_FUNCTION" in sections["Left to you (1):"]
    assert text.endswith("With --write, 2 files will be changed as the diff says.")


def test_what_is_to_be_typed_is_not_wrapped(tmp_path: Path):
    text = summary(switch(tmp_path, f'{APPS}WHITENOISE_CHARSET = "latin-1"\n'), written=False)
    (line,) = [line for line in text.splitlines() if line.startswith("  write: ")]
    assert line.endswith('{"Content-Type": "text/css; charset=" + "latin-1"}}}')


def test_the_summary_of_what_was_written(tmp_path: Path):
    assert "2 files changed. Next: install" in summary(switch(tmp_path), written=True)


def test_a_project_that_is_on_lading(tmp_path: Path):
    write(tmp_path, {"settings.py": APPS})
    done = plan(str(tmp_path))
    assert summary(done, written=False) == "Nothing to do: the project is on Lading already."
    assert diff(done) == ""


def test_the_diff_on_a_terminal_shows_what_would_act_on_it(tmp_path: Path):
    done = switch(tmp_path, f"{APPS}WHITENOISE_MAX_AGE = 5  # \x1b[2J\n")
    shown = diff(done, color=True)
    assert "\x1b[2J" not in shown
    assert "\x1b[31m-WHITENOISE_MAX_AGE = 5  # \\x1b[2J\x1b[0m\n" in shown
    assert "\x1b[2J" in diff(done)


def test_the_document(tmp_path: Path):
    told = json.loads(json.dumps(document(switch(tmp_path), written=False)))
    assert told["version"] == 1
    assert told["written"] is False
    assert [file["path"] for file in told["files"]] == ["requirements.txt", "settings.py"]
    assert told["files"][0]["diff"].startswith("--- a/requirements.txt\n+++ b/requirements.txt\n@@")
    assert {
        "old": "WHITENOISE_MAX_AGE",
        "new": 'LADING["MAX_AGE"]',
        "where": "settings.py:11",
        "why": "",
    } in told["settings"]
    assert [task["where"] for task in told["tasks"]] == ["settings.py:13"]
    assert told["tools"]["WhiteNoise"][0] == "settings.py:2"
