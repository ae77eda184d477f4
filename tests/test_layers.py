"""Who may import what: the rules of the layout, read from the imports in the source code."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import lading

ROOT = Path(lading.__file__).parent
MODULES = {
    ".".join(("lading", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(ROOT.rglob("*.py"))
}

# The modules that own a library of others; nobody else imports it.
OWNERS = {
    "PIL": {"lading.media.pixels", "lading.themes.pictures"},
    "asgiref": {
        "lading.django.media_urls",
        "lading.django.media_view",
        "lading.django.middleware",
    },
    "backports": {"lading.encoders"},
    "brotli": {"lading.encoders"},
    "compression": {"lading.encoders"},  # of Python 3.14
    "deflate": {"lading.encoders"},
    "distributed": {"lading.packing.executors"},
    "filelock": {"lading.targets.lock"},
    "jinja2": {"lading.django.jinja", "lading.django.jinja_check"},
    "obstore": {"lading.objectstore.client"},
    "rcssmin": {"lading.minify.css"},
    "rich": {"lading.report.bar", "lading.report.console"},
    "turbohtml": {"lading.themes.dom"},
    "watchfiles": {"lading.serve.watching"},
}


@cache
def imports(module: str, *, everywhere: bool = True) -> frozenset[str]:
    """The modules that a module imports; not ``everywhere``: as soon as it is imported itself."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{module} has a relative import"
                found.update(_imported(child.module or "", alias.name) for alias in child.names)
            elif everywhere or not (_is_later(child) or _is_for_types(child)):
                visit(child)

    visit(ast.parse(MODULES[module].read_text("utf-8")))
    return frozenset(found - {"__future__"})


def _imported(module: str, name: str) -> str:
    return f"{module}.{name}" if f"{module}.{name}" in MODULES else module


def _is_later(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def below(package: str) -> list[str]:
    return [module for module in MODULES if f"{module}.".startswith(f"{package}.")]


def own_imports(package: str) -> set[str]:
    """What the modules of a package import of Lading outside of it."""
    return {
        name
        for module in below(package)
        for name in imports(module)
        if name.startswith("lading") and not f"{name}.".startswith(f"{package}.")
    }


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 50
    assert "lading.build" in imports("lading.cli")
    assert "rich.console" in imports("lading.report.console")


def test_each_library_is_imported_where_it_is_owned():
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        for name in imports(module):
            found[name.partition(".")[0]].add(module)
    libraries = {n: m for n, m in found.items() if n not in sys.stdlib_module_names | {"lading"}}
    django = libraries.pop("django")
    assert [module for module in django if not f"{module}.".startswith("lading.django.")] == []
    for name, modules in libraries.items():
        assert modules <= OWNERS.get(name, set()), f"{name} is imported by {sorted(modules)}"


def test_nothing_imports_the_django_adapter():
    for module in MODULES:
        if not f"{module}.".startswith("lading.django."):
            adapter = [name for name in imports(module) if f"{name}.".startswith("lading.django.")]
            assert adapter == [], module


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("lading.references", {"lading.errors"}),
        ("lading.errors", {"lading.findings"}),
        ("lading.findings", set()),
        ("lading.asset", {"lading.sources"}),  # for its type alone
        ("lading.rules", {"lading.globs"}),
        ("lading.globs", set()),
        ("lading.ledger", set()),
        ("lading.manifest", {"lading.errors"}),
        ("lading.mediatypes", set()),
        (
            "lading.targets",
            {
                "lading.asset",
                "lading.catalog",
                "lading.digests",
                "lading.encoders",
                "lading.errors",
                "lading.garbage",
                "lading.ledger",
                "lading.manifest",
                "lading.objectstore.client",
                "lading.objectstore.conditions",
                "lading.objectstore.faults",
                "lading.progress",
                "lading.releases",
                "lading.retention",
                "lading.shipment",
                "lading.objectstore.objects",
            },
        ),
        (
            "lading.report",
            {
                "lading",  # its version
                "lading.asset",
                "lading.build",
                "lading.catalog",
                "lading.checking",
                "lading.config",
                "lading.doctor.diagnosis",
                "lading.errors",
                "lading.findings",
                "lading.manifest",
                "lading.media.accounts",
                "lading.media.statement",
                "lading.plan",
                "lading.rules",
                "lading.sources",
                "lading.explain.explanation",
                "lading.verify.verifying",
            },
        ),
    ],
)
def test_what_a_layer_may_import_of_lading(package: str, allowed: set[str]):
    assert own_imports(package) <= allowed


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        (
            "lading.serve",
            ("build", "plan", "publish", "release", "targets", "report", "cli", "media"),
        ),
        ("lading.build", ("report", "cli", "project", "serve")),
        ("lading.plan", ("build", "publish", "release", "report", "cli", "serve")),
        ("lading.sources", ("catalog", "plan", "build", "targets", "report", "config")),
        ("lading.catalog", ("plan", "build", "targets", "report", "config")),
        ("lading.config", ("plan", "build", "targets", "report", "project", "serve")),
    ],
)
def test_what_a_layer_may_not_import(package: str, forbidden: tuple[str, ...]):
    found = own_imports(package)
    wrong = [n for n in found for f in forbidden if f"{n}.".startswith(f"lading.{f}.")]
    assert wrong == []


