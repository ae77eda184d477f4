"""The table of requests by Django's test client."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from django.test import Client, override_settings
from hashed_project import outside_of_tests

from serve.checking import Answer, problems
from serve.django_app import SETTINGS
from serve.rows import Row
from serve.test_django import SERVED, publish_with_earlier
from serve.test_respond import validators

# What Python's client of Django cannot send as it is written: it decodes and encodes the path itself.
_OF_THE_WIRE: Final = re.compile(
    r"no UTF-8|overlong|a thousand headers|in Latin-1|sends Date|case-sensitive|two headers|a line break"
)


def client_answer(row: Row) -> Answer:
    """What Django's test client says."""
    headers = dict(row.request_headers(validators))
    extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    path, _, query = row.target.partition("?")
    response = Client().generic(row.method, path, QUERY_STRING=query, **extra)
    body = b"".join(response) if response.streaming else response.content
    response.close()
    pairs = tuple((name.lower(), value) for name, value in response.items())
    return Answer(response.status_code, pairs, body)


def test_the_table_by_the_test_client(tmp_path: Path) -> None:
    rows = [row for row in SERVED if not _OF_THE_WIRE.search(row.name)]
    assert len(rows) > 250
    values = {**SETTINGS, "STATIC_ROOT": str(publish_with_earlier(tmp_path))}
    del values["INSTALLED_APPS"]
    wrong: dict[str, list[str]] = {}
    with override_settings(**values), outside_of_tests():
        for row in rows:
            if found := problems(row, client_answer(row), validators, ("client", "django")):
                wrong[str(row)] = found
    assert not wrong, "\n".join(f"{row}: {found}" for row, found in wrong.items())
