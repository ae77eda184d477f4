"""``lading.adopt.subclasses``: a storage of the project's own -> one of Lading's."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.stacks import MANIFEST
from adopt.switched import APPS, switched

SETTINGS = f'{APPS}STORAGES = {{"staticfiles": {{"BACKEND": "site.storage.Release"}}}}\n'


@pytest.mark.parametrize("tool", sorted(MANIFEST))
def test_a_class_that_only_sets_what_is_known(tmp_path: Path, tool: str):
    module, _, name = MANIFEST[tool].rpartition(".")
    body = '(S):\n    """Ours."""\n\n    manifest_strict = False\n'
    done = switched(
        tmp_path,
        {
            "settings.py": SETTINGS,
            "site/storage.py": f"from {module} import {name} as S\n\n\nclass Release{body}",
        },
    )
    assert done.tasks == []
    assert done.files["site/storage.py"] == (
        "from lading.django.storage import StaticStorage\n\n\n"
        f"class Release{body.replace('(S)', '(StaticStorage)')}"
    )


@pytest.mark.parametrize(
    "body",
    [
        "class R(S):\n    def create_compressor(self): ...\n",
        "class R(Mixin, S):\n    pass\n",
        "class R(S):\n    manifest_strict = STRICT\n",
        "class R(S, key=1):\n    pass\n",
        "R = S\n",
    ],
)
def test_a_class_that_does_more_is_left_to_a_person_with_its_package(tmp_path: Path, body: str):
    text = f"from whitenoise.storage import CompressedManifestStaticFilesStorage as S\n\n\n{body}"
    done = switched(
        tmp_path,
        {
            "settings.py": SETTINGS,
            "site/storage.py": text,
            "requirements.txt": "django\nwhitenoise\n",
        },
    )
    assert done.files["site/storage.py"] == text
    assert done.files["requirements.txt"] == "django\nlading[django]\nwhitenoise\n"
    ((where, write),) = done.tasks
    assert where == "site/storage.py:1"
    assert "from lading.django.storage import StaticStorage" in write
