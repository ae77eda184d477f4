"""The settings in ``docs/packing.md`` are valid and mean what the page says."""

from __future__ import annotations

import re
import tomllib
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from lading.config import parse
from lading.encoders import Recipe
from lading.packing import efforts
from lading.packing.efforts import Settings, recipes
from lading.packing.packer import STREAM_FROM

PAGE = (Path(__file__).parents[1] / "docs" / "packing.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_toml_blocks():
    codings, pack, cluster = (parse(tomllib.loads(text), str) for text in blocks("toml"))
    assert codings.packing is not None
    assert codings.packing.encodings == ("br", "gzip", "zstd")
    assert pack.packing is not None
    expected = {
        "game/level.1f.data": (Recipe("br", 9), Recipe("gzip", 9)),
        "docs/a.js": (Recipe("br", 4), Recipe("gzip", 6)),
        "map.1f.geojson": (),
    }
    for path, wanted in expected.items():
        assert recipes(path, 50_000, pack.packing) == wanted
    assert cluster.executor == "dask://10.0.0.7:8786"


def test_the_python_blocks():
    storages, executor = blocks("python")
    names: dict[str, Any] = {}
    exec(storages, names)
    config = parse(names["STORAGES"]["staticfiles"]["OPTIONS"], str)
    assert config.packing == Settings(encodings=("br", "gzip"))
    exec(executor, names)
    pool = names["LADING"]["EXECUTOR"]
    assert isinstance(pool, Executor)
    assert parse({"executor": pool}, str).executor is pool
    pool.shutdown()


def test_there_is_no_other_block():
    assert PAGE.count("```") == 2 * (len(blocks("toml")) + len(blocks("python")))


def test_the_defaults_on_the_page_are_those_of_the_code():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", PAGE, re.MULTILINE))
    mib = {"1 GiB": 1024, "32 MiB": 32, "1 MiB": 1}
    assert float(rows["minimum_saving"].strip("`")) == Settings().minimum_saving
    assert int(rows["minimum_packets"].strip("`")) == Settings().minimum_packets
    assert int(rows["minimum_size"].strip("`")) == Settings().minimum_size
    assert mib[rows["maximum_size"]] << 20 == Settings().maximum_size
    assert mib[rows["best_up_to"]] << 20 == Settings().best_up_to
    assert mib[rows["good_up_to"]] << 20 == Settings().good_up_to
    assert f"packets of {efforts.PACKET:,} bytes" in PAGE
    assert f"more than {STREAM_FROM >> 20} MiB" in PAGE
    for effort, index in (("best", 0), ("good", 1), ("fast", 2)):
        row = re.search(rf"^\| {effort} \|.*\| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
        assert row is not None
        levels = [efforts.DEFAULT_LEVELS[coding][index] for coding in ("br", "gzip", "zstd")]
        assert [int(level) for level in row.groups()] == levels
