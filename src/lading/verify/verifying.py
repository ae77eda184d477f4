"""Proving a target: every published file and variant against what was published, and what else lies there."""

from __future__ import annotations

import hashlib
import os
import stat as stat_module
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from lading import ledger as ledgers
from lading.config import Config
from lading.digests import CHUNK
from lading.errors import LadingError, TargetBusyError, TargetError
from lading.ledger import LINK
from lading.packing.variants import is_variant
from lading.parallel import in_threads
from lading.plan import everything
from lading.progress import Progress
from lading.targets.folder import FolderTarget
from lading.targets.survey import Survey, size_of
from lading.verify import inventory as inventories
from lading.verify.decoders import NotDecodableError, decode
from lading.verify.inventory import Inventory, Proof

Kind = Literal["missing", "changed", "unreadable", "stale"]
"""What is wrong: a ``stale`` file is a foreign one that web servers send in place of a published one."""

_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


@dataclass(frozen=True, slots=True)
class Damage:
    """One path that is not as it was published: why, in a sentence, and whether it was put right."""

    kind: Kind
    path: str
    message: str
    repaired: bool = False


@dataclass(slots=True)
class Verified:
    """What was found. ``intact`` are the paths that are as they were published, ``variants`` the number of
    encoded ones among those looked at, ``size`` the bytes read; ``foreign`` what Lading did not publish.
    """

    inventory: Inventory
    damages: list[Damage] = field(default_factory=list[Damage])
    foreign: list[str] = field(default_factory=list[str])
    intact: set[str] = field(default_factory=set[str])
    files: int = 0
    variants: int = 0
    size: int = 0
    notes: list[str] = field(default_factory=list[str])

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong, or no longer."""
        return all(damage.repaired for damage in self.damages)


def verify(target: FolderTarget, config: Config, progress: Progress) -> Verified:
    """Compare the target with its records. Publishes nothing.

    What is found changed is noted in the ledger, so that the next run reads it, whatever its time says.
    Raises ``ManifestError`` when nothing is known to be published, and ``TargetError`` when the target
    cannot be listed or vanishes.
    """
    found = look(target, config, progress)
    if not any(damage.kind != "stale" for damage in found.damages):
        return found
    if not found.inventory.has_ledger:
        return found
    try:
        with target.locked(config.lock_timeout, progress.say):
            # Perhaps a run was publishing meanwhile; none is now.
            found = look(target, config, progress)
            distrust(target, found)
    except TargetBusyError:
        raise
    except TargetError as error:
        found.notes.append(
            "The damage could not be noted for the next collectstatic, which may therefore overlook it; "
            f"nor is it certain that no run was publishing meanwhile. {error.where}: {error.what}"
        )
    return found


def look(target: FolderTarget, config: Config, progress: Progress) -> Verified:
    """What ``verify`` finds, writing nothing."""
    inventory = inventories.read(target, config)
    survey = target.survey()
    found = Verified(inventory, notes=list(dict.fromkeys(inventory.notes)))
    proofs = inventory.proofs.values()
    found.files, found.variants = len(proofs), sum(proof.coding is not None for proof in proofs)
    _examine_all(found, target, survey, config, progress)
    found.damages += _not_files(target.root, inventory, survey, found.intact)
    _find_foreign(found, survey, config.manifest)
    if not os.path.isdir(target.root):
        raise TargetError(
            "The target vanished while it was verified.",
            where=target.root,
            remedy="Verify again when nothing moves it.",
        )
    found.damages.sort(key=lambda damage: damage.path)
    return found


def distrust(target: FolderTarget, found: Verified) -> None:
    """Note in the ledger that the signatures of changed files prove nothing. The target's lock must be
    held. Raises ``TargetError``.
    """
    ledger = found.inventory.ledger
    doubtful = [
        damage.path
        for damage in found.damages
        if damage.kind in ("changed", "unreadable")
        and ledger.written.get(damage.path, LINK) != LINK
    ]
    if not doubtful or not found.inventory.has_ledger:
        return
    for path in doubtful:
        state = ledger.written[path]
        ledger.written[path] = f"{state[:64]} {size_of(state[65:])}:distrusted"
    target.write_state("ledger", ledgers.dump(ledger.releases, ledger.written, ledger.sources))
    target.write_state("snapshot", [])  # or the next run would find that nothing changed


def _examine_all(
    found: Verified, target: FolderTarget, survey: Survey, config: Config, progress: Progress
) -> None:
    """Examine every published path at which a file lies; a file with several names is read once."""
    proofs = found.inventory.proofs
    alike: dict[tuple[str, ...], list[Proof]] = {}
    for path, proof in proofs.items():
        if (signature := survey.files.get(path)) is not None:
            original = proofs.get(proof.original)
            key = (signature, proof.sha256, original.sha256 if original else "")
            alike.setdefault(key, []).append(proof)
    alike.update(((path,), [proof]) for path, proof in found.inventory.contents.items())
    # The longest first, so that all processors are at work to the end.
    groups = sorted(alike.values(), key=lambda group: (-group[0].size, group[0].path))

    def read(batch: Sequence[Proof]) -> list[Damage | None]:
        return [_examine(target.root, proof, proofs) for proof in batch]

    progress.begin("Verifying", sum(map(len, groups)))
    batches = in_threads(read, [group[0] for group in groups], config.threads)
    firsts = (damage for _, damages in batches for damage in damages)
    for group, damage in zip(groups, firsts, strict=True):
        damages = [] if damage is None else [damage, *filter(None, read(group[1:]))]
        found.damages += damages
        intact = {proof.path for proof in group}.difference(d.path for d in damages)
        found.intact |= intact
        found.size += sum(proof.size for proof in group if proof.path in intact)
        progress.advance(len(group))


def _examine(root: str, proof: Proof, proofs: dict[str, Proof]) -> Damage | None:
    """What is wrong with a regular file, ``None`` if nothing is."""
    if proof.sha256 == LINK:
        return _changed(proof.path, "a file lies where a symbolic link was published")
    try:
        with _opened(f"{root}/{proof.path}") as file:
            return _compare(file, proof, proofs)
    except FileNotFoundError:
        return Damage("missing", proof.path, "It was removed while it was verified.")
    except (OSError, LadingError) as error:
        reason = error.what if isinstance(error, LadingError) else error.strerror or str(error)
        return Damage("unreadable", proof.path, f"It cannot be read: {reason}.")


def _opened(path: str) -> BinaryIO:
    """A regular file, open. Whatever took its place since it was listed (a pipe, a link) is not waited
    for or followed. Raises ``OSError``.
    """
    descriptor = os.open(path, _OPEN)
    try:
        if not stat_module.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it was replaced by something that is no file")
        return open(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def _compare(file: BinaryIO, proof: Proof, proofs: dict[str, Proof]) -> Damage | None:
    if proof.sha256:
        size, sha256 = _digest(_chunks(file))
        if sha256 != proof.sha256:
            if size == proof.size:
                return _changed(proof.path, "its content is another, of the same size")
            return _changed(proof.path, f"it has {size:,} bytes instead of {proof.size:,}")
    original = proofs.get(proof.original)
    if proof.coding is None or original is None or len(original.sha256) != 64:
        return None
    file.seek(0)
    try:
        size, sha256 = _digest(decode(file, proof.coding), original.size)
    except NotDecodableError as error:
        return _changed(proof.path, f"it cannot be decoded ({error})")
    if sha256 != original.sha256:
        return _changed(proof.path, f"it does not decode to what {proof.original!r} holds")
    return None


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _digest(chunks: Iterable[bytes], limit: int | None = None) -> tuple[int, str]:
    """The number of bytes and their SHA-256; of more than ``limit`` bytes not all are counted."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if limit is not None and size > limit:
            break  # a small file may decode to very much
    return size, digest.hexdigest()


