"""``runserver``: the project's command; static files come from their sources through Lading's responder."""

from __future__ import annotations

import os
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import find_commands
from django.utils.module_loading import import_string

from lading.django.handlers import AsyncSourcesHandler, SourcesHandler
from lading.django.names import APPLICATION


def _next_command() -> Any:
    """The command that would run without Lading's: of the first application behind it that has one. That is
    ``django.contrib.staticfiles``, or Daphne, whose command speaks ASGI.
    """
    configs = list(apps.get_app_configs())
    names = [config.name for config in configs]
    for config in configs[names.index(APPLICATION) + 1 :]:
        if "runserver" in find_commands(os.path.join(config.path, "management")):
            return import_string(f"{config.name}.management.commands.runserver.Command")
    return import_string("django.core.management.commands.runserver.Command")


_Next: Any = _next_command()


class Command(_Next):
    help = (
        "Starts a lightweight web server for development. Static files and uploads are served as they are "
        "at each request. Example: manage.py runserver 8001"
    )

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """The application, with files before it unless ``--nostatic`` (or no ``DEBUG`` and no
        ``--insecure``) says otherwise, as in Django.
        """
        parent: Any = super()
        application = parent.get_handler(*args, **_without_static(options))
        return SourcesHandler(application) if _is_wanted(options) else application

    def get_application(self, options: Any) -> Any:
        """The same for a command that speaks ASGI."""
        parent: Any = super()
        application = parent.get_application(_without_static(options))
        return AsyncSourcesHandler(application) if _is_wanted(options) else application


def _without_static(options: Any) -> dict[str, Any]:
    return {**options, "use_static_handler": False, "insecure_serving": False}


def _is_wanted(options: Any) -> bool:
    return options["use_static_handler"] and (settings.DEBUG or options["insecure_serving"])
