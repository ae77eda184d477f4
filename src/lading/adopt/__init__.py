"""Switching a Django project to Lading from what serves its static files now, by reading its files alone."""
