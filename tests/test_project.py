"""Projects without Django: which settings file applies, and what it describes."""

from __future__ import annotations

import os

import pytest

from lading import build, project
from lading.errors import ConfigError
from lading.project import exists, find, load, with_ignore
from sites_of_folders import Site

MINIMAL = 'target = "out"\nsources = ["src"]\n'


def load_text(site: Site, text: str | bytes, name: str = "lading.toml"):
    site.write({name: text})
    return load(site.path(name))


def test_the_smallest_project(site: Site):
    site.write({"src/a.css": "a"})
    found = load_text(site, MINIMAL)
    assert found.target.root == site.path("out")
    (source,) = found.sources
    assert (source.location, source.label, source.prefix, source.owner) == (
        site.path("src"),
        "src",
        "",
        "project",
    )
    build.collect(found.sources, found.target, found.config)
    assert site.published() == {"a.css": "a"}


def test_sources_with_rules(site: Site, monkeypatch):
    site.write(
        {
            "src/app.css": "a",
            "src/app.scss": "s",
            "src/draft.css": "d",
            "node_modules/lib/dist/lib.js": "l",
            "packages/shop/static/shop.css": "s",
            "packages/shop/__init__.py": "",
        }
    )
    monkeypatch.syspath_prepend(site.path("packages"))
    found = load_text(
        site,
        """
        target = "/srv/static"
        ignore = ["draft*"]
        [[sources]]
        name = "src"
        exclude = ["*.scss"]
        [[sources]]
        name = "./node_modules/lib/dist"
        prefix = "/lib/"
        [[sources]]
        name = "package:shop/static"
        prefix = "shop"
        owner = "project"
        include = ["*.css"]
        """,
    )
    scans = [source.scan() for source in found.sources]
    assert [[a.path for a in scan.assets] for scan in scans] == [
        ["app.css"],
        ["lib/lib.js"],
        ["shop/shop.css"],
    ]
    assert [source.owner for source in found.sources] == ["project", "vendor", "project"]
    assert found.target.root == "/srv/static"


def test_settings_in_pyproject(site: Site):
    found = load_text(
        site,
        '[project]\nname = "x"\n[tool.other]\ntarget = "no"\n[tool.lading]\n' + MINIMAL,
        "pyproject.toml",
    )
    assert found.target.root == site.path("out")


def test_patterns_of_the_command_line(site: Site):
    site.write(
        {"src/.hidden": "", "src/a~": "", "src/b.scss": "", "src/c.css": "", "src/d.map": ""}
    )
    found = load_text(site, MINIMAL + 'ignore = ["*.scss", "*~"]\n')

    def published(patterns: list[str], default_ignore: bool) -> list[str]:
        (source,) = with_ignore(found, patterns, default_ignore=default_ignore).sources
        return [asset.path for asset in source.scan().assets]

    assert published([], True) == ["c.css", "d.map"]
    assert published(["*.map"], True) == ["c.css"]
    # What the settings ignore stays ignored, also where the default ignores it too.
    assert published([], False) == [".hidden", "c.css", "d.map"]


def test_the_nearest_settings_file_applies(site: Site):
    site.write(
        {
            "lading.toml": MINIMAL,
            "pyproject.toml": "[tool.lading]\n" + MINIMAL,
            "with/pyproject.toml": "[tool.lading]\n" + MINIMAL,
            "without/pyproject.toml": "[project]\nname = 'x'\n",
            "with/deep/er/x": "",
            "without/deep/x": "",
        }
    )
    for start, file in [
        (".", "lading.toml"),
        ("with", "with/pyproject.toml"),
        ("with/deep/er", "with/pyproject.toml"),
        ("without/deep", "lading.toml"),
    ]:
        assert find(site.path(start)) == site.path(file)
    assert exists(site.path("with"))


def test_without_a_settings_file(site: Site, monkeypatch):
    monkeypatch.setattr(project, "FILES", ("nowhere.toml",))
    assert not exists(site.path())
    with pytest.raises(ConfigError, match=r"There is no lading\.toml") as caught:
        find(site.path())
    assert "--config" in caught.value.remedy
    assert caught.value.exit_code == 2


PYPROJECT = """\
[project]
jobs = 1

[tool.other]
strict = "x"
sources = 3

[tool.lading]
target = "out"
# strict = false
strict = "yes"
sources = ["src"]
"""


@pytest.mark.parametrize(
    ("name", "text", "line", "message", "remedy"),
    [
        (
            "lading.toml",
            MINIMAL + "jobz = 3\n",
            3,
            "There is no setting 'jobz'",
            "Did you mean 'jobs'?",
        ),
        ("lading.toml", '"jobs" = "x"\n', 1, "The setting 'jobs' must be a whole number", ""),
        ("lading.toml", "\n\n  strict=1\n", 3, "The setting 'strict' must be true or false", ""),
        ("lading.toml", MINIMAL + "[severities]\nsecret = 'eror'\n", 3, "'severities' must be", ""),
        ("lading.toml", "severities.secret = 'eror'\n", 1, "'severities' must be", ""),
        ("lading.toml", "[[sources]]\nnme = 'x'\n", 1, "unknown key 'nme'", "Did you mean 'name'?"),
        (
            "lading.toml",
            "a = '''\njobs = 3\n'''\n",
            1,
            "There is no setting 'a'",
            "Valid settings: ",
        ),
        ("pyproject.toml", PYPROJECT, 11, "The setting 'strict' must be true or false", ""),
        ("pyproject.toml", "[tool]\nlading.strict = 1\n", 2, "'strict' must be", ""),
        ("pyproject.toml", "[ tool . 'lading' ]\nstrict = 1\n", 2, "'strict' must be", ""),
        ("pyproject.toml", "[tool.lading.strict]\nx = 1\n", 1, "'strict' must be", ""),
    ],
)
def test_mistakes_are_named_with_file_and_line(site: Site, name, text, line, message, remedy):
    with pytest.raises(ConfigError, match=message) as caught:
        load_text(site, text, name)
    assert caught.value.where == f"{site.path(name)}:{line}"
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("lading.toml", "x = 1\n= 2", "toml:2: The file is not TOML: Invalid"),
        ("lading.toml", "", "The setting 'sources' is missing"),
        ("lading.toml", "sources = ['src']", "The setting 'target' is missing"),
        ("lading.toml", "sources = []\ntarget = 'x'", "The setting 'sources' is missing"),
        ("lading.toml", b"\xff\xfe", "cannot be read: 'utf-8' codec"),
        ("pyproject.toml", "", r"no table \[tool.lading\]"),
        ("pyproject.toml", "tool = 3", "'tool.lading' is no table"),
        ("pyproject.toml", "[tool]\nlading = 3", "'tool.lading' is no table"),
        ("lading.toml", MINIMAL.replace("src", "package:absent/x"), "'absent' .* is not installed"),
    ],
)
def test_files_that_describe_no_project(site: Site, name, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load_text(site, text, name)
    assert caught.value.where.startswith(site.path(name))
    assert caught.value.remedy


def test_a_settings_file_that_cannot_be_read(site: Site):
    os.makedirs(site.path("lading.toml"))
    for path in (site.path("lading.toml"), site.path("absent.toml")):
        with pytest.raises(ConfigError, match="The settings file cannot be read"):
            load(path)


def test_a_source_that_contains_the_target_is_refused_when_collecting(site: Site):
    found = load_text(site, 'target = "out"\nsources = ["."]\n')
    with pytest.raises(build.TargetError, match="lies inside the source folder"):
        build.collect(found.sources, found.target, found.config)
    assert not os.path.exists(site.path("out"))
