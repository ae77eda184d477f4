"""The releases of a folder target: listed, brought back, pruned and pinned, under the target's lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lading import contents
from lading import manifest as manifests
from lading.config import Config
from lading.errors import TargetError
from lading.ledger import LINK, Ledger, Release
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.packing.variants import is_variant
from lading.progress import Progress
from lading.releases import BroughtBack, Listed, not_kept
from lading.retention import Retention
from lading.targets.folder import FolderTarget
from lading.targets.staging import Staged
from lading.targets.survey import Survey, size_of


@dataclass(frozen=True, slots=True)
class FolderReleases:
    """See ``releases.Releases``."""

    target: FolderTarget
    config: Config

    def listed(self) -> list[Listed]:
        return [
            Listed(r.number, self._published(r.number), r.replaced, r.pinned, r.of)
            for r in self.target.ledger().releases
        ]

    def manifest(self, number: int) -> Manifest:
        """Of a release with plain names, what is known of its files."""
        ledger = self.target.ledger()
        _find(ledger, number)
        text = self.target.read_state(f"releases/{number}.json")
        if text:
            return manifests.loads(text, where=f".lading/releases/{number}.json")
        digests = contents.noted(self.target, number)
        files: dict[str, File] = {}
        for path, sha256 in digests.items():
            if not is_variant(path, digests):
                state = ledger.written.get(path, LINK)
                size = size_of(state[65:]) if state[:64] == sha256 else self._size(sha256)
                files[path] = File(sha256, size, media_type(path))
        return Manifest({path: path for path in files}, files)

    def roll_back(self, number: int, progress: Progress) -> BroughtBack:
        """Stage every content that is not in its place, then rename, then write the manifest."""
        with self.target.locked(self.config.lock_timeout, progress.say):
            ledger, survey = self.target.ledger(), self.target.survey()
            release = _find(ledger, number)
            if release is ledger.releases[-1]:
                return BroughtBack(number, ())
            digests = contents.noted(self.target, number)
            back = _Back(self.target, ledger, survey, digests)
            changed = back.publish(number, self.config.manifest)
            written = {**ledger.written, **back.written}
            for path in back.stranded:
                del written[path]
            self._record(ledger, release, back, written)
        return BroughtBack(ledger.releases[-1].number, changed)

    def prune(self, retention: Retention, progress: Progress) -> Sequence[str]:
        with self.target.locked(self.config.lock_timeout, progress.say):
            ledger, survey = self.target.ledger(), self.target.survey()
            kept, dropped = retention.split(ledger.releases, time.time())
            if not dropped:
                return ()
            used = {self.config.manifest}
            for release in kept:
                used |= self.target.read_record(release.number)
            removed = [
                path
                for path, state in ledger.written.items()
                if path not in used and _is_ours(self.target, survey, path, state)
            ]
            self.target.remove(removed)
            written = {path: state for path, state in ledger.written.items() if path in used}
            contents.prune(self.target, [release.number for release in kept[:-1]])
            self.target.remember(kept, written, ledger.sources)
        return removed

    def pin(self, number: int, *, pinned: bool, progress: Progress) -> None:
        with self.target.locked(self.config.lock_timeout, progress.say):
            ledger = self.target.ledger()
            release = _find(ledger, number)
            ledger.releases = [
                replace(r, pinned=pinned) if r is release else r for r in ledger.releases
            ]
            self.target.remember(ledger.releases, ledger.written, ledger.sources)

    def _record(
        self, ledger: Ledger, release: Release, back: _Back, written: Mapping[str, str]
    ) -> None:
        current = ledger.releases[-1]
        ledger.releases[-1] = replace(current, replaced=int(time.time()))
        made = Release(current.number + 1, release.key, release.inputs, of=release.number)
        ledger.releases.append(made)
        states = {path: sha256 or LINK for path, sha256 in back.digests.items()}
        self.target.write_record(made.number, contents.lines(states.items()))
        if back.has_manifest:
            self.target.keep_manifest(made.number, self.config.manifest)
        self.target.remember(ledger.releases, written, ledger.sources)

    def _published(self, number: int) -> int:
        place = os.path.join(self.target.root, ".lading", "releases", str(number))
        with contextlib.suppress(OSError):
            return int(os.stat(place).st_mtime)
        return 0

    def _size(self, sha256: str) -> int:
        with contextlib.suppress(OSError):
            return os.path.getsize(self.target.content_path(sha256))
        return 0


class _Back:
    """One way back: what must be put, and out of which contents. ``digests`` are those of the release."""

    def __init__(
        self, target: FolderTarget, ledger: Ledger, survey: Survey, digests: Mapping[str, str]
    ) -> None:
        self.target, self.ledger, self.survey, self.digests = target, ledger, survey, digests
        self.written: dict[str, str] = {}
        self.has_manifest = False
        now = ledger.written
        self.missing = {
            path: sha256 for path, sha256 in digests.items() if not self._lies(path, sha256)
        }
        self.stranded = [
            path
            for path in now
            if path not in digests and path in survey.files and is_variant(path, digests)
        ]

    def _lies(self, path: str, sha256: str) -> bool:
        """Whether the content is in its place, though perhaps as another file than the ledger knows."""
        state, there = self.ledger.written.get(path, ""), self.survey.files.get(path)
        if there is None or not sha256:
            return False
        if state[65:] == there:
            return state[:64] == sha256
        with contextlib.suppress(TargetError):  # what cannot be read is replaced
            if self.target.digest(path) == sha256:
                self.written[path] = f"{sha256} {there}"
                return True
        return False

    def publish(self, number: int, manifest: str) -> list[str]:
        """Put everything in its place, the manifest last; the plain names that have another content now."""
        staged = self._stage(manifest)
        kept = self.target.read_state(f"releases/{number}.json")
        self.has_manifest = bool(kept)
        replaced = {path: item.sha256 for path, item in staged.items()}
        replaced.update(dict.fromkeys(self.stranded, ""))
        contents.preserve(self.target, self.ledger.written, self.survey, replaced)
        self.target.commit(staged)
        self.target.remove(self.stranded)
        if kept:
            item = self.target.stage().write(kept.encode(), manifest)
            self.target.commit({manifest: item})
            self.written[manifest] = item.state
        self.written.update((path, item.state) for path, item in staged.items())
        names = manifests.loads(kept).paths if kept else self.digests
        return [path for path in staged if path in names and not is_variant(path, self.digests)]

    def _stage(self, manifest: str) -> dict[str, Staged]:
        places = self._places()
        stage = self.target.stage()
        staged: dict[str, Staged] = {}
        for path, sha256 in sorted(self.missing.items()):
            if path == manifest:
                continue
            item = self._read(places.get(sha256, ()), sha256, path)
            staged[path] = stage.write(item, path)
        return staged

    def _places(self) -> dict[str, list[str]]:
        wanted = {*self.missing.values()}
        places = {sha256: [self.target.content_path(sha256)] for sha256 in wanted}
        for path, state in self.ledger.written.items():
            if state[:64] in wanted:
                places[state[:64]].append(f"{self.target.root}/{path}")
        return places

    def _read(self, places: Sequence[str], sha256: str, path: str) -> bytes:

        for place in places:
            with contextlib.suppress(OSError), open(place, "rb") as file:
                data = file.read()
                if hashlib.sha256(data).hexdigest() == sha256:
                    return data
        raise TargetError(
            "The content that this file had is not in the target any more; nothing was changed.",
            where=f"{self.target.root}/{path}",
            remedy="Publish that release again from its source code.",
        )


def _is_ours(target: FolderTarget, survey: Survey, path: str, state: str) -> bool:
    """True when the path still holds what Lading wrote there."""
    there = survey.files.get(path)
    if there is None:
        return state == LINK and path in survey.links
    return state[65:] == there or state[:64] == target.digest(path)


def _find(ledger: Ledger, number: int) -> Release:
    for release in ledger.releases:
        if release.number == number:
            return release
    raise not_kept(number, [release.number for release in ledger.releases])
