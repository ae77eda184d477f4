"""Lading's storages for ``STORAGES``."""

from __future__ import annotations

from django.contrib.staticfiles.storage import StaticFilesStorage


class StaticStorage(StaticFilesStorage):
    """Static files in a folder, under their plain names."""
