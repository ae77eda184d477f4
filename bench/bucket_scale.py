"""What a release of N files costs a bucket target, without any network: seconds, bytes and memory for each
file, from which docs/scale.md reckons.

    python bench/bucket_scale.py 1000 100000
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
import time

from lading import manifest as manifests
from lading.manifest import File, Manifest
from lading.objectstore.client import open_store
from lading.progress import Silent
from lading.shipment import Shipment, key_of
from lading.targets.bucket import BucketTarget
from lading.targets.history import (
    Head,
    Record,
    State,
    dump_head,
    dump_record,
    load_head,
    load_record,
)
from lading.targets.publication import publish

HEADERS = (("Cache-Control", "max-age=31536000"), ("Content-Type", "text/css; charset=utf-8"))


def shipment(files: int, version: int = 0) -> Shipment:
    """A release of small files under names that change with their content; the first differs by version."""
    paths: dict[str, str] = {}
    rows: dict[str, File] = {}
    states: dict[str, State] = {}
    for number in range(files):
        text = f"{number} {version if number == 0 else 0}".encode()
        sha256 = hashlib.sha256(text).hexdigest()
        logical = f"app{number % 97}/components/part{number}.css"
        path = logical.replace(".css", f".{sha256[:12]}.css")
        paths[logical] = path
        rows[path] = File(sha256, len(text), "text/css; charset=utf-8", immutable=True)
        states[path] = State(sha256, len(text), "", HEADERS, False)
    return Shipment(Manifest(paths, rows), states, lambda _: b"", key_of(states))


def measure(files: int) -> None:
    """Print one line for each thing that is measured."""

    def timed(what: str, act):
        started = time.perf_counter()
        result = act()
        spent = time.perf_counter() - started
        size = f", {len(result) / files:.0f} bytes a file" if isinstance(result, bytes) else ""
        print(f"  {what}: {spent:.3f} s, {spent / files * 1e6:.2f} us a file{size}")
        return result

    print(f"{files:,} files")
    made = shipment(files)
    head = timed("head written", lambda: dump_head(Head(made.manifest)))
    timed("head read", lambda: load_head(head, "", "head"))
    states = {path: s._replace(etag=f'"{s.sha256[:32]}"') for path, s in made.states.items()}
    record = timed("record written", lambda: dump_record(Record(made.manifest, states)))
    timed("record read", lambda: load_record(record, "record"))
    timed("digest of the release", lambda: key_of(made.states))
    timed("manifest read by the application", lambda: manifests.loads(head))
    target = BucketTarget(open_store("memory:///"))
    timed("first release into memory", lambda: publish(target, made, Silent()))
    timed("unchanged release", lambda: publish(target, made, Silent()))
    changed = shipment(files, 1)
    timed("one file changed", lambda: publish(target, changed, Silent()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"  peak memory: {peak / 1e6:.0f} MB, {peak / files / 1e3:.1f} kB a file")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ("1000", "100000")):
        if os.fork() == 0:  # each with a memory of its own
            measure(size)
            os._exit(0)
        os.wait()
