"""``lading.themes.pictures``: two PNG images -> how many pixels differ."""

from __future__ import annotations

import io

from PIL import Image

from lading.themes.pictures import different_pixels


def png(size: tuple[int, int], *dots: tuple[int, int]) -> bytes:
    image = Image.new("RGB", size, "white")
    for dot in dots:
        image.putpixel(dot, (255, 255, 254))
    stream = io.BytesIO()
    image.save(stream, "png")
    return stream.getvalue()


def test_different_pixels():
    assert different_pixels(png((4, 3)), png((4, 3))) == 0
    assert different_pixels(png((4, 3)), png((4, 3), (0, 0), (3, 2))) == 2
    assert different_pixels(png((4, 3)), png((4, 4))) == 16
