"""``python -m omezarr_tui`` is the same as ``omezarr-tui``."""

import sys

from omezarr_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
