"""``lading webserver``: printed, written, tested by the server itself."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from lading.cli import main
from lading.webservers import syntax

TOML = """\
target = "public"
sources = ["assets"]
names = "hashed"
media_root = "uploads"

[webserver]
app = "unix:/run/harbour.sock"
server_names = ["harbour.example", "www.harbour.example"]
"""
SERVERS = ("nginx", "caddy", "apache")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has published once."""
    folder = tmp_path_factory.mktemp("collected")
    (folder / "assets/css").mkdir(parents=True)
    (folder / "assets/css/app.css").write_text("body { margin: 0 }\n" * 200)
    (folder / "lading.toml").write_text(f'cache = "cache"\n{TOML}')
    assert main(["collect", "-v0", "--config", str(folder / "lading.toml")]) == 0
    return folder


@pytest.fixture
def project(collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(collected, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("server", SERVERS)
def test_a_complete_configuration_is_printed(
    server: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", server]) == 0
    text = capsys.readouterr().out
    for part in (
        *("harbour.example", "/run/harbour.sock", str(project / "public"), "/static/", "/media/"),
        *("immutable", "no-store", "nosniff", "sandbox", "attachment", "TLS", "font/woff2"),
    ):
        assert part in text
    assert max(map(len, text.split("\n"))) < 400


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.e2e
def test_the_server_itself_finds_it_right(
    server: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", server, "--check", "--write", "site.conf"]) == 0
    assert (project / "site.conf").exists()
    assert "site.conf is written." in capsys.readouterr().out


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_is_not_installed(
    server: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(syntax, "find", lambda *_: "")
    assert main(["webserver", server, "--check", "--write", "site.conf"]) == 2
    told = capsys.readouterr().err
    assert "is not installed here" in told
    assert "nstall" in told.partition("\n")[2]
    assert not (project / "site.conf").exists()


@pytest.mark.e2e
@pytest.mark.parametrize("server", SERVERS)
def test_a_configuration_that_the_server_refuses(server: str) -> None:
    from lading.errors import ConfigError

    with pytest.raises(ConfigError) as caught:
        syntax.check(server, "this { is: no configuration\n")
    assert "refuses the configuration.\n" in caught.value.what


def test_apache_has_to_be_told_to_listen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webserver", "apache", "--listen", "127.0.0.1:8080"]) == 0
    assert "'Listen 127.0.0.1:8080'" in capsys.readouterr().out
    assert main(["webserver", "apache"]) == 0
    assert "'Listen" not in capsys.readouterr().out


def test_caddy_needs_help_for_wildcards(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webserver", "caddy"]) == 0
    assert "DNS provider" not in capsys.readouterr().out
    assert main(["webserver", "caddy", "--server-name", "*.harbour.example"]) == 0
    assert "DNS provider" in capsys.readouterr().out


@pytest.mark.parametrize("server", ["nginx", "apache"])
def test_tls_may_end_at_a_server_in_front(
    server: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", server, "--app", "127.0.0.1:8000"]) == 0
    assert "always sets X-Forwarded-Proto" in capsys.readouterr().out


def test_writing_shows_what_changes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write = ["webserver", "nginx", "--write", "site.conf"]
    assert main(write) == 0
    assert "+    listen 80;" in capsys.readouterr().out
    os.chmod("site.conf", 0o600)
    assert main(write) == 0
    assert capsys.readouterr().out == "site.conf is unchanged.\n"
    assert main([*write, "--listen", "8080"]) == 0
    changes = capsys.readouterr().out
    assert "-    listen 80;" in changes
    assert "+    listen 8080;" in changes
    assert "location" not in "".join(
        line for line in changes.split("\n") if line.startswith(("+", "-"))
    )
    assert stat.S_IMODE(os.stat("site.conf").st_mode) == 0o600
    assert sorted(os.listdir(project)) == ["assets", "cache", "lading.toml", "public", "site.conf"]


def test_changes_by_hand_are_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write = ["webserver", "nginx", "--write", "site.conf"]
    assert main(write) == 0
    file = project / "site.conf"
    edited = file.read_text().replace("listen 80;", "listen 443 ssl;")
    file.write_text(edited)
    capsys.readouterr()
    assert main(write) == 0
    assert "what was changed by hand is kept" in capsys.readouterr().out
    assert main([*write, "--upload-limit", "1M"]) == 2
    told = capsys.readouterr()
    assert "+    client_max_body_size 1048576;" in told.out
    assert "site.conf: The file was changed by hand" in told.err
    assert file.read_text() == edited
    taken_over = "".join(_taken_over(edited, told.out))
    file.write_text(taken_over)
    assert main([*write, "--upload-limit", "1M"]) == 0
    assert file.read_text() == taken_over
    assert "listen 443 ssl;" in taken_over
    assert main([*write, "--force"]) == 0
    assert "listen 80;" in file.read_text()


def changed_lines(difference: str) -> list[str]:
    return [
        line
        for line in difference.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]


BY_HAND = {
    "replaced": ("listen 80;", "listen 443 ssl;"),
    "removed": ("        proxy_redirect off;\n", ""),
    "added": ("server {\n", "server {\n    ssl_certificate /etc/tls/site.pem;\n"),
}


@pytest.mark.parametrize("names", [["replaced"], ["added"], [*BY_HAND]])
def test_changes_by_hand_are_not_shown_as_if_they_were_to_go(
    project: Path, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write = ["webserver", "nginx", "--write", "site.conf"]
    assert main(write) == 0
    edited = (project / "site.conf").read_text()
    for name in names:
        assert BY_HAND[name][0] in edited
        edited = edited.replace(*BY_HAND[name], 1)
    (project / "site.conf").write_text(edited)
    capsys.readouterr()
    assert main([*write, "--upload-limit", "1M"]) == 2
    told = capsys.readouterr().out
    lines = changed_lines(told)
    assert len(lines) == 4, told
    assert [line[:11] for line in lines if "SHA-256" in line] == ["-# SHA-256 ", "+# SHA-256 "]
    assert all("client_max_body_size" in line or "SHA-256" in line for line in lines)
    assert told.startswith(
        "--- site.conf\tas Lading wrote it\n+++ site.conf\tas the settings ask for now\n"
    )


def test_what_was_changed_by_hand_where_settings_change_is_shown_as_that(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write = ["webserver", "nginx", "--write", "site.conf"]
    assert main(write) == 0
    file = project / "site.conf"
    line = next(line for line in file.read_text().splitlines() if "client_max_body_size" in line)
    file.write_text(file.read_text().replace(line, "    client_max_body_size 9;"))
    capsys.readouterr()
    assert main([*write, "--upload-limit", "1M"]) == 2
    told = capsys.readouterr().out
    assert told.startswith("--- site.conf\twith what was changed by hand\n")
    assert "-    client_max_body_size 9;" in told


def test_force_shows_what_it_takes_away(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write = ["webserver", "nginx", "--write", "site.conf"]
    assert main(write) == 0
    file = project / "site.conf"
    file.write_text(file.read_text().replace("listen 80;", "listen 443 ssl;"))
    capsys.readouterr()
    assert main([*write, "--force"]) == 0
    assert "-    listen 443 ssl;" in capsys.readouterr().out


def _taken_over(text: str, difference: str) -> list[str]:
    """What a person makes of it: the new seal and the new limit."""
    new = [line[1:] for line in difference.splitlines(keepends=True) if line.startswith("+")]
    starts = {"# SHA-256", "    client_max_body_size"}
    wanted = {start: next(line for line in new if line.startswith(start)) for start in starts}
    return [
        next((wanted[start] for start in starts if line.startswith(start)), line)
        for line in text.splitlines(keepends=True)
    ]


def test_a_file_of_somebody_else_is_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "site.conf").write_text("server { listen 80; }\n")
    assert main(["webserver", "nginx", "--write", "site.conf"]) == 2
    assert "--force" in capsys.readouterr().err
    assert (project / "site.conf").read_text() == "server { listen 80; }\n"


def test_a_link_stays_a_link(project: Path) -> None:
    (project / "available").mkdir()
    os.symlink("available/site.conf", "enabled.conf")
    (project / "available/site.conf").write_text("")
    assert main(["webserver", "nginx", "--write", "enabled.conf"]) == 0
    assert os.path.islink("enabled.conf")
    assert "server {" in (project / "available/site.conf").read_text()


@pytest.mark.parametrize("file", ["missing/site.conf", "assets"])
def test_a_file_that_cannot_be_written(
    file: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", "nginx", "--write", file]) == 2
    assert file in capsys.readouterr().err


def test_a_file_that_is_no_text_is_left_alone(project: Path) -> None:
    (project / "site.conf").write_bytes(b"\xff\xfe")
    assert main(["webserver", "nginx", "--write", "site.conf"]) == 2
    assert (project / "site.conf").read_bytes() == b"\xff\xfe"


def test_options_come_before_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--app", "127.0.0.1:9000", "--server-name", "other.example"]
    paths = ["--static-root", "/srv/static", "--media-root", "/srv/uploads"]
    assert main(["webserver", "nginx", *arguments, *paths, "--upload-limit", "5M"]) == 0
    text = capsys.readouterr().out
    assert 'proxy_pass "http://127.0.0.1:9000";' in text
    assert 'server_name "other.example";' in text
    assert 'alias "/srv/static/";' in text
    assert 'alias "/srv/uploads/";' in text
    assert f"client_max_body_size {5 << 20};" in text


@pytest.mark.parametrize(("option", "line"), [("--brotli", ""), ("--no-brotli", "# ")])
def test_brotli_where_the_module_is(
    option: str, line: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", "nginx", option]) == 0
    assert f"        {line}brotli_static on;\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--app", "nowhere"],
        ["--app", "127.0.0.1:0"],
        ["--app", "unix:/run/a\nb"],
        ["--app", "/run/$a.sock"],
        ["--server-name", "a b"],
        ["--server-name", "a;b"],
        ["--server-name", 'a"b'],
        ["--listen", "here"],
        ["--listen", "80; include /etc/passwd"],
        ["--static-root", "relative"],
        ["--static-root", "/srv/\n}"],
        ["--media-root", "/"],
    ],
    ids=" ".join,
)
def test_values_that_no_configuration_can_hold(
    arguments: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", "nginx", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "\n  " in captured.err  # the remedy


def test_nothing_published_yet(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.unlink("public/staticfiles.json")
    for server in (*SERVERS, "headers"):
        assert main(["webserver", server]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert "lading collect" in told.err


def test_a_damaged_manifest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "public/staticfiles.json").write_text('{"paths": ')
    assert main(["webserver", "nginx"]) == 1
    assert "staticfiles.json: The manifest is not JSON" in capsys.readouterr().err


def test_static_hosts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webserver", "headers"]) == 0
    text = capsys.readouterr().out
    assert "\n/static/css/app.css\n  Content-Type: text/css; charset=utf-8\n" in text
    assert "  Cache-Control: max-age=31536000, immutable, public\n" in text
    assert main(["webserver", "redirects"]) == 0
    assert "\n/static/.lading/* /404.html 404!\n" in capsys.readouterr().out
    assert main(["webserver", "headers", "--check"]) == 2


def test_where_a_bucket_has_the_static_files_that_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = (project / "lading.toml").read_text().replace('"public"', '"s3://assets/site"')
    (project / "lading.toml").write_text(toml)
    assert main(["webserver", "nginx"]) == 0
    said = capsys.readouterr()
    assert "Static files are published to 's3://assets/site'" in said.err
    assert "location" in said.out
