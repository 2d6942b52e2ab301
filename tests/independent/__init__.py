"""Readers that share no code with zarr-python, to judge what the program writes.

Each gives the whole of one array of numbers as numpy has it, or raises `Unreadable` where it
cannot read it. Groups and attributes they do not look at.
"""

from independent.by_tensorstore import read_with_tensorstore
from independent.by_zarrita import read_with_zarrita
from independent.unreadable import Unreadable

__all__ = ["READERS", "Unreadable", "read_with_tensorstore", "read_with_zarrita"]

READERS = (read_with_tensorstore, read_with_zarrita)
