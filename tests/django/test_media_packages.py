"""Packages with file fields, thumbnails and versions of their own: what of theirs is no orphan.

Each is installed, makes its files, and then loses what nothing needs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

MODELS = """
import reversion
from django.core.files.storage import storages
from django.db import models
from easy_thumbnails.fields import ThumbnailerImageField
from pictures.models import PictureField
from stdimage import StdImageField


def elsewhere():
    return storages["elsewhere"]


class Easy(models.Model):
    near = ThumbnailerImageField(upload_to="easy")
    far = ThumbnailerImageField(
        upload_to="easy", storage=elsewhere, thumbnail_storage=storages["elsewhere"]
    )


class Varied(models.Model):
    image = StdImageField(upload_to="varied", variations={"small": (20, 20)})


class Pictured(models.Model):
    image = PictureField(upload_to="pictured", aspect_ratios=[None, "1/1"])


@reversion.register()
class Versioned(models.Model):
    file = models.FileField(upload_to="versioned")
"""

PROGRAM = """
import io, json, os, sys, warnings
import django
from django.conf import settings


def filer_storage(folder):
    location = os.path.join(os.getcwd(), "media", folder)
    options = {"location": location, "base_url": f"/{folder}/"}
    return {"ENGINE": "filer.storage.PrivateFileSystemStorage", "OPTIONS": options}


