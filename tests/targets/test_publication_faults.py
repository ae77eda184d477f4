"""Publishing through a network that fails, and by many machines at once.

A fixed number of deployments runs each time; ``LADING_FAULTY_DEPLOYMENTS`` and ``LADING_RACES`` in the
environment ask for more of them.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from faulty_proxy import Fault, proxy
from lading.errors import StoreError
from lading.objectstore.client import open_store
from lading.retention import Retention
from lading.targets.bucket import BucketTarget
from s3_servers import S3Server, new_place
from shipments import problems, put

DEPLOYMENTS = int(os.environ.get("LADING_FAULTY_DEPLOYMENTS", "10"))
RACES = int(os.environ.get("LADING_RACES", "2"))
MACHINES = 8

FAULTS: list[Fault] = ["drop", "lose", "truncate", "stall", "429", "500", "503"]


def release(number: int, random_: random.Random) -> dict[str, str]:
    """Some files the same in all releases, some in this one alone, some that come back."""
    files = {f"same{n}.css": "same" for n in range(6)}
    files |= {f"new{n}.css": f"{number}" for n in range(4)}
    return files | {f"back{n}.css": f"{random_.randrange(3)}" for n in range(6)}


def test_deployments_through_a_network_that_fails(s3: S3Server):
    """Each fourth request fails in one way or another; whatever becomes of a run, the manifest names
    whole and present files, and what it says is published is what was asked for last.
    """
    random_ = random.Random(7)
    place = new_place()
    plain = BucketTarget(s3.store("static", place))
    succeeded = failed = 0

    def plan(number: int, method: str, target: str) -> Fault:
        return random_.choice(FAULTS) if random_.random() < 0.25 else ""

    with proxy(s3.port, plan) as between:
        between.stall = 0.6
        options = s3.options(port=between.port, timeout=0.5, retries=4)
        for number in range(DEPLOYMENTS):
            store = open_store(f"s3://static/{place}", options)
            store.sleep = lambda _: None
            target = BucketTarget(
                store, retention=Retention(newest=2, age=0), threads=4, sleep=lambda _: None
            )
            files = release(number, random_)
            try:
                published = put(target, files)
            except StoreError:
                failed += 1
            else:
                succeeded += 1
                assert plain.head().manifest.paths.keys() == files.keys()
                assert published.head.manifest == plain.head().manifest
            assert problems(plain) == [], f"after deployment {number}"
        assert len(between.faults) > 5 * DEPLOYMENTS
    assert succeeded > DEPLOYMENTS * 0.9, f"{failed} of {DEPLOYMENTS} failed"


def test_a_proxy_that_cuts_every_third_request(s3: S3Server):
    def plan(number: int, method: str, target: str) -> Fault:
        return "drop" if number % 3 == 0 else ""

    place = new_place()
    with proxy(s3.port, plan) as between:
        target = BucketTarget(s3.store("static", place, port=between.port))
        target.store.sleep = lambda _: None
        put(target, release(1, random.Random(1)))
        put(target, release(2, random.Random(2)))
        assert between.faults
    plain = BucketTarget(s3.store("static", place))
    assert problems(plain) == []
    assert [entry.number for entry in plain.head().entries] == [1, 2]


_DEPLOY = """
import sys, time
from lading.errors import LadingError
from lading.retention import Retention
from lading.targets.bucket import BucketTarget
from s3_servers import S3Server
from shipments import put

port, place, machine, round_ = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
target = BucketTarget(
    S3Server(port).store("static", place), threads=4, retention=Retention(newest=2, age=0)
)
target.head()  # whoever starts is ready
print("ready", flush=True)
sys.stdin.readline()
files = {f"all{n}.css": f"{machine} {round_}" for n in range(5)}
files |= {f"same{n}.css": "same" for n in range(5)}
files[f"only-{machine}-{round_}.css"] = "mine"
print(put(target, files).number)
"""


@pytest.mark.slow
def test_eight_machines_at_once(s3: S3Server):
    """In every round one whole release of one machine is what is published in the end."""
    place = new_place()
    plain = BucketTarget(s3.store("static", place))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    for round_ in range(RACES):
        machines = [
            subprocess.Popen(
                [sys.executable, "-c", _DEPLOY, str(s3.port), place, str(machine), str(round_)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for machine in range(MACHINES)
        ]
        for machine in machines:
            assert machine.stdout is not None
            assert machine.stdout.readline() == "ready\n", machine.communicate()
        for machine in machines:
            assert machine.stdin is not None
            machine.stdin.write("\n")
            machine.stdin.flush()
        told = [machine.communicate(timeout=120) for machine in machines]
        assert [machine.returncode for machine in machines] == [0] * MACHINES, told
        numbers = sorted(int(out) for out, _ in told)
        assert numbers == list(range(round_ * MACHINES + 1, (round_ + 1) * MACHINES + 1))
        assert problems(plain) == [], f"after round {round_}"
        contents = {
            file.sha256
            for path, file in plain.head().manifest.files.items()
            if path.startswith("all")
        }
        assert len(contents) == 1
        mine = [p for p in plain.head().manifest.paths if p.startswith("only")]
        assert len(mine) == 1
    assert [item.path for item in plain.store.listing(".lading/pending")] == []
