"""What forms are told of files of which nothing was kept."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from upload_forms import BerthForm, sent

from lading.django.middleware import LadingMiddleware
from lading.django.upload_handlers import LadingUploadHandler

TOO_LARGE = "The file is too large: 1.953 KB, at most 1000 bytes are taken."


class PlainForm(forms.Form):
    """A form without a model, and without a validator."""

    paper = forms.FileField()


def request(method: str = "POST", size: int = 2000) -> Any:
    """A request with a file, after the middleware."""
    body = encode_multipart(BOUNDARY, {"paper": sent("a.txt", b"x" * size)})
    made = RequestFactory().generic(method, "/", body, content_type=MULTIPART_CONTENT)
    with override_settings(LADING={"MEDIA_MAX_SIZE": 1000}, STATIC_URL="/static/"):
        LadingMiddleware(lambda request: HttpResponse())(made)
    return made


@pytest.mark.parametrize("form", [PlainForm, BerthForm])
def test_every_form_says_that_a_file_is_too_large(form: type[forms.BaseForm]) -> None:
    made = request()
    assert form(made.POST, made.FILES).errors == {"paper": [TOO_LARGE]}
    made = request(size=1000)
    assert form(made.POST, made.FILES).is_valid()


def test_who_reads_it_without_a_form_is_told() -> None:
    file = request().FILES["paper"]
    assert file.name == "a.txt"
    with pytest.raises(ValidationError, match="too large"):
        file.read()
    with pytest.raises(ValidationError, match="too large"):
        list(file.chunks())
    file.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_other_frameworks_take_files_by_other_methods(method: str) -> None:
    """Django REST framework parses PUT and PATCH with the handlers of Django's request."""
    assert isinstance(request(method).upload_handlers[0], LadingUploadHandler)
