"""content -> encoded bytes: exact, decodable by others, the same bytes wherever they are made."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import shutil
import subprocess
import sys

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading import encoders
from lading.encoders import LEVELS, SUFFIXES, Recipe, encode, encode_stream, fingerprint
from lading.errors import MissingExtraError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BEST = [Recipe("gzip", 12), Recipe("br", 11), Recipe("zstd", 19)]
FAST = [Recipe("gzip", 6), Recipe("br", 5), Recipe("zstd", 3)]
EDGES = [
    Recipe(coding, level) for coding, levels in LEVELS.items() for level in (levels[0], levels[-1])
]
DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}

# SHA-256 of encodings of ``stylesheet()``. The same with deflate 0.7 to 0.9, Brotli 1.1 and 1.2, and
# libzstd 1.5.7, on Python 3.11 to 3.14 (Linux, x86-64). Where a new version of a library changes one,
# note that here: the build cache sees it by the fingerprint, published names do not depend on it.
GOLDEN = {
    Recipe("gzip", 12): "97f7135f159fc84e",
    Recipe("gzip", 6): "2579ae00cd0964cc",
    Recipe("br", 11): "bd8a8ecf1f96b665",
    Recipe("br", 5): "fd9bfb075330d83c",
    Recipe("zstd", 19): "ecc28826bc7bf8f4",
    Recipe("zstd", 3): "ed279ea006dd73c1",
}


def stylesheet(rules: int = 4000) -> bytes:
    """A style sheet that is the same on every machine and Python version."""
    state = 1
    lines: list[str] = []
    for number in range(rules):
        state = (state * 1103515245 + 12345) % 2**31
        lines.append(
            f".c{number % 97}-{state % 1013} > a[href^='/p{state >> 16}'] "
            f"{{ color: #{state % 4096:03x}; margin: {state % 7}px {state % 11}em }}\n"
        )
    return "".join(lines).encode()


def streamed(content: bytes, recipe: Recipe, folder: str) -> bytes:
    target = io.BytesIO()
    encode_stream(io.BytesIO(content), len(content), recipe, target, scratch=folder)
    return target.getvalue()


@pytest.mark.parametrize("recipe", EDGES + FAST, ids=str)
@pytest.mark.parametrize(
    "content",
    [b"", b"a", stylesheet(50), random.Random(1).randbytes(70_000), bytes(300_000)],
    ids=["empty", "byte", "text", "noise", "zeros"],
)
def test_an_encoding_decodes_to_its_original(content, recipe, tmp_path):
    decode = DECODERS[recipe.coding]
    assert decode(bytes(encode(content, recipe))) == content
    assert decode(streamed(content, recipe, str(tmp_path))) == content


@given(content=st.binary(max_size=5000), recipe=st.sampled_from(EDGES))
def test_any_content_survives(content, recipe):
    assert DECODERS[recipe.coding](bytes(encode(content, recipe))) == content


@pytest.mark.parametrize("recipe", BEST + FAST, ids=str)
def test_the_systems_own_programs_decode_it(recipe, tmp_path):
    program = {"gzip": "gzip", "br": "brotli", "zstd": "zstd"}[recipe.coding]
    assert shutil.which(program), (
        f"install the system's {program}: this test needs a second decoder"
    )
    content = stylesheet()
    file = tmp_path / f"site.css{SUFFIXES[recipe.coding]}"
    file.write_bytes(encode(content, recipe))
    run = subprocess.run([program, "-dc", file], capture_output=True, check=True)
    assert run.stdout == content


@pytest.mark.parametrize(("recipe", "digest"), GOLDEN.items(), ids=str)
def test_bytes_are_the_same_on_every_machine_and_python(recipe, digest):
    assert hashlib.sha256(encode(stylesheet(), recipe)).hexdigest()[:16] == digest


@pytest.mark.parametrize(
    "recipe", [Recipe("gzip", n) for n in LEVELS["gzip"]] + [Recipe("br", 5)], ids=str
)
def test_a_stream_gives_the_bytes_of_the_whole(recipe, tmp_path):
    content = stylesheet(40_000)
    assert len(content) > 2 * 1024**2
    assert streamed(content, recipe, str(tmp_path)) == encode(content, recipe)


def test_large_contents_get_a_window_that_reaches_back_far_enough(tmp_path):
    """Noise that comes again 5 MB later is found again."""
    noise = random.Random(3).randbytes(100_000)
    content = noise + bytes(5 << 20) + noise
    recipe = Recipe("br", 5)
    assert len(encode(content, recipe)) < 1.1 * len(noise)
    assert streamed(content, recipe, str(tmp_path)) == encode(content, recipe)


def test_a_stream_is_the_same_however_its_source_is_buffered(tmp_path):
    content = stylesheet(30_000)
    file = tmp_path / "site.css"
    file.write_bytes(content)
    recipe = Recipe("zstd", 3)
    made: set[bytes] = set()
    for buffering in (512, 1 << 22):
        target = io.BytesIO()
        with file.open("rb", buffering=buffering) as source:
            encode_stream(source, len(content), recipe, target, scratch=str(tmp_path))
        made.add(target.getvalue())
    assert len(made) == 1


def test_a_gzip_member_tells_no_name_no_time_and_no_system():
    header = encode(stylesheet(), Recipe("gzip", 12))[:10]
    # RFC 1952 2.3: magic, deflate, no flags, no MTIME, XFL "slowest", OS "unknown".
    assert header == bytes.fromhex("1f8b 08 00 00000000 02 ff")


def test_a_gzip_stream_is_one_member(tmp_path):
    """Browsers read the first member only (Chromium 156: the rest is ignored)."""
    content = stylesheet(40_000)
    encoded = streamed(content, Recipe("gzip", 6), str(tmp_path))
    assert int.from_bytes(encoded[-4:], "little") == len(content)  # ISIZE of the last member


@pytest.mark.parametrize("content", [stylesheet(60_000), random.Random(2).randbytes(9 << 20)])
def test_zstd_frames_fit_the_window_that_browsers_have(content, tmp_path):
    """RFC 9659 section 3: no window above 8 MB."""
    for recipe in (Recipe("zstd", 19), Recipe("zstd", 3)):
        for encoded in (encode(content, recipe), streamed(content, recipe, str(tmp_path))):
            limit = {zstd.DecompressionParameter.window_log_max: 23}
            assert zstd.decompress(encoded, options=limit) == content
            assert zstd.get_frame_info(encoded).decompressed_size == len(content)


@pytest.mark.parametrize("recipe", FAST, ids=str)
@pytest.mark.parametrize("size", [10, 12])
def test_a_source_of_another_size_is_refused(recipe, size, tmp_path):
    with pytest.raises(EOFError):
        encode_stream(io.BytesIO(b"eleven byte"), size, recipe, io.BytesIO(), scratch=str(tmp_path))


def test_a_stream_leaves_no_file_behind(tmp_path):
    streamed(stylesheet(), Recipe("gzip", 6), str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_a_fingerprint_tells_coding_level_and_library():
    prints = {fingerprint(recipe) for recipe in EDGES}
    assert len(prints) == len(EDGES)
    assert fingerprint(Recipe("br", 11)) == f"br quality=11 lgwin=22,24 brotli={brotli.__version__}"


@pytest.mark.parametrize("call", [fingerprint, lambda recipe: encode(b"x", recipe)])
def test_a_missing_library_is_named_with_its_extra(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    with pytest.raises(MissingExtraError) as caught:
        call(Recipe("zstd", 3))
    assert "backports.zstd" in str(caught.value)
    assert "pip install 'lading[zstd]'" in str(caught.value)


def test_every_coding_has_levels_and_a_suffix():
    assert LEVELS.keys() == SUFFIXES.keys() == DECODERS.keys()
    assert encoders.SUFFIXES == {"gzip": ".gz", "br": ".br", "zstd": ".zst"}
