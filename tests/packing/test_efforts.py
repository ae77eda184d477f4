"""published path, size -> which encodings at which level, and whether a variant is worth having."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.encoders import Recipe
from lading.errors import ConfigError
from lading.packing.efforts import PACKET, Settings, effort, packets, recipes, worth

DEFAULT = Settings()
BY_PACKET = Settings(minimum_packets=1)
MIB = 1 << 20


@pytest.mark.parametrize(
    ("expected", "paths"),
    {
        "best": "css/app.css js/app.4f2a.js m.mjs img/logo.svg a.html data.json x.wasm f.ttf f.otf f.eot "
        "favicon.ico scene.gltf map.geojson site.webmanifest feed.xml APP.CSS cmaps/78-H.bcmap l.ftl",
        "fast": "app.js.map lib.d.ts x.d.mts main.ts a.scss b.less c.sass README.md README LICENSE "
        "app.js.LICENSE.txt CHANGELOG.rst package.json package.4f2a9b.json tsconfig.build.json "
        "Gruntfile.js gruntfile.4f2a.js webpack.config.cjs x.flow scan.tif sound.wav unknown.xyz noext",
        "none": "a.png b.jpg c.JPEG d.webp e.woff f.woff2 g.mp4 h.zip i.gz j.br k.zst l.pdf m.avif n.svgz "
        "o.mp3 p.docx q.swf",
    }.items(),
)
def test_effort_follows_what_browsers_fetch(expected, paths):
    assert {path: effort(path, 50_000, DEFAULT) for path in paths.split()} == dict.fromkeys(
        paths.split(), expected
    )


@pytest.mark.parametrize(
    "path", ["history.js", "license.html", "notice.css", "configure.js", "readme.json"]
)
def test_names_that_only_resemble_a_makers_file_get_the_best(path):
    assert effort(path, 50_000, DEFAULT) == "best"


def test_levels_follow_the_effort_and_the_order_of_the_setting():
    settings = Settings(encodings=("zstd", "gzip", "br"))
    assert recipes("a.js", 9000, settings) == (
        Recipe("zstd", 19),
        Recipe("gzip", 9),
        Recipe("br", 11),
    )
    assert recipes("a.js", MIB + 1, settings) == (
        Recipe("zstd", 19),
        Recipe("gzip", 9),
        Recipe("br", 10),
    )
    assert recipes("a.js.map", 9000, settings) == (
        Recipe("zstd", 3),
        Recipe("gzip", 6),
        Recipe("br", 5),
    )
    assert recipes("a.png", 9000, settings) == ()


def test_zstd_is_off_by_default():
    assert recipes("a.js", 9000, DEFAULT) == (Recipe("br", 11), Recipe("gzip", 9))


def test_levels_of_one_coding_leave_the_others_alone():
    settings = Settings(levels={"br": (9, 8, 1)})
    assert recipes("a.js", 9000, settings) == (Recipe("br", 9), Recipe("gzip", 9))
    assert recipes("a.js", 9 * MIB, settings) == (Recipe("br", 8), Recipe("gzip", 9))
    assert recipes("a.md", 9000, settings) == (Recipe("br", 1), Recipe("gzip", 6))


def test_no_encodings_pack_nothing():
    assert recipes("a.js", 9000, Settings(encodings=())) == ()


def test_patterns_override_the_type():
    settings = Settings(
        best=("*.data", "game/*"), fast=("vendor/*",), exclude=("*.data.js", "game/raw/*")
    )
    assert effort("build/level1.data", 9000, settings) == "best"
    assert effort("vendor/deep/lib.js", 9000, settings) == "fast"
    assert effort("vendor/x.data", 9000, settings) == "best"
    assert effort("x.data.js", 9000, settings) == "none"
    assert effort("game/raw/a.js", 9000, settings) == "none"
    assert effort("game/sprite.png", 9000, settings) == "best"


@pytest.mark.parametrize(("path", "large"), [("app.js", "good"), ("wished.bin", "best")])
def test_the_larger_a_file_the_less_effort(path, large):
    settings = Settings(
        best_up_to=MIB, good_up_to=10 * MIB, maximum_size=100 * MIB, best=("wished.bin",)
    )
    assert effort(path, MIB, settings) == "best"
    assert effort(path, MIB + 1, settings) == large
    assert effort(path, 10 * MIB, settings) == large
    assert effort(path, 10 * MIB + 1, settings) == "fast"
    assert effort(path, 100 * MIB + 1, settings) == "none"


def test_large_files_that_people_rarely_fetch_stay_with_the_fast_level():
    assert effort("app.js.map", 3 * MIB, DEFAULT) == "fast"
    assert effort("film.mp4", 3 * MIB, DEFAULT) == "none"


def test_what_is_too_large_for_good_is_too_large_for_best():
    settings = Settings(best_up_to=8 * MIB, good_up_to=0)
    assert effort("app.js", 1, settings) == "fast"


def test_files_that_cannot_save_a_packet_are_not_tried():
    assert effort("a.js", PACKET, BY_PACKET) == "none"
    assert effort("a.js", PACKET + 1, BY_PACKET) == "best"
    assert effort("a.js", 10, Settings(minimum_packets=0)) == "best"
    assert effort("a.js", 0, Settings(minimum_packets=0)) == "none"
    assert effort("a.js", 10, Settings(minimum_packets=0, minimum_size=11)) == "none"


@pytest.mark.parametrize(
    ("size", "encoded", "kept"),
    [
        (1_000, 400, False),  # one packet either way
        (1_500, 1_390, True),  # two packets become one
        (2_900, 2_790, False),  # a packet less, but under 5%
        (9_700, 9_150, False),  # over 5%, but seven packets either way
        (10_000, 9_500, True),  # 5% exactly
        (10_000, 9_501, False),
        (10_000, 10_000, False),
        (10_000, 11_000, False),
    ],
)
def test_a_variant_is_kept_only_if_clearly_smaller(size, encoded, kept):
    assert worth(size, encoded, BY_PACKET) is kept


def test_without_the_packet_rule_the_fraction_decides():
    settings = Settings(minimum_packets=0)
    assert worth(1_000, 950, settings)
    assert not worth(1_000, 951, settings)
    assert not worth(1_000, 1_000, Settings(minimum_packets=0, minimum_saving=0))


@given(size=st.integers(1, 10**9), encoded=st.integers(0, 10**9))
def test_what_is_worth_it_saves_bytes_and_packets(size, encoded):
    if worth(size, encoded, BY_PACKET):
        assert encoded <= 0.95 * size
        assert packets(encoded) < packets(size)
        assert worth(size, encoded - 1, BY_PACKET) or not encoded


@pytest.mark.parametrize(
    ("settings", "key", "says"),
    [
        ({"encodings": ("gzip", "deflate")}, "encodings", "'gzip', 'br', 'zstd'"),
        ({"encodings": ("br", "br")}, "encodings", "twice"),
        ({"levels": {"br": (12, 11, 5)}}, "levels['br']", "from 0 to 11"),
        ({"levels": {"zstd": (22, 19, 3)}}, "levels['zstd']", "from 1 to 19"),
        ({"levels": {"gzip": 9}}, "levels['gzip']", "three levels"),
        ({"levels": {"gzip": (9, 9, True)}}, "levels['gzip']", "three levels"),
        ({"levels": {"gzip": (9, 6)}}, "levels['gzip']", "three levels"),
        ({"levels": {"lzma": (9, 5, 1)}}, "levels", "'gzip', 'br', 'zstd'"),
        ({"minimum_saving": 1}, "minimum_saving", "less than 1"),
        ({"minimum_saving": -0.1}, "minimum_saving", "from 0"),
        ({"minimum_saving": "5%"}, "minimum_saving", "a fraction"),
        ({"best": "*.data"}, "best", "a tuple of patterns"),
        ({"exclude": (1,)}, "exclude", "a tuple of patterns"),
        ({"minimum_packets": -1}, "minimum_packets", "0 or more"),
        ({"maximum_size": 1.5}, "maximum_size", "whole number"),
        ({"good_up_to": "2 MB"}, "good_up_to", "whole number"),
        ({"minimum_size": True}, "minimum_size", "whole number"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(settings, key, says):
    with pytest.raises(ConfigError) as caught:
        Settings(**settings)
    assert caught.value.where == f"packing.{key}"
    assert says in str(caught.value)


def test_a_name_that_pages_no_longer_ask_for_gets_the_fast_level_unless_a_pattern_says_otherwise():
    fast = (Recipe("br", 5), Recipe("gzip", 6))
    assert recipes("a.css", 9000, DEFAULT, is_superseded=True) == fast
    assert recipes("a.png", 9000, DEFAULT, is_superseded=True) == ()
    best = recipes("a.css", 9000, Settings(best=("*.css",)), is_superseded=True)
    assert best == recipes("a.css", 9000, DEFAULT)
