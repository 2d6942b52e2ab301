"""What every independent reader raises where it gives up."""


class Unreadable(Exception):
    """The reader cannot read an array: in its own words, why."""
