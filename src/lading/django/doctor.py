"""The verb ``doctor`` in a Django project: system checks, what is published, and the live site."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any, Final, cast

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, InvalidStorageError, default_storage
from django.core.management.base import BaseCommand

from lading import manifest as manifests
from lading.config import Config
from lading.django import conf, project
from lading.django.output import plain
from lading.django.storage import StaticStorage
from lading.doctor import local, published
from lading.doctor.diagnosis import Diagnosis, Group
from lading.doctor.published import Published
from lading.doctor.uploaded import Uploads
from lading.errors import ConfigError, LadingError
from lading.findings import Finding, Severity
from lading.verbs import doctor as doctor_verb
from lading.verbs import webserver

_TAGS: Final = (checks.Tags.staticfiles, checks.Tags.files, checks.Tags.urls)
_ABOUT_FILES: Final = ("lading.", "staticfiles.", "files.", "urls.E006", "whitenoise.", "daphne.")
"""How the ids of checks begin that are about static and media files, whoever made them."""


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """``manage.py lading doctor``. Raises ``LadingError``; ends with code 1 when a finding is an error."""
    given = Namespace(**{"verbosity": 1, "no_color": False, **options})
    diagnosis = Diagnosis([examine_settings()])
    try:
        config = conf.load()
    except ConfigError:
        config = Config()  # told as lading.E001
    diagnosis.groups.append(_published())
    if given.url:
        diagnosis.groups.append(
            doctor_verb.examine_site(
                given, _files, str(settings.STATIC_URL or "/static/"), _media(config), _writes
            )
        )
    graded = doctor_verb.graded(diagnosis, config.severities, strict=given.strict)
    with redirect_stdout(plain(command.stdout)):
        code = doctor_verb.tell(given, graded)
    if code:
        raise SystemExit(code)  # all is told already


def examine_settings() -> Group:
    """Every system check about files, with those of deployments."""
    wanted = [
        check
        for check in registry.get_checks(include_deployment_checks=True)
        if {*getattr(check, "tags", ())} & {*_TAGS}
    ]
    messages = checks.run_checks(tags=list(_TAGS), include_deployment_checks=True)
    found = [
        _finding(message)
        for message in messages
        if str(message.id).startswith(_ABOUT_FILES) and not message.is_silenced()
    ]
    return Group("Settings", f"{len(wanted)} checks", found)


def _finding(message: checks.CheckMessage) -> Finding:
    if message.level >= checks.ERROR:
        severity = Severity.ERROR
    else:
        severity = Severity.WARNING if message.level >= checks.WARNING else Severity.NOTE
    where = "" if message.obj is None else str(message.obj)
    return Finding(str(message.id), severity, message.msg, where=where, hint=message.hint or "")


def _published() -> Group:
    try:
        return local.examine_published(project.load())
    except ConfigError as error:
        why = f"not looked at. {f'{error.where}: ' if error.where else ''}{error.what.rstrip('.')}"
    except Exception as error:
        # Settings that are wrong enough keep the storage from being made; the checks tell of that.
        why = f"not looked at, since the settings are wrong: {str(error).rstrip('.')}"
    return Group("Published files", why, is_skipped=True)


def _files() -> Published:
    """What is published, wherever it lies. Raises ``LadingError``."""
    storage: Any = staticfiles_storage
    try:
        is_lading = isinstance(storage, StaticStorage) and storage.is_published_by_lading
    except ImproperlyConfigured:
        is_lading = True  # project.load() says what is wrong
    if not is_lading and (found := _by_manifest()) is not None:
        return found
    return local.published_in(project.load())


def _writes(server: str) -> bool:
    """Whether ``manage.py lading webserver`` has a configuration of that server."""
    try:
        return webserver.can_write(project.load(), server)
    except (LadingError, ImproperlyConfigured):
        return False


def _by_manifest() -> Published | None:
    """What the manifest of another storage says, in a bucket for example."""
    storage: Any = staticfiles_storage
    reader: Any = getattr(storage, "read_manifest", None)
    try:
        text = cast("str | None", reader()) if reader else None
        folder = storage.location if isinstance(storage, FileSystemStorage) else ""
        return published.of_manifest(manifests.loads(text), str(folder)) if text else None
    except (LadingError, OSError, ValueError):
        return None


def _media(config: Config) -> Uploads | None:
    """URL and folder of uploads, if they have both."""
    url: Any = settings.MEDIA_URL
    try:
        storage: Any = default_storage
        if settings.MEDIA_ROOT and url not in ("", "/") and isinstance(storage, FileSystemStorage):
            private = bool(config.media_access)
            return Uploads(str(storage.base_url or url), str(storage.location), private)
    except InvalidStorageError:
        pass  # lading.W020
    return None
