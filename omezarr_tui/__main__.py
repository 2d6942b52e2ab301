"""``python -m omezarr_tui``: the same as the command ``omezarr-tui``."""

from omezarr_tui.cli import script

if __name__ == "__main__":
    script()
