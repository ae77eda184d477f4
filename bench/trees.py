"""Fetches the real trees of `bench/trees.toml`: npm packages and Django apps, one folder each.

    python bench/trees.py fetch [NAME ...]   fetch what is missing (quick when nothing is)
    python bench/trees.py list               names, folders, files and bytes
    python bench/trees.py pin                fill in empty integrity digests after a version change

The folders stand in `bench/.cache/trees/NAME/`, or in `$LADING_TREES/NAME/`. Archives come through
`npm pack` and `pip download`, so whatever registry, mirror or proxy these tools are set up for is
used. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two fetches at once are the caller's affair there
    fcntl = None  # type: ignore[assignment]

BENCH = Path(__file__).resolve().parent
CACHE = BENCH / ".cache"
PINS = BENCH / "trees.toml"
THEMES = BENCH / "themes.toml"
"""The themes that imports are tried on; they stand beside the trees, in `themes/NAME/`."""


class TreeError(Exception):
    """A tree cannot be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Tree:
    """One pinned package: `name` is its folder's name, `kind` is `npm` or `pypi`, `apps` are the
    dotted
    names of the Django apps whose `static` folders are kept (pypi only)."""

    name: str
    kind: str
    package: str
    version: str
    integrity: str
    apps: tuple[str, ...] = ()
    group: str = "trees"
    pages: str = ""

    @property
    def folder(self) -> Path:
        root = trees_root()
        return (root if self.group == "trees" else root.parent / self.group) / self.name

    @property
    def theme(self) -> Path:
        """The folder in which a theme's pages lie."""
        return self.folder / self.pages

    @property
    def sources(self) -> tuple[Path, ...]:
        """The folders whose content is published: the package itself, or each app's `static`."""
        if self.kind == "npm":
            return (self.folder,)
        return tuple(self.folder.joinpath(*app.split("."), "static") for app in self.apps)


def trees_root() -> Path:
    """The folder of all trees: `$LADING_TREES` or `bench/.cache/trees`."""
    return Path(os.environ.get("LADING_TREES") or CACHE / "trees").resolve()


def load(pins: Path = PINS) -> tuple[Tree, ...]:
    """All pinned trees, in the order of the file.

    Raises TreeError for an entry that names no registry, no version or an unknown key.
    """
    trees: list[Tree] = []
    for name, entry in tomllib.loads(pins.read_text("utf-8")).items():
        kinds = entry.keys() & {"npm", "pypi"}
        unknown = entry.keys() - {"npm", "pypi", "version", "integrity", "apps", "pages"}
        if len(kinds) != 1 or unknown or "version" not in entry:
            raise TreeError(
                f"{pins.name}: [{name}] needs one of npm/pypi and a version, and nothing but "
                f"integrity, apps and pages beside them (found: {', '.join(sorted(entry))})"
            )
        kind = kinds.pop()
        trees.append(
            Tree(
                name,
                kind,
                entry[kind],
                entry["version"],
                entry.get("integrity", ""),
                tuple(entry.get("apps", ())),
                pins.stem,
                entry.get("pages", ""),
            )
        )
    return tuple(trees)


def select(trees: Iterable[Tree], names: Iterable[str]) -> tuple[Tree, ...]:
    """The trees of these names (all if there are none); raises TreeError for an unknown name."""
    trees = tuple(trees)
    names = tuple(names)
    unknown = set(names) - {tree.name for tree in trees}
    if unknown:
        raise TreeError(
            f"no such tree: {', '.join(sorted(unknown))}; known: {', '.join(t.name for t in trees)}"
        )
    return tuple(tree for tree in trees if not names or tree.name in names)


def fetch(trees: Iterable[Tree], *, say=print) -> None:
    """Make every tree's folder hold exactly its pinned package.

    A folder appears whole, by rename, after its archive's digest was checked. What is there already
    is not touched. Raises TreeError if a tool is missing, a download fails or a digest differs.
    """
    trees = tuple(trees)
    if all(_is_current(tree) for tree in trees):
        return
    with _lock():
        missing = [tree for tree in trees if not _is_current(tree)]
        _download([tree for tree in missing if not _archive(tree).exists()], say)
        for tree in missing:
            found = integrity_of(_archive(tree))
            if not tree.integrity:
                raise TreeError(
                    f"{PINS.name}: [{tree.name}] has no integrity; the archive's is {found}"
                )
            if found != tree.integrity:
                raise TreeError(
                    f"{_archive(tree)} has the digest {found}, pinned is {tree.integrity}: "
                    "not unpacked. Delete the file to download it again; if it stays so, the package "
                    "was changed."
                )
            _unpack(tree)
            say(f"{tree.name}: {tree.package} {tree.version}")