def _changed(path: str, reason: str) -> Damage:
    return Damage("changed", path, f"{reason[0].upper()}{reason[1:]}.")


def _not_files(
    root: str, inventory: Inventory, survey: Survey, intact: set[str]
) -> Iterator[Damage]:
    """Published paths at which no regular file lies, with what is there instead."""
    for path, proof in inventory.proofs.items():
        if path in survey.files:
            continue
        if path in survey.links and proof.sha256 == LINK:
            if os.path.exists(f"{root}/{path}"):
                intact.add(path)
            else:
                yield Damage("missing", path, "The symbolic link leads to nothing.")
        elif what := _instead(path, survey):
            kind: Kind = "unreadable" if what.startswith("the folder") else "changed"
            yield Damage(kind, path, f"{what[0].upper()}{what[1:]}.")
        elif path not in inventory.uncertain:
            yield Damage("missing", path, "There is no such file.")


def is_blocked(path: str, survey: Survey) -> bool:
    """Whether something that Lading did not write keeps a file from being put at a path."""
    if path in survey.folders:
        return any(other.startswith(f"{path}/") for other in everything(survey))
    folder = path.rpartition("/")[0]
    while folder:
        if folder in survey.closed or survey.occupied(folder):
            return True
        folder = folder.rpartition("/")[0]
    return False


def _instead(path: str, survey: Survey) -> str:
    """What lies at a path or above it instead of a file or folder, or ``""``."""
    if path in survey.folders:
        return "a folder lies in its place"
    if path in survey.links:
        return "a symbolic link lies in its place"
    if path in survey.others:
        return "a socket, pipe or device lies in its place"
    folder = path.rpartition("/")[0]
    while folder:
        if folder in survey.closed:
            return f"the folder {folder!r} may not be listed"
        if survey.occupied(folder):
            kind = "symbolic link" if folder in survey.links else "file"
            return f"a {kind} lies where the folder {folder!r} was"
        folder = folder.rpartition("/")[0]
    return ""


def _find_foreign(found: Verified, survey: Survey, manifest: str) -> None:
    proofs = found.inventory.proofs
    own = manifest if found.inventory.published is not None else ""  # it proves, and has no proof
    for path in sorted(everything(survey)):
        if path in proofs or path == own:
            continue
        if is_variant(path, proofs):
            found.damages.append(Damage("stale", path, _stale(path)))
        else:
            found.foreign.append(path)


def _stale(path: str) -> str:
    return (
        "Lading did not publish it, and web servers that send variants send it in place of "
        f"{os.path.splitext(path)[0]!r}. Delete it."
    )
