"""Tags in templates -> HTML elements."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template import engines as template_engines
from django.test import RequestFactory
from hashed_project import HashedProject, development, outside_of_tests, storage
from small_project import JINJA

FILES = {
    "static/css/app.css": "a{background:url(../img/logo.png)}",
    "static/img/logo.png": "logo",
    "static/font/inter.woff2": "font",
    "static/js/app.js": 'import "./leaf.js";\nimport data from "./data.json" with {type: "json"};\n',
    "static/js/leaf.js": "export {};\n",
    "static/js/data.json": "{}",
    "static/js/alone.js": "1",
    "static/js/later.js": 'import("./leaf.js");',
    "static/js/own.mjs": "export {};",
    "static/lib/lodash.js": 'import "./inner.js";',
    "static/lib/inner.js": "1",
    "static/film.mp4": "film",
    "static/film.vtt": "subtitles",
}
IMPORT_MAP = {"module_imports": "importmap"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[HashedProject]:
    project = HashedProject(tmp_path)
    project.write(FILES)
    project.collect()
    with outside_of_tests():
        yield project


def render(source: str, **context: Any) -> str:
    return Template("{% load lading %}" + source).render(Context(context))


def sri(project: HashedProject, path: str) -> str:
    content = project.published()[path].encode()
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def served(project: HashedProject, path: str) -> tuple[str, str]:
    """The URL and the integrity metadata of a logical path."""
    published = project.manifest()["paths"][path]
    return f"/static/{published}", sri(project, published)


def test_elements(project: HashedProject) -> None:
    css, css_sri = served(project, "css/app.css")
    js, js_sri = served(project, "js/app.js")
    with project.settings():
        assert render('{% integrity "css/app.css" %}') == css_sri
        assert (
            render('{% stylesheet "css/app.css" %}')
            == f'<link rel="stylesheet" href="{css}" integrity="{css_sri}">'
        )
        assert (
            render('{% script "js/app.js" %}')
            == f'<script src="{js}" integrity="{js_sri}"></script>'
        )
        assert (
            render('{% module "js/app.js" %}')
            == f'<script src="{js}" type="module" integrity="{js_sri}"></script>'
        )


@pytest.mark.parametrize(
    ("path", "attributes"),
    [
        ("css/app.css", ' as="style" integrity="SRI"'),
        ("js/app.js", ' as="script" integrity="SRI"'),
        ("img/logo.png", ' as="image" type="image/png"'),
        ("font/inter.woff2", ' as="font" type="font/woff2" crossorigin="anonymous"'),
        ("js/data.json", ' as="fetch" type="application/json" crossorigin="anonymous"'),
        ("film.vtt", ' as="track" type="text/vtt"'),
    ],
)
def test_preload(project: HashedProject, path: str, attributes: str) -> None:
    url, metadata = served(project, path)
    with project.settings():
        told = render("{% preload path %}", path=path)
    assert told == f'<link rel="preload" href="{url}"{attributes}>'.replace("SRI", metadata)


def test_preload_of_modules(project: HashedProject) -> None:
    url, metadata = served(project, "js/own.mjs")
    with project.settings():
        expected = f'<link rel="modulepreload" href="{url}" integrity="{metadata}">'
        assert render('{% preload "js/own.mjs" %}') == expected
        assert 'rel="modulepreload"' in render('{% preload "js/app.js" rel="modulepreload" %}')


def test_what_cannot_be_preloaded(project: HashedProject) -> None:
    with project.settings(), pytest.raises(ValueError, match="cannot be preloaded"):
        render('{% preload "film.mp4" %}')
    with project.settings():
        assert 'as="fetch"' in render('{% preload "film.mp4" as="fetch" %}')


def test_further_attributes(project: HashedProject) -> None:
    with project.settings():
        told = render(
            '{% script "js/app.js" defer=True async=no id=x data_theme="a\\"b" class_="c" %}',
            no=False,
            x="<y>",
        )
        assert told.endswith(
            ' defer id="&lt;y&gt;" data-theme="a&quot;b" class="c"'
            f' integrity="{served(project, "js/app.js")[1]}"></script>'
        )
        assert "async" not in told
        assert "integrity" not in render('{% script "js/app.js" integrity=False %}')
        assert 'integrity="x"' in render('{% script "js/app.js" integrity="x" %}')


def test_another_host_is_asked_by_cors(project: HashedProject) -> None:
    with project.settings(STATIC_URL="https://cdn.example/s/"):
        told = render('{% stylesheet "css/app.css" %}')
        assert 'href="https://cdn.example/s/css/app.' in told
        assert told.endswith(' crossorigin="anonymous">')
        told = render('{% script "js/app.js" crossorigin="use-credentials" %}')
        assert told.count("crossorigin") == told.count('crossorigin="use-credentials"') == 1
        assert "crossorigin" not in render('{% script "js/app.js" integrity=False %}')
        assert "crossorigin" not in render('{% preload "img/logo.png" %}')


def test_unknown_paths_are_errors_in_production(project: HashedProject) -> None:
    with project.settings():
        for tag in ("integrity", "stylesheet", "script", "module", "preload", "importmap"):
            with pytest.raises(ValueError, match=r"Did you mean 'css/app\.css'"):
                render(f'{{% {tag} "css/ap.css" %}}')


def test_development(project: HashedProject) -> None:
    project.write({"static/css/app.css": "changed"})
    with project.settings(options={"imports": {"lodash": "lib/lodash.js"}}), development():
        told = render('{% stylesheet "css/app.css" %}')
        digest = base64.b64encode(hashlib.sha256(b"changed").digest()).decode()
        assert told == (
            f'<link rel="stylesheet" href="/static/css/app.css" integrity="sha256-{digest}">'
        )
        assert render('{% script "no.js" %}') == '<script src="/static/no.js"></script>'
        assert render("{% importmap %}") == (
            '<script type="importmap">{"imports":{"lodash":"/static/lib/lodash.js"}}</script>'
        )


def test_another_storage_has_urls_alone(project: HashedProject) -> None:
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    with project.settings(backend=backend):
        css = project.manifest()["paths"]["css/app.css"]
        assert render('{% stylesheet "css/app.css" %}') == (
            f'<link rel="stylesheet" href="/static/{css}">'
        )
        assert render('{% integrity "css/app.css" %}') == ""
        assert render("{% importmap %}") == '<script type="importmap">{"imports": {}}</script>'


def test_tags_take_a_path(project: HashedProject) -> None:
    with project.settings():
        for tag in ("integrity", "stylesheet", "script", "module", "preload"):
            with pytest.raises(TemplateSyntaxError):
                render(f"{{% {tag} %}}")


# Nonces


def test_a_nonce_in_the_context(project: HashedProject) -> None:
    with project.settings():
        for tag in (
            'stylesheet "css/app.css"',
            'script "js/app.js"',
            'module "js/app.js"',
            'preload "js/app.js"',
            'preload "css/app.css"',
            "importmap",
        ):
            assert ' nonce="a&quot;b"' in render(f"{{% {tag} %}}", csp_nonce='a"b')
        assert "nonce" not in render('{% preload "img/logo.png" %}', csp_nonce="n")
        assert "nonce" not in render('{% script "js/app.js" nonce=False %}', csp_nonce="n")
        assert 'nonce="mine"' in render('{% script "js/app.js" nonce="mine" %}', csp_nonce="n")


def test_a_nonce_of_django_csp(project: HashedProject) -> None:
    request = RequestFactory().get("/")
    request.csp_nonce = "of-django-csp"
    with project.settings():
        assert ' nonce="of-django-csp"' in render('{% script "js/app.js" %}', request=request)
        del request.csp_nonce
        assert "nonce" not in render('{% script "js/app.js" %}', request=request)


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Django has a CSP middleware since 6.0")
def test_the_nonce_of_djangos_middleware(project: HashedProject) -> None:
    from django.http import HttpResponse
    from django.middleware.csp import ContentSecurityPolicyMiddleware
    from django.utils.csp import CSP

    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"context_processors": []},
    }

    def view(request: Any) -> HttpResponse:
        source = "{% load lading %}{% script 'js/app.js' %}{% importmap %}"
        template = template_engines["django"].from_string(source)
        return HttpResponse(template.render({}, request))

    for processors in (["csp"], ["request"]):
        names = [f"django.template.context_processors.{name}" for name in processors]
        engine["OPTIONS"] = {"context_processors": names}
        policy = {"script-src": [CSP.SELF, CSP.NONCE]}
        with project.settings(TEMPLATES=[engine], SECURE_CSP=policy):
            response = ContentSecurityPolicyMiddleware(view)(RequestFactory().get("/"))
            nonce = response["Content-Security-Policy"].partition("nonce-")[2].rstrip("'")
            assert nonce
            assert response.content.decode().count(f' nonce="{nonce}"') == 2


# Import maps


def import_map(*patterns: str) -> dict[str, dict[str, str]]:
    listed = " ".join(f'"{pattern}"' for pattern in patterns)
    told = render(f"{{% importmap {listed} %}}")
    return json.loads(told.removeprefix('<script type="importmap">').removesuffix("</script>"))


def modules(project: HashedProject, *paths: str) -> dict[str, str]:
    return {f"/static/{path}": served(project, path)[0] for path in paths}


def test_the_map_has_all_modules(project: HashedProject) -> None:
    project.collect(options=IMPORT_MAP)
    paths = (
        "js/app.js", "js/leaf.js", "js/data.json", "js/later.js", "lib/lodash.js", "lib/inner.js"
    )  # fmt: skip
    with project.settings(options=IMPORT_MAP):
        document = import_map()
    assert document["imports"] == modules(project, *paths)
    assert document["integrity"] == dict(served(project, path) for path in paths)


def test_the_map_of_some_and_what_they_import(project: HashedProject) -> None:
    project.collect(options=IMPORT_MAP)
    with project.settings(options=IMPORT_MAP):
        assert import_map("js/later.js")["imports"] == modules(project, "js/later.js", "js/leaf.js")
        assert import_map("lib/lo*", "js/alone.js")["imports"] == modules(
            project, "lib/lodash.js", "lib/inner.js", "js/alone.js"
        )
        assert import_map("no/such/*") == {"imports": {}}


def test_names_of_its_own(project: HashedProject) -> None:
    options = {
        **IMPORT_MAP,
        "imports": {
            "lodash": "lib/lodash.js",
            "app/": "js/",
            "react": "https://esm.example/react.js",
        },
    }
    project.collect(options=options)
    with project.settings(options=options):
        imports = import_map("js/alone.js")["imports"]
    hashed = modules(project, *project.manifest()["paths"])
    assert imports == {
        **modules(project, "js/alone.js", "lib/lodash.js", "lib/inner.js"),
        "lodash": hashed["/static/lib/lodash.js"],
        "app/": "/static/js/",
        **{
            f"app/{name}": hashed[f"/static/js/{name}"]
            for name in ("app.js", "leaf.js", "alone.js", "later.js", "own.mjs")
        },
        "react": "https://esm.example/react.js",
    }


def test_a_leaf_renames_nobody_with_a_map(project: HashedProject) -> None:
    project.collect(options=IMPORT_MAP)
    before = project.manifest()["paths"]
    published = project.published()
    assert published[before["js/app.js"]] == FILES["static/js/app.js"]
    with project.settings(options=IMPORT_MAP):
        old = import_map("js/app.js")["imports"]
        project.write({"static/js/leaf.js": "export const changed = true;"})
        project.collect(options=IMPORT_MAP)
        after = project.manifest()["paths"]
        assert {path for path in after if after[path] != before[path]} == {"js/leaf.js"}
        with project.settings(options=IMPORT_MAP):  # as a new process
            new = import_map("js/app.js")["imports"]
    assert {key for key in new if new[key] != old[key]} == {"/static/js/leaf.js"}


def test_no_name_ends_the_script(project: HashedProject) -> None:
    name = "</script><script>alert(1)&"
    with project.settings(options={"imports": {name: "lib/lodash.js"}}):
        told = render("{% importmap %}")
        body = told.removeprefix('<script type="importmap">').removesuffix("</script>")
        assert "<" not in body
        assert "&" not in body
        assert json.loads(body)["imports"][name] == served(project, "lib/lodash.js")[0]


def test_the_map_is_made_once_for_each_manifest(
    project: HashedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with project.settings():
        kind = storage().__class__  # not type(): Django hands out a lazy proxy
        integrity = kind.integrity

        def count_integrity(used: Any, path: str) -> str:
            asked.append(path)
            return integrity(used, path)

        monkeypatch.setattr(kind, "integrity", count_integrity)
        first = import_map()
        count = len(asked)
        assert count
        assert import_map() == first
        assert len(asked) == count


# Jinja


def test_jinja(project: HashedProject) -> None:
    engine = {
        "BACKEND": JINJA,
        "DIRS": [],
        "OPTIONS": {
            "extensions": ["lading.django.jinja.LadingExtension"],
            "autoescape": True,
        },
    }
    css, css_sri = served(project, "css/app.css")
    js, js_sri = served(project, "js/app.js")
    with project.settings(TEMPLATES=[engine]):

        def jinja(source: str, **context: Any) -> str:
            return template_engines["jinja2"].from_string(source).render(context)

        assert jinja('{{ static("css/app.css") }}') == css
        assert jinja('{{ integrity("css/app.css") }}') == css_sri
        assert (
            jinja('{{ stylesheet("css/app.css", media="print") }}')
            == f'<link rel="stylesheet" href="{css}" media="print" integrity="{css_sri}">'
        )
        assert (
            jinja('{{ module("js/app.js") }}', csp_nonce="n")
            == f'<script src="{js}" type="module" integrity="{js_sri}" nonce="n"></script>'
        )
        assert "<script src=" in jinja('{{ script("js/app.js", defer=True) }}')
        assert 'as="image"' in jinja('{{ preload("img/logo.png") }}')
        told = jinja('{{ importmap("js/app.js") }}', csp_nonce="n")
        assert told.startswith('<script type="importmap" nonce="n">{"imports":{"/static/js/app.js"')
