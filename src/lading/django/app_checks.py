"""System checks of applications, middleware and URLs: who runs, who serves, and below which path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.urls import get_script_prefix

from lading.django import entry_points
from lading.django.names import APPLICATION, MIDDLEWARE, SECURITY

Apps = Sequence[AppConfig] | None
Found = list[checks.CheckMessage]

_COMMANDS: Final = ("collectstatic", "findstatic")
_SERVING: Final = (
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "servestatic.middleware.AsyncServeStaticMiddleware",
)
"""Middleware of others that serves static files."""

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - a name to look for


def check_commands(app_configs: Apps, **_: Any) -> Found:
    """lading.W011: an application that stands before Lading brings a ``collectstatic`` of its own."""
    names = [config.name for config in apps.get_app_configs()]
    if APPLICATION not in names:
        return []
    for config in list(apps.get_app_configs())[: names.index(APPLICATION)]:
        if config.name == "django.contrib.staticfiles":
            continue  # lading.W001
        for command in _COMMANDS:
            if os.path.exists(os.path.join(config.path, "management", "commands", f"{command}.py")):
                return [
                    checks.Warning(
                        f"{config.name!r} stands before {APPLICATION!r} in INSTALLED_APPS, so its "
                        f"{command} runs instead of Lading's.",
                        hint=f"Put {APPLICATION!r} first, or remove {config.name!r}.",
                        id="lading.W011",
                    )
                ]
    return []


def check_runserver(app_configs: Apps, **_: Any) -> Found:
    """lading.W025: Daphne's ``runserver`` is the one that runs, and has static files served by Django."""
    names = [config.name for config in apps.get_app_configs()]
    if not {APPLICATION, "daphne"} <= {*names} or names.index(APPLICATION) < names.index("daphne"):
        return []
    return [
        checks.Warning(
            "'daphne' stands before 'lading.django' in INSTALLED_APPS, so its runserver has Django serve "
            "static files: without ranges, live reload and reasons for a 404.",
            hint=f"Put {APPLICATION!r} before 'daphne', whose runserver Lading's then uses: it speaks ASGI.",
            id="lading.W025",
        )
    ]


def check_middleware(app_configs: Apps, **_: Any) -> Found:
    """lading.W009: files go out before the redirect to HTTPS; lading.W010: others serve them too."""
    names: list[str] = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in names:
        return []
    found: Found = []
    if SECURITY in names and names.index(SECURITY) > names.index(MIDDLEWARE):
        found.append(
            checks.Warning(
                f"{MIDDLEWARE!r} stands before {SECURITY!r} in MIDDLEWARE, so static files are served over "
                "plain HTTP and without the headers that it sets.",
                hint=f"Put it right after {SECURITY!r}.",
                id="lading.W009",
            )
        )
    for other in (name for name in names if name in _SERVING):
        first, second = sorted((MIDDLEWARE, other), key=names.index)
        found.append(
            checks.Warning(
                f"Both {first!r} and {second!r} serve static files: the first does, and the second takes "
                "time and memory at each start for nothing.",
                hint=f"Remove {other!r}. 'manage.py lading adopt' shows the whole way.",
                id="lading.W010",
            )
        )
    return found


def check_entry_points(app_configs: Apps, **_: Any) -> Found:
    """lading.W026: another package serves static files around the application (``--deploy``)."""
    found = list(entry_points.imports())
    ours = any(entry_points.serves(one, entry_points.OURS) for one in found)
    if MIDDLEWARE not in settings.MIDDLEWARE and not ours:
        return []
    for one in found:
        for package in entry_points.SERVING:
            if entry_points.serves(one, package):
                return [
                    checks.Warning(
                        f"The application is wrapped by {package!r} ({one.file}:{one.line}), which answers "
                        "for static files before Lading does, in its own way.",
                        hint="Remove it, or wrap the application with lading.django.serving instead.",
                        id="lading.W026",
                    )
                ]
    return []


