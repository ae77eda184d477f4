"""``lading.adopt.old_settings``, ``equivalents``, ``lading_setting``: old settings -> Lading's."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.stacks import MANIFEST, storages
from adopt.switched import APPS, settings, switched
from lading.config import parse

NEW = storages("lading.django.storage.StaticStorage")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("WHITENOISE_MAX_AGE = 60 * 60  # an hour", 'LADING = {"MAX_AGE": 60 * 60}  # an hour'),
        ("WHITENOISE_MAX_AGE = env.int('AGE', 60)", "LADING = {\"MAX_AGE\": env.int('AGE', 60)}"),
        ("WHITENOISE_MAX_AGE: int = 5", 'LADING = {"MAX_AGE": 5}'),
        ("COLLECTFASTA_THREADS = 20", 'LADING = {"STORAGE_THREADS": 20}'),
        ("SERVESTATIC_MAX_AGE = 0 if DEBUG else 600", 'LADING = {"MAX_AGE": 0 if DEBUG else 600}'),
        ("WHITENOISE_INDEX_FILE = True", 'LADING = {"INDEX": "index.html"}'),
        ('SERVESTATIC_INDEX_FILE = "home.html"', 'LADING = {"INDEX": "home.html"}'),
        (
            'WHITENOISE_ROOT = BASE_DIR / "public"  # icons',
            'STATICFILES_DIRS = [("root", BASE_DIR / "public")]  # icons\nLADING = {"SITE_ROOT": "root"}',
        ),
        (
            'STATIC_ROOT = "/srv/static"\nSERVESTATIC_ROOT = os.path.join(STATIC_ROOT, "top/files")',
            'STATIC_ROOT = "/srv/static"\nLADING = {"SITE_ROOT": "top/files"}',
        ),
        (
            'STATICFILES_DIRS = [BASE / "a"]\nWHITENOISE_ROOT = BASE / "b"',
            (
                'STATICFILES_DIRS = [BASE / "a"]\n'
                'STATICFILES_DIRS = [*STATICFILES_DIRS, ("root", BASE / "b")]\n'
                'LADING = {"SITE_ROOT": "root"}'
            ),
        ),
        (
            'WHITENOISE_ROOT = BASE / "b"\nSTATICFILES_DIRS = (BASE / "a",)  # own',
            (
                'STATICFILES_DIRS = (BASE / "a",)  # own\n'
                'STATICFILES_DIRS = [*STATICFILES_DIRS, ("root", BASE / "b")]\n'
                'LADING = {"SITE_ROOT": "root"}'
            ),
        ),
        (
            'STATICFILES_DIRS = ["/a/assets"]\nWHITENOISE_ROOT = "/a/assets/top"',
            'STATICFILES_DIRS = ["/a/assets"]\nLADING = {"SITE_ROOT": "top"}',
        ),
        (
            'if PRODUCTION:\n    WHITENOISE_ROOT = "/a"',
            (
                'LADING = {}\nif PRODUCTION:\n    STATICFILES_DIRS = [("root", "/a")]\n'
                '    LADING["SITE_ROOT"] = "root"'
            ),
        ),
        (
            'WHITENOISE_ROOT = "/a"\nWHITENOISE_INDEX_FILE = True\nWHITENOISE_MAX_AGE = 5',
            (
                'STATICFILES_DIRS = [("root", "/a")]\nLADING = {\n    "SITE_ROOT": "root",\n'
                '    "INDEX": "index.html",\n    "MAX_AGE": 5,\n}'
            ),
        ),
        ("WHITENOISE_ALLOW_ALL_ORIGINS = False", 'LADING = {"ORIGINS": "none"}'),
        ("SERVESTATIC_ALLOW_ALL_ORIGINS = True", 'LADING = {"ORIGINS": "all"}'),
        (
            'WHITENOISE_MIMETYPES = {".foo": "x/foo"}',
            'LADING = {"HEADERS": {"*.foo": {"Content-Type": "x/foo"}}}',
        ),
    ],
)
def test_what_becomes_a_key(tmp_path: Path, before: str, after: str):
    assert settings(tmp_path, f"A = 1\n{before}\nB = 2\n") == f"A = 1\n{after}\nB = 2\n"


def test_the_headers_of_media_types_are_a_valid_setting():
    config = parse({"headers": {"*.foo": {"Content-Type": "x/foo"}}}, str)
    assert config.headers == {"*.foo": {"Content-Type": "x/foo"}}


@pytest.mark.parametrize(
    ("before", "option"),
    [
        ("WHITENOISE_KEEP_ONLY_HASHED_FILES = True", '{"originals": False}'),
        ("SERVESTATIC_KEEP_ONLY_HASHED_FILES = True", '{"originals": False}'),
        ("WHITENOISE_MANIFEST_STRICT = False", '{"missing": "plain"}'),
        ('WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["zip"]', '{"pack": {"exclude": ["*.zip"]}}'),
        ("SERVESTATIC_USE_BROTLI = False", '{"encodings": ["gzip"]}'),
        ("SERVESTATIC_USE_GZIP = False", '{"encodings": ["br"]}'),
    ],
)
def test_what_becomes_an_option(tmp_path: Path, before: str, option: str):
    text = f"{storages(MANIFEST['whitenoise'])}{before}\n"
    assert settings(tmp_path, text) == storages(
        "lading.django.storage.StaticStorage", f'\n        "OPTIONS": {option},'
    )


@pytest.mark.parametrize(
    "name",
    [
        "WHITENOISE_AUTOREFRESH = True",
        "WHITENOISE_USE_FINDERS = DEBUG",
        "WHITENOISE_MANIFEST_STRICT = True",
        "WHITENOISE_KEEP_ONLY_HASHED_FILES = False",
        'WHITENOISE_CHARSET = "utf-8"',
        "SERVESTATIC_USE_MANIFEST = True",
        "SERVESTATIC_USE_STATIC_ROOT = False",
        "SERVESTATIC_USE_ZSTD = False",
        "SERVESTATIC_MINIFY = False",
        "SERVESTATIC_ALLOW_UNSAFE_SYMLINKS = True",
        "SERVESTATIC_ZSTD_DICTIONARY = None",
        "SERVESTATIC_ZSTD_DICTIONARY_IS_RAW = False",
        'COLLECTFASTA_STRATEGY = "collectfasta.strategies.boto3.Boto3Strategy"',
        "COLLECTFASTA_THREADS = 0",
        'COLLECTFASTA_CACHE = "collectfasta"',
        'COLLECTFAST_CACHE_KEY_PREFIX = "x"',
        "WHITENOISE_ROOT = None",
        "WHITENOISE_INDEX_FILE = False",
        "COLLECTFASTA_DEBUG = True",
        "COLLECTFASTA_ENABLED = env.bool('FAST')",
    ],
)
def test_what_is_needed_no_more(tmp_path: Path, name: str):
    assert settings(tmp_path, f"A = 1\n{name}\nB = 2\n") == "A = 1\nB = 2\n"


@pytest.mark.parametrize(
    "text",
    [
        "WHITENOISE_ADD_HEADERS_FUNCTION = add_headers",
        "WHITENOISE_IMMUTABLE_FILE_TEST = r'^.+\\.[0-9a-f]{8}\\..+$'",
        "WHITENOISE_INDEX_FILE = INDEX",
        "WHITENOISE_ROOT = 1",
        'WHITENOISE_STATIC_PREFIX = "/s/"',
        "WHITENOISE_MAX_AGE = None",
        'WHITENOISE_CHARSET = "latin-1"',
        'WHITENOISE_MIMETYPES = {"name": "x/y"}',
        "WHITENOISE_MIMETYPES = TYPES",
        "WHITENOISE_SKIP_COMPRESS_EXTENSIONS = EXTENSIONS",
        "WHITENOISE_ALLOW_ALL_ORIGINS = ORIGINS",
        "WHITENOISE_KEEP_ONLY_HASHED_FILES = True",
        "SERVESTATIC_MINIFY = True",
        "SERVESTATIC_USE_ZSTD = True",
        "SERVESTATIC_ZSTD_LEVEL = 12",
        "SERVESTATIC_USE_GZIP = GZIP",
        "WHITENOISE_MAX_AGE = OTHER_AGE = 60",
        "A = 1; WHITENOISE_MAX_AGE = 60",
        "if DEBUG: WHITENOISE_AUTOREFRESH = True",
        "WHITENOISE_BROTLI_ENABLED = True",
        "COLLECTFASTA_THREADS = env.int('THREADS')",
    ],
)
def test_what_is_left_to_a_person(tmp_path: Path, text: str):
    done = switched(tmp_path, {"settings.py": f"{APPS}{text}\n"})
    assert done.files["settings.py"] == f"{APPS}{text}\n"
    ((where, write),) = done.tasks
    assert where == "settings.py:2"
    assert write


def test_a_setting_that_others_are_made_of_stays(tmp_path: Path):
    text = "WHITENOISE_MAX_AGE = 60\nOTHER = WHITENOISE_MAX_AGE * 2\n"
    done = switched(tmp_path, {"settings.py": APPS + text})
    assert done.files["settings.py"] == APPS + text
    assert done.tasks == [("settings.py:2", 'LADING = {"MAX_AGE": 60}')]


def test_an_option_under_a_condition_is_left_to_a_person(tmp_path: Path):
    condition = "if not DEBUG:\n    WHITENOISE_KEEP_ONLY_HASHED_FILES = True\n"
    done = switched(tmp_path, {"settings.py": APPS + storages(MANIFEST["whitenoise"]) + condition})
    assert done.files["settings.py"] == APPS + NEW + condition
    ((where, write),) = done.tasks
    assert where == "settings.py:11"
    assert write == '"OPTIONS": {"originals": False}  # of STORAGES["staticfiles"]'


# The dictionary


def test_several_keys_make_one_dictionary_where_the_last_stood(tmp_path: Path):
    text = "WHITENOISE_MAX_AGE = 5\nA = 1\nWHITENOISE_ALLOW_ALL_ORIGINS = True  # fonts\n"
    assert settings(tmp_path, text) == (
        'A = 1\nLADING = {\n    "MAX_AGE": 5,\n    "ORIGINS": "all",\n}  # fonts\n'
    )


def test_keys_under_conditions_are_set_one_by_one(tmp_path: Path):
    text = (
        "A = 1\n"
        "if DEBUG:\n    WHITENOISE_MAX_AGE = 0\nelse:\n    WHITENOISE_MAX_AGE = 600\n"
        "WHITENOISE_ALLOW_ALL_ORIGINS = True\n"
    )
    assert settings(tmp_path, text) == (
        "A = 1\n"
        "LADING = {}\n"
        'if DEBUG:\n    LADING["MAX_AGE"] = 0\nelse:\n    LADING["MAX_AGE"] = 600\n'
        'LADING["ORIGINS"] = "all"\n'
    )


def test_a_dictionary_that_is_there_is_kept(tmp_path: Path):
    text = 'LADING = {"JOBS": 2}\nWHITENOISE_MAX_AGE = 5\n'
    assert settings(tmp_path, text) == 'LADING = {"JOBS": 2}\nLADING["MAX_AGE"] = 5\n'


def test_keys_in_several_files_of_a_package(tmp_path: Path):
    done = switched(
        tmp_path,
        {
            "config/settings/__init__.py": "",
            "config/settings/base.py": f"{APPS}WHITENOISE_MAX_AGE = 60\n",
            "config/settings/production.py": (
                "from .base import *  # noqa\nWHITENOISE_MAX_AGE = 600\n"
            ),
            "config/settings/staging.py": (
                "from config.settings.production import *\nWHITENOISE_ALLOW_ALL_ORIGINS = True\n"
            ),
            "config/settings/test.py": "from .base import *\nWHITENOISE_AUTOREFRESH = True\n",
        },
    )
    assert done.files == {
        "config/settings/__init__.py": "",
        "config/settings/base.py": f'{APPS}LADING = {{"MAX_AGE": 60}}\n',
        "config/settings/production.py": ('from .base import *  # noqa\nLADING["MAX_AGE"] = 600\n'),
        "config/settings/staging.py": (
            'from config.settings.production import *\nLADING["ORIGINS"] = "all"\n'
        ),
        "config/settings/test.py": "from .base import *\n",
    }


def test_windows_line_ends_stay(tmp_path: Path):
    text = f"{APPS}WHITENOISE_MAX_AGE = 5\nWHITENOISE_ALLOW_ALL_ORIGINS = True\n"
    done = switched(tmp_path, {"settings.py": text.replace("\n", "\r\n")})
    after = done.files["settings.py"]
    assert after.count("\n") == after.count("\r\n") == 5
    assert '    "ORIGINS": "all",\r\n}\r\n' in after


def test_one_folder_answers_at_the_root(tmp_path: Path):
    text = f'{APPS}if A:\n    WHITENOISE_ROOT = "/a"\nelse:\n    WHITENOISE_ROOT = "/b"\n'
    ((where, write),) = switched(tmp_path, {"settings.py": text}).tasks
    assert where == "settings.py:5"
    assert '("root", "/b")' in write


def test_a_list_that_is_set_under_a_condition(tmp_path: Path):
    text = f'{APPS}if A:\n    STATICFILES_DIRS = ["x"]\nWHITENOISE_ROOT = "/a"\n'
    done = switched(tmp_path, {"settings.py": text})
    assert done.files["settings.py"] == text
    assert [where for where, _ in done.tasks] == ["settings.py:4"]


def test_a_folder_at_the_root_beside_the_list_of_another_file(tmp_path: Path):
    files = {
        "config/settings/base.py": f'{APPS}STATICFILES_DIRS = ["/assets"]\n',
        "config/settings/production.py": 'from .base import *\nWHITENOISE_ROOT = "/public"\n',
    }
    done = switched(tmp_path, files)
    assert done.tasks == []
    assert done.files["config/settings/production.py"] == (
        'from .base import *\nSTATICFILES_DIRS = [*STATICFILES_DIRS, ("root", "/public")]\n'
        'LADING = {"SITE_ROOT": "root"}\n'
    )
    assert any(".well-known" in text for text in done.switch.notes.changes)
