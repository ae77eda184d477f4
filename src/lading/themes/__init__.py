"""Themes: folders of HTML pages with their files, as the templates and static files of a Django app."""
