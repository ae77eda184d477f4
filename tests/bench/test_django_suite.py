"""Outcomes of Django's own tests -> verdict."""

import pytest

import django_suite
from django_suite import SuiteError, judge, load_exceptions

STOCK = {"a": "passed", "b": "passed", "c": "skipped"}


def test_all_as_without_lading():
    verdict = judge(STOCK, dict(STOCK), {})
    assert (verdict.passed, verdict.skipped, verdict.good) == (2, 1, True)


def test_a_failure_is_told():
    verdict = judge(STOCK, STOCK | {"a": "error"}, {})
    assert (verdict.failed, verdict.good) == (("a",), False)


def test_a_listed_failure_is_an_exception_with_its_reason():
    verdict = judge(STOCK, STOCK | {"a": "failed"}, {"a": "cycles are resolved"})
    assert verdict.excepted == (("a", "cycles are resolved"),)
    assert verdict.good


def test_a_listed_test_that_passes_is_outdated():
    verdict = judge(STOCK, dict(STOCK), {"a": "why"})
    assert (verdict.outdated, verdict.good) == (("a",), False)


def test_an_exception_this_django_does_not_have_is_ignored():
    assert judge(STOCK, dict(STOCK), {"only.in.6_1": "why"}).good


@pytest.mark.parametrize(
    "ours",
    [
        {"a": "passed", "c": "skipped"},
        {"a": "passed", "b": "skipped", "c": "skipped"},
    ],
    ids=["not run", "skipped only with Lading"],
)
def test_a_test_that_did_not_run_is_missing(ours):
    verdict = judge(STOCK, ours, {})
    assert (verdict.missing, verdict.good) == (("b",), False)


def test_a_failing_set_up_is_a_failure_though_it_is_no_test():
    verdict = judge(STOCK, STOCK | {"setUpClass (x.Y)": "error"}, {})
    assert verdict.failed == ("setUpClass (x.Y)",)


def test_nothing_ran():
    assert not judge({}, {}, {}).good


EXCEPTIONS = """\
[[exception]]
test = "a"
modes = ["storages"]
reason = "r"

[[exception]]
test = "b"
modes = ["commands", "storages"]
django = ["6.1"]
reason = "s"
"""


@pytest.mark.parametrize(
    ("mode", "django", "tests"),
    [
        ("commands", "5.2.19", set()),
        ("commands", "6.1.3", {"b"}),
        ("storages", "6.1.3", {"a", "b"}),
        ("storages", "6.10.1", {"a"}),
    ],
)
def test_exceptions_by_mode_and_series(tmp_path, mode, django, tests):
    path = tmp_path / "exceptions.toml"
    path.write_text(EXCEPTIONS)
    assert set(load_exceptions(mode, django, path)) == tests


@pytest.mark.parametrize(
    "entry",
    [
        'test = "a"\nmodes = ["commands"]',
        'test = "a"\nreason = "r"',
        'test = "a"\nreason = "r"\nmodes = ["comands"]',
        'test = "a"\nreason = "r"\nmodes = ["commands"]\nversion = "6.1"',
    ],
    ids=["no reason", "no mode", "unknown mode", "unknown key"],
)
def test_a_damaged_exception_is_refused(tmp_path, entry):
    path = tmp_path / "exceptions.toml"
    path.write_text(f"[[exception]]\n{entry}\n")
    with pytest.raises(SuiteError):
        load_exceptions("commands", "6.1.3", path)


@pytest.mark.parametrize("mode", ["commands", "storages"])
@pytest.mark.parametrize("django", ["5.2.19", "6.0.10", "6.1.3"])
def test_every_real_exception_is_one_of_djangos_staticfiles_tests(mode, django):
    for test in load_exceptions(mode, django):
        assert test.startswith("staticfiles_tests.test_")


@pytest.mark.parametrize("python", ["/nonexistent/python"])
def test_a_python_that_is_not_there(python, capsys):
    assert django_suite.main(["--python", python]) == 2
    assert "django_suite:" in capsys.readouterr().err
