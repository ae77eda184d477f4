"""Writes the Django projects that the contenders run: one folder for each, the same sources in all."""

from __future__ import annotations

import os
import pprint
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import scratch
from bench.environment import CHECKOUT, Environment
from bench.trees import CACHE, Tree

# What the apps of the trees need around them to be importable; none of these has static files.
COMPANIONS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "taggit",
    "modelcluster",
    "wagtail",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.users",
)


@dataclass(frozen=True)
class Variant:
    """One way to collect and serve: a static storage and the apps and middleware that belong to it.

    `wrappers` is code by interface (`wsgi`, `asgi`) that serves `root` before the Django `application`.
    """

    name: str
    title: str
    backend: str
    options: Mapping[str, object] = field(default_factory=dict)
    apps: tuple[str, ...] = ()
    middleware: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    wrappers: Mapping[str, str] = field(default_factory=dict)


_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_LADING = "lading.django.storage.StaticStorage"

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("django-plain", "Django", _PLAIN),
        Variant(
            "constant",
            "Constant responses",
            _PLAIN,
            middleware=("bench.constants_django.middleware",),
        ),
        Variant("django-manifest", "Django, manifest (lenient)", "bench.lenient.DjangoManifest"),
        Variant(
            "enhanced",
            "django-manifeststaticfiles-enhanced",
            "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage",
            {"manifest_strict": False, "ignore_errors": ["*:*"]},
            apps=("django_manifeststaticfiles_enhanced",),
        ),
        Variant(
            "enhanced-js",
            "django-manifeststaticfiles-enhanced, JS modules too",
            "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage",
            {
                "manifest_strict": False,
                "ignore_errors": ["*:*"],
                "support_js_module_import_aggregation": True,
            },
            apps=("django_manifeststaticfiles_enhanced",),
        ),
        Variant(
            "whitenoise",
            "WhiteNoise (lenient)",
            "bench.lenient.WhiteNoise",
            middleware=("whitenoise.middleware.WhiteNoiseMiddleware",),
            extra={"WHITENOISE_MANIFEST_STRICT": False},
            wrappers={
                "wsgi": "from whitenoise import WhiteNoise\n"
                "application = WhiteNoise(application, root=root, prefix='static/')\n"
            },
        ),
        Variant(
            "servestatic",
            "ServeStatic (lenient)",
            "bench.lenient.ServeStatic",
            apps=("servestatic",),
            middleware=("servestatic.middleware.ServeStaticMiddleware",),
            extra={"SERVESTATIC_MANIFEST_STRICT": False},
            wrappers={
                "wsgi": "from servestatic import ServeStatic\n"
                "application = ServeStatic(application, root=root, prefix='static/')\n",
                "asgi": "from servestatic import ServeStaticASGI\n"
                "application = ServeStaticASGI(application, root=root, prefix='static/')\n",
            },
        ),
        Variant("lading-plain", "Lading", _PLAIN, apps=("lading.django",)),
        Variant(
            "lading-manifest",
            "Lading, manifest",
            _LADING,
            {"encodings": []},
            apps=("lading.django",),
            middleware=("lading.django.middleware.LadingMiddleware",),
        ),
        Variant(
            "lading-packing",
            "Lading, manifest and packing",
            _LADING,
            apps=("lading.django",),
            middleware=("lading.django.middleware.LadingMiddleware",),
            wrappers={
                interface: "from lading.django import serving\n"
                f"application = serving.{interface}(application)\n"
                for interface in ("wsgi", "asgi")
            },
        ),
    )
}


@dataclass(frozen=True)
class Sources:
    """What is collected: (prefix, folder) for STATICFILES_DIRS, and installed apps with static
    files.
    """

    dirs: tuple[tuple[str, Path], ...]
    apps: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    @classmethod
    def of_trees(cls, trees: Iterable[Tree]) -> Sources:
        """npm packages below `npm/NAME`, Django apps by INSTALLED_APPS."""
        trees = tuple(trees)
        return cls(
            tuple((f"npm/{tree.name}", tree.folder) for tree in trees if tree.kind == "npm"),
            tuple(app for tree in trees for app in tree.apps),
            tuple(folder for tree in trees if tree.kind == "pypi" for folder in tree.sources),
        )

    @property
    def copies(self) -> tuple[tuple[str, Path], ...]:
        """(target folder relative to the root, source folder) for the floor's plain copy."""
        return (*self.dirs, *(("", folder) for folder in self.folders))


