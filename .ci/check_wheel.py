"""Check what a wheel carries, as in ``python .ci/check_wheel.py WHEEL``."""

import sys
from fnmatch import fnmatch
from zipfile import ZipFile

DEMO_LIMIT = 3_000_000
CODE_LIMIT = 1_000_000
WANTED = ["__main__.py", "cli.py", "py.typed", "demo/NOTICE.md", "demo/*.zip", "tui/*.tcss"]
UNWANTED = ["tests/*", "*/demo/build*.py", "*.pyc", "benchmarks/*", "screenshots/*"]


def problems(wheel: ZipFile) -> list[str]:
    """Tell what is missing, in excess or too large."""
    sizes = {entry.filename: entry.compress_size for entry in wheel.infolist()}
    demo = sum(size for name, size in sizes.items() if name.startswith("omezarr_tui/demo/"))
    code = sum(sizes.values()) - demo
    print(f"{len(sizes)} files: sample store {demo:,} bytes, all else {code:,} bytes")
    missing = [
        f"{pattern} is missing"
        for pattern in WANTED
        if not any(fnmatch(name, f"omezarr_tui/{pattern}") for name in sizes)
    ]
    excess = [
        f"{name} should not be there"
        for name in sizes
        if any(fnmatch(name, pattern) for pattern in UNWANTED)
    ]
    large = [
        f"{what} takes {size:,} bytes, more than {limit:,}"
        for what, size, limit in (("demo", demo, DEMO_LIMIT), ("the code", code, CODE_LIMIT))
        if size > limit
    ]
    return missing + excess + large


if __name__ == "__main__":
    with ZipFile(sys.argv[1]) as wheel:
        found = problems(wheel)
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(bool(found))
