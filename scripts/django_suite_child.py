"""Runs Django's own tests in this process, with Lading put in place, and writes each test's outcome
as JSON.

Started by `django_suite.py` with Django's source distribution on PYTHONPATH; not meant to be called
by hand. Django's files are not edited: what they say about INSTALLED_APPS (and, in the mode
`storages`, about storage classes) is changed in memory before its test modules are imported.

Modes: `stock` (Django alone), `commands` (`lading.django` before `django.contrib.staticfiles`
wherever that is installed), `storages` (also Django's storage classes replaced by Lading's).
"""

import json
import os
import sys
import unittest

LADING = "lading.django"
STATICFILES = "django.contrib.staticfiles"
COMMANDS = ("collectstatic", "findstatic", "runserver")
# Django's class -> ours, in django.contrib.staticfiles.storage and lading.django.storage.
STORAGE_CLASSES = {"ManifestStaticFilesStorage": "StaticStorage"}


def with_lading(apps):
    """INSTALLED_APPS with `lading.django` before the staticfiles app; the same type, unchanged
    without staticfiles.
    """
    if LADING in apps:
        return apps
    installed = []
    for app in apps:
        if is_staticfiles(app):
            installed.append(LADING)
        installed.append(app)
    return type(apps)(installed)


def is_staticfiles(app):
    """Whether an entry of INSTALLED_APPS is the staticfiles app, by name or by a (subclassed)
    AppConfig.
    """
    from django.contrib.staticfiles.apps import StaticFilesConfig
    from django.utils.module_loading import import_string

    if app == STATICFILES or app.startswith(STATICFILES + "."):
        return True
    try:
        entry = import_string(app)
    except ImportError:
        return False
    return isinstance(entry, type) and issubclass(entry, StaticFilesConfig)


def install_lading():
    """Put `lading.django` into every INSTALLED_APPS that Django's tests set up."""
    import runtests
    from django.test.utils import override_settings

    runtests.ALWAYS_INSTALLED_APPS[:] = with_lading(runtests.ALWAYS_INSTALLED_APPS)
    stock_init = override_settings.__init__

    def init(self, **options):
        if "INSTALLED_APPS" in options:
            options["INSTALLED_APPS"] = with_lading(options["INSTALLED_APPS"])
        stock_init(self, **options)

    override_settings.__init__ = init


def install_lading_in_projects():
    """The same for the projects that Django's tests write to disk; needs the test modules to be
    importable.
    """
    from admin_scripts.tests import AdminScriptTestCase

    stock_write = AdminScriptTestCase.write_settings

    def write_settings(self, filename, apps=None, **options):
        stock_write(self, filename, apps=None if apps is None else with_lading(apps), **options)

    AdminScriptTestCase.write_settings = write_settings


def replace_storages():
    """Let `django.contrib.staticfiles.storage` hand out Lading's classes under Django's names."""
    import django.contrib.staticfiles.storage as theirs

    import lading.django.storage as ours

    for stock, replacement in STORAGE_CLASSES.items():
        setattr(theirs, stock, getattr(ours, replacement))


class Recorder(unittest.TextTestResult):
    """Keeps one outcome for each test: passed, failed, error or skipped (a failing subtest fails
    its test).
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = {}

    def _record(self, test, outcome):
        # `setUpClass (module.Class)` and the like have no id of a test, and are recorded under what
        # they say.
        if self.outcomes.get(test.id(), "passed") == "passed":
            self.outcomes[test.id()] = outcome

    def addSuccess(self, test):  # noqa: N802
        super().addSuccess(test)
        self._record(test, "passed")

    def addFailure(self, test, err):  # noqa: N802
        super().addFailure(test, err)
        self._record(test, "failed")

    def addError(self, test, err):  # noqa: N802
        super().addError(test, err)
        self._record(test, "error")

    def addSkip(self, test, reason):  # noqa: N802
        super().addSkip(test, reason)
        self._record(test, "skipped")

    def addExpectedFailure(self, test, err):  # noqa: N802
        super().addExpectedFailure(test, err)
        self._record(test, "expected failure")

    def addUnexpectedSuccess(self, test):  # noqa: N802
        super().addUnexpectedSuccess(test)
        self._record(test, "failed")

    def addSubTest(self, test, subtest, err):  # noqa: N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._record(test, "failed")


def run(mode, labels, patterns):
    """Run the tests; {"django": version, "file": where it was imported from, "outcomes": {id:
    outcome}}.
    """
    import django
    import runtests
    from django.core.management import get_commands
    from django.test.runner import DiscoverRunner

    if mode != "stock":
        install_lading()
    test_labels, state = runtests.setup_run_tests(1, None, None, labels)
    if mode == "storages":
        replace_storages()
    if mode != "stock":
        install_lading_in_projects()
        owners = {name: get_commands()[name] for name in COMMANDS}
        foreign = {name: app for name, app in owners.items() if app != LADING}
        if foreign:
            raise SystemExit(f"lading.django is installed but does not provide: {foreign}")

    class Runner(DiscoverRunner):
        def get_resultclass(self):
            return Recorder

        def suite_result(self, suite, result, **kwargs):
            self.outcomes = result.outcomes
            return super().suite_result(suite, result, **kwargs)

    runner = Runner(verbosity=1, interactive=False, parallel=1, test_name_patterns=patterns or None)
    runner.run_tests(test_labels)
    runtests.teardown_run_tests(state)
    return {
        "django": django.get_version(),
        "file": os.path.realpath(django.__file__),
        "outcomes": runner.outcomes,
    }


def main():
    mode, output, labels, patterns = json.loads(sys.argv[1])
    sys.argv[1:] = []
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "test_sqlite")
    result = run(mode, labels, patterns)
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
