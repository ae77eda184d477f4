"""The Django application. It stands before ``django.contrib.staticfiles``, whose commands it overrides."""

from __future__ import annotations

from django.apps import AppConfig


class LadingConfig(AppConfig):
    name = "lading.django"
    label = "lading"
    verbose_name = "Lading"

    def ready(self) -> None:
        from lading.django import checks
        from lading.django.field_guards import guard_fields

        checks.register()
        guard_fields()
        if _cleans_up():
            from lading.django import media_cleanup  # slow to load, and seldom wanted

            media_cleanup.connect()


def _cleans_up() -> bool:
    from lading.django import conf
    from lading.errors import ConfigError

    try:
        return conf.load().media_cleanup != "off"
    except ConfigError:
        return False  # the checks report it
