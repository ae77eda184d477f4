"""Run in a project: collect, then print every static URL and what it answers, as JSON.

    python probe.py SETTINGS [WSGI_MODULE [URL...]]

Without a WSGI module a web server serves STATIC_ROOT, so the file that lies there is the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import os
import sys
from wsgiref.util import setup_testing_defaults

sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: E402
from django.core.management import call_command  # noqa: E402


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def ask(application, url: str, encoding: str) -> tuple[str, str, bytes]:
    """Status, media type and decoded body. A parameter means the same in quotation marks (RFC 9110
    §5.6.6).
    """
    environ = {"PATH_INFO": url, "HTTP_ACCEPT_ENCODING": encoding}
    setup_testing_defaults(environ)
    said = {}

    def start_response(status, headers, exc_info=None):
        said.update({name.lower(): value for name, value in headers}, status=status)

    answer = application(environ, start_response)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if said.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if not said["status"].startswith("200"):
        return said["status"], "", b""  # the page that says so is each tool's own
    return said["status"], said.get("content-type", "").replace('"', ""), body


def served(application, url: str) -> list[str]:
    status, media_type, body = ask(application, url, "identity")
    packed_status, packed_type, packed_body = ask(application, url, "gzip")
    assert (status, media_type, body) == (packed_status, packed_type, packed_body), url
    return [status, media_type, digest(body)]


def on_disk(url: str) -> list[str]:
    file = os.path.join(settings.STATIC_ROOT, url.removeprefix(settings.STATIC_URL))
    if not os.path.isfile(file):
        return ["404 Not Found", "", ""]
    with open(file, "rb") as stream:
        return ["200 OK", "", digest(stream.read())]


call_command("collectstatic", "--noinput", verbosity=0, stdout=io.StringIO())
listed = (pair for finder in get_finders() for pair in finder.list(["CVS", ".*", "*~"]))
paths = sorted({os.path.join(getattr(of, "prefix", None) or "", path) for path, of in listed})
urls = {path: staticfiles_storage.url(path) for path in paths}
plain = {path: f"{settings.STATIC_URL}{path}" for path in paths}
if len(sys.argv) > 2:
    application = importlib.import_module(sys.argv[2]).application
    asked = {*urls.values(), *plain.values(), *sys.argv[3:]}
    answers = {url: served(application, url) for url in asked}
else:
    answers = {url: on_disk(url) for url in {*urls.values(), *plain.values()}}
json.dump({"urls": urls, "answers": answers}, sys.stdout)
