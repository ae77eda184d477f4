"""Files whose last row is deleted, or gets another file, go with it: the setting ``MEDIA_CLEANUP``.

Signals tell which names a row lets go of; once the transaction is committed, and only then, those that no
row of any model refers to are moved to the trash or deleted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Any, cast

from django.apps import apps
from django.core.signals import setting_changed
from django.db import connections, models, transaction
from django.db.models.fields.files import FileField
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from lading.config import Config
from lading.django import conf
from lading.django.media_accounts import Ledgers, ledgers
from lading.errors import LadingError
from lading.media import trash
from lading.media.exclusions import is_kept

_LOG = logging.getLogger("lading.media")
_BEFORE = "_lading_files_before"
"""Where an instance keeps the names that its row held, from before it is saved or deleted until after."""

_NOT_LOADED = object()

Held = dict[str, str]
"""Names of files by the names of their fields."""


def connect() -> None:
    """Listen to the models that have file fields, and to their proxies. Other models keep Django's fast
    deletion, which goes without signals.
    """
    for model in apps.get_models(include_auto_created=True):
        if file_fields(model):
            connect_model(model)


def connect_model(model: type[models.Model]) -> None:
    """Listen to one model. May be called any number of times."""
    pre_save.connect(_remember, model, dispatch_uid="lading-media")
    post_save.connect(_saved, model, dispatch_uid="lading-media")
    pre_delete.connect(_about_to_go, model, dispatch_uid="lading-media")
    post_delete.connect(_deleted, model, dispatch_uid="lading-media")


def disconnect_model(model: type[models.Model]) -> None:
    """Listen no more."""
    for signal in (pre_save, post_save, pre_delete, post_delete):
        signal.disconnect(sender=model, dispatch_uid="lading-media")


def file_fields(model: type[models.Model]) -> list[FileField]:
    """A model's file fields, with those of the models that it inherits from."""
    return [f for f in model._meta.concrete_fields if isinstance(f, FileField)]


# What a row held


def _remember(
    sender: type[models.Model],
    instance: Any,
    raw: bool,
    using: str,
    update_fields: Iterable[str] | None,
    **_: Any,
) -> None:
    """Before a row is saved: ask the database for the names that it holds now, since the instance may know
    others by now.
    """
    if raw or instance.pk is None or _is_new(instance):
        return
    fields = [
        f.name for f in file_fields(sender) if update_fields is None or f.name in update_fields
    ]
    if fields:
        setattr(instance, _BEFORE, _held(sender, instance.pk, using, fields))


def _is_new(instance: Any) -> bool:
    """Whether saving will insert a row without looking for one (``Model._save_table``)."""
    key = instance._meta.pk
    return instance._state.adding and (key.has_default() or key.has_db_default())  # noqa: SLF001


def _held(model: type[models.Model], key: Any, using: str, fields: list[str]) -> Held:
    rows = cast("Any", models.QuerySet)(model=model, using=using).filter(pk=key)
    row = cast("Mapping[str, Any]", rows.values(*fields).first() or {})
    return {name: str(value) for name, value in row.items() if value}


def _saved(sender: type[models.Model], instance: Any, using: str, **_: Any) -> None:
    before = cast("Held", instance.__dict__.pop(_BEFORE, {}))
    for name, file in before.items():
        if str(getattr(instance, name) or "") != file:
            _let_go(sender, name, file, using)


def _about_to_go(sender: type[models.Model], instance: Any, using: str, **_: Any) -> None:
    """Before a row is deleted: what the instance knows is what the row holds, unless it is not loaded or is
    an upload that was never saved.
    """
    known: Held = {}
    asked: list[str] = []
    for each in file_fields(sender):
        value = instance.__dict__.get(each.name, _NOT_LOADED)
        if isinstance(value, str | None) or getattr(value, "_committed", False):
            known[each.name] = str(value or "")
        else:
            asked.append(each.name)
    if asked:
        known.update(_held(sender, instance.pk, using, asked))
    setattr(instance, _BEFORE, known)


def _deleted(sender: type[models.Model], instance: Any, using: str, **_: Any) -> None:
    for name, file in cast("Held", instance.__dict__.pop(_BEFORE, {})).items():
        if file:
            _let_go(sender, name, file, using)


# What becomes of it


@dataclass(slots=True)
class Batch:
    """The names that one transaction lets go of, with their fields. Django calls it on commit."""

    names: set[tuple[type[models.Model], str, str]] = field(
        default_factory=set[tuple[type[models.Model], str, str]]
    )

    def __call__(self) -> None:
        try:
            clean(self.names)
        except LadingError as error:
            # The row is gone in any case; `lading media check` finds what stays behind.
            _LOG.error("Files without a row stay where they are: %s", error)


def _let_go(model: type[models.Model], name: str, file: str, using: str) -> None:
    """Note a name; what a transaction lets go of is looked at together, with one query for each column."""
    connection = connections[using]
    pending: list[Any] = connection.run_on_commit
    # Django forgets what was noted in a savepoint that is rolled back, so a batch is of one savepoint.
    if pending and isinstance(pending[-1][1], Batch):
        savepoints, batch, *_ = pending[-1]
        if savepoints == set(connection.savepoint_ids):
            batch.names.add((model, name, file))
            return
    transaction.on_commit(Batch({(model, name, file)}), using=using, robust=True)


def clean(names: Iterable[tuple[type[models.Model], str, str]]) -> None:
    """Remove those of the files, given by model, field and name, that no row refers to any more. Raises
    ``LadingError``.
    """
    config = conf.load()
    found = _ledgers()
    by_store: dict[int, set[str]] = {}
    shared = set[int]()
    kept = is_kept(config.media_exclude, [config.media_trash])
    for model, field_name, file in names:
        storage = cast("FileField", model._meta.get_field(field_name)).storage
        if (place := found.places.find(storage)) is not None:
            if getattr(getattr(storage, "options", None), "naming", "") == "content":
                shared.add(place[0])
            whole = found.stores[place[0]].canonical(file if file[:1] == "/" else place[1] + file)
            if whole is not None and not kept(whole):
                by_store.setdefault(place[0], set()).add(whole)
    for index, files in by_store.items():
        # A file that is named by its content may just have been found there by an upload whose row is not
        # committed yet. The upload has renewed the file's time, so that it stays, for `prune` at most.
        before = time.time() - config.media_grace if index in shared else inf
        _clean_store(found, index, sorted(files), config, before)


def _clean_store(
    found: Ledgers, index: int, files: list[str], config: Config, before: float
) -> None:
    """By way of the trash in any case: a row that is committed between two looks gets its file back."""
    store = found.stores[index]
    for start in range(0, len(files), trash.BATCH):
        folder = f"{config.media_trash}/{trash.new_run(datetime.now(UTC))}"
        batch = files[start : start + trash.BATCH]
        moved = trash.move(
            store, batch, folder, lambda names: found.referring(index, names), before
        )
        failed = dict(moved.failed)
        if config.media_cleanup == "delete":
            failed.update(store.remove({f"{folder}/{name}": "" for name in moved.names}))
            store.tidy(f"{folder}/")
        for name, reason in failed.items():
            _LOG.error("%s: %s stays, though no row refers to it: %s", store.label, name, reason)


_known: list[Ledgers] = []


def _ledgers() -> Ledgers:
    """Which tables there are does not change while a process runs, once all are there."""
    if _known:
        return _known[0]
    found = ledgers(conf.load())
    if not found.absent:
        _known.append(found)
    return found


def forget(**_: Any) -> None:
    """Look at models and storages anew."""
    _known.clear()


setting_changed.connect(forget, dispatch_uid="lading-media")
