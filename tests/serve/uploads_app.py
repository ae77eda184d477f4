"""A Django project that takes uploads below ``SERVED_ROOT``, for real servers."""

from __future__ import annotations

import os
from typing import Any

import django
from django import forms
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import re_path

_TOKEN = os.environ.get("SERVED_TOKEN", "")

SETTINGS: dict[str, Any] = {
    "ALLOWED_HOSTS": ["*"],
    "DEBUG": False,
    "FILE_UPLOAD_MAX_MEMORY_SIZE": 100_000,
    "INSTALLED_APPS": ["lading.django", "django.contrib.staticfiles"],
    "LADING": {"MEDIA_MAX_SIZE": 2_000_000, "MEDIA_SERVE": True},
    "LOGGING_CONFIG": None,
    "MEDIA_ROOT": os.environ.get("SERVED_ROOT", ""),
    "MEDIA_URL": "/media/",
    "MIDDLEWARE": ["lading.django.middleware.LadingMiddleware"],
    "ROOT_URLCONF": "serve.uploads_app",
    "SECRET_KEY": "of tests",
    "STATIC_URL": "/static/",
    "STORAGES": {
        "default": {"BACKEND": "lading.django.storage.MediaStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


def view(request: HttpRequest) -> HttpResponse:
    response = upload(request)
    response["Content-Length"] = str(len(response.content))
    return response


def upload(request: HttpRequest) -> HttpResponse:
    """Store the file of a form, or say what is wrong with it."""
    if request.method != "POST":
        return HttpResponse("ready", headers={"X-Token": _TOKEN})
    from lading.django.validators import UploadValidator

    class Form(forms.Form):
        file = forms.FileField(validators=[UploadValidator()])

    form = Form(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    file = form.cleaned_data["file"]
    return HttpResponse(default_storage.save(file.name, file))


urlpatterns = [re_path("", view)]

if _TOKEN:  # a server of its own
    settings.configure(**SETTINGS)
    django.setup()
    wsgi = get_wsgi_application()
    asgi = get_asgi_application()
