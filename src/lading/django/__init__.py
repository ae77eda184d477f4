"""Lading in a Django project: only translates between Django and the core."""
