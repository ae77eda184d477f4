"""Serving published files: a table, one pure function that answers, and thin adapters for servers."""
