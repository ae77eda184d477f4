"""The storage of uploads on this machine's disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from typing import Any, Final, cast

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.files.utils import validate_file_name
from django.utils.crypto import get_random_string
from django.utils.deconstruct import deconstructible

from lading.django.media_content import cut, measured, readable
from lading.django.media_options import parse
from lading.django.validators import admit, check_cleanable, refusal, validate
from lading.media import metadata, naming
from lading.media.checks import RefusedError
from lading.media.parts import DamagedError
from lading.media.policy import extension
from lading.media.sharding import sharded
from lading.media.sniffing import HEAD, sniff
from lading.media.writing import Chooser, Modes, adopt, make_directory, write_new

_DIGITS: Final = 40  # hex digits of SHA-256 in names: 160 bits
_TOKEN: Final = 7  # random characters in a name beside another, as Django has them


class _KnownError(Exception):
    """The content is stored already, at ``path``."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


@deconstructible(path="lading.django.storage.MediaStorage")
class MediaStorage(FileSystemStorage):
    """Uploads below ``MEDIA_ROOT``, each whole or not there, none ever over another, none that is not what
    its name says. Options beside Django's: see ``lading.django.media_options``. Raises ``OptionsError``.

    What is refused raises Django's ``ValidationError``, in forms before anything is stored.
    """

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
        **options: Any,
    ) -> None:
        self.options = parse(options)
        super().__init__(location, base_url, file_permissions_mode, directory_permissions_mode)

    # Names

    def get_valid_name(self, name: str) -> str:
        """A safe name made of one that a stranger chose."""
        return naming.safe_name(str(name))

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """As Django's, and never longer than file systems can keep."""
        return naming.alternative(file_root + file_ext, get_random_string(_TOKEN))

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """As Django's; where files are named by content, only whether that name will fit."""
        if self.options.naming == "original":
            return super().get_available_name(name, max_length)
        path = self._name_by_content(name, "0" * _DIGITS)
        if max_length is not None and len(path) > max_length:
            raise SuspiciousFileOperation(
                f"A name made of a file's content, like {path!r}, is longer than the {max_length} characters "
                "that the field's max_length allows."
            )
        return name

    # Saving

    def validate(self, file: Any, name: str) -> None:
        """Raises ``ValidationError`` for an upload that this storage would not take, or not under the name
        it was sent with. Each ``FileField`` asks this before a form is valid.
        """
        validate(self.options.checks, file, name, strip_metadata=self.options.strip_metadata)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """As Django's. Raises ``ValidationError`` for what is refused."""
        wanted = str(content.name if name is None else name).replace("\\", "/")
        validate_file_name(wanted, allow_relative_path=True)
        folder, slash, base = wanted.rpartition("/")
        if naming.problem(base) or naming.active_part(base):
            wanted = folder + slash + naming.safe_name(base)
        if self.options.naming == "original":
            wanted = sharded(wanted, self.options.shards)
        wanted = self.get_available_name(wanted, max_length)
        validate_file_name(wanted, allow_relative_path=True)
        return self._write(wanted, content, max_length)

    def _save(self, name: str, content: Any) -> str:
        """For those who call it without ``save``."""
        return self._write(name, content, None)

    def _write(self, name: str, content: Any, max_length: int | None) -> str:
        modes = Modes(self.file_permissions_mode, self.directory_permissions_mode)
        path = self.path(name)
        try:
            with readable(content, name, self.options.checks.max_size) as file:
                admit(self.options.checks, file, name)
                make_directory(os.path.dirname(path), modes)
                path = self._place(path, file, modes, max_length)
        except RefusedError as error:
            raise refusal(error) from error
        except _KnownError as known:
            path = known.path
        else:
            cast("Any", self)._ensure_location_group_id(path)  # noqa: SLF001 - as Django's does
        return path[len(str(self.location)) :].replace("\\", "/").lstrip("/")

    def _place(self, path: str, file: File[Any], modes: Modes, max_length: int | None) -> str:
        """Store a file, at ``path`` or beside it; its path. Raises ``_KnownError`` if its content is there
        already.
        """
        if max_length is not None:
            max_length += len(str(self.location)) + 1
        by_content, fsync = self.options.naming == "content", self.options.fsync
        pieces = self._pieces(file)
        temporary = getattr(file, "temporary_file_path", None)
        if temporary is not None and pieces is None:
            file.flush()
            digest = _digest_of(file) if by_content else None
            choose = self._chooser(path, digest, modes, max_length)
            adopted = adopt(temporary(), choose, fsync=fsync, modes=modes)
            if adopted is not None:
                return adopted
        digest = hashlib.sha256() if by_content else None
        chunks = file.chunks() if pieces is None else cut(file, pieces)
        return write_new(
            measured(chunks, self.options.checks.max_size, digest),
            os.path.dirname(path),
            self._chooser(path, digest, modes, max_length),
            fsync=fsync,
            modes=modes,
        )

    def _pieces(self, file: Any) -> list[metadata.Piece] | None:
        """What is stored instead of an image with metadata, ``None``: the file as it is."""
        if not self.options.strip_metadata:
            return None
        check_cleanable(file)
        kind = sniff(file.read(HEAD))
        if not metadata.strippable(kind):
            return None
        try:
            return metadata.stripped(file, kind)
        except DamagedError as error:
            raise RefusedError(f"The file is damaged: it {error}.", "damaged") from error

    # Choosing names

    def _chooser(self, path: str, digest: Any, modes: Modes, max_length: int | None) -> Chooser:
        if digest is None:
            return _alternatives(path, max_length).__next__
        return lambda: self._path_by_content(path, digest.hexdigest(), modes)

    def _path_by_content(self, path: str, digits: str, modes: Modes) -> str:
        path = self._name_by_content(path.replace(os.sep, "/"), digits)
        with contextlib.suppress(FileNotFoundError):
            # Whoever prunes counts from this time how long nobody has referred to the file.
            os.utime(path)
            raise _KnownError(path)
        make_directory(os.path.dirname(path), modes)
        return path

    def _name_by_content(self, name: str, digits: str) -> str:
        folder, slash, base = name.rpartition("/")
        digits = digits[:_DIGITS]
        ending = extension(naming.safe_name(base))
        name = f"{folder}{slash}{digits}{f'.{ending}' if ending else ''}"
        return sharded(name, self.options.shards, digits)

    # Serving

    def url(self, name: str | None) -> str:
        """As Django's; with the option ``signed`` a link that expires (see ``lading.django.links``)."""
        address = super().url(name)
        if not self.options.signed:
            return address
        from lading.django.links import signed_url

        return signed_url(address)


def _alternatives(path: str, max_length: int | None) -> Iterator[str]:
    """The path, and others beside it that are no longer than ``max_length``."""
    name = path.replace(os.sep, "/")
    yield name
    stem = name
    if max_length is not None:
        try:
            stem = naming.shortened(name, min(len(name), max_length - _TOKEN - 1))
        except ValueError as error:
            raise SuspiciousFileOperation(f"No other name is free: {error}.") from error
    while True:
        yield naming.alternative(stem, get_random_string(_TOKEN))


def _digest_of(file: File[Any]) -> Any:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest
