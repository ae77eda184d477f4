"""The command ``lading``: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import lading
from hashed_sites import settle
from lading import cli
from parsers import faults_of_help, subparsers
from sites_of_folders import Site, watched
from terminals import in_terminal

TOML = 'target = "out"\nsources = ["src", "two"]\n'


@pytest.fixture
def project(site: Site, monkeypatch) -> Site:
    site.write({"lading.toml": TOML, "src/a.css": "1", "two/a.css": "2", "two/b.css": "2"})
    monkeypatch.chdir(site.folder)
    return site


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error."""
    try:
        code = cli.main(arguments)
    except SystemExit as stop:
        code = stop.code
    told = capsys.readouterr()
    return code, told.out, told.err


# --- collect ---


def test_collect(project: Site, capsys):
    code, out, err = run(capsys, "collect")
    assert (code, out) == (0, f"2 files copied to '{project.path('out')}'.\n")
    assert err.startswith("warning [collision] a.css\n")
    assert project.published() == {"a.css": "1", "b.css": "2"}
    code, out, _ = run(capsys, "collect")
    assert (code, out) == (0, f"0 files copied to '{project.path('out')}', 2 unchanged.\n")
    os.unlink(project.path("two/b.css"))
    code, out, _ = run(capsys, "collect", "--clear")
    assert out == f"0 files copied to '{project.path('out')}', 1 unchanged, 1 removed.\n"
    code, out, _ = run(capsys, "collect", "--link")
    assert out == f"1 file linked to '{project.path('out')}'.\n"


@pytest.mark.parametrize("originals", ["true", "false"])
def test_each_run_counts_the_same_files(project: Site, capsys, originals: str):
    """Under hashed names too, where a file has more names than one, variants, and a manifest."""
    text = "a { color: red }\n" * 200
    project.write(
        {
            "lading.toml": f'{TOML}names = "hashed"\noriginals = {originals}\nencodings = ["gzip"]\n',
            "src/c.css": text,
            "src/d.css.gz": "shipped",
        }
    )
    out = repr(project.path("out"))
    assert run(capsys, "collect")[1] == f"4 files copied to {out}.\n"
    for _ in range(3):  # the first compares, the last is brief
        project.target.settle(time.time_ns())
        assert run(capsys, "collect")[1] == f"0 files copied to {out}, 4 unchanged.\n"
    os.utime(project.path("src/c.css"), (1, 1))
    assert run(capsys, "collect")[1] == f"0 files copied to {out}, 4 unchanged.\n"
    project.write({"src/c.css": f"{text}b {{}}"})
    assert run(capsys, "collect")[1] == f"1 file copied to {out}, 3 unchanged.\n"


def test_a_plan_counts_no_manifest_and_no_variant_as_unchanged(project: Site, capsys):
    text = "a { color: red }\n" * 200
    project.write(
        {
            "lading.toml": f'{TOML}names = "hashed"\nencodings = ["gzip"]\n',
            "src/c.css": text,
            "src/d.css.gz": "shipped",
        }
    )
    settle(project)
    assert run(capsys, "collect", "--plan")[1].splitlines()[-1].startswith("8 to add, ")
    run(capsys, "collect")
    told = run(capsys, "collect", "--plan")[1]
    assert told == "0 to add, 0 to replace, 0 to remove, 8 unchanged; nothing was written.\n"


def test_verbosity(project: Site, capsys):
    assert run(capsys, "collect", "-v", "0") == (0, "", "")
    assert "note" not in run(capsys, "collect", "-v", "1")[2]
    assert run(capsys, "collect", "-v", "3")[0] == 0


def test_plan_and_explain(project: Site, capsys):
    with watched(project.folder) as (_, writes):
        code, out, _ = run(capsys, "collect", "--plan")
    assert (code, writes) == (0, [])
    assert re.search(r"add +a\.css +src", out)
    assert out.endswith("2 to add, 0 to replace, 0 to remove, 0 unchanged; nothing was written.\n")
    assert run(capsys, "collect", "-n") == run(capsys, "collect", "--dry-run")
    code, out, _ = run(capsys, "collect", "--explain")
    assert "Files found after each step:  1 → 3\nFiles copied after each step: 1 → 2\n" in out
    assert out.endswith("2 files copied to " + repr(project.path("out")) + ".\n")


def test_json(project: Site, capsys):
    run(capsys, "collect", "--json", "report.json", "-v", "0")
    document = json.loads(Path("report.json").read_text())
    assert (document["copied"], document["dry_run"]) == (["a.css", "b.css"], False)
    code, _, err = run(capsys, "collect", "--json", "no/such/report.json")
    assert (code, "The JSON report cannot be written" in err) == (2, True)


