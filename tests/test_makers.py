"""path -> whether it is a file that a package is built with."""

from __future__ import annotations

import pytest

from lading.makers import is_for_makers


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x/package.json", True),
        ("x/package.4f2a9b.json", True),
        ("Gruntfile.js", True),
        ("x/rollup.config.umd.mjs", True),
        ("webpack.conf.cjs", True),
        ("x/packages.json", False),
        ("x/config.js", False),
        ("x/rollup.js", False),
        ("package.json/a.js", False),
    ],
)
def test_known_by_the_name(path: str, expected: bool):
    assert is_for_makers(path) is expected
