"""Sources and settings -> a built folder, and a bucket."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from lading import shipping
from lading.config import Config
from lading.errors import ConfigError, FindingsError, StoreError
from lading.objectstore.client import open_store
from lading.objectstore.options import StoreOptions
from lading.objectstore.settings import parse_bucket
from lading.serve import loading
from lading.shipping import Shipped
from lading.targets.bucket import BucketTarget
from s3_servers import KEYS, S3Server, new_place
from shipments import objects, problems
from sites_of_folders import Site

FILES = {"src/a.css": "a{background:url(x.png)}" + " " * 400, "src/x.png": "png"}


class Shop:
    """A site that is published to a place of its own in the server's bucket."""

    def __init__(self, site: Site, s3: S3Server) -> None:
        self.site, self.s3, self.place = site, s3, new_place()
        site.write(FILES)

    def config(self, *, bucket: Any = None, **settings: Any) -> Config:
        reached = {"endpoint": self.s3.endpoint, "region": "us-east-1", "extra": KEYS}
        return Config(
            target=f"s3://static/{self.place}",
            bucket=parse_bucket({**reached, **(bucket or {})}),
            root=str(self.site.folder),
            cache=self.site.path("cache"),
            static_url="https://cdn.example/",
            **settings,
        )

    def ship(self, **settings: Any) -> Shipped:
        config = self.config(**settings)
        target = shipping.open_target(config)
        return shipping.ship([self.site.source()], self.site.target, target, config, brief=True)

    @property
    def target(self) -> BucketTarget:
        return BucketTarget(self.s3.store("static", self.place))


@pytest.fixture
def shop(site: Site, s3: S3Server) -> Shop:
    return Shop(site, s3)


@pytest.mark.parametrize("names", ["plain", "hashed"])
def test_what_is_built_is_what_is_published(shop: Shop, names: Any):
    shipped = shop.ship(names=names, encodings=("gzip",))
    built = shop.site.published()
    built.pop("staticfiles.json", None)
    there = {path: text for path, text in _bytes(shop).items() if path != "staticfiles.json"}
    assert there.keys() == built.keys()
    assert there["x.png"] == b"png"
    assert problems(shop.target) == []
    assert shipped.published.number == 1
    assert shop.ship(names=names, encodings=("gzip",)).published.is_new is False


def _bytes(shop: Shop) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in shop.target.store.listing():
        fetched = shop.target.store.get(item.path)
        assert fetched is not None
        if not item.path.startswith(".lading"):
            found[item.path] = fetched.data
    return found


def test_another_machine_finds_nothing_to_do(shop: Shop, tmp_path: Path):
    shop.ship(names="hashed")
    elsewhere = Site(tmp_path / "elsewhere")
    elsewhere.write(FILES)
    other = Shop(elsewhere, shop.s3)
    other.place = shop.place
    assert other.ship(names="hashed").published.uploaded == ()


def test_errors_in_the_sources_publish_nothing(shop: Shop):
    shop.site.write({"src/a.css": "a{background:url(missing.png)}"})
    with pytest.raises(FindingsError):
        shop.ship(names="hashed")
    assert objects(shop.target.store) == {}


def test_one_line_says_what_was_done(shop: Shop):
    told = shipping.summary(shop.ship(), "s3://b")
    assert told == "2 objects (0.4 kB) sent to 's3://b'; release 1 of 2 files is published now."
    told = shipping.summary(shop.ship(), "s3://b")
    assert (
        told == "0 objects (0.0 kB) sent to 's3://b'; release 1 of 2 files was published already."
    )


def test_the_images_manifest_is_the_one_that_serves(shop: Shop):
    """One manifest feeds the bucket, the storage and the serve table."""
    shop.ship(names="hashed", encodings=(), bucket={"manifest_file": "image.json"})
    manifest, _ = loading.read(shop.site.path("image.json"))
    assert manifest.paths == shop.target.head().manifest.paths
    table = loading.load(shop.site.target.root, manifest=shop.site.path("image.json"))
    assert table.lookup(f"/static/{manifest.paths['x.png']}") is not None


def test_changed_plain_names_are_handed_on_as_urls(shop: Shop):
    told: list[Any] = []
    bucket = {"purge_file": "purge.txt", "purge_hook": told.append}
    shop.site.write({"src/ä b.txt": "1"})
    shop.ship(bucket=bucket)
    assert told == []
    shop.site.write({"src/ä b.txt": "2"})
    shop.ship(bucket=bucket)
    assert told == [["https://cdn.example/%C3%A4%20b.txt"]]
    with open(shop.site.path("purge.txt")) as file:
        assert file.read() == "https://cdn.example/%C3%A4%20b.txt\n"
    shop.ship(bucket=bucket)
    assert os.path.getsize(shop.site.path("purge.txt")) == 0


@pytest.mark.parametrize(
    ("bucket", "error", "message"),
    [
        ({"manifest_file": "no/folder/m.json"}, StoreError, "manifest_file"),
        ({"purge_file": "no/folder/p.txt"}, StoreError, "purge_file"),
        ({"purge_hook": "no_such_module:f"}, ConfigError, "cannot be imported"),
    ],
)
def test_what_cannot_be_handed_on_is_said(
    shop: Shop, bucket: dict[str, str], error: type[Exception], message: str
):
    with pytest.raises(error, match=message):
        shop.ship(bucket=bucket)
    assert problems(shop.target) == []


def test_a_lost_memory_of_the_bucket_costs_nothing_but_time(shop: Shop):
    shop.ship(names="hashed")
    shop.site.write({"out/.lading/bucket": "damaged"})
    assert shop.ship(names="hashed").published.uploaded == ()


def test_an_encoding_that_no_variant_has_is_told_before_anything_is_sent(shop: Shop):
    with pytest.raises(ConfigError) as caught:
        shop.ship(encodings=("gzip",), bucket={"encoding": "br"})
    assert "'encoding' is 'br'" in caught.value.what
    assert "(made: gzip)" in caught.value.what
    assert not objects(shop.target.store)


def test_an_application_asks_a_bucket_that_is_silent_only_a_few_times(shop: Shop):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        config = shop.config(bucket={"endpoint": endpoint, "timeout": 0.1})
        target = shipping.open_target(config, for_reading=True)
        with pytest.raises(StoreError, match="cannot be reached, or did not answer in time"):
            target.store.get(target.manifest)
        asked = 0
        silent.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                silent.accept()[0].close()
                asked += 1
        assert 1 <= asked <= 4


def test_an_application_waits_seconds_whatever_a_deployment_may(shop: Shop, monkeypatch: Any):
    opened: list[StoreOptions] = []
    monkeypatch.setattr(
        shipping,
        "open_store",
        lambda url, options: opened.append(options) or open_store(url, options),
    )
    config = shop.config()
    shipping.open_target(config, for_reading=True)
    shipping.open_target(config)
    assert [(o.timeout, o.retries) for o in opened] == [(8, 1), (60, 6)]
