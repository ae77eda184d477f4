"""Files of earlier versions of rows, which ``django-reversion`` keeps as serialized text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django.apps import apps
from django.core import serializers
from django.core.files.storage import Storage
from django.db.models import Q

from lading.django.media_fields import Holder, Table, databases, mentioning


def versions(columns: Iterable[Holder], among: Sequence[str] = ()) -> Iterator[tuple[Storage, str]]:
    """The names in all versions of the models that have these columns; those that are not ``among`` some may
    be left out. A version that cannot be read cannot be restored either.
    """
    if not apps.is_installed("reversion"):
        return
    by_model: dict[str, list[Holder]] = {}
    for column in columns:
        by_model.setdefault(column.model._meta.label_lower, []).append(column)
    wanted = _mentioning(among)
    model: Any = apps.get_model("reversion", "Version")
    for alias in databases(model):
        table = Table(model, alias, ())
        for label, found in by_model.items():
            app, name = label.split(".")
            rows = table.rows().filter(
                wanted, content_type__app_label=app, content_type__model=name
            )
            for _, kind, text in table.pages(rows, "format", "serialized_data"):
                yield from _names(_values(kind, text), found)


def _mentioning(names: Sequence[str]) -> Q:
    """What is true of all versions that may hold one of the names. How old ones write letters beyond ASCII is
    not known, nor how other formats write anything.
    """
    if not all(name.isascii() for name in names):
        return Q()
    found = mentioning("serialized_data", [json.dumps(name)[1:-1] for name in names])
    return found | ~Q(format="json") if found else found


def _names(values: dict[str, Any], columns: Iterable[Holder]) -> Iterator[tuple[Storage, str]]:
    for column in columns:
        name = values.get(column.field)
        if isinstance(name, str) and name:
            yield column.storage, name


def _values(kind: str, text: str) -> dict[str, Any]:
    """The values of a version by their fields, nothing for a version that cannot be read."""
    try:
        if kind == "json":
            (version,) = json.loads(text)
            return cast("dict[str, Any]", version["fields"])
        (version,) = serializers.deserialize(kind, text, ignorenonexistent=True)
        return {name: str(value) for name, value in vars(version.object).items()}
    except Exception:  # of another time's models, or of a format that is installed no more
        return {}
