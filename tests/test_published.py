"""A target's records -> names by path and paths by name."""

from __future__ import annotations

from hashed_sites import loaded
from lading import published as publications
from lading.config import Config
from lading.published import Publication
from sites_of_folders import Site
from tampering import FILES, options, publish, published


def read(site: Site, **more) -> Publication:
    return publications.read(site.target, Config(**options(site, **more)))


def test_names_of_a_path_and_paths_of_a_name(site: Site):
    site.write(FILES)
    publish(site)
    old = loaded(site).paths["css/a.css"]
    site.write({"src/css/a.css": "p {}"})
    publish(site)
    new = loaded(site).paths["css/a.css"]
    found = read(site)
    assert found.lacking == ""
    assert found.names("css/a.css") == [new, "css/a.css"]
    assert found.names("css/a.css", old, "css/none.css", f"{old}.br") == [new, "css/a.css", old]
    assert (found.logical(new), found.logical(old)) == (("css/a.css", 0), ("css/a.css", 1))
    assert found.logical("css/none.css") is None


def test_plain_names(site: Site):
    site.write(FILES)
    publish(site, names="plain")
    found = read(site, names="plain")
    assert found.names("css/a.css") == ["css/a.css"]
    one = found.describe("js/b.js", "js/b.js")
    assert (one.url, one.is_immutable, one.releases) == ("/static/js/b.js", False, [1])
    assert one.size == published(site, "js/b.js").stat().st_size
    assert set(one.encodings) == {"br", "gzip"}
    assert (found.is_variant("js/b.js.br"), found.is_variant("js/b.js")) == (True, False)


def test_a_manifest_of_a_time_when_names_were_hashed(site: Site):
    """It is left over, and the names in it are nobody's."""
    site.write(FILES)
    publish(site)
    hashed = loaded(site).paths["js/b.js"]
    publish(site, names="plain")
    found = read(site, names="plain")
    assert found.names("js/b.js") == ["js/b.js"]
    assert found.logical(hashed) == ("js/b.js", 1)  # of a release that is kept


def test_what_is_lacking_is_told(site: Site):
    assert "Nothing is known to be published" in read(site).lacking
    site.write(FILES)
    publish(site)
    published(site, "staticfiles.json").unlink()
    assert "The manifest is missing." in read(site).lacking
    published(site, "staticfiles.json").mkdir()
    assert "The manifest cannot be read: Is a directory." in read(site).lacking
    published(site, "staticfiles.json").rmdir()
    published(site, "staticfiles.json").write_text("[]")
    assert "The manifest is not a JSON object. Run collectstatic again" in read(site).lacking


def test_names_are_quoted_in_urls(site: Site):
    assert read(site).url("a b/ü?.css") == "/static/a%20b/%C3%BC%3F.css"
