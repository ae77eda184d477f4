"""The table ``bucket`` -> settings, and errors that name the key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.objectstore.options import StoreOptions
from lading.objectstore.settings import BucketSettings, parse_bucket
from lading.values import InvalidValueError


def test_the_table_becomes_settings():
    settings = parse_bucket(
        {
            "ENDPOINT": "https://s3.example",
            "allow_http": True,
            "extra": {"virtual_hosted_style_request": True},
            "encoding": "br",
            "requests": 8,
        }
    )
    store = StoreOptions(
        endpoint="https://s3.example",
        allow_http=True,
        extra={"virtual_hosted_style_request": "true"},
    )
    assert settings == BucketSettings(store, encoding="br", requests=8)
    assert parse_bucket({}) == BucketSettings()


@pytest.mark.parametrize(
    ("table", "wanted", "remedy"),
    [
        ("s3", "a table of settings", ""),
        ({"endpont": "x"}, "a table of settings", "Did you mean 'endpoint'?"),
        ({"endpoint": "x:9000"}, "'endpoint' is a URL", ""),
        ({"encoding": "sibling"}, "'encoding' is one of", "Did you mean"),
        ({"requests": 0}, "'requests' is a whole number", ""),
        ({"purge_hook": "cdn.purge"}, "'purge_hook' is a function", ""),
        ({"extra": []}, "'extra' is a table", ""),
    ],
)
def test_a_wrong_value_names_its_key(table: object, wanted: str, remedy: str):
    with pytest.raises(InvalidValueError) as caught:
        parse_bucket(table)
    assert wanted in caught.value.wanted
    assert remedy in caught.value.remedy


def test_the_folder_that_is_built_into(tmp_path: Path):
    url = "s3://bucket/prefix"
    own = BucketSettings().build_folder(url, str(tmp_path), "/cache")
    assert os.path.dirname(own) == "/cache/builds"
    assert own != BucketSettings().build_folder(url + "2", str(tmp_path), "/cache")
    chosen = BucketSettings(build="built").build_folder(url, str(tmp_path), None)
    assert chosen == str(tmp_path / "built")
    with pytest.raises(ConfigError, match="no place to build"):
        BucketSettings().build_folder(url, str(tmp_path), None)


def test_the_hook_is_imported_when_it_is_needed():
    assert BucketSettings().hook() is None
    assert BucketSettings(purge_hook=print).hook() is print
    assert BucketSettings(purge_hook="os.path:join").hook() is os.path.join
    for name in ("no_such_module:f", "os:no_such_function"):
        with pytest.raises(ConfigError, match="cannot be imported"):
            BucketSettings(purge_hook=name).hook()
