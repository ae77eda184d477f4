"""``lading.adopt.tools``: what the tools are known by is what the installed ones have."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import distribution

import pytest

from lading.adopt.tools import MENTION, TOOLS, normalized, owner_of_setting

GONE = {
    "collectfast",  # collectfasta's predecessor
    "whitenoise.django.GzipManifestStaticFilesStorage",  # of WhiteNoise 3
    "DjangoWhiteNoise",
}


@pytest.mark.parametrize("name", [n for tool in TOOLS for n in tool.distributions if n not in GONE])
def test_distributions(name: str):
    assert normalized(distribution(name).metadata["Name"]) == name


@pytest.mark.parametrize(
    "path",
    [path for t in TOOLS for path in (*t.middleware, *t.storages) if path not in GONE],
)
def test_classes(path: str):
    module, _, name = path.rpartition(".")
    assert isinstance(getattr(import_module(module), name), type)


@pytest.mark.parametrize(("module", "name"), [(t.modules[0], n) for t in TOOLS for n in t.wrappers])
def test_wrappers(module: str, name: str):
    assert name in GONE or hasattr(import_module(module), name)


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("WHITENOISE_ROOT", "WhiteNoise"),
        ("SERVESTATIC_ROOT", "ServeStatic"),
        ("COLLECTFAST_CACHE", "collectfasta"),
        ("STATIC_ROOT", None),
    ],
)
def test_who_a_setting_belongs_to(name: str, tool: str | None):
    owner = owner_of_setting(name)
    assert (owner and owner.name) == tool


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import whitenoise", True),
        ("x.whitenoise.y", True),
        ("pip install whitenoise[brotli]", True),
        ("django-whitenoise-ng", False),
        ("mywhitenoise", False),
        ("whitenoise_root", False),
    ],
)
def test_a_mention_is_a_whole_name(text: str, found: bool):
    assert bool(MENTION.search(text)) == found
