"""`python -m pipeline` is `errata`."""

import sys

from pipeline.cli import main

# Worker processes import this module again.
if __name__ == "__main__":
    sys.exit(main())
