"""A Django site of one imported theme, in a process of its own: ``python -m lading.django.theme_preview``.

    theme_preview PARENT MODULE [ROOT]

``PARENT`` is the folder that the app ``MODULE`` is imported from. With ``ROOT``, its static files are first
collected there with hashed names. Prints the site's address and serves until standard input ends.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from lading.mediatypes import media_type

_URLS = "lading_theme_preview_urls"


def main(arguments: list[str]) -> None:
    parent, module, *rest = arguments
    root = rest[0] if rest else ""
    sys.path.insert(0, parent)
    _configure(module, root)
    with make_server("127.0.0.1", 0, _application(root), _Server, _Quiet) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        server.shutdown()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        pass


def _configure(module: str, root: str) -> None:
    """Settings as those of a new project, with this one app."""
    import types

    import django
    from django.conf import settings
    from django.urls import include, path

    storage: dict[str, Any] = {
        "BACKEND": "lading.django.storage.StaticStorage",
        # Packing changes nothing that can be seen, and takes most of the time.
        "OPTIONS": {"encodings": []},
    }
    if not root:
        storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        # What a theme lacks is told by the import; it must not keep the rest from being seen.
        LADING={"SEVERITIES": {"missing-reference": "warning", "outside-reference": "warning"}},
        DEBUG=False,
        INSTALLED_APPS=["lading.django", "django.contrib.staticfiles", module],
        ROOT_URLCONF=_URLS,
        SECRET_KEY=os.urandom(20).hex(),
        STATIC_ROOT=root or None,
        STATIC_URL="/static/",
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": storage,
        },
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        USE_TZ=True,
    )
    django.setup()
    urls: Any = types.ModuleType(_URLS)
    urls.urlpatterns = [path("", include(f"{module}.urls"))]
    sys.modules[_URLS] = urls


def _application(root: str) -> Any:
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    pages = get_wsgi_application()
    if not root:
        return _with_finders(pages)
    from lading.serve.loading import load
    from lading.serve.wsgi import LadingWSGI

    call_command("collectstatic", "--noinput", verbosity=0, stdout=sys.stderr)
    return LadingWSGI(pages, load(root, prefix="/static/"))


def _with_finders(pages: Any) -> Any:
    """The site, with static files from where the finders find them."""
    from django.contrib.staticfiles import finders

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        if not path.startswith("/static/"):
            return pages(environ, start_response)
        name = path.removeprefix("/static/")
        found = finders.find(name)
        if not isinstance(found, str) or not os.path.isfile(found):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        with open(found, "rb") as file:
            data = file.read()
        headers = [("Content-Type", media_type(name)), ("Content-Length", str(len(data)))]
        start_response("200 OK", headers)
        return [data]

    return application


if __name__ == "__main__":
    main(sys.argv[1:])
