"""A process that is forked from one that has used the library reads by a child, and writes nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lading.errors import StoreError
from lading.objectstore import forking
from lading.objectstore.client import ObjectStore, open_store
from s3_servers import KEYS, S3Server, new_place

# Forked in a Python of its own: this one has threads.
FORKED = """
import os, sys
from lading.errors import StoreError
from lading.objectstore.client import open_store
from lading.objectstore.options import StoreOptions
url, endpoint, key, secret = sys.argv[1:]
extra = {"access_key_id": key, "secret_access_key": secret}
store = open_store(url, StoreOptions(endpoint=endpoint, region="us-east-1", timeout=5, extra=extra))
fetched = store.get("a")
pid = os.fork()
if pid:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(store.get("a") == fetched, store.get("a", unless=fetched.etag), flush=True)
for act in (lambda: store.get("gone"), lambda: store.put("b", b"", {}), lambda: list(store.listing())):
    try:
        act()
    except (StoreError, FileNotFoundError) as error:
        print(type(error).__name__, str(error).splitlines()[-1].strip(), flush=True)
os._exit(0)
"""


def test_after_a_fork_reading_works_and_the_rest_is_refused(s3: S3Server):
    place = new_place()
    s3.store("static", place).put("a", b"1", {"Content-Type": "text/css"})
    command = [sys.executable, "-c", FORKED, f"s3://static/{place}", s3.endpoint, *KEYS.values()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    same, gone, *refused = done.stdout.splitlines()
    assert same == "True None"
    assert gone.startswith("FileNotFoundError")
    assert len(refused) == 2
    assert all("lazy-apps" in line and line.startswith("StoreError") for line in refused)


def test_errors_come_from_the_child_as_they_are(s3: S3Server):
    options = s3.options(extra={"access_key_id": "nobody", "secret_access_key": "x"}, retries=0)
    with pytest.raises(StoreError, match="does not accept the credentials") as caught:
        forking.get("s3://static/x", options, "a", "")
    assert caught.value.where == "s3://static/x"
    assert "AWS_SECRET" in caught.value.remedy


def test_where_no_child_can_be_started_the_server_is_to_be_set_up_otherwise(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(StoreError, match="was forked") as caught:
        forking.get("s3://static/x", s3.options(), "a", "")
    assert "without --preload" in caught.value.remedy


def test_a_process_that_has_used_the_library_is_no_fork(store: ObjectStore):
    store.put("a", b"1", {})
    assert not forking.is_cut_off()
    open_store("memory:///").put("a", b"1", {})
