"""Settings of an object store -> what the library is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.objectstore.options import StoreOptions, is_store_url, provider_settings


@pytest.fixture(autouse=True)
def no_profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for Amazon's two files, in place of the user's own."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


CONFIG = "[profile work]\nregion = eu-west-1\nendpoint_url = http://here:1\n"
KEYS = "[work]\naws_access_key_id = a\naws_secret_access_key = b\n"
READ = {
    "access_key_id": "a",
    "secret_access_key": "b",
    "region": "eu-west-1",
    "endpoint": "http://here:1",
}


def test_a_profile_gives_keys_region_and_endpoint(no_profiles: Path):
    (no_profiles / "config").write_text(CONFIG)
    (no_profiles / "credentials").write_text(KEYS)
    assert provider_settings("s3", StoreOptions(profile="work")) == READ
    own = StoreOptions(profile="work", region="us-east-1", endpoint="http://there/")
    assert provider_settings("s3", own) == {
        **READ,
        "region": "us-east-1",
        "endpoint": "http://there",
    }


def test_the_environment_names_a_profile_unless_it_holds_keys(
    no_profiles: Path, monkeypatch: pytest.MonkeyPatch
):
    (no_profiles / "credentials").write_text(KEYS + KEYS.replace("work", "default"))
    assert provider_settings("s3", StoreOptions())["access_key_id"] == "a"  # the profile "default"
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert provider_settings("s3", StoreOptions())["access_key_id"] == "a"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    assert provider_settings("s3", StoreOptions()) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no profile 'work'"),
        ("[work]\ncredential_process = /bin/keys\n", "fetches its keys"),
        ("no section\n", "cannot be read"),
    ],
)
def test_a_profile_that_is_of_no_use_is_an_error(no_profiles: Path, text: str, message: str):
    (no_profiles / "credentials").write_text(text)
    with pytest.raises(ConfigError, match=message):
        provider_settings("s3", StoreOptions(profile="work"))


def test_providers_have_names_of_their_own_for_an_endpoint():
    options = StoreOptions(endpoint="http://here")
    assert provider_settings("gs", options) == {"base_url": "http://here"}
    assert provider_settings("az", options) == {"endpoint": "http://here"}


@pytest.mark.parametrize(
    ("text", "is_url"),
    [("s3://b/p", True), ("gs://b", True), ("static/s3", False), ("C:\\static", False)],
)
def test_what_is_a_url(text: str, is_url: bool):
    assert is_store_url(text) is is_url
