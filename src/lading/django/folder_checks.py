"""System checks of folders: where files are written, published and uploaded to, and who may write there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.urls import get_script_prefix

from lading.doctor.folders import is_writable_by_all, relation

Apps = Sequence[AppConfig] | None
Found = list[checks.CheckMessage]


def check_roots(app_configs: Apps, **_: Any) -> Found:
    """lading.E004: STATIC_ROOT and MEDIA_ROOT are one folder; lading.W005: STATIC_ROOT and a folder of
    sources hold one another; lading.W006: MEDIA_ROOT and one of those do; lading.W008: a root is relative.
    """
    found: Found = []
    static, media = _root("STATIC_ROOT"), _root("MEDIA_ROOT")
    found += [_relative(name) for name in ("STATIC_ROOT", "MEDIA_ROOT") if _is_relative(name)]
    if static:
        found += _overlapping_sources(static)
    if media:
        found += _overlapping_uploads(static, media)
    return found


def check_upload_permissions(app_configs: Apps, **_: Any) -> Found:
    """lading.W016: the permissions of uploads keep the web server out, or let everybody write."""
    found: Found = []
    for name, usual, problem in (
        ("FILE_UPLOAD_PERMISSIONS", 0o644, _file_problem),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o755, _folder_problem),
    ):
        if told := problem(getattr(settings, name, None)):
            found.append(
                checks.Warning(
                    f"{name} {told}",
                    hint=f"Write {name} = 0o{usual:o}, with 0o.",
                    id="lading.W016",
                )
            )
    return found


def check_uploads(app_configs: Apps, **_: Any) -> Found:
    """lading.W017: uploads have no folder; lading.W018: they have no URL; lading.W020: no storage."""
    if "default" not in settings.STORAGES:
        return [
            checks.Warning(
                "STORAGES has no 'default': every upload and every URL of one is an error.",
                hint="Add 'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}. A STORAGES "
                "of your own replaces all of Django's.",
                id="lading.W020",
            )
        ]
    if _root("MEDIA_ROOT"):
        if settings.MEDIA_URL not in ("", "/", get_script_prefix()):
            return []
        return [
            checks.Warning(
                "MEDIA_ROOT is set and MEDIA_URL is not: the URLs of uploads begin at the site's root, and "
                "lead nowhere.",
                hint="Set MEDIA_URL = 'media/'.",
                id="lading.W018",
            )
        ]
    if field := next(_fields_without_folder(), ""):
        return [
            checks.Warning(
                f"MEDIA_ROOT is not set, and {field} takes uploads: they are written into whatever folder "
                "the server was started in, between the code or over it.",
                hint="Set MEDIA_ROOT = BASE_DIR / 'media', a folder that holds nothing else.",
                id="lading.W017",
            )
        ]
    return []


def check_writable(app_configs: Apps, **_: Any) -> Found:
    """lading.W021: everybody on the machine may change published or uploaded files (``--deploy``)."""
    found: Found = []
    for name, follows in (
        ("STATIC_ROOT", "each of them can change the scripts that visitors run"),
        ("MEDIA_ROOT", "each of them can replace and add uploads"),
    ):
        root = _root(name)
        if root and is_writable_by_all(root):
            found.append(
                checks.Warning(
                    f"{name} ({root}) is writable by every user and service of this machine: {follows}.",
                    hint=f"chmod o-w {root}",
                    id="lading.W021",
                )
            )
    return found


def check_static_root(app_configs: Apps, **_: Any) -> Found:
    """lading.W024: there is no folder to publish into (``--deploy``)."""
    options: dict[str, Any] = settings.STORAGES.get("staticfiles", {}).get("OPTIONS", {})
    named = settings.STATIC_ROOT or options.get("location") or options.get("target")
    if named or not _is_folder_storage():
        return []
    return [
        checks.Warning(
            "STATIC_ROOT is not set: collectstatic has no folder to publish into.",
            hint="Set STATIC_ROOT = BASE_DIR / 'staticfiles', a folder that holds nothing else.",
            id="lading.W024",
        )
    ]


def _overlapping_sources(static: str) -> Found:
    for label, folder in _source_folders():
        if told := relation(static, folder):
            return [
                checks.Warning(
                    f"STATIC_ROOT ({static}) {told} {label}: collectstatic refuses to run, since it would "
                    "publish its own output or delete sources.",
                    hint="Set STATIC_ROOT = BASE_DIR / 'staticfiles', a folder that holds nothing else.",
                    id="lading.W005",
                )
            ]
    return []


def _overlapping_uploads(static: str, media: str) -> Found:
    if static and (told := relation(media, static)):
        if os.path.realpath(static) == os.path.realpath(media):
            return [
                checks.Error(
                    f"STATIC_ROOT and MEDIA_ROOT are the same folder ({static}): uploads overwrite scripts, "
                    "and 'collectstatic --clear' deletes uploads.",
                    hint="Give uploads a folder of their own, such as BASE_DIR / 'media'.",
                    id="lading.E004",
                )
            ]
        return [
            checks.Warning(
                f"MEDIA_ROOT ({media}) {told} STATIC_ROOT: uploads are served as if they were your own "
                "files, and 'collectstatic --clear' deletes what it finds there.",
                hint="Move the uploads to a folder beside it, such as BASE_DIR / 'media'.",
                id="lading.W006",
            )
        ]
    for label, folder in _source_folders():
        if told := relation(media, folder):
            return [
                checks.Warning(
                    f"MEDIA_ROOT ({media}) {told} {label}: collectstatic publishes what visitors upload as "
                    "static files.",
                    hint="Move the uploads to a folder beside it, such as BASE_DIR / 'media'.",
                    id="lading.W006",
                )
            ]
    return []


def _source_folders() -> Iterator[tuple[str, str]]:
    """The folders that static files are collected from, each with a name for it."""
    dirs: Any = settings.STATICFILES_DIRS
    for entry in cast("Sequence[Any]", dirs) if isinstance(dirs, list | tuple) else ():
        folder = _path(
            cast("Sequence[Any]", entry)[1] if isinstance(entry, tuple | list) else entry
        )
        yield f"the folder {folder!r} of STATICFILES_DIRS", folder
    for config in apps.get_app_configs():
        yield f"the static folder of the app {config.name!r}", os.path.join(config.path, "static")


def _relative(name: str) -> checks.CheckMessage:
    value = _root(name)
    return checks.Warning(
        f"{name} is the relative path {value!r}: collectstatic and the server each start it in the folder "
        "they run in, so one may not find what the other wrote.",
        hint=f"Write {name} = BASE_DIR / {value!r}.",
        id="lading.W008",
    )


def _is_relative(name: str) -> bool:
    value = _root(name)
    return bool(value) and not os.path.isabs(value)


def _root(name: str) -> str:
    """A root as it is set, ``""`` if it is not."""
    return _path(getattr(settings, name))


def _path(value: Any) -> str:
    """A setting that is a path, or an object for one, as text."""
    return str(value) if value else ""


def _fields_without_folder() -> Iterator[str]:
    """The file fields whose storage has no folder of its own (``FileSystemStorage`` then takes the current
    one), as ``app.Model.field``.
    """
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                storage: Any = field.storage
                if isinstance(storage, FileSystemStorage) and not str(storage.base_location):
                    yield f"{model._meta.label}.{field.name}"


def _is_folder_storage() -> bool:
    from django.contrib.staticfiles.storage import staticfiles_storage

    try:
        return isinstance(staticfiles_storage, FileSystemStorage)
    except ImproperlyConfigured:  # which the folder's absence may be the reason for
        return True
    except Exception:  # what is wrong with it is told elsewhere
        return False


def _file_problem(mode: Any) -> str:
    if mode is None:
        return (
            "is None: small uploads get the umask's permissions, and large ones 0o600, which the web server "
            "may not read."
        )
    if not isinstance(mode, int):
        return f"is {mode!r}, and permissions are a number."
    if mode > 0o777:
        return f"is {mode} (0o{mode:o}), not the octal number that was meant: uploads become unreadable."
    if not mode & 0o400:
        return f"is 0o{mode:o}: not even the application can read uploads."
    if mode & 0o002:
        return f"is 0o{mode:o}: every user of the machine may change uploads."
    if mode & 0o111:
        return f"is 0o{mode:o}: uploads are executable."
    return ""


def _folder_problem(mode: Any) -> str:
    if mode is None:
        return ""  # the umask's, for all folders alike
    if not isinstance(mode, int):
        return f"is {mode!r}, and permissions are a number."
    if mode > 0o7777 or mode & 0o700 != 0o700:
        return f"is {mode} (0o{mode:o}): not even the server itself can use such folders."
    if mode & 0o002:
        return f"is 0o{mode:o}: every user of the machine may add uploads."
    return ""