media = {"BACKEND": "lading.django.storage.MediaStorage"}
settings.configure(
    SECRET_KEY="s", MEDIA_ROOT="media", MEDIA_URL="media/", USE_TZ=True,
    INSTALLED_APPS=[
        "lading.django", "django.contrib.contenttypes", "django.contrib.auth",
        "django.contrib.sites", "polymorphic", "easy_thumbnails", "filer", "pictures", "stdimage",
        "reversion", "avatar", "sortedm2m", "photologue", "shop",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    STORAGES={
        "default": media,
        "elsewhere": {**media, "OPTIONS": {"location": "elsewhere", "base_url": "/elsewhere/"}},
        "staticfiles": {"BACKEND": "lading.django.storage.StaticStorage"},
    },
    LADING={"MEDIA_CLEANUP": "trash"}, SITE_ID=1,
    THUMBNAIL_ALIASES={"": {"small": {"size": (20, 20)}}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SILENCED_SYSTEM_CHECKS=["filer.W001"],
    # Private files among the others, as many have them.
    FILER_STORAGES={
        "private": {
            "main": filer_storage("private"),
            "thumbnails": filer_storage("small"),
        }
    },
    PICTURES={
        "BREAKPOINTS": {"l": 300}, "GRID_COLUMNS": 3, "CONTAINER_WIDTH": 300,
        "FILE_TYPES": ["WEBP"], "PIXEL_DENSITIES": [1], "USE_PLACEHOLDERS": False,
        "PROCESSOR": "pictures.tasks._process_picture",
    },
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    django.setup()
from django.core.files.base import ContentFile
from avatar.models import Avatar
from django.contrib.auth.models import User
from django.core.management import call_command
from filer.models import File, Image
from photologue.models import Photo, PhotoEffect, PhotoSize
from PIL import Image as Pillow
from reversion import create_revision
from shop.models import Easy, Pictured, Varied, Versioned


def picture(name):
    buffer = io.BytesIO()
    Pillow.effect_noise((300, 200), 60).convert("RGB").save(buffer, "JPEG")
    return ContentFile(buffer.getvalue(), name)


call_command("migrate", verbosity=0, run_syncdb=True)
easy = Easy()
easy.near.save("near.jpg", picture("x"), save=False)
easy.far.save("far.jpg", picture("x"))
easy.near["small"], easy.far["small"]
Varied().image.save("varied.jpg", picture("x"))
Pictured().image.save("pictured.jpg", picture("x"))
versioned = Versioned()
for name in ("first.txt", "zweitgrößte.txt", "third.txt"):
    with create_revision():
        versioned.file.save(name, ContentFile(name.encode()))
gone = Versioned()
with create_revision():
    gone.file.save("gone.txt", ContentFile(b"gone"))
gone.delete()
avatar = Avatar(user=User.objects.create(username="u"))
avatar.avatar.save("me.jpg", picture("x"))
avatar.create_thumbnail(30, 20)
PhotoEffect.objects.create(name="grey", color=0.0)
PhotoSize.objects.create(name="small", width=20, height=20, pre_cache=True)
Photo(title="p", slug="p").image.save("p.jpg", picture("x"))
for is_public in (True, False):
    image = Image(original_filename="i.jpg", is_public=is_public, file=picture("i.jpg"))
    image.save()
    image.thumbnails
    File.objects.create(
        original_filename="f.txt", is_public=is_public, file=ContentFile(b"x", "f.txt")
    )


def stored():
    found = []
    for root in ("media", "elsewhere"):
        for folder, _, names in os.walk(root):
            found += [os.path.join(folder, name) for name in names]
    return sorted(found)


def check():
    call_command("lading", "media", "check", "--json", "report.json", "--verbosity", "0")
    with open("report.json") as file:
        report = json.load(file)
    return [f"{item['storage']}/{item['name']}" for item in report["orphans"]]


def prune():
    call_command("lading", "media", "prune", "--older-than", "0s", "--force", "--verbosity", "0")
    return [name for name in stored() if ".lading-trash" not in name]


found = {"stored": stored(), "orphans": check(), "pruned": prune()}
Varied.objects.all().delete()
Pictured.objects.all().delete()
Photo.objects.update(image="")
found["without"] = prune()
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The files that there are, the orphans that ``check`` tells, what ``prune`` leaves, and what it leaves
    when some rows are gone.
    """
    project = tmp_path_factory.mktemp("packages")
    (project / "shop").mkdir()
    (project / "shop" / "__init__.py").write_text("")
    (project / "shop" / "models.py").write_text(MODELS)
    (project / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("package", "part", "number"),
    [
        ("easy-thumbnails", "media/easy/near.jpg", 2),
        ("easy-thumbnails in another storage", "elsewhere/easy/far.jpg", 2),
        ("django-stdimage", "media/varied/", 2),
        ("django-pictures", "media/pictured/", 6),
        ("django-reversion", "media/versioned/", 4),
        ("django-avatar", "media/avatars/1/me", 1),
        ("django-avatar, thumbnails", "media/avatars/1/resized/", 2),
        ("django-photologue", "media/photologue/photos/p", 1),
        ("django-photologue, thumbnails", "media/photologue/photos/cache/p_", 4),
        ("django-photologue, its tag", "media/photologue/photos/cache/CACHEDIR.TAG", 1),
        ("django-photologue, samples", "media/photologue/samples/", 1),
        ("django-filer", "media/filer_public/", 2),
        ("django-filer, private", "media/private/", 2),
        ("django-filer, thumbnails", "media/filer_public_thumbnails/", 3),
        ("django-filer, private thumbnails", "media/small/", 3),
    ],
)
def test_what_a_package_made_stays(found: dict[str, Any], package: str, part: str, number: int):
    made = [name for name in found["stored"] if name.startswith(part)]
    assert len(made) == number, found["stored"]
    assert [name for name in found["pruned"] if name.startswith(part)] == made


def test_nothing_is_an_orphan_and_nothing_is_missing(found: dict[str, Any]):
    assert found["orphans"] == []
    assert found["pruned"] == found["stored"]


def test_smaller_images_of_rows_that_are_gone_go(found: dict[str, Any]):
    gone = (
        "media/var",
        "media/pic",
        "media/photologue/photos/p",
        "media/photologue/photos/cache/p",
    )
    assert [name for name in found["without"] if name.startswith(gone)] == []
    assert (
        len(found["without"]) == len(found["stored"]) - 13
    )  # photologue has three sizes of its own
