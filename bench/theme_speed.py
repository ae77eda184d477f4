"""Child of the suite `themes`: how fast pages are made templates, and what else reads HTML.

python bench/theme_speed.py FOLDER ...    the folders of themes; prints one JSON object
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from lading.references.html import references
from lading.references.lines import Lines
from lading.themes import folder
from lading.themes.deciding import Decider
from lading.themes.naming import name_pages
from lading.themes.site import Site
from lading.themes.tagging import tag

ROUNDS = 5


def main(folders: list[str]) -> None:
    sites: list[tuple[Site, str, bytes]] = []
    for root in folders:
        found = folder.scan(root)
        pages, _ = name_pages(found.pages)
        site = Site(
            frozenset([*found.pages, *found.assets]), {page.path: page.name for page in pages}
        )
        sites += ((site, page, Path(found.file(page)).read_bytes()) for page in found.pages)
    size = sum(len(data) for _, _, data in sites)

    def tagged() -> None:
        for site, page, data in sites:
            tag(data, Decider(site, page, page, Lines(data), "t", "t/"))

    def read() -> None:
        for _, _, data in sites:
            references(data)

    def tree() -> None:
        import turbohtml

        for _, _, data in sites:
            turbohtml.parse(data, source_locations=True)

    def standard() -> None:
        for _, _, data in sites:
            HTMLParser().feed(data.decode(errors="replace"))

    one = max(sites, key=lambda item: len(item[2]))
    growth = {times: _best(lambda times=times: _repeat(one, times)) for times in (1, 2, 4, 8)}
    seconds = {f.__name__: _best(f) for f in (tagged, read, tree, standard)}
    print(json.dumps({"size": size, "pages": len(sites), "seconds": seconds, "growth": growth}))


def _repeat(one: tuple[Site, str, bytes], times: int) -> None:
    site, page, data = one
    more = data * times
    tag(more, Decider(site, page, page, Lines(more), "t", "t/"))


def _best(work: Callable[[], None]) -> float:
    """Seconds of the quickest of some runs: the others were disturbed."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


if __name__ == "__main__":
    main(sys.argv[1:])