def integrity_of(archive: Path) -> str:
    """The Subresource Integrity string of a file, as npm prints it (`sha512-` and base64)."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return "sha512-" + base64.b64encode(digest).decode()


def _is_current(tree: Tree) -> bool:
    try:
        return _stamp(tree).read_text("utf-8") == _stamp_text(tree) and tree.folder.is_dir()
    except FileNotFoundError:
        return False


def _stamp(tree: Tree) -> Path:
    return trees_root().parent / "stamps" / tree.name


def _stamp_text(tree: Tree) -> str:
    return "\n".join((tree.package, tree.version, tree.integrity, *tree.apps))


def _archive(tree: Tree) -> Path:
    """Where the archive of this version is kept (one name for both registries)."""
    suffix = ".tgz" if tree.kind == "npm" else ".whl"
    return trees_root().parent / "archives" / f"{tree.name}-{tree.version}{suffix}"


@contextmanager
def _lock() -> Iterator[None]:
    """One fetch at a time for each cache: test workers start together."""
    root = trees_root().parent
    root.mkdir(parents=True, exist_ok=True)
    with (root / "trees.lock").open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download(trees: list[Tree], say) -> None:
    if trees:
        say(f"downloading {len(trees)} packages")
    for kind, tool in (("npm", _npm), ("pypi", _pip)):
        wanted = [tree for tree in trees if tree.kind == kind]
        if not wanted:
            continue
        archives = _archive(wanted[0]).parent
        archives.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archives) as folder:
            for tree in wanted:
                before = set(os.listdir(folder))
                tool(tree, folder)
                (name,) = set(os.listdir(folder)) - before
                os.replace(os.path.join(folder, name), _archive(tree))


def _npm(tree: Tree, folder: str) -> None:
    if shutil.which("npm") is None:
        raise TreeError(
            f"npm is not on PATH, and {tree.package} comes from the npm registry: install Node.js with npm "
            "(Debian: apt-get install npm)"
        )
    spec = f"{tree.package}@{tree.version}"
    _run(["npm", "pack", spec, "--silent", "--pack-destination", folder], spec)


def _pip(tree: Tree, folder: str) -> None:
    # The wheels are read, not installed, so the version of this Python does not matter to them.
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.13", "--implementation=py"]
    options += [
        "--abi=none",
        "--platform=any",
        "--disable-pip-version-check",
        "--quiet",
        "--dest",
        folder,
    ]
    spec = f"{tree.package}=={tree.version}"
    _run([sys.executable, "-m", "pip", "download", *options, spec], spec)


def _run(command: list[str], spec: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise TreeError(f"{spec} could not be downloaded: {' '.join(command[:4])} … failed: {last}")


def _unpack(tree: Tree) -> None:
    root = tree.folder.parent
    root.mkdir(parents=True, exist_ok=True)
    _stamp(tree).parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{tree.name}-", dir=root))
    try:
        if tree.kind == "npm":
            _unpack_npm(_archive(tree), staging)
        else:
            _unpack_wheel(_archive(tree), staging, tree.apps)
        staging.chmod(0o755)
        _stamp(tree).unlink(missing_ok=True)
        if tree.folder.exists():
            shutil.rmtree(tree.folder)
        staging.rename(tree.folder)
        _stamp(tree).write_text(_stamp_text(tree), "utf-8")
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unpack_npm(archive: Path, folder: Path) -> None:
    """npm's tarballs hold one top folder, which is usually but not always called `package`."""
    with tarfile.open(archive) as tar:
        for member in tar:
            top, _, rest = member.name.partition("/")
            if member.isfile() and rest and top not in ("", ".", ".."):
                member.name = rest
                tar.extract(member, folder, filter="data")


def _unpack_wheel(archive: Path, folder: Path, apps: tuple[str, ...]) -> None:
    prefixes = tuple(app.replace(".", "/") + "/static/" for app in apps)
    with zipfile.ZipFile(archive) as wheel:
        for info in wheel.infolist():
            if info.filename.startswith(prefixes) and not info.is_dir():
                wheel.extract(info, folder)
    for app in apps:
        if not folder.joinpath(*app.split("."), "static").is_dir():
            raise TreeError(
                f"{archive.name} has no static folder for the app {app}: correct `apps`"
            )


def measure(folders: Iterable[Path]) -> tuple[int, int]:
    """(files, bytes) below these folders."""
    files = size = 0
    for folder in folders:
        for base, _, names in os.walk(folder):
            files += len(names)
            size += sum(os.lstat(os.path.join(base, name)).st_size for name in names)
    return files, size


def pin(pins: Path = PINS) -> None:
    """Write the digest of each downloaded archive where `integrity = ""` stands."""
    trees = [tree for tree in load(pins) if not tree.integrity]
    with _lock():
        _download([tree for tree in trees if not _archive(tree).exists()], print)
    text = pins.read_text("utf-8")
    for tree in trees:
        table = re.compile(
            rf'(^\[{re.escape(tree.name)}\]$(?:\n(?!\[).*)*?\nintegrity = )""', re.MULTILINE
        )
        text, count = table.subn(rf'\g<1>"{integrity_of(_archive(tree))}"', text)
        print(f"{tree.name}: {'pinned' if count else 'no empty integrity line found'}")
    pins.write_text(text, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Fetch the real trees the benchmark works on.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("fetch", help="fetch what is missing").add_argument("names", nargs="*")
    verbs.add_parser("list", help="print names, files and bytes").add_argument("names", nargs="*")
    verbs.add_parser("pin", help='fill in integrity = ""')
    options = parser.parse_args(arguments)
    try:
        if options.verb == "pin":
            pin()
            pin(THEMES)
            return 0
        trees = select(load(), options.names)
        if options.verb == "fetch":
            fetch(trees)
            print(f"{len(trees)} trees in {trees_root()}")
            return 0
        total = [0, 0]
        for tree in trees:
            files, size = measure(tree.sources)
            total[0] += files
            total[1] += size
            print(
                f"{tree.name:24} {files:6} files {size / 1e6:8.1f} MB  {tree.package} {tree.version}"
            )
        print(f"{'total':24} {total[0]:6} files {total[1] / 1e6:8.1f} MB")
    except TreeError as error:
        print(f"trees: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
