"""Files of a package's makers, known by their names: what they build it with, which no page fetches."""

from __future__ import annotations

import posixpath
import re
from typing import Final

# (Hashed names included.)
_NAMES: Final = re.compile(
    r"(bower|component|composer|jsconfig|package|package-lock|tsconfig)(\..+)?\.json"
    r"|(gruntfile|gulpfile|(babel|eslint|jest|karma|postcss|rollup|vite|webpack)\.conf(ig)?)(\..+)?\.[cm]?js"
)


def is_for_makers(path: str) -> bool:
    """True for ``package.json``, ``webpack.config.js`` and the like, in any folder."""
    return _NAMES.fullmatch(posixpath.basename(path).lower()) is not None
