"""A Django project that serves the target ``SERVED_ROOT`` by ``LadingMiddleware``."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from .site import APPLICATION

ROOT = os.environ.get("SERVED_ROOT", "")
_TOKEN = os.environ.get("SERVED_TOKEN", "")

SETTINGS: dict[str, Any] = {
    "ALLOWED_HOSTS": ["*"],
    "DEBUG": False,
    "LADING": {"SITE_ROOT": "root"},
    "INSTALLED_APPS": ["lading.django", "django.contrib.staticfiles"],
    "LOGGING_CONFIG": None,
    "MIDDLEWARE": ["lading.django.middleware.LadingMiddleware"],
    "ROOT_URLCONF": "serve.django_app",
    "SECRET_KEY": "of tests",
    "STATIC_ROOT": ROOT,
    "STATIC_URL": "/static/",
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "lading.django.storage.StaticStorage"},
    },
}


def application(request: HttpRequest) -> HttpResponse:
    return HttpResponse(APPLICATION, headers={"X-Token": _TOKEN})


urlpatterns = [re_path("", application)]

if _TOKEN and "DJANGO_SETTINGS_MODULE" not in os.environ:  # a server of its own
    settings.configure(**SETTINGS)
    wsgi = get_wsgi_application()
    asgi = get_asgi_application()
