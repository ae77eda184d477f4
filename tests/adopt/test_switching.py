"""``lading.adopt.switching``: whole projects in the layouts that people start from -> on Lading."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adopt.stacks import MANIFEST, storages
from adopt.switched import APPS, switched
from lading.adopt.switching import plan
from lading.errors import NoProjectError
from sites_of_folders import write

NEW = "lading.django.storage.StaticStorage"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
LADING = "lading.django.middleware.LadingMiddleware"

LAYERED_BASE = """\
import environ

env = environ.Env()
DJANGO_APPS = [
    "django.contrib.sites",
    "django.contrib.staticfiles",
]
LOCAL_APPS = ["shop.users"]
INSTALLED_APPS = DJANGO_APPS + LOCAL_APPS
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "{middleware}",
    "django.contrib.sessions.middleware.SessionMiddleware",
]
STATIC_ROOT = str(BASE_DIR / "staticfiles")
"""


def test_settings_in_layers_with_whitenoise(tmp_path: Path):
    """Base, local and production; WhiteNoise for static files, a bucket for uploads."""
    production = """\
from .base import *  # noqa: F403
from .base import env

DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
STORAGES = {{
    "default": {{
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {{"location": "media", "file_overwrite": False}},
    }},
    "staticfiles": {{
        "BACKEND": "{}",
    }},
}}
"""
    done = switched(
        tmp_path,
        {
            "config/settings/base.py": LAYERED_BASE.format(middleware=WHITENOISE),
            "config/settings/local.py": (
                "from .base import *  # noqa: F403\nfrom .base import INSTALLED_APPS\n\n"
                "# WhiteNoise\n# ----\n"
                'INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS]\n\n'
                'INSTALLED_APPS += ["debug_toolbar"]\n'
            ),
            "config/settings/production.py": production.format(MANIFEST["whitenoise"]),
            "config/settings/test.py": "from .base import *\n\nTEMPLATES = []\n",
            "requirements/base.txt": "argon2-cffi==25.1.0\nwhitenoise==6.11.0\ndjango==5.2.8\n",
            "requirements/production.txt": "-r base.txt\n\ngunicorn==23.0.0\ndjango-storages[s3]==1.14.6\n",
        },
    )
    assert done.tasks == []
    base = LAYERED_BASE.format(middleware=LADING).replace(
        '    "django.contrib.staticfiles",',
        '    "lading.django",\n    "django.contrib.staticfiles",',
    )
    assert done.files["config/settings/base.py"] == base
    assert done.files["config/settings/local.py"] == (
        "from .base import *  # noqa: F403\nfrom .base import INSTALLED_APPS\n\n"
        '# WhiteNoise\n# ----\n\nINSTALLED_APPS += ["debug_toolbar"]\n'
    )
    assert done.files["config/settings/production.py"] == production.format(NEW)
    assert done.changed == [
        "config/settings/base.py",
        "config/settings/local.py",
        "config/settings/production.py",
        "requirements/base.txt",
    ]


def test_settings_in_layers_with_collectfasta_and_a_bucket(tmp_path: Path):
    """The bucket's storage stays; collectfasta goes, and only its package with it."""
    bucket = """\
from .base import *

AWS_S3_CUSTOM_DOMAIN = env("DOMAIN", default=None)
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"location": "media"}},
    "staticfiles": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"location": "static"}},
}
"""
    done = switched(
        tmp_path,
        {
            "config/settings/base.py": LAYERED_BASE.replace('    "{middleware}",\n', ""),
            "config/settings/production.py": (
                f'{bucket}COLLECTFASTA_STRATEGY = "collectfasta.strategies.boto3.Boto3Strategy"\n'
                'STATIC_URL = "https://cdn.example/static/"\n\n'
                'INSTALLED_APPS = ["collectfasta", *INSTALLED_APPS]\n'
            ),
            "requirements/base.txt": "django==5.2.8\n",
            "requirements/production.txt": "-r base.txt\ncollectfasta==3.3.1\ndjango-storages[s3]\n",
        },
    )
    assert done.tasks == []
    assert done.files["config/settings/production.py"] == (
        f'{bucket}STATIC_URL = "https://cdn.example/static/"\n\n'
    )
    assert done.files["requirements/base.txt"] == "django==5.2.8\nlading[django]\n"
    assert done.files["requirements/production.txt"] == "-r base.txt\ndjango-storages[s3]\n"


def test_a_content_management_template(tmp_path: Path):
    """Plain storage in the base, Django's manifest storage by subscript in production."""
    base = (
        'INSTALLED_APPS = [\n    "home",\n    "django.contrib.staticfiles",\n]\n'
        "STATICFILES_FINDERS = [\n"
        '    "django.contrib.staticfiles.finders.FileSystemFinder",\n'
        '    "django.contrib.staticfiles.finders.AppDirectoriesFinder",\n]\n'
        + storages("django.contrib.staticfiles.storage.StaticFilesStorage")
    )
    production = (
        "from .base import *\n\nDEBUG = False\n\n# ManifestStaticFilesStorage is recommended\n"
        'STORAGES["staticfiles"]["BACKEND"] = "{}"\n\n'
        "try:\n    from .local import *\nexcept ImportError:\n    pass\n"
    )
    done = switched(
        tmp_path,
        {
            "site/settings/base.py": base,
            "site/settings/production.py": production.format(MANIFEST["django"]),
            "requirements.txt": "Django>=6.1,<6.2\nwagtail>=8.0,<8.1\n",
        },
    )
    assert done.tasks == []
    assert done.files == {
        "site/settings/base.py": base.replace(
            '    "django.contrib.static', '    "lading.django",\n    "django.contrib.static', 1
        ),
        "site/settings/production.py": production.format(NEW),
        "requirements.txt": "Django>=6.1,<6.2\nlading[django]\nwagtail>=8.0,<8.1\n",
    }


