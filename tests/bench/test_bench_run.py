"""Command line -> options; sections -> document; fetched bytes; generated projects."""

import json
import sqlite3
from contextlib import closing

import pytest
from bench.projects import VARIANTS, Sources
from bench.suites import media_check
from bench.suites.packing import fetched_bytes
from bench.suites.scale import content, growth

from bench import projects, run


def test_options():
    given = "collect --rounds 3 --subset katex,leaflet --sizes 10,5_000 --steps cold,one"
    options = run.parse(given.split())
    assert options.suites == ["collect"]
    assert options.rounds == 3
    assert options.subset == ("katex", "leaflet")
    assert options.sizes == (10, 5000)
    assert options.steps == ("cold", "one")


def test_an_unknown_suite_is_named(capsys):
    with pytest.raises(SystemExit):
        run.parse(["colect"])
    assert "no such suite: colect (choose from collect, scale" in capsys.readouterr().err


def test_write_makes_and_replaces_a_section(tmp_path):
    document = tmp_path / "benchmarks.md"
    run.write("collect", "first", document)
    document.write_text("# Benchmarks\n\n" + document.read_text())
    run.write("collect", "second", document)
    assert document.read_text() == (
        "# Benchmarks\n\n<!-- bench:collect -->\nsecond\n<!-- /bench:collect -->\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["benchmarks.md"]


def test_fetched_bytes_counts_what_browsers_ask_for(tmp_path):
    files = {
        "a.1.css": 1000,
        "a.1.css.br": 100,
        "a.1.css.gz": 150,
        "b.2.png": 500,
        "a.1.css.map": 9000,
        "package.json": 70,
    }
    for name, size in files.items():
        (tmp_path / name).write_bytes(b"x" * size)
    paths = {
        "a.css": "a.1.css",
        "b.png": "b.2.png",
        "a.css.map": "a.1.css.map",
        "package.json": "package.json",
        "gone.js": "gone.3.js",
    }
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": paths}))
    assert fetched_bytes(tmp_path) == {
        "br": 600,
        "gzip": 650,
        "zstd": 1500,
        "identity": 1500,
        "files": 2,
    }


def test_fetched_bytes_without_a_manifest(tmp_path):
    assert fetched_bytes(tmp_path) == {}


def test_synthetic_files_differ_and_are_small():
    texts = [content(number) for number in range(2000)]
    assert len({text for _, text in texts}) == 2000
    assert {kind for kind, _ in texts} == {".css", ".js", ".svg"}
    assert all(20 < len(text) < 1200 for _, text in texts)


@pytest.mark.parametrize(
    ("points", "factor"),
    [
        ({5: 1.0 + 5, 50: 1.0 + 50, 500: 1.0 + 500}, 1.0),  # linear, beside a constant set-up
        ({5: 25.0, 50: 2500.0, 500: 250000.0}, 10.0),  # quadratic
        ({5: 1.0, 50: 2.0}, None),
        ({5: 1.0, 50: 1.0, 500: 2.0}, None),
        ({}, None),
    ],
)
def test_growth_of_the_time_for_one_more_file(points, factor):
    assert growth(points) == (None if factor is None else pytest.approx(factor))


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_every_project_is_valid_python_and_installs_its_apps_before_staticfiles(
    variant, tmp_path, monkeypatch
):
    monkeypatch.setattr(projects, "CACHE", tmp_path)
    sources = Sources((("npm/demo", tmp_path / "demo"),), ("demo.app",), (tmp_path / "app",))
    project = projects.write(variant, sources)
    settings = {}
    exec(compile((project.folder / "settings.py").read_text(), "settings.py", "exec"), settings)
    assert settings["STATICFILES_DIRS"] == [
        ("npm/demo", str(tmp_path / "demo")),
        str(project.folder / "site"),
    ]
    assert settings["INSTALLED_APPS"][: len(variant.apps)] == list(variant.apps)
    assert settings["INSTALLED_APPS"][-1] == "django.contrib.staticfiles"
    assert settings["STORAGES"]["staticfiles"]["BACKEND"] == variant.backend
    assert project.site_css.stat().st_size > 10_000


def test_the_uploads_of_media_check_differ_by_one_in_a_hundred(tmp_path):
    media_check.make_files(tmp_path / "media", 2000)
    media_check.make_rows(tmp_path / "db.sqlite3", 2000)
    files = {str(p.relative_to(tmp_path / "media")) for p in tmp_path.glob("media/**/*.jpg")}
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
        rows = {row[0] for row in connection.execute("SELECT file FROM uploads_upload")}
    assert len(files - rows) == len(rows - files) == 20
    assert len(files & rows) == 1960
