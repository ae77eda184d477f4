"""``lading.adopt.wrappers``: ``wsgi.py`` and ``asgi.py`` that wrap the application -> Lading's wrapper."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.switched import APPS, switched

SETTINGS = f"""\
import os
from pathlib import Path
{APPS}BASE_DIR = Path(__file__).resolve().parent.parent
STATIC_ROOT = os.path.join(BASE_DIR, "static_root")
"""
WSGI = "import os\nfrom django.core.wsgi import get_wsgi_application\n{}\n"
IMPORT = "from whitenoise import WhiteNoise\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "application = WhiteNoise(get_wsgi_application())",
            "application = wsgi(get_wsgi_application())",
        ),
        (
            "application = get_wsgi_application()\napplication = WhiteNoise(application)  # files",
            "application = get_wsgi_application()\napplication = wsgi(application)  # files",
        ),
        (
            "app = WhiteNoise(application=get_wsgi_application(), root=settings.STATIC_ROOT)",
            "app = wsgi(get_wsgi_application())",
        ),
        (
            (
                "HERE = os.path.dirname(__file__)\napp = WhiteNoise(get_wsgi_application(),\n"
                '    root=os.path.join(os.path.dirname(HERE), "static_root"), prefix="static")'
            ),
            "HERE = os.path.dirname(__file__)\napp = wsgi(get_wsgi_application())",
        ),
    ],
)
def test_the_application_is_wrapped_by_lading(tmp_path: Path, before: str, after: str):
    done = switched(
        tmp_path,
        {"site/settings.py": SETTINGS, "site/wsgi.py": WSGI.format(IMPORT + before)},
    )
    assert done.tasks == []
    new = f"from lading.django.serving import wsgi\n{after}"
    assert done.files["site/wsgi.py"] == WSGI.format(new)


def test_asgi(tmp_path: Path):
    text = (
        "from django.core.asgi import get_asgi_application\n"
        "from servestatic import ServeStaticASGI\n\n"
        "application = ServeStaticASGI(get_asgi_application())\n"
    )
    done = switched(tmp_path, {"site/settings.py": SETTINGS, "site/asgi.py": text})
    assert done.files["site/asgi.py"] == (
        "from django.core.asgi import get_asgi_application\n"
        "from lading.django.serving import asgi\n\n"
        "application = asgi(get_asgi_application())\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("application = WhiteNoise(get_wsgi_application(), root='/srv/files')", "/srv/files"),
        ("application = WhiteNoise(get_wsgi_application(), root=os.environ['R'])", "os.environ"),
        ("application = WhiteNoise(get_wsgi_application(), max_age=5)", "max_age"),
        ("application = WhiteNoise(get_wsgi_application())\napplication.add_files('x')", "folders"),
        ("application = make(WhiteNoise)", "of its own"),
        ("application = WhiteNoise()", "of its own"),
        ("class Ours(WhiteNoise): ...", "of its own"),
    ],
)
def test_what_serves_more_is_left_to_a_person(tmp_path: Path, text: str, reason: str):
    text = WSGI.format(IMPORT + text)
    done = switched(tmp_path, {"site/settings.py": SETTINGS, "site/wsgi.py": text})
    assert done.files["site/wsgi.py"] == text
    (task,) = done.switch.notes.tasks
    assert task.where == "site/wsgi.py:3"
    assert reason in task.what
    assert "application = wsgi(application)" in task.write


def test_an_application_that_is_not_djangos_is_left_to_a_person(tmp_path: Path):
    text = (
        f"import flask\n{IMPORT}app = flask.Flask('a')\napp.wsgi_app = WhiteNoise(app.wsgi_app)\n"
    )
    done = switched(tmp_path, {"site/settings.py": SETTINGS, "tool/app.py": text})
    assert done.files["tool/app.py"] == text
    assert [where for where, _ in done.tasks] == ["tool/app.py:2"]