def test_a_platforms_guide_with_everything_under_conditions(tmp_path: Path):
    text = """\
from decouple import config

DEBUG = "RENDER" not in os.environ
INSTALLED_APPS = [
    'django.contrib.staticfiles',
]
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware',]
if not DEBUG:
    MIDDLEWARE.insert(1, '{middleware}')
    STATIC_ROOT = os.path.join(BASE_DIR, 'staticfiles')
    {storage}
"""
    done = switched(
        tmp_path,
        {
            "mysite/settings.py": text.format(
                middleware=WHITENOISE, storage=f"STATICFILES_STORAGE = '{MANIFEST['whitenoise']}'"
            ),
            "build.sh": "pip install -r requirements.txt\npython manage.py collectstatic --no-input\n",
            "requirements.txt": "django==5.2\nwhitenoise[brotli]\n",
        },
    )
    assert done.tasks == []
    new = (
        "STORAGES = {\n"
        "        'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},\n"
        f"        'staticfiles': {{'BACKEND': '{NEW}'}},\n"
        "    }"
    )
    assert done.files["mysite/settings.py"] == text.format(middleware=LADING, storage=new).replace(
        "    'django.contrib.staticfiles'", "    'lading.django',\n    'django.contrib.staticfiles'"
    )


def test_settings_in_classes(tmp_path: Path):
    """As django-configurations has them: texts are replaced, settings of the tool told."""
    text = (
        "class Base(Configuration):\n"
        "    INSTALLED_APPS = ['django.contrib.staticfiles']\n"
        "    MIDDLEWARE = ['{}']\n\n\n"
        "class Production(Base):\n    DEBUG = False\n    WHITENOISE_MAX_AGE = 5\n"
    )
    done = switched(tmp_path, {"settings.py": text.format(WHITENOISE)})
    assert done.files["settings.py"] == text.format(LADING).replace("['dj", "['lading.django', 'dj")
    assert done.tasks == [("settings.py:8", 'LADING = {"MAX_AGE": 5}')]


def test_what_a_package_needs_still_is_kept_until_it_does_not(tmp_path: Path):
    files = {
        "settings.py": APPS + "from whitenoise.compress import Compressor\n",
        "requirements.txt": "django\nwhitenoise\n",
    }
    done = switched(tmp_path, files)
    assert done.tasks == [("settings.py:2", "what Lading has for it")]
    assert done.files["requirements.txt"] == "django\nlading[django]\nwhitenoise\n"
    (tmp_path / "settings.py").write_text(APPS)
    done = switched(tmp_path, {})
    assert (tmp_path / "requirements.txt").read_text() == "django\nlading[django]\n"


def test_code_beside_the_settings_that_names_the_tool_is_told(tmp_path: Path):
    done = switched(
        tmp_path,
        {
            "settings.py": APPS,
            "tests/test_views.py": (
                f"@override_settings(STATIC=1,\n    STORAGE='{MANIFEST['whitenoise']}')\ndef t(): ...\n"
            ),
        },
    )
    assert [where for where, _ in done.tasks] == ["tests/test_views.py:2"]


def test_a_file_that_python_cannot_parse_is_told(tmp_path: Path):
    done = switched(tmp_path, {"settings.py": APPS, "old.py": "# old\nprint 'whitenoise'\n"})
    assert [where for where, _ in done.tasks] == ["old.py:2"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"app.py": "from whitenoise import WhiteNoise\napp = WhiteNoise(app)\n"},
        {"a/tests.py": "def t():\n    INSTALLED_APPS = []\n"},
    ],
)
def test_a_folder_without_django_settings(tmp_path: Path, files: dict[str, str]):
    write(tmp_path, files)
    with pytest.raises(NoProjectError, match="No Django settings") as caught:
        plan(str(tmp_path))
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "WHITENOISE_MAX_AGE = 1\n",
        "WHITENOISE_ROOT = 1\n",
        "WHITENOISE_ROOT = FOLDER\n",
        "INSTALLED_APPS += ['whitenoise']\n",
        f"MIDDLEWARE.append('{WHITENOISE}')\n",
        f"STORAGES['staticfiles']['BACKEND'] = '{MANIFEST['whitenoise']}'\n",
    ],
)
def test_twice_the_lines_are_twice_the_work(tmp_path: Path, text: str):
    """Counted in lines of code that are run, so that no clock is asked."""
    work: list[int] = []
    for size in (60, 120):
        folder = tmp_path / str(size)
        write(folder, {"settings.py": APPS + text * size})
        work.append(lines_run(lambda folder=folder: plan(str(folder))))
    assert work[1] < work[0] * 2.5


def lines_run(function: Callable[[], object]) -> int:
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count
