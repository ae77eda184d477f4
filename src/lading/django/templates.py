"""All template files of a project: what the loaders of its template engines can list."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.template import Engine, engines

from lading.django import template_check
from lading.django.uses import Use
from lading.errors import ConfigError
from lading.findings import Finding, Owner, Severity

Read = Callable[[str, str], list[Use]]
"""Finds the uses in a template's text, given its file for a person; raises what compiling raises."""

# Never templates, though they may lie below a folder of templates such as the project's own.
_PRUNED = frozenset(
    {"__pycache__", "bower_components", "dist-packages", "node_modules", "site-packages"}
)
_OTHER_FILES = re.compile(r".*(?:\.(?:py|pyc|pyi|po|pot|mo|so|pyd|rst)|~)", re.IGNORECASE)


@dataclass(slots=True)
class Template:
    """One template: ``file`` is where a person opens it, ``text`` gives what stands in it (raises
    ``OSError`` or ``UnicodeDecodeError``), ``engines`` are the ways to read it, one for each engine that
    lists it; ``is_django`` says that one of these is of Django's language.
    """

    file: str
    text: Callable[[], str]
    engines: list[Read] = field(default_factory=list[Read])
    is_django: bool = False


@dataclass(slots=True)
class Templates:
    """Each template once, by file; ``findings`` tell what could not be listed."""

    files: dict[str, Template] = field(default_factory=dict[str, Template])
    findings: list[Finding] = field(default_factory=list[Finding])

    def add(self, file: str, text: Callable[[], str], read: Read, *, is_django: bool) -> None:
        template = self.files.setdefault(file, Template(file, text))
        template.engines.append(read)
        template.is_django = template.is_django or is_django


def find() -> Templates:
    """The templates of every engine in ``TEMPLATES``. Raises ``ConfigError`` when these cannot be set up."""
    found = Templates()
    try:
        backends: list[Any] = engines.all()
    except Exception as error:
        raise ConfigError(
            f"The template engines cannot be set up: {type(error).__name__}: {error}",
            where="TEMPLATES",
            remedy="Mend the setting, or install what it names.",
        ) from error
    for backend in backends:
        if isinstance(engine := getattr(backend, "engine", None), Engine):
            _add_django(found, engine)
        elif hasattr(backend, "env"):
            _add_jinja(found, backend.env)
        else:
            found.findings.append(_unlisted(f"{type(backend).__module__}.{type(backend).__name__}"))
    return found


def _add_django(found: Templates, engine: Engine) -> None:
    def read(source: str, file: str) -> list[Use]:
        return template_check.uses(source, file, engine)

    for loader in _flat(engine.template_loaders):
        if isinstance(texts := getattr(loader, "templates_dict", None), dict):
            for name, text in cast("dict[str, str]", texts).items():
                found.add(f"locmem:{name}", lambda text=text: text, read, is_django=True)
        elif hasattr(loader, "get_dirs"):
            for folder in cast("Iterable[str | os.PathLike[str]]", loader.get_dirs()):
                for file in _below(os.fspath(folder)):
                    found.add(
                        file,
                        lambda file=file: _text(file, engine.file_charset),
                        read,
                        is_django=True,
                    )
        else:
            found.findings.append(_unlisted(f"{type(loader).__module__}.{type(loader).__name__}"))


def _flat(loaders: Iterable[Any]) -> Iterator[Any]:
    """The loaders that load, without those that only wrap others, such as Django's cached one."""
    for loader in loaders:
        inner: Any = getattr(loader, "loaders", None)
        if isinstance(inner, list | tuple):
            yield from _flat(cast("list[Any]", inner))
        else:
            yield loader


def _add_jinja(found: Templates, environment: Any) -> None:
    from lading.django import jinja_check

    def read(source: str, file: str) -> list[Use]:
        return jinja_check.uses(source, file, environment)

    try:
        names: list[str] = environment.list_templates()
    except TypeError:  # as Jinja2 says that a loader cannot (jinja2.BaseLoader.list_templates)
        loader = environment.loader
        found.findings.append(_unlisted(f"{type(loader).__module__}.{type(loader).__name__}"))
        return
    for name in names:
        *folders, last = name.split("/")
        if not (_may_hold_templates(folders) and _may_be_template(last)):
            continue
        try:
            source, file, _ = environment.loader.get_source(environment, name)
        except (OSError, UnicodeDecodeError) as error:  # OSError: gone since it was listed
            found.findings.append(unreadable(name, "vendor", error))
            continue
        key = os.path.realpath(file) if file else f"jinja2:{name}"
        found.add(key, lambda source=source: source, read, is_django=False)


def _below(folder: str) -> Iterator[str]:
    """The files below a folder of templates, links followed, each by its real path."""
    seen = set[str]()
    for place, folders, names in os.walk(os.path.realpath(folder), followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if _may_hold_templates((name,))]
        for name in filter(_may_be_template, names):
            yield os.path.realpath(os.path.join(real, name))


def _may_hold_templates(folders: Iterable[str]) -> bool:
    return not any(name.startswith(".") or name in _PRUNED for name in folders)


def _may_be_template(name: str) -> bool:
    return not name.startswith(".") and not _OTHER_FILES.fullmatch(name)


def _text(file: str, charset: str) -> str:
    """The text as Django's loaders read it; none for a file that is not text."""
    with open(file, "rb") as stream:
        data = stream.read()
    return "" if b"\0" in data else data.decode(charset).replace("\r\n", "\n")


def unreadable(file: str, owner: Owner, error: Exception) -> Finding:
    """A template that could not be read or compiled, so that what it names is not known for sure."""
    return Finding(
        "unreadable-template",
        Severity.NOTE,
        "The template cannot be read as its engine does, so at most the plain static tags in it were "
        f"checked: {type(error).__name__}: {first_line(error)}",
        where=file,
        owner=owner,
        hint="Mend it if the site uses it; packages ship some for optional libraries.",
    )


def first_line(error: Exception) -> str:
    """What an error says, without the lists that some of Django's go on with."""
    return str(error).partition("\n")[0]


def _unlisted(loader: str) -> Finding:
    return Finding(
        "unlisted-templates",
        Severity.NOTE,
        "This loader cannot list its templates, so they were not checked.",
        where=loader,
        owner="vendor",
        hint="Test the pages that it renders.",
    )
