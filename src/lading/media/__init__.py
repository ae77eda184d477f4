"""Uploads: names, checks, how they are served and who may read them."""
