"""The Python files of an imported theme: views, routes, and the lines to add to the project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from lading.themes.naming import Page

ROOT_FILES = frozenset(
    {
        "ads.txt",
        "apple-touch-icon-precomposed.png",
        "apple-touch-icon.png",
        "browserconfig.xml",
        "crossdomain.xml",
        "favicon.ico",
        "humans.txt",
        "robots.txt",
        "security.txt",
        "sitemap.xml",
    }
)
"""Files that browsers and crawlers ask for at the top of a site, whatever its pages say."""

# Scripts that a browser does not follow a redirect for (Service Workers §"Update").
_WORKER = re.compile(r"(?:.*[/-])?(?:sw|service-?worker)[\w.-]*\.js", re.IGNORECASE)

_VIEWS = '''\
"""The views of the pages of {app}."""

{imports}
'''
_THEME_FILE = '''

def theme_file(request, name):
    """What is asked for beside the pages: favicon.ico and the like, and what scripts name."""
    return redirect(static({prefix} + name))
'''
_SERVICE_WORKER = '''

def service_worker(request, name):
    """A script that the browser must get at its own path, without a redirect."""
    file = finders.find({prefix} + name)
    return FileResponse(open(file, "rb"), content_type="text/javascript")
'''
_VIEW = """

def {view}(request):
    return render(request, {template})
"""
_URLS = '''\
"""The pages of {app}; in the project's urlpatterns: ``path("", include("{module}.urls"))``."""

from django.urls import path

from . import views

app_name = "{app}"

urlpatterns = [
{routes}]
'''
_SETTINGS = """\
# settings.py
INSTALLED_APPS = [
    ...,
    "{module}",
]

# urls.py
from django.urls import include, path

urlpatterns = [
    ...,
    path("", include("{module}.urls")),
]"""
_BROKEN = """

# settings.py: the theme's own style sheets and scripts name files that it does not have
# (references: {broken}; listed above). With hashed names, collectstatic stops at them: mend
# them, or have Lading take them as those of a package, which are warnings (Django's own
# ManifestStaticFilesStorage has no such setting):
LADING = {{"SOURCES": [{{"name": "{module}", "owner": "vendor"}}]}}"""


def root_files(assets: Iterable[str]) -> list[str]:
    """Those of a theme's files that are asked for at the top of a site."""
    return [path for path in assets if path in ROOT_FILES]


def views(module: str, pages: Iterable[Page], prefix: str, files: Sequence[str]) -> bytes:
    """``views.py``: a function for each page, whose template lies below ``prefix`` (ending in a slash), and
    one for ``files`` that are asked for beside the pages, if there are any.
    """
    workers = [file for file in files if _WORKER.fullmatch(file)]
    others = len(files) > len(workers)
    imports = [
        "from django.contrib.staticfiles import finders" * bool(workers),
        "from django.http import FileResponse" * bool(workers),
        f"from django.shortcuts import {'redirect, ' * others}render",
        "from django.templatetags.static import static" * others,
    ]
    parts = [_VIEWS.format(app=module.rpartition(".")[2], imports="\n".join(filter(None, imports)))]
    parts += (_VIEW.format(view=page.view, template=_literal(prefix + page.path)) for page in pages)
    if others:
        parts.append(_THEME_FILE.format(prefix=_literal(prefix)))
    if workers:
        parts.append(_SERVICE_WORKER.format(prefix=_literal(prefix)))
    return "".join(parts).encode()


def urls(module: str, pages: Sequence[Page], files: Sequence[str]) -> bytes:
    """``urls.py``: the first route of each page has its name; the others show it, too."""
    routes: list[str] = []
    for page in pages:
        first, *others = page.routes
        name = _literal(page.name)
        routes.append(f"    path({_literal(first)}, views.{page.view}, name={name}),\n")
        routes += (f"    path({_literal(route)}, views.{page.view}),\n" for route in others)
    for file in files:
        route = _literal(file)
        view = "service_worker" if _WORKER.fullmatch(file) else "theme_file"
        routes.append(f'    path({route}, views.{view}, {{"name": {route}}}),\n')
    app = module.rpartition(".")[2]
    return _URLS.format(module=module, app=app, routes="".join(routes)).encode()


def _literal(text: str) -> str:
    """A string of Python, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def settings(module: str, broken: int) -> str:
    """What to add to the project, to be printed; ``broken`` is the number of references in the theme's own
    style sheets and scripts that name no file.
    """
    return _SETTINGS.format(module=module) + (
        _BROKEN.format(module=module, broken=broken) if broken else ""
    )
