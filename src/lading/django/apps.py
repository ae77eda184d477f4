"""The Django application. It stands before ``django.contrib.staticfiles``, whose commands it overrides."""

from __future__ import annotations

from django.apps import AppConfig


class LadingConfig(AppConfig):
    name = "lading.django"
    label = "lading"
    verbose_name = "Lading"

    def ready(self) -> None:
        from lading.django import checks

        checks.register()
