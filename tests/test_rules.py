"""Which files are left out, and by which rule."""

from __future__ import annotations

import fnmatch
import os
import string

import pytest
from django.contrib.staticfiles.utils import matches_patterns
from hypothesis import assume, given
from hypothesis import strategies as st

from lading.rules import REFUSED_AS_SECRET, Rules, looks_private, name_problem


def file_reason(path: str, **rules) -> str:
    return Rules(**rules).skip_file(os.path.basename(path), path)


def folder_reason(path: str, **rules) -> str:
    return Rules(**rules).skip_folder(os.path.basename(path), path)


@pytest.mark.parametrize(
    ("path", "rules", "reason"),
    [
        ("css/app.css", {}, ""),
        (".hidden", {}, "ignored by '.*'"),
        ("css/app.css~", {}, "ignored by '*~'"),
        ("CVS", {}, "ignored by 'CVS'"),
        ("cvs", {}, ""),
        (".hidden", {"ignore": ()}, ""),
        ("css/app.scss", {"ignore": ("*.scss",)}, "ignored by '*.scss'"),
        ("css/app.SCSS", {"ignore": ("*.scss",)}, ""),
        ("css/old/app.css", {"ignore": ("css/*/app.css",)}, "ignored by 'css/*/app.css'"),
        ("docs/a.txt", {"ignore": ("./docs/*",)}, "ignored by 'docs/*'"),
        ("docs/a.txt", {"exclude": ("docs/*",)}, "excluded by 'docs/*'"),
        ("a.txt", {"exclude": ("./a.txt",)}, "excluded by 'a.txt'"),
        ("a.txt", {"ignore": ("[",)}, ""),
        ("[", {"ignore": ("[",)}, "ignored by '['"),
        ("css/app.css", {"include": ("*.css",)}, ""),
        ("css/app.css", {"include": ("css/*",)}, ""),
        ("css/app.css", {"include": ("./css/*",)}, ""),
        ("js/app.js", {"include": ("*.css", "css/*")}, "matches no include pattern"),
        ("css/x.css", {"include": ("*.css",), "exclude": ("x.*",)}, "excluded by 'x.*'"),
    ],
)
def test_files_left_out(path, rules, reason):
    assert file_reason(path, **rules) == reason


@pytest.mark.parametrize(
    ("path", "rules", "reason"),
    [
        ("css", {}, ""),
        (".sass-cache", {}, "ignored by '.*'"),
        ("lib/node_modules", {"ignore": ("node_modules",)}, "ignored by 'node_modules'"),
        ("lib/tests", {"exclude": ("tests",)}, "excluded by 'tests'"),
        # As in Django, a pattern with a slash is compared to the paths of files only.
        ("lib/tests", {"ignore": ("lib/tests",)}, ""),
        # Include patterns choose files; every folder is looked into.
        ("js", {"include": ("*.css",)}, ""),
    ],
)
def test_folders_left_out(path, rules, reason):
    assert folder_reason(path, **rules) == reason


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "app/.env",
        ".ENV",
        ".env.production",
        "prod.env",
        ".git",
        ".netrc",
        ".htpasswd",
        "id_rsa",
        "keys/ID_ED25519",
        "android.keystore",
        "cert.p12",
        "putty.ppk",
    ],
)
def test_names_of_secrets_are_refused_without_the_default_ignores(path):
    for reason in (file_reason(path, ignore=()), folder_reason(path, ignore=())):
        assert reason.startswith(REFUSED_AS_SECRET)
    assert file_reason(path, ignore=(), allow=(path,)) == ""


@pytest.mark.parametrize(
    "path",
    [".env.example", ".env.sample", "environment.js", "id_rsa.pub", ".gitignore", "env", "git.svg"],
)
def test_harmless_names_are_not_refused(path):
    assert file_reason(path, ignore=()) == ""


def test_an_allowed_secret_may_be_named_by_its_file_name():
    assert file_reason("conf/prod.env", allow=("prod.env",)) == ""
    assert file_reason("conf/test.env", allow=("prod.env",)).startswith(REFUSED_AS_SECRET)


