"""What happens to uploads while they arrive: too large ones are not kept, cut off ones are not taken."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from lading.django import conf
from lading.django.validators import refusal
from lading.media.checks import Checks, RefusedError, check_size


def guard_uploads(request: HttpRequest) -> None:
    """Put ``LadingUploadHandler`` before the upload handlers of a request, unless it is among them."""
    handlers = request.upload_handlers
    if not any(isinstance(handler, LadingUploadHandler) for handler in handlers):
        handlers.insert(0, LadingUploadHandler(request))


class LadingUploadHandler(FileUploadHandler):
    """Stands first in ``FILE_UPLOAD_HANDLERS``; ``LadingMiddleware`` puts it there by itself.

    Of a file of more than ``LADING["MEDIA_MAX_SIZE"]`` bytes nothing more is kept, and its field says why. A
    request that is shorter than it declared is answered with 400: Django would take the files and fields
    that had arrived when the connection was cut for the whole form.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._largest = conf.load().media_max_size
        self._size = 0
        self._source: Any = None

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        """Remember where the request is read from."""
        self._source = getattr(input_data, "_stream", None)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count anew."""
        super().new_file(*args, **kwargs)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what is within the limit."""
        self._size += len(raw_data)
        return None if self._is_too_large() else raw_data

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """A file that says why it was refused, or nothing: then the next handlers have the file."""
        if not self._is_too_large():
            return None
        for handler in self.request.upload_handlers if self.request else ():
            if (begun := getattr(handler, "file", None)) is not None:
                begun.close()
        try:
            check_size(Checks(max_size=self._largest), self._size)
        except RefusedError as error:
            kept: Any = _Refused(error)
            file = UploadedFile(kept, self.file_name)
            del file.size  # it is asked of the content then
            return file
        return None

    def upload_complete(self) -> None:
        """Raises ``MultiPartParserError`` if the request ended before all that it declared had arrived."""
        declared: int | None = getattr(self._source, "limit", None)
        arrived: int | None = getattr(self._source, "_pos", None)
        if declared is not None and arrived is not None and arrived < declared:
            raise MultiPartParserError(
                f"The upload was cut off: {arrived} of {declared} bytes arrived. Nothing of it is kept."
            )

    def _is_too_large(self) -> bool:
        return self._largest is not None and self._size > self._largest


class _Refused:
    """The content of a file of which nothing was kept. Fields of every kind of form ask for its size, and are
    told why; so is whoever reads it.
    """

    closed = False

    def __init__(self, error: RefusedError) -> None:
        self._error = error

    @property
    def size(self) -> int:
        """Raises ``ValidationError``."""
        raise refusal(self._error)

    def read(self, size: int = -1) -> bytes:
        """Raises ``ValidationError``."""
        raise refusal(self._error)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Raises ``ValidationError``."""
        raise refusal(self._error)

    def close(self) -> None:
        """There is nothing to close."""