@pytest.mark.parametrize("verb", [["collect", "--plan"], ["collect", "--explain"], ["check"]])
def test_json_is_alone_on_standard_output(project: Site, capsys, verb: list[str]):
    code, out, err = run(capsys, *verb, "--json", "-")
    assert (code, json.loads(out)["version"], err) == (0, 1, "")
    assert not os.path.exists("-")
    code, out, err = run(capsys, *verb, "--strict", "--json", "-")
    assert (code, "[collision]" in err) == (1, True)
    assert json.loads(out)["findings"][0]["kind"] == "collision"


def test_report(project: Site, capsys):
    pages: list[str] = []
    for _ in range(2):  # the second run changes nothing, and could be brief
        assert run(capsys, "collect", "--report", "report.html", "-v", "0")[0] == 0
        pages.append(Path("report.html").read_text("utf-8"))
    for text in pages:
        assert '"n":"a.css"' in text
        assert "<td>collision</td>" not in text
        assert project.path("two") in text.partition('id="collisions"')[2]
    assert ("2 written" in pages[0], "0 written, 2 unchanged" in pages[1]) == (True, True)
    run(capsys, "collect", "--report", "report.html", "--plan")
    assert "Dry run of " in Path("report.html").read_text("utf-8")
    assert run(capsys, "collect", "--strict", "--report", "report.html")[0] == 1
    text = Path("report.html").read_text("utf-8")
    assert "Nothing was published" in text
    assert "<td>collision</td>" in text
    code, _, err = run(capsys, "collect", "--report", "no/such/report.html")
    assert (code, "The HTML report cannot be written" in err) == (2, True)


def test_errors_publish_nothing(project: Site, capsys):
    code, out, err = run(capsys, "collect", "--strict", "--json", "report.json")
    assert (code, out) == (1, "")
    assert err.startswith("error [collision] a.css\n")
    assert err.endswith("lower its severity in the setting 'severities'.\n")
    assert "lading: 1 error found; nothing was published" in err
    assert json.loads(Path("report.json").read_text())["failed"] is True
    assert project.published() == {}
    code, _, err = run(capsys, "collect", "--strict", "-v", "0")
    assert (code, "[collision]" in err) == (1, True)


def test_a_plan_that_foresees_errors_fails_and_shows_them_once(project: Site, capsys):
    code, out, err = run(capsys, "collect", "--strict", "--plan", "--json", "report.json")
    assert code == 1
    assert err.count("[collision]") == 1
    assert "nothing was written" in out
    assert json.loads(Path("report.json").read_text())["dry_run"] is True


def test_ignore_patterns(project: Site, capsys):
    project.write({"src/.x": "", "src/c.map": ""})
    run(capsys, "collect", "-i", "*.map", "--ignore", "b*", "--no-default-ignore")
    assert sorted(project.published()) == [".x", "a.css"]


def test_a_settings_file_elsewhere(project: Site, capsys, monkeypatch):
    monkeypatch.chdir("/")
    code, _, _ = run(capsys, "collect", "--config", project.path("lading.toml"))
    assert code == 0
    assert sorted(project.published()) == ["a.css", "b.css"]


# --- find ---


def test_find(project: Site, capsys):
    code, out, err = run(capsys, "find", "a.css", "b.css")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{project.path('src/a.css')}  (published)",
        f"{project.path('two/a.css')}  (shadowed, different content)",
        f"{project.path('two/b.css')}  (published)",
    ]
    code, out, err = run(capsys, "find", "b.css", "B.css")
    assert (code, len(out.splitlines())) == (1, 1)
    assert err == "No file is published as 'B.css'.\n  Near: 'b.css'.\n"


def test_find_a_file_that_cannot_be_read(project: Site, capsys):
    project.write({"two/a.css": "3"})
    os.unlink(project.path("two/b.css"))
    os.symlink("a.css", project.path("two/b.css"))
    code, out, _ = run(capsys, "find", "b.css")
    assert (code, out) == (0, f"{project.path('two/b.css')}  (published)\n")


# --- mistakes and exit codes ---


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "arguments are required: VERB"),
        (["colect"], "invalid choice: 'colect'"),
        (["collect", "--jobs", "0"], "must be a whole number of at least 1, not '0'"),
        (["collect", "--jobs", "x"], "must be a whole number of at least 1, not 'x'"),
        (["collect", "-v", "4"], "argument -v/--verbosity: invalid choice: "),
        (["collect", "--unknown"], "unrecognized arguments: --unknown"),
        (["find"], "arguments are required: PATH"),
        (["collect", "--config", "absent.toml"], "absent.toml: The settings file cannot be read"),
    ],
)
def test_wrong_usage(project: Site, capsys, arguments, part):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert part in err


