"""Lading carries a web project's static and media files from source to server."""

__version__ = "0.1.0"
