"""The object store, against a real S3 server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lading.errors import ConfigError, ConflictError, MissingExtraError, StoreError
from lading.objectstore import client, conditions
from lading.objectstore.client import ObjectStore, open_store
from lading.objectstore.options import StoreOptions
from s3_servers import S3Server, new_place

HEADERS = {
    "Content-Type": "text/css",
    "Content-Encoding": "br",
    "Cache-Control": "max-age=1, public",
    "sha256": "ab" * 32,
}


def test_what_is_put_is_there_with_its_headers(store: ObjectStore):
    etag = store.put("css/app ä#?%.css", b"body {}", HEADERS)
    fetched = store.get("css/app ä#?%.css")
    assert fetched is not None
    assert (fetched.data, fetched.etag) == (b"body {}", etag)
    assert fetched.headers == HEADERS


def test_a_listing_gives_paths_sizes_and_etags_below_a_prefix(store: ObjectStore):
    etags = {path: store.put(path, path.encode(), {}) for path in ("a/b", "a/c/d", "ab", "e")}
    assert {item.path: (item.size, item.etag) for item in store.listing()} == {
        path: (len(path), etag) for path, etag in etags.items()
    }
    assert [item.path for item in store.listing("a")] == ["a/b", "a/c/d"]
    head = store.head("a/b")
    assert head is not None
    assert head.etag == etags["a/b"]
    assert head.modified > 1e9


def test_a_known_content_is_not_fetched_again(store: ObjectStore):
    etag = store.put("a", b"1", {})
    assert store.get("a", unless=etag) is None
    assert store.get("a", unless='"other"') is not None


def test_what_is_not_there(store: ObjectStore):
    assert store.head("nothing") is None
    assert list(store.listing()) == []
    with pytest.raises(FileNotFoundError):
        store.get("nothing")
    with pytest.raises(FileNotFoundError):
        store.copy("nothing", "copy")
    store.delete(["nothing"])


def test_a_conditional_write_needs_its_condition(store: ObjectStore):
    first = store.put("a", b"1", {}, only_new=True)
    with pytest.raises(ConflictError):
        store.put("a", b"2", {}, only_new=True)
    second = store.put("a", b"2", {}, only_if=first)
    with pytest.raises(ConflictError):
        store.put("a", b"3", {}, only_if=first)
    fetched = store.get("a")
    assert fetched is not None
    assert (fetched.data, fetched.etag) == (b"2", second)


def test_at_google_the_generation_that_has_the_etag_is_what_is_replaced():
    memory = open_store("memory:///")
    store = ObjectStore(memory.store, "gs://bucket", "gs")
    first = store.put("a", b"1", {})
    store.put("a", b"2", {}, only_if=first)
    with pytest.raises(ConflictError):
        store.put("a", b"3", {}, only_if=first)
    with pytest.raises(ConflictError):
        store.put("gone", b"3", {}, only_if=first)
    assert conditions.honoured(store, "probe")


def test_google_is_asked_for_bytes_as_they_are_stored():
    seen: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["accept-encoding"])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Fri, 20 Nov 2026 12:00:00 GMT")
            self.end_headers()
            self.wfile.write(b"\x1f\x8b")

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        options = StoreOptions(endpoint=endpoint, retries=0, extra={"skip_signature": "true"})
        fetched = open_store("gs://bucket", options).get("a.css")
    assert fetched is not None
    assert (fetched.data, seen) == (b"\x1f\x8b", ["gzip"])


def test_a_conditional_write_that_meets_its_own_first_attempt_has_succeeded(store: ObjectStore):
    first = store.put("a", b"1", {})
    second = store.put("a", b"2", {}, only_if=first)
    assert store.put("a", b"2", {}, only_if=first) == second


def test_a_large_file_is_sent_in_parts(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client, "LARGE", 6 << 20)
    file = tmp_path / "film.webm"
    file.write_bytes(bytes(range(256)) * (7 << 12))
    store.put("film.webm", str(file), {"Content-Type": "video/webm"})
    fetched = store.get("film.webm")
    assert fetched is not None
    assert fetched.data == file.read_bytes()
    assert fetched.headers == {"Content-Type": "video/webm"}


def test_copies_keep_their_headers_and_deletions_are_whole(store: ObjectStore):
    store.put("a", b"1", HEADERS)
    store.copy("a", "b")
    fetched = store.get("b")
    assert fetched is not None
    assert (fetched.data, fetched.headers) == (b"1", HEADERS)
    store.delete(["a", "gone"])
    assert [item.path for item in store.listing()] == ["b"]


def test_wrong_credentials_are_named(s3: S3Server):
    wrong = {"access_key_id": "nobody", "secret_access_key": "x"}
    store = s3.store("static", new_place(), extra=wrong, retries=0)
    for act in (
        lambda: list(store.listing()),
        lambda: store.get("a"),
        lambda: store.put("a", b"", {}),
        lambda: store.delete(["a"]),
    ):
        with pytest.raises(StoreError, match="does not accept the credentials") as caught:
            act()
        assert "AWS_ACCESS_KEY_ID" in caught.value.remedy


def test_a_missing_bucket_is_named(s3: S3Server):
    store = s3.store("no-such-bucket", retries=0)
    with pytest.raises(StoreError, match="no such bucket"):
        list(store.listing())
    with pytest.raises(StoreError, match="no such bucket"):
        store.get("a")


def test_a_server_that_is_not_there_is_named(s3: S3Server):
    store = open_store("s3://static", s3.options(port=1, retries=1))
    store.sleep = lambda _: None
    with pytest.raises(
        StoreError, match=r"store cannot read: http://127.0.0.1:1 cannot be reached"
    ):
        store.get("a")


def test_a_name_counts_with_the_prefix_of_its_store():
    store = open_store(f"s3://bucket/{'p' * 1000}")
    assert store.name_problem("a" * 20) == ""
    assert "longer than 1024 bytes" in store.name_problem("a" * 30)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://bucket", "no URL of an object store"),
        ("s3://", "names no bucket"),
        ("s3://key@bucket/x", "more than a bucket and a prefix"),
        ("s3://bucket/x?region=eu", "more than a bucket and a prefix"),
    ],
)
def test_a_url_that_means_nothing_is_refused(url: str, message: str):
    with pytest.raises(ConfigError, match=re.escape(message)):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "extra"),
    [
        ("s3://bucket/prefix", {}),
        ("gs://bucket/prefix", {"skip_signature": "true"}),
        ("az://container/prefix", {"account_name": "account"}),
    ],
)
def test_each_provider_is_opened_by_its_url_without_a_request(url: str, extra: dict[str, str]):
    store = open_store(url + "/", StoreOptions(extra=extra))
    assert (store.url, store.scheme) == (url, url[:2])


def test_what_a_provider_cannot_do_without_is_named():
    with pytest.raises(ConfigError, match="Account must be specified"):
        open_store("az://container")


def test_an_unknown_option_is_refused():
    with pytest.raises(ConfigError, match="cannot be opened"):
        open_store("s3://bucket", StoreOptions(extra={"colour": "blue"}))


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "obstore.store", None)
    with pytest.raises(MissingExtraError) as caught:
        open_store("s3://bucket")
    assert "lading[bucket]" in caught.value.remedy


def test_a_folder_and_memory_are_stores_too(tmp_path: Path):
    for store in (open_store(f"file://{tmp_path}/place"), open_store("memory:///")):
        store.put("a/b", b"1", {"Content-Type": "text/css"})
        assert [item.path for item in store.listing()] == ["a/b"]
        store.delete(["a/b", "gone"])
        assert list(store.listing()) == []


def test_a_large_object_goes_from_one_store_to_another_as_it_comes(
    store: ObjectStore, s3: S3Server
):
    data = bytes(range(256)) * (client.PART // 256) + b"end"
    store.put("film", data, {})
    other = s3.store("static", new_place())

    def chunks() -> Iterator[bytes]:
        return store.receive("film").chunks

    other.send("film", chunks, len(data), {})
    fetched = other.get("film")
    assert fetched is not None
    assert fetched.data == data


@pytest.mark.parametrize("size", [0, 3, client.PART + 1])
def test_a_content_is_sent_and_received_in_chunks(store: ObjectStore, size: int):
    data = b"\x07" * size
    etag = store.send(
        "film", lambda: iter([data[:2], data[2:]]), size, {"Content-Type": "video/mp4"}
    )
    received = store.receive("film", chunk=1 << 16)
    assert (received.size, received.etag) == (size, etag)
    assert received.headers["Content-Type"] == "video/mp4"
    assert b"".join(received.chunks) == data


@pytest.mark.parametrize("size", [3, client.PART + 1])
def test_a_content_is_not_sent_in_place_of_another(store: ObjectStore, size: int):
    store.put("film", b"first", {})
    with pytest.raises(ConflictError):
        store.send("film", lambda: iter([b"x" * size]), size, {}, only_new=True)
    fetched = store.get("film")
    assert fetched is not None
    assert fetched.data == b"first"


@pytest.mark.parametrize("size", [3, client.PART + 1])
def test_when_reading_what_is_sent_fails_nothing_is_written(store: ObjectStore, size: int):
    def chunks() -> Iterator[bytes]:
        yield b"x" * (size - 1)
        raise StoreError("The source is gone.")

    with pytest.raises(StoreError, match="The source is gone"):
        store.send("film", chunks, size, {})
    assert store.head("film") is None


def test_receiving_what_is_not_there(store: ObjectStore):
    with pytest.raises(FileNotFoundError):
        store.receive("nothing")
