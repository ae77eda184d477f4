"""Lading's storages for ``STORAGES``."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from lading import manifest as manifests
from lading.config import Config
from lading.digests import hash_file, read_asset
from lading.django import conf
from lading.django.missing import Missing
from lading.django.options import DJANGO, parse
from lading.django.put import put_whole
from lading.django.shipped import Shipped, is_testing
from lading.errors import LadingError, ManifestError, StoreError
from lading.manifest import Manifest
from lading.objectstore.settings import BucketSettings
from lading.project import built_into
from lading.remote import RemoteManifest

if TYPE_CHECKING:  # looking names up needs none of what makes them
    from lading.django.media_storage import MediaStorage as MediaStorage  # noqa: PLC0414 - for others
    from lading.django.post_process import Files

logger = logging.getLogger("lading.static")

_NONE = BucketSettings()

# What a subclass of Django's manifest storage may override to name or rewrite files in a way of its own.
_NAMING = (
    "_post_process",
    "_stored_name",
    "_url",
    "clean_name",
    "default_template",
    "file_hash",
    "get_ignored_blocks",
    "hash_key",
    "hashed_name",
    "is_in_ignored_block",
    "keep_intermediate_files",
    "max_post_process_passes",
    "patterns",
    "support_js_module_import_aggregation",
    "url_converter",
)


class StaticStorage(ManifestStaticFilesStorage):
    """Static files under names that change with their content, looked up in a manifest.

    A ``ManifestStaticFilesStorage`` whose files Lading names and rewrites, unless a subclass overrides how
    Django does it. Options beside Django's: see ``lading.django.options``. Raises ``OptionsError``.
    """

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        *args: Any,
        manifest_storage: Storage | None = None,
        **options: Any,
    ) -> None:
        stock = {key: options.pop(key) for key in DJANGO if key in options}
        self.options = parse(options)
        self.shipped = Shipped(self.configure)
        self._remote: RemoteManifest | None = None
        if self.options.target:
            location = self._built_into(location)
        self._published = Manifest({}, {})
        self._has_manifest = False
        self._damage: ValueError | None = None
        self._computed: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self.memo: dict[tuple[str, ...], str] = {}
        self._missing: Missing | None = None
        self._is_made = False
        super().__init__(location, base_url, *args, manifest_storage=manifest_storage, **stock)
        self._is_made = True

    # Publishing

    def _built_into(self, location: Any) -> Any:
        """The folder that stands for the bucket on this machine."""
        if location or (settings.STATIC_ROOT and not self.options.run.get("bucket", _NONE).build):
            return location
        return built_into(replace(conf.load(), **self.options.run))

    @property
    def is_named_by_lading(self) -> bool:
        """False where a subclass overrides how Django names and rewrites files: then Django does it."""
        kind = type(self)
        return all(
            getattr(kind, name, None) is getattr(StaticStorage, name, None) for name in _NAMING
        )

    @property
    def is_published_by_lading(self) -> bool:
        """Whether Lading's ``collectstatic`` has nothing to leave to ``post_process``."""
        return self.is_named_by_lading and type(self).post_process is StaticStorage.post_process

    def configure(self, config: Config) -> Config:
        """The project's settings with those of this storage."""
        config = replace(
            config,
            names="hashed",
            static_url=self.base_url,
            manifest=self.manifest_name,
            **self.options.run,
        )
        # What Django publishes again from the sources cannot be minified here.
        return config if self.is_published_by_lading else replace(config, names="plain", minify=())

    @property
    def holds_manifest(self) -> bool:
        """False where ``manifest_storage`` is another storage."""
        return self.manifest_storage is self

    def adopt_manifest(self) -> None:
        """Take over the manifest that a run has just written among the files, and copy it to
        ``manifest_storage`` if that is another storage.
        """
        if not self.holds_manifest:
            with self.open(self.manifest_name) as file:
                put_whole(self._manifests, self.manifest_name, file.read())
        self.hashed_files, self.manifest_hash = self.load_manifest()

    def post_process(self, paths: Files, dry_run: bool = False, **options: Any) -> Any:
        """Name, rewrite and save the files that a ``collectstatic`` other than Lading's has collected,
        and write the manifest, if none of them has an error. Takes and yields what Django's does.
        """
        if not self.is_named_by_lading:
            yield from cast("Any", super().post_process)(paths, dry_run=dry_run, **options)
            return
        if dry_run:
            return
        from lading.django import post_process

        result = post_process.Result()
        yield from post_process.run(self, paths, result)
        if result.manifest is not None:
            self._take(result.manifest)
            self.hashed_files = dict(result.manifest.paths)
            self.save_manifest()

    # The manifest

    def read_manifest(self) -> Any:
        """The manifest's text, from the bucket if that is the target, ``None`` if there is none.

        Raises ``StoreError``.
        """
        if not self.options.target:
            return super().read_manifest()
        data = self.remote.read()
        return None if data is None else data.decode()

    @property
    def remote(self) -> RemoteManifest:
        """The manifest in the bucket that is the target."""
        if self._remote is None:
            from lading import shipping

            config = self.configure(conf.load())
            file = config.bucket.manifest_file
            self._remote = RemoteManifest(
                shipping.open_target(config, for_reading=True),
                os.path.join(config.root, file) if file else "",
                config.bucket.follow,
            )
        return self._remote

    def take_manifest(self, data: bytes) -> None:
        """Give the URLs of the release whose manifest this is. Raises ``ManifestError``."""
        published = manifests.loads(data, where=self.manifest_name)
        self._take(published)
        self._has_manifest, self._damage = True, None
        self.hashed_files, self.manifest_hash = dict(published.paths), published.digest

    def _follow(self) -> None:
        """Look for a newer release, in a thread of its own, when it is time to."""
        if self.options.target and not settings.DEBUG and self.remote.is_due():
            Thread(target=self._take_newer, name="lading-follow", daemon=True).start()

    def _take_newer(self) -> None:
        try:
            data = self.remote.newer()
            if data is not None:
                self.take_manifest(data)
        except LadingError as error:
            logger.warning("A new release is not looked for now. %s", error)

    def load_manifest(self) -> Any:
        """The published paths by logical ones, and the manifest's hash. Raises ``ValueError`` when it is
        damaged, except while the storage is made: ``collectstatic`` must be able to write a new one.
        """
        self._take(Manifest({}, {}))
        self._has_manifest, self._damage = False, None
        try:
            content = cast("str | None", self.read_manifest())
            if content is None:
                return {}, ""
            document: Any = json.loads(content)
            published = manifests.from_document(document, where=self.manifest_name)
        except (ValueError, ManifestError, StoreError) as error:
            damage = ValueError(
                f"Couldn't load manifest '{self.manifest_name}' (version {self.manifest_version}): {error}"
            )
            if self._is_made:
                raise damage from error
            self._damage = damage
            return {}, ""
        self._take(published)
        self._has_manifest = True
        return dict(published.paths), str(document.get("hash", ""))

    def save_manifest(self) -> None:
        """Replace the manifest at once, so that no reader sees a part of it."""
        published = Manifest(self.hashed_files, self._published.files, self._published.modules)
        if not self.is_named_by_lading:
            from lading.django import post_process

            published = replace(published, files=post_process.describe(self, self.hashed_files))
        document = manifests.to_document(published)
        pairs = ContentFile(json.dumps(sorted(self.hashed_files.items())).encode())
        document["hash"] = self.manifest_hash = cast("Any", self.file_hash)(None, pairs)
        data = json.dumps(document, ensure_ascii=False).encode()
        put_whole(self._manifests, self.manifest_name, data)
        self._take(published)
        self._has_manifest = True

    def _take(self, published: Manifest) -> None:
        self._published = published
        self._computed, self._folders, self.memo = {}, {}, {}
        if self._missing is not None:
            self._missing.forget()

    @property
    def _manifests(self) -> Storage:
        return cast("Storage", self.manifest_storage)

    @property
    def published(self) -> Manifest | None:
        """What the manifest says, ``None`` if there is none."""
        return self._published if self._has_manifest else None

    @property
    def modules(self) -> Mapping[str, Sequence[str]]:
        """The logical paths that each published JavaScript file imports."""
        return self._published.modules

    # Look-ups

    def url(self, name: str | None, force: bool = False) -> str:
        """As Django's; a folder that is published under one digest has the URL of that, and spaces stay
        escaped: in ``srcset``, and in attributes and ``url()`` without quotes, a URL ends at one.
        """
        if name:
            if force or not settings.DEBUG:
                name = self._hashed_folder(name)
            elif self.options.strict == "always":
                self._demand_source(_logical(name))
        return super().url(cast("str", name), force).replace(" ", "%20")

    def stored_name(self, name: str) -> str:
        """The published path of a logical one, as Django's. Raises ``ValueError`` (or, by the option
        ``missing``, logs a warning and gives the path itself) for a path that the manifest does not list.

        In tests, a manifest that is missing or out of date is no reason to fail.
        """
        path = _logical(name)
        self._follow()
        if self._lists(path) or not self.manifest_strict:
            return super().stored_name(name)
        if not self._has_manifest:
            self._load_again()  # written since this process started, perhaps
            if self._lists(path):
                return super().stored_name(name)
        if is_testing() and self._passes_in_tests(path):
            return name
        if self.options.missing == "plain":
            self._missing_paths.warn(path if self._has_manifest else "", self._explain(path))
            return name
        raise ValueError(self._explain(path)) from self._damage

    def integrity(self, name: str) -> str:
        """The integrity metadata of what is served as ``name`` (``sha256-…``, as in W3C Subresource
        Integrity §3.1), ``""`` if nothing is. Raises ``ValueError`` as ``stored_name``.
        """
        path = _logical(name)
        if not settings.DEBUG:
            published = urlsplit(self.stored_name(path)).path
            if self._lists(path):
                return self._integrity_of(published)
            if not is_testing():
                return ""
        asset = self.shipped.find(path)
        return _metadata(hashlib.sha256(read_asset(asset)[0]).digest()) if asset else ""

    def _integrity_of(self, published: str) -> str:
        file = self._published.files.get(published)
        if file is not None:
            return _metadata(bytes.fromhex(file.sha256))
        # Django's own storage wrote the manifest.
        if published not in self._computed:
            with self.open(published) as stored:
                digest = hash_file(cast("BinaryIO", stored))[:64]
            self._computed[published] = _metadata(bytes.fromhex(digest))
        return self._computed[published]

    def _lists(self, path: str) -> bool:
        return self.hash_key(path) in self.hashed_files

    def _load_again(self) -> None:
        try:
            self.hashed_files, self.manifest_hash = self.load_manifest()
        except ValueError as error:
            self._damage = error

    def _passes_in_tests(self, path: str) -> bool:
        if not self._has_manifest and self.options.strict == "production":
            return True
        return self.shipped.find(path) is not None

    def _demand_source(self, path: str) -> None:
        if path and not path.endswith("/") and self.shipped.find(path) is None:
            raise ValueError(self._missing_paths.source(path))

    def _hashed_folder(self, name: str) -> str:
        """``tinymce.5e0040571e1a/`` for ``tinymce/`` if its folder is published under one digest."""
        parts = urlsplit(name)
        path = parts.path
        if not path.endswith("/"):
            return name
        for folder in self.options.folders:
            if path.startswith(f"{folder}/"):
                head = self._folders.get(folder) or self._find_folder(folder)
                return parts._replace(path=head + path[len(folder) :]).geturl()
        return name

    def _find_folder(self, folder: str) -> str:
        for path, published in self.hashed_files.items():
            rest = path[len(folder) :]
            if path.startswith(f"{folder}/") and published.endswith(rest):
                self._folders[folder] = published.removesuffix(rest)
                return self._folders[folder]
        return folder

    @property
    def _missing_paths(self) -> Missing:
        if self._missing is None:
            self._missing = Missing(self.base_url, self.shipped)
        return self._missing

    def _explain(self, path: str) -> str:
        missing = self._missing_paths
        if self._damage is not None:
            return missing.damaged(path, self._damage)
        if self._has_manifest:
            return missing.entry(path, self.hashed_files)
        if is_testing():
            return missing.source(path)
        try:
            place = self.options.target or self._manifests.path(self.manifest_name)
        except NotImplementedError:
            place = f"{self.manifest_name!r} in {self._manifests!r}"
        return missing.manifest(path, place)


def _logical(name: str) -> str:
    """The path that Django looks up for a name with escapes, a query or a fragment."""
    return urlsplit(unquote(name)).path.strip()


def _metadata(sha256: bytes) -> str:
    return f"sha256-{base64.b64encode(sha256).decode()}"


def __getattr__(name: str) -> Any:
    """``MediaStorage``, which a process that only looks up static files does not load."""
    if name == "MediaStorage":
        from lading.django.media_storage import MediaStorage

        return MediaStorage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
