"""A one-page Django site with hashed names: `collectstatic`, and a server that prints its address.

Run by `test_hashed_names.py`. Environment: FOLDER (its files), OPTIONS (of the storage, as JSON), STATIC_URL.
What was asked for is written to FOLDER/requests.txt, one path a line.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.shortcuts import render
from django.urls import path
from django.views.static import serve as static_file

FOLDER = os.environ["FOLDER"]
STATIC_URL = os.environ.get("STATIC_URL", "/static/")


class Policy:
    """Middleware: a Content Security Policy that runs no script without a nonce."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.csp_nonce = secrets.token_urlsafe(16)
        response = self.get_response(request)
        nonce, files = f"'nonce-{request.csp_nonce}'", f"'self' {_origin(STATIC_URL)}"
        response["Content-Security-Policy"] = (
            # What a style sheet imports has no nonce.
            f"default-src {files}; script-src {nonce}; style-src {files} {nonce}; base-uri 'none'; "
            f"worker-src 'self'"
        )
        return response


def _origin(url):
    return url.removesuffix("/static/")


def page(request):
    return render(request, "page.html")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def serve():
    from lading.serve.loading import load
    from lading.serve.wsgi import LadingWSGI

    pages = get_wsgi_application()
    table = load(settings.STATIC_ROOT, prefix="/static/")
    # `serve raw` sends what lies there, whatever was published.
    answer = pages if "raw" in sys.argv else LadingWSGI(pages, table)

    def application(environ, start_response):
        with open(os.path.join(FOLDER, "requests.txt"), "a") as file:
            file.write(f"{environ['PATH_INFO']}\n")
        return answer(environ, start_response)

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


def raw(request, name):
    return static_file(request, name, document_root=settings.STATIC_ROOT)


urlpatterns = [path("", page), path("static/<path:name>", raw)]

if __name__ == "__main__":
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["lading.django", "django.contrib.staticfiles"],
        MIDDLEWARE=["__main__.Policy"],
        ROOT_URLCONF="__main__",
        SECRET_KEY="of a test",
        STATIC_ROOT=os.path.join(FOLDER, "out"),
        STATIC_URL=STATIC_URL,
        STATICFILES_DIRS=[os.path.join(FOLDER, "static")],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "lading.django.storage.StaticStorage",
                "OPTIONS": json.loads(os.environ["OPTIONS"]),
            },
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [os.path.join(FOLDER, "templates")],
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
    )
    if sys.argv[1] == "serve":
        serve()
    else:
        execute_from_command_line(sys.argv)
