"""Which content coding a client gets: ``Accept-Encoding`` (RFC 9110 §12.5.3)."""

from __future__ import annotations

import re
from functools import lru_cache

# weight = OWS ";" OWS "q=" qvalue (RFC 9110 §12.4.2); more than three decimals are let pass.
_WEIGHT = re.compile(r"[ \t]*[qQ]=([01](?:\.[0-9]*)?)[ \t]*")

# Browsers send a handful of values; what is longer is parsed each time, so that the cache stays small.
_CACHED_LENGTH = 200


def choose(accept_encoding: str | None, offered: tuple[str, ...]) -> str | None:
    """The coding to send, one of ``offered`` (best first), or ``None`` for the file as it is.

    The highest weight wins, and among equals the first offered. A coding must be named to be sent:
    ``*`` alone gives the file as it is, which ``*`` accepts too and every client can read. If nothing is
    acceptable at all, the file is sent as it is rather than a 406 (RFC 9110 §12.4.1 allows both).
    A weight that is no number from 0 to 1 counts as 0.
    """
    if accept_encoding is None or not offered:
        return None
    if len(accept_encoding) > _CACHED_LENGTH:
        return _choose(accept_encoding, offered)
    return _choose_cached(accept_encoding, offered)


def _choose(accept_encoding: str, offered: tuple[str, ...]) -> str | None:
    weights = _weights(accept_encoding)
    rest = weights.get("*", 0.0)
    best, best_weight = None, 0.0
    for coding in offered:
        weight = weights.get(coding, 0.0)
        if weight > best_weight:
            best, best_weight = coding, weight
    if best is not None:
        # The file as it is needs no mention to be acceptable, but is preferred only when it is named.
        return None if weights.get("identity", 0.0) > best_weight else best
    if weights.get("identity") == 0.0 and rest > 0.0:
        return next((coding for coding in offered if coding not in weights), None)
    return None


_choose_cached = lru_cache(maxsize=256)(_choose)


def _weights(accept_encoding: str) -> dict[str, float]:
    """Weight by coding, names in lower case. Of a coding named twice the lower weight counts, so that
    ``q=0`` always means never. ``x-gzip`` is ``gzip`` (RFC 9110 §8.4.1.3).
    """
    weights: dict[str, float] = {}
    for element in accept_encoding.split(","):
        name, semicolon, parameter = element.partition(";")
        name = name.strip(" \t").lower()
        if not name:
            continue
        weight = 1.0
        if semicolon:
            match = _WEIGHT.fullmatch(parameter)
            weight = float(match[1]) if match is not None else 0.0
            if weight > 1.0:
                weight = 0.0
        if name == "x-gzip":
            name = "gzip"
        weights[name] = min(weight, weights.get(name, weight))
    return weights
