"""The site's addresses: the register, its API and the admin."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from register.api import ShipViewSet

router = DefaultRouter()
router.register("ships", ShipViewSet)

urlpatterns = [
    path("", include("register.urls")),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
