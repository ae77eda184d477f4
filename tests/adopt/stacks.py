"""Projects as people have them: Django's own template, changed as each tool's guide says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.core.management import call_command

from sites_of_folders import write

ASSETS: Mapping[str, str | bytes] = {
    "assets/css/base.css": "body { background: url(../img/logo.svg) }\n" * 30,
    "assets/css/app.css": '@import "base.css";\n.a { src: url("../font/inter.woff2?#iefix") }\n'
    * 30,
    "assets/js/leaf.js": "export const leaf = 1;\n" * 60,
    "assets/js/main.js": 'import { leaf } from "./leaf.js";\nconsole.log(leaf);\n',
    "assets/js/classic.js": "window.classic = true;\n" * 60,
    "assets/img/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>\n' * 30,
    "assets/img/dot.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "assets/font/inter.woff2": b"wOF2" + bytes(range(256)) * 8,
    "assets/data/map.json": '{"a": 1}\n',
    "assets/robots.txt": "User-agent: *\n",
    "assets/empty.txt": "",
}

REQUIREMENTS = "Django>=5.2\ngunicorn\n"

MANIFEST = {
    "whitenoise": "whitenoise.storage.CompressedManifestStaticFilesStorage",
    "servestatic": "servestatic.storage.CompressedManifestStaticFilesStorage",
    "enhanced": "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage",
    "django": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
}


def storages(backend: str, options: str = "") -> str:
    """The setting ``STORAGES`` as guides write it."""
    return f"""\
STORAGES = {{
    "default": {{
        "BACKEND": "django.core.files.storage.FileSystemStorage",
    }},
    "staticfiles": {{
        "BACKEND": "{backend}",{options}
    }},
}}
"""


def startproject(
    folder: Path,
    *,
    app: str = "",
    middleware: str = "",
    more: str = "",
    requirements: str = "",
    admin: bool = False,
) -> None:
    """``startproject mysite`` with assets, ready for production; ``more`` stands at the end of its settings,
    ``app`` before Django's own, ``middleware`` behind Django's for security.
    """
    folder.mkdir(exist_ok=True)
    call_command("startproject", "mysite", str(folder), verbosity=0)
    changes = {
        "DEBUG = True": "DEBUG = False",
        "ALLOWED_HOSTS = []": 'ALLOWED_HOSTS = ["*"]',
        "STATIC_URL = 'static/'": (
            "STATIC_URL = '/static/'\nSTATIC_ROOT = BASE_DIR / 'staticfiles'\n"
            "STATICFILES_DIRS = [BASE_DIR / 'assets']"
        ),
    }
    if app:
        changes["    'django.contrib.staticfiles',\n"] = (
            f"    '{app}',\n    'django.contrib.staticfiles',\n"
        )
    if middleware:
        security = "    'django.middleware.security.SecurityMiddleware',\n"
        changes[security] = f"{security}    '{middleware}',\n"
    if not admin:  # its files are many, and compressing them takes long
        changes["    'django.contrib.admin',\n"] = ""
        edit(folder / "mysite/urls.py", {"    path('admin/', admin.site.urls),\n": ""})
    edit(folder / "mysite/settings.py", changes)
    with open(folder / "mysite/settings.py", "a", encoding="utf-8") as file:
        file.write(f"\n{more}")
    write(folder, {**ASSETS, "requirements.txt": REQUIREMENTS + requirements})


def edit(file: Path, changes: Mapping[str, str]) -> None:
    """Replace texts in a file, each of which must be there."""
    text = file.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
