"""What one file is and refers to, found by reading it once. Loads little, since child processes do it too."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import BinaryIO, NamedTuple, Protocol, TypeVar

from lading import naming, references
from lading.analysis import Analysis, analyse
from lading.digests import CHUNK, hash_bytes, read_steadily
from lading.errors import TargetError
from lading.targets.staging import Stage, Staged

T = TypeVar("T")


class Question(NamedTuple):
    """A logical path, where on this machine its file lies, whether to stage a copy of it, and whether to
    stage that under its hashed name too if it refers to nothing.
    """

    path: str
    local: str
    stages: bool
    names: bool = False


class Examination(NamedTuple):
    """``digests`` are ``"<sha256> <md5>"``, ``settled`` the signature they hold for (``""``: not to be
    believed by a later run), ``analysis`` is ``None`` for a file that cannot carry references, ``staged``
    the signature of the copy that was staged under the file's own path, ``named`` of that under its hashed
    name (``""``: none was).
    """

    digests: str
    settled: str
    analysis: Analysis | None
    staged: str
    named: str


class Read(Protocol):
    """Opens a file, has it consumed, once more if it was written to meanwhile, and gives the result with
    the file's signature (``""``: not to be believed).
    """

    def __call__(self, consume: Callable[[BinaryIO], T], /) -> tuple[T, str]: ...


def examine(
    path: str,
    read: Read,
    analysed: Callable[[str, bytes], Analysis],
    stage: Stage | None,
    *,
    names: bool = False,
) -> Examination:
    """Read one file, analyse and, with a ``stage``, copy it; with ``names`` under both of its names if it
    refers to nothing. A copy that cannot be written is left to whoever publishes the file, and says why.
    Raises what ``read`` raises.
    """
    analysis = None
    if references.carries(path):
        data, settled = read(lambda file: file.read())
        analysis = analysed(path, data)
        digests, staged = hash_bytes(data), _stage(stage, path, iter((data,)))
    else:
        (digests, staged), settled = read(_Copying(path, stage))
    named = ""
    if names and stage and staged and not (analysis and analysis.links):
        named = _name(stage, path, digests, staged)
    return Examination(digests, settled, analysis, staged, named)


class _Copying:
    """Hashes an open file, and copies it on the way, in bounded memory."""

    def __init__(self, path: str, stage: Stage | None) -> None:
        self.path, self.stage = path, stage
        self.staged = ""

    def __call__(self, file: BinaryIO) -> tuple[str, str]:
        sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)

        def pieces() -> Iterator[bytes]:
            while chunk := file.read(CHUNK):
                sha256.update(chunk)
                md5.update(chunk)
                yield chunk

        if self.staged and self.stage is not None:
            self.stage.discard(self.path)  # the file was written to meanwhile
        content = pieces()
        self.staged = _stage(self.stage, self.path, content)
        for _ in content:
            pass  # what could not be copied is hashed nevertheless
        return f"{sha256.hexdigest()} {md5.hexdigest()[:12]}", self.staged


def _stage(stage: Stage | None, path: str, pieces: Iterator[bytes]) -> str:
    if stage is None:
        return ""
    try:
        return stage.put(pieces, path)
    except TargetError:
        return ""


def _name(stage: Stage, path: str, digests: str, staged: str) -> str:
    """Stage what was staged under its hashed name as well."""
    here = Staged(stage.folder, path, f"{digests[:64]} {staged}")
    try:
        return stage.again(here, naming.hashed_name(path, digests[65:])).signature
    except TargetError:
        return ""


def examiner(
    paths: Collection[str], static_url: str, stage: Stage | None
) -> Callable[[Sequence[Question]], list[Examination | None]]:
    """What a child process does with each batch, ``paths`` being all that are published; ``None`` stands
    for a file that could not be read, which the parent finds out about itself.
    """
    exists = frozenset(paths).__contains__

    def analysed(path: str, data: bytes) -> Analysis:
        return analyse(path, data, exists, static_url)

    def examine_or_not(question: Question) -> Examination | None:
        try:
            path, local, stages, names = question
            own = stage if stages else None
            return examine(path, _reader(local), analysed, own, names=names)
        except (OSError, TargetError):
            return None

    return lambda batch: [examine_or_not(question) for question in batch]


def _reader(local: str) -> Read:
    def read(consume: Callable[[BinaryIO], T]) -> tuple[T, str]:
        found = read_steadily(local, consume)
        if found is None:
            raise OSError(errno.EAGAIN, "The file is written to each time it is read.", local)
        return found

    return read
