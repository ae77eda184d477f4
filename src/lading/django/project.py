"""The Django project as the verbs of ``lading`` see any project: settings, sources and target."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

from lading.config import Config
from lading.django import conf
from lading.django.finders import sources
from lading.django.site import with_site
from lading.django.storage import StaticStorage
from lading.django.target import folder_target
from lading.errors import ConfigError
from lading.project import Project


def load() -> Project:
    """The project of the settings. Raises ``ConfigError`` for a storage that is no folder, and for one
    that cannot be made, such as one without ``STATIC_ROOT``.
    """
    config = with_site(conf.load())
    config = replace(config, static_url=str(settings.STATIC_URL or "/static/"))
    try:
        return _load(config)
    except ImproperlyConfigured as error:
        raise unusable(error) from error


def unusable(error: ImproperlyConfigured) -> ConfigError:
    """Why the storage of static files cannot be made, with the remedy."""
    if settings.STATIC_ROOT:
        return ConfigError(
            f"The storage of static files cannot be made: {error}",
            where="STORAGES['staticfiles']",
            remedy="Mend the setting; 'manage.py check' says more.",
        )
    return ConfigError(
        "STATIC_ROOT is not set, so there is no folder that files are published into.",
        remedy="Set STATIC_ROOT = BASE_DIR / 'staticfiles', a folder that holds nothing else.",
    )


def _load(config: Config) -> Project:
    storage = staticfiles_storage
    if isinstance(storage, StaticStorage):
        config = storage.configure(config)
    target = folder_target(storage, read_only=config.read_only)
    if target is None:
        raise ConfigError(
            f"The storage {storage.__class__.__qualname__} publishes in a way of its own, so there is no "
            "folder of published files to look at.",
            where="STORAGES['staticfiles']",
            remedy="Use 'lading.django.storage.StaticStorage', or the tools of that storage.",
        )
    return Project(config, sources(config).all, target)
