"""Settings: every key with its default, its check, and what is said when it fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.config import PARSERS, Config, SourceConfig, parse
from lading.errors import ConfigError
from lading.findings import FATAL, Severity
from lading.lookup import JsModule
from lading.webservers.settings import WebServer

KEYS = sorted(field.name for field in fields(Config) if field.name != "root")


def where(key: str) -> str:
    return f"settings:{key}"


def test_no_settings_are_the_defaults():
    assert parse({}, where) == Config()
    assert Config().collisions == "first"
    assert (Config().keep_releases, Config().keep_age) == (3, 86_400)
    assert (Config().default_ignore, Config().strict) == (True, False)


def test_every_key_can_be_set():
    assert set(PARSERS) == set(KEYS)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("sources", ["static", Path("/srv/x")], (SourceConfig("static"), SourceConfig("/srv/x"))),
        (
            "sources",
            [{"name": "a", "prefix": "/x/y/", "owner": "vendor", "include": ["*"], "exclude": []}],
            (SourceConfig("a", "x/y", "vendor", ("*",), ()),),
        ),
        ("sources", ({"NAME": "a"},), (SourceConfig("a"),)),
        ("media_access", "app.access.can_read", "app.access.can_read"),
        ("media_sender", "x-sendfile", "x-sendfile"),
        ("media_internal", "/inside/", "/inside/"),
        ("media_inline", [".SVG", "pdf"], ("svg", "pdf")),
        ("media_max_size", None, None),
        ("media_trash", ".lading-bin/", ".lading-bin"),
        ("media_references", ["app.files.names"], ("app.files.names",)),
        ("media_max_size", 5_000_000, 5_000_000),
        ("target", Path("/srv/static"), "/srv/static"),
        ("collisions", "last", "last"),
        ("overrides", ["admin/*"], ("admin/*",)),
        ("ignore", ("*.scss",), ("*.scss",)),
        ("default_ignore", False, False),
        ("allow_secrets", ["x.pem"], ("x.pem",)),
        ("strict", True, True),
        ("severities", {"secret": "error"}, {"secret": Severity.ERROR}),
        (
            "severities",
            {"missing-reference@vendor": "note"},
            {"missing-reference@vendor": Severity.NOTE},
        ),
        ("keep_releases", 1, 1),
        ("keep_age", 0.5, 0.5),
        ("lock_timeout", 0, 0),
        ("read_only", True, True),
        ("jobs", 0, 0),
        ("names", "hashed", "hashed"),
        ("originals", False, False),
        ("folders", ["/vendor/"], ("vendor",)),
        ("module_imports", "importmap", "importmap"),
        ("js_module", {"path": "s.js", "include": ["*"]}, JsModule("s.js", ("*",))),
        ("static_url", "https://cdn.example/s/", "https://cdn.example/s/"),
        ("manifest", "deep/er.json", "deep/er.json"),
        ("encodings", ["br", "zstd"], ("br", "zstd")),
        ("minify", ["css", "js"], ("css", "js")),
        ("cache", "/var/cache", "/var/cache"),
        ("cache_limit", 0, 0),
        ("executor", "threads", "threads"),
        ("max_age", 0, 0),
        ("origins", "all", "all"),
        ("resource_policy", "same-site", "same-site"),
        ("headers", {"*.pdf": {"X-A": "b", "X-C": None}}, {"*.pdf": {"X-A": "b", "X-C": None}}),
        ("site_root", "/root/", "root"),
        ("site_root", "", ""),
        ("index", "index.html", "index.html"),
        ("index", "", ""),
        ("reload", 0.5, 0.5),
        ("live_reload", True, True),
        ("media_url", "/uploads/", "/uploads/"),
        ("media_root", "/srv/media", "/srv/media"),
        (
            "webserver",
            {"app": "unix:/a b.sock", "server_names": ["münchen.example"], "listen": 81},
            WebServer("unix:/a b.sock", ("xn--mnchen-3ya.example",), "81"),
        ),
    ],
)
def test_values_that_are_taken(key, value, expected):
    assert getattr(parse({key: value}, where), key) == expected


WRONG: list[tuple[str, Sequence[Any]]] = [
    ("sources", ["static", 3, {"a": 1}, [3], [""], [{}], [{"name": ""}], [{"name": "a", "x": 1}]]),
    ("sources", [[{"name": "a", "owner": "me"}], [{"name": "a", "include": "*"}], b"x", {"a"}]),
    ("target", ["", 3, None, ["x"]]),
    ("storage_threads", [0, "many", None]),
    (
        "bucket",
        [
            "s3://b",
            {"endpont": "http://x"},
            {"endpoint": "x:1"},
            {"requests": 0},
            {"purge_hook": "f"},
        ],
    ),
    ("collisions", ["frist", "", None, True, ["first"]]),
    ("overrides", ["*", [""], [3], None]),
    ("ignore", ["*.scss", [""], [3], None, {"a"}]),
    ("default_ignore", [1, "yes", None]),
    ("allow_secrets", ["x", [None]]),
    ("strict", [1, "true", None]),
    ("severities", [[], "error", {"secret": "eror"}, {"secret": 1}, {"secret": ["error"]}]),
    ("severities", [{kind: "note"} for kind in sorted(FATAL)]),
    ("severities", [{"unreadable@vendor": "warning"}]),
    ("severities", [{"colision": "note"}, {"collision@me": "note"}, {"collision@": "note"}]),
    ("keep_releases", [0, -1, 1.5, "3", True, None]),
    ("keep_age", [-1, "1", True, None, float("nan"), float("inf")]),
    ("lock_timeout", [-0.1, "1", False, [1]]),
    ("read_only", [1, "yes", None]),
    ("jobs", [-1, "2", 1.0, None, True]),
    ("names", ["hash", None]),
    ("originals", ["no", 0]),
    ("finished", ["x", [1]]),
    ("folders", ["x", [1]]),
    ("module_imports", ["importmaps", None]),
    ("js_module", [[], {}, {"path": "a"}, {"path": "", "include": []}, {"path": 1, "include": []}]),
    ("js_module", [{"path": "a.js", "include": "*"}, {"path": "a.js", "include": [], "x": 1}]),
    ("static_url", ["/static", "", None]),
    ("manifest", ["", 3, "../x.json", "/etc/x.json", "a\\b", ".lading/x", "a\nb"]),
    ("encodings", ["br", ["brotli"], [1], None]),
    ("minify", ["css", ["html"], True]),
    ("pack", [[], {"unknown": 1}, {"jobs": 1}]),
    ("cache", ["", 3]),
    ("cache_limit", [-1, "1G"]),
    ("executor", ["", 3, "processes", "dask"]),
    ("max_age", [-1, 1.5, "60", None, True]),
    ("origins", ["some", None, True]),
    ("resource_policy", ["all", None]),
    ("headers", [[], {"*": "x"}, {"*": {"X-A": 1}}, {"*": {"ETag": "x"}}, {"*": {"X": "a\nb"}}]),
    ("site_root", ["../root", "a//b", ".", 3, None, True]),
    ("index", ["a/index.html", ".htaccess", " ", True, None]),
    ("reload", [-1, "5", True, None]),
    ("live_reload", [1, "yes", None]),
    ("media_serve", ["yes", 1]),
    ("media_access", ["can_read", "a b.c", "", 1, None]),
    ("media_sender", ["nginx", "", None]),
    ("media_internal", ["inside/", "/inside", "/", ""]),
    ("media_link_age", [0, -1, "1h"]),
    ("media_max_size", [0, -1, "1 MB", True]),
    ("media_max_age", [-1, None]),
    ("media_inline", ["pdf", ["png"], [""]]),
    ("media_resource_policy", ["none", None]),
    ("media_headers", [{"*": "x"}, {"*": {"Content-Length": "1"}}, []]),
    ("media_grace", [-1, "1d", None]),
    ("media_trash", ["", "trash", ".trash", ".lading-", ".lading-a/b", None]),
    ("media_exclude", ["cache/*", [""], None]),
    ("media_references", ["app.files.names", ["names"], [1]]),
    ("media_cleanup", [True, "yes", None]),
    ("media_url", ["/media", "", None]),
    ("media_root", ["", 3, None]),
    ("webserver", ["nginx", [], {"application": "x"}, {"app": ""}, {"app": "nowhere"}]),
    ("webserver", [{"app": "unix:/a\nb"}, {"app": "a:99999"}, {"upload_limit": "1M"}]),
    ("webserver", [{"server_names": "a.b"}, {"server_names": ["a b"]}, {"server_names": ["a;b"]}]),
    ("webserver", [{"listen": "here"}, {"listen": True}, {"listen": 70000}, {"index": "a/b"}]),
]


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG for value in values], ids=repr
)
def test_values_that_are_refused(key, value):
    with pytest.raises(ConfigError) as caught:
        parse({key: value}, where)
    assert caught.value.where == f"settings:{key}"
    assert repr(key) in caught.value.what
    assert caught.value.exit_code == 2


def test_every_key_has_wrong_values_above():
    assert {key for key, _ in WRONG} == set(KEYS)


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("colisions", "Did you mean 'collisions'?"),
        ("JOBS", "Did you mean 'jobs'?"),
        ("keep_release", "Did you mean 'keep_releases'?"),
        ("ignores", "Did you mean 'ignore'?"),
        ("xyz", "Valid settings: allow_secrets, "),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(key, remedy):
    with pytest.raises(ConfigError, match=f"There is no setting '{key}'") as caught:
        parse({key: 1}, where)
    assert caught.value.where == f"settings:{key}"
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("collisions", "frist", "Did you mean 'first'?"),
        ("names", "hashd", "Did you mean 'hashed'?"),
        ("encodings", ["gzp"], "Did you mean 'gzip'?"),
        ("severities", {"colision": "note"}, "Did you mean 'collision'?"),
        ("severities", {"secret@vendr": "note"}, "Did you mean 'vendor'?"),
        ("sources", [{"name": "a", "exlude": []}], "Did you mean 'exclude'?"),
    ],
)
def test_a_misspelt_value_is_named_with_the_nearest(key, value, remedy):
    with pytest.raises(ConfigError) as caught:
        parse({key: value}, where)
    assert caught.value.remedy == remedy


def test_an_executor_may_be_an_object():
    with ThreadPoolExecutor(1) as executor:
        assert parse({"executor": executor}, where).executor is executor


def test_jobs_are_the_processors_that_may_be_used():
    assert Config(jobs=3).threads == 3
    assert Config().threads == len(os.sched_getaffinity(0))


_ANY = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=3),
    ),
    max_leaves=5,
)


@given(st.sampled_from(KEYS), _ANY)
def test_any_value_is_taken_or_refused_in_words(key, value):
    with contextlib.suppress(ConfigError):
        parse({key: value}, where)
