"""Checks of uploads as Django's validators, for forms and models with whatever storage."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.utils.deconstruct import deconstructible

from lading.django.media_content import readable
from lading.django.media_options import parse_checks
from lading.media import metadata
from lading.media.checks import MAX_PIXELS, Checks, RefusedError, check
from lading.media.parts import Readable
from lading.media.policy import extension
from lading.media.sniffing import HEAD, kinds, sniff

_ADMITTED: Final = "_lading_admitted"
_IMAGES: Final = frozenset({"tiff", "avif", "heif", "jxl", "jp2"})  # that cannot be cleaned


def refusal(error: RefusedError) -> ValidationError:
    """What forms understand."""
    return ValidationError(str(error), code=error.code)


def validate(checks: Checks, file: Any, name: str, *, strip_metadata: bool = False) -> None:
    """Raises ``ValidationError`` for an upload that is refused. ``file`` is Django's."""
    name = os.path.basename(name)
    try:
        check(checks, name, file, file.size)
        if strip_metadata:
            check_cleanable(file)
    except RefusedError as error:
        raise refusal(error) from error
    setattr(file, _ADMITTED, _key(file, checks, name))


def admit(checks: Checks, file: Any, name: str) -> None:
    """The same for what is about to be saved, if it was not validated before. Programs may save files that
    are empty, if a file of that type can be; and their names are repaired, not refused.
    """
    seen = getattr(file, _ADMITTED, None)
    if seen is not None and seen == _key(file, checks, name):
        return
    if file.size == 0 and not kinds(extension(name)):
        return
    try:
        check(replace(checks, names="repair"), os.path.basename(name), file, file.size)
    except RefusedError as error:
        raise refusal(error) from error


def check_cleanable(file: Readable) -> None:
    """Raises ``RefusedError`` for an image whose metadata cannot be taken out."""
    file.seek(0, 0)
    kind = sniff(file.read(HEAD))
    file.seek(0, 0)
    if kind in _IMAGES and not metadata.strippable(kind):
        raise RefusedError(
            f"Images of this kind ({kind.upper()}) are not taken, as the place where they were made cannot "
            "be taken out of them. Send it as JPEG, PNG or WebP.",
            "metadata",
        )


def _key(file: Any, checks: Checks, name: str) -> tuple[object, ...]:
    plain = (checks.max_size, checks.max_pixels, checks.allow, checks.content, checks.decode)
    return (*plain, extension(name), file.size)


@deconstructible
class UploadValidator:
    """A validator for ``FileField``s of models and forms, whatever storage they have:
    ``FileField(storage=S3Storage(), validators=[UploadValidator(allow=["pdf"], max_size=5_000_000)])``.

    The options are those of ``lading.media.checks.Checks``. Files that are stored already pass. Raises
    ``OptionsError`` for options that do not exist.
    """

    def __init__(
        self,
        *,
        max_size: int | None = None,
        max_pixels: int = MAX_PIXELS,
        allow: Any = (),
        content: bool = True,
        decode: bool = False,
        names: str = "refuse",
    ) -> None:
        options = {"max_size": max_size, "max_pixels": max_pixels, "allow": allow}
        options |= {"content": content, "decode": decode, "names": names}
        self.checks = parse_checks(options)

    def __call__(self, value: Any) -> None:
        if (new := uncommitted(value)) is not None:
            with readable(new) as file:
                validate(self.checks, file, str(value.name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UploadValidator) and self.checks == other.checks

    def __hash__(self) -> int:
        return hash(self.checks)


class StorageValidator:
    """Asks the storage of a field whether it would take an upload, if it is one that can be asked."""

    def __init__(self, field: Any) -> None:
        self._field = field

    def __call__(self, value: Any) -> None:
        ask = getattr(self._field.storage, "validate", None)
        if ask is not None and (new := uncommitted(value)) is not None:
            with readable(new) as file:
                ask(file, str(value.name))


def uncommitted(value: Any) -> Any:
    """The file of a form's or a model's value if it is new, ``None`` if it is stored already."""
    if isinstance(value, FieldFile):
        if not value or getattr(value, "_committed", True):
            return None
        value = value.file
    return value or None
