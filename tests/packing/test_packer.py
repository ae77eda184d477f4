"""items, settings, cache, workers -> variants: every content once, exact, and only what is worth it."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

import brotli
import pytest

from lading import encoders
from lading.blobs import Usage
from lading.cache import Cache
from lading.errors import LadingError, MissingExtraError, SourceError
from lading.packing import executors, packer
from lading.packing import jobs as packjobs
from lading.packing.efforts import Settings
from lading.packing.packer import Item, Packed, pack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
SMALL_STEPS = Settings(
    encodings=("br", "gzip", "zstd"), levels={"br": (6, 6, 1), "gzip": (6, 6, 1)}
)
THREADS = executors.opener("threads", 2)


def text(size: int, seed: int = 1) -> bytes:
    words = [f"word{number}-{number * 7919 % 1000}" for number in range(300)]
    rng = random.Random(seed)
    lines = b""
    while len(lines) < size:
        lines += (" ".join(rng.choices(words, k=12)) + ";\n").encode()
    return lines[:size]


def item(path: str, content: bytes, folder=None) -> Item:
    """An item whose content is bytes, or a file below ``folder``."""
    sha256 = hashlib.sha256(content).hexdigest()
    if folder is None:
        return Item(path, sha256, len(content), content)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return Item(path, sha256, len(content), str(file))


def contents(packed: Packed) -> dict[tuple[str, str], bytes]:
    """The encoded bytes by path and coding, proved against what the variants say of themselves."""
    found: dict[tuple[str, str], bytes] = {}
    for path, variants in packed.variants.items():
        for variant in variants:
            with open(variant.path, "rb") as file:
                data = file.read()
            assert variant.size == len(data)
            assert variant.sha256 == hashlib.sha256(data).hexdigest()
            found[path, variant.coding] = data
    return found


def decoded(packed: Packed) -> dict[tuple[str, str], bytes]:
    return {(p, coding): DECODERS[coding](data) for (p, coding), data in contents(packed).items()}


@pytest.fixture
def cache(tmp_path):
    with Cache(str(tmp_path / "cache")) as opened:
        yield opened


@contextmanager
def no_workers():
    raise AssertionError("workers were opened, but there is nothing to pack")
    yield


def test_variants_decode_to_their_originals_with_the_systems_programs_too(cache, tmp_path):
    sources = {
        "css/app.css": text(30_000),
        "js/app.js": text(9_000, seed=2),
        "app.js.map": text(50_000, seed=3),
        "icons.svg": text(2_900, seed=4),
    }
    items = [item(path, content, tmp_path / "src") for path, content in sources.items()]
    packed = pack(items, Settings(encodings=("br", "gzip", "zstd")), cache, THREADS)
    assert decoded(packed) == {
        (path, coding): content
        for path, content in sources.items()
        for coding in ("br", "gzip", "zstd")
    }
    assert [v.coding for v in packed.variants["js/app.js"]] == ["br", "gzip", "zstd"]
    programs = {"br": "brotli", "gzip": "gzip", "zstd": "zstd"}
    for path, variants in packed.variants.items():
        for variant in variants:
            program = programs[variant.coding]
            assert shutil.which(program), f"install the system's {program}: a second decoder"
            with open(variant.path, "rb") as stdin:
                run = subprocess.run([program, "-dc"], stdin=stdin, capture_output=True, check=True)
            assert run.stdout == sources[path]
    assert packed.findings == []
    assert (packed.encoded, packed.reused) == (12, 0)


def test_only_what_is_worth_it_gets_variants(cache):
    noise = random.Random(1).randbytes(30_000)
    packed = pack(
        [
            item("photo.jpg", text(30_000)),
            item("font.woff2", text(30_000)),
            item("noise.bin", noise),
            item("noise.js", noise),
            item("tiny.css", b"a{}"),
            item("empty.css", b""),
            item("site.css.gz", gzip.compress(text(90_000))),
            item("unknown.xyz", text(30_000)),
        ],
        Settings(),
        cache,
        THREADS,
    )
    assert packed.variants.keys() == {"unknown.xyz"}


def test_compressed_content_of_an_unknown_type_is_not_encoded_at_all(cache, monkeypatch):
    seen: list[encoders.Recipe] = []
    encode = encoders.encode
    monkeypatch.setattr(
        encoders, "encode", lambda c, recipe: (seen.append(recipe), encode(c, recipe))[1]
    )
    items = [item("archive.data", gzip.compress(text(800_000)))]
    pack(items, Settings(best=("*.data",)), cache, THREADS)
    assert {recipe.level for recipe in seen} == {1}  # samples only
    assert pack(items, Settings(best=("*.data",)), cache, no_workers).variants == {}


def test_identical_content_is_packed_once(cache, monkeypatch):
    calls: list[tuple[int, encoders.Recipe]] = []
    encode = encoders.encode

    def counting(content, recipe):
        if recipe != packjobs._PROBE_RECIPE:
            calls.append((len(content), recipe))
        return encode(content, recipe)

    monkeypatch.setattr(encoders, "encode", counting)
    content = text(20_000)
    packed = pack(
        [
            item(path, content)
            for path in ("app.css", "app.1b2c3d4e5f60.css", "vendor/copy.css", "a.js")
        ]
        + [item("app.css.txt", content), item("other.css", text(20_000, seed=9))],
        Settings(),
        cache,
        THREADS,
    )
    # Two encodings at the best levels, two at the fast ones for the .txt, two of the other content.
    assert len(calls) == len(set(calls)) + 2 == packed.encoded == 6
    assert (
        packed.variants["app.css"] == packed.variants["vendor/copy.css"] == packed.variants["a.js"]
    )
    assert packed.variants["app.css"] != packed.variants["app.css.txt"]


def test_an_unchanged_run_packs_nothing_and_a_changed_file_only_itself(cache, tmp_path):
    items = [
        item(f"{number}.css", text(5_000, seed=number), tmp_path / "src") for number in range(5)
    ]
    first = pack(items, SMALL_STEPS, cache, THREADS)
    assert (first.encoded, first.reused) == (15, 0)
    with Cache(cache.root) as later:
        again = pack(items, SMALL_STEPS, later, no_workers)
        assert (again.encoded, again.reused) == (0, 15)
        assert again.variants == first.variants
        items[3] = item("3.css", text(5_000, seed=33), tmp_path / "src")
        third = pack(items, SMALL_STEPS, later, THREADS)
        assert (third.encoded, third.reused) == (3, 12)
        assert decoded(third)["3.css", "br"] == text(5_000, seed=33)


def test_what_is_not_worth_it_is_remembered_until_the_settings_say_otherwise(cache):
    items = [item("a.css", text(5_000))]
    size = pack(items, Settings(encodings=("br",)), cache, THREADS).variants["a.css"][0].size
    greedy = Settings(encodings=("br",), minimum_saving=0.99)
    assert pack(items, greedy, cache, no_workers).variants == {}
    cache.clear()
    assert pack(items, greedy, cache, THREADS).variants == {}
    assert cache.info() == Usage(1, 4096)
    assert pack(items, greedy, cache, no_workers).reused == 1
    modest = Settings(encodings=("br",))
    assert pack(items, modest, cache, THREADS).variants["a.css"][0].size == size
    assert pack(items, modest, cache, no_workers).reused == 1


def test_another_library_version_misses_the_cache(cache, monkeypatch):
    items = [item("a.css", text(5_000))]
    pack(items, Settings(encodings=("br",)), cache, THREADS)
    monkeypatch.setattr(encoders.brotli, "__version__", "99")
    packed = pack(items, Settings(encodings=("br",)), cache, THREADS)
    assert (packed.encoded, packed.reused) == (1, 0)


def test_a_damaged_entry_is_made_again_and_told(cache):
    items = [item("a.css", text(5_000)), item("b.css", text(5_000, seed=2))]
    first = pack(items, Settings(encodings=("br",)), cache, THREADS)
    before = contents(first)
    os.truncate(first.variants["a.css"][0].path, 100)
    with Cache(cache.root) as later:
        packed = pack(items, Settings(encodings=("br",)), later, THREADS)
        assert (packed.encoded, packed.reused) == (1, 1)
        assert [finding.kind for finding in later.findings()] == ["build-cache-damaged"]
        assert contents(packed) == before


def test_without_a_cache_folder_everything_is_packed_all_the_same():
    with Cache(None) as nowhere:
        packed = pack([item("a.css", text(5_000))], SMALL_STEPS, nowhere, THREADS)
        assert len(decoded(packed)) == 3
        assert [finding.kind for finding in nowhere.findings()] == ["build-cache-unwritable"]


def test_the_result_does_not_depend_on_who_packs_nor_in_which_order(tmp_path):
    items = [item(f"{n}.js", text(3_000 * n, seed=n), tmp_path / "src") for n in range(1, 12)]
    results: list[dict[tuple[str, str], bytes]] = []
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, mp_context=spawn()) as processes:
        openers = {
            "one": executors.opener("threads", 1),
            "four": executors.opener("threads", 4),
            "pool": executors.opener(threads, 1),
            "processes": executors.opener(processes, 1),
        }
        for name, workers in openers.items():
            with Cache(str(tmp_path / name)) as own:
                order = random.Random(name).sample(items, len(items))
                results.append(contents(pack(order, SMALL_STEPS, own, workers)))
    assert len(results[0]) == 33
    assert all(result == results[0] for result in results)


def spawn():
    import multiprocessing

    return multiprocessing.get_context("spawn")


def test_large_contents_are_streamed_one_by_one_and_here(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(packer, "STREAM_FROM", 50_000)
    monkeypatch.setattr(packer, "SHIP_UP_TO", 40_000)
    sources = {
        "large.js": text(120_000),
        "larger.css": text(200_000, seed=2),
        "middle.css": text(45_000, seed=3),
        "small.css": text(30_000, seed=4),
        "noise.js": random.Random(1).randbytes(90_000),
    }
    items = [item(path, content, tmp_path / "src") for path, content in sources.items()]
    results: list[dict[tuple[str, str], bytes]] = []
    with ProcessPoolExecutor(1, mp_context=spawn()) as processes:
        for number, workers in enumerate([THREADS, executors.opener(processes, 1)]):
            with Cache(str(tmp_path / str(number))) as own:
                packed = pack(items, SMALL_STEPS, own, workers)
                assert packed.encoded == 15
                results.append(contents(packed))
                again = pack(items, SMALL_STEPS, own, no_workers)
                assert again.variants == packed.variants
    assert results[0] == results[1]
    assert {path for path, _ in results[0]} == sources.keys() - {"noise.js"}
    for (path, coding), data in results[0].items():
        assert DECODERS[coding](data) == sources[path]


def test_large_contents_that_are_bytes_are_streamed_too(cache, monkeypatch):
    monkeypatch.setattr(packer, "STREAM_FROM", 50_000)
    content = text(120_000)
    assert set(decoded(pack([item("a.js", content)], SMALL_STEPS, cache, THREADS)).values()) == {
        content
    }


@pytest.mark.parametrize("stream_from", [packer.STREAM_FROM, 1_000], ids=["whole", "stream"])
@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(text(5_000, seed=5)),
        lambda path: path.write_bytes(text(4_000)),
        lambda path: path.write_bytes(text(6_000)),
        lambda path: path.unlink(),
    ],
    ids=["other", "shorter", "longer", "gone"],
)
def test_a_file_that_changes_before_it_is_packed_poisons_nothing(
    change, stream_from, cache, tmp_path, monkeypatch
):
    monkeypatch.setattr(packer, "STREAM_FROM", stream_from)
    items = [item("a.css", text(5_000), tmp_path / "src")]
    change(tmp_path / "src" / "a.css")
    with pytest.raises(SourceError) as caught:
        pack(items, SMALL_STEPS, cache, THREADS)
    assert caught.value.where == str(tmp_path / "src" / "a.css")
    assert cache.info() == Usage(0, 0)


def test_a_very_large_file_is_published_as_it_is_with_a_note(cache):
    settings = Settings(maximum_size=10_000)
    packed = pack(
        [item("big.js", text(10_001)), item("film.mp4", text(10_001)), item("a.js", text(10_000))],
        settings,
        cache,
        THREADS,
    )
    assert packed.variants.keys() == {"a.js"}
    assert [(finding.kind, finding.path) for finding in packed.findings] == [
        ("too-large-to-pack", "big.js")
    ]


def test_a_missing_encoder_is_named_before_anything_is_packed(cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    with pytest.raises(MissingExtraError, match="zstd"):
        pack([item("a.css", text(5_000))], SMALL_STEPS, cache, no_workers)
    assert cache.info() == Usage(0, 0)


def test_a_worker_with_another_encoder_is_refused(cache, monkeypatch):
    run_batch = packjobs.run_batch

    def other_version(jobs):
        return [
            [made._replace(fingerprint="br quality=6 lgwin=22,24 brotli=0.1") for made in encodings]
            for encodings in run_batch(jobs)
        ]

    monkeypatch.setattr(packjobs, "run_batch", other_version)
    with pytest.raises(LadingError, match="another encoder") as caught:
        pack([item("a.css", text(5_000))], SMALL_STEPS, cache, THREADS)
    assert "brotli=0.1" in str(caught.value)


class Recorder:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def begin(self, step: str, total: int) -> None:
        self.told.append((step, total))

    def advance(self, files: int) -> None:
        self.told.append(("advance", files))

    def say(self, message: str) -> None:
        raise AssertionError(message)


def test_progress_counts_contents(cache, monkeypatch):
    monkeypatch.setattr(packer, "STREAM_FROM", 20_000)
    recorder = Recorder()
    items = [item(f"{n}.css", text(4_000 * n, seed=n)) for n in range(1, 8)]
    pack([*items, items[0]], SMALL_STEPS, cache, THREADS, recorder)
    assert recorder.told[0] == ("Packing", 7)
    assert sum(files for step, files in recorder.told if step == "advance") == 7
    recorder.told.clear()
    pack(items, SMALL_STEPS, cache, no_workers, recorder)
    assert recorder.told == []


MEMORY = """
    import hashlib, random, sys
    from lading.cache import Cache
    from lading.packing.efforts import Settings
    from lading.packing.executors import opener
    from lading.packing.packer import Item, pack
    path, root = sys.argv[1:3]
    digest, rng = hashlib.sha256(), random.Random(1)
    words = [f"{rng.getrandbits(40):x}" for _ in range(5000)]
    with open(path, "wb") as file:
        for _ in range(200):
            block = (" ".join(rng.choices(words, k=110_000))).encode()[: 1 << 20].ljust(1 << 20)
            digest.update(block)
            file.write(block)
    # Not ru_maxrss, which a process has from the one that started it.
    def high_water():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    before = high_water()
    item = Item("data.json", digest.hexdigest(), 200 << 20, path)
    with Cache(root) as cache:
        packed = pack([item], Settings(encodings=("br", "gzip", "zstd")), cache, opener("threads", 2))
        for variant in packed.variants["data.json"]:
            print(variant.coding, variant.size, variant.path)
        print("peak", before, high_water(), flush=True)
        sys.stdin.read()
    """


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_200_megabyte_file_is_packed_in_less_than_300_megabytes(tmp_path):
    """The peak of the process's resident memory, mapped file pages included."""
    source = tmp_path / "data.json"
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(MEMORY), source, tmp_path / "cache"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        codings = [process.stdout.readline().split() for _ in range(3)]
        _, before, peak = process.stdout.readline().split()
        assert [line[0] for line in codings] == ["br", "gzip", "zstd"]
        assert int(before) < int(peak) < 300_000_000
        with source.open("rb") as file:
            want = hashlib.file_digest(file, "sha256").hexdigest()
        for coding, size, path in codings:
            assert int(size) == os.path.getsize(path) < 0.95 * (200 << 20)
            program = {"br": "brotli", "gzip": "gzip", "zstd": "zstd"}[coding]
            with (
                open(path, "rb") as stdin,
                subprocess.Popen([program, "-dc"], stdin=stdin, stdout=subprocess.PIPE) as decoder,
            ):
                assert decoder.stdout is not None
                assert hashlib.file_digest(decoder.stdout, "sha256").hexdigest() == want
        process.stdin.close()
    assert process.returncode == 0


def test_what_the_cache_has_can_be_had_without_the_content(cache):
    wanted = item("css/a.css", text(5000))
    gone = Item(wanted.path, wanted.sha256, wanted.size, b"")
    assert packer.fetch(gone, Settings(), cache) == ()
    packed = pack([wanted], Settings(), cache, THREADS)
    assert packer.fetch(gone, Settings(), cache) == packed.variants["css/a.css"]
    assert packer.fetch(gone, Settings(encodings=()), cache) == ()
