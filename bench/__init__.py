"""The side-by-side benchmark of Lading and its peers; see `bench/run.py`."""
