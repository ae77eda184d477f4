"""``runserver``: Django's command; static files come from their sources through Lading's responder."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver as stock

from lading.django.handlers import SourcesHandler


class Command(stock.Command):
    help = (
        "Starts a lightweight web server for development. Static files and uploads are served as they are "
        "at each request. Example: manage.py runserver 8001"
    )

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """The application, with files before it unless ``--nostatic`` (or no ``DEBUG`` and no
        ``--insecure``) says otherwise, as in Django.
        """
        application = super(stock.Command, self).get_handler(*args, **options)
        wanted = options["use_static_handler"]
        if wanted and (settings.DEBUG or options["insecure_serving"]):
            return SourcesHandler(application)
        return application
