"""Gives numpy's averages one thread, as the program does; to be imported before numpy is."""

import os

for _library in ("OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
