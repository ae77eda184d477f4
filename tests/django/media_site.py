"""A site with uploads: its URLs, and functions that say who may read them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, re_path, reverse

from lading.media.access import Grant

asked: list[tuple[str, str]] = []


def can_read(request: HttpRequest, name: str) -> Any:
    """Public: ``avatars/``; with the header X-User: everything; an answer of its own: ``members/``."""
    user = request.headers.get("X-User", "")
    asked.append((user, name))
    if name.startswith("avatars/"):
        return Grant(public=True)
    if name.startswith("members/") and not user:
        return HttpResponseRedirect(reverse("home"))
    if name.startswith("papers/") and user:
        return Grant(filename="Rechnung Größe.pdf", download=True)
    return bool(user)


async def can_read_soon(request: HttpRequest, name: str) -> Any:
    return can_read(request, name)


def nobody(request: HttpRequest, name: str) -> bool:
    return False


class Marking:
    """Middleware after Lading's, which private uploads must pass through."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        response["X-Passed"] = "yes"
        return response


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("the site's own refusal", status=403)


urlpatterns = [
    path("", lambda request: HttpResponse("home"), name="home"),
    path("media/reports/<path:name>", lambda request, name: HttpResponse(f"own view of {name}")),
    re_path(r"^(?!media/none).*z$", lambda request: HttpResponse("catch-all")),
]
