"""URLs of the small projects: every path is the application's, and says so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

APPLICATION = b"the application"


def application(request: HttpRequest) -> HttpResponse:
    return HttpResponse(APPLICATION)


urlpatterns = [re_path("", application)]
