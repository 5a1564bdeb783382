"""``python -m arrayproto``."""

import sys

from .cli import main

# Dask's worker processes import this module too, under another name.
if __name__ == "__main__":
    sys.exit(main())
