"""Decoding images by Pillow, to find damage that only shows in the pixels."""

from __future__ import annotations

import warnings
from typing import Any, cast

from lading.errors import MissingExtraError
from lading.media.parts import DamagedError, Readable


def decode(file: Readable, kind: str) -> None:
    """Raises ``DamagedError`` for an image that cannot be decoded, ``MissingExtraError`` without Pillow.

    ``kind``: that of ``lading.media.sniffing.sniff``; those that Pillow does not know (HEIF and JPEG XL,
    without a plugin) pass. How large it may get must have been checked before.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise MissingExtraError("Pillow", "images", "Decoding uploaded images") from error
    if f".{kind}" not in Image.registered_extensions():
        return
    file.seek(0, 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(cast("Any", file)) as image:
                image.load()
    except UnidentifiedImageError as error:  # whose text is about an object in memory
        raise DamagedError("cannot be decoded") from error
    except Exception as error:  # Pillow's decoders raise nearly every built-in exception
        raise DamagedError(f"cannot be decoded ({error})") from error
