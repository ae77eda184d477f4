"""The memory cache."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lading.serve.cache import Cache
from lading.serve.entry import Representation


def representations(count: int) -> list[Representation]:
    return [Representation(f"/{number}", 1000, ()) for number in range(count)]


def kept(sources: list[Representation]) -> list[int]:
    return [number for number, source in enumerate(sources) if source.content is not None]


def test_the_oldest_go_first() -> None:
    cache, sources = Cache(limit=5000), representations(6)
    for source in sources:
        cache.add(source, bytes(1000))
    assert kept(sources) == [3, 4, 5]
    assert cache.size <= 5000


def test_what_was_used_gets_a_second_chance_but_no_third() -> None:
    cache, sources = Cache(limit=5000), representations(8)
    for source in sources[:3]:
        cache.add(source, bytes(1000))
    sources[0].recent = True
    cache.add(sources[3], bytes(1000))
    assert kept(sources) == [0, 2, 3]
    for source in sources[4:7]:
        cache.add(source, bytes(1000))
    assert kept(sources) == [4, 5, 6]


def test_the_largest_file() -> None:
    cache, sources = Cache(limit=10_000, largest=1000), representations(2)
    cache.add(sources[0], bytes(1000))
    cache.add(sources[1], bytes(1001))
    assert kept(sources) == [0]


def test_no_limit_is_exceeded_by_a_single_file() -> None:
    cache, sources = Cache(limit=1100), representations(1)
    cache.add(sources[0], bytes(1000))  # with its overhead it is too large
    assert (kept(sources), cache.size) == ([], 0)


def test_a_cache_of_nothing() -> None:
    cache, sources = Cache(limit=0), representations(1)
    cache.add(sources[0], b"")
    assert kept(sources) == []


def test_adding_twice_counts_once() -> None:
    cache, sources = Cache(), representations(1)
    cache.add(sources[0], bytes(1000))
    size = cache.size
    cache.add(sources[0], bytes(1000))
    assert cache.size == size


def test_threads() -> None:
    """The bound holds, and what is counted is what is kept."""
    cache, sources = Cache(limit=50_000), representations(300)

    def use(number: int) -> None:
        for step in range(200):
            source = sources[(number * 37 + step * 11) % len(sources)]
            if source.content is None:
                cache.add(source, bytes(1000))
            source.recent = True
            assert cache.size <= 50_000 + 8 * 2000

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(16)))
    per_file = cache.size / len(kept(sources))
    assert cache.size <= 50_000
    assert per_file == int(per_file) >= 1000
