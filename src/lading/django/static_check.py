"""``collectstatic --check``: every static path that a Django project names, proved without publishing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from lading import bundles, checking
from lading.catalog import Catalog
from lading.checking import Checked
from lading.config import Config
from lading.django import importmap, media_check, python_check, template_check, templates
from lading.django.finders import sources
from lading.django.options import place
from lading.django.recording import recorded
from lading.django.static_paths import StaticPaths
from lading.django.storage import StaticStorage
from lading.django.templates import Template, unreadable
from lading.django.uses import Use, owner_of
from lading.errors import ConfigError
from lading.findings import Finding, Severity, grade
from lading.progress import Progress
from lading.siteroot import root_url

_LINE = re.compile(r".*?:\d+(?=:|$)")


def check(
    config: Config,
    progress: Progress,
    *,
    ignore: Iterable[str] = (),
    default_ignore: bool = True,
) -> Checked:
    """Check all references and all uses of static paths, as they would be with ``DEBUG = False``.

    Writes nothing, and needs nothing to be collected. Raises ``ConfigError``.
    """
    config = replace(config, static_url=_static_url())
    storage = _storage()
    if isinstance(storage, StaticStorage):
        config = storage.configure(config)
    found = sources(config, list(ignore), default_ignore=default_ignore)
    checked = checking.begin(found.all, config, progress)
    paths = StaticPaths(
        checked.catalog,
        config.static_url,
        is_strict=_is_strict(storage),
        plain=_plain_names(checked.catalog, config),
        folders=config.folders,
        labels={
            name for app in apps.get_app_configs() for name in (app.label, *app.name.split("."))
        },
    )
    _judge(checked, paths, uses(checked, progress))
    checked.findings = grade(checked.findings, config.severities, strict=config.strict)
    return checked


def uses(checked: Checked, progress: Progress) -> Iterator[Use]:
    """Every use of a static path in templates, Python code, form media and the import map's own names. What
    cannot be looked into is added to the findings. Raises ``ConfigError``.
    """
    # Texts as they are written; and modules that ask for URLs as they are imported get some, though
    # nothing may be collected.
    with translation.override(None), recorded():
        yield from _in_templates(checked, progress)
        yield from _in_python(checked)
        yield from _in_media(checked)
    yield from _in_imports()


def _judge(checked: Checked, paths: StaticPaths, found: Iterable[Use]) -> None:
    told = set[tuple[str, str]]()
    for use in found:
        checked.uses += 1
        checked.unchecked += use.path is None
        finding = paths.finding(use)
        if finding is None:
            continue
        line = _LINE.match(finding.where)
        place = (finding.path, line[0] if line else finding.where)
        if use.path is None or place not in told:  # once for a path in a line, however it was found
            told.add(place)
            checked.findings.append(finding)


def _in_templates(checked: Checked, progress: Progress) -> Iterator[Use]:
    found = templates.find()
    checked.findings.extend(found.findings)
    checked.places["templates"] = len(found.files)
    progress.begin("Reading templates", len(found.files))
    for file in sorted(found.files):
        yield from _in_template(found.files[file], checked.findings)
        progress.advance(1)


def _in_template(template: Template, findings: list[Finding]) -> list[Use]:
    """The uses as the first engine finds them that can compile the template."""
    problem: Exception | None = None
    source = ""
    try:
        source = template.text()
        for read in template.engines:
            try:
                return read(source, template.file)
            except Exception as error:  # whatever a tag raises
                problem = problem or error
    except (OSError, UnicodeDecodeError) as error:
        problem = error
    owner = owner_of(template.file)
    if problem is not None:
        findings.append(unreadable(template.file, owner, problem))
    # A package's template that does not compile is for a library that is not installed.
    is_used = template.is_django and owner == "project"
    return template_check.lexed_uses(source, template.file) if is_used else []


def _in_python(checked: Checked) -> Iterator[Use]:
    files = python_check.project_files()
    checked.places["Python files"] = len(files)
    for file in files:
        try:
            with open(file, "rb") as stream:
                source = stream.read()
            if b"static" in source:
                yield from python_check.uses(source, file)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            checked.findings.append(
                Finding(
                    "unreadable-module",
                    Severity.NOTE,
                    "The Python file cannot be parsed, so static paths in it were not checked: "
                    f"{type(error).__name__}: {error}",
                    where=file,
                )
            )


def _in_media(checked: Checked) -> Iterator[Use]:
    checked.findings.extend(media_check.load_modules())
    classes = media_check.classes()
    admins = media_check.admin_objects()
    checked.places["forms, widgets and admins"] = len(classes)
    yield from media_check.uses(classes, admins)


def _in_imports() -> Iterator[Use]:
    """The option ``imports``, which every page with an import map looks up."""
    storage = _storage()
    if isinstance(storage, StaticStorage):
        for name, target in storage.options.imports.items():
            if not importmap.is_url(target):
                yield Use(f"The module name {name!r}", place("imports"), 0, 0, target)


def _static_url() -> str:
    url: Any = settings.STATIC_URL
    if not url:
        raise ConfigError(
            "STATIC_URL is not set, so static files have no URLs to check.",
            where="STATIC_URL",
            remedy='Set STATIC_URL = "static/".',
        )
    return str(url)


def _storage() -> Any:
    """The project's storage of static files, made."""
    try:
        return staticfiles_storage if staticfiles_storage.__class__ else None
    except ImproperlyConfigured as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(
            f"The storage of static files cannot be set up: {error}",
            where='STORAGES["staticfiles"]',
            remedy="Mend the setting, or install what it names.",
        ) from error


def _is_strict(storage: Any) -> bool:
    """Whether the storage raises for paths that were not collected, with ``DEBUG = False``."""
    if isinstance(storage, StaticStorage) and storage.options.missing != "error":
        return False
    return bool(getattr(storage, "manifest_strict", isinstance(storage, HashedFilesMixin)))


def _plain_names(catalog: Catalog, config: Config) -> set[str] | None:
    """The paths that are published under their own names, ``None`` if all are."""
    if config.names == "plain" or config.originals:
        return None
    at_root = {path for path in catalog.winners if root_url(config.site_root, path)}
    return at_root | bundles.finished(catalog, config.finished, config.static_url)
