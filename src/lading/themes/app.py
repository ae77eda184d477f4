"""The Python files of an imported theme: views, routes, and the lines to add to the project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lading.themes.naming import Page

_VIEWS = '''\
"""The views of the pages of {app}."""

from django.shortcuts import render
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


def views(module: str, pages: Iterable[Page], templates: str) -> bytes:
    """``views.py``: a function for each page; ``templates`` is the folder of theirs, ending in a slash."""
    functions = (
        _VIEW.format(view=page.view, template=_literal(templates + page.path)) for page in pages
    )
    return "".join([_VIEWS.format(app=module.rpartition(".")[2]), *functions]).encode()


def urls(module: str, pages: Sequence[Page]) -> bytes:
    """``urls.py``: the first route of each page has its name; the others show it, too."""
    routes: list[str] = []
    for page in pages:
        first, *others = page.routes
        name = _literal(page.name)
        routes.append(f"    path({_literal(first)}, views.{page.view}, name={name}),\n")
        routes += (f"    path({_literal(route)}, views.{page.view}),\n" for route in others)
    app = module.rpartition(".")[2]
    return _URLS.format(module=module, app=app, routes="".join(routes)).encode()


def _literal(text: str) -> str:
    """A string of Python, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def settings(module: str) -> str:
    """What to add to the project, to be printed."""
    return f"""\
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