@dataclass(frozen=True)
class Project:
    """A generated project: its folder, what it collects, and how its commands are called."""

    folder: Path
    variant: Variant
    sources: Sources

    @property
    def static_root(self) -> Path:
        return self.folder / "static"

    @property
    def site_css(self) -> Path:
        """The project's own stylesheet, which the "one file changed" measurements change."""
        return self.folder / "site" / "css" / "site.css"

    @property
    def cache(self) -> Path:
        """Lading's build cache of this project alone, so that a cold run is cold."""
        return self.folder / "cache"

    @property
    def environment(self) -> dict[str, str]:
        """The process environment of this project's commands: nothing of the caller's but PATH,
        HOME and the like.
        """
        kept = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR")
            if name in os.environ
        }
        return kept | {"DJANGO_SETTINGS_MODULE": "settings", "LADING_CACHE": str(self.cache)}

    def collectstatic(self, environment: Environment, *options: str) -> list[str]:
        """The command line of an unattended `collectstatic`."""
        return [environment.python, "manage.py", "collectstatic", "--noinput", *options]

    def clear(self) -> None:
        """Remove what earlier runs published and cached; the sources stay."""
        scratch.discard(self.static_root)
        scratch.discard(self.cache)


def projects_root() -> Path:
    return CACHE / "projects"


def write(variant: Variant, sources: Sources, *, suffix: str = "") -> Project:
    """Write the project's files anew (settings, manage.py, entry points, its own stylesheet)."""
    project = Project(projects_root() / (variant.name + suffix), variant, sources)
    project.site_css.parent.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "settings.py": settings(project),
        "manage.py": MANAGE,
        "urls.py": URLS,
        "wsgi.py": WSGI,
        "asgi.py": ASGI,
        "settings_bare.py": "from settings import *\n\nMIDDLEWARE = []\n",
        **{f"wrapped_{kind}.py": wrapped(kind, code) for kind, code in variant.wrappers.items()},
    }.items():
        (project.folder / name).write_text(text, "utf-8")
    project.site_css.write_text(stylesheet(), "utf-8")
    return project


def stylesheet(rules: int = 400) -> str:
    """A stylesheet of the project's own, as long as real ones are; the same text on every machine."""
    return "".join(
        f".block-{n} > .item-{n % 7}:hover {{ margin: {n % 9}px {n % 5}em; "
        f"color: #{n * 2654435761 % 0xFFFFFF:06x}; }}\n"
        for n in range(rules)
    )


def settings(project: Project) -> str:
    """The text of the project's settings module."""
    dirs = [
        (prefix, str(folder)) if prefix else str(folder) for prefix, folder in project.sources.dirs
    ]
    apps = [*project.variant.apps, *project.sources.apps]
    apps += [app for app in (COMPANIONS if project.sources.apps else ()) if app not in apps]
    values: dict[str, object] = {
        "SECRET_KEY": "benchmark",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"],
        "USE_TZ": True,
        "ROOT_URLCONF": "urls",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "INSTALLED_APPS": [*apps, "django.contrib.staticfiles"],
        "MIDDLEWARE": list(project.variant.middleware),
        "TEMPLATES": [
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(project.static_root),
        "STATICFILES_DIRS": [*dirs, str(project.folder / "site")],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": project.variant.backend,
                "OPTIONS": dict(project.variant.options),
            },
        },
        "MEDIA_ROOT": str(project.folder / "media"),
        "WAGTAIL_SITE_NAME": "Benchmark",
        "WAGTAILADMIN_BASE_URL": "http://localhost",
        **project.variant.extra,
    }
    lines = [f"{name} = {pprint.pformat(value, width=100)}" for name, value in values.items()]
    # bench.lenient is imported by dotted path from the checkout.
    return f"import sys\n\nsys.path.append({str(CHECKOUT)!r})\n\n" + "\n".join(lines) + "\n"


# Says what a run took without `django.setup()`, which takes longer than an unchanged run itself.
MANAGE = """\
import sys
import time

import django
from django.core.management import execute_from_command_line

django.setup()
started = time.perf_counter()
execute_from_command_line(sys.argv)
print(f"after set-up: {time.perf_counter() - started:.4f} s")
"""

URLS = """\
from django.http import HttpResponse
from django.urls import path


def constant(request):
    return HttpResponse(b"constant", content_type="text/plain")


urlpatterns = [path("constant", constant)]
"""

WSGI = """\
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""

ASGI = """\
from django.core.asgi import get_asgi_application

application = get_asgi_application()
"""


def wrapped(interface: str, code: str) -> str:
    """A module with Django's application behind what `code` puts before it, without any middleware."""
    return f"""\
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "settings_bare"
from django.conf import settings
from django.core.{interface} import get_{interface}_application

application = get_{interface}_application()
root = settings.STATIC_ROOT
{code}"""
