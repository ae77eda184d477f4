"""A Django site that serves the uploads in ``MEDIA``: by Django's own view, by Lading's middleware, or by
Lading's view behind an access hook, as ``BY`` says.
"""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import re_path
from django.views.static import serve

BY = os.environ["BY"]
MEDIA = os.environ["MEDIA"]


def can_read(request: object, name: str) -> bool:
    return True


LADING = {
    "django": {},
    "lading": {"MEDIA_SERVE": True},
    "hook": {"MEDIA_SERVE": True, "MEDIA_ACCESS": "bench.media_site.can_read"},
}

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["lading.django", "django.contrib.staticfiles"],
    LADING=LADING[BY],
    LOGGING_CONFIG=None,
    MEDIA_ROOT=MEDIA,
    MEDIA_URL="/media/",
    MIDDLEWARE=[] if BY == "django" else ["lading.django.middleware.LadingMiddleware"],
    ROOT_URLCONF="bench.media_site",
    SECRET_KEY="of the benchmark",
    STATIC_URL="/static/",
)

urlpatterns = (
    [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": MEDIA})] if BY == "django" else []
)
application = get_wsgi_application()
