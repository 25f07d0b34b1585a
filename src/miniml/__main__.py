"""`python -m miniml`, the same as the command `miniml`."""

import sys

from miniml.cli import main

if __name__ == "__main__":
    sys.exit(main())
