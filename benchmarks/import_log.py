"""Run a Python program and log when it asks for each module, and from which thread.

    python benchmarks/import_log.py LOG MODULE [ARGUMENT ...]

runs MODULE as ``python -m MODULE`` does. Each line of LOG holds a time as `time.monotonic`
counts it, the thread and the module, parted by tabs. What is loaded before the program starts
has the time 0.
"""

import runpy
import sys
import threading
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType


class ImportLog(MetaPathFinder):
    """Stands before all finders of modules, and finds none itself."""

    def __init__(self, log: Path) -> None:
        # Each line at once: the program may be killed.
        self._log = log.open("w", encoding="utf-8", buffering=1)
        for name in list(sys.modules):
            self._log.write(f"0\tMainThread\t{name}\n")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        thread = threading.current_thread().name
        self._log.write(f"{time.monotonic()}\t{thread}\t{fullname}\n")
        return None


if __name__ == "__main__":
    _, log, module, *arguments = sys.argv
    sys.meta_path.insert(0, ImportLog(Path(log)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
