"""What each tool is known by: its distributions, its applications, middleware and storages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

StorageKind = Literal["manifest", "packed", "testing"]
"""``manifest``: names by content; ``packed``: plain names with compressed variants; ``testing``: plain names,
each of which is looked for in the sources.
"""

APP: Final = "lading.django"
MIDDLEWARE: Final = "lading.django.middleware.LadingMiddleware"
STORAGE: Final = "lading.django.storage.StaticStorage"
PLAIN_STORAGE: Final = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATICFILES: Final = frozenset(
    {"django.contrib.staticfiles", "django.contrib.staticfiles.apps.StaticFilesConfig"}
)
"""What stands in ``INSTALLED_APPS`` for Django's own application."""


@dataclass(frozen=True, slots=True)
class Tool:
    """``modules`` are its top-level packages, ``wrappers`` its classes that wrap a WSGI or ASGI
    application, by the interface.
    """

    name: str
    modules: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    middleware: tuple[str, ...] = ()
    storages: dict[str, StorageKind] = field(default_factory=dict[str, StorageKind])
    prefix: str = ""
    wrappers: dict[str, Literal["wsgi", "asgi"]] = field(
        default_factory=dict[str, Literal["wsgi", "asgi"]]
    )


WHITENOISE: Final = Tool(
    "WhiteNoise",
    modules=("whitenoise",),
    distributions=("whitenoise",),
    apps=("whitenoise.runserver_nostatic", "whitenoise"),
    middleware=("whitenoise.middleware.WhiteNoiseMiddleware",),
    storages={
        "whitenoise.storage.CompressedManifestStaticFilesStorage": "manifest",
        "whitenoise.storage.CompressedStaticFilesStorage": "packed",
        "whitenoise.django.GzipManifestStaticFilesStorage": "manifest",
    },
    prefix="WHITENOISE_",
    wrappers={"WhiteNoise": "wsgi", "DjangoWhiteNoise": "wsgi"},
)
SERVESTATIC: Final = Tool(
    "ServeStatic",
    modules=("servestatic",),
    distributions=("servestatic",),
    apps=(
        "servestatic",
        "servestatic.apps.ServeStaticConfig",
        "servestatic.runserver_nostatic",
        "servestatic.runserver_nostatic.apps.ServeStaticRunserverNoStaticAliasConfig",
    ),
    middleware=("servestatic.middleware.ServeStaticMiddleware",),
    storages={
        "servestatic.storage.CompressedManifestStaticFilesStorage": "manifest",
        "servestatic.storage.CompressedStaticFilesStorage": "packed",
    },
    prefix="SERVESTATIC_",
    wrappers={"ServeStatic": "wsgi", "ServeStaticASGI": "asgi"},
)
COLLECTFASTA: Final = Tool(
    "collectfasta",
    modules=("collectfasta", "collectfast"),
    distributions=("collectfasta", "collectfast"),
    apps=("collectfasta", "collectfast"),
    prefix="COLLECTFASTA_",
)
ENHANCED: Final = Tool(
    "ManifestStaticFilesStorage-Enhanced",
    modules=("django_manifeststaticfiles_enhanced",),
    distributions=("django-manifeststaticfiles-enhanced",),
    apps=("django_manifeststaticfiles_enhanced",),
    storages={
        "django_manifeststaticfiles_enhanced.EnhancedManifestStaticFilesStorage": "manifest",
        "django_manifeststaticfiles_enhanced.TestingManifestStaticFilesStorage": "testing",
        "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage": "manifest",
        "django_manifeststaticfiles_enhanced.storage.TestingManifestStaticFilesStorage": "testing",
    },
)
DJANGO: Final = Tool(
    "Django's ManifestStaticFilesStorage",
    storages={"django.contrib.staticfiles.storage.ManifestStaticFilesStorage": "manifest"},
)

TOOLS: Final = (WHITENOISE, SERVESTATIC, COLLECTFASTA, ENHANCED, DJANGO)

APPS: Final = {app: tool for tool in TOOLS for app in tool.apps}
MIDDLEWARES: Final = {path: tool for tool in TOOLS for path in tool.middleware}
STORAGES: Final = {path: tool for tool in TOOLS for path in tool.storages}
DISTRIBUTIONS: Final = {name: tool for tool in TOOLS for name in tool.distributions}
MODULES: Final = {name: tool for tool in TOOLS for name in tool.modules}

MENTION: Final = re.compile(
    r"(?<![\w-])(?:" + "|".join(map(re.escape, (*DISTRIBUTIONS, *MODULES))) + r")(?![\w-])"
)
"""The name of a tool's package, wherever it stands."""


def normalized(distribution: str) -> str:
    """The name of a distribution as it is compared (PyPA's name normalization)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def owner_of_setting(name: str) -> Tool | None:
    """The tool that a setting's name belongs to. ``COLLECTFAST_`` was the prefix of collectfasta's
    predecessor.
    """
    for tool in TOOLS:
        if tool.prefix and name.startswith(tool.prefix):
            return tool
    return COLLECTFASTA if name.startswith("COLLECTFAST_") else None
