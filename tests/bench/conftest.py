"""The benchmark harness and the scripts are not installed; the tests import them from the checkout."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

for folder in (CHECKOUT, CHECKOUT / "scripts"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
