"""Real servers on loopback, started by the tests that need them and gone when these end.

Each module has one context manager that starts one server on a free port; ``fixtures`` starts
each at most once in a run. ``proxy`` stands before any HTTP server and makes it slow or faulty.
"""
