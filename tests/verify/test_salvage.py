"""The proof of a content -> a staged file that has exactly that content, or nothing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.cache import Cache
from lading.config import Config
from lading.encoders import Recipe, encode
from lading.progress import Silent
from lading.verify import inventory
from lading.verify.salvage import Salvage
from sites_of_folders import Site
from tampering import FILES, options, publish, published, replace


@pytest.fixture
def salvage(site: Site) -> Iterator[Salvage]:
    """Nothing is known to be intact, and no place to have any content."""
    site.write(FILES)
    publish(site)
    config = Config(**options(site))
    found = inventory.read(site.target, config)
    with site.target.locked(0, print), Cache(site.path("cache")) as cache:
        yield Salvage(
            found, [site.source()], site.target, config, cache, Silent(), places={}, intact=set()
        )


def read(salvaged) -> bytes:
    return Path(salvaged.staged.temporary).read_bytes()


def test_what_decodes_to_something_else_is_not_used(site: Site, salvage: Salvage):
    """Even if somebody claims that it is intact."""
    content = published(site, "css/a.css").read_bytes()
    replace(site, "css/a.css.gz", bytes(encode(b"other", Recipe("gzip", 6))))
    replace(site, "css/a.css.br", b"nothing that can be decoded")
    salvage.intact = {"css/a.css.gz", "css/a.css.br"}
    found = salvage.original(salvage.inventory.proofs["css/a.css"])
    assert found is not None
    assert (found.origin, read(found)) == ("the build cache", content)


def test_sources_of_another_content_are_not_used(site: Site, salvage: Salvage):
    proof = salvage.inventory.proofs["photo.jpg"]
    site.write({"src/photo.jpg": "x" * proof.size})
    assert salvage.original(proof) is None
    assert salvage.problems == []


def test_variants_that_cannot_be_made_again_are_left_out(salvage: Salvage):
    proof = salvage.inventory.proofs["js/b.js.gz"]
    other = proof._replace(sha256=hashlib.sha256(b"made by another encoder").hexdigest())
    assert salvage.variants([other]) == {}
    (found,) = salvage.variants([proof]).values()
    assert hashlib.file_digest(io.BytesIO(read(found)), "sha256").hexdigest() == proof.sha256