def test_wrong_settings_are_told_with_file_and_line(project: Site, capsys):
    project.write({"lading.toml": TOML + "colisions = 'first'\n"})
    code, _, err = run(capsys, "collect")
    assert code == 2
    assert err == (
        f"lading: {project.path('lading.toml')}:3: There is no setting 'colisions'.\n"
        "  Did you mean 'collisions'?\n"
    )


def test_a_target_that_overlaps(project: Site, capsys):
    project.write({"lading.toml": 'target = "src/out"\nsources = ["src"]\n'})
    code, _, err = run(capsys, "collect")
    assert code == 1
    assert "lies inside the source folder" in err
    assert not os.path.exists(project.path("src/out"))


def test_a_busy_target(project: Site, capsys):
    project.write({"lading.toml": TOML + "lock_timeout = 0.05\n"})
    with project.target.locked(0, print):
        code, _, err = run(capsys, "collect")
    assert code == 3
    first, second = err.splitlines()[:2]
    assert re.fullmatch(
        rf"Another run \(process {os.getpid()} on .*\) is publishing to this target; "
        r"waiting for it to finish\.",
        first,
    )
    assert "still holds the target after 0.05 seconds; nothing was published." in second


def test_help_and_version(capsys):
    code, out, _ = run(capsys, "--version")
    assert (code, out) == (0, f"lading {lading.__version__}\n")
    for arguments in (["--help"], ["collect", "--help"]):
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        assert "130  interrupted" in out


def test_each_verb_and_action_says_what_it_does(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    parsers = list(subparsers(cli.parser("lading")))
    assert {"lading collect", "lading theme import"} <= {parser.prog for parser in parsers}
    assert {p.prog: faults for p in parsers if (faults := faults_of_help(p))} == {}


# --- real processes ---

MAIN = "from lading.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
IMPATIENT = "from lading.report import bar; bar._PATIENCE_SECONDS = -1; " + MAIN
SLOW = """
    import signal, sys, time
    from lading import build
    # Whoever runs the tests in the background has told their children to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    real = build.plan
    def slow(*arguments, **options):
        print("planning", flush=True)
        time.sleep(60)
        return real(*arguments, **options)
    build.plan = slow
    from lading.cli import main
    sys.exit(main(sys.argv[1:]))
"""


def process(code: str, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        **options,
    )


def test_python_dash_m(project: Site):
    done = subprocess.run(
        [sys.executable, "-m", "lading", "collect"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"2 files copied to '{project.path('out')}'.\n")


def test_an_interrupted_run_says_so_and_ends_with_130(project: Site):
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW), "collect"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "planning\n"
        child.send_signal(signal.SIGINT)
        _, err = child.communicate()
    assert child.returncode == 130
    assert err == "lading: interrupted; the target still holds the previous release.\n"


def test_a_reader_that_has_seen_enough(project: Site):
    project.write({f"src/{n:05}.css": "" for n in range(3000)})
    command = f"{sys.executable} -c '{MAIN}' collect --plan | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("Error")) == (0, 0)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_output_encoding(project: Site, encoding: str):
    project.write({"src/größe/日本.css": "", "lading.toml": TOML.replace('"out"', '"öut"')})
    done = process(
        MAIN,
        "collect",
        "--explain",
        "--plan",
        env={**os.environ, "PYTHONIOENCODING": encoding},
        encoding=encoding,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert ("日本.css" in done.stdout) is (encoding == "utf-8")
    assert ("\\u65e5\\u672c.css" in done.stdout) is (encoding != "utf-8")


def test_a_terminal_gets_colours_and_a_bar(project: Site):
    project.write({f"src/{n:05}.css": "x" for n in range(300)})
    told = in_terminal(IMPATIENT, "collect")
    assert "\x1b[33mwarning\x1b[0m" in told
    assert "Copying" in told
    assert "/301" in told or "/302" in told
    assert told.splitlines()[-1] == f"302 files copied to '{project.path('out')}'."


def test_short_runs_show_no_bar_and_no_color_no_colours(project: Site):
    assert "Copying" not in in_terminal(MAIN, "collect")
    told = in_terminal(MAIN, "collect", NO_COLOR="1")
    assert "\x1b[" not in told
    assert "\x1b[" not in in_terminal(MAIN, "collect", "--no-color")


def test_a_log_gets_neither(project: Site):
    project.write({f"src/{n:05}.css": "x" for n in range(300)})
    done = process(IMPATIENT, "collect", "--explain")
    assert "\x1b" not in done.stdout + done.stderr
    assert "Copying" not in done.stdout + done.stderr


def test_starting_is_quick(project: Site):
    """Not by the clock: what a run that changes nothing imports."""
    code = "import sys; from lading.cli import main; main(['find', 'a.css']); print(*sys.modules)"
    modules = process(code).stdout.split()
    assert "lading.cli" in modules
    assert "django" not in modules
    assert "concurrent.futures.process" not in modules
