"""The static paths that forms, widgets and the admin name in their ``Media``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple, cast

from django.apps import apps
from django.conf import settings
from django.forms.widgets import MediaAsset, MediaDefiningClass, Widget
from django.utils.module_loading import module_has_submodule

from lading.bundles import has_own_hash
from lading.django.recording import recorded
from lading.django.uses import Use, owner_of
from lading.findings import Finding, Severity

_MODULES = ("forms", "widgets")
_STOCK_PROPERTY = "media_property.<locals>._media"


class _Named(NamedTuple):
    """A path in a ``Media``; ``is_plain``: as a URL that was made earlier."""

    path: str
    is_plain: bool = False
    remark: str = ""


def load_modules() -> list[Finding]:
    """Import each application's ``forms`` and ``widgets`` where they exist, so that their classes are
    known; a finding for each that cannot be imported. All other modules stay as they are.
    """
    found: list[Finding] = []
    for config in apps.get_app_configs():
        for name in _MODULES:
            if config.module is None or not module_has_submodule(config.module, name):
                continue
            try:
                import_module(f"{config.name}.{name}")
            except Exception as error:
                found.append(
                    Finding(
                        "unloadable-forms",
                        Severity.NOTE,
                        f"The module cannot be imported, so the Media of its classes was not checked: "
                        f"{type(error).__name__}: {error}",
                        where=f"{config.name}.{name}",
                        owner=owner_of(config.path),
                    )
                )
    return found


def classes() -> list[type]:
    """All classes that can define ``Media``, of the project and of installed applications, by name."""
    found: dict[str, type] = {}
    pending: list[type] = [object]
    seen = set[int]()  # identities: a metaclass may refuse, or warn of, comparing and hashing
    while pending:
        for kind in type.__subclasses__(pending.pop()):
            if id(kind) in seen:
                continue
            seen.add(id(kind))
            pending.append(kind)
            if isinstance(kind, MediaDefiningClass) and _is_ours(kind):
                found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return [found[name] for name in sorted(found)]


def _is_ours(kind: type) -> bool:
    """Not a package's class whose application is not installed, so that nothing ships its files."""
    if apps.get_containing_app_config(kind.__module__) is not None:
        return True
    return owner_of(_file(kind)) == "project"


def uses(kinds: Iterable[type], admins: Iterable[Any] = ()) -> list[Use]:
    """The paths in the ``Media`` of classes, and in the ``media`` properties of widgets that can be made
    without arguments and of admin objects. A path in a
    ``Media`` is told for each class that defines it, a computed one only if no class does.
    """
    kinds = list(kinds)
    found: dict[tuple[type, str], Use] = {}
    for kind in kinds:
        definition: Any = vars(kind).get("Media")
        if definition is not None:
            for named, holder in _defined(definition):
                form = f"Media of {kind.__module__}.{kind.__qualname__}"
                found.setdefault((holder, named.path), _use(form, holder, named))
    known = {path for _, path in found}
    for source in (*(kind for kind in kinds if issubclass(kind, Widget)), *admins):
        kind = source if isinstance(source, type) else type(source)
        definer = _definer(kind)
        if definer is None:
            continue
        # Django's own only put together what the class names elsewhere.
        culprit = kind if definer.__module__.startswith("django.") else definer
        for named in _computed(source):
            if named.path not in known:
                known.add(named.path)
                form = f"media of {culprit.__module__}.{culprit.__qualname__}"
                found[culprit, named.path] = _use(form, culprit, named)
    return list(found.values())


def admin_objects() -> list[Any]:
    """All registered ``ModelAdmin`` objects and their inlines, of every admin site."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from django.contrib.admin.sites import all_sites

    found: list[Any] = []
    for site in sorted(all_sites, key=lambda site: site.name):
        registry = cast("dict[Any, Any]", getattr(site, "_registry", {}))
        for model, admin in registry.items():
            found.append(admin)
            for inline in getattr(admin, "inlines", None) or ():
                try:
                    found.append(inline(model, site))
                except Exception:  # noqa: S112 - Django's own admin checks tell what is wrong with it
                    continue
    return found


def _defined(definition: Any) -> Iterator[tuple[_Named, type]]:
    """The paths of an inner class ``Media``, each with the class in whose text it stands."""
    css: dict[str, Any] = getattr(definition, "css", None) or {}
    groups: list[tuple[str, Any]] = [("css", group) for group in css.values()]
    groups.append(("js", getattr(definition, "js", None) or ()))
    for name, group in groups:
        holder = next((c for c in inspect.getmro(definition) if name in vars(c)), definition)
        for named in _named(group, name):
            yield named, holder


def _computed(source: Any) -> list[_Named]:
    """The paths of an object's ``media``, or of a widget's that is made from its class."""
    with recorded() as asked:
        try:
            media: Any = (source() if isinstance(source, type) else source).media
            groups: list[Any] = [*getattr(media, "_css").values(), getattr(media, "_js")]  # noqa: B009
            rest = [named for group in groups for named in _named(group, "media")]
        except Exception:  # it needs arguments or a request: only what it asked for so far is known
            rest = []
    return [*(_Named(path) for path in asked), *(named for named in rest if not named.is_plain)]


def _named(group: Any, name: str) -> Iterator[_Named]:
    """The static paths among the entries of one list of ``Media``."""
    if isinstance(group, str):
        problem = (
            f"{name} is the text {group!r} and no list, so Django takes each character for a path"
        )
        yield _Named(group[:1], remark=problem)
        return
    for asset in group:
        path: Any = getattr(asset, "_path", "") if isinstance(asset, MediaAsset) else asset
        if not isinstance(path, str) or hasattr(path, "__html__"):
            continue  # it writes its own element
        if not path.startswith(("http://", "https://", "/")):  # the rule of Media.absolute_path
            yield _Named(path)
        elif (root := settings.STATIC_URL or "/") != "/" and path.startswith(root):
            below = path.removeprefix(root).partition("?")[0]
            if not has_own_hash(below):  # what static() gave when the class was defined
                yield _Named(below, is_plain=True)


def _definer(kind: type) -> type | None:
    """The class that has a ``media`` of its own, beside Django's property that reads ``Media``."""
    for base in kind.__mro__:
        member: Any = vars(base).get("media")
        if member is not None and (
            getattr(getattr(member, "fget", None), "__qualname__", "") != _STOCK_PROPERTY
        ):
            return base
    return None


def _use(form: str, holder: type, named: _Named) -> Use:
    form += f" ({named.remark or repr(named.path)})"
    return Use(
        form,
        _file(holder),
        0,
        0,
        named.path,
        is_plain=named.is_plain,
        locate=lambda: _place(holder, named.path),
    )


def _file(kind: type) -> str:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return file if isinstance(file, str) else f"{kind.__module__}.{kind.__qualname__}"


def _place(kind: type, path: str) -> str:
    """Where the path stands in the class, or where the class does."""
    try:
        lines, start = inspect.getsourcelines(kind)
    except (OSError, TypeError):
        return _file(kind)
    for number, line in enumerate(lines, start):
        for quote in "\"'":
            if (at := line.find(f"{quote}{path}{quote}")) >= 0:
                return f"{_file(kind)}:{number}:{at + 1}"
    return f"{_file(kind)}:{start}"
