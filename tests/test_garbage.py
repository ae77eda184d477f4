"""Pausing the collector of cyclic garbage."""

from __future__ import annotations

import gc

import pytest

from hashed_sites import HASHED
from lading import garbage
from lading.errors import FindingsError
from sites_of_folders import Site


def test_the_collector_goes_on_afterwards_whatever_happens():
    assert gc.isenabled()
    with garbage.uncollected():
        assert not gc.isenabled()
        with garbage.uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), garbage.uncollected():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with garbage.uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_refused_run_leaves_it_on(site: Site):
    site.write({"src/a.css": "a{b:url(no.png)}"})
    with pytest.raises(FindingsError):
        site.collect(**HASHED)
    assert gc.isenabled()
