"""``python -m lading``."""

import sys

from lading.cli import main

sys.exit(main())
