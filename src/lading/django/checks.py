"""Django system checks, tagged ``staticfiles`` so that ``collectstatic`` runs them first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks

from lading.django import app_checks, conf, folder_checks, storage_checks, upload_checks
from lading.django.names import MIDDLEWARE
from lading.django.options import OptionsError
from lading.errors import ConfigError, LadingError

STATIC = (
    app_checks.check_commands,
    app_checks.check_finders,
    app_checks.check_middleware,
    app_checks.check_runserver,
    app_checks.check_urls,
    folder_checks.check_roots,
    storage_checks.check_leftovers,
    storage_checks.check_storage,
)
"""Checks that look at settings alone, tagged as those below."""

UPLOADS = (
    folder_checks.check_upload_permissions,
    folder_checks.check_uploads,
    upload_checks.check_access,
    upload_checks.check_media_storages,
)
"""Checks of uploads, tagged ``files``: of no concern to ``collectstatic``."""

DEPLOYED = (
    app_checks.check_entry_points,
    app_checks.check_live_url,
    app_checks.check_nothing_serves,
    folder_checks.check_static_root,
    folder_checks.check_writable,
    storage_checks.check_manifest,
)
"""Checks of what is only so on the machine of the live site: ``check --deploy``, and ``lading doctor``."""


def register() -> None:
    """Register the checks. May be called any number of times (the registry is a set)."""
    checks.register(check_settings, checks.Tags.staticfiles)
    checks.register(check_app_order, checks.Tags.staticfiles)
    checks.register(check_storage_options, checks.Tags.staticfiles)
    checks.register(check_middleware_order, checks.Tags.staticfiles)
    checks.register(check_published, checks.Tags.staticfiles, deploy=True)
    for check in STATIC:
        checks.register(check, checks.Tags.staticfiles)
    for check in UPLOADS:
        checks.register(check, checks.Tags.files)
    for check in DEPLOYED:
        checks.register(check, checks.Tags.staticfiles, deploy=True)


def check_settings(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """lading.E001: ``LADING`` has an unknown key or a value that is not allowed."""
    try:
        conf.load()
    except ConfigError as error:
        return [checks.Error(f"{error.where}: {error.what}", hint=error.remedy, id="lading.E001")]
    return []


def check_storage_options(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """lading.E003: an option of Lading's storage is unknown or has a value that is not allowed."""
    try:
        staticfiles_storage.__class__  # noqa: B018 - makes the storage
    except OptionsError as error:
        return [checks.Error(f"{error.where}: {error.what}", hint=error.remedy, id="lading.E003")]
    except Exception:  # noqa: S110 - others check and report it
        pass
    return []


def check_app_order(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """lading.E002: ``django.contrib.staticfiles`` is missing; lading.W001: it stands first, so that
    Django's own ``collectstatic`` runs instead of Lading's.
    """
    names = [config.name for config in apps.get_app_configs()]
    if "lading.django" not in names:
        return []
    if not apps.is_installed("django.contrib.staticfiles"):
        return [
            checks.Error(
                "'django.contrib.staticfiles' is not in INSTALLED_APPS, so there are no static files.",
                hint="Add 'django.contrib.staticfiles' after 'lading.django'.",
                id="lading.E002",
            )
        ]
    if names.index("django.contrib.staticfiles") < names.index("lading.django"):
        return [
            checks.Warning(
                "'django.contrib.staticfiles' stands before 'lading.django' in INSTALLED_APPS, so "
                "Django's own collectstatic runs instead of Lading's.",
                hint="Put 'lading.django' first.",
                id="lading.W001",
            )
        ]
    return []


def check_middleware_order(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """lading.W002: other middleware of Django works on each static file, and may pack it once more;
    lading.W004: live reload is wanted, and there is no middleware that puts it into pages.
    """
    names: list[str] = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in names:
        return _without_middleware()
    before = [name for name in names[: names.index(MIDDLEWARE)] if name.startswith("django.")]
    before = [name for name in before if not name.endswith(".SecurityMiddleware")]
    if not before:
        return []
    return [
        checks.Warning(
            f"{MIDDLEWARE!r} stands after {', '.join(map(repr, before))} in MIDDLEWARE, so each static file "
            "goes through these too.",
            hint="Put it right after 'django.middleware.security.SecurityMiddleware'.",
            id="lading.W002",
        )
    ]


def _without_middleware() -> list[checks.CheckMessage]:
    try:
        wanted = conf.load().live_reload and settings.DEBUG
    except ConfigError:
        return []  # reported as an error already
    if not wanted:
        return []
    return [
        checks.Warning(
            "LADING['LIVE_RELOAD'] is on, but no page gets the script for it.",
            hint=f"Put {MIDDLEWARE!r} into MIDDLEWARE, or remove the setting.",
            id="lading.W004",
        )
    ]


def check_published(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """lading.W003: the middleware has nothing to serve in production (``check --deploy``)."""
    options: dict[str, Any] = settings.STORAGES.get("staticfiles", {}).get("OPTIONS", {})
    if MIDDLEWARE not in settings.MIDDLEWARE or settings.DEBUG or options.get("target"):
        return []  # of a bucket, the machine that builds may be another than this one
    from lading.django.serving import published

    try:
        published()
    except ConfigError:
        return []  # reported as an error already
    except LadingError as error:
        if any(message.id == "lading.W012" for message in storage_checks.check_storage(None)):
            return []  # which says why, and what to change
        return [
            checks.Warning(
                f"LadingMiddleware serves no static file. {error.where}: {error.what}",
                hint=error.remedy,
                id="lading.W003",
            )
        ]
    return []
