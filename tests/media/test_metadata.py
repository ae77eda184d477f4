"""Images after their metadata is gone, as Pillow sees them."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageOps

from lading.media.checks import Checks, check
from lading.media.metadata import strippable, stripped
from lading.media.sniffing import sniff
from media import samples

SECRETS = (b"Telephone", b"Berlin", b"taken at home", b"xmpmeta")


def clean(content: bytes) -> bytes:
    file = io.BytesIO(content)
    pieces = stripped(file, sniff(content))
    made = b"".join(p if isinstance(p, bytes) else content[p[0] : p[1]] for p in pieces)
    check(Checks(decode=True), f"a.{sniff(content)}", io.BytesIO(made), len(made))
    return made


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_place_goes_and_the_picture_stays(kind: str, orientation: int):
    before = samples.photo(kind=kind, orientation=orientation)
    assert b"Telephone" in before
    after = clean(before)
    assert not [secret for secret in SECRETS if secret in after]
    exif = opened(after).getexif()
    assert dict(exif) == ({} if orientation == 1 else {samples.EXIF_ORIENTATION: orientation})
    assert not exif.get_ifd(samples.EXIF_GPS)
    shown = [ImageOps.exif_transpose(opened(content)).convert("RGB") for content in (before, after)]
    assert shown[0].size == shown[1].size
    assert ImageChops.difference(*shown).getbbox() is None


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animations_go_on_moving(kind: str):
    before = samples.animation(kind)
    if kind == "GIF":
        before = before[:-1] + b"!\xfe\x06Berlin\0" + before[-1:]
    after = clean(before)
    assert b"Berlin" not in after
    assert opened(after).n_frames == 3
    assert opened(after).info.get("loop") == opened(before).info.get("loop") == 0


def test_colour_profiles_stay():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        after = clean(samples.image(kind, icc_profile=profile))
        assert opened(after).info["icc_profile"] == profile


def test_what_stands_after_the_picture_goes():
    photo = samples.photo(orientation=1)
    assert clean(photo + b"\0\0\0\x18ftypmp42" + b"the film of a live photograph") == clean(photo)


def test_clean_images_stay_as_they_are():
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        content = samples.image(kind)
        assert clean(content) == content
        assert clean(clean(samples.photo())) == clean(samples.photo())


def test_what_cannot_be_cleaned():
    assert all(map(strippable, ("jpeg", "png", "gif", "webp", "bmp", "ico")))
    assert not any(map(strippable, ("heif", "avif", "tiff", "jxl", "jp2", "iso", "")))
