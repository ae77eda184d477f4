"""Explaining a file of a Django project: its uses in templates and code, who serves it, and uploads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.http.request import validate_host
from django.urls import get_script_prefix

from lading.catalog import Catalog
from lading.checking import Checked
from lading.config import Config
from lading.django import checks, conf, project, static_check, static_paths
from lading.explain import explaining
from lading.explain.explanation import Explanation
from lading.explain.referrers import Referrer
from lading.media.policy import response_headers
from lading.progress import Progress
from lading.serve.table import url_prefix

_IN_DEVELOPMENT = (".localhost", "127.0.0.1", "[::1]")  # Django's, for an empty ALLOWED_HOSTS
_OTHERS = ("whitenoise.", "servestatic.")


def explain(text: str, progress: Progress) -> Explanation:
    """Explain a URL, path or file of the project. Writes nothing. Raises ``LadingError``."""
    if (name := _upload(text)) is not None:
        return _explain_upload(text, name, conf.load())
    work = project.load()
    found, catalog = explaining.explain(
        text,
        work,
        progress,
        own_host=_is_own,
        mounted=get_script_prefix(),
        development=bool(settings.DEBUG),
    )
    if found.path:
        found.referrers[:0] = _uses(found.path, catalog, progress)
        if work.config.is_bucket and not settings.DEBUG:
            found.facts.append(("Served by", _server_of_bucket(work.config.target)))
        else:
            found.facts.append(("Served by", _server()))
            found.notes.extend(_misplaced())
    return found


def _is_own(host: str) -> bool:
    allowed: list[str] = list(settings.ALLOWED_HOSTS)
    if not allowed:
        if not settings.DEBUG:
            return True  # which ones are its own is not known
        allowed = list(_IN_DEVELOPMENT)
    return validate_host(f"[{host}]" if ":" in host else host, allowed)


# Uses in templates, code and form media


def _uses(path: str, catalog: Catalog, progress: Progress) -> list[Referrer]:
    uses = static_check.uses(Checked(catalog, []), progress)
    found = [Referrer(use.where, use.form) for use in uses if static_paths.names(use, path)]
    return list(dict.fromkeys(found))


# Who serves it


def _server() -> str:
    middleware: list[str] = list(settings.MIDDLEWARE)
    if settings.DEBUG:
        return "runserver or the middleware, from the sources: DEBUG is on"
    if checks.MIDDLEWARE in middleware:
        return f"LadingMiddleware, from {settings.STATIC_ROOT}"
    for name in middleware:
        if name.startswith(_OTHERS):
            return f"{name.rpartition('.')[2]}, from {settings.STATIC_ROOT}"
    host = urlsplit(str(settings.STATIC_URL)).netloc
    if host:
        return f"{host}, which has to have what is in {settings.STATIC_ROOT}"
    return f"a web server, if one has {settings.STATIC_ROOT} at {settings.STATIC_URL}"


def _server_of_bucket(target: str) -> str:
    host = urlsplit(str(settings.STATIC_URL)).netloc
    if host:
        return f"{host}, from the bucket {target!r}"
    return f"a web server or CDN, if one has the bucket {target!r} at {settings.STATIC_URL}"


def _misplaced() -> Iterator[str]:
    """What is wrong with the middleware that serves static files, if any should."""
    for message in checks.check_middleware_order(None):
        yield f"{message.msg} {message.hint}"
    names: list[str] = list(settings.MIDDLEWARE)
    others = any(name.startswith(_OTHERS) for name in names)
    if settings.DEBUG or others or checks.MIDDLEWARE in names:
        return
    if not urlsplit(str(settings.STATIC_URL)).netloc:
        yield (
            "No middleware serves static files. Unless a web server does, or the application is wrapped by "
            f"'lading.django.serving', it is a 404: put {checks.MIDDLEWARE!r} into MIDDLEWARE, after "
            "'django.middleware.security.SecurityMiddleware'."
        )


# Uploads


def _upload(text: str) -> str | None:
    """The name of an upload that a URL or file names, ``None`` if it names none."""
    if "\0" in text:
        return None
    url, prefix = str(settings.MEDIA_URL or ""), url_prefix(str(settings.MEDIA_URL or ""))
    try:
        asked, own = urlsplit(text.strip()), urlsplit(url)
        host = asked.hostname or ""
    except ValueError:
        return None
    path = unquote(asked.path)
    has_place = prefix != "/" or bool(own.netloc)
    if has_place and path.startswith(prefix) and asked.scheme in ("", "http", "https"):
        is_own = host == own.hostname if own.netloc else not host or _is_own(host)
        static = url_prefix(str(settings.STATIC_URL or ""))
        if is_own and not (len(static) > len(prefix) and path.startswith(static)):
            return path[len(prefix) :]
    if settings.MEDIA_ROOT:
        root = os.path.realpath(settings.MEDIA_ROOT) + os.sep
        file = os.path.realpath(text.strip())
        if file.startswith(root) and os.path.isfile(file):
            return file[len(root) :].replace(os.sep, "/")
    return None


def _explain_upload(text: str, name: str, config: Config) -> Explanation:
    storage: Storage = default_storage
    found = Explanation(text, path=name)
    found.facts.append(("Media", "an upload: collectstatic does not publish it"))
    found.facts.append(("Storage", storage.__class__.__qualname__))
    try:
        place = storage.path(name)
    except NotImplementedError:
        place = ""
    except Exception as error:  # a name that leads out of the storage
        found.problems.append(f"It cannot be an upload: {error}")
        return found
    if place:
        found.facts.append(("File", place))
    try:
        if not name or name.endswith("/") or os.path.isdir(place):
            found.problems.append("It is a folder; name one file.")
            return found
        if not storage.exists(name):
            where = f"at {place}" if place else "in that storage"
            found.problems.append(f"There is no such upload {where}.")
            return found
        found.facts.append(("Size", f"{storage.size(name):,} bytes"))
        found.url = storage.url(name)
    except Exception as error:  # whatever a storage over a network raises
        found.problems.append(f"The storage failed: {type(error).__name__}: {error}")
        return found
    if config.media_serve:
        found.headers = response_headers(
            config.media_policy, name, private=bool(config.media_access)
        )
    else:
        found.notes.append(
            "Lading does not serve uploads here (LADING['MEDIA_SERVE']): a web server has to, or they are "
            "a 404 in production."
        )
    return found
