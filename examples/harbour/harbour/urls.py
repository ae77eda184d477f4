"""The site's addresses: the register, its API and the admin."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from register.api import ShipViewSet
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.register("ships", ShipViewSet)


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for the icon of pages that name none, such as the admin's."""
    return redirect(static("img/favicon.svg"))


urlpatterns = [
    path("favicon.ico", favicon),
    path("", include("register.urls")),
    path("crew/", include("crew.urls")),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
