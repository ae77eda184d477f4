"""``lading.adopt.storages``: the storage in all its shapes -> Lading's, with its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.stacks import MANIFEST, storages
from adopt.switched import APPS, settings, switched

NEW = "lading.django.storage.StaticStorage"
PACKED = "whitenoise.storage.CompressedStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.mark.parametrize("tool", sorted(MANIFEST))
@pytest.mark.parametrize(
    "text",
    [
        'STORAGES = {{"staticfiles": {{"BACKEND": "{}"}}}}\n',
        "STORAGES['staticfiles']['BACKEND'] = '{}'\n",
        'STORAGES["staticfiles"] = {{"BACKEND": "{}"}}  # why\n',
        'STORAGES = {{"staticfiles": dict(BACKEND="{}")}}\n',
        'STORAGES = {{\n  "staticfiles": {{\n    "BACKEND": (\n      "{}"\n    )\n  }}\n}}\n',
        'B = "a" if DEBUG else "{}"\nSTORAGES = {{"staticfiles": {{"BACKEND": B}}}}\n',
        'STORAGES = {{"staticfiles": {{"BACKEND": env("STORAGE", default="{}")}}}}\n',
        'STORAGES = {{"staticfiles": {{"BACKEND": config("STORAGE", "{}")}}}}\n',
    ],
)  # fmt: skip
def test_the_class_is_replaced_wherever_it_is_named(tmp_path: Path, tool: str, text: str):
    assert settings(tmp_path, text.format(MANIFEST[tool])) == text.format(NEW)


def test_plain_names_stay_plain(tmp_path: Path):
    text = storages(PLAIN)
    assert settings(tmp_path, text) == text


def test_packed_plain_names_are_packed_by_the_settings(tmp_path: Path):
    assert settings(tmp_path, storages(PACKED) + "A = 1\n") == (
        storages(PLAIN) + 'LADING = {"ENCODINGS": ["br", "gzip"]}\nA = 1\n'
    )


def test_what_packing_leaves_out_goes_with_it(tmp_path: Path):
    text = f'WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", ".gz")\n{storages(PACKED)}'
    assert settings(tmp_path, text) == storages(PLAIN) + (
        'LADING = {\n    "ENCODINGS": ["br", "gzip"],\n    "PACK": {"exclude": ["*.jpg", "*.gz"]},\n}\n'
    )


# Options


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'STORAGES = {"staticfiles": {"BACKEND": "%s"}}\n',
            'STORAGES = {"staticfiles": {"BACKEND": "%s", "OPTIONS": {"originals": False}}}\n',
        ),
        (
            storages("%s"),
            storages("%s", '\n        "OPTIONS": {"originals": False},'),
        ),
        (
            'STORAGES = {"staticfiles": {"BACKEND": "%s", "OPTIONS": {}}}\n',
            'STORAGES = {"staticfiles": {"BACKEND": "%s", "OPTIONS": {"originals": False}}}\n',
        ),
        (
            'STORAGES = {"staticfiles": {"OPTIONS": {"location": X}, "BACKEND": "%s"}}\n',
            'STORAGES = {"staticfiles": {"OPTIONS": {"location": X, "originals": False}, "BACKEND": "%s"}}\n',
        ),
        (
            'STORAGES["staticfiles"]["BACKEND"] = "%s"\n',
            ('STORAGES["staticfiles"]["BACKEND"] = "%s"\n'
            'STORAGES["staticfiles"]["OPTIONS"] = {"originals": False}\n'),
        ),
    ],
)  # fmt: skip
def test_options_are_put_beside_the_class(tmp_path: Path, before: str, after: str):
    text = before % MANIFEST["whitenoise"] + "WHITENOISE_KEEP_ONLY_HASHED_FILES = True\n"
    assert settings(tmp_path, text) == after % NEW


def test_several_options_are_put_among_those_that_stay(tmp_path: Path):
    old = "WHITENOISE_KEEP_ONLY_HASHED_FILES = True\nWHITENOISE_MANIFEST_STRICT = False\n"
    new = '"originals": False, "missing": "plain"'
    entry = 'STORAGES = {{"staticfiles": {{"BACKEND": "{}", "OPTIONS": {{{}}}}}}}\n'
    backend = MANIFEST["whitenoise"]
    assert settings(tmp_path, entry.format(backend, "") + old) == entry.format(NEW, new)
    base = '"base_url": "/s/"'
    assert settings(tmp_path, entry.format(backend, base) + old) == entry.format(
        NEW, f"{base}, {new}"
    )


def test_an_option_is_put_behind_the_last_that_stays(tmp_path: Path):
    backend = "django_manifeststaticfiles_enhanced.TestingManifestStaticFilesStorage"
    options = '\n        "OPTIONS": {{\n            "base_url": "/s/",\n            {}\n        }},'
    before = storages(backend, options.format('"use_lexer": True,'))
    assert settings(tmp_path, before) == storages(NEW, options.format('"strict": "always",'))


STRICT = "WHITENOISE_MANIFEST_STRICT = False\n"
MISSING = '"OPTIONS": {"missing": "plain"}  # of STORAGES["staticfiles"]'


def test_options_that_have_no_place_are_left_to_a_person(tmp_path: Path):
    """With the settings that they are to be made of."""
    text = f'{APPS}STATIC = "%s"\nSTORAGES = make(STATIC)\n{STRICT}'
    done = switched(tmp_path, {"settings.py": text % MANIFEST["whitenoise"]})
    assert done.files["settings.py"] == text % NEW
    assert done.tasks == [("settings.py:4", MISSING)]
    assert "WHITENOISE_MANIFEST_STRICT" not in {row.old for row in done.switch.notes.rows}


@pytest.mark.parametrize(
    "storage",
    [
        storages(MANIFEST["whitenoise"], '\n        "OPTIONS": {"manifest_strict": False},'),
        f'STORAGES = {{}}\nSTATICFILES_STORAGE = "{MANIFEST["whitenoise"]}"\n',
        f'\nSTATICFILES_STORAGE = env("S", default="{MANIFEST["whitenoise"]}")\n',
    ],
)
def test_a_storage_that_is_left_alone_keeps_its_settings(tmp_path: Path, storage: str):
    done = switched(tmp_path, {"settings.py": APPS + storage + STRICT})
    assert done.files["settings.py"] == APPS + storage + STRICT
    line = len((APPS + storage).splitlines()) + 1
    assert [where for where, write in done.tasks if write == MISSING] == [f"settings.py:{line}"]


def enhanced(options: str) -> str:
    return storages(MANIFEST["enhanced"], f'\n        "OPTIONS": {{{options}}},')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"keep_original_files": False', '"originals": False'),
        ('"manifest_strict": False, "use_lexer": True', '"missing": "plain"'),
        ('"use_lexer": True, "support_js_module_import_aggregation": True', ""),
        ('"base_url": "/s/", "sourcemap_strict": False', '"base_url": "/s/"'),
        (
            '\n            "use_lexer": True,\n            "keep_original_files": True,  # all\n        ',
            '\n            "originals": True,  # all\n        ',
        ),
    ],
)
def test_options_of_the_enhanced_storage(tmp_path: Path, before: str, after: str):
    assert settings(tmp_path, enhanced(before)) == storages(
        NEW, f'\n        "OPTIONS": {{{after}}},'
    )


@pytest.mark.parametrize(
    "options",
    [
        '"ignore_errors": ["vendor/*:*"]',
        '"prehashed": "site.is_finished"',
        '"manifest_name": "m.json"',
        '"keep_original_files": KEEP',
        '"sourcemap_strict": True',
        '"unheard_of": 1',
    ],
)
def test_what_a_person_has_to_decide_leaves_the_storage_alone(tmp_path: Path, options: str):
    text = enhanced(f'"use_lexer": True, {options}')
    done = switched(tmp_path, {"settings.py": APPS + text})
    assert done.files["settings.py"] == APPS + text
    (task,) = done.tasks
    assert task[0] == "settings.py:7"
    assert NEW in task[1]


def test_the_storage_for_tests_looks_at_each_path(tmp_path: Path):
    backend = "django_manifeststaticfiles_enhanced.storage.TestingManifestStaticFilesStorage"
    assert settings(tmp_path, f'STORAGES["staticfiles"] = {{"BACKEND": "{backend}"}}\n') == (
        f'STORAGES["staticfiles"] = {{"BACKEND": "{NEW}", "OPTIONS": {{"strict": "always"}}}}\n'
    )


# STATICFILES_STORAGE, of Django before 5.1


def test_the_old_setting_becomes_storages(tmp_path: Path):
    text = f"STATICFILES_STORAGE = '{MANIFEST['whitenoise']}'  # hashed\n"
    done = switched(tmp_path, {"settings.py": APPS + text})
    assert done.files["settings.py"] == (
        f"{APPS}STORAGES = {{\n"
        '    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},\n'
        f'    "staticfiles": {{"BACKEND": "{NEW}"}},\n'
        "}  # hashed\n"
    )
    assert "ignore STATICFILES_STORAGE (settings.py:2)" in next(iter(done.switch.notes.changes))


def test_the_old_setting_under_a_condition(tmp_path: Path):
    text = f'if not DEBUG:\n    STATICFILES_STORAGE = "{MANIFEST["whitenoise"]}"\n'
    assert settings(tmp_path, text) == (
        "if not DEBUG:\n"
        "    STORAGES = {\n"
        '        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},\n'
        f'        "staticfiles": {{"BACKEND": "{NEW}"}},\n'
        "    }\n"
    )


def test_the_old_setting_with_packed_plain_names(tmp_path: Path):
    assert settings(tmp_path, f'STATICFILES_STORAGE = "{PACKED}"\n') == (
        'LADING = {"ENCODINGS": ["br", "gzip"]}\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        f'STORAGES = {{}}\nSTATICFILES_STORAGE = "{MANIFEST["whitenoise"]}"\n',
        f'DEFAULT_FILE_STORAGE = "s3"\nSTATICFILES_STORAGE = "{MANIFEST["whitenoise"]}"\n',
        f'\nSTATICFILES_STORAGE = env("S", default="{MANIFEST["whitenoise"]}")\n',
    ],
)
def test_the_old_setting_that_is_not_alone_is_left_to_a_person(tmp_path: Path, text: str):
    done = switched(tmp_path, {"settings.py": APPS + text})
    assert done.files["settings.py"] == APPS + text
    (task,) = done.tasks
    assert task == (
        "settings.py:3",
        f'STORAGES = {{"default": {{"BACKEND": …}}, "staticfiles": {{"BACKEND": "{NEW}"}}}}',
    )
