"""BYTES: where a hierarchy lies and what is in it."""
