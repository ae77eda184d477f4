"""Names of settings' values that several checks look for."""

from __future__ import annotations

from typing import Final

APPLICATION: Final = "lading.django"
MIDDLEWARE: Final = "lading.django.middleware.LadingMiddleware"
SECURITY: Final = "django.middleware.security.SecurityMiddleware"