def test_only_the_commands_know_of_reports():
    knowing = {
        module
        for module in MODULES
        for name in imports(module)
        if f"{name}.".startswith("lading.report.") and not module.startswith("lading.report")
    }
    core = {module for module in knowing if not module.startswith("lading.django.")}
    assert {module for module in core if not module.startswith("lading.verbs.")} == {"lading.cli"}


def test_no_two_modules_import_each_other():
    """Imports that happen at once form no circle, also where Python would get along with one."""
    graph = {
        module: {name for name in imports(module, everywhere=False) if name in MODULES} - {module}
        for module in MODULES
    }
    while leaves := {module for module, names in graph.items() if not names & graph.keys()}:
        graph = {module: names for module, names in graph.items() if module not in leaves}
    assert graph == {}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        (
            "lading.build",
            ["rich", "django", "concurrent.futures.process", "multiprocessing", "asyncio"],
        ),
        ("lading.build", ["lading.cli", "lading.report", "lading.references", "distributed"]),
        ("lading.cli", ["django", "concurrent.futures.process", "distributed", "asyncio"]),
        ("lading.serve.wsgi", ["rich", "django", "brotli", "lading.build", "lading.config"]),
        ("lading.serve.asgi", ["rich", "django", "brotli", "lading.build", "lading.config"]),
    ],
)
def test_what_importing_a_module_does_not_load(module: str, absent: list[str]):
    """In a process of its own: what starts every deployment and every server stays light."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert module in loaded
    assert [name for name in absent if name in loaded] == []


def test_our_own_classes_are_not_inherited():
    """Composition: a class of Lading has no base of Lading, but for the tree of errors."""
    classes = {
        node.name: (module, [ast.unparse(base) for base in node.bases])
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    for name, (module, bases) in classes.items():
        inherited = [base for base in bases if base in classes and base != name]
        assert all(base.endswith("Error") for base in inherited), f"{module}.{name}"


def test_modules_are_about_one_noun():
    """A module that grows beyond this has found a second one."""
    lengths = {m: len(path.read_text("utf-8").splitlines()) for m, path in MODULES.items()}
    assert {module: length for module, length in lengths.items() if length > 400} == {}


def test_the_architecture_names_every_package_and_module():
    """Those of packages are named where they are worth it."""
    told = (ROOT.parents[1] / "ARCHITECTURE.md").read_text("utf-8")
    modules = {path.name for path in ROOT.glob("[a-z]*.py")}
    packages = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}
    assert {name for name in modules | packages if f"`{name}" not in told} == set()


def test_the_architecture_names_files_that_are_there():
    """Each path in its table of nouns, below the package or below a folder named before it in the line."""
    rows = [
        row
        for row in (ROOT.parents[1] / "ARCHITECTURE.md").read_text("utf-8").split("\n")
        if row[:1] == "|"
    ]
    assert len(rows) > 20
    for row in rows:
        folders = [""]
        for path in re.findall(r"`([\w/*]+(?:/|\.py))`", row):
            if path.endswith("/"):
                folders.append(path)
            assert any(list(ROOT.glob(folder + path)) for folder in folders), (row, path)
