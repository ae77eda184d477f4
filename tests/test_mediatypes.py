"""Media types by name."""

from __future__ import annotations

import mimetypes

import pytest

from lading import mediatypes
from lading.mediatypes import media_type

# Here the standard library's table is older than the registry (js, swf, vcf, xml), takes a file of sound
# and pictures for one of sound (3gp), or knows nothing (obj). From Python 3.14 on it has types that servers
# do not send (avi, m4v).
OUR_OWN = {
    ".3g2",
    ".3gp",
    ".avi",
    ".js",
    ".m4v",
    ".mjs",
    ".obj",
    ".opus",
    ".rtf",
    ".swf",
    ".vcf",
    ".wav",
    ".xml",
    ".xsl",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("css/app.css", "text/css; charset=utf-8"),
        ("css/app.0123456789ab.css", "text/css; charset=utf-8"),
        ("APP.JS", "text/javascript; charset=utf-8"),
        ("a.js.map", "application/json"),
        ("a.woff2", "font/woff2"),
        ("archive.tar.gz", "application/gzip"),
        ("folder.css/file", "application/octet-stream"),
        (".htaccess", "application/octet-stream"),
        ("nothing.example", "application/octet-stream"),
        ("", "application/octet-stream"),
        (".well-known/apple-app-site-association", "application/json"),
        ("Apple-App-Site-Association", "application/json"),
        ("crossdomain.xml", "text/x-cross-domain-policy"),
        ("other.xml", "application/xml"),
    ],
)
def test_media_types(path: str, expected: str) -> None:
    assert media_type(path) == expected


def test_the_operating_systems_registry_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows registries are known to say that scripts are text/plain."""
    mimetypes.init()
    monkeypatch.setitem(mimetypes.types_map, ".js", "text/plain")
    assert mimetypes.guess_type("a.js")[0] == "text/plain"
    assert media_type("a.js") == "text/javascript; charset=utf-8"


def test_the_standard_library_agrees_or_the_difference_is_known() -> None:
    theirs = mimetypes.MimeTypes(filenames=()).types_map[True]
    different = {
        extension
        for extension, expected in theirs.items()
        if extension[1:] in mediatypes._TYPES
        and media_type(f"a{extension}").partition(";")[0] != expected
    }
    assert different <= OUR_OWN


def test_text_names_its_charset() -> None:
    """Browsers guess otherwise."""
    for extension, value in mediatypes._TYPES.items():
        assert value.startswith("text/") == ("; charset=utf-8" in value), extension
