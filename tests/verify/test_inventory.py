"""ledger, records and manifests -> what a target has to hold."""

from __future__ import annotations

import hashlib

import pytest

from hashed_sites import loaded
from lading.config import Config
from lading.errors import ManifestError
from lading.ledger import LINK
from lading.verify import inventory
from lading.verify.inventory import Inventory, Proof
from sites_of_folders import Site
from tampering import FILES, options, publish, published


def read(site: Site, **more) -> Inventory:
    return inventory.read(site.target, Config(**options(site, **more)))


@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_every_published_file_has_its_proof(site: Site, names: str):
    site.write(FILES)
    publish(site, names=names)
    found = read(site, names=names)
    assert found.proofs.keys() == site.published().keys()
    for path, proof in found.proofs.items():
        content = published(site, path).read_bytes()
        assert proof.sha256 == hashlib.sha256(content).hexdigest()
        assert proof.size == len(content)
        is_variant = path.endswith((".br", ".gz"))
        assert (proof.coding is not None) == is_variant
        assert proof.original == (path.rpartition(".")[0] if is_variant else "")
    assert (found.current, found.has_ledger, found.notes) == (1, True, [])


def test_releases_say_what_they_publish(site: Site):
    site.write(FILES)
    publish(site)
    old = loaded(site).paths["css/a.css"]
    site.write({"src/css/a.css": "p {}"})
    publish(site)
    new = loaded(site).paths["css/a.css"]
    found = read(site)
    assert found.current == 2
    assert found.releases_with(old) == [1]
    assert found.releases_with(new) == [2]
    assert found.releases_with("photo.jpg") == [2, 1]
    assert found.manifests[1].paths["css/a.css"] == old


def test_links_and_files_of_sources_that_look_like_variants(site: Site):
    site.write({"src/a.css": "a" * 900, "src/a.css.gz": "shipped so", "src/b.css": "b"})
    publish(site, encodings=("br",))
    assert read(site, encodings=("br",)).proofs["a.css.gz"].coding is None
    site.collect(link=True)
    assert read(site, names="plain").proofs["b.css"] == Proof("b.css", LINK, 0)


def test_sizes_of_variants(site: Site):
    site.write(FILES)
    publish(site)
    found = read(site)
    expected = {
        coding: published(site, f"js/b.js{suffix}").stat().st_size
        for coding, suffix in (("br", ".br"), ("gzip", ".gz"))
    }
    assert inventory.sizes_of(found.proofs, "js/b.js") == expected
    assert inventory.sizes_of(found.proofs, "photo.jpg") == {}


def test_without_a_ledger(site: Site):
    site.write(FILES)
    publish(site)
    before = read(site).proofs
    published(site, ".lading/ledger").unlink()
    found = read(site)
    assert not found.has_ledger
    assert found.current == 1
    assert found.proofs.keys() == before.keys() - {"staticfiles.json"}
    assert all(found.proofs[p].sha256 in ("", before[p].sha256) for p in found.proofs)
    assert {found.proofs[p].sha256 for p in found.proofs if p.endswith(".br")} == {""}


def test_a_manifest_that_cannot_be_read(site: Site):
    site.write({"out/staticfiles.json/x": ""})
    with pytest.raises(ManifestError, match="The manifest cannot be read: Is a directory"):
        read(site)
