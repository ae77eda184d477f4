"""Asks each file field's storage whether it takes an upload, before a form is valid."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.db.models import FileField

_GUARDED: Final = "_lading_guarded"


def guard_fields() -> None:
    """Give every ``FileField`` a validator that asks its storage, if that can be asked (``MediaStorage``).

    Nobody has to change a model for that, and migrations do not see it. May be called again, for models that
    came later.
    """
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, FileField) and not getattr(field, _GUARDED, False):
                _guard(field)


def _guard(field: Any) -> None:
    from lading.django.validators import StorageValidator

    # ``validators`` is computed once from the class's and the field's own, of which migrations are made.
    field.validators = [*field.validators, StorageValidator(field)]
    setattr(field, _GUARDED, True)
