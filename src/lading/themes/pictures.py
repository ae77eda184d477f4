"""Comparing two pictures of pages, pixel by pixel."""

from __future__ import annotations

import io

from lading.errors import MissingExtraError


def different_pixels(one: bytes, other: bytes) -> int:
    """How many pixels of two PNG images differ; all of the larger one where their sizes do.

    Raises ``MissingExtraError`` without Pillow.
    """
    if one == other:
        return 0
    try:
        from PIL import Image, ImageChops
    except ImportError:
        raise MissingExtraError("pillow", "themes", "Comparing pictures") from None
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        if first.size != second.size:
            return max(first.width * first.height, second.width * second.height)
        difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
        red, green, blue = difference.split()
        largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        return first.width * first.height - largest.histogram()[0]
