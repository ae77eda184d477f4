"""Settings of the same project in development: ``SERVED_ROOT`` is a folder of sources."""

from __future__ import annotations

from .django_app import ROOT, SETTINGS

globals().update(SETTINGS, DEBUG=True, STATICFILES_DIRS=[ROOT], STATIC_ROOT=None)
