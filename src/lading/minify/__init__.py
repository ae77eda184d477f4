"""Makes style sheets and scripts smaller, when asked to: CSS by rcssmin, JavaScript by esbuild."""

from lading.minify.files import Minified, Original, Result, minify
from lading.minify.kinds import Kind, check_kinds, is_minified, kind_of

__all__ = [
    "Kind",
    "Minified",
    "Original",
    "Result",
    "check_kinds",
    "is_minified",
    "kind_of",
    "minify",
]