@pytest.mark.parametrize(
    ("head", "private"),
    [
        (b"-----BEGIN PRIVATE KEY-----\nMC4=\n", True),
        (b"-----BEGIN RSA PRIVATE KEY-----", True),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", True),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", True),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----", True),
        (b"Bag Attributes\n-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----", True),
        (b"-----BEGIN CERTIFICATE-----\nMIID", False),
        (b"-----BEGIN PUBLIC KEY-----", False),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----", False),
        (b"", False),
        (b"-----BEGIN " + b"A" * 100_000, False),
    ],
)
def test_private_keys_are_told_by_their_text(head, private):
    assert looks_private(head) is private


@pytest.mark.parametrize(
    ("path", "expected"),
    [("tls/site.pem", True), ("SITE.KEY", True), ("keys.asc", True), ("key.svg", False)],
)
def test_which_files_may_hold_keys(path, expected):
    assert Rules().may_hold_key(os.path.basename(path), path) is expected
    assert Rules(allow=(path,)).may_hold_key(os.path.basename(path), path) is False


@pytest.mark.parametrize(
    "path",
    [
        "css/app.css",
        "a b/c d.css",
        ".well-known/security.txt",
        "img/größe.svg",
        "日本語/画像.png",
        "...",
        "a..b",
        "a/..b",
        "100%.css",
        "x" * 255,
        "ü" * 127,
        "/".join(["folder"] * 100),
    ],
)
def test_names_that_can_be_published(path):
    assert name_problem(path) == ""


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("", "empty"),
        ("/etc/passwd", "empty"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("a\0b", "NUL"),
        ("a\\b", "backslash"),
        ("a\nb", "line break"),
        ("a\rb", "line break"),
        ("a\tb", "control character"),
        ("a\x1b[31mb", "control character"),
        ("a\x7fb", "control character"),
        ("größe\x85.css", "control character"),
        ("a\u2028b", "line separator"),
        ("a\u2029b", "line separator"),
        ("caf\udce9.css", "UTF-8"),
        ("../a", "'..'"),
        ("a/../b", "'..'"),
        ("a/..", "'..'"),
        ("..", "'..'"),
        ("./a", "'.'"),
        ("a/./b", "'.'"),
        ("x" * 256, "255 bytes"),
        ("ü" * 128, "255 bytes"),
        ("a/" + "x" * 300 + "/b", "255 bytes"),
        (".lading/ledger", ".lading"),
        (".lading", ".lading"),
    ],
)
def test_names_that_cannot_be_published(path, part):
    assert part in name_problem(path)


_NAMES = st.text("abC.~-_ é[]*", min_size=1, max_size=8).filter(lambda n: n not in (".", ".."))
_PATTERNS = st.lists(st.text("abC.*?[]!/~-é", min_size=1, max_size=6), max_size=4)


@given(st.lists(_NAMES, min_size=1, max_size=3), _PATTERNS)
def test_patterns_mean_what_they_mean_in_django(parts, patterns):
    """Compared with ``matches_patterns``, as ``get_files`` applies it to a file's name, then its path, in
    folders that it enters.
    """
    name, path = parts[-1], "/".join(parts)
    normal = [os.path.normpath(p) for p in patterns]
    assume(not any(matches_patterns(folder, normal) for folder in parts[:-1]))
    ignored = matches_patterns(name, normal) or (len(parts) > 1 and matches_patterns(path, normal))
    reason = Rules(ignore=tuple(patterns), allow=("*",)).skip_file(name, path)
    assert bool(reason) is ignored
    if reason:
        pattern = reason.removeprefix("ignored by ")
        assert pattern in map(repr, normal)
    assert bool(Rules(ignore=tuple(patterns), allow=("*",)).skip_folder(name, path)) is (
        matches_patterns(name, normal)
    )


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_has_a_problem(path):
    """What passes can be a line in a text file and a relative path below any folder."""
    if name_problem(path):
        return
    assert path.splitlines() == [path]
    assert path.encode().decode() == path
    assert os.path.normpath(f"/root/{path}") == f"/root/{path}"


def test_long_patterns_and_names_take_linear_time():
    """The compiled pattern may not backtrack: this would take ages if it did."""
    rules = Rules(ignore=("*a" * 30 + "b",))
    assert rules.skip_file("a" * 255, "x/" * 1000 + "a" * 255) == ""
    assert fnmatch.fnmatchcase("a" * 255, "*a" * 30 + "b") is False


def test_every_printable_character_can_stand_in_a_name():
    allowed = set(string.printable) - set("\\/\n\r\t\x0b\x0c")
    assert [c for c in sorted(allowed) if name_problem(f"a{c}b")] == []
