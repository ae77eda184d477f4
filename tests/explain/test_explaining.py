"""A question about one file -> all that is known of it, or why it is not served."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from hashed_sites import loaded
from lading.config import Config
from lading.explain import explaining
from lading.explain.explanation import Explanation
from lading.lookup import JsModule
from lading.progress import Silent
from lading.project import Project
from sites_of_folders import Site, watched
from tampering import options, published

FILES = {
    "src/css/app.css": "body { background: url(../img/logo.svg) }\n" * 100,
    "src/img/logo.svg": "<svg/>" * 500,
    "src/photo.jpg": os.urandom(2000),
    "src/.env": "SECRET=1",
    "src/notes.scss": "",
    "src/key.pem": "-----BEGIN PRIVATE KEY-----\n",
    "two/css/app.css": "other",
    "two/img/logo.svg": "<svg/>" * 500,
}
STYLES = [{"names": "hashed"}, {"names": "plain"}]


def sources(site: Site) -> list[Any]:
    return [site.source("src", ignore=(".*", "*.scss")), site.source("two", owner="vendor")]


def publish(site: Site, **more: Any) -> None:
    site.collect(*sources(site), **options(site, **more))


def explain(site: Site, text: str, **more: Any) -> Explanation:
    flags = {key: more.pop(key) for key in ("development", "own_host") if key in more}
    work = Project(Config(**options(site, **more)), sources(site), site.target)
    return explaining.explain(text, work, Silent(), **flags)[0]


@pytest.fixture(params=STYLES, ids=lambda style: style["names"])
def style(request: pytest.FixtureRequest, site: Site) -> dict[str, str]:
    site.write(FILES)
    return request.param


# --- what is found ---


def test_all_about_a_file(site: Site):
    site.write(FILES)
    publish(site)
    name = loaded(site).paths["css/app.css"]
    with watched(site.folder) as (_, writes):
        found = explain(site, "css/app.css")
    assert writes == []
    assert found.is_found
    assert (found.path, found.url, found.policy) == ("css/app.css", f"/static/{name}", "first")
    assert [(hit.file, hit.fate) for hit in found.sources] == [
        (site.path("src/css/app.css"), "published"),
        (site.path("two/css/app.css"), "shadowed, different content"),
    ]
    hashed, plain = found.published
    file = loaded(site).files[name]
    assert (hashed.path, hashed.url, hashed.is_immutable) == (name, f"/static/{name}", True)
    assert (hashed.size, hashed.sha256, hashed.encodings) == (
        file.size,
        file.sha256,
        file.encodings,
    )
    assert set(hashed.encodings) == {"br", "gzip"}
    assert (plain.path, plain.is_immutable, plain.releases) == ("css/app.css", False, [1])
    headers = dict(found.headers)
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["Cache-Control"] == "max-age=31536000, immutable, public"
    assert headers["Content-Length"] == str(file.size)
    assert headers["Vary"] == "Accept-Encoding"
    assert (found.problems, found.notes) == ([], [])


def test_who_refers_to_it(site: Site, style):
    publish(site, **style)
    found = explain(site, "img/logo.svg", **style)
    place = site.path("src/css/app.css")
    assert [r.where for r in found.referrers] == [f"{place}:{line}:24" for line in range(1, 101)]
    assert found.sources[1].fate == "shadowed, same content"


def test_plain_names(site: Site):
    site.write(FILES)
    publish(site, names="plain")
    found = explain(site, "https://my.site/static/css/app.css?v=1", names="plain", max_age=5)
    (one,) = found.published
    assert (found.is_found, one.path, one.is_immutable) == (True, "css/app.css", False)
    assert set(one.encodings) == {"br", "gzip"}
    assert dict(found.headers)["Cache-Control"] == "max-age=5, must-revalidate, public"


@pytest.mark.parametrize(
    "form", ["{}", "/static/{}", "https://cdn.example/static/{}", "out/{}", "{root}/out/{}"]
)
def test_the_published_name_leads_to_the_file(site: Site, form: str, monkeypatch):
    site.write(FILES)
    publish(site)
    monkeypatch.chdir(site.folder)
    name = loaded(site).paths["img/logo.svg"]
    found = explain(site, form.format(name, root=site.folder))
    assert (found.is_found, found.path) == (True, "img/logo.svg")
    assert "immutable" in dict(found.headers)["Cache-Control"]


def test_the_headers_are_those_of_the_name_that_was_asked_about(site: Site):
    site.write(FILES)
    publish(site)
    found = explain(site, "/static/css/app.css")
    assert dict(found.headers)["Cache-Control"] == "max-age=60, must-revalidate, public"
    assert found.url == f"/static/{loaded(site).paths['css/app.css']}"


@pytest.mark.parametrize(("suffix", "coding"), [(".br", "br"), (".gz", "gzip")])
def test_a_variant(site: Site, style, suffix: str, coding: str):
    publish(site, **style)
    found = explain(site, f"css/app.css{suffix}", **style)
    size = published(site, f"css/app.css{suffix}").stat().st_size
    assert (found.is_found, found.path) == (True, "css/app.css")
    (note,) = found.notes
    assert note.startswith(f"This is the {coding} variant of 'css/app.css', of {size} bytes:")


def test_a_name_of_an_older_release(site: Site):
    site.write(FILES)
    publish(site)
    old = loaded(site).paths["css/app.css"]
    site.write({"src/css/app.css": "p {}"})
    publish(site)
    found = explain(site, f"/static/{old}")
    assert (found.is_found, found.path) == (True, "css/app.css")
    assert [one.path for one in found.published][-1] == old
    assert found.published[-1].releases == [1]
    assert "This is its name in release 1" in found.notes[0]
    assert "immutable" in dict(found.headers)["Cache-Control"]


def test_a_source_that_changed_since(site: Site, style):
    publish(site, **style)
    assert explain(site, "photo.jpg", **style).notes == []
    site.write({"src/photo.jpg": "new"})
    found = explain(site, "photo.jpg", **style)
    assert found.is_found
    assert "The release is older than the source" in found.notes[0]


def test_a_source_that_is_gone(site: Site, style):
    publish(site, **style)
    os.unlink(site.path("src/photo.jpg"))
    found = explain(site, "photo.jpg", **style)
    assert found.is_found
    assert "No source ships it any more" in found.notes[0]


def test_the_manifest_is_for_nobody(site: Site):
    site.write(FILES)
    publish(site)
    found = explain(site, "staticfiles.json")
    assert found.headers == ()
    assert found.notes == ["It is the manifest, which Lading reads and serves to nobody."]


def test_a_generated_file(site: Site):
    site.write(FILES)
    module = {"js_module": JsModule("urls.js", ("img/*",))}
    publish(site, **module)
    found = explain(site, "urls.js", **module)
    assert found.is_found
    assert found.sources[0].file == "generated by Lading:urls.js"
    assert explain(site, "img/logo.svg", **module).referrers != []


def test_the_manifest_of_django(site: Site):
    """Which says what files are called, and nothing else of them."""
    site.write({**FILES, "out/css/app.0123456789ab.css": "abc"})
    site.write(
        {
            "out/staticfiles.json": '{"version": "1.1", "paths": {"css/app.css": '
            '"css/app.0123456789ab.css"}}'
        }
    )
    found = explain(site, "/static/css/app.0123456789ab.css", names="plain")
    assert found.path == "css/app.css"
    assert found.published[0].size == 3
    assert found.published[0].is_immutable


def test_a_symbolic_link(site: Site):
    site.write(FILES)
    publish(site, names="plain", link=True)
    found = explain(site, "photo.jpg", names="plain")
    assert (found.is_found, found.published[0].size, found.headers) == (True, 2000, ())
    assert found.notes == ["It is a symbolic link, which Lading's responder does not follow."]


# --- why it is not found ---


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("css/ap.css", "Near: 'css/app.css'."),
        ("CSS/App.css", "'css/app.css' differs only by case, which counts on Linux: write it so."),
        ("notes.scss", "src/notes.scss is left out: ignored by '*.scss'."),
        (".env", "src/.env is left out: ignored by '.*'."),
        ("key.pem", "src/key.pem is left out: looks like a secret: it holds a private key."),
        ("css", "It is a folder (1 file below it); name one file."),
        ("a\\b.css", "Nothing can be published as 'a\\\\b.css', because it contains a backslash"),
        ("/assets/css/app.css", "Did you mean '/static/css/app.css'?"),
        ("https://other/css/app.css", "The URL does not begin with '/static/'"),
        ("mine.txt", "Something of that name lies in the target, and Lading did not publish it."),
        ("photo.jpg.br", "There is no br variant of 'photo.jpg': packing leaves it out"),
        ("css/app.css.zst", "the setting 'encodings' does not ask for zstd"),
        ("css/app.0123456789ab.css", "The digest in the name is of another content"),
        ("", "It is empty: name a URL, a path or a file."),
    ],
)
def test_why_not(site: Site, style, text: str, problem: str):
    publish(site, **style)
    site.write({"out/mine.txt": ""})
    found = explain(site, text, **style)
    assert not found.is_found
    assert len(found.problems) <= 3
    assert any(problem in told for told in found.problems), found.problems


def test_who_refers_to_what_is_missing(site: Site, style):
    publish(site, **style)
    site.write({"src/css/app.css": "a { background: url(../img/no.png) }"})
    found = explain(site, "img/no.png", **style)
    assert [r.where for r in found.referrers] == [f"{site.path('src/css/app.css')}:1:21"]


@pytest.mark.parametrize("text", ["/static/", "https://site.example/static/"])
def test_the_place_of_all_files(site: Site, text: str):
    site.write(FILES)
    assert explain(site, text).problems == ["It is where all static files are; name one of them."]


def test_a_url_with_another_digest_has_one_problem(site: Site, style):
    publish(site, **style)
    (problem,) = explain(site, "/static/css/app.0123456789ab.css", **style).problems
    assert problem.startswith("The digest in the name is of another content")


def test_a_folder_of_published_files_is_nobody_elses(site: Site, style):
    publish(site, **style)
    assert explain(site, "css", **style).problems == [
        "No source ships 'css'.",
        "It is a folder (1 file below it); name one file.",
    ]


@pytest.mark.parametrize(
    ("names", "name"), [("hashed", r"css/app\.\w{12}\.css"), ("plain", "css/app.css")]
)
def test_the_name_that_an_outdated_one_has_now(site: Site, names: str, name: str):
    site.write(FILES)
    publish(site, names=names)
    (problem,) = explain(site, "/static/css/app.0123456789ab.css", names=names).problems
    assert re.search(rf"The name is now '{name}'\.$", problem)


def test_originals_are_not_published(site: Site):
    site.write(FILES)
    publish(site, originals=False)
    name = loaded(site).paths["css/app.css"]
    found = explain(site, "/static/css/app.css", originals=False)
    assert found.problems == [
        f"Only its hashed name {name!r} is published, since the setting 'originals' is off."
    ]
    assert explain(site, "css/app.css", originals=False).is_found


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        (None, "Nothing is known to be published in the target"),
        ("{", "The manifest is not JSON"),
        ('{"version": "9"}', "The manifest's version is '9'"),
    ],
)
def test_nothing_is_published_or_nobody_knows(site: Site, manifest: str | None, problem: str):
    site.write(FILES)
    if manifest is not None:
        site.write({"out/staticfiles.json": manifest})
    (told,) = explain(site, "css/app.css").problems
    assert told.startswith("It is not collected yet.")
    assert problem in told
    assert "Run collectstatic" in told
    assert any(problem in told for told in explain(site, "css/none.css").problems)


def test_a_manifest_that_got_lost_or_damaged(site: Site):
    site.write(FILES)
    publish(site)
    published(site, "staticfiles.json").unlink()
    assert any("The manifest is missing" in p for p in explain(site, "css/app.css").problems)
    published(site, "staticfiles.json").write_text("{")
    assert any("The manifest is not JSON" in p for p in explain(site, "css/app.css").problems)


def test_a_file_that_is_newer_than_the_release(site: Site, style):
    publish(site, **style)
    site.write({"src/new.css": "a"})
    assert explain(site, "new.css", **style).problems == [
        "It is not collected yet. The file is newer than the last release. Run collectstatic."
    ]
    found = explain(site, "new.css", development=True, **style)
    assert found.is_found
    assert found.notes[0].startswith("It is not collected yet.")


def test_a_published_file_that_is_gone_or_changed(site: Site, style):
    publish(site, **style)
    published(site, "photo.jpg").unlink()
    published(site, "css/app.css.br").write_text("short")
    (problem,) = explain(site, "/static/photo.jpg", **style).problems
    assert problem == "The published file 'photo.jpg' is gone. Run lading verify --repair."
    (problem,) = explain(site, "/static/css/app.css", **style).problems
    assert problem.startswith("The published file 'css/app.css.br' was changed: it has 5 bytes")


def test_another_site(site: Site, style):
    publish(site, **style)
    found = explain(
        site, "https://other.site/static/css/app.css", own_host=lambda _: False, **style
    )
    assert found.problems == ["The URL is of another site: other.site."]


def test_a_source_that_vanishes_while_it_is_looked_at(
    site: Site, style, monkeypatch: pytest.MonkeyPatch
):
    """Both files have one size, so that only their contents tell whether they are the same."""
    publish(site, **style)
    site.write({"src/css/app.css": "a" * 5})
    build_catalog = explaining.build.catalog

    def vanishing(*arguments: Any) -> Any:
        found = build_catalog(*arguments)
        os.unlink(site.path("src/css/app.css"))
        return found

    monkeypatch.setattr(explaining.build, "catalog", vanishing)
    found = explain(site, "css/app.css", **style)
    assert not found.is_found
    assert f"{site.path('src/css/app.css')}: The file was there when" in found.problems[0]