def check_urls(app_configs: Apps, **_: Any) -> Found:
    """lading.E004: STATIC_URL and MEDIA_URL are the same; lading.W007: one lies below the other."""
    static, media = _url("STATIC_URL"), _url("MEDIA_URL")
    if not static or not media or not {"/", get_script_prefix()}.isdisjoint((static, media)):
        return []  # nothing is set, or one has what the other leaves
    if static == media:
        return [
            checks.Error(
                f"STATIC_URL and MEDIA_URL are the same ({static!r}): one hides the other.",
                hint="Set MEDIA_URL = 'media/'.",
                id="lading.E004",
            )
        ]
    for outer, inner, names in (
        (static, media, ("MEDIA_URL", "STATIC_URL")),
        (media, static, ("STATIC_URL", "MEDIA_URL")),
    ):
        if inner.startswith(outer):
            return [
                checks.Warning(
                    f"{names[0]} ({inner!r}) lies below {names[1]} ({outer!r}): whoever serves the outer one "
                    "answers for the inner one too, with 404 or with the wrong headers.",
                    hint="Give them paths beside each other, such as 'static/' and 'media/'.",
                    id="lading.W007",
                )
            ]
    return []


def check_live_url(app_configs: Apps, **_: Any) -> Found:
    """lading.W023: pages of the live site cannot load what STATIC_URL or MEDIA_URL say (``--deploy``)."""
    found: Found = []
    for name in ("STATIC_URL", "MEDIA_URL"):
        parts = urlsplit(_url(name))
        if parts.hostname in _LOCAL:
            told = "names the visitor's own machine, so nobody but you can load it"
        elif parts.scheme == "http" and _is_secure():
            told = "begins with http:// and the site is served over https://, so browsers block it"
        else:
            continue
        found.append(
            checks.Warning(
                f"{name} ({_url(name)!r}) {told}.",
                hint=f"Set {name} to a path, or to an address with https://.",
                id="lading.W023",
            )
        )
    return found


def check_finders(app_configs: Apps, **_: Any) -> Found:
    """lading.W019: applications have static files, and no finder looks into them."""
    finder = "django.contrib.staticfiles.finders.AppDirectoriesFinder"
    if not apps.is_installed("django.contrib.admin"):
        return []
    known: Any = settings.STATICFILES_FINDERS
    if any(name == finder or not name.startswith("django.") for name in known):
        return []
    return [
        checks.Warning(
            "STATICFILES_FINDERS has no AppDirectoriesFinder, so the files of applications are not "
            "published: the admin has no styles.",
            hint=f"Add {finder!r}.",
            id="lading.W019",
        )
    ]


def check_nothing_serves(app_configs: Apps, **_: Any) -> Found:
    """lading.I001: the project leaves static files to a web server (``--deploy``)."""
    names: list[str] = list(settings.MIDDLEWARE)
    if settings.DEBUG or urlsplit(_url("STATIC_URL")).hostname:
        return []
    if MIDDLEWARE in names or any(name in names for name in _SERVING):
        return []
    around = (entry_points.OURS, *entry_points.SERVING)
    if any(entry_points.serves(i, package) for i in entry_points.imports() for package in around):
        return []
    return [
        checks.Info(
            "Nothing in MIDDLEWARE serves static files, and Django itself does not with DEBUG = False: "
            "without a web server that has STATIC_ROOT, pages come without styles and scripts.",
            hint=f"Add {MIDDLEWARE!r}, or let 'manage.py lading doctor --url …' look at the live site.",
            id="lading.I001",
        )
    ]


def _url(name: str) -> str:
    value: Any = getattr(settings, name)
    return value or ""


def _is_secure() -> bool:
    return bool(
        settings.SECURE_SSL_REDIRECT
        or settings.SECURE_HSTS_SECONDS
        or settings.SESSION_COOKIE_SECURE
        or settings.SECURE_PROXY_SSL_HEADER
    )
